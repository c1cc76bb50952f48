//! The Socket.IO layer: who joins which namespace, events, acknowledgements, recovery.

use socketio_wasm::proto::timer::Millis;

use super::packet::{ACK, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, Packet};
use super::{Record, Renewal, Server};
use crate::simulation::parcel::Parcel;
use crate::support::Json;

/// The event that renews credentials.
pub const RENEWAL: &str = "auth:refresh";

/// A client in a namespace.
#[derive(Debug)]
pub struct Peer {
    /// Its record.
    pub record: usize,
    pub pid: Option<String>,
    pub has_signed_in: bool,
}

/// What the server will do later, to a session.
#[derive(Debug)]
pub enum Task {
    Grant {
        sid: String,
        namespace: String,
        auth: Option<Json>,
    },
    Answer {
        sid: String,
        packet: Packet,
    },
}

/// A session that goes on.
struct Recovered {
    id: String,
    pid: String,
    /// The events that it has missed, with their numbers.
    missed: Vec<(u32, Json)>,
}

fn is_event(packet: &Packet, name: &str) -> bool {
    let first = packet.data.as_ref().and_then(|data| data.get("0"));
    first.and_then(Json::as_text).as_deref() == Some(name)
}

fn object(members: &[(&str, &str)]) -> Json {
    let members = members.iter();
    Json::Object(
        members
            .map(|(key, value)| (key.encode_utf16().collect(), Json::string(value)))
            .collect(),
    )
}

impl Server {
    fn send(&mut self, index: usize, packet: &Packet) {
        self.sessions[index].send(packet.encode(), &mut self.effects);
    }

    /// A Socket.IO packet arrived.
    pub(super) fn handle(&mut self, now: Millis, index: usize, packet: Packet) {
        let session = &mut self.sessions[index];
        let Packet { kind, namespace, .. } = &packet;
        let is_joining = session.joining.contains(namespace);
        let peer = session.peers.get_mut(namespace).filter(|_| !is_joining);
        match (*kind, peer) {
            // On a stream the network may have brought them together.
            (CONNECT, None) if self.settings.is_hasty && session.left.get(namespace) == Some(&now) => {
                session.close("1", &mut self.effects);
            }
            (CONNECT, None) if !is_joining => {
                session.joining.insert(namespace.clone());
                let task = Task::Grant {
                    sid: session.sid.clone(),
                    namespace: packet.namespace,
                    auth: packet.data,
                };
                match self.settings.grant_delay {
                    0.0 => self.perform(task),
                    delay => self.tasks.push((now + delay, task)),
                }
            }
            (DISCONNECT, Some(_)) => {
                session.peers.remove(namespace);
                session.left.insert(packet.namespace, now);
            }
            (EVENT, Some(_)) if is_event(&packet, RENEWAL) => {
                let answer = match self.settings.renewal {
                    Renewal::Accepts => Json::Array(Vec::new()),
                    Renewal::Refuses => Json::Array(vec![object(&[("error", "no")])]),
                    Renewal::Ignores => return,
                };
                let answer = Packet {
                    kind: ACK,
                    data: Some(answer),
                    ..packet
                };
                self.send(index, &answer);
            }
            (EVENT, Some(peer)) if is_event(&packet, "authentication") => {
                assert!(
                    self.settings.signs_in && !peer.has_signed_in,
                    "nobody asked for credentials"
                );
                peer.has_signed_in = true;
                let answer = Packet {
                    data: Some(Json::event("authenticated", [Json::Bool(true)])),
                    ..packet
                };
                self.send(index, &answer);
            }
            (EVENT, Some(peer)) => {
                assert_eq!(
                    peer.has_signed_in, self.settings.signs_in,
                    "an event before the credentials"
                );
                let parcel = Parcel::of_event(packet.data.as_ref().unwrap(), "up");
                self.records[peer.record].received.push(parcel.number);
                if let (Some(id), Some(at)) = (packet.id, parcel.answer_at(now)) {
                    let task = Task::Answer {
                        sid: session.sid.clone(),
                        packet: Packet {
                            kind: ACK,
                            namespace: packet.namespace,
                            id: Some(id),
                            data: Some(parcel.to_answer()),
                        },
                    };
                    if at > now {
                        self.tasks.push((at, task));
                    } else {
                        self.perform(task);
                    }
                }
            }
            (ACK, Some(_)) => {
                // The id is the number of the event: as in the server, no two stays in a namespace have the same.
                let number = packet.data.as_ref().and_then(|data| data.get("0")?.as_number());
                assert_eq!(number, packet.id.map(f64::from), "the answer to another event");
                let answered = self.answered.entry(packet.namespace).or_default();
                answered.extend(packet.id);
            }
            _ => {
                // As the server does with a packet that does not fit.
                session.close("1", &mut self.effects);
                if !session.thrown.contains(namespace) {
                    self.violate(format!("out of order: {packet:?}"));
                }
            }
        }
    }

    pub(super) fn perform(&mut self, task: Task) {
        match task {
            Task::Grant { sid, namespace, auth } => {
                if let Some(index) = self.find(&sid) {
                    self.grant(index, namespace, auth.as_ref());
                }
            }
            Task::Answer { sid, packet } => {
                if let Some(index) = self.find(&sid) {
                    self.send(index, &packet);
                }
            }
        }
    }

    fn grant(&mut self, index: usize, namespace: String, auth: Option<&Json>) {
        self.sessions[index].joining.remove(&namespace);
        let connects = self.connects.entry(namespace.clone()).or_default();
        *connects += 1;
        let mut answer = Packet {
            kind: CONNECT_ERROR,
            namespace: namespace.clone(),
            id: None,
            data: Some(object(&[("message", "refused")])),
        };
        if *connects <= self.settings.refusals {
            return self.send(index, &answer);
        }
        let recovered = auth.and_then(|auth| self.recover(&namespace, auth));
        if let Some(offset) = auth.and_then(|auth| auth.get("offset")?.as_text())
            && !self.offsets.contains(&offset)
        {
            self.violate(format!("an offset that is none: {offset}"));
        }
        let is_recovered = recovered.is_some();
        let Recovered { id, pid, missed } = recovered.unwrap_or_else(|| Recovered {
            id: self.new_id("S"),
            pid: self.new_id("P"),
            missed: Vec::new(),
        });
        answer.kind = CONNECT;
        answer.data = Some(match self.settings.recovery {
            true => object(&[("sid", &id), ("pid", &pid)]),
            false => object(&[("sid", &id)]),
        });
        let session = &mut self.sessions[index];
        session.join_by = Millis::INFINITY;
        session.peers.insert(
            namespace.clone(),
            Peer {
                record: self.records.len(),
                pid: self.settings.recovery.then_some(pid),
                has_signed_in: false,
            },
        );
        self.records.push(Record {
            namespace: namespace.clone(),
            id,
            is_recovered,
            sent: missed.iter().map(|(number, _)| *number).collect(),
            ..Record::default()
        });
        let missed_first = self.settings.missed_first;
        if !missed_first {
            self.send(index, &answer);
        }
        for (_, event) in missed {
            let packet = Packet {
                kind: EVENT,
                namespace: namespace.clone(),
                id: None,
                data: Some(event),
            };
            self.send(index, &packet);
        }
        if missed_first {
            self.send(index, &answer);
        }
    }

    fn recover(&self, namespace: &str, auth: &Json) -> Option<Recovered> {
        let text = |name| auth.get(name).and_then(Json::as_text);
        let (pid, offset) = (text("pid")?, text("offset")?);
        let id = self.saved.get(&pid)?;
        let log = self.log.get(namespace)?;
        let seen = log.iter().position(|(_, other, _)| *other == offset)?;
        let missed = log[seen + 1..].iter();
        let missed = missed.map(|(number, _, event)| (*number, event.clone())).collect();
        Some(Recovered {
            id: id.clone(),
            pid,
            missed,
        })
    }

    /// Sends an event to all in a namespace. With `asks` it wants an answer.
    pub fn emit(&mut self, namespace: &str, mut parcel: Parcel, asks: bool) {
        let emitted = self.emitted.entry(namespace.into()).or_default();
        parcel.number = *emitted;
        *emitted += 1;
        let mut event = parcel.to_event("down");
        if self.settings.recovery && !asks {
            let offset = self.new_id("O");
            self.offsets.insert(offset.clone());
            if let Json::Array(values) = &mut event {
                values.push(Json::string(&offset));
            }
            let entry = (parcel.number, offset, event.clone());
            self.log.entry(namespace.into()).or_default().push(entry);
        }
        for index in 0..self.sessions.len() {
            let Some(peer) = self.sessions[index].peers.get(namespace) else {
                continue;
            };
            let record = &mut self.records[peer.record];
            record.sent.push(parcel.number);
            if asks {
                record.asked.extend(parcel.answer.map(|_| parcel.number));
            }
            let packet = Packet {
                kind: EVENT,
                namespace: namespace.into(),
                id: asks.then_some(parcel.number),
                data: Some(event.clone()),
            };
            self.send(index, &packet);
        }
    }

    /// The numbers of the events that were answered.
    pub fn answered(&self, namespace: &str) -> Vec<u32> {
        self.answered.get(namespace).cloned().unwrap_or_default()
    }

    /// Throws all out of a namespace.
    pub fn throw(&mut self, namespace: &str) {
        for index in 0..self.sessions.len() {
            if self.sessions[index].peers.remove(namespace).is_some() {
                self.sessions[index].thrown.insert(namespace.into());
                let packet = Packet {
                    kind: DISCONNECT,
                    namespace: namespace.into(),
                    id: None,
                    data: None,
                };
                self.send(index, &packet);
            }
        }
    }
}
