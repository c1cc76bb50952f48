//! Credentials that expire are renewed while the socket is connected: in an event, or by leaving and coming back.

mod acks;
mod connect;
mod event;
mod handshake;
mod meanwhile;
mod provider;

use serde_json::{Value, json};
use socketio_wasm::proto::Data;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::{Auth, Desk, HANDSHAKE, Sample};

const NOTHING: [&str; 0] = [];
const FOREVER: f64 = f64::INFINITY;
/// The token of `renewing`, of which 30 seconds are left, is renewed after this time.
const DUE: f64 = 20_000.0;

fn event() -> Reauth<Sample> {
    Reauth::Event(Sample::text("auth:refresh"))
}

/// A token that is good until a time in seconds. (The desk's clock begins with 1.)
fn token(name: &str, until: u32) -> Value {
    json!({"token": name, "expiresAt": until})
}

/// What the first token of `renewing` is replaced with.
fn second() -> Value {
    token("2", 100)
}

const SECOND: &str = r#"{"expiresAt":100,"token":"2"}"#;

/// `/` is connected with a token that is good for 30 seconds, and `/b` without one. The app will give another token.
fn renewing(reauth: Reauth<Sample>) -> Desk {
    let mut desk = Desk::on_websocket(&["/", "/b"]);
    desk.manager.policy.reauth = reauth;
    desk.connect(1);
    desk.text(0, "40/b,{\"sid\":\"B\"}");
    desk.auth = Auth::Payload(token("1", 31));
    desk.connect(0);
    desk.text(0, "40{\"sid\":\"A\"}");
    desk.auth = Auth::Payload(second());
    desk.take();
    desk.demands.clear();
    desk
}

/// The same, and the app is asked for another token, and takes its time.
fn asked(reauth: Reauth<Sample>) -> (Desk, (usize, u32)) {
    let mut desk = renewing(reauth);
    desk.auth = Auth::Later;
    desk.wait(DUE);
    assert_eq!(desk.demands, ["expired 1"]);
    let asked = desk.asked.remove(0);
    desk.auth = Auth::Payload(second());
    (desk, asked)
}

/// The same, and the event with the new one is on its way.
fn sent() -> Desk {
    let mut desk = renewing(event());
    desk.wait(DUE);
    assert_eq!(desk.take(), [format!("write 0 420[\"auth:refresh\",{SECOND}]")]);
    desk
}

/// The same, but the socket waits for an acknowledgement before it connects with the new one.
fn ready() -> Desk {
    let mut desk = renewing(Reauth::Connect);
    desk.ask(0, json!(["question"]), FOREVER);
    desk.wait(DUE);
    assert_eq!(desk.take(), ["write 0 420[\"question\"]"]);
    assert_eq!(desk.demands, ["expired 1"]);
    desk
}

/// The same, but the socket has left its namespace and waits a little before it comes back.
fn away() -> Desk {
    let mut desk = renewing(Reauth::Connect);
    desk.wait(DUE);
    assert_eq!(desk.take(), ["write 0 41", "s0 disconnect credentials renewed"]);
    desk
}

/// The connection comes back, with the number of the new transport.
fn reopen(desk: &mut Desk, transport: u32) -> Vec<String> {
    desk.wait(5_000.0);
    desk.opened(transport);
    desk.take();
    desk.text(transport, HANDSHAKE);
    desk.sent()
}

/// Lets a minute pass and sees that nothing is asked, sent or told, but for what the connection needs to live.
fn check_rest(desk: &mut Desk) {
    desk.demands.clear();
    desk.take();
    for _ in 0..12 {
        desk.wait(5_000.0);
        if let Some(connection) = desk.manager.connection() {
            let transport = connection.number();
            desk.text(transport, "2");
        }
    }
    assert_eq!(desk.demands, NOTHING);
    let lines = desk.take();
    let others: Vec<_> = lines
        .iter()
        .filter(|line| !line.ends_with(" 3") && *line != "manager ping")
        .collect();
    assert_eq!(others, NOTHING);
}
