//! What carries one transport: a WebSocket, a WebTransport session, or the requests of polling.

use std::cell::Cell;
use std::rc::Rc;

use crate::proto::Data;
use crate::proto::engine::Revision;
use crate::proto::engine::frame::Decoder;
use crate::proto::engine::packet::{Packet, PacketType};
use crate::proto::engine::transport::{Candidate, Kind};

use super::diagnosis::Case;
use super::edge;
use super::endpoint::{Endpoint, Flag};
use super::payload::{Payload, slot_of};
use super::polling::{Request, binary_mark};

/// One transport. Nothing of it is borrowed while the edge is called. Dropped, it is closed and no longer heard; what a
/// session has to write is sent before.
pub struct Line {
    pub(super) kind: Kind,
    /// Whether requests go through `fetch` rather than XHR.
    pub(super) fetch: bool,
    pub(super) endpoint: Rc<Endpoint>,
    /// The URL; that of polling with all its parameters but the session's id.
    pub(super) url: Payload,
    /// Header fields of requests, where there are any.
    pub(super) headers: Cell<Option<Payload>>,
    pub(super) driver: i32,
    pub(super) transport: i32,
    /// What the session speaks, as far as it is known.
    pub(super) revision: Cell<Revision>,
    /// The session has its id.
    pub(super) has_joined: Cell<bool>,
    /// The WebSocket or the session. 0 where the browser refused, which a signal tells.
    pub(super) stream: Cell<i32>,
    /// What arrives of a session.
    pub(super) decoder: Cell<Decoder>,
    pub(super) get: Cell<Option<Request>>,
    pub(super) post: Cell<Option<Request>>,
    /// It ends when its POST has ended.
    pub(super) is_ending: Cell<bool>,
    /// Why polling could not begin, which is being found out.
    pub(super) case: Cell<Option<Box<Case>>>,
}

impl Line {
    /// Opens a transport: that of a new session, or with its id (`sid`) one that joins a session, which speaks `revision`.
    pub fn open(
        endpoint: Rc<Endpoint>,
        candidate: Candidate,
        sid: Option<Payload>,
        revision: Revision,
        driver: usize,
        transport: u32,
    ) -> Self {
        let Candidate { kind, fetch } = candidate;
        let line = Self {
            kind,
            fetch,
            headers: Cell::new(
                endpoint
                    .headers
                    .as_ref()
                    .filter(|_| kind.is_polling())
                    .map(Payload::share),
            ),
            driver: driver as i32,
            transport: transport as i32,
            revision: Cell::new(if sid.is_some() { revision } else { endpoint.revision }),
            url: endpoint.address(kind, sid),
            has_joined: Cell::new(false),
            stream: Cell::new(0),
            decoder: Cell::default(),
            get: Cell::new(None),
            post: Cell::new(None),
            is_ending: Cell::new(false),
            case: Cell::new(None),
            endpoint,
        };
        match kind {
            Kind::WebSocket => line.open_socket(),
            Kind::WebTransport => line.open_session(),
            Kind::Polling | Kind::Jsonp => {}
        }
        line
    }

    fn open_socket(&self) {
        let (url, stamp) = (self.url.slot(), slot_of(self.endpoint.stamp.as_ref()));
        let protocols = slot_of(self.endpoint.protocols.as_ref());
        let socket = edge::open_socket(url, stamp, protocols, self.driver, self.transport);
        self.stream.set(socket);
    }

    /// The session has this id, and speaks this revision: both hold for all that is sent from now on.
    pub fn join(&self, sid: Payload, revision: Revision) {
        self.revision.set(revision);
        let session = Payload::list(&["sid"]);
        session.push(Some(sid));
        self.url.add_parameters(&session);
        self.has_joined.set(true);
    }

    /// Later requests have these header fields.
    pub fn put_headers(&self, headers: Option<&Payload>) {
        self.headers.set(headers.map(Payload::share));
    }

    /// Writes a packet to a stream.
    pub fn write(&self, packet: &Packet<Payload>) {
        let (data, is_binary) = (packet.describe(), packet.is_binary);
        let revision = self.revision.get();
        match self.kind {
            Kind::WebTransport => self.write_frame(data, is_binary),
            Kind::WebSocket => {
                let is_typed = is_binary && revision == Revision::V3;
                let kind = if is_typed { PacketType::Message as i32 } else { 0 };
                let is_marked = is_binary && self.endpoint.flags.has(Flag::Base64);
                let mark = if is_marked {
                    edge::hold_text(binary_mark(revision))
                } else {
                    0
                };
                edge::write(self.stream.get(), data.into_slot(), kind, mark);
            }
            Kind::Polling | Kind::Jsonp => {}
        }
    }

    /// Ends it, after its POST. Says whether there is none, so that it can be dropped at once.
    pub fn end(&self) -> bool {
        self.is_ending.set(true);
        !self.is_posting()
    }

    /// What the official client's errors say of a failure, of a GET or of something else.
    pub fn describe(&self, is_get: bool) -> &'static str {
        match (self.kind, self.fetch, is_get) {
            (Kind::WebSocket, ..) => "websocket error",
            (Kind::WebTransport, ..) => "webtransport error",
            (Kind::Jsonp, _, true) => "jsonp poll error",
            (Kind::Jsonp, _, false) => "jsonp post error",
            (Kind::Polling, false, true) => "xhr poll error",
            (Kind::Polling, false, false) => "xhr post error",
            (Kind::Polling, true, true) => "fetch read error",
            (Kind::Polling, true, false) => "fetch write error",
        }
    }

    /// The same of a stream that was closed.
    pub fn describe_close(&self) -> &'static str {
        match self.kind {
            Kind::WebTransport => "webtransport closed",
            _ => "websocket closed",
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        match (self.stream.get(), self.kind) {
            (0, _) => {}
            (stream, Kind::WebTransport) => edge::end(stream),
            (stream, _) => edge::close_socket(stream),
        }
    }
}
