//! Packets that an encoder and a decoder of the app's take the place of the [parser](super::parser) for.
//!
//! Source: Socket.IO client, the option `parser`.

use std::rc::Rc;

use crate::error::{Code, Error};
use crate::proto::Data;
use crate::proto::engine::connection::Connection;
use crate::proto::engine::packet::Packet;
use crate::proto::output::{Failure, Loss, Output, Reason, SocketEvent};
use crate::proto::timer::Millis;

use super::manager::{Manager, owner};
use super::parser::Incoming;

impl<D: Data> Manager<D> {
    /// Sends a packet of a socket's with its attachments, through the app's encoder where there is one.
    pub(super) fn send_all(&mut self, socket: usize, (packet, attachments): (Packet<D>, Vec<D>)) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        if connection.begin_encoding() {
            let connection = connection.number();
            self.out.push_back(Output::Encode {
                connection,
                socket,
                packet,
            });
        } else {
            let attachments = attachments.into_iter().map(Packet::Binary);
            connection.send_all([packet].into_iter().chain(attachments), &mut self.out);
        }
    }

    /// The app's encoder has made messages of a socket's packet with this acknowledgement's id; `None` where it failed. Then
    /// the packet is not sent, now or later.
    pub fn handle_encoded(
        &mut self,
        now: Millis,
        connection: u32,
        socket: usize,
        id: Option<u32>,
        messages: Option<Vec<Packet<D>>>,
    ) {
        let failed = messages.is_none();
        if let Some(connection) = owner(&mut self.connection, &mut self.ending, connection) {
            connection.send_encoded(messages.unwrap_or_default(), &mut self.out);
            self.settle(now);
        }
        if failed
            && let Some((entry, id)) = self.sockets.get_mut(socket).zip(id)
            && let Some(id) = entry.queue.handle_ack(id)
        {
            let loss = Loss::Disconnected;
            self.tell(socket, SocketEvent::AckFailed { id, loss });
            self.try_queued(now, socket);
        }
    }

    /// The app's decoder has made a packet of the messages of a connection.
    pub fn handle_decoded(&mut self, now: Millis, connection: u32, packet: Incoming<D>) {
        if !self.has_connection(connection) {
            return;
        }
        if packet.is_valid() {
            self.handle_incoming(now, packet);
        } else {
            self.handle_garbled(now, connection, None);
        }
    }

    /// What arrived on a connection is no packet, or can't be made one; `detail` is what was thrown.
    pub fn handle_garbled(&mut self, now: Millis, connection: u32, detail: Option<D>) {
        if let Some(connection) = self.connection.as_mut().filter(|other| other.owns(connection)) {
            let error = Error::new(Code::ParseError, "The server sent a packet that is not Socket.IO");
            let failure = Rc::new(Failure { error, detail });
            connection.abort(Reason::ParseError, Some(failure), &mut self.out);
            self.settle(now);
        }
    }

    fn has_connection(&self, number: u32) -> bool {
        let connection = self.connection.as_ref();
        connection.map(Connection::number) == Some(number)
    }
}
