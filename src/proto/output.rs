//! What the state machines want done, and what they tell.

use std::rc::Rc;

use crate::error::Code;

use super::engine::Revision;
use super::engine::packet::{Packet, PacketType};
use super::engine::transport::{Candidate, Kind};
use super::fifo::Fifo;
use super::names::texts;
use super::socket;

/// Outputs in the order in which they are to be carried out. What goes to the network comes first: whatever the app does when
/// it is told something comes after what led to it.
#[derive(Debug)]
pub struct Outputs<D> {
    network: Fifo<Output<D>>,
    app: Fifo<Output<D>>,
}

impl<D> Default for Outputs<D> {
    fn default() -> Self {
        Self {
            network: Fifo::default(),
            app: Fifo::default(),
        }
    }
}

impl<D> Outputs<D> {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one behind the others. (Not inlined: it is called from everywhere.)
    #[inline(never)]
    pub fn push_back(&mut self, output: Output<D>) {
        let outputs = if output.runs_app() {
            &mut self.app
        } else {
            &mut self.network
        };
        outputs.push(output);
    }

    /// Has a transport closed. (Not inlined, as above.)
    #[inline(never)]
    pub fn close(&mut self, transport: u32) {
        self.push_back(Output::Close(transport));
    }

    /// Tells the app of an event.
    #[inline(never)]
    pub fn tell(&mut self, event: Event) {
        self.report(event, None, None);
    }

    /// Tells the app of an event with what belongs to it. (Not inlined, as above.)
    #[inline(never)]
    pub fn report(&mut self, event: Event, data: Option<D>, failure: Option<Rc<Failure<D>>>) {
        self.app.push(Output::Report(Report { event, data, failure }));
    }

    /// Takes the next one.
    pub fn pop_front(&mut self) -> Option<Output<D>> {
        self.network.pop().or_else(|| self.app.pop())
    }

    /// Adds others behind these, and leaves none of them there.
    pub(super) fn append(&mut self, others: &mut Self) {
        while let Some(output) = others.pop_front() {
            self.push_back(output);
        }
    }
}

/// One thing to do for the host. Transports are named by a number that is never used again.
#[derive(Debug)]
pub enum Output<D> {
    /// Ask the app for its options and answer with
    /// [`handle_configured`](super::socket::manager::Manager::handle_configured).
    Configure {
        /// Which attempt it is for: an answer to an earlier one is ignored.
        epoch: u32,
        /// Why, and how often since the last connection. `None` where the credentials have just been renewed.
        demand: Option<(Occasion, u32)>,
    },
    /// Ask the app for the payload of a namespace's CONNECT and answer with
    /// [`handle_auth`](super::socket::manager::Manager::handle_auth).
    Authenticate {
        /// The socket.
        socket: usize,
        /// Which attempt of this socket it is: an answer to an earlier one is ignored.
        epoch: u32,
        /// Why.
        demand: Demand<D>,
    },
    /// Open a transport.
    Open {
        /// The number of the new transport.
        transport: u32,
        /// Which transport.
        candidate: Candidate,
        /// The session that it is to join.
        sid: Option<D>,
    },
    /// The session of a transport has this id, and speaks this revision: all that is sent there from now on names the one and
    /// is framed as the other has it. So are the transports that join the session.
    Join(u32, D, Revision),
    /// Send a GET for the next payload.
    Poll(u32),
    /// Send a POST with these packets.
    Post(u32, Rc<Vec<Packet<D>>>),
    /// Have the app's encoder make messages of a socket's packet for a connection, and answer with
    /// [`handle_encoded`](super::socket::manager::Manager::handle_encoded).
    Encode {
        /// The number by which the connection's events name it.
        connection: u32,
        /// The socket.
        socket: usize,
        /// The packet. Its data is what the app gave, or JSON text.
        packet: Packet<D>,
    },
    /// Write a packet.
    Write(u32, Packet<D>),
    /// Close a transport and forget it, after a POST that is under way has ended.
    Close(u32),
    /// Tell the app.
    Report(Report<D>),
}

impl<D> Output<D> {
    /// Whether code of the app runs while it is carried out.
    pub(super) const fn runs_app(&self) -> bool {
        matches!(
            self,
            Self::Configure { .. } | Self::Authenticate { .. } | Self::Report(_)
        )
    }
}

/// Why the payload of a CONNECT is asked for.
#[derive(Debug)]
pub struct Demand<D> {
    /// What it is for.
    pub occasion: Occasion,
    /// How often it has been asked for since the socket was last connected, this time included.
    pub attempt: u32,
    /// Where the server has refused the last one: its refusal, and whether that is about authentication. Who has no other
    /// payload answers with [`decline_auth`](super::socket::manager::Manager::decline_auth).
    pub refusal: Option<(Rc<Failure<D>>, bool)>,
}

/// What a payload is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The app connects the socket.
    Connect,
    /// The connection was lost.
    Reconnect,
    /// The server refused the one before.
    Rejected,
    /// The one before is about to expire.
    Expired,
}

impl Occasion {
    /// Whether what was given before is of no use: another credential is wanted.
    pub const fn renews(self) -> bool {
        matches!(self, Self::Rejected | Self::Expired)
    }

    /// The name in JavaScript: `connect`, `reconnect`, `rejected` or `expired`.
    pub fn name(self) -> &'static str {
        texts!(
            self,
            Occasion {
                Connect: "connect",
                Reconnect: "reconnect",
                Rejected: "rejected",
                Expired: "expired",
            }
        )
    }
}

/// Something that the app is told. What happened is a plain value; what belongs to it is kept apart.
#[derive(Debug)]
pub struct Report<D> {
    /// What happened.
    pub event: Event,
    /// The value that the event says it has.
    pub data: Option<D>,
    /// Why, where something failed or broke.
    pub failure: Option<Rc<Failure<D>>>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The connection is open.
    Open,
    /// The connection failed to open, or broke. With a failure.
    Error,
    /// The connection was open and is closed. With a failure, where there is more to say.
    Close(Reason),
    /// The server gave a sign of life.
    Ping,
    /// A new attempt begins, the n-th.
    ReconnectAttempt(u32),
    /// The n-th attempt succeeded.
    Reconnect(u32),
    /// An attempt failed. With a failure.
    ReconnectError,
    /// The last attempt that the options allow failed.
    ReconnectFailed,
    /// A packet of Socket.IO arrived. Told only while someone watches, after what it led to. With a list: the namespace, nothing
    /// for the root, and the parsed JSON where there is any, the same value that a socket is told.
    Packet {
        /// Its type; a binary one counts as what its attachments have been put into.
        kind: socket::packet::PacketType,
        /// The acknowledgement's id.
        id: Option<u32>,
    },
    /// A socket's credentials were renewed before they expired.
    Renewal(usize),
    /// A socket's credentials could not be renewed; that is tried again. With a failure.
    RenewalError(usize),
    /// About one socket.
    Socket(usize, SocketEvent),
    /// About a connection below, named by the number of its first transport.
    Engine(u32, EngineEvent),
}

/// What happened to one socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// The server accepted the socket, and events that have waited are told before [`Connect`](Self::Connect). With the id
    /// that the server gave it.
    Granted {
        /// Whether the session before was recovered.
        recovered: bool,
    },
    /// The server accepted the socket. With the id that the server gave it.
    Connect {
        /// Whether the session before was recovered.
        recovered: bool,
    },
    /// The server or the connection did not accept it. With a failure.
    ConnectError {
        /// Whether another attempt will follow by itself.
        will_retry: bool,
        /// The transport of the connection, where one was begun.
        transport: Option<Kind>,
    },
    /// It was connected and is not any longer. With a failure, where there is more to say.
    Disconnect(Reason),
    /// An event arrived. With its arguments, the event's name first.
    Message {
        /// The id to acknowledge it with.
        ack: Option<u32>,
        /// The connection of the socket that it belongs to.
        epoch: u32,
    },
    /// A queued event is sent, later than it was emitted or again.
    Try {
        /// The event's ticket.
        ticket: u32,
    },
    /// The acknowledgement of an event that was sent. With the arguments of the answer.
    Ack {
        /// The event's id, or its ticket.
        id: u32,
    },
    /// An acknowledgement will not come.
    AckFailed {
        /// The event's id, or its ticket.
        id: u32,
        /// Why.
        loss: Loss,
    },
}

/// Why an acknowledgement will not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Its time ran out.
    TimedOut,
    /// The connection ended, and the app wants to hear of it.
    Disconnected,
    /// The connection ended, and the app does not want to hear of it.
    Forgotten,
}

/// What happened to a connection below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineEvent {
    /// The handshake is done. With the id of the session, a text.
    Open {
        /// The transport that it began on.
        kind: Kind,
        /// The revision that both sides speak.
        revision: Revision,
    },
    /// Another transport answered and takes over.
    Upgrading(Kind),
    /// Another transport has taken over.
    Upgrade(Kind),
    /// Another transport could not take over. With a failure.
    UpgradeError(Kind),
    /// What waited is handed to the transport. Told only while someone watches.
    Flush,
    /// All that was to be written is written.
    Drain,
    /// The connection is closed. With what was not written for certain, and with a failure, where there is more to say.
    Close {
        /// Why.
        reason: Reason,
        /// Whether the manager had given it up before, and does not tell of its end.
        is_dropped: bool,
    },
    /// A packet arrived. Told only while someone watches. With its data, where it has any.
    Packet(PacketType),
    /// A packet is about to be sent. Told only while someone watches. With its text, the type digit in front, or its binary.
    PacketCreate {
        /// Whether the transport may compress it.
        compress: bool,
    },
}

/// An error, and what the host or the server had to say of it.
#[derive(Debug)]
pub struct Failure<D> {
    /// What kind of thing went wrong.
    pub code: Code,
    /// What happened, where there is no other text.
    pub message: &'static str,
    /// What the server or the host said of it, in the place of the message.
    pub text: Option<D>,
    /// The `data` of the server's refusal, or the host's own description of what failed.
    pub detail: Option<D>,
}

impl<D> Failure<D> {
    /// A failure without more to say. (Not inlined: it is called from everywhere.)
    #[inline(never)]
    pub fn of(code: Code, message: &'static str) -> Rc<Self> {
        Self::with(code, message, None)
    }

    /// A failure, and what was said of it.
    pub fn with(code: Code, message: &'static str, detail: Option<D>) -> Rc<Self> {
        Self::new(code, message, None, detail)
    }

    /// A failure with a text of the server or the host, and what else was said of it: of a refusal its `data`.
    pub fn told(code: Code, text: Option<D>, detail: Option<D>) -> Rc<Self> {
        Self::new(code, "", text, detail)
    }

    #[inline(never)]
    fn new(code: Code, message: &'static str, text: Option<D>, detail: Option<D>) -> Rc<Self> {
        Rc::new(Self {
            code,
            message,
            text,
            detail,
        })
    }
}

/// Why a connection ended. The texts are those that Socket.IO's apps compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The server disconnected the socket: it does not connect again by itself.
    ServerDisconnect,
    /// The app disconnected the socket.
    ClientDisconnect,
    /// The server gave no sign of life in time.
    PingTimeout,
    /// The transport was closed.
    TransportClose,
    /// The transport failed.
    TransportError,
    /// The server sent what is not the protocol.
    ParseError,
    /// The last socket was disconnected.
    ForcedClose,
    /// The socket connects again with renewed credentials.
    Renewal,
    /// The server turned out to speak an older protocol: the manager connects again, in that.
    OtherProtocol,
}

impl Reason {
    /// The text of the reason.
    pub fn as_str(self) -> &'static str {
        texts!(
            self,
            Reason {
                ServerDisconnect: "io server disconnect",
                ClientDisconnect: "io client disconnect",
                PingTimeout: "ping timeout",
                TransportClose: "transport close",
                TransportError: "transport error",
                ParseError: "parse error",
                ForcedClose: "forced close",
                Renewal: "credentials renewed",
                OtherProtocol: "older protocol",
            }
        )
    }
}
