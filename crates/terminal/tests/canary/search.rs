//! Looks for secrets in heaps of bytes, whole or in part, plain or encoded.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// So many bytes of a secret in a row, wherever they lie in it, give it away.
const WINDOW: usize = 16;
/// Sixteen bytes of a key have more different ones than that; what has fewer is lengths and counters.
const VARIED: usize = 10;

/// What is looked for.
pub struct Needles {
    names: Vec<String>,
    windows: HashMap<[u8; WINDOW], usize>,
    /// One bit for each possible beginning of a window: most places are passed over by this alone.
    beginnings: Vec<u64>,
}

/// In what form something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    Plain,
    Hex,
    Base64,
    /// As numbers with commas between: how Rust's `Debug` and JSON write bytes.
    Decimal,
}

/// A leak.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub needle: String,
    pub place: String,
    pub form: Form,
}

impl Finding {
    pub fn new(needle: &str, place: &str, form: Form) -> Self {
        let (needle, place) = (needle.to_owned(), place.to_owned());
        Self { needle, place, form }
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} ({:?})", self.needle, self.place, self.form)
    }
}

impl Needles {
    pub fn new() -> Self {
        Self {
            names: Vec::new(),
            windows: HashMap::new(),
            beginnings: vec![0; (1 << 24) / 64],
        }
    }

    /// A text, also as UTF-16.
    pub fn text(&mut self, name: &str, text: &str) {
        assert!(text.len() >= WINDOW, "{name} is too short to be told from chance");
        let wide = || text.encode_utf16();
        self.windows(name, text.as_bytes(), 1);
        self.windows(name, &wide().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), 1);
        self.windows(name, &wide().flat_map(u16::to_be_bytes).collect::<Vec<_>>(), 1);
    }

    /// A key, or something with keys in it.
    pub fn key(&mut self, name: &str, bytes: &[u8]) {
        self.windows(name, bytes, VARIED);
    }

    fn windows(&mut self, name: &str, bytes: &[u8], varied: usize) {
        let number = self.names.len();
        self.names.push(name.to_owned());
        for window in bytes.windows(WINDOW) {
            if window.iter().collect::<BTreeSet<_>>().len() >= varied {
                let (word, bit) = beginning(window);
                self.beginnings[word] |= bit;
                self.windows.entry(window.try_into().unwrap()).or_insert(number);
            }
        }
    }

    /// How many windows are looked for.
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// What is found in a place.
    pub fn search(&self, place: &str, bytes: &[u8]) -> BTreeSet<Finding> {
        let mut findings = BTreeSet::new();
        let mut look = |form, bytes: &[u8]| {
            findings.extend(
                self.hits(bytes)
                    .into_iter()
                    .map(|number| Finding::new(&self.names[number], place, form)),
            );
        };
        look(Form::Plain, bytes);
        hex(bytes, |decoded| look(Form::Hex, decoded));
        base64(bytes, |decoded| look(Form::Base64, decoded));
        decimal(bytes, |decoded| look(Form::Decimal, decoded));
        findings
    }

    fn hits(&self, bytes: &[u8]) -> BTreeSet<usize> {
        let mut hits = BTreeSet::new();
        for window in bytes.windows(WINDOW) {
            let (word, bit) = beginning(window);
            if self.beginnings[word] & bit != 0
                && let Some(number) = self.windows.get(window)
            {
                hits.insert(*number);
            }
        }
        hits
    }
}

fn beginning(window: &[u8]) -> (usize, u64) {
    let index = usize::from(window[0]) << 16 | usize::from(window[1]) << 8 | usize::from(window[2]);
    (index / 64, 1 << (index % 64))
}

/// Decodes each run of hexadecimal digits, from its first digit and from its second.
fn hex(bytes: &[u8], mut found: impl FnMut(&[u8])) {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    for run in runs(bytes, 2 * WINDOW, digit) {
        for start in 0..2 {
            let pairs = run[start..].chunks_exact(2);
            found(&pairs.map(|pair| pair[0] << 4 | pair[1]).collect::<Vec<_>>());
        }
    }
}

/// Decodes each run of base64 digits, of either alphabet, from each of its first four.
fn base64(bytes: &[u8], mut found: impl FnMut(&[u8])) {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    for run in runs(bytes, 4 * WINDOW / 3, digit) {
        for start in 0..4 {
            found(&sextets(&run[start..]));
        }
    }
}

fn sextets(digits: &[u8]) -> Vec<u8> {
    let (mut decoded, mut bits, mut count) = (Vec::new(), 0_u16, 0);
    for digit in digits {
        bits = bits << 6 | u16::from(*digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    decoded
}

/// The values of each run of digits that is long enough to hold a window.
fn runs(bytes: &[u8], shortest: usize, digit: impl Fn(u8) -> Option<u8>) -> Vec<Vec<u8>> {
    let (mut runs, mut run) = (Vec::new(), Vec::new());
    for byte in bytes.iter().map(|byte| digit(*byte)).chain([None]) {
        match byte {
            Some(value) => run.push(value),
            None if run.len() >= shortest => runs.push(std::mem::take(&mut run)),
            None => run.clear(),
        }
    }
    runs
}

/// Decodes each list of numbers up to 255.
fn decimal(bytes: &[u8], mut found: impl FnMut(&[u8])) {
    let in_list = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b',' | b' ' | b'\n' | b'\r' | b'\t');
    for list in bytes.split(|byte| !in_list(byte)) {
        if list.len() < 2 * WINDOW {
            continue;
        }
        let numbers = list
            .split(|byte| !byte.is_ascii_digit())
            .filter(|number| !number.is_empty());
        let numbers = numbers.map(|number| std::str::from_utf8(number).unwrap().parse::<u8>().ok());
        for run in numbers.collect::<Vec<_>>().split(Option::is_none) {
            found(&run.iter().flatten().copied().collect::<Vec<_>>());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD_NO_PAD;

    fn key() -> Vec<u8> {
        (0..32_u8).map(|number| number.wrapping_mul(167) ^ 0x5a).collect()
    }

    fn forms(hay: &[u8]) -> Vec<Form> {
        let mut needles = Needles::new();
        needles.key("key", &key());
        needles.text("text", "not to be read by others");
        needles
            .search("hay", hay)
            .into_iter()
            .map(|finding| finding.form)
            .collect()
    }

    #[test]
    fn a_part_of_a_secret_is_found_in_each_form() {
        let part = &key()[5..21];
        let digits = part.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        assert_eq!(forms(&[b"before", part, b"after"].concat()), [Form::Plain]);
        assert_eq!(forms(format!("f{digits}").as_bytes()), [Form::Hex]);
        assert_eq!(forms(format!("key: {part:?}").as_bytes()), [Form::Decimal]);
        assert_eq!(forms(format!("key: {part:#?}").as_bytes()), [Form::Decimal]);
        for before in ["", "1", "12"] {
            // Base64 of what stands before shifts the digits of what follows.
            let encoded = STANDARD_NO_PAD.encode([before.as_bytes(), part].concat());
            assert_eq!(forms(format!("=={encoded}==").as_bytes()), [Form::Base64]);
            assert_eq!(forms(format!("x{encoded}").as_bytes()), [Form::Base64]);
        }
        let wide: Vec<u8> = "to be read by others"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(forms(&wide), [Form::Plain]);
    }

    #[test]
    fn less_than_a_window_or_something_else_is_not() {
        assert_eq!(forms(&key()[..WINDOW - 1]), []);
        let mut other = key()[..WINDOW].to_vec();
        other[9] ^= 1;
        assert_eq!(forms(&other), []);
        assert_eq!(forms(b"not to be read"), []);
        assert_eq!(forms(b""), []);
    }
}
