//! The server's own codec of Socket.IO packets, written apart from the client's so that they check each other.

use std::rc::Rc;

use crate::support::{Json, Sample};

pub const CONNECT: u8 = 0;
pub const DISCONNECT: u8 = 1;
pub const EVENT: u8 = 2;
pub const ACK: u8 = 3;
pub const CONNECT_ERROR: u8 = 4;

/// A packet; the type is never a binary one.
#[derive(Debug)]
pub struct Packet {
    pub kind: u8,
    pub namespace: String,
    pub id: Option<u32>,
    pub data: Option<Json>,
}

impl Packet {
    /// The Engine.IO packets that it travels as.
    pub fn encode(&self) -> Vec<Sample> {
        let (text, binaries) = self.data.as_ref().map_or_else(Default::default, Json::to_parts);
        let mut head = match binaries.len() {
            0 => format!("4{}", self.kind),
            count => format!("4{}{count}-", self.kind + 3),
        };
        if self.namespace != "/" {
            head += &format!("{},", self.namespace);
        }
        head += &self.id.map_or(String::new(), |id| id.to_string());
        let units: Rc<[u16]> = head.encode_utf16().chain(text.iter().copied()).collect();
        let text = Sample::Text(units);
        [text]
            .into_iter()
            .chain(binaries.into_iter().map(Sample::Binary))
            .collect()
    }
}

/// Puts packets together from Engine.IO messages.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Option<Pending>,
}

#[derive(Debug)]
struct Pending {
    packet: Packet,
    attachments: usize,
    binaries: Vec<Rc<[u8]>>,
}

impl Decoder {
    /// Takes the next message, with its type digit where it is a text. An error says how it breaks the protocol.
    pub fn push(&mut self, message: &Sample) -> Result<Option<Packet>, String> {
        if let Sample::Binary(bytes) = message {
            let mut pending = self.pending.take().ok_or("an attachment of nothing")?;
            pending.binaries.push(Rc::clone(bytes));
            if pending.binaries.len() < pending.attachments {
                self.pending = Some(pending);
                return Ok(None);
            }
            return attach(pending.packet, &pending.binaries).map(Some);
        }
        if self.pending.is_some() {
            return Err(format!("a text among attachments: {}", message.show()));
        }
        let (packet, attachments) = parse(&message.show()).ok_or(format!("not a packet: {}", message.show()))?;
        if attachments == 0 {
            return Ok(Some(packet));
        }
        self.pending = Some(Pending {
            packet,
            attachments,
            binaries: Vec::new(),
        });
        Ok(None)
    }
}

fn attach(mut packet: Packet, binaries: &[Rc<[u8]>]) -> Result<Packet, String> {
    let mut used = vec![false; binaries.len()];
    let is_whole = packet
        .data
        .as_mut()
        .is_some_and(|data| data.attach(binaries, &mut used));
    match is_whole && used.iter().all(|used| *used) {
        true => Ok(packet),
        false => Err("attachments that do not fit".into()),
    }
}

fn parse(text: &str) -> Option<(Packet, usize)> {
    let text = text.strip_prefix('4')?;
    let mut kind = text.chars().next()?.to_digit(10)? as u8;
    let mut rest = &text[1..];
    let mut attachments = 0;
    if kind > CONNECT_ERROR {
        let (count, after) = rest.split_once('-')?;
        (attachments, rest, kind) = (count.parse().ok()?, after, kind - 3);
    }
    let mut namespace = "/";
    if rest.starts_with('/') {
        (namespace, rest) = rest.split_once(',')?;
    }
    let digits = rest.len()
        - rest
            .trim_start_matches(|character: char| character.is_ascii_digit())
            .len();
    let (id, json) = rest.split_at(digits);
    let data = match json {
        "" => None,
        json => Some(Json::parse(&json.encode_utf16().collect::<Vec<_>>())?),
    };
    let packet = Packet {
        kind,
        namespace: namespace.into(),
        id: if id.is_empty() { None } else { Some(id.parse().ok()?) },
        data,
    };
    Some((packet, attachments))
}
