//! JSON as JavaScript has it: strings are UTF-16 code units, lone surrogates among them, and a value may hold binaries.

use std::rc::Rc;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    String(Rc<[u16]>),
    Array(Vec<Json>),
    Object(Vec<(Rc<[u16]>, Json)>),
    Binary(Rc<[u8]>),
}

pub fn units(text: &str) -> Rc<[u16]> {
    text.encode_utf16().collect()
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(value) => Self::Number(value.as_f64().unwrap()),
            serde_json::Value::String(value) => Self::String(units(&value)),
            serde_json::Value::Array(values) => Self::Array(values.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => {
                let members = members.into_iter();
                Self::Object(members.map(|(key, value)| (units(&key), value.into())).collect())
            }
        }
    }
}

impl Json {
    /// Parses all of a text. `None` where it is not JSON.
    pub fn parse(text: &[u16]) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value()?;
        reader.space();
        (reader.at == text.len()).then_some(value)
    }

    pub fn string(text: &str) -> Self {
        Self::String(units(text))
    }

    /// An event's arguments, its name first.
    pub fn event(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Array([Self::string(name)].into_iter().chain(arguments).collect())
    }

    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                let name = units(name);
                members.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
            }
            Self::Array(values) => values.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::String(text) => Some(String::from_utf16_lossy(text)),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The JSON text. Binaries go to `binaries`, and a placeholder takes the place of each.
    pub fn write(&self, text: &mut Vec<u16>, binaries: &mut Vec<Rc<[u8]>>) {
        let mut put = |part: &str| text.extend(part.encode_utf16());
        match self {
            Self::Null => put("null"),
            Self::Bool(value) => put(&value.to_string()),
            Self::Number(value) => put(&value.to_string()),
            Self::String(value) => write_string(value, text),
            Self::Array(values) => {
                put("[");
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        text.push(u16::from(b','));
                    }
                    value.write(text, binaries);
                }
                text.push(u16::from(b']'));
            }
            Self::Object(members) => {
                put("{");
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        text.push(u16::from(b','));
                    }
                    write_string(key, text);
                    text.push(u16::from(b':'));
                    value.write(text, binaries);
                }
                text.push(u16::from(b'}'));
            }
            Self::Binary(binary) => {
                put(&format!("{{\"_placeholder\":true,\"num\":{}}}", binaries.len()));
                binaries.push(Rc::clone(binary));
            }
        }
    }

    /// The text and the binaries that it has placeholders for.
    pub fn to_parts(&self) -> (Rc<[u16]>, Vec<Rc<[u8]>>) {
        let (mut text, mut binaries) = (Vec::new(), Vec::new());
        self.write(&mut text, &mut binaries);
        (text.into(), binaries)
    }

    /// The text, for reading. A binary shows as `<its bytes>`.
    pub fn show(&self) -> String {
        let (text, binaries) = self.to_parts();
        let mut text = String::from_utf16_lossy(&text);
        for (index, binary) in binaries.iter().enumerate() {
            text = text.replace(
                &format!("{{\"_placeholder\":true,\"num\":{index}}}"),
                &format!("<{}>", binary.iter().map(u8::to_string).collect::<Vec<_>>().join(" ")),
            );
        }
        text
    }

    /// Puts the binaries in the place of their placeholders, and notes which were used. `false` where a placeholder
    /// names none of them.
    pub fn attach(&mut self, binaries: &[Rc<[u8]>], used: &mut [bool]) -> bool {
        if self.get("_placeholder") == Some(&Self::Bool(true)) {
            let number = self.get("num").and_then(Self::as_number).unwrap_or(-1.0);
            if number.fract() != 0.0 || number < 0.0 || number >= binaries.len() as f64 {
                return false;
            }
            used[number as usize] = true;
            *self = Self::Binary(Rc::clone(&binaries[number as usize]));
            return true;
        }
        match self {
            Self::Array(values) => values.iter_mut().all(|value| value.attach(binaries, used)),
            Self::Object(members) => members.iter_mut().all(|(_, value)| value.attach(binaries, used)),
            _ => true,
        }
    }
}

/// As `JSON.stringify` does: lone surrogates are escaped.
fn write_string(value: &[u16], text: &mut Vec<u16>) {
    text.push(u16::from(b'"'));
    for result in char::decode_utf16(value.iter().copied()) {
        match result {
            Ok(character @ ('"' | '\\')) => text.extend([u16::from(b'\\'), character as u16]),
            Ok(character) if character >= ' ' => text.extend(character.encode_utf16(&mut [0; 2]).iter()),
            Ok(character) => text.extend(format!("\\u{:04x}", character as u32).encode_utf16()),
            Err(lone) => text.extend(format!("\\u{:04x}", lone.unpaired_surrogate()).encode_utf16()),
        }
    }
    text.push(u16::from(b'"'));
}

struct Reader<'a> {
    text: &'a [u16],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text
            .get(self.at)
            .map(|unit| char::from_u32(u32::from(*unit)).unwrap_or('\u{fffd}'))
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        (self.peek() == Some(wanted)).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        for character in word.chars() {
            self.take(character)?;
        }
        Some(value)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Option<Json> {
        self.space();
        match self.peek()? {
            'n' => self.word("null", Json::Null),
            't' => self.word("true", Json::Bool(true)),
            'f' => self.word("false", Json::Bool(false)),
            '"' => self.string().map(Json::String),
            '[' => self.list(']', Self::value).map(Json::Array),
            '{' => {
                let members = self.list('}', |reader| {
                    reader.space();
                    let key = reader.string()?;
                    reader.space();
                    reader.take(':')?;
                    Some((key, reader.value()?))
                })?;
                // The last one of several with the same key counts.
                let mut unique: Vec<(Rc<[u16]>, Json)> = Vec::new();
                for (key, value) in members {
                    match unique.iter_mut().find(|(other, _)| *other == key) {
                        Some(member) => member.1 = value,
                        None => unique.push((key, value)),
                    }
                }
                Some(Json::Object(unique))
            }
            _ => self.number(),
        }
    }

    fn list<T>(&mut self, end: char, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.take(end).is_some() {
            return Some(items);
        }
        loop {
            items.push(read(self)?);
            self.space();
            if self.take(end).is_some() {
                return Some(items);
            }
            self.take(',')?;
        }
    }

    fn string(&mut self) -> Option<Rc<[u16]>> {
        self.take('"')?;
        let mut value = Vec::new();
        loop {
            let unit = *self.text.get(self.at)?;
            self.at += 1;
            match unit {
                0x22 => return Some(value.into()),
                0..0x20 => return None,
                0x5c => {
                    let escape = self.peek()?;
                    self.at += 1;
                    value.push(match escape {
                        '"' | '\\' | '/' => escape as u16,
                        'b' => 8,
                        'f' => 12,
                        'n' => 10,
                        'r' => 13,
                        't' => 9,
                        'u' => {
                            let digits = String::from_utf16(self.text.get(self.at..self.at + 4)?).ok()?;
                            self.at += 4;
                            if !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
                                return None;
                            }
                            u16::from_str_radix(&digits, 16).ok()?
                        }
                        _ => return None,
                    });
                }
                _ => value.push(unit),
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        let _ = self.take('-');
        if self.take('0').is_none() {
            self.digits()?;
        }
        if self.take('.').is_some() {
            self.digits()?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = String::from_utf16(&self.text[start..self.at]).ok()?;
        text.parse().ok().map(Json::Number)
    }
}
