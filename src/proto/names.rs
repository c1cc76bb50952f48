//! The texts of enumerations.

use super::engine::url::cut;

/// Gives each variant of `$type` a text; all of them, in their order. One text for all takes fewer bytes than a table, which
/// has an address and a length for each.
macro_rules! texts {
    ($value:expr, $type:ident { $($variant:ident: $text:expr),* $(,)? }) => {{
        const {
            let place = 0;
            $(
                assert!($type::$variant as usize == place);
                let place = place + 1;
            )*
            let _ = place;
        }
        $crate::proto::names::line(concat!($($text, "\n"),*), $value as usize)
    }};
}

pub(crate) use texts;

/// A line of a text by its number, 0 for the first.
#[inline(never)]
pub(crate) fn line(text: &'static str, number: usize) -> &'static str {
    let mut rest = text;
    for _ in 0..number {
        rest = cut(rest, b'\n').1;
    }
    cut(rest, b'\n').0
}

/// Whether a word is one of those of a text, which have spaces between them.
#[inline(never)]
pub(crate) fn has_word(words: &str, word: &str) -> bool {
    let mut rest = words;
    while !rest.is_empty() {
        let first;
        (first, rest) = cut(rest, b' ');
        if first == word {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{has_word, line};

    #[test]
    fn finds_a_line_by_its_number() {
        assert_eq!(line("one\n\nthree\n", 0), "one");
        assert_eq!(line("one\n\nthree\n", 1), "");
        assert_eq!(line("one\n\nthree\n", 2), "three");
        assert_eq!(line("one\n\nthree\n", 3), "");
    }

    #[test]
    fn finds_whole_words_alone() {
        for word in ["te", "cookie", "cookie2"] {
            assert!(has_word("cookie cookie2 te", word), "{word}");
        }
        for word in ["", " ", "t", "cook", "cookie cookie2"] {
            assert!(!has_word("cookie cookie2 te", word), "{word}");
        }
    }
}
