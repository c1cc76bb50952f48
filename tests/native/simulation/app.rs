//! The client's app: what it did, what it was told, and whether the one fits the other.

use std::collections::BTreeMap;

use socketio_wasm::proto::output::{EngineEvent, Event, Loss, Reason, Report, SocketEvent};
use socketio_wasm::proto::socket::ack::Wanted;
use socketio_wasm::proto::socket::manager::Manager;
use socketio_wasm::proto::socket::outgoing::Emitted;
use socketio_wasm::proto::timer::Millis;

use super::parcel::Parcel;
use super::scenario::{Emission, NAMESPACES, Reconnection};
use crate::support::desk::outgoing;
use crate::support::{Json, Sample};

/// An event that waits for its answer.
#[derive(Debug)]
pub struct Ask {
    pub number: u32,
    pub deadline: Millis,
    pub parcel: Parcel,
    pub was_discarded: bool,
    pub is_forgotten: bool,
    /// Its one result: an answer, or why there is none.
    pub result: Option<Result<(), Loss>>,
}

/// A stay in a namespace.
#[derive(Debug)]
pub struct Stay {
    pub id: String,
    pub recovered: bool,
    /// The numbers of the events that the app was told, and whether each wanted an answer.
    pub told: Vec<(u32, bool)>,
    pub is_over: bool,
}

impl Stay {
    pub fn told(&self) -> Vec<u32> {
        self.told.iter().map(|(number, _)| *number).collect()
    }
}

#[derive(Debug, Default)]
pub struct Socket {
    /// The app wants it to be connected.
    pub is_wanted: bool,
    pub emitted: u32,
    /// The numbers of volatile events: they may be lost.
    pub volatile: Vec<u32>,
    /// The numbers of events that had to wait.
    pub buffered: Vec<u32>,
    /// What waits for the next connection, and what the current one carries.
    pub waiting: Vec<u32>,
    pub carried: Vec<u32>,
    is_flushed: bool,
    /// When the token expires that the app gave last, and the one that the server has.
    pub given_until: Millis,
    pub good_until: Millis,
    pub asks: BTreeMap<u32, Ask>,
    pub stays: Vec<Stay>,
}

impl Socket {
    pub fn stay(&self) -> Option<&Stay> {
        self.stays.last().filter(|stay| !stay.is_over)
    }

    fn renewed(&mut self) {
        self.good_until = self.given_until;
    }

    /// What had waited has been sent.
    fn flushed(&mut self) {
        if !std::mem::replace(&mut self.is_flushed, true) {
            self.carried = std::mem::take(&mut self.waiting);
        }
    }

    fn granted(&mut self, id: &Sample, recovered: bool) {
        self.flushed();
        if self.stay().is_none() {
            let id = value(id).as_text().unwrap();
            self.stays.push(Stay {
                id,
                recovered,
                told: Vec::new(),
                is_over: false,
            });
        }
    }

    fn settle_ask(&mut self, now: Millis, id: u32, result: Result<(), Loss>) {
        let ask = self.asks.get_mut(&id).expect("the result of nothing");
        assert!(
            !ask.is_forgotten,
            "the result of an event whose answer nobody waits for"
        );
        assert!(ask.result.is_none(), "two results: {ask:?} and {result:?}");
        assert!(now <= ask.deadline, "a result after the deadline: {ask:?}");
        if result == Err(Loss::TimedOut) {
            assert_eq!(now, ask.deadline, "timed out at another time: {ask:?}");
            let number = ask.number;
            self.waiting.retain(|waiting| *waiting != number);
        }
        ask.result = Some(result);
    }
}

fn value(sample: &Sample) -> &Json {
    match sample {
        Sample::Value(value) => value,
        other => panic!("not parsed: {other:?}"),
    }
}

#[derive(Debug)]
pub struct App {
    pub sockets: Vec<Socket>,
    reconnection: Reconnection,
    /// When the connection was lost, or an attempt failed.
    failed_at: Millis,
    /// How long each attempt to reconnect had waited.
    pub delays: Vec<(u32, Millis)>,
    /// When the server last gave a sign of life, and for how long that is enough.
    pub alive_at: Millis,
    pub lifetime: Millis,
    /// The app has asked for the end of the connection, and hears no more of its pings.
    closes_engine: bool,
    /// How the connections ended, and whether each had been upgraded.
    pub ends: Vec<(Reason, bool)>,
    is_upgraded: bool,
}

/// An event that the app is to answer, and when.
pub struct Asked {
    pub at: Millis,
    pub socket: usize,
    pub epoch: u32,
    pub id: u32,
    pub answer: Json,
}

impl App {
    pub fn new(reconnection: Reconnection, lifetime: Millis) -> Self {
        Self {
            sockets: NAMESPACES.iter().map(|_| Socket::default()).collect(),
            reconnection,
            failed_at: 0.0,
            delays: Vec::new(),
            alive_at: 0.0,
            lifetime,
            closes_engine: false,
            ends: Vec::new(),
            is_upgraded: false,
        }
    }

    /// Has the manager close the connection below.
    pub fn close_engine(&mut self, manager: &mut Manager<Sample>, now: Millis) {
        self.closes_engine = true;
        manager.close_engine(now);
    }

    /// Has the manager emit, and notes what it says. (Before anything of it is carried out, so that the order of calls is
    /// the order of notes.)
    pub fn emit(&mut self, manager: &mut Manager<Sample>, now: Millis, index: usize, emission: &Emission) {
        let socket = &mut self.sockets[index];
        if manager.is_connected(index) {
            socket.flushed();
        }
        let parcel = Parcel {
            number: socket.emitted,
            size: emission.size,
            attachments: emission.attachments,
            answer: emission.ask.as_ref().and_then(|ask| ask.answer),
        };
        socket.emitted += 1;
        let wanted = emission.ask.as_ref().map(|ask| Wanted {
            timeout: ask.timeout.map_or(Millis::INFINITY, f64::from),
            wants_error: ask.timeout.is_some(),
        });
        let event = outgoing(parcel.to_event("up"));
        let (emitted, id) = manager.emit(now, index, event, wanted, emission.is_volatile);
        let number = parcel.number;
        match emitted {
            Emitted::Sent => socket.carried.push(number),
            Emitted::Buffered => {
                socket.waiting.push(number);
                socket.buffered.push(number);
            }
            Emitted::Discarded => assert!(emission.is_volatile),
            Emitted::Queued => panic!("no retries were asked for"),
        }
        if emission.is_volatile {
            socket.volatile.push(number);
        }
        if let Some(wanted) = wanted {
            let ask = Ask {
                number,
                deadline: now + wanted.timeout,
                parcel,
                was_discarded: emitted == Emitted::Discarded,
                is_forgotten: false,
                result: None,
            };
            assert!(socket.asks.insert(id, ask).is_none(), "one id for two events");
        }
    }

    /// The last event whose answer is waited for.
    pub fn last_ask(&mut self, socket: usize) -> Option<(u32, &mut Ask)> {
        let asks = self.sockets[socket].asks.iter_mut();
        let mut asks = asks.filter(|(_, ask)| ask.result.is_none() && !ask.is_forgotten);
        asks.next_back().map(|(id, ask)| (*id, ask))
    }

    /// Notes what the app is told.
    pub fn told(&mut self, manager: &Manager<Sample>, now: Millis, report: &Report<Sample>) -> Option<Asked> {
        // Other events may come between the grant and the one that tells of it.
        for (index, socket) in self.sockets.iter_mut().enumerate() {
            if manager.is_connected(index) {
                socket.flushed();
            }
        }
        match report.event {
            Event::Error => self.failed_at = now,
            Event::Close(reason) => {
                self.failed_at = now;
                self.ends.push((reason, self.is_upgraded));
                // Neither sooner nor later.
                if reason == Reason::PingTimeout && !self.closes_engine {
                    assert_eq!(now, self.alive_at + self.lifetime, "a server is silent at another time");
                }
            }
            Event::ReconnectAttempt(attempt) => self.check_delay(attempt, now - self.failed_at),
            Event::Engine(_, EngineEvent::Open { .. }) => {
                self.alive_at = now;
                self.closes_engine = false;
                self.is_upgraded = false;
            }
            Event::Engine(_, EngineEvent::Upgrade(_)) => self.is_upgraded = true,
            // One that comes too late does not count.
            Event::Ping if now < self.alive_at + self.lifetime => self.alive_at = now,
            Event::Renewal(socket) => self.sockets[socket].renewed(),
            Event::Socket(socket, event) => {
                return self.told_of_socket(manager, now, (socket, event), report.data.as_ref());
            }
            _ => {}
        }
        None
    }

    fn told_of_socket(
        &mut self,
        manager: &Manager<Sample>,
        now: Millis,
        (index, event): (usize, SocketEvent),
        data: Option<&Sample>,
    ) -> Option<Asked> {
        let socket = &mut self.sockets[index];
        let given = || data.expect("a value");
        match event {
            SocketEvent::Granted { recovered } => {
                assert!(socket.stay().is_none(), "granted twice");
                socket.granted(given(), recovered);
            }
            SocketEvent::Connect { recovered } => {
                socket.granted(given(), recovered);
                socket.renewed();
                assert_eq!(socket.stay().map(|stay| &stay.id), value(given()).as_text().as_ref());
            }
            SocketEvent::Disconnect(reason) => {
                socket.is_flushed = false;
                socket.carried.clear();
                if let Some(stay) = socket.stays.last_mut() {
                    stay.is_over = true;
                }
                if reason == Reason::ServerDisconnect {
                    // The app may already have changed that, in an event before this one.
                    socket.is_wanted = manager.is_active(index);
                }
            }
            SocketEvent::ConnectError { will_retry, .. } => {
                if !will_retry {
                    socket.is_wanted = manager.is_active(index);
                }
            }
            SocketEvent::Message { ack, epoch } => {
                let parcel = Parcel::of_event(value(given()), "down");
                let told = socket.stays.iter().flat_map(|stay| &stay.told);
                let last = told.last().map(|(number, _)| *number);
                assert!(last < Some(parcel.number), "{} after {last:?}", parcel.number);
                let stay = socket.stays.last_mut().filter(|stay| !stay.is_over);
                let stay = stay.expect("an event of a socket that is not connected");
                stay.told.push((parcel.number, ack.is_some()));
                let (Some(id), Some(at)) = (ack, parcel.answer_at(now)) else {
                    return None;
                };
                return Some(Asked {
                    at,
                    socket: index,
                    epoch,
                    id,
                    answer: parcel.to_answer(),
                });
            }
            SocketEvent::Ack { id } => {
                socket.settle_ask(now, id, Ok(()));
                assert_eq!(
                    *value(given()),
                    socket.asks[&id].parcel.to_answer(),
                    "the answer to another event"
                );
            }
            SocketEvent::AckFailed { id, loss } => {
                let ask = &socket.asks[&id];
                let is_waiting = socket.waiting.contains(&ask.number);
                assert!(
                    loss == Loss::TimedOut || !is_waiting,
                    "lost before it was sent: {ask:?}"
                );
                socket.settle_ask(now, id, Err(loss));
            }
            SocketEvent::Try { .. } => panic!("no retries were asked for"),
        }
        None
    }

    /// The delays double up to the cap; with jitter, each differs by its share of that, and none exceeds the cap.
    fn check_delay(&mut self, attempt: u32, delay: Millis) {
        let Reconnection { min, max, jitter, .. } = self.reconnection;
        let capped = (min * 2.0_f64.powi(attempt as i32 - 1)).min(max);
        let (least, most) = (capped - capped * jitter, (capped + capped * jitter).min(max));
        // The clock adds and takes away what rounding leaves.
        assert!(
            (least - 1e-6..=most + 1e-6).contains(&delay),
            "attempt {attempt} after {delay}, not {least}..={most}"
        );
        self.delays.push((attempt, delay));
    }
}
