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

impl Revision {
    /// The number of the protocol: 3 or 4.
    pub const fn number(self) -> u32 {
        match self {
            Self::V3 => 3,
            Self::V4 => 4,
        }
    }

    /// The revision of a number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            3 => Some(Self::V3),
            4 => Some(Self::V4),
            _ => None,
        }
    }
}
