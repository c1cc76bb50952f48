//! Events that are told apart by a number, and whose content follows from it, so that a receiver sees what was damaged.

use std::rc::Rc;

use socketio_wasm::proto::timer::Millis;

use crate::support::Json;

/// A numbered event.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    pub number: u32,
    /// How many characters of text it carries.
    pub size: u32,
    /// How many attachments it has.
    pub attachments: u32,
    /// After how many milliseconds the receiver is to answer, where it wants an answer; none for never.
    pub answer: Option<u32>,
}

/// Characters of one to four bytes, and those that mean something in a payload or in JSON.
const CHARACTERS: [char; 8] = ['a', 'é', '€', '😀', '\u{1e}', '"', '-', 'b'];

impl Parcel {
    /// The arguments of the event, its name first.
    pub fn to_event(&self, name: &str) -> Json {
        let answer = self.answer.map_or(Json::Null, |after| Json::Number(f64::from(after)));
        let numbers = [self.number, self.size, self.attachments].map(|number| Json::Number(f64::from(number)));
        Json::event(
            name,
            numbers
                .into_iter()
                .chain([answer, self.text()])
                .chain((0..self.attachments).map(|index| self.binary(index))),
        )
    }

    /// Reads what [`to_event`](Self::to_event) wrote; an offset of state recovery may follow.
    pub fn of_event(event: &Json, name: &str) -> Self {
        let at = |index: usize| event.get(&index.to_string());
        let number = |index| at(index).and_then(Json::as_number).map(|number| number as u32);
        let parcel = Self {
            number: number(1).unwrap(),
            size: number(2).unwrap(),
            attachments: number(3).unwrap(),
            answer: number(4),
        };
        let (Json::Array(expected), Json::Array(actual)) = (parcel.to_event(name), event) else {
            panic!("not an event: {event:?}");
        };
        assert_eq!(expected, actual[..expected.len()], "an event was damaged");
        assert!(actual.len() <= expected.len() + 1, "{actual:?}");
        parcel
    }

    /// The arguments with which it is to be answered.
    pub fn to_answer(&self) -> Json {
        let mut values = vec![Json::Number(f64::from(self.number))];
        values.extend((self.attachments > 0).then(|| self.binary(9)));
        Json::Array(values)
    }

    /// When it is to be answered, if it arrives at `now`.
    pub fn answer_at(&self, now: Millis) -> Option<Millis> {
        self.answer.map(|after| now + f64::from(after))
    }

    fn text(&self) -> Json {
        let characters = CHARACTERS.iter().cycle().skip(self.number as usize % CHARACTERS.len());
        Json::string(&characters.take(self.size as usize).collect::<String>())
    }

    fn binary(&self, index: u32) -> Json {
        let bytes: Rc<[u8]> = (0..self.size % 7 + index)
            .map(|byte| (byte + self.number) as u8)
            .collect();
        Json::Binary(bytes)
    }
}
