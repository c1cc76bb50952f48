//! Packets that an encoder and a decoder of the app's take the place of the [parser](super::parser) for.
//!
//! Source: Socket.IO client, the option `parser`.

use crate::error::Code;
use crate::proto::Data;
use crate::proto::engine::connection::Connection;
use crate::proto::engine::packet::Packet;
use crate::proto::output::{Failure, Loss, Output, Reason, SocketEvent};
use crate::proto::timer::Millis;

use super::manager::{Manager, owner};
use super::parser::Incoming;

impl<D: Data> Manager<D> {
    /// Sends a packet of a socket's with its attachments, through the app's encoder where there is one.
    pub(super) fn send_all(&mut self, socket: usize, packet: Packet<D>, attachments: Vec<D>) {
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
            connection.send_all(packet, attachments, &mut self.out);
        }
    }

    /// The app's encoder has made messages of a socket's packet, which had this acknowledgement's id; `None` where it failed: then
    /// the packet is not sent, now or later.
    pub fn handle_encoded(
        &mut self,
        now: Millis,
        connection: u32,
        socket: usize,
        id: Option<u32>,
        messages: Option<Vec<D>>,
        compress: bool,
    ) {
        let failed = messages.is_none();
        if let Some(connection) = owner(&mut self.connection, &mut self.ending, connection) {
            connection.send_encoded(messages.unwrap_or_default(), compress, &mut self.out);
            self.settle(now);
        }
        if failed && let Some(id) = id.and_then(|id| self.end_queued(socket, id)) {
            let loss = Loss::Disconnected;
            self.tell(socket, SocketEvent::AckFailed { id, loss }, None);
            self.try_queued(now, socket);
        }
    }

    /// The app's decoder has made a packet of the messages of a connection, or what can't be one.
    pub fn handle_decoded(&mut self, now: Millis, connection: u32, packet: Option<Incoming<D>>) {
        let Some(packet) = packet.filter(Incoming::is_valid) else {
            return self.handle_garbled(now, connection, None);
        };
        if self.connection.as_ref().map(Connection::number) == Some(connection) {
            self.handle_incoming(now, packet);
        }
    }

    /// What arrived on a connection is no packet, or can't be made one; `detail` is what was thrown.
    pub fn handle_garbled(&mut self, now: Millis, connection: u32, detail: Option<D>) {
        if let Some(connection) = self.connection.as_mut().filter(|other| other.owns(connection)) {
            let message = "The server sent a packet that is not Socket.IO";
            let failure = Failure::with(Code::ParseError, message, detail);
            connection.abort(Reason::ParseError, Some(failure), &mut self.out);
            self.settle(now);
        }
    }
}
