//! In which order things are carried out: what the app does from inside an event comes first, then what that had interrupted, and
//! then the next packet of a poll's answer.

use crate::proto::Data;
use crate::proto::output::{Event, Output, Report, SocketEvent};
use crate::proto::timer::Millis;

use super::manager::{HEAD, Manager, State, owner};

impl<D: Data> Manager<D> {
    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output<D>> {
        loop {
            let Some(output) = self.out.pop_front() else {
                // Not inside the event of another: what that had interrupted goes first.
                if self.suspended.is_empty() && (self.begin_upgrade() || self.handle_arrival()) {
                    continue;
                }
                return None;
            };
            // What the app's own calls have overtaken is not carried out any more.
            let is_current = match &output {
                Output::Configure { epoch, .. } => self.is_configuring(*epoch),
                Output::Authenticate { socket, epoch, .. } => self.is_asked(*socket, *epoch),
                Output::Report(Report { event, .. }) => match *event {
                    Event::Socket(socket, SocketEvent::Message { epoch, .. }) => {
                        self.sockets.get(socket).epoch == epoch
                    }
                    Event::Socket(socket, SocketEvent::Granted { .. } | SocketEvent::Connect { .. }) => {
                        self.is_connected(socket)
                    }
                    _ => true,
                },
                Output::Open { transport, .. }
                | Output::Join(transport, ..)
                | Output::Poll(transport)
                | Output::Post(transport, _)
                | Output::Write(transport, _) => !self.closed.iter().any(|closed| closed == transport),
                Output::Encode { .. } => true,
                Output::Close(transport) => {
                    if !self.suspended.is_empty() {
                        self.closed.push(*transport);
                    }
                    true
                }
            };
            if is_current {
                return Some(output);
            }
        }
    }

    /// Sets aside what has not been carried out yet, so that a call from inside an event has its own effects at once,
    /// until [`resume`](Self::resume).
    pub fn suspend(&mut self) {
        self.suspended.push(std::mem::take(&mut self.out));
    }

    /// Goes on with what was set aside last.
    pub fn resume(&mut self) {
        if let Some(mut outputs) = self.suspended.pop() {
            std::mem::swap(&mut self.out, &mut outputs);
            self.out.append(&mut outputs);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called; infinity for never.
    pub fn poll_timeout(&self) -> Millis {
        let mut next = self.timers.next();
        if let Some(connection) = &self.connection {
            next = next.min(connection.poll_timeout());
        }
        for connection in &self.ending {
            next = next.min(connection.poll_timeout());
        }
        for socket in self.sockets.iter() {
            next = next.min(socket.acks.next_deadline()).min(socket.asking.due);
        }
        next
    }

    /// Whether an answer to this question for the options still counts.
    pub fn is_configuring(&self, epoch: u32) -> bool {
        self.state == State::AwaitConfig && self.config_epoch == epoch
    }

    /// Begins the upgrade of a connection that has just opened, once the CONNECTs are on their way. `false` where there is
    /// none.
    fn begin_upgrade(&mut self) -> bool {
        let (Some(now), Some(connection)) = (self.opened_at.take(), &mut self.connection) else {
            return false;
        };
        connection.probe(now, &mut self.out);
        true
    }

    /// Handles the next part of a poll's answer: what one packet of a payload led to is carried out before the next one is
    /// looked at, as on a stream, so that an event is told in the state that it arrived in. `false` where there is none.
    fn handle_arrival(&mut self) -> bool {
        self.closed.clear();
        let Some((now, transport, packet)) = self.inbox.pop() else {
            return false;
        };
        if let Some(packet) = packet {
            let mut head = [0; HEAD];
            let count = if packet.is_binary() {
                0
            } else {
                packet.read(0, &mut head)
            };
            self.handle_packet(now, transport, head.get(..count).unwrap_or_default(), packet);
        } else if let Some(connection) = owner(&mut self.connection, &mut self.ending, transport) {
            connection.handle_poll_end(transport, &mut self.out);
            self.settle(now);
        }
        true
    }
}
