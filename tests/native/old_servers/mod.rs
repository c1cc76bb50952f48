//! Servers 1.x and 2.x: Engine.IO 3 below, Socket.IO protocol 4 above, and how they are told from later ones.

mod life;
mod namespaces;
mod payloads;
mod revision;

use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::connection::Config;
use socketio_wasm::proto::socket::manager::Manager;

use crate::support::desk::config;
use crate::support::{Desk, HANDSHAKE, Sample, decode};

const NONE: [&str; 0] = [];

/// A desk whose app wants this revision, or takes whichever the server speaks.
fn desk(revision: Option<Revision>, transports: &'static [&'static str], namespaces: &[&str]) -> Desk {
    let mut desk = Desk::new(transports, namespaces);
    desk.configure(move || {
        Ok(Config {
            revision,
            ..config(transports)
        })
    });
    desk
}

/// A desk whose connection to an old server is open over a WebSocket, transport 0. The server has said nothing of the root.
fn on_websocket(namespaces: &[&str]) -> Desk {
    let mut desk = desk(Some(Revision::V3), &["websocket"], namespaces);
    desk.act(Manager::open);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk.take();
    desk
}

/// The same with a socket of the root that is connected.
fn connected() -> Desk {
    let mut desk = on_websocket(&["/"]);
    desk.connect(0);
    desk.text(0, "40");
    assert_eq!(desk.take(), ["s0 connect \"S\""]);
    desk
}

/// A payload that is a text.
fn framed(packets: &[&str]) -> String {
    let frame = |packet: &&str| format!("{}:{packet}", packet.encode_utf16().count());
    packets.iter().map(frame).collect()
}

/// A payload in bytes.
fn framed_in_bytes(packets: &[Sample]) -> Vec<u8> {
    let mut payload = Vec::new();
    for packet in packets {
        let (kind, body) = match packet {
            Sample::Binary(bytes) => (1, [&[4], &bytes[..]].concat()),
            text => (0, String::from_utf16(text.units()).unwrap().into_bytes()),
        };
        payload.push(kind);
        payload.extend(body.len().to_string().bytes().map(|digit| digit - b'0'));
        payload.push(0xff);
        payload.extend(body);
    }
    payload
}

fn split(body: &str) -> Option<Vec<Sample>> {
    decode(Revision::V3, &Sample::text(body))
}

fn split_bytes(body: &[u8]) -> Option<Vec<Sample>> {
    decode(Revision::V3, &Sample::binary(body))
}

fn texts(texts: &[&str]) -> Option<Vec<Sample>> {
    Some(texts.iter().map(|text| Sample::text(text)).collect())
}

fn revision(desk: &Desk) -> Option<Revision> {
    let connection = desk.manager.connection()?;
    connection.sid().map(|_| connection.revision())
}

fn has(lines: &[String], start: &str) -> bool {
    lines.iter().any(|line| line.starts_with(start))
}
