//! Finding out why polling failed: probes are made, and verdicts kept, so that attempts that fail alike are not looked into
//! again and again.

use std::cell::RefCell;
use std::rc::Rc;

use crate::error::Code;
use crate::proto::Data;
use crate::proto::diagnosis::{Diagnosis, Facts, Outcome, Step};
use crate::proto::output::Failure;
use crate::proto::timer::Millis;

use super::edge;
use super::endpoint::{Endpoint, Flag};
use super::payload::Payload;

/// For how long a verdict holds, in milliseconds: servers are mended.
const VALIDITY: Millis = 60_000.0;

/// What is known of a server.
struct Record {
    /// The server, and what is asked of it.
    about: Payload,
    finding: Finding,
}

enum Finding {
    /// A case is looked into.
    Pending,
    /// A verdict, until when it holds, and the headers that it is about.
    Known(Code, Millis, Payload),
}

thread_local! {
    static RECORDS: RefCell<Vec<Record>> = const { RefCell::new(Vec::new()) };
}

/// A failure whose reason is being found out. Dropped, it leaves that to others.
pub struct Case {
    about: Payload,
    endpoint: Rc<Endpoint>,
    failure: Option<Rc<Failure<Payload>>>,
    /// None while another case finds out the same.
    diagnosis: Option<Diagnosis>,
}

impl Case {
    /// Begins with a failure of polling.
    #[inline(never)]
    pub fn new(endpoint: Rc<Endpoint>, failure: Rc<Failure<Payload>>) -> Self {
        Self {
            about: about(&endpoint),
            endpoint,
            failure: Some(failure),
            diagnosis: None,
        }
    }

    // A way into the second part of the module (`rare.rs`).
    /// Goes on, with what came of the last probe. Gives the failure where its reason is found; otherwise a signal comes later.
    #[inline(never)]
    pub fn advance(
        &mut self,
        now: Millis,
        outcome: Outcome,
        driver: i32,
        transport: i32,
    ) -> Option<Rc<Failure<Payload>>> {
        let step = match &mut self.diagnosis {
            Some(diagnosis) => diagnosis.handle(outcome),
            None => match self.look_up(now) {
                Some(Finding::Known(code, _, names)) => return self.close(code, names),
                Some(Finding::Pending) => {
                    edge::await_probe(driver, transport);
                    return None;
                }
                None => self.begin(),
            },
        };
        match step {
            Step::Probe(probe) => {
                let header = probe.header().and_then(|index| self.endpoint.header_name(index));
                let url = self.endpoint.probe_address();
                let with_credentials = self.endpoint.flags.has(Flag::WithCredentials);
                let (url, header) = (url.into_slot(), header.map_or(0, Payload::into_slot));
                let kind = probe.number() as i32;
                edge::probe(kind, url, header, i32::from(with_credentials), driver, transport);
                None
            }
            Step::Verdict(code) => {
                let diagnosis = self.diagnosis.take();
                let refused = diagnosis.as_ref().map(Diagnosis::refused).unwrap_or_default();
                let names = Payload::list(&[]);
                for index in refused {
                    names.push(self.endpoint.header_name(*index));
                }
                let names = names.joined(", ");
                let known = Finding::Known(code, now + VALIDITY, names.share());
                write(self.about.share(), Some(known));
                self.close(code, names)
            }
        }
    }

    fn begin(&mut self) -> Step {
        let endpoint = &self.endpoint;
        let (diagnosis, step) = Diagnosis::begin(Facts {
            is_mixed: endpoint.flags.has(Flag::Mixed),
            is_own_origin: endpoint.flags.has(Flag::OwnOrigin),
            with_credentials: endpoint.flags.has(Flag::WithCredentials),
            headers: endpoint.count_headers(),
        });
        self.diagnosis = Some(diagnosis);
        write(self.about.share(), Some(Finding::Pending));
        step
    }

    fn look_up(&self, now: Millis) -> Option<Finding> {
        RECORDS.with_borrow(|records| {
            let record = records.iter().find(|record| is_same(&record.about, &self.about))?;
            match &record.finding {
                Finding::Pending => Some(Finding::Pending),
                Finding::Known(_, until, _) if *until <= now => None,
                Finding::Known(code, until, names) => Some(Finding::Known(*code, *until, names.share())),
            }
        })
    }

    /// The failure with its reason.
    fn close(&mut self, code: Code, names: Payload) -> Option<Rc<Failure<Payload>>> {
        let mut failure = self.failure.take()?;
        if let Some(failure) = Rc::get_mut(&mut failure) {
            failure.code = code;
        }
        if let Some(detail) = &failure.detail {
            edge::explain(detail.slot(), edge::hold_text(code.as_str()), names.into_slot());
        }
        Some(failure)
    }
}

impl Drop for Case {
    // Another one: there is no case before the part is there.
    #[inline(never)]
    fn drop(&mut self) {
        if self.diagnosis.is_some() {
            write(self.about.share(), None);
        }
    }
}

/// A server has answered: what was found out holds no longer.
pub fn forget(endpoint: &Endpoint) {
    if RECORDS.with_borrow(|records| !records.is_empty()) {
        withdraw(endpoint);
    }
}

// Another way into the second part: what there is a record of was looked into.
#[inline(never)]
fn withdraw(endpoint: &Endpoint) {
    write(about(endpoint), None);
}

fn is_same(one: &Payload, other: &Payload) -> bool {
    Payload::equals(Some(one), Some(other))
}

fn write(about: Payload, finding: Option<Finding>) {
    RECORDS.with_borrow_mut(|records| {
        if let Some(index) = records.iter().position(|record| is_same(&record.about, &about)) {
            records.swap_remove(index);
        }
        if let Some(finding) = finding {
            records.push(Record { about, finding });
        }
    });
}

fn about(endpoint: &Endpoint) -> Payload {
    let about = Payload::list(&[if endpoint.flags.has(Flag::WithCredentials) {
        "+"
    } else {
        ""
    }]);
    about.push(Some(endpoint.server.share()));
    for index in 0..endpoint.count_headers() {
        about.push(endpoint.header_name(index));
    }
    about.joined(" ")
}
