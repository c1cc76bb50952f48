//! Socket.IO: namespaces over one connection, events, acknowledgements, reconnection.

pub mod ack;
mod asking;
mod custom;
mod dispatch;
pub mod manager;
pub mod namespace;
mod old_protocol;
mod order;
pub mod outgoing;
pub mod packet;
pub mod parser;
pub mod policy;
pub mod reconnection;
pub mod recovery;
mod renewal;
mod sign_in;
