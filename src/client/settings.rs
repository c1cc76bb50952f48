//! What Rust needs to know of an app's options to decide: numbers. Texts and lists stay with the host.

use crate::proto::Data;
use crate::proto::auth::{AuthPlacement, HeaderFallback};
use crate::proto::engine::Revision;
use crate::proto::engine::connection::Config;
use crate::proto::engine::transport::Candidate;
use crate::web::driver::websocket_worked;
use crate::web::{Flag, Flags, Payload};

/// The options of the next connection.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The server and the path of its endpoint, as [`Endpoint`](crate::web::Endpoint) has it.
    pub server: Payload,
    /// The transports to use, in their order.
    pub transports: Vec<Candidate>,
    /// What the app has chosen.
    pub choices: Choices,
}

/// What an app has chosen, as far as it is decided with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choices {
    /// What is so, and what is not.
    pub flags: Flags,
    /// Who writes and reads messages.
    pub speech: Speech,
    /// The revision of Engine.IO to speak; `None` to find out.
    pub protocol: Option<Revision>,
    /// What becomes of headers on a transport that can't have them.
    pub header_fallback: HeaderFallback,
    /// Where the `auth` payload travels.
    pub auth_placement: AuthPlacement,
}

/// Who writes and reads the messages of a connection.
#[cfg_attr(
    not(feature = "js"),
    expect(dead_code, reason = "the Rust API has one parser, and sockets")
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Speech {
    /// The parser here.
    #[default]
    SocketIo,
    /// A parser of the app's.
    OwnParser,
    /// The app: there is no Socket.IO on the connection.
    Engine,
}

impl Settings {
    /// Those of a manager that has had no connection yet.
    pub(crate) fn new(speech: Speech) -> Self {
        Self {
            server: Payload::text(""),
            transports: Vec::new(),
            choices: Choices {
                flags: Flags::default(),
                speech,
                protocol: None,
                header_fallback: HeaderFallback::default(),
                auth_placement: AuthPlacement::default(),
            },
        }
    }

    /// What the connection is made with.
    pub(crate) fn config(&self, known: Option<Revision>) -> Config {
        // A message that nobody has asked for tells the revision of Socket.IO's servers alone.
        let Choices {
            flags,
            speech,
            protocol,
            ..
        } = self.choices;
        let is_engine = speech == Speech::Engine;
        Config {
            revision: protocol,
            known: known.or(is_engine.then_some(Revision::V4)),
            transports: self.transports.clone(),
            upgrade: flags.has(Flag::Upgrade),
            try_all: flags.has(Flag::TryAll),
            prefer_websocket: flags.has(Flag::RememberUpgrade) && websocket_worked(),
            raw: speech != Speech::SocketIo,
        }
    }
}

impl Choices {
    /// Whether a connection to a server, which is `known` to speak a revision, needs the second part of the module from the beginning on:
    /// what is in it is called for these alone, and for who renews credentials.
    pub(crate) fn needs_rare(&self, known: Option<Revision>) -> bool {
        self.speech != Speech::SocketIo
            || self.auth_placement == AuthPlacement::Event
            || self.header_fallback == HeaderFallback::Event
            || self.protocol.or(known) == Some(Revision::V3)
    }
}
