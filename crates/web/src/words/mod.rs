//! Every sentence that the interface says. A language is one [`Words`]; the compiler sees to it that it is whole.

mod catalogue;
mod dates;
mod english;
mod locale;

pub use dates::{Day, date_and_time, day, list_time, time_of_day};
pub use locale::words;

/// Puts values into the places `{name}` of a sentence.
pub fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(key, _)| *key == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn values_go_where_their_names_stand() {
        assert_eq!(fill("{n} of {all}", &[("all", "9"), ("n", "2")]), "2 of 9");
        assert_eq!(fill("plain", &[]), "plain");
        assert_eq!(fill("{gone}!", &[]), "!");
        assert_eq!(
            fill("a {v} b", &[("v", "{v}")]),
            "a {v} b",
            "values are not read again"
        );
    }
}
