//! What goes wrong in the network.

use super::network::{Delivery, Network};
use super::scenario::Fault;

impl Network {
    pub fn fault(&mut self, fault: &Fault) {
        match fault {
            Fault::LoseRequest => self.loses_request = true,
            Fault::LoseResponse => self.loses_response = true,
            Fault::Silence(duration) => self.silent_until = self.now + f64::from(*duration),
            Fault::BreakStreams { server_knows } => self.break_streams(*server_knows),
            Fault::BreakRequests { server_knows } => {
                let ids: Vec<u32> = self.requests.keys().copied().collect();
                for id in ids {
                    let request = &self.requests[&id];
                    let (was_there, arrives_at) = (request.is_at_server, request.arrives_at);
                    // Answers that are on their way do not arrive.
                    let on_way = |delivery: &Delivery| matches!(delivery, Delivery::Response(other, _) if *other == id);
                    self.queue.retain(|_, delivery| !on_way(delivery));
                    if *server_knows && was_there {
                        self.at(arrives_at, Delivery::Abort(id));
                    }
                    let delay = self.draw();
                    self.at(self.now + delay, Delivery::Response(id, None));
                }
            }
            Fault::Restart(downtime) => {
                self.down_until = self.now + f64::from(*downtime);
                self.break_streams(false);
                let pending = self.requests.iter().filter(|(_, request)| request.is_at_server);
                let pending: Vec<u32> = pending.map(|(id, _)| *id).collect();
                for id in pending {
                    self.transmit(Delivery::Response(id, None));
                }
            }
        }
    }

    fn break_streams(&mut self, server_knows: bool) {
        let open = self
            .streams
            .iter_mut()
            .filter(|(_, stream)| !stream.is_dead && !stream.is_closed);
        let broken: Vec<u32> = open
            .map(|(transport, stream)| {
                stream.is_dead = true;
                *transport
            })
            .collect();
        for transport in broken {
            let delay = self.draw();
            self.at(self.now + delay, Delivery::DownClosed(transport, delay % 2.0 == 0.0));
            if server_knows {
                let delay = self.draw();
                self.at(self.now + delay, Delivery::UpClosed(transport));
            }
        }
    }
}
