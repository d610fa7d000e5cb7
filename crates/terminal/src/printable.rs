//! Foreign text on a terminal.

use std::fmt::{self, Write};

/// Shows a text on one line, with everything escaped that would steer the terminal or turn the writing direction.
pub struct Printable<'a>(pub &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| {
            if steers(character) {
                write!(f, "{}", character.escape_default())
            } else {
                f.write_char(character)
            }
        })
    }
}

/// Control characters, line and paragraph separators, and the marks, embeddings, overrides and isolates of
/// bidirectional text (Unicode Standard Annex 9).
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{2028}' | '\u{2029}'
            | '\u{061C}' | '\u{200E}' | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_steers_the_terminal() {
        let hostile = "\x1b]0;owned\x07 \x1b[2J\r\nfrom: bob \u{9b}31m \u{202e}gpj.exe\u{2028}end\0\x7f";
        let shown = Printable(hostile).to_string();
        assert!(!shown.chars().any(steers), "{shown:?}");
        assert_eq!(
            shown,
            "\\u{1b}]0;owned\\u{7} \\u{1b}[2J\\r\\nfrom: bob \\u{9b}31m \\u{202e}gpj.exe\\u{2028}end\\u{0}\\u{7f}"
        );
    }

    #[test]
    fn ordinary_writing_stays_as_it_is() {
        for text in ["", "Grüße, Ωμέγα, 你好", "שלום", "👩\u{200d}🚀 \\ \"quoted\""] {
            assert_eq!(Printable(text).to_string(), text);
        }
    }
}
