//! Why polling failed where the browser does not say: it shows a page neither whether a server is there nor what it lacks.
//! Probes tell the cases apart. They go to a transport that no server has, so that none begins a session, and carry no
//! credential.
//!
//! ```text
//!   Cors ──fails──▶ Reach: unreachable, blocked by the page's policy, or the server allows no origin
//!     └─▶ Credentials ──fails──▶ every origin is allowed, cookies are not
//!           └─▶ Preflight ──fails──▶ the server refuses preflight requests
//!                 └─▶ each header by itself: those that fail are not allowed
//! ```
//!
//! Source: the Fetch standard, "CORS protocol" and "CORS-preflight fetch".

use crate::error::Code;

/// A request that shows what the server, or the page, allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// As the page reads answers of this server, without cookies. A redirect is not followed.
    Cors,
    /// Without reading the answer.
    Reach,
    /// As [`Cors`](Self::Cors), with cookies.
    Credentials,
    /// With a preflight request that names no header.
    Preflight,
    /// With this one of the app's headers, by its place in their list. Its value is none of the app's.
    Header(usize),
}

impl Probe {
    /// The place of the header that it is about.
    pub const fn header(self) -> Option<usize> {
        match self {
            Self::Header(index) => Some(index),
            _ => None,
        }
    }

    /// The number by which the host knows it.
    pub const fn number(self) -> u32 {
        match self {
            Self::Cors => 0,
            Self::Reach => 1,
            Self::Credentials => 2,
            Self::Preflight => 3,
            Self::Header(_) => 4,
        }
    }
}

/// What came of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The browser does not say.
    Failed,
    /// The server answered, and the page may see it.
    Passed,
    /// The server answered with a redirect.
    Redirected,
    /// The page's own policy does not allow the request.
    Blocked,
    /// It could not be made.
    Unknown,
}

impl Outcome {
    /// The outcome that the host names by a number.
    pub const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Failed,
            1 => Self::Passed,
            2 => Self::Redirected,
            3 => Self::Blocked,
            _ => Self::Unknown,
        }
    }
}

/// What is known before any probe.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// The page came over https, the server is to be reached over http, and browsers do not allow that.
    pub is_mixed: bool,
    /// The page came from the server.
    pub is_own_origin: bool,
    /// The app wants cookies to travel.
    pub with_credentials: bool,
    /// How many headers the app sends.
    pub headers: usize,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make this request and tell what came of it.
    Probe(Probe),
    /// This is why. [`Code::TransportFailed`] where nothing was found.
    Verdict(Code),
}

/// One diagnosis.
#[derive(Debug)]
pub struct Diagnosis {
    facts: Facts,
    probe: Probe,
    refused: Vec<usize>,
}

impl Diagnosis {
    /// Begins one.
    pub fn begin(facts: Facts) -> (Self, Step) {
        let probe = Probe::Cors;
        let step = if facts.is_mixed {
            Step::Verdict(Code::MixedContent)
        } else {
            Step::Probe(probe)
        };
        let refused = Vec::new();
        let diagnosis = Self { facts, probe, refused };
        (diagnosis, step)
    }

    /// The places of the headers that the server does not allow, where that is the verdict.
    pub fn refused(&self) -> &[usize] {
        &self.refused
    }

    /// What came of the last probe.
    pub fn handle(&mut self, outcome: Outcome) -> Step {
        let has_failed = outcome == Outcome::Failed;
        if !has_failed && outcome != Outcome::Passed {
            self.refused.clear();
            return Step::Verdict(match outcome {
                Outcome::Blocked => Code::CspBlocked,
                Outcome::Redirected => Code::Redirected,
                _ => Code::TransportFailed,
            });
        }
        let facts = self.facts;
        match (self.probe, has_failed) {
            (Probe::Cors, true) => self.make(Probe::Reach),
            (Probe::Reach, true) => Step::Verdict(Code::Unreachable),
            (Probe::Cors | Probe::Reach, _) if facts.is_own_origin => Step::Verdict(Code::TransportFailed),
            (Probe::Reach, _) => Step::Verdict(Code::CorsMissing),
            (Probe::Cors, _) if facts.with_credentials => self.make(Probe::Credentials),
            (Probe::Credentials, true) => Step::Verdict(Code::CorsCredentials),
            (Probe::Cors | Probe::Credentials, _) if facts.headers > 0 => self.make(Probe::Preflight),
            (Probe::Cors | Probe::Credentials, _) => Step::Verdict(Code::TransportFailed),
            (Probe::Preflight, true) => Step::Verdict(Code::CorsPreflight),
            (Probe::Preflight, _) => self.make(Probe::Header(0)),
            (Probe::Header(index), _) => {
                if has_failed {
                    self.refused.push(index);
                }
                if index + 1 < facts.headers {
                    self.make(Probe::Header(index + 1))
                } else if self.refused.is_empty() {
                    Step::Verdict(Code::TransportFailed)
                } else {
                    Step::Verdict(Code::CorsHeader)
                }
            }
        }
    }

    fn make(&mut self, probe: Probe) -> Step {
        self.probe = probe;
        Step::Probe(probe)
    }
}
