//! A manager and whatever a server, the network and the app may do with it, in any order. What no client may ever do is checked on
//! every output (`Audit` in `tests/native/support`).
#![no_main]
#![allow(
    missing_docs,
    dead_code,
    unused_imports,
    reason = "each target uses a part of what the tests have in common"
)]

#[path = "../../native/support/mod.rs"]
mod support;
#[path = "../texts.rs"]
mod texts;

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::connection::Config;
use socketio_wasm::proto::socket::manager::HEAD;

use support::desk::config;
use support::{Desk, HANDSHAKE, Sample, UPGRADABLE};
use texts::units;

/// What the client has under way on a transport.
#[derive(Default)]
struct Line {
    is_polling: bool,
    is_open: bool,
    has_get: bool,
    has_post: bool,
}

#[derive(Default)]
struct Network(BTreeMap<u32, Line>);

impl Network {
    /// Follows what the client does.
    fn follow(&mut self, desk: &mut Desk) {
        for line in desk.take() {
            let mut words = line.split(' ');
            let verb = words.next().unwrap_or_default();
            let Some(Ok(transport)) = words.next().map(str::parse) else {
                continue;
            };
            match verb {
                "open" => {
                    let is_polling = words.next() == Some("polling");
                    self.0.insert(
                        transport,
                        Line {
                            is_polling,
                            ..Line::default()
                        },
                    );
                }
                "poll" => self.0.entry(transport).or_default().has_get = true,
                "post" => self.0.entry(transport).or_default().has_post = true,
                "close" => {
                    // A POST that is under way may still be answered.
                    if let Some(line) = self.0.get_mut(&transport) {
                        line.has_get = false;
                        line.is_open = false;
                    }
                }
                _ => {}
            }
        }
    }
}

fn speaks_v3(desk: &Desk) -> bool {
    let connection = desk.manager.connection();
    connection.is_some_and(|connection| connection.sid().is_some() && connection.revision() == Revision::V3)
}

/// A packet as a server of a revision sends it on a transport.
fn framed(line: &Line, revision: Revision, packet: &str) -> Sample {
    if line.is_polling && revision == Revision::V3 {
        Sample::text(&format!("{}:{packet}", packet.encode_utf16().count()))
    } else {
        Sample::text(packet)
    }
}

fn deliver(desk: &mut Desk, line: &mut Line, transport: u32, frame: Sample) {
    if line.is_polling {
        if std::mem::take(&mut line.has_get) {
            desk.polled_units(transport, &frame);
        }
    } else {
        if !std::mem::replace(&mut line.is_open, true) {
            desk.opened(transport);
        }
        desk.frame(transport, frame, HEAD);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, mut rest)) = bytes.split_first() else {
        return;
    };
    let transports: &'static [&'static str] = match first % 4 {
        0 => &["websocket"],
        1 => &["polling"],
        2 => &["polling", "websocket"],
        _ => &["websocket", "polling"],
    };
    // What the server speaks, what the app wants, and what is known of the server.
    let revision = if first >> 2 & 1 == 0 { Revision::V4 } else { Revision::V3 };
    let chosen = |bits: u8| match bits % 4 {
        0 => Some(Revision::V4),
        1 => Some(Revision::V3),
        _ => None,
    };
    let (wanted, known) = (chosen(first >> 3), chosen(first >> 5));
    let is_tried_on = first >> 7 == 1;
    let mut desk = Desk::new(transports, &["/", "/b"]);
    desk.configure(move || {
        Ok(Config {
            revision: wanted,
            known,
            try_all: is_tried_on,
            ..config(transports)
        })
    });
    let mut network = Network::default();
    desk.connect(0);
    network.follow(&mut desk);

    while let [act, choice, tail @ ..] = rest {
        rest = tail;
        // One of those that there are, the newest first.
        let known = network.0.len();
        let index = usize::from(choice >> 5) % known.max(1);
        let Some((&transport, line)) = network.0.iter_mut().rev().nth(index) else {
            return;
        };
        let socket = usize::from(choice % 2);
        let length = rest.len().min(usize::from(choice % 32));
        match act % 16 {
            0 => desk.wait(f64::from(*choice) * 200.0),
            1 | 2 => {
                let (frame, tail) = rest.split_at(length);
                rest = tail;
                deliver(&mut desk, line, transport, Sample::Text(units(frame)));
            }
            3 if !line.is_polling && line.is_open => {
                let (frame, tail) = rest.split_at(length);
                rest = tail;
                desk.binary(transport, frame);
            }
            4..=6 | 14 => {
                let packet = match (act % 16, revision) {
                    (4, _) if choice % 2 == 0 => HANDSHAKE,
                    (4, _) => UPGRADABLE,
                    (5, Revision::V4) => "40{\"sid\":\"A\"}",
                    (6, Revision::V4) => "40/b,{\"sid\":\"B\",\"pid\":\"P\"}",
                    (5, Revision::V3) => "40",
                    (6, Revision::V3) => "40/b,",
                    (_, Revision::V4) => "2",
                    (_, Revision::V3) => "3",
                };
                let frame = framed(line, revision, packet);
                deliver(&mut desk, line, transport, frame);
            }
            // An answer in bytes, which is asked for where the server is known to write such.
            15 if line.is_polling && speaks_v3(&desk) => {
                let (frame, tail) = rest.split_at(length);
                rest = tail;
                deliver(&mut desk, line, transport, Sample::binary(frame));
            }
            7 if !line.is_polling => deliver(&mut desk, line, transport, Sample::text("3probe")),
            8 if std::mem::take(&mut line.has_post) => desk.posted(transport),
            9 if line.is_polling => {
                line.has_get = false;
                line.has_post = false;
                desk.failed(transport, "failed");
            }
            9 => desk.closed(transport, "closed"),
            10 => {
                desk.emit(socket, json!(["a", choice]));
            }
            11 => {
                desk.ask(socket, json!(["b"]), f64::from(*choice) * 10.0);
            }
            12 => desk.connect(socket),
            13 => desk.disconnect(socket),
            _ => {}
        }
        network.follow(&mut desk);
    }
    // Whatever it was, time goes on.
    desk.wait(60_000.0);
});
