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
use socketio_wasm::proto::socket::manager::HEAD;

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
    let transports: &[&str] = match first % 4 {
        0 => &["websocket"],
        1 => &["polling"],
        2 => &["polling", "websocket"],
        _ => &["websocket", "polling"],
    };
    let mut desk = Desk::new(transports, &["/", "/b"]);
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
        match act % 14 {
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
            4 => deliver(
                &mut desk,
                line,
                transport,
                Sample::text(if choice % 2 == 0 { HANDSHAKE } else { UPGRADABLE }),
            ),
            5 => deliver(&mut desk, line, transport, Sample::text("40{\"sid\":\"A\"}")),
            6 => deliver(
                &mut desk,
                line,
                transport,
                Sample::text("40/b,{\"sid\":\"B\",\"pid\":\"P\"}"),
            ),
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
