//! Outputs as lines of text, so that a test reads like a transcript.

use socketio_wasm::proto::output::{Demand, EngineEvent, Event, Failure, Loss, Output, Report, SocketEvent};

use socketio_wasm::proto::Data;
use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::packet::Packet;

use super::json::Json;
use super::sample::Sample;

pub fn packet(packet: &Packet<Sample>) -> String {
    packet.describe().show()
}

fn text(sample: &Sample) -> String {
    sample.as_text().unwrap()
}

/// What a failure says: the server's words, where it has some.
pub fn message(failure: &Failure<Sample>) -> String {
    failure.text.as_ref().map_or_else(|| failure.message.to_owned(), text)
}

pub fn output(output: &Output<Sample>) -> String {
    match output {
        Output::Configure { .. } => "configure".into(),
        Output::Authenticate { socket, .. } => format!("auth s{socket}"),
        Output::Open {
            transport,
            candidate,
            sid,
        } => {
            let fetch = if candidate.fetch { "/fetch" } else { "" };
            let sid = sid.as_ref().map_or(String::new(), |sid| format!(" sid={}", text(sid)));
            format!("open {transport} {}{fetch}{sid}", candidate.kind.name())
        }
        Output::Join(transport, sid, Revision::V4) => format!("join {transport} {}", text(sid)),
        Output::Join(transport, sid, Revision::V3) => format!("join {transport} {} v3", text(sid)),
        Output::Poll(transport) => format!("poll {transport}"),
        Output::Post(transport, packets) => {
            let packets: Vec<String> = packets.iter().map(packet).collect();
            format!("post {transport} {}", packets.join(" | "))
        }
        Output::Write(transport, written) => format!("write {transport} {}", packet(written)),
        Output::Close(transport) => format!("close {transport}"),
        Output::Encode {
            socket, packet: given, ..
        } => format!("encode s{socket} {}", packet(given)),
        Output::Report(report) => self::report(report),
    }
}

pub fn report(report: &Report<Sample>) -> String {
    let Report { event, data, failure } = report;
    let (given, failed) = (has_data(*event), has_failure(*event));
    assert_eq!(data.is_some(), given.unwrap_or(data.is_some()), "{report:?}");
    assert_eq!(failure.is_some(), failed.unwrap_or(failure.is_some()), "{report:?}");
    let data = data.as_ref();
    let error = failure.as_ref().map_or(String::new(), |failure| message(failure));
    match *event {
        Event::Open => "manager open".into(),
        Event::Error => format!("manager error {error}"),
        Event::Close(reason) => format!("manager close {}{}", reason.as_str(), because(failure.as_deref())),
        Event::Ping => "manager ping".into(),
        Event::ReconnectAttempt(attempt) => format!("manager reconnect_attempt {attempt}"),
        Event::Reconnect(attempt) => format!("manager reconnect {attempt}"),
        Event::ReconnectError => format!("manager reconnect_error {error}"),
        Event::ReconnectFailed => "manager reconnect_failed".into(),
        Event::Packet { kind, id } => {
            let member = |name| data.and_then(|data| data.get(name));
            let namespace = member("0").and_then(|name| name.as_text());
            let namespace = namespace.as_deref().unwrap_or("/");
            let data = member("1").filter(|data| *data != Sample::Value(Json::Null));
            let data = data.map_or(String::new(), |data| data.show());
            format!("manager packet {kind:?} {namespace} {id:?} {data}")
        }
        Event::Renewal(socket) => format!("s{socket} renewal"),
        Event::RenewalError(socket) => format!("s{socket} renewal_error {error}"),
        Event::Socket(socket, event) => format!("s{socket} {}", socket_event(event, data, failure.as_deref())),
        Event::Engine(number, event) => format!("engine{number} {}", engine_event(event, data, failure.as_deref())),
    }
}

/// Whether a value belongs to an event. `None` where there may be one.
fn has_data(event: Event) -> Option<bool> {
    match event {
        Event::Engine(_, EngineEvent::Packet(_)) => None,
        Event::Packet { .. }
        | Event::Socket(
            _,
            SocketEvent::Granted { .. }
            | SocketEvent::Connect { .. }
            | SocketEvent::Message { .. }
            | SocketEvent::Ack { .. },
        )
        | Event::Engine(_, EngineEvent::Open { .. } | EngineEvent::PacketCreate { .. } | EngineEvent::Close { .. }) => {
            Some(true)
        }
        _ => Some(false),
    }
}

/// Whether a failure belongs to an event. `None` where there may be one.
fn has_failure(event: Event) -> Option<bool> {
    match event {
        Event::Close(_)
        | Event::Socket(_, SocketEvent::Disconnect(_))
        | Event::Engine(_, EngineEvent::Close { .. }) => None,
        Event::Error
        | Event::ReconnectError
        | Event::RenewalError(_)
        | Event::Socket(_, SocketEvent::ConnectError { .. })
        | Event::Engine(_, EngineEvent::UpgradeError(_)) => Some(true),
        _ => Some(false),
    }
}

fn socket_event(event: SocketEvent, data: Option<&Sample>, failure: Option<&Failure<Sample>>) -> String {
    let data = data.map_or(String::new(), Sample::show);
    let with = |recovered| if recovered { " recovered" } else { "" };
    match event {
        SocketEvent::Granted { recovered } => format!("granted {data}{}", with(recovered)),
        SocketEvent::Connect { recovered } => format!("connect {data}{}", with(recovered)),
        SocketEvent::ConnectError { will_retry, .. } => {
            let failure = failure.expect("a reason");
            let detail = failure.detail.as_ref();
            let detail = detail.map_or(String::new(), |detail| format!(" {}", detail.show()));
            let next = if will_retry { "retries" } else { "final" };
            format!("connect_error {}{detail} ({next})", message(failure))
        }
        SocketEvent::Disconnect(reason) => format!("disconnect {}{}", reason.as_str(), because(failure)),
        SocketEvent::Message { ack, .. } => {
            let ack = ack.map_or(String::new(), |id| format!(" ack={id}"));
            format!("message {data}{ack}")
        }
        SocketEvent::Try { ticket } => format!("try {}", ticket.wrapping_neg()),
        SocketEvent::Ack { id } => format!("ack {id} {data}"),
        SocketEvent::AckFailed { id, loss } => {
            let loss = match loss {
                Loss::TimedOut => "timed out",
                Loss::Disconnected => "disconnected",
                Loss::Forgotten => "forgotten",
            };
            format!("ack {id} {loss}")
        }
    }
}

fn engine_event(event: EngineEvent, data: Option<&Sample>, failure: Option<&Failure<Sample>>) -> String {
    let text = data.map_or(String::new(), Sample::show);
    match event {
        EngineEvent::Open { kind, .. } => format!("open {} {}", self::text(data.unwrap()), kind.name()),
        EngineEvent::Upgrading(kind) => format!("upgrading {}", kind.name()),
        EngineEvent::Upgrade(kind) => format!("upgrade {}", kind.name()),
        EngineEvent::UpgradeError(_) => format!("upgrade_error {}", message(failure.expect("a reason"))),
        EngineEvent::Flush => "flush".into(),
        EngineEvent::Drain => "drain".into(),
        EngineEvent::Close { reason, .. } => format!("close {}{}", reason.as_str(), because(failure)),
        EngineEvent::Packet(kind) => {
            let data = data.map_or(String::new(), |data| format!(" {}", data.show()));
            format!("packet {kind:?}{data}").to_lowercase()
        }
        EngineEvent::PacketCreate { compress } => {
            let compress = if compress { "" } else { " uncompressed" };
            format!("create {text}{compress}")
        }
    }
}

pub fn demand(demand: &Demand<Sample>) -> String {
    let refusal = match &demand.refusal {
        Some((failure, true)) => format!(" ({}: authentication)", message(failure)),
        Some((failure, false)) => format!(" ({})", message(failure)),
        None => String::new(),
    };
    format!("{} {}{refusal}", demand.occasion.name(), demand.attempt)
}

fn because(failure: Option<&Failure<Sample>>) -> String {
    failure.map_or(String::new(), |failure| format!(": {}", message(failure)))
}
