//! What a connection writes: at once on a stream, in one POST after the other on polling.

use std::rc::Rc;

use crate::proto::Data;
use crate::proto::output::{EngineEvent, Output, Outputs};

use super::connection::{Connection, State};
use super::packet::Packet;
use super::payload;

impl<D: Data> Connection<D> {
    /// Whether a packet would be written at once.
    pub fn is_writable(&self) -> bool {
        self.state == State::Open && self.posted.is_none() && !self.is_upgrading()
    }

    /// Whether all that was to be written is on its way.
    pub fn is_flushed(&self) -> bool {
        self.queue.is_empty() && self.encoding == 0
    }

    /// What is not yet written for certain, what a POST carries and what waits: a list of each packet's text or binary, each followed by
    /// whether the transport may compress it.
    pub fn unwritten(&self) -> D {
        let mut list = D::empty_list();
        let posted = self.posted.as_deref().map_or(&[][..], Vec::as_slice);
        for packet in posted.iter().chain(&self.queue) {
            list.push(Some(packet.describe()));
            list.push(Some(D::text(if packet.compress { "1" } else { "" })));
        }
        list
    }

    /// Sends a packet: at once where the transport takes it, else in its turn.
    pub fn send(&mut self, packet: Packet<D>, out: &mut Outputs<D>) {
        self.send_all(packet, Vec::new(), out);
    }

    /// Sends a packet and its attachments: nothing that the app sends while it is told of them comes between.
    pub fn send_all(&mut self, packet: Packet<D>, attachments: Vec<D>, out: &mut Outputs<D>) {
        if self.state >= State::Closing {
            return;
        }
        self.enqueue(packet, out);
        for attachment in attachments {
            self.enqueue(Packet::message(attachment, true), out);
        }
        // What belongs together goes into one POST.
        self.flush(out);
    }

    pub(super) fn enqueue(&mut self, packet: Packet<D>, out: &mut Outputs<D>) {
        if self.is_watched {
            let compress = packet.compress;
            self.report(
                EngineEvent::PacketCreate { compress },
                Some(packet.describe()),
                None,
                out,
            );
        }
        self.queue.push(packet);
        if !self.candidate.kind.is_polling() {
            self.flush(out);
        }
    }

    pub(super) fn flush(&mut self, out: &mut Outputs<D>) {
        if !matches!(self.state, State::Open | State::Closing) || self.is_upgrading() {
            return;
        }
        if self.candidate.kind.is_polling() {
            if self.posted.is_some() || self.queue.is_empty() {
                return;
            }
            let max = self.session.as_ref().map_or(0, |session| session.max_payload);
            let count = match self.queue.len() {
                1 => 1,
                _ => payload::batch(max, self.queue.iter().map(Packet::wire_len)),
            };
            let rest = self.queue.split_off(count.min(self.queue.len()));
            let packets = Rc::new(std::mem::replace(&mut self.queue, rest));
            self.posted = Some(Rc::clone(&packets));
            out.push_back(Output::Post(self.transport, packets));
            if self.is_watched {
                self.tell(EngineEvent::Flush, out);
            }
        } else {
            let has_written = !self.queue.is_empty();
            for packet in std::mem::take(&mut self.queue) {
                out.push_back(Output::Write(self.transport, packet));
            }
            if has_written && self.is_watched {
                self.tell(EngineEvent::Flush, out);
                self.tell(EngineEvent::Drain, out);
            }
        }
    }

    pub(super) fn handle_posted(&mut self, transport: u32, out: &mut Outputs<D>) {
        if transport != self.transport || self.state == State::Closed {
            return;
        }
        self.posted = None;
        if self.queue.is_empty() {
            self.tell(EngineEvent::Drain, out);
        }
        if !self.pause(out) {
            self.flush(out);
        }
        self.finish_close(out);
    }
}
