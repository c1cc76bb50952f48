//! One socket: a namespace on the manager's connection.
//!
//! ```text
//!                                                  ┌─ none: AwaitRetry ─┐
//!                                                  ▼                    │ refused for the first time
//!   Idle ──connect()──▶ AwaitConnection ──open──▶ AwaitAuth ◀──────────┴─────────┐
//!    ▲                       ▲   connection closed │ └──payload──▶ AwaitConnect ─┴─granted──▶ Connected
//!    │                       └─────────────────────┴──────────────────────┴───────────────────────┤
//!    └── refused, disconnect(), the server's DISCONNECT ──────────────────────────────────────────┘
//! ```

use crate::error::{Code, Error};
use crate::proto::Data;
use crate::proto::auth::Claims;
use crate::proto::engine::packet::Packet;
use crate::proto::timer::Millis;

use super::ack::Acks;
use super::asking::Asking;
use super::packet::PacketType;
use super::recovery::Recovery;

/// What a socket waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing: it does not want to be connected.
    Idle,
    /// The connection.
    AwaitConnection,
    /// The app's payload for the CONNECT.
    AwaitAuth,
    /// The time to ask for it again: the app could not give one.
    AwaitRetry,
    /// The server's answer.
    AwaitConnect,
    /// The server's answer to the event with which it signs in.
    AwaitSignIn,
    /// It is connected.
    Connected,
}

/// An event on its way out.
#[derive(Debug)]
pub struct Outgoing<D> {
    /// The JSON text of the arguments, the event's name first.
    pub data: D,
    /// The binaries that it has placeholders for.
    pub attachments: Vec<D>,
    /// Whether the transport may compress it.
    pub compress: bool,
}

impl<D: Data> Outgoing<D> {
    /// One without attachments.
    pub fn new(data: D) -> Self {
        Self {
            data,
            attachments: Vec::new(),
            compress: true,
        }
    }

    /// The same event once more.
    pub fn duplicate(&self) -> Self {
        let mut attachments = Vec::new();
        for attachment in &self.attachments {
            attachments.push(attachment.share());
        }
        Self {
            data: self.data.share(),
            attachments,
            compress: self.compress,
        }
    }
}

/// An event that waits for the socket to connect, or to be acknowledged.
#[derive(Debug)]
pub struct Waiting<D> {
    /// What the app knows it by.
    pub number: u32,
    /// The id of the acknowledgement that it wants; of one that is tried again, that which the last try waits for.
    pub id: Option<u32>,
    /// The event.
    pub event: Outgoing<D>,
    /// How long a try of it may take.
    pub timeout: Millis,
    /// How often it was tried.
    pub tries: u32,
}

/// One socket.
#[derive(Debug)]
pub struct Socket<D> {
    /// The namespace; none for the root.
    pub name: Option<D>,
    /// `/name,` as it stands in a packet; nothing for the root.
    label: Option<D>,
    /// What it waits for.
    pub state: State,
    /// Counts the connections and attempts of this socket, so that what belongs to an earlier one is told apart.
    pub epoch: u32,
    /// A CONNECT was sent that the server has not answered, and the app has since changed its mind.
    pub has_stale_connect: bool,
    /// The payload of the last CONNECT, before what recovery adds.
    pub auth: Option<D>,
    /// When the socket left the namespace on this connection; infinity as long as its DISCONNECT waits to be written.
    pub left_at: Option<Millis>,
    /// What is known of the credentials of the last CONNECT.
    pub claims: Claims<D>,
    /// The server's answer to an attempt that the app has given up and begun again, until it is known that both have the
    /// same payload; or to one that has still to sign in.
    pub grant: Option<D>,
    /// The acknowledgement of the event that renews the credentials.
    pub renewal_ack: Option<u32>,
    /// How the payload is come by.
    pub asking: Asking<D>,
    /// The acknowledgements that it waits for.
    pub acks: Acks,
    /// Events that wait for the socket to connect.
    pub send_buffer: Vec<Waiting<D>>,
    /// Events that are sent until they are acknowledged: one at a time, in their order.
    pub queue: Vec<Waiting<D>>,
    /// How often these are sent again; with 0 none is queued.
    pub retries: u32,
    last_number: u32,
    /// Events that arrived before the socket was connected, with the id to acknowledge each with.
    pub receive_buffer: Vec<(D, Option<u32>)>,
    /// What is needed to continue the session.
    pub recovery: Recovery<D>,
}

/// The sockets of a manager, by their numbers.
#[derive(Debug)]
pub(super) struct Sockets<D> {
    list: Vec<Socket<D>>,
    /// What stands for every number that was never given: a socket that is none of the others and never connects.
    nobody: Socket<D>,
}

impl<D: Data> Sockets<D> {
    /// None yet.
    pub fn new() -> Self {
        Self {
            list: Vec::new(),
            nobody: Socket::new(D::text("")),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Adds one, and gives its number.
    pub fn add(&mut self, socket: Socket<D>) -> usize {
        self.list.push(socket);
        self.list.len() - 1
    }

    /// The one of a number. (Not inlined: it is called from everywhere.)
    #[inline(never)]
    pub fn at(&mut self, number: usize) -> &mut Socket<D> {
        self.list.get_mut(number).unwrap_or(&mut self.nobody)
    }

    /// As [`at`](Self::at), only to look at.
    #[inline(never)]
    pub fn get(&self, number: usize) -> &Socket<D> {
        self.list.get(number).unwrap_or(&self.nobody)
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Socket<D>> {
        self.list.iter()
    }

    /// All of them, to change.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Socket<D>> {
        self.list.iter_mut()
    }
}

/// Checks the name of a namespace.
///
/// # Errors
///
/// [`Code::InvalidUrl`] where it has a comma: in a packet that is where the name ends.
pub fn check(name: &str) -> Result<(), Error> {
    if name.bytes().any(|byte| byte == b',') {
        return Err(Error::new(
            Code::InvalidUrl,
            "The name of a namespace can't have a comma",
        ));
    }
    Ok(())
}

impl<D: Data> Socket<D> {
    /// A socket of the namespace `name` (`/` for the root).
    pub fn new(name: D) -> Self {
        let has_slash = name.unit(0) == Some(u16::from(b'/'));
        let is_root = name.unit(usize::from(has_slash)).is_none();
        let name = if has_slash { name } else { D::text("/").concat(&name) };
        let name = Some(name).filter(|_| !is_root);
        Self {
            label: name.as_ref().map(|name| name.concat(&D::text(","))),
            name,
            state: State::Idle,
            epoch: 0,
            has_stale_connect: false,
            auth: None,
            left_at: None,
            claims: Claims::default(),
            grant: None,
            renewal_ack: None,
            asking: Asking::default(),
            acks: Acks::default(),
            send_buffer: Vec::new(),
            queue: Vec::new(),
            retries: 0,
            last_number: 0,
            receive_buffer: Vec::new(),
            recovery: Recovery::default(),
        }
    }

    /// Whether it is the root namespace.
    pub fn is_root(&self) -> bool {
        self.name.is_none()
    }

    /// A number for a waiting event that has no id. These count down, so that they are never the id of another.
    pub fn next_number(&mut self) -> u32 {
        self.last_number = self.last_number.wrapping_sub(1);
        self.last_number
    }

    /// The connection ended: what came of it for this socket does not count any more.
    pub fn end(&mut self) {
        self.has_stale_connect = false;
        self.left_at = None;
        self.grant = None;
        self.receive_buffer.clear();
        self.asking.end(self.state == State::Connected);
    }

    /// The packets of an event or an acknowledgement: the text, then its attachments.
    pub fn encode(&self, kind: PacketType, id: Option<u32>, event: Outgoing<D>) -> (Packet<D>, Vec<D>) {
        let mut packet = self.control(kind, Some(event.data));
        packet.id = id;
        packet.compress = event.compress;
        let count = event.attachments.len() as u32;
        if count > 0 {
            // The binary types stand three behind the others.
            packet.code += 3;
            let dash = D::text("-");
            packet.label = Some(D::join(count, Some(&dash), None, packet.label.as_ref()));
        }
        (packet, event.attachments)
    }

    /// A packet without an acknowledgement: CONNECT, DISCONNECT.
    pub fn control(&self, kind: PacketType, data: Option<D>) -> Packet<D> {
        let mut packet = Packet::with_data(kind.code(), data);
        packet.label = self.label.as_ref().map(|label| label.share());
        packet
    }
}
