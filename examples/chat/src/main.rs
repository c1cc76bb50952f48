//! A chat room: one socket, its events as streams, its life in a status line.

mod page;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use gloo_events::{EventListener, EventListenerOptions};
use serde::{Deserialize, Serialize};
use socketio_wasm::{Error, EventStream, Lifecycle, Placement, Plan, PlanEntry, Socket, Transport};
use wasm_bindgen_futures::spawn_local;

use page::Page;

/// What the server checks. A real app has it from its sign-in.
const TOKEN: &str = "Bearer demo-valid";

/// What the page sends with each connection.
#[derive(Serialize)]
struct Profile {
    name: String,
}

/// What the server knows of a socket.
#[derive(Deserialize)]
struct WhoAmI {
    headers: BTreeMap<String, String>,
    auth: BTreeMap<String, serde::de::IgnoredAny>,
}

fn main() {
    let Some(page) = Page::find() else {
        return;
    };
    if let Err(error) = start(&page) {
        page.set_status(&format!("Cannot start: {error}"));
    }
}

fn start(page: &Page) -> Result<(), Error> {
    let server = page.parameter("server").unwrap_or_default();
    let transports = match page.parameter("transport").as_deref() {
        Some("polling") => vec![Transport::Polling, Transport::WebSocket],
        _ => vec![Transport::WebSocket],
    };
    let socket = Socket::builder(&[&server, "/chat"].concat())
        .transports(transports)
        .header("Authorization", TOKEN)
        .auth_with(async || {
            Ok::<_, Error>(Profile {
                name: whose_profile().await,
            })
        })
        .reconnection_delay(Duration::from_millis(200))
        .build()?;

    let lifecycle = socket.lifecycle();
    let said = socket.on("said");
    page.set_status("Connecting …");
    socket.connect();

    let socket = Rc::new(RefCell::new(Some(socket)));
    let listeners = listen_to_form(page, &socket);
    // The tasks that read do not keep the connection open: they end when `leave` drops the last handle.
    spawn_local(follow(page.clone(), lifecycle, listeners));
    spawn_local(listen(page.clone(), said));
    spawn_local(compare(page.clone(), socket));
    Ok(())
}

/// Where an app would read a session from.
async fn whose_profile() -> String {
    "Ada".to_owned()
}

/// Shows the life of the socket, as long as which the form is listened to.
async fn follow(page: Page, mut lifecycle: EventStream<Lifecycle>, _listeners: [EventListener; 2]) {
    while let Some(event) = lifecycle.next().await {
        page.set_status(&match event {
            Lifecycle::Connect { id, .. } => format!("Connected as {id}"),
            Lifecycle::ConnectError {
                error,
                will_retry: true,
                ..
            } => format!("{error}; trying again …"),
            Lifecycle::ConnectError { error, .. } => format!("Refused: {error}"),
            Lifecycle::Disconnect { reason, .. } => format!("Disconnected: {}", reason.as_str()),
            _ => continue,
        });
    }
    page.set_status("Left");
}

/// Shows what is said.
async fn listen(page: Page, mut said: EventStream<Result<String, Error>>) {
    while let Some(text) = said.next().await {
        match text {
            Ok(text) => page.add_message(&text),
            Err(error) => page.add_message(&format!("(not understood: {error})")),
        }
    }
}

/// Asks the server what it has seen, and shows it beside the plan.
async fn compare(page: Page, socket: Rc<RefCell<Option<Socket>>>) {
    // What is asked before the connection waits for it. No handle is kept while this waits in turn.
    let Some(asked) = socket.borrow().as_ref().map(|socket| {
        let seen = socket.emit_with_ack::<_, WhoAmI>("whoami", &());
        seen.timeout(Duration::from_secs(10))
    }) else {
        return;
    };
    let seen = asked.await;
    let plan = socket.borrow().as_ref().and_then(Socket::plan);
    match (seen, plan) {
        (Ok(seen), Some(plan)) => show(&page, &plan, &seen),
        (Err(error), _) => page.add_message(&format!("(whoami: {error})")),
        (_, None) => {}
    }
}

fn show(page: &Page, plan: &Plan, seen: &WhoAmI) {
    for entry in &plan.entries {
        let arrived = if has_arrived(entry, seen) { "yes" } else { "no" };
        page.add_credential(&entry.name, entry.placement.name(), arrived);
    }
}

fn has_arrived(entry: &PlanEntry, seen: &WhoAmI) -> bool {
    match entry.placement {
        // A server with the companion of `socketio-wasm/server` has moved headers where headers belong.
        Placement::Header | Placement::Payload if entry.name != "auth" => {
            seen.headers.contains_key(&entry.name.to_ascii_lowercase())
        }
        Placement::Payload => !seen.auth.is_empty(),
        _ => false,
    }
}

/// Says what is typed, and leaves.
fn listen_to_form(page: &Page, socket: &Rc<RefCell<Option<Socket>>>) -> [EventListener; 2] {
    let options = EventListenerOptions::enable_prevent_default();
    let (typing, speaking) = (page.clone(), Rc::clone(socket));
    let submit = EventListener::new_with_options(page.form(), "submit", options, move |event| {
        event.prevent_default();
        let text = typing.take_text();
        if let Some(socket) = speaking.borrow().as_ref()
            && let Err(error) = socket.emit("say", &text)
        {
            typing.set_status(&error.to_string());
        }
    });
    let leaving = Rc::clone(socket);
    // The last handle: the connection closes.
    let leave = EventListener::new(page.leave(), "click", move |_| drop(leaving.take()));
    [submit, leave]
}
