//! The upgrade: a better transport is probed beside the one in use, and takes over when it answers.
//!
//! ```text
//!   AwaitLead ──lead is over──▶ AwaitOpen ──opened──▶ AwaitPong ──3probe──▶ AwaitPause ──paused──▶ takes over: Over
//!       └──────── fails, or another one answered: Over ◀────┴───────────────────┘
//! ```
//!
//! Source: Engine.IO protocol 4, "Upgrade".

use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::output::{EngineEvent, Failure, Output, Outputs};
use crate::proto::timer::{Millis, Timer};

use super::connection::{Connection, State as ConnectionState};
use super::packet::{Packet, PacketType};
use super::transport::{Candidate, Kind};

/// The text of the ping of a probe.
pub const PROBE: &str = "probe";

/// What answers it.
const PONG: &str = "3probe";

/// How long WebTransport may answer before a WebSocket is probed beside it, in milliseconds.
pub const WEBTRANSPORT_LEAD: f64 = 200.0;

/// How far a probe has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Gives WebTransport a lead.
    AwaitLead,
    /// The transport is opening.
    AwaitOpen,
    /// `2probe` was sent.
    AwaitPong,
    /// `3probe` came: the transport in use comes to rest.
    AwaitPause,
    /// It has come to its end, one or the other.
    Over,
}

impl State {
    /// Whether there is a transport to close.
    const fn is_under_way(self) -> bool {
        !matches!(self, Self::AwaitLead | Self::Over)
    }
}

/// A transport that is tried beside the one in use.
#[derive(Debug)]
pub struct Probe {
    /// Its number.
    pub transport: u32,
    /// Which it is.
    pub candidate: Candidate,
    /// How far it has come.
    pub state: State,
}

impl<D: Data> Connection<D> {
    /// Probes every transport that both sides want, after what the layer above does first on an open connection.
    pub fn probe(&mut self, now: Millis, out: &mut Outputs<D>) {
        if self.state != ConnectionState::Open || !self.config.upgrade || !self.candidate.kind.is_polling() {
            return;
        }
        for &candidate in &std::mem::take(&mut self.config.transports) {
            let session = self.session.as_ref();
            if session.is_some_and(|session| session.offers(candidate.kind)) {
                let transport = self.new_transport();
                self.probes.push(Probe {
                    transport,
                    candidate,
                    state: State::AwaitLead,
                });
            }
        }
        if self.open_probes(true, out) {
            self.timers.set(Timer::Probe, now + WEBTRANSPORT_LEAD);
        } else {
            self.open_probes(false, out);
        }
    }

    /// Opens the transports that wait for it, or only those that have a lead. Says whether there are any.
    pub(super) fn open_probes(&mut self, leads: bool, out: &mut Outputs<D>) -> bool {
        let mut has_opened = false;
        for probe in &mut self.probes {
            let is_meant = !leads || probe.candidate.kind == Kind::WebTransport;
            if probe.state == State::AwaitLead && is_meant {
                probe.state = State::AwaitOpen;
                has_opened = true;
                out.push_back(Output::Open {
                    transport: probe.transport,
                    candidate: probe.candidate,
                    sid: self.session.as_ref().map(|session| session.sid.share()),
                });
            }
        }
        has_opened
    }

    /// The probe of a transport.
    pub(super) fn probe_of(&mut self, transport: u32) -> Option<&mut Probe> {
        let mut probes = self.probes.iter_mut();
        probes.find(|probe| probe.transport == transport && probe.state != State::Over)
    }

    pub(super) fn handle_probe_packet(&mut self, transport: u32, data: &D, out: &mut Outputs<D>) {
        let Some(probe) = self.probe_of(transport) else {
            return;
        };
        if probe.state != State::AwaitPong || !data.is(PONG) {
            let failure = Failure::of(Code::TransportFailed, "probe error");
            return self.drop_probe(transport, failure, out);
        }
        let kind = probe.candidate.kind;
        // The first to answer wins.
        for probe in &mut self.probes {
            if probe.transport == transport {
                probe.state = State::AwaitPause;
            } else if std::mem::replace(&mut probe.state, State::Over).is_under_way() {
                out.close(probe.transport);
            }
        }
        self.tell(EngineEvent::Upgrading(kind), out);
        self.pause(out);
    }

    pub(super) fn is_upgrading(&self) -> bool {
        self.probes.iter().any(|probe| probe.state == State::AwaitPause)
    }

    /// Where an upgrade waits for the transport in use to come to rest: moves over as soon as it has. Says whether one
    /// waits, so that nothing new is begun on the old transport.
    pub(super) fn pause(&mut self, out: &mut Outputs<D>) -> bool {
        let mut probes = self.probes.iter_mut();
        let Some(probe) = probes.find(|probe| probe.state == State::AwaitPause) else {
            return false;
        };
        if !self.is_polling && self.posted.is_none() {
            probe.state = State::Over;
            out.push_back(Output::Write(probe.transport, Packet::control(PacketType::Upgrade)));
            out.close(self.transport);
            self.transport = probe.transport;
            self.candidate = probe.candidate;
            self.tell(EngineEvent::Upgrade(self.candidate.kind), out);
            // What waited is written before anyone hears of the upgrade and writes more: writing goes before telling.
            self.flush(out);
            self.finish_close(out);
        }
        true
    }

    pub(super) fn drop_probe(&mut self, transport: u32, failure: Rc<Failure<D>>, out: &mut Outputs<D>) {
        let Some(probe) = self.probe_of(transport) else {
            return;
        };
        let state = std::mem::replace(&mut probe.state, State::Over);
        let kind = probe.candidate.kind;
        out.close(transport);
        if kind == Kind::WebTransport {
            // Nothing is left to give a lead.
            self.open_probes(false, out);
        }
        self.report(EngineEvent::UpgradeError(kind), None, Some(failure), out);
        if state == State::AwaitPause {
            // The old transport had been brought to rest.
            self.poll(out);
            self.flush(out);
            self.finish_close(out);
        }
    }

    /// The connection ends, and with it what was tried beside it.
    pub(super) fn drop_probes(&mut self, out: &mut Outputs<D>) {
        for probe in &std::mem::take(&mut self.probes) {
            if probe.state.is_under_way() {
                out.close(probe.transport);
                let failure = Failure::of(Code::TransportFailed, "probe error: socket closed");
                let event = EngineEvent::UpgradeError(probe.candidate.kind);
                self.report(event, None, Some(failure), out);
            }
        }
    }
}
