//! The upgrade: a better transport is probed beside the one in use, and takes over when it answers.
//!
//! ```text
//!   AwaitLead ──lead is over──▶ AwaitOpen ──opened──▶ AwaitPong ──3probe──▶ AwaitPause ──paused──▶ takes over
//! ```
//!
//! Source: Engine.IO protocol 4, "Upgrade".

use std::rc::Rc;

use crate::error::{Code, Error};
use crate::proto::Data;
use crate::proto::output::{EngineEvent, Failure, Output, Outputs};
use crate::proto::timer::{Millis, Timer};

use super::connection::{Connection, State as ConnectionState};
use super::packet::{Packet, PacketType};
use super::transport::{Candidate, Kind};

/// The text of the ping and the pong that a probe exchanges.
pub const PROBE: &str = "probe";

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
        let upgrades = std::mem::take(&mut self.upgrades);
        if self.state != ConnectionState::Open || !self.config.upgrade || !self.candidate.kind.is_polling() {
            return;
        }
        let wanted = |candidate: &Candidate| !candidate.kind.is_polling() && upgrades.contains(&candidate.kind);
        let transports = self.config.transports.clone();
        let has_webtransport = transports
            .iter()
            .any(|candidate| wanted(candidate) && candidate.kind == Kind::WebTransport);
        for candidate in transports {
            if !wanted(&candidate) {
                continue;
            }
            let waits = has_webtransport && candidate.kind != Kind::WebTransport;
            let transport = self.new_transport();
            self.probes.push(Probe {
                transport,
                candidate,
                state: if waits { State::AwaitLead } else { State::AwaitOpen },
            });
            if waits {
                self.timers.set(Timer::Probe, now + WEBTRANSPORT_LEAD);
            } else {
                out.push_back(Output::Open {
                    transport,
                    candidate,
                    sid: self.sid.clone(),
                });
            }
        }
    }

    /// WebTransport's lead is over: begins the probes that gave it one.
    pub(super) fn end_lead(&mut self, out: &mut Outputs<D>) {
        self.timers.stop(Timer::Probe);
        for probe in &mut self.probes {
            if probe.state == State::AwaitLead {
                probe.state = State::AwaitOpen;
                out.push_back(Output::Open {
                    transport: probe.transport,
                    candidate: probe.candidate,
                    sid: self.sid.clone(),
                });
            }
        }
    }

    pub(super) fn handle_probe_packet(&mut self, transport: u32, head: &[u16], data: &D, out: &mut Outputs<D>) {
        let Some(probe) = self.probes.iter_mut().find(|probe| probe.transport == transport) else {
            return;
        };
        let is_pong = head.first().and_then(|unit| PacketType::from_unit(*unit)) == Some(PacketType::Pong)
            && data.slice(1, usize::MAX).as_text().as_deref() == Some(PROBE);
        if probe.state != State::AwaitPong || !is_pong {
            let error = Error::new(Code::TransportFailed, "probe error");
            self.drop_probe(transport, Rc::new(Failure::new(error)), out);
            return;
        }
        probe.state = State::AwaitPause;
        let kind = probe.candidate.kind;
        // The first to answer wins.
        for probe in std::mem::take(&mut self.probes) {
            if probe.transport == transport {
                self.probes.push(probe);
            } else if probe.state != State::AwaitLead {
                out.push_back(Output::Close(probe.transport));
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
        if !self.is_upgrading() {
            return false;
        }
        if self.is_polling || self.posted.is_some() {
            return true;
        }
        if let Some(probe) = self.probes.pop() {
            out.push_back(Output::Write(probe.transport, Packet::control(PacketType::Upgrade)));
            out.push_back(Output::Close(self.transport));
            self.transport = probe.transport;
            self.candidate = probe.candidate;
            let kind = probe.candidate.kind;
            // What waited is written before anyone hears of the upgrade and writes more.
            self.flush(out);
            self.tell(EngineEvent::Upgrade(kind), out);
            self.finish_close(out);
        }
        true
    }

    pub(super) fn drop_probe(&mut self, transport: u32, failure: Rc<Failure<D>>, out: &mut Outputs<D>) {
        let Some(index) = self.probes.iter().position(|probe| probe.transport == transport) else {
            return;
        };
        let probe = self.probes.remove(index);
        out.push_back(Output::Close(transport));
        if probe.candidate.kind == Kind::WebTransport {
            // Nothing is left to give a lead.
            self.end_lead(out);
        }
        self.tell(EngineEvent::UpgradeError(failure), out);
        if probe.state == State::AwaitPause {
            // The old transport had been brought to rest.
            self.poll(out);
            self.flush(out);
            self.finish_close(out);
        }
    }
}
