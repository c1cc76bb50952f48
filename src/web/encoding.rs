//! The way through an encoder of the app's, which the npm build has in another part (`scripts/build/split.mjs`).

use crate::proto::engine::packet::Packet;

use super::driver::Driver;
use super::payload::Payload;

impl Driver {
    /// Has the app's encoder make messages of a packet. Called while nothing is borrowed.
    #[inline(never)]
    pub(super) fn encode(&self, connection: u32, socket: usize, packet: Packet<Payload>) {
        let (id, compress) = (packet.id, packet.compress);
        let messages = self.app.encode(connection, socket, packet);
        let now = self.now();
        let mut manager = self.manager.borrow_mut();
        manager.handle_encoded(now, connection, socket, id, messages, compress);
    }
}
