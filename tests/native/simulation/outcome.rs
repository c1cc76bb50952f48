//! What must be so at the end of every simulation.

use super::scenario::NAMESPACES;
use super::server::Record;
use super::world::World;

pub fn is_increasing(numbers: &[u32]) -> bool {
    numbers.windows(2).all(|pair| pair[0] < pair[1])
}

impl World {
    /// The stays of the client in a namespace, as the server saw them.
    pub fn records(&self, socket: usize) -> impl Iterator<Item = &Record> {
        let records = self.server.records.iter();
        records.filter(move |record| record.namespace == NAMESPACES[socket])
    }

    /// Whatever was lost: no event twice, none out of order, none that was not sent, no answer too many.
    pub fn check_safety(&self) {
        for (index, socket) in self.app.sockets.iter().enumerate() {
            let mut received = Vec::new();
            for record in self.records(index) {
                assert!(is_increasing(&record.received), "out of order: {record:?}");
                received.extend(&record.received);
            }
            received.sort_unstable();
            assert!(is_increasing(&received), "twice: {received:?}");
            assert!(received.iter().all(|number| *number < socket.emitted));
            let sent: Vec<u32> = self.records(index).flat_map(|record| record.sent.clone()).collect();
            let told: Vec<u32> = socket.stays.iter().flat_map(|stay| stay.told()).collect();
            assert!(is_increasing(&told), "{told:?}");
            assert!(told.iter().all(|number| sent.contains(number)));
        }
    }

    /// Some time after the last fault: who wants to be connected is, both ends agree, and nothing is left over.
    pub fn check_peace(&self) {
        let wanted = self.app.sockets.iter().filter(|socket| socket.is_wanted).count();
        for (index, socket) in self.app.sockets.iter().enumerate() {
            let name = NAMESPACES[index];
            assert_eq!(self.manager.is_active(index), socket.is_wanted, "{name} is active");
            assert_eq!(
                self.manager.is_connected(index),
                socket.is_wanted,
                "{name} is connected"
            );
            assert_eq!(
                socket.stay().is_some(),
                socket.is_wanted,
                "the app thinks that {name} is connected"
            );
            let peers = self
                .server
                .sessions
                .iter()
                .filter(|session| session.peers.contains_key(name));
            assert_eq!(peers.count(), usize::from(socket.is_wanted), "the server has {name}");
        }
        let connections = usize::from(wanted > 0);
        assert_eq!(self.manager.connection().is_some(), wanted > 0);
        assert_eq!(self.server.sessions.len(), connections, "sessions");
        let transports = self.audit.open();
        let is_own = |transport: &u32| self.manager.connection().is_some_and(|own| own.owns(*transport));
        assert!(
            transports.iter().all(is_own),
            "transports {transports:?} of other connections"
        );
        // A WebSocket for an upgrade that nobody answered is beside it.
        assert!(
            (connections..=2 * connections).contains(&transports.len()),
            "transports {transports:?}"
        );
        assert_eq!(self.network.open(), transports.len(), "lines");
        assert!(self.network.pending() <= 2, "requests");
        assert!(!self.manager.is_reconnecting());
        // Twenty attempts a second are as many as the back-off allows.
        let acts = self.scenario.script.len() + self.scenario.inside.len();
        let most = 2_000.0 + 0.6 * self.now + 300.0 * acts as f64;
        assert!(f64::from(self.steps) < most, "{} steps", self.steps);
        assert_eq!(self.manager.poll_timeout().is_finite(), wanted > 0, "a deadline");
    }

    /// All that the last connection carried has arrived, and all results that can come have come.
    pub fn check_arrival(&self) {
        for (index, socket) in self.app.sockets.iter().enumerate() {
            if let Some(stay) = socket.stay() {
                let record = self
                    .records(index)
                    .filter(|record| record.id == stay.id)
                    .last()
                    .unwrap();
                assert_eq!(record.received, socket.carried, "what arrived is what was sent");
                assert_eq!(record.is_recovered, stay.recovered);
                // What the server had sent before it heard of a disconnect may come after the next connect.
                let told = stay.told();
                assert!(told.ends_with(&record.sent), "{told:?} of {:?}", record.sent);
                let mut answered = self.server.answered(NAMESPACES[index]);
                answered.sort_unstable();
                assert!(is_increasing(&answered), "two answers");
                assert!(
                    record.asked.iter().all(|number| answered.contains(number)),
                    "the client's answers"
                );
            }
            for ask in socket.asks.values() {
                let is_on_way = socket.waiting.contains(&ask.number)
                    || socket.carried.contains(&ask.number) && ask.parcel.answer.is_none()
                    || ask.was_discarded;
                let may_wait = ask.is_forgotten || ask.deadline.is_infinite() && is_on_way;
                assert!(ask.result.is_some() || may_wait, "no result: {ask:?}");
            }
        }
    }

    /// With state recovery: what a session that was recovered (again and again) was told has no gaps.
    pub fn check_recovery(&self) {
        for (index, socket) in self.app.sockets.iter().enumerate() {
            let Some(log) = self.server.log.get(NAMESPACES[index]) else {
                continue;
            };
            let mut told: Vec<u32> = Vec::new();
            for stay in &socket.stays {
                if !stay.recovered {
                    told.clear();
                }
                let plain = stay.told.iter().filter(|(_, wants_answer)| !wants_answer);
                told.extend(plain.map(|(number, _)| *number));
                let (Some(first), Some(last)) = (told.first(), told.last()) else {
                    continue;
                };
                let logged = log.iter().map(|(number, ..)| *number);
                // The log ends where the server was restarted, and with it what can be recovered.
                let logged: Vec<u32> = logged.filter(|number| (first..=last).contains(&number)).collect();
                assert!(logged.is_empty() || logged == told, "{told:?} of {logged:?}");
            }
        }
    }
}
