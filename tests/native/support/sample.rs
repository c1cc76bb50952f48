//! [`Data`] as plain values: what a browser does with strings, array buffers and parsed JSON.

use std::rc::Rc;

use socketio_wasm::proto::{Data, Shape};

use super::base64;
use super::json::{Json, units};

/// A payload.
#[derive(Clone, Debug)]
pub enum Sample {
    Text(Rc<[u16]>),
    Binary(Rc<[u8]>),
    Value(Json),
}

const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

impl Sample {
    /// A text that is this JSON.
    pub fn json(value: impl Into<Json>) -> Self {
        let (text, binaries) = value.into().to_parts();
        assert!(binaries.is_empty());
        Self::Text(text)
    }

    pub fn binary(bytes: &[u8]) -> Self {
        Self::Binary(bytes.into())
    }

    pub fn units(&self) -> &[u16] {
        match self {
            Self::Text(units) | Self::Value(Json::String(units)) => units,
            other => panic!("not a text: {other:?}"),
        }
    }

    /// The string that a parsed value is, or the text that has not been parsed. Lone surrogates are replaced.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Value(value) => value.as_text(),
            Self::Text(text) => Some(String::from_utf16_lossy(text)),
            Self::Binary(_) => None,
        }
    }

    /// What it is, for reading.
    pub fn show(&self) -> String {
        match self {
            Self::Text(units) => String::from_utf16_lossy(units),
            Self::Binary(bytes) => format!("b{}", base64::encode(bytes)),
            Self::Value(value) => value.show(),
        }
    }

    /// What it is in a polling payload.
    pub fn to_payload(&self) -> Vec<u16> {
        match self {
            Self::Binary(_) => self.show().encode_utf16().collect(),
            text => text.units().to_vec(),
        }
    }
}

impl PartialEq for Sample {
    /// In a browser a text is a string, as a parsed one is.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Binary(bytes), Self::Binary(others)) => bytes == others,
            (Self::Value(value), Self::Value(other)) => value == other,
            (Self::Binary(_), _) | (_, Self::Binary(_)) => false,
            _ => self.as_text() == other.as_text(),
        }
    }
}

impl Data for Sample {
    fn text(text: &str) -> Self {
        Self::Text(units(text))
    }

    fn join(code: u32, label: Option<&Self>, id: Option<u32>, data: Option<&Self>) -> Self {
        let mut text: Vec<u16> = code.to_string().encode_utf16().collect();
        text.extend(label.into_iter().flat_map(Self::units));
        text.extend(id.map(|id| id.to_string()).unwrap_or_default().encode_utf16());
        text.extend(data.into_iter().flat_map(Self::units));
        Self::Text(text.into())
    }

    fn concat(&self, other: &Self) -> Self {
        let text = |part: &Self| part.as_text().expect("a text");
        Self::text(&(text(self) + &text(other)))
    }

    fn fold(&self) -> Option<Self> {
        Some(Self::text(&self.as_text()?.to_lowercase().replace('-', "_")))
    }

    fn empty_list() -> Self {
        Self::Value(Json::Array(Vec::new()))
    }

    fn push(&mut self, item: Option<Self>) {
        let Self::Value(Json::Array(items)) = self else {
            panic!("not a list: {self:?}");
        };
        items.push(match item {
            None => Json::Null,
            Some(Self::Text(units)) => Json::String(units),
            Some(Self::Binary(bytes)) => Json::Binary(bytes),
            Some(Self::Value(value)) => value,
        });
    }

    fn is_binary(&self) -> bool {
        matches!(self, Self::Binary(_))
    }

    fn wire_len(&self) -> usize {
        match self {
            Self::Binary(bytes) => 1 + bytes.len().div_ceil(3) * 4,
            text => String::from_utf16_lossy(text.units()).len(),
        }
    }

    fn read(&self, from: usize, units: &mut [u16]) -> usize {
        let all = match self {
            Self::Binary(bytes) => bytes.iter().map(|byte| u16::from(*byte)).collect(),
            text => text.units().to_vec(),
        };
        let text = all.get(from..).unwrap_or_default();
        let count = text.len().min(units.len());
        units[..count].copy_from_slice(&text[..count]);
        count
    }

    fn find(&self, unit: u16, from: usize) -> Option<usize> {
        let text = self.units().get(from..)?;
        text.iter().position(|other| *other == unit).map(|index| from + index)
    }

    fn slice(&self, from: usize, to: usize) -> Self {
        match self {
            // Another reference to the same.
            whole if (from, to) == (0, usize::MAX) => whole.clone(),
            Self::Text(text) | Self::Value(Json::String(text)) => {
                let to = to.min(text.len());
                Self::Text(text[from.min(to)..to].into())
            }
            Self::Binary(bytes) => {
                let to = to.min(bytes.len());
                Self::Binary(bytes[from.min(to)..to].into())
            }
            other => other.clone(),
        }
    }

    fn decode_utf8(&self) -> Option<Self> {
        match self {
            Self::Binary(bytes) => std::str::from_utf8(bytes).ok().map(Self::text),
            other => Some(other.clone()),
        }
    }

    fn decode_base64(&self, from: usize) -> Option<Self> {
        let bytes = base64::decode(self.units().get(from..)?)?;
        Some(Self::Binary(bytes.into()))
    }

    fn decode_base64url(&self) -> Option<Self> {
        let text = self.as_text()?;
        let unit = |character: char| match character {
            '-' => Some(u16::from(b'+')),
            '_' => Some(u16::from(b'/')),
            _ => character.is_ascii_alphanumeric().then_some(character as u16),
        };
        let units: Vec<u16> = text.chars().map(unit).collect::<Option<_>>()?;
        let text = String::from_utf8(base64::decode(&units)?).ok()?;
        Some(Self::text(&text))
    }

    fn parse(&mut self, from: usize) -> Shape {
        let text = self.units().get(from..).unwrap_or_default();
        if text.is_empty() {
            *self = Self::Value(Json::Null);
            return Shape::Nothing;
        }
        let Some(value) = Json::parse(text) else {
            return Shape::Invalid;
        };
        let shape = match &value {
            Json::Array(values) => match values.first() {
                Some(Json::Number(_)) => Shape::Event,
                Some(Json::String(name)) if RESERVED.iter().all(|other| units(other) != *name) => Shape::Event,
                _ => Shape::Array,
            },
            Json::Object(_) => Shape::Object,
            Json::String(_) => Shape::String,
            _ => Shape::Other,
        };
        *self = Self::Value(value);
        shape
    }

    fn attach(&mut self, attachments: Self) -> bool {
        let (Self::Value(value), Self::Value(Json::Array(attachments))) = (self, attachments) else {
            return false;
        };
        let binaries: Vec<Rc<[u8]>> = attachments
            .into_iter()
            .map(|attachment| match attachment {
                Json::Binary(bytes) => bytes,
                other => panic!("not a binary: {other:?}"),
            })
            .collect();
        let mut used = vec![false; binaries.len()];
        value.attach(&binaries, &mut used) && used.into_iter().all(|used| used)
    }

    fn get(&self, name: &str) -> Option<Self> {
        match self {
            Self::Value(value) => value.get(name).cloned().map(Self::Value),
            _ => None,
        }
    }

    fn equals(one: Option<&Self>, other: Option<&Self>) -> bool {
        let units = |text: &Self| text.units().to_vec();
        one.map(units) == other.map(units)
    }

    fn is_text(&self) -> bool {
        self.as_text().is_some_and(|text| !text.is_empty())
    }

    fn as_number(&self) -> Option<f64> {
        match self {
            Self::Value(value) => value.as_number(),
            _ => None,
        }
    }

    /// Only of the form `2026-11-23T12:00:00Z`.
    fn as_time(&self) -> Option<f64> {
        let text = self.as_text()?;
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        // Years begin in March, so that the leap day is their last.
        let (year, month) = if month < 3 {
            (year - 1, month + 9)
        } else {
            (year, month - 3)
        };
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
        Some((((days * 24 + hour) * 60 + minute) * 60 + second) as f64 * 1_000.0)
    }

    fn event(name: &Self, argument: Option<&Self>) -> Self {
        let argument = argument.map_or_else(|| "{}".to_owned(), Self::show);
        let name = name.as_text().expect("a text");
        Self::text(&format!("[\"{name}\",{argument}]"))
    }

    fn to_query(&self) -> Option<Self> {
        let Some(Json::Object(members)) = Json::parse(self.units()) else {
            return None;
        };
        let mut query = String::new();
        for (name, value) in members {
            let value = value.as_text().unwrap_or_else(|| value.show());
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(&format!("{}={value}", String::from_utf16_lossy(&name)));
        }
        Some(Self::text(&query))
    }

    fn last_string(&self) -> Option<Self> {
        match self {
            Self::Value(Json::Array(values)) if values.len() > 1 => values
                .last()
                .filter(|value| matches!(value, Json::String(_)))
                .cloned()
                .map(Self::Value),
            _ => None,
        }
    }

    fn with_recovery(object: Option<Self>, pid: &Self, offset: Option<&Self>) -> Self {
        let own = object.map(|object| match Json::parse(object.units()) {
            Some(Json::Object(members)) => members,
            other => panic!("not an object: {other:?}"),
        });
        let value = |part: &Self| match part {
            Self::Value(value) => value.clone(),
            other => panic!("not a value: {other:?}"),
        };
        let mut members = vec![(units("pid"), value(pid))];
        members.extend(offset.map(|offset| (units("offset"), value(offset))));
        members.extend(own.into_iter().flatten());
        Self::json(Json::Object(members))
    }
}
