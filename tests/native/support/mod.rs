//! What the tests have in common.

pub mod audit;
pub mod base64;
pub mod desk;
pub mod json;
pub mod payload;
pub mod sample;
pub mod show;
pub mod token;

pub use desk::{Auth, Desk, HANDSHAKE, UPGRADABLE};
pub use json::Json;
pub use payload::decode;
pub use sample::Sample;
pub use token::jwt;
