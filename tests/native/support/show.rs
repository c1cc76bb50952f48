//! Outputs as lines of text, so that a test reads like a transcript.

use socketio_wasm::proto::output::{Demand, EngineEvent, Event, Failure, Loss, Output, SocketEvent};

use socketio_wasm::proto::engine::Revision;
use socketio_wasm::proto::engine::packet::Packet;

use super::sample::Sample;

pub fn packet(packet: &Packet<Sample>) -> String {
    packet.describe().0.show()
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
            let sid = sid.as_ref().map_or(String::new(), |sid| format!(" sid={sid}"));
            format!("open {transport} {}{fetch}{sid}", candidate.kind.name())
        }
        Output::Join(transport, sid, Revision::V4) => format!("join {transport} {sid}"),
        Output::Join(transport, sid, Revision::V3) => format!("join {transport} {sid} v3"),
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
        Output::Event(event) => self::event(event),
    }
}

pub fn event(event: &Event<Sample>) -> String {
    match event {
        Event::Open => "manager open".into(),
        Event::Error(failure) => format!("manager error {}", failure.error),
        Event::Close(reason, failure) => format!("manager close {}{}", reason.as_str(), because(failure.as_deref())),
        Event::Ping => "manager ping".into(),
        Event::ReconnectAttempt(attempt) => format!("manager reconnect_attempt {attempt}"),
        Event::Reconnect(attempt) => format!("manager reconnect {attempt}"),
        Event::ReconnectError(failure) => format!("manager reconnect_error {}", failure.error),
        Event::ReconnectFailed => "manager reconnect_failed".into(),
        Event::Packet {
            kind,
            namespace,
            id,
            data,
        } => {
            let namespace = match namespace.as_slice() {
                [] => "/".into(),
                units => String::from_utf16_lossy(units),
            };
            let data = data.as_ref().map_or(String::new(), Sample::show);
            format!("manager packet {kind:?} {namespace} {id:?} {data}")
        }
        Event::Renewal(socket) => format!("s{socket} renewal"),
        Event::RenewalError(socket, failure) => format!("s{socket} renewal_error {}", failure.error),
        Event::Socket(socket, event) => format!("s{socket} {}", socket_event(event)),
        Event::Engine(number, event) => format!("engine{number} {}", engine_event(event)),
    }
}

fn socket_event(event: &SocketEvent<Sample>) -> String {
    let with = |recovered: &bool| if *recovered { " recovered" } else { "" };
    match event {
        SocketEvent::Granted { id, recovered } => format!("granted {}{}", id.show(), with(recovered)),
        SocketEvent::Connect { id, recovered } => format!("connect {}{}", id.show(), with(recovered)),
        SocketEvent::ConnectError {
            failure, will_retry, ..
        } => {
            let detail = failure.detail.as_ref();
            let detail = detail.map_or(String::new(), |detail| format!(" {}", detail.show()));
            let next = if *will_retry { "retries" } else { "final" };
            format!("connect_error {}{detail} ({next})", failure.error)
        }
        SocketEvent::Disconnect(reason, failure) => {
            format!("disconnect {}{}", reason.as_str(), because(failure.as_deref()))
        }
        SocketEvent::Message { data, ack, .. } => {
            let ack = ack.map_or(String::new(), |id| format!(" ack={id}"));
            format!("message {}{ack}", data.show())
        }
        SocketEvent::Try { ticket } => format!("try {}", ticket.wrapping_neg()),
        SocketEvent::Ack { id, data } => format!("ack {id} {}", data.show()),
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

fn engine_event(event: &EngineEvent<Sample>) -> String {
    match event {
        EngineEvent::Open { sid, kind, .. } => format!("open {sid} {}", kind.name()),
        EngineEvent::Upgrading(kind) => format!("upgrading {}", kind.name()),
        EngineEvent::Upgrade(kind) => format!("upgrade {}", kind.name()),
        EngineEvent::UpgradeError(failure) => format!("upgrade_error {}", failure.error),
        EngineEvent::Flush => "flush".into(),
        EngineEvent::Drain => "drain".into(),
        EngineEvent::Close(reason, failure) => format!("close {}{}", reason.as_str(), because(failure.as_deref())),
        EngineEvent::Packet(kind, data) => {
            let data = data.as_ref().map_or(String::new(), |data| format!(" {}", data.show()));
            format!("packet {kind:?}{data}").to_lowercase()
        }
        EngineEvent::PacketCreate { data, compress } => {
            let compress = if *compress { "" } else { " uncompressed" };
            format!("create {}{compress}", data.show())
        }
    }
}

pub fn demand(demand: &Demand<Sample>) -> String {
    let refusal = match &demand.refusal {
        Some((failure, true)) => format!(" ({}: authentication)", failure.error),
        Some((failure, false)) => format!(" ({})", failure.error),
        None => String::new(),
    };
    format!("{} {}{refusal}", demand.occasion.name(), demand.attempt)
}

fn because(failure: Option<&Failure<Sample>>) -> String {
    failure.map_or(String::new(), |failure| format!(": {}", failure.error))
}
