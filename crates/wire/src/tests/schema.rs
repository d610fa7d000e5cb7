//! `sotto.proto` is what others implement from; `src/proto.rs` is what runs. They say the same.

use std::collections::{BTreeMap, BTreeSet};

const PROTO: &str = include_str!("../../sotto.proto");
const RUST: &str = include_str!("../proto.rs");

/// A field: its name, its type with `repeated` where it is, and the `oneof` it is in.
type Field = (String, String, Option<String>);
/// Messages by name, their fields by number.
type Schema = BTreeMap<String, BTreeMap<u32, Field>>;

#[test]
fn the_schema_and_the_code_agree() {
    let (written, running) = (parse_proto(PROTO), parse_rust(RUST));
    assert!(written.len() >= 20, "the parser went blind: {}", written.len());
    assert_eq!(written, running);
}

#[test]
fn a_difference_is_seen() {
    let changes = [
        ("bytes token = 1", "bytes token = 3"),
        ("bytes token = 1", "string token = 1"),
        ("bytes token = 1", "bytes tokens = 1"),
        ("repeated bytes stale", "bytes stale"),
        ("Ping pong = 8", "Prekeys pong = 8"),
        ("oneof body {\n    Text", "oneof said {\n    Text"),
        ("message Drained {}", ""),
    ];
    for (from, to) in changes {
        assert!(PROTO.contains(from), "{from}");
        assert_ne!(
            parse_proto(&PROTO.replacen(from, to, 1)),
            parse_rust(RUST),
            "{from}"
        );
    }
}

fn parse_proto(text: &str) -> Schema {
    let without_comments = text.lines().map(|line| line.split("//").next().unwrap_or(line));
    let spaced = without_comments.collect::<Vec<_>>().join("\n");
    let spaced = ["{", "}", ";", "="]
        .iter()
        .fold(spaced, |text, sign| text.replace(sign, &format!(" {sign} ")));
    let mut schema = Schema::new();
    let (mut message, mut oneof) = (None::<String>, None::<String>);
    let mut statement = Vec::new();
    for token in spaced.split_whitespace() {
        match (token, statement.as_slice()) {
            ("{", ["message", name]) => {
                message = Some((*name).to_owned());
                schema.insert((*name).to_owned(), BTreeMap::new());
            }
            ("{", ["oneof", name]) => oneof = Some((*name).to_owned()),
            ("}", _) => drop(oneof.take().or_else(|| message.take())),
            (";", ["syntax", ..] | ["package", ..]) => {}
            (";", [kind @ .., name, "=", number]) => {
                let field = ((*name).to_owned(), kind.join(" "), oneof.clone());
                let fields = schema.get_mut(message.as_ref().unwrap()).unwrap();
                assert!(
                    fields.insert(number.parse().unwrap(), field).is_none(),
                    "{name}: its number is taken"
                );
            }
            ("{" | ";", other) => panic!("not understood: {other:?}"),
            (part, _) => {
                statement.push(part);
                continue;
            }
        }
        statement.clear();
    }
    schema
}

/// Reads the attributes of prost, each with the field or variant that follows it.
fn parse_rust(text: &str) -> Schema {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let (mut container, mut attribute) = (String::new(), None::<String>);
    for line in text.lines().map(str::trim) {
        let mut rest = line;
        if let Some((attr, after)) = line
            .strip_prefix("#[prost(")
            .and_then(|line| line.split_once(")]"))
        {
            attribute = Some(attr.to_owned());
            rest = after.trim();
        }
        match attribute.take() {
            Some(attr) if rest.is_empty() => attribute = Some(attr),
            Some(attr) => {
                let item = rest.trim_start_matches("pub ").trim_end_matches(',');
                found.get_mut(&container).unwrap().push((attr, item.to_owned()));
            }
            None => {
                if let Some(name) = container_name(rest) {
                    container = name.to_owned();
                    found.insert(container.clone(), Vec::new());
                }
            }
        }
    }
    messages(&found)
}

/// `pub struct X {`, `pub enum X {`, and `X {` and `X {}` in the macro.
fn container_name(line: &str) -> Option<&str> {
    let line = line.strip_suffix("{}").or(line.strip_suffix('{'))?.trim();
    let name = line
        .strip_prefix("pub struct ")
        .or(line.strip_prefix("pub enum "))
        .unwrap_or(line);
    (name.starts_with(|first: char| first.is_ascii_uppercase()) && name.chars().all(char::is_alphanumeric))
        .then_some(name)
}

fn messages(found: &BTreeMap<String, Vec<(String, String)>>) -> Schema {
    let mut oneofs = BTreeSet::new();
    let mut schema = Schema::new();
    for (container, items) in found {
        let mut fields = BTreeMap::new();
        for (attr, item) in items {
            let (name, kind) = item.split_once(':').unwrap_or((item, ""));
            let Some(of) = quoted(attr, "oneof") else {
                fields.insert(number(attr), field(attr, name, kind.trim(), None));
                continue;
            };
            oneofs.insert(of);
            let numbers: BTreeSet<u32> = quoted(attr, "tags")
                .unwrap()
                .split(", ")
                .map(|number| number.parse().unwrap())
                .collect();
            assert_eq!(
                numbers,
                found[of].iter().map(|(attr, _)| number(attr)).collect(),
                "the numbers of {of}"
            );
            for (attr, variant) in &found[of] {
                let (variant, kind) = variant.trim_end_matches(')').split_once('(').unwrap();
                fields.insert(number(attr), field(attr, &snake_case(variant), kind, Some(name)));
            }
        }
        schema.insert(container.clone(), fields);
    }
    schema.retain(|name, _| !oneofs.contains(name.as_str()));
    schema
}

fn field(attr: &str, name: &str, rust: &str, oneof: Option<&str>) -> Field {
    let mut words = attr.split(", ");
    let kind = match words.next().unwrap() {
        "message" => rust
            .trim_start_matches("Option<")
            .trim_start_matches("Vec<")
            .trim_end_matches('>'),
        scalar => scalar.split(" =").next().unwrap(),
    };
    let repeated = if words.any(|word| word == "repeated") {
        "repeated "
    } else {
        ""
    };
    (
        name.to_owned(),
        format!("{repeated}{kind}"),
        oneof.map(str::to_owned),
    )
}

fn number(attr: &str) -> u32 {
    quoted(attr, "tag").unwrap().parse().unwrap()
}

/// The value of `key = "value"`.
fn quoted<'a>(attr: &'a str, key: &str) -> Option<&'a str> {
    let (_, value) = attr.split_once(&format!("{key} = \""))?;
    value.split('"').next()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
