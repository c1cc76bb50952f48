//! Finding out why polling failed: probes are made, and verdicts kept, so that attempts that fail alike are not looked into
//! again and again.

use std::cell::RefCell;
use std::rc::Rc;

use crate::error::Code;
use crate::proto::diagnosis::{Diagnosis, Facts, Outcome, Step};
use crate::proto::output::Failure;
use crate::proto::timer::Millis;

use super::edge;
use super::endpoint::Endpoint;
use super::payload::Payload;

/// For how long a verdict holds, in milliseconds: servers are mended.
const VALIDITY: Millis = 60_000.0;

/// What is known of a server.
struct Record {
    /// The server, and what is asked of it.
    about: String,
    finding: Finding,
}

enum Finding {
    /// A case is looked into.
    Pending,
    /// A verdict, until when it holds, and the headers that it is about.
    Known(Code, Millis, String),
}

thread_local! {
    static RECORDS: RefCell<Vec<Record>> = const { RefCell::new(Vec::new()) };
}

/// A failure whose reason is being found out. Dropped, it leaves that to others.
pub struct Case {
    about: String,
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
                Some(Finding::Known(code, _, names)) => return self.close(code, &names),
                Some(Finding::Pending) => {
                    edge::await_probe(driver, transport);
                    return None;
                }
                None => self.begin(),
            },
        };
        match step {
            Step::Probe(probe) => {
                let headers = &self.endpoint.headers;
                let header = probe
                    .header()
                    .and_then(|index| headers.get(index))
                    .map_or("", |(name, _)| name);
                let url = self.endpoint.probe_address();
                let with_credentials = self.endpoint.with_credentials;
                let (url, header) = (edge::hold_text(&url), edge::hold_text(header));
                let kind = probe.number() as i32;
                edge::probe(kind, url, header, i32::from(with_credentials), driver, transport);
                None
            }
            Step::Verdict(code) => {
                let headers = &self.endpoint.headers;
                let diagnosis = self.diagnosis.take();
                let refused = diagnosis.as_ref().map(Diagnosis::refused).unwrap_or_default();
                let mut names = String::new();
                for (name, _) in refused.iter().filter_map(|index| headers.get(*index)) {
                    names.push_str(if names.is_empty() { "" } else { ", " });
                    names.push_str(name);
                }
                write(&self.about, Some(Finding::Known(code, now + VALIDITY, names.clone())));
                self.close(code, &names)
            }
        }
    }

    fn begin(&mut self) -> Step {
        let endpoint = &self.endpoint;
        let (diagnosis, step) = Diagnosis::begin(Facts {
            is_mixed: endpoint.url.is_mixed,
            is_own_origin: endpoint.url.is_own_origin,
            with_credentials: endpoint.with_credentials,
            headers: endpoint.headers.len(),
        });
        self.diagnosis = Some(diagnosis);
        write(&self.about, Some(Finding::Pending));
        step
    }

    fn look_up(&self, now: Millis) -> Option<Finding> {
        RECORDS.with_borrow(|records| {
            let record = records.iter().find(|record| record.about == self.about)?;
            match &record.finding {
                Finding::Pending => Some(Finding::Pending),
                Finding::Known(_, until, _) if *until <= now => None,
                Finding::Known(code, until, names) => Some(Finding::Known(*code, *until, names.clone())),
            }
        })
    }

    /// The failure with its reason.
    fn close(&mut self, code: Code, names: &str) -> Option<Rc<Failure<Payload>>> {
        let mut failure = self.failure.take()?;
        if let Some(failure) = Rc::get_mut(&mut failure) {
            failure.error.code = code;
        }
        if let Some(detail) = &failure.detail {
            edge::explain(detail.slot(), edge::hold_text(code.as_str()), edge::hold_text(names));
        }
        Some(failure)
    }
}

impl Drop for Case {
    // Another one: there is no case before the part is there.
    #[inline(never)]
    fn drop(&mut self) {
        if self.diagnosis.is_some() {
            write(&self.about, None);
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
    write(&about(endpoint), None);
}

fn write(about: &str, finding: Option<Finding>) {
    RECORDS.with_borrow_mut(|records| {
        if let Some(index) = records.iter().position(|record| record.about == about) {
            records.swap_remove(index);
        }
        if let Some(finding) = finding {
            let about = about.to_owned();
            records.push(Record { about, finding });
        }
    });
}

fn about(endpoint: &Endpoint) -> String {
    let mut about = endpoint.url.origin("http");
    about.push_str(&endpoint.path);
    if endpoint.with_credentials {
        about.push_str("+");
    }
    for (name, _) in &endpoint.headers {
        about.push_str(" ");
        about.push_str(name);
    }
    about
}
