//! Packets that an encoder of the app's turns into messages before they are sent.

use crate::proto::Data;
use crate::proto::output::Outputs;

use super::connection::{Connection, State};
use super::packet::Packet;

impl<D: Data> Connection<D> {
    /// Whether messages are the app's to write and to read.
    pub fn is_raw(&self) -> bool {
        self.config.raw
    }

    /// A packet goes to the app's encoder, where there is one and the connection takes packets: it does not end before
    /// [`send_encoded`](Self::send_encoded) is called.
    pub fn begin_encoding(&mut self) -> bool {
        let begins = self.config.raw && matches!(self.state, State::Opening | State::Open);
        self.encoding += u32::from(begins);
        begins
    }

    /// The encoder has made messages of a packet; none where it failed.
    pub fn send_encoded(&mut self, messages: Vec<D>, compress: bool, out: &mut Outputs<D>) {
        self.encoding = self.encoding.saturating_sub(1);
        if self.state != State::Closed {
            for data in messages {
                self.enqueue(Packet::message(data, compress), out);
            }
            self.flush(out);
            self.finish_close(out);
        }
    }
}
