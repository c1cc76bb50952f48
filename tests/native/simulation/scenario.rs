//! What a simulation is made of: how the network behaves, what the apps at both ends do, and what goes wrong.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use socketio_wasm::proto::timer::Millis;

use super::server::{Renewal, Settings};

/// The namespaces of the client's sockets.
pub const NAMESPACES: [&str; 3] = ["/", "/a", "/b-1"];

/// How long transmissions take, in milliseconds.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// One after the other, and again from the start.
    pub delays: Vec<u32>,
    /// What a WebSocket takes to open beside that.
    pub stream_delay: u32,
}

/// What the app at one of the ends does.
#[derive(Clone, Debug)]
pub enum Act {
    Connect(usize),
    Disconnect(usize),
    Emit(usize, Emission),
    /// Gives the last event that waits for an answer so many milliseconds more.
    LimitAck(usize, u32),
    ForgetAck(usize),
    CloseEngine,
    Watch(bool),
    /// The server emits to a namespace.
    ServerEmit(usize, Emission),
    /// The server throws the client out of a namespace.
    Throw(usize),
    /// The server closes the connection.
    ServerClose,
}

#[derive(Clone, Debug)]
pub struct Emission {
    pub size: u32,
    pub attachments: u32,
    pub is_volatile: bool,
    pub ask: Option<Ask>,
}

/// That an event wants an answer.
#[derive(Clone, Debug)]
pub struct Ask {
    /// After how many milliseconds the other end answers; none for never.
    pub answer: Option<u32>,
    /// How long the client waits; none for ever.
    pub timeout: Option<u32>,
}

#[derive(Clone, Debug)]
pub enum Fault {
    /// The next request fails before it reaches the server.
    LoseRequest,
    /// The next request fails after the server has handled it.
    LoseResponse,
    /// All requests that are under way fail.
    BreakRequests { server_knows: bool },
    /// All WebSockets break.
    BreakStreams { server_knows: bool },
    /// For so long, nothing that is sent arrives, and nobody learns of it.
    Silence(u32),
    /// The server forgets everything and cannot be reached for so long.
    Restart(u32),
}

/// How the client opens its connection again, in milliseconds.
#[derive(Clone, Debug)]
pub struct Reconnection {
    pub min: Millis,
    pub max: Millis,
    pub jitter: f64,
    pub seed: u32,
    pub timeout: Millis,
}

#[derive(Clone, Debug)]
pub struct Scenario {
    pub transports: Vec<&'static str>,
    pub try_all: bool,
    pub settings: Settings,
    pub reconnection: Reconnection,
    pub schedule: Schedule,
    /// How long the app takes to give the payload of a CONNECT.
    pub auth_delay: u32,
    /// For how many milliseconds each of its tokens is good; none for ever.
    pub lifetime: Option<u32>,
    /// Renewed ones are sent in an event.
    pub renews_in_event: bool,
    /// Each a while after the one before.
    pub script: Vec<(u32, Act)>,
    /// What the app does inside the first events that it is told, one for each.
    pub inside: Vec<Option<Act>>,
    /// Each a while after the one before.
    pub faults: Vec<(u32, Fault)>,
}

impl Scenario {
    /// When the last fault is over, from the start.
    pub fn healed_at(&self) -> Millis {
        let (mut at, mut end) = (0.0, 0.0_f64);
        for (gap, fault) in &self.faults {
            at += f64::from(*gap);
            end = end.max(match fault {
                Fault::Silence(duration) | Fault::Restart(duration) => at + f64::from(*duration),
                _ => at,
            });
        }
        end
    }

    /// When the last act of the script is done, from the start.
    pub fn acted_at(&self) -> Millis {
        self.script.iter().map(|(gap, _)| f64::from(*gap)).sum()
    }
}

pub const POLLING: &[&str] = &["polling"];
pub const WEBSOCKET: &[&str] = &["websocket"];
pub const UPGRADE: &[&str] = &["polling", "websocket"];

pub fn transports() -> impl Strategy<Value = Vec<&'static str>> {
    select(vec![POLLING, WEBSOCKET, UPGRADE, UPGRADE, &["websocket", "polling"]]).prop_map(<[_]>::to_vec)
}

pub fn schedule(max_delay: u32, max_stream_delay: u32) -> impl Strategy<Value = Schedule> {
    // Now and then as long as a few hundred milliseconds, mostly quick.
    let delay = prop_oneof![3 => 0..=max_delay / 4, 1 => 0..=max_delay];
    (vec(delay, 1..40), 0..=max_stream_delay).prop_map(|(delays, stream_delay)| Schedule { delays, stream_delay })
}

pub fn settings(heartbeat: impl Strategy<Value = (u32, u32)>) -> impl Strategy<Value = Settings> {
    let delay = prop_oneof![Just(0), 0..200_u32];
    (heartbeat, 300_usize..2_000, any::<[bool; 2]>(), delay).prop_map(
        |((ping_interval, ping_timeout), max_payload, [recovery, missed_first], grant_delay)| Settings {
            ping_interval: f64::from(ping_interval),
            ping_timeout: f64::from(ping_timeout),
            max_payload,
            upgrades: true,
            recovery,
            missed_first,
            refusals: 0,
            grant_delay: f64::from(grant_delay),
            is_hasty: false,
            signs_in: false,
            renewal: Renewal::Accepts,
        },
    )
}

pub fn reconnection() -> impl Strategy<Value = Reconnection> {
    let delays = (50..1_000_u32, 0..3_000_u32);
    (delays, 0.0..=1.0, any::<u32>(), 3_000..8_000_u32).prop_map(|((min, more), jitter, seed, timeout)| Reconnection {
        min: f64::from(min),
        max: f64::from(min + more),
        jitter,
        seed,
        timeout: f64::from(timeout),
    })
}

pub fn emission(timeouts: impl Strategy<Value = Option<u32>>) -> impl Strategy<Value = Emission> {
    let answer = prop_oneof![1 => Just(None), 2 => Just(Some(0)), 2 => (0..400_u32).prop_map(Some)];
    let ask = (answer, timeouts).prop_map(|(answer, timeout)| Ask { answer, timeout });
    let ask = prop_oneof![Just(None), ask.prop_map(Some)];
    let attachments = prop_oneof![3 => Just(0), 1 => 1..4_u32];
    // Together with its head, the largest is within the smallest limit of a payload.
    (0..60_u32, attachments, proptest::bool::weighted(0.1), ask).prop_map(|(size, attachments, is_volatile, ask)| {
        Emission {
            size,
            attachments,
            is_volatile,
            ask,
        }
    })
}

fn socket() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 1 => 0..NAMESPACES.len()]
}

/// Events in both directions.
pub fn emit(timeouts: impl Strategy<Value = Option<u32>> + Clone) -> impl Strategy<Value = Act> {
    prop_oneof![
        (socket(), emission(timeouts.clone())).prop_map(|(socket, emission)| Act::Emit(socket, emission)),
        (socket(), emission(timeouts)).prop_map(|(socket, emission)| Act::ServerEmit(socket, emission)),
    ]
}

pub fn timeout() -> impl Strategy<Value = Option<u32>> + Clone {
    prop_oneof![Just(None), (0..3_000_u32).prop_map(Some)]
}

/// What the client's app may do inside an event too.
pub fn client_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (socket(), emission(timeout())).prop_map(|(socket, emission)| Act::Emit(socket, emission)),
        4 => socket().prop_map(Act::Connect),
        2 => socket().prop_map(Act::Disconnect),
        1 => Just(Act::CloseEngine),
        1 => any::<bool>().prop_map(Act::Watch),
    ]
}

pub fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        20 => client_act(),
        12 => emit(timeout()),
        // Not inside an event: another may already be about to tell of the result.
        1 => (socket(), 0..1_000_u32).prop_map(|(socket, timeout)| Act::LimitAck(socket, timeout)),
        1 => socket().prop_map(Act::ForgetAck),
        1 => socket().prop_map(Act::Throw),
        1 => Just(Act::ServerClose),
    ]
}

/// Acts with pauses between them; every other one follows at once.
pub fn script(
    act: impl Strategy<Value = Act>,
    max_gap: u32,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<(u32, Act)>> {
    vec((prop_oneof![Just(0), 0..=max_gap], act), count)
}

/// Something in one of a few events.
pub fn inside(
    act: impl Strategy<Value = Act>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Option<Act>>> {
    vec(prop_oneof![4 => Just(None), 1 => act.prop_map(Some)], count)
}

pub fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::LoseRequest),
        Just(Fault::LoseResponse),
        any::<bool>().prop_map(|server_knows| Fault::BreakRequests { server_knows }),
        any::<bool>().prop_map(|server_knows| Fault::BreakStreams { server_knows }),
        (1..4_000_u32).prop_map(Fault::Silence),
        (0..3_000_u32).prop_map(Fault::Restart),
    ]
}

/// Everything at once: any transport, any act, and a few of these faults.
pub fn scenario(fault: impl Strategy<Value = Fault>) -> impl Strategy<Value = Scenario> {
    let ends = (
        settings((500..3_000_u32, 1_000..3_000_u32)),
        0..2_u32,
        transports(),
        any::<bool>(),
        prop_oneof![Just(0), 0..300_u32],
    );
    let acts = (script(any_act(), 600, 1..40), inside(client_act(), 0..60));
    (
        ends,
        reconnection(),
        schedule(200, 1_000),
        acts,
        vec((0..3_000_u32, fault), 0..8),
    )
        .prop_map(
            |(
                (settings, refusals, transports, try_all, auth_delay),
                reconnection,
                schedule,
                (script, inside),
                faults,
            )| {
                Scenario {
                    transports,
                    try_all,
                    settings: Settings {
                        refusals,
                        is_hasty: true,
                        ..settings
                    },
                    reconnection,
                    schedule,
                    auth_delay,
                    lifetime: None,
                    renews_in_event: false,
                    script,
                    inside,
                    faults,
                }
            },
        )
}

/// Events of the client.
pub fn emits() -> impl Strategy<Value = Act> {
    emission(Just(None)).prop_map(|emission| Act::Emit(0, emission))
}

/// A network that only takes its time, whose server is patient.
pub fn lossless(
    act: impl Strategy<Value = Act>,
    inside: impl Strategy<Value = Act>,
    transports: impl Strategy<Value = Vec<&'static str>>,
) -> impl Strategy<Value = Scenario> {
    let ends = (
        settings(Just((25_000, 20_000))),
        transports,
        prop_oneof![Just(0), 0..300_u32],
    );
    // Until the upgrade, and after it.
    let acts = (script(act, 400, 1..40), self::inside(inside, 0..20));
    (ends, reconnection(), schedule(150, 2_000), acts).prop_map(
        |((settings, transports, auth_delay), reconnection, schedule, (acts, inside))| {
            let connects = (0..NAMESPACES.len()).map(|socket| (0, Act::Connect(socket)));
            Scenario {
                transports,
                try_all: false,
                settings,
                reconnection: Reconnection {
                    timeout: 20_000.0,
                    ..reconnection
                },
                schedule,
                auth_delay,
                lifetime: None,
                renews_in_event: false,
                script: connects.chain(acts).collect(),
                inside,
                faults: Vec::new(),
            }
        },
    )
}

/// Short-lived tokens, however the server takes them.
pub fn with_tokens(scenario: impl Strategy<Value = Scenario>) -> impl Strategy<Value = Scenario> {
    let renewal = select(vec![
        Renewal::Accepts,
        Renewal::Accepts,
        Renewal::Refuses,
        Renewal::Ignores,
    ]);
    let tokens = (3_000..10_000_u32, any::<[bool; 2]>(), renewal);
    (scenario, tokens).prop_map(|(mut scenario, (lifetime, [in_event, signs_in], renewal))| {
        scenario.lifetime = Some(lifetime);
        scenario.renews_in_event = in_event;
        scenario.settings.signs_in = signs_in;
        scenario.settings.renewal = renewal;
        scenario
    })
}
