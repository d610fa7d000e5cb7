//! What a person types, as an expression of FTS5.

/// More words than that are left out.
const WORDS_MAX: usize = 32;

/// Each word a quoted string, so that nothing typed is syntax; the last one a prefix. `None` if there is no word.
pub(crate) fn expression(typed: &str) -> Option<String> {
    let separates = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<String> = typed
        .split(separates)
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(WORDS_MAX)
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    (!words.is_empty()).then(|| words.join(" ") + "*")
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn words_are_quoted_and_the_last_is_a_prefix() {
        assert_eq!(expression("  two  wor"), Some(r#""two" "wor"*"#.to_owned()));
        assert_eq!(
            expression(r#"a"b OR c*"#),
            Some(r#""a""b" "OR" "c*"*"#.to_owned())
        );
        assert_eq!(expression("a\0b"), Some(r#""a" "b"*"#.to_owned()));
        assert_eq!(expression(" \t … \"*\" "), None);
    }
}
