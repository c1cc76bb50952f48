//! Options in numbers, as `session.js` gives them.

use crate::client::settings::{Choices, Settings, Speech};
use crate::proto::auth::{AuthPlacement, HeaderFallback};
use crate::proto::engine::Revision;
use crate::proto::engine::transport::{Candidate, Kind};
use crate::proto::socket::policy::{Policy, Reauth};
use crate::web::{Endpoint, Flag, Flags, Payload};

/// Reads what `session.js` makes of the options: a list of the server, the event in which credentials are renewed, and numbers, the
/// last of which are transports.
pub fn settings(list: &Payload) -> Option<(Settings, Policy<Payload>)> {
    let mut numbers = [END; 16];
    list.item(2)?.read_numbers(&mut numbers);
    let [
        flags,
        protocol,
        fallback,
        placement,
        reauth,
        renew_before,
        timeout,
        transports @ ..,
    ] = numbers;
    let flags = Flags::from_bits(flags as u32);
    let settings = Settings {
        server: list.item(0)?,
        transports: transports.into_iter().map_while(candidate).collect(),
        choices: Choices {
            flags,
            speech: Speech::default(),
            protocol: Revision::from_number(protocol as u32),
            header_fallback: HeaderFallback::ALL.get(fallback as usize).copied().unwrap_or_default(),
            auth_placement: AuthPlacement::ALL.get(placement as usize).copied().unwrap_or_default(),
        },
    };
    let policy = Policy {
        timeout,
        renews_bearer: flags.has(Flag::ProvidesBearer),
        reauth: match reauth as u32 {
            1 => Reauth::Connect,
            2 => Reauth::Event(list.item(1)?),
            _ => Reauth::Never,
        },
        renew_before,
    };
    Some((settings, policy))
}

/// Who writes and reads messages, by its number.
pub fn speech(number: u32) -> Speech {
    match number {
        1 => Speech::OwnParser,
        2 => Speech::Engine,
        _ => Speech::SocketIo,
    }
}

/// What is behind the last transport.
const END: f64 = f64::INFINITY;

/// A transport by the number of its kind, with a half where it is through `fetch`.
fn candidate(number: f64) -> Option<Candidate> {
    Some(Candidate {
        // A cast of a float saturates.
        kind: Kind::ALL.get(number as usize).copied()?,
        fetch: number != number.floor(),
    })
}

/// Reads what `session.js` has for a transport: a list of the server, the query, the subprotocols, the options of a session, the name of
/// the parameter that makes URLs differ, and numbers.
pub fn endpoint(list: Payload) -> Endpoint {
    let mut numbers = [0.0; 2];
    if let Some(list) = list.item(5) {
        list.read_numbers(&mut numbers);
    }
    let [flags, request_timeout] = numbers;
    Endpoint {
        flags: Flags::from_bits(flags as u32),
        revision: Revision::default(),
        query: list.item(1),
        headers: None,
        protocols: list.item(2),
        session_options: list.item(3),
        request_timeout,
        stamp: list.item(4),
        server: list.item(0).unwrap_or(list),
    }
}
