//! From the messages of a connection to packets: headers, JSON, attachments.

use std::ops::Range;

use crate::proto::{Data, Shape};

use super::packet::{Header, PacketType, Status};

/// A packet that arrived whole.
#[derive(Debug)]
pub struct Incoming<D> {
    /// The type, never a binary one.
    pub kind: PacketType,
    /// The namespace; none for the root.
    pub namespace: Option<D>,
    /// The acknowledgement's id.
    pub id: Option<u32>,
    /// The parsed JSON.
    pub data: D,
    /// What the JSON is.
    pub shape: Shape,
}

impl<D> Incoming<D> {
    /// Whether the data is what such a packet has.
    pub(super) fn is_valid(&self) -> bool {
        match self.kind {
            PacketType::Connect => matches!(self.shape, Shape::Object | Shape::Nothing),
            PacketType::Disconnect => self.shape == Shape::Nothing,
            PacketType::ConnectError => matches!(self.shape, Shape::Object | Shape::String),
            PacketType::Event | PacketType::BinaryEvent => self.shape == Shape::Event,
            PacketType::Ack | PacketType::BinaryAck => matches!(self.shape, Shape::Event | Shape::Array),
        }
    }
}

/// What a message led to.
#[derive(Debug)]
pub enum Progress<D> {
    /// A packet.
    Packet(Incoming<D>),
    /// The beginning of one: attachments are to come.
    Pending,
    /// The message breaks the protocol.
    Invalid,
}

/// Puts packets together.
#[derive(Debug)]
pub struct Parser<D> {
    pending: Option<Pending<D>>,
}

#[derive(Debug)]
struct Pending<D> {
    packet: Incoming<D>,
    missing: u32,
    attachments: D,
}

impl<D> Default for Parser<D> {
    fn default() -> Self {
        Self { pending: None }
    }
}

impl<D: Data> Parser<D> {
    /// Forgets a packet that was not complete.
    pub fn reset(&mut self) {
        self.pending = None;
    }

    /// Takes the next message. A text still has Engine.IO's type digit in front; `head` are its first code units, as many
    /// as the host found worth copying.
    pub fn push(&mut self, head: &[u16], data: D) -> Progress<D> {
        if data.is_binary() {
            return self.push_attachment(data);
        }
        if self.pending.is_some() {
            return Progress::Invalid;
        }
        let mut more = Vec::new();
        let mut units = head.get(1..).unwrap_or_default();
        let mut status = Header::parse(units, false);
        while status == Status::Partial {
            // Longer than what was copied: copy more, until the header ends or the text does.
            more.resize(more.len() * 2 + 64, 0);
            let count = data.read(1, &mut more);
            units = more.get(..count).unwrap_or_default();
            status = Header::parse(units, count < more.len());
        }
        let Status::Complete(header) = status else {
            return Progress::Invalid;
        };
        self.push_text(header, data)
    }

    fn push_text(&mut self, header: Header, mut data: D) -> Progress<D> {
        let Range { start, end } = header.namespace;
        let namespace = (start < end).then(|| data.slice(start + 1, end + 1));
        let shape = data.parse(header.body + 1);
        let packet = Incoming {
            kind: header.kind,
            namespace,
            id: header.id,
            data,
            shape,
        };
        if !packet.is_valid() {
            return Progress::Invalid;
        }
        if header.attachments == 0 {
            return Progress::Packet(packet);
        }
        self.pending = Some(Pending {
            packet,
            missing: header.attachments,
            attachments: D::empty_list(),
        });
        Progress::Pending
    }

    fn push_attachment(&mut self, data: D) -> Progress<D> {
        let Some(mut pending) = self.pending.take() else {
            return Progress::Invalid;
        };
        pending.attachments.push(Some(data));
        pending.missing -= 1;
        if pending.missing > 0 {
            self.pending = Some(pending);
            return Progress::Pending;
        }
        let mut packet = pending.packet;
        if packet.data.attach(pending.attachments) {
            Progress::Packet(packet)
        } else {
            Progress::Invalid
        }
    }
}
