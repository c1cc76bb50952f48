//! What no client may ever do, whatever happens to it: checked on every output of every test.

use std::collections::BTreeMap;

use socketio_wasm::proto::engine::packet::Packet;
use socketio_wasm::proto::output::Output;
use socketio_wasm::proto::timer::Millis;

use super::sample::Sample;
use super::show;

/// How long after a DISCONNECT a CONNECT of the same namespace may follow.
const GAP: Millis = 100.0;

/// What has become of the transports.
#[derive(Debug, Default)]
pub struct Audit {
    lines: BTreeMap<u32, Line>,
}

#[derive(Debug, Default)]
struct Line {
    is_polling: bool,
    has_joined: bool,
    is_stream_open: bool,
    has_get: bool,
    has_post: bool,
    is_closed: bool,
    /// The namespaces that were left, and when.
    left: BTreeMap<String, Millis>,
}

impl Line {
    /// Servers 4.x close a connection on which a DISCONNECT and the next CONNECT of its namespace arrive together.
    fn check_gap(&mut self, now: Millis, packet: &Packet<Sample>) {
        let text = show::packet(packet);
        let name = |rest: &str| match rest.split_once(',') {
            Some((name, _)) if name.starts_with('/') => name.to_owned(),
            _ => "/".to_owned(),
        };
        if let Some(rest) = text.strip_prefix("41") {
            self.left.insert(name(rest), now);
        } else if let Some(rest) = text.strip_prefix("40")
            && let Some(left_at) = self.left.remove(&name(rest))
        {
            // A POST begins when the one before it has been handled. (And floats are rounded.)
            let gap = if self.is_polling { 0.001 } else { GAP - 0.001 };
            assert!(
                now - left_at >= gap,
                "{text:?} {} ms after the DISCONNECT",
                now - left_at
            );
        }
    }
}

impl Audit {
    /// The client wants something done.
    pub fn check(&mut self, now: Millis, output: &Output<Sample>) {
        match output {
            Output::Open {
                transport, candidate, ..
            } => {
                let line = Line {
                    is_polling: candidate.kind.is_polling(),
                    ..Line::default()
                };
                let before = self.lines.insert(*transport, line);
                assert!(
                    before.is_none(),
                    "transport {transport} was opened twice, or after it was closed"
                );
            }
            Output::Join(transport, ..) => {
                let line = self.open_line(*transport);
                assert!(!line.has_joined, "transport {transport} joins a second session");
                line.has_joined = true;
            }
            Output::Poll(transport) => {
                let line = self.open_line(*transport);
                assert!(line.is_polling, "a GET on stream {transport}");
                assert!(!line.has_get, "two GETs in flight on {transport}");
                line.has_get = true;
            }
            Output::Post(transport, packets) => {
                let line = self.open_line(*transport);
                assert!(line.is_polling, "a POST on stream {transport}");
                assert!(!line.has_post, "two POSTs in flight on {transport}");
                assert!(!packets.is_empty(), "an empty POST on {transport}");
                line.has_post = true;
                for packet in packets.iter() {
                    line.check_gap(now, packet);
                }
            }
            Output::Write(transport, packet) => {
                let line = self.open_line(*transport);
                assert!(!line.is_polling, "a frame on polling {transport}");
                assert!(line.is_stream_open, "a frame on {transport}, which is not open yet");
                line.check_gap(now, packet);
            }
            Output::Close(transport) => {
                // A call from inside an event may close a transport before its opening was carried out.
                let line = self.lines.entry(*transport).or_default();
                assert!(!line.is_closed, "transport {transport} was closed twice");
                line.is_closed = true;
            }
            Output::Configure { .. } | Output::Authenticate { .. } | Output::Encode { .. } | Output::Report(_) => {}
        }
    }

    fn open_line(&mut self, transport: u32) -> &mut Line {
        let line = self.lines.get_mut(&transport);
        let line = line.unwrap_or_else(|| panic!("transport {transport} was never opened"));
        assert!(!line.is_closed, "transport {transport} is closed");
        line
    }

    fn with(&mut self, transport: u32, change: impl FnOnce(&mut Line)) {
        if let Some(line) = self.lines.get_mut(&transport) {
            change(line);
        }
    }

    pub fn opened(&mut self, transport: u32) {
        self.with(transport, |line| line.is_stream_open = true);
    }

    pub fn polled(&mut self, transport: u32) {
        self.with(transport, |line| line.has_get = false);
    }

    pub fn posted(&mut self, transport: u32) {
        self.with(transport, |line| line.has_post = false);
    }

    pub fn is_closed(&self, transport: u32) -> bool {
        self.lines.get(&transport).is_none_or(|line| line.is_closed)
    }

    /// The transports that are not closed.
    pub fn open(&self) -> Vec<u32> {
        let open = self.lines.iter().filter(|(_, line)| !line.is_closed);
        open.map(|(transport, _)| *transport).collect()
    }
}
