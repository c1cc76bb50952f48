//! Credentials that expire, with servers 1.x and 2.x: a CONNECT has no payload, and the root is connected unasked.

use serde_json::{Value, json};
use socketio_wasm::proto::Data;
use socketio_wasm::proto::auth::Claims;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::connection::Config;
use socketio_wasm::proto::socket::manager::Manager;
use socketio_wasm::proto::socket::policy::Reauth;

use crate::support::desk::config;
use crate::support::{Auth, Desk, HANDSHAKE, Sample};

/// A token of which 30 seconds are left is renewed after this time.
const DUE: f64 = 20_000.0;
const NEW: &str = "token=new&expiresAt=100";

fn event() -> Reauth<Sample> {
    Reauth::Event(Sample::text("auth:refresh"))
}

fn token(name: &str, until: u32) -> Value {
    json!({"token": name, "expiresAt": until})
}

/// A socket is about to connect with a token that is good for 30 seconds, and the app will give another one.
fn desk(namespace: &str, reauth: Reauth<Sample>) -> Desk {
    let mut desk = Desk::new(&["websocket"], &[namespace]);
    desk.configure(|| {
        Ok(Config {
            revision: Some(Revision::V3),
            ..config(&["websocket"])
        })
    });
    desk.manager.policy.reauth = reauth;
    desk.auth = Auth::Payload(token("old", 31));
    desk.act(Manager::open);
    desk.opened(0);
    desk.text(0, HANDSHAKE);
    desk
}

/// The same, connected. Its payload travels in the query: the root's in that of the handshake.
fn connected(namespace: &str, reauth: Reauth<Sample>) -> Desk {
    let mut desk = desk(namespace, reauth);
    desk.manager.placed.auth_in_query = true;
    if namespace == "/" {
        desk.manager.placed.claims.expire(desk.now, 31.0);
    }
    desk.connect(0);
    desk.text(0, "40");
    if namespace != "/" {
        desk.text(0, &format!("40{namespace},"));
    }
    assert!(desk.manager.is_connected(0));
    desk.auth = Auth::Payload(token("new", 100));
    desk.take();
    desk.demands.clear();
    desk
}

/// Time passes, and the server answers each sign of life.
fn live(desk: &mut Desk, duration: f64) {
    for _ in 0..(duration / 1_000.0) as u32 {
        desk.wait(1_000.0);
        desk.text(0, "3");
    }
}

/// The app gave another payload: the host plans the handshake of the next connection with it.
fn plan_anew(desk: &mut Desk) {
    desk.manager.placed.claims = Claims::default();
}

fn told(desk: &mut Desk) -> Vec<String> {
    let lines = desk.take().into_iter();
    let is_life = |line: &String| line == "write 0 2" || line == "manager ping";
    lines.filter(|line| !is_life(line)).collect()
}

#[test]
fn an_event_takes_the_new_token_to_the_server() {
    for (namespace, prefix) in [("/", ""), ("/admin", "/admin,")] {
        let mut desk = connected(namespace, event());
        live(&mut desk, DUE);
        plan_anew(&mut desk);
        assert_eq!(desk.demands, ["expired 1"]);
        assert_eq!(
            told(&mut desk),
            [format!(
                r#"write 0 42{prefix}0["auth:refresh",{{"expiresAt":100,"token":"new"}}]"#
            )]
        );
        desk.text(0, &format!("43{prefix}0[{{\"ok\":true}}]"));
        assert_eq!(told(&mut desk), ["s0 renewal"]);
        // The new one is renewed in its turn.
        desk.demands.clear();
        live(&mut desk, 60_000.0);
        assert_eq!(desk.demands, ["expired 1"]);
    }
}

#[test]
fn a_namespace_is_left_and_joined_with_the_new_token_in_its_query() {
    for refused in [false, true] {
        let mut desk = connected("/admin", if refused { event() } else { Reauth::Connect });
        live(&mut desk, DUE);
        if refused {
            desk.text(0, r#"43/admin,0[{"error":{"message":"unknown event"}}]"#);
        }
        desk.wait(100.0);
        let lines = told(&mut desk);
        let joins = lines.iter().rev().find(|line| line.starts_with("write 0 40")).unwrap();
        assert!(lines.contains(&"write 0 41/admin,".to_owned()), "{lines:?}");
        assert!(
            lines.contains(&"s0 disconnect credentials renewed".to_owned()),
            "{lines:?}"
        );
        let query = joins
            .strip_prefix("write 0 40/admin?")
            .unwrap()
            .strip_suffix(',')
            .unwrap();
        let mut sent: Vec<_> = query.split('&').collect();
        let mut wanted: Vec<_> = NEW.split('&').collect();
        sent.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(sent, wanted);
        desk.text(0, "40/admin,");
        assert_eq!(told(&mut desk), ["s0 connect /admin#S"]);
        assert_eq!(desk.demands, ["expired 1"], "the app is asked once");
    }
}

/// The root of such a server is joined again in the same way, and does not answer where it has no middleware.
#[test]
fn the_root_is_left_and_joined_with_the_new_token_in_its_query() {
    for answers in [true, false] {
        let mut desk = connected("/", Reauth::Connect);
        live(&mut desk, DUE);
        plan_anew(&mut desk);
        desk.wait(100.0);
        let lines = told(&mut desk);
        assert_eq!(lines[..2], ["write 0 41", "s0 disconnect credentials renewed"]);
        assert!(
            lines[2].starts_with("write 0 40/?") && lines[2].contains("token=new"),
            "{lines:?}"
        );
        if answers {
            desk.text(0, "40");
        } else {
            desk.wait(1_000.0);
        }
        assert_eq!(told(&mut desk), ["s0 connect \"S\""]);
        // That is good for a while.
        desk.demands.clear();
        live(&mut desk, 40_000.0);
        assert!(desk.demands.is_empty());
    }
}

#[test]
fn a_new_token_that_is_refused_is_asked_for_once_more() {
    let mut desk = connected("/admin", Reauth::Connect);
    live(&mut desk, DUE);
    desk.wait(100.0);
    desk.renewed = Some(Auth::Payload(token("third", 200)));
    desk.take();
    desk.text(0, r#"44/admin,"jwt expired""#);
    let lines = told(&mut desk);
    assert!(
        lines[0].starts_with("write 0 40/admin?") && lines[0].contains("token=third"),
        "{lines:?}"
    );
    assert_eq!(desk.demands, ["expired 1", "rejected 1 (jwt expired)"]);
    desk.text(0, r#"44/admin,"still not""#);
    let lines = told(&mut desk);
    assert_eq!(
        lines.last().unwrap(),
        r#"s0 connect_error still not "still not" (final)"#
    );
}

/// Where credentials travel in an event, the new ones do so too.
#[test]
fn who_has_signed_in_signs_in_again() {
    for (namespace, prefix) in [("/", ""), ("/admin", "/admin,")] {
        let mut desk = desk(namespace, Reauth::Connect);
        desk.manager.placed.signs_in = true;
        desk.connect(0);
        desk.text(0, "40");
        if namespace != "/" {
            desk.text(0, "40/admin,");
        }
        let lines = told(&mut desk);
        let request = |token: &str, until: u32| {
            format!(r#"write 0 42{prefix}["authentication",{{"expiresAt":{until},"token":"{token}"}}]"#)
        };
        assert_eq!(lines.last(), Some(&request("old", 31)), "{lines:?}");
        desk.text(0, &format!(r#"42{prefix}["authenticated"]"#));
        assert!(desk.manager.is_connected(0));
        desk.auth = Auth::Payload(token("new", 100));
        desk.take();
        live(&mut desk, DUE);
        desk.wait(100.0);
        desk.text(0, &format!("40{prefix}"));
        let lines = told(&mut desk);
        assert_eq!(lines.last(), Some(&request("new", 100)), "{lines:?}");
        desk.text(0, &format!(r#"42{prefix}["authenticated"]"#));
        assert!(desk.manager.is_connected(0));
    }
}
