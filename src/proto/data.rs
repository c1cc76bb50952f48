//! What a packet carries, held by the host.

/// A value that belongs to the host and that the protocol moves without copying it: a text, a binary, or parsed JSON.
///
/// In the browser this is a reference into a table of JavaScript values; in native tests it is a plain value. None of
/// these calls may run code of the app: they are made while the state machines are borrowed.
pub trait Data: Sized {
    /// Hands a short text to the host.
    fn text(text: &str) -> Self;

    /// The text of a packet: the pieces in their order, each that is there.
    fn join(code: u32, label: Option<&Self>, id: Option<u32>, data: Option<&Self>) -> Self;

    /// This text with another behind it.
    fn concat(&self, other: &Self) -> Self;

    /// This text in lower case, with `_` for `-`. `None` where it is no text.
    fn fold(&self) -> Option<Self>;

    /// An empty list.
    fn empty_list() -> Self;

    /// Adds a value to a list, or a gap.
    fn push(&mut self, item: Option<Self>);

    /// Whether this is binary (an attachment) rather than text.
    fn is_binary(&self) -> bool;

    /// The size on the wire of a polling payload, in bytes: a text's as UTF-8, a binary's as base64 behind its mark.
    fn wire_len(&self) -> usize;

    /// Copies the code units of a text, or the bytes of a binary, from `from` on into `units`, as many as fit, and says how
    /// many that were.
    fn read(&self, from: usize, units: &mut [u16]) -> usize;

    /// The code unit of a text, or the byte of a binary, at an index.
    #[inline(never)]
    fn unit(&self, at: usize) -> Option<u16> {
        let mut unit = [0];
        let [first] = (self.read(at, &mut unit) == 1).then_some(unit)?;
        Some(first)
    }

    /// Where `unit` next stands in a text, from `from` on.
    fn find(&self, unit: u16, from: usize) -> Option<usize>;

    /// The part of a text from `from` up to (not including) `to`, in code units, or of a binary, in bytes. A `to` past the end
    /// means the end. All of it is another reference to the same.
    fn slice(&self, from: usize, to: usize) -> Self;

    /// Another reference to the same.
    #[inline(never)]
    fn share(&self) -> Self {
        self.slice(0, usize::MAX)
    }

    /// The text that a binary is in UTF-8. `None` where it is not UTF-8.
    fn decode_utf8(&self) -> Option<Self>;

    /// Decodes the base64 text from `from` on into a binary. `None` where it is not base64.
    fn decode_base64(&self, from: usize) -> Option<Self>;

    /// Parses the JSON that a text holds from `from` on, in place: the value takes the text's place.
    fn parse(&mut self, from: usize) -> Shape;

    /// Puts a list of attachments where a parsed value has placeholders. `false` where a placeholder names none of them.
    fn attach(&mut self, attachments: Self) -> bool;

    /// A reference to the member of a parsed value: of an object by its name, of an array by its index.
    fn get(&self, name: &str) -> Option<Self>;

    /// Whether both are the same text, or neither is there.
    fn equals(one: Option<&Self>, other: Option<&Self>) -> bool;

    /// Whether this is a text, or a parsed string, that isn't empty.
    fn is_text(&self) -> bool;

    /// Whether this is that text, or a parsed string that is.
    fn is(&self, text: &str) -> bool {
        self.is_text() && Self::equals(Some(self), Some(&Self::text(text)))
    }

    /// The number that a parsed value is.
    fn as_number(&self) -> Option<f64>;

    /// The number that a member is.
    #[inline(never)]
    fn number_at(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_number()
    }

    /// The text that a member is, unless that is empty.
    #[inline(never)]
    fn text_at(&self, name: &str) -> Option<Self> {
        self.get(name).filter(Self::is_text)
    }

    /// The time that a text names (ISO 8601), in milliseconds since 1970.
    fn as_time(&self) -> Option<f64>;

    /// The text that this one is base64url of (RFC 4648, section 5, without padding; UTF-8). `None` where it is none.
    fn decode_base64url(&self) -> Option<Self>;

    /// The JSON text of an event with one argument, itself JSON text; an empty object where there is none.
    fn event(name: &Self, argument: Option<&Self>) -> Self;

    /// The members of an object (a JSON text) as a query string, percent-encoded: strings as they are, others as their JSON.
    fn to_query(&self) -> Option<Self>;

    /// A reference to the last argument of a parsed event, where that is a string: the offset of state recovery.
    fn last_string(&self) -> Option<Self>;

    /// A JSON text: the members of `object` (an encoded object, where there is one) and `pid` and `offset`.
    fn with_recovery(object: Option<Self>, pid: &Self, offset: Option<&Self>) -> Self;
}

/// What a parsed JSON value is, as far as the protocol has rules about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Not JSON.
    Invalid,
    /// Nothing: the text had ended.
    Nothing,
    /// An array that begins with an event's name or number.
    Event,
    /// Another array (as an acknowledgement has), one that begins with a name reserved for the client's own events among
    /// them.
    Array,
    /// An object.
    Object,
    /// A string.
    String,
    /// Any other value.
    Other,
}
