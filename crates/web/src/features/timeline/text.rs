//! What is in a text: words and links.

/// A part of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part<'a> {
    /// Words.
    Words(&'a str),
    /// An address to follow: `http://` or `https://`, nothing else.
    Link(&'a str),
}

const SCHEMES: [&str; 2] = ["https://", "http://"];

/// Takes a text apart; together the parts are the text.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut words_from, mut at) = (0, 0);
    while let Some(found) = next_scheme(text, at) {
        let end = link_end(text, found);
        let begins_word = !text[..found].ends_with(|c: char| c.is_ascii_alphanumeric());
        let scheme_only = SCHEMES.contains(&&text[found..end]);
        if begins_word && !scheme_only {
            if found > words_from {
                parts.push(Part::Words(&text[words_from..found]));
            }
            parts.push(Part::Link(&text[found..end]));
            words_from = end;
        }
        at = end;
    }
    if words_from < text.len() {
        parts.push(Part::Words(&text[words_from..]));
    }
    parts
}

fn next_scheme(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    SCHEMES
        .iter()
        .filter_map(|scheme| rest.find(scheme))
        .min()
        .map(|found| from + found)
}

/// Up to white space, without the punctuation that belongs to the sentence.
fn link_end(text: &str, from: usize) -> usize {
    let link = &text[from..];
    let stop = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"');
    let link = &link[..link.find(stop).unwrap_or(link.len())];
    let mut end = link.len();
    while let Some(last) = link[..end].chars().next_back() {
        let opened = link[..end].contains('(') && last == ')';
        if opened || !matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | ')' | ']' | '}') {
            break;
        }
        end -= last.len_utf8();
    }
    from + end.max(
        SCHEMES
            .iter()
            .filter(|scheme| link.starts_with(**scheme))
            .map(|scheme| scheme.len())
            .max()
            .unwrap_or(1),
    )
}

/// Most characters of a text that is shown large.
const LARGE: usize = 8;

/// Whether there is nothing but a few pictographs.
pub fn is_pictographs(text: &str) -> bool {
    let pictograph =
        |c: char| matches!(u32::from(c), 0x1f000..=0x1faff | 0x2600..=0x27bf | 0x2b50 | 0x200d | 0xfe0f);
    !text.is_empty() && text.chars().count() <= LARGE && text.chars().all(pictograph)
}

#[cfg(test)]
mod tests {
    use super::{Part::*, is_pictographs, parts};

    #[test]
    fn links_are_web_addresses_without_the_sentence_around() {
        assert_eq!(
            parts("see https://a.example/x?y=1, (http://b.example)."),
            [
                Words("see "),
                Link("https://a.example/x?y=1"),
                Words(", ("),
                Link("http://b.example"),
                Words(")."),
            ]
        );
        assert_eq!(parts("https://e.org/a_(b)"), [Link("https://e.org/a_(b)")]);
        for text in [
            "javascript:alert(1)",
            "ftp://a",
            "https://",
            "xhttps://a",
            "",
            "plain",
        ] {
            let links = parts(text).into_iter().filter(|part| matches!(part, Link(_)));
            assert_eq!(links.count(), 0, "{text}");
        }
        for text in [
            "a https:// b",
            "https://. é https://é.example \u{202e}",
            "http://https://x",
        ] {
            let whole: String = parts(text)
                .iter()
                .map(|part| match part {
                    Words(part) | Link(part) => *part,
                })
                .collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn only_few_pictographs_are_large() {
        assert!(is_pictographs("🎉"));
        assert!(is_pictographs("👩‍🚀"));
        assert!(!is_pictographs("ok 🎉"));
        assert!(!is_pictographs(""));
        assert!(!is_pictographs(&"🎉".repeat(9)));
    }
}
