//! Names and values between Rust, which plans with them, and the host, which sends them.

use crate::proto::Data;
use crate::proto::auth::Secret;
use crate::web::Payload;

/// The names and values of a query, decoded. A percent sign that encodes nothing stands for itself, and what encodes no UTF-8 is
/// left as it is.
pub(super) fn parameters(query: &str) -> Vec<(String, Secret)> {
    let list = Payload::parameters(query);
    let text = |index| list.item(index).and_then(|item: Payload| item.as_text());
    (0..list.count())
        .step_by(2)
        .filter_map(|index| Some((text(index)?, Secret::new(text(index + 1)?))))
        .collect()
}

/// A list of texts, where there are any.
pub(super) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Payload> {
    let mut list = None;
    for text in texts {
        list.get_or_insert_with(Payload::empty_list).append(text);
    }
    list
}

/// A list of names and values in turn, where there are any.
pub(super) fn pairs(pairs: &[(String, Secret)]) -> Option<Payload> {
    texts(pairs.iter().flat_map(|(name, value)| [name, value.expose()]))
}
