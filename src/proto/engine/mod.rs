//! Engine.IO: one connection to a server, over whichever transport carries it.

pub mod connection;
mod encoding;
pub mod frame;
mod generation;
pub mod handshake;
pub mod packet;
pub mod payload;
pub mod refusal;
pub mod transport;
pub mod upgrade;
pub mod url;
mod writing;

/// The revision of the protocol that both sides speak, the `EIO` parameter.
///
/// Revision 4 carries protocol 5 of Socket.IO (servers 3.x and 4.x), revision 3 protocol 4 (servers 1.x and 2.x).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Revision {
    /// `EIO=3`.
    V3,
    /// `EIO=4`.
    #[default]
    V4,
}
