//! Signing in after connecting: the namespace is granted to everyone, and an event takes the credentials to the server.

mod accepted;
mod meanwhile;
mod refused;

use serde_json::json;

use crate::support::{Auth, Desk};

const NOTHING: [&str; 0] = [];
const FOREVER: f64 = f64::INFINITY;
const ACCEPTED: &str = "42[\"authenticated\",true]";
const REQUEST: &str = "write 0 42[\"authentication\",{\"token\":\"t\"}]";

fn token(token: &str) -> Auth {
    Auth::Payload(json!({ "token": token }))
}

/// `/b` has signed in, and `/` is about to connect.
fn open() -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.placed.signs_in = true;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.text(0, "42/b,[\"authenticated\"]");
    desk.auth = token("t");
    desk.take();
    desk.demands.clear();
    desk
}

/// The server has granted the namespace `/`, and the credentials are on their way.
fn granted() -> Desk {
    let mut desk = open();
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.take();
    desk
}

/// The server has refused them, and wants to know that this was heard.
fn refused() -> Desk {
    let mut desk = granted();
    desk.text(0, "427[\"unauthorized\",{\"message\":\"who?\",\"code\":5}]");
    assert_eq!(desk.take(), ["write 0 437[]"]);
    desk
}

/// Nothing more happens, but for the heartbeat.
fn check_rest(desk: &mut Desk) {
    desk.take();
    desk.demands.clear();
    for _ in 0..12 {
        desk.wait(5_000.0);
        desk.text(0, "2");
    }
    let lines = desk.take();
    let others: Vec<_> = lines
        .iter()
        .filter(|line| *line != "write 0 3" && *line != "manager ping")
        .collect();
    assert_eq!(others, NOTHING);
    assert_eq!(desk.demands, NOTHING);
}
