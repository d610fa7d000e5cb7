//! Which language the page speaks, and what the browser knows about it.

use super::catalogue::{Plural, Words};
use super::english::ENGLISH;
use wasm_bindgen::JsValue;

/// A language that the page speaks.
pub struct Language {
    /// Its BCP 47 tag, such as `en`.
    pub tag: &'static str,
    /// Its sentences.
    pub words: &'static Words,
}

/// All of them; the first one is for those whose own isn't here.
static LANGUAGES: [Language; 1] = [Language {
    tag: "en",
    words: &ENGLISH,
}];

thread_local! {
    static CHOSEN: &'static Language = choose();
    static PLURALS: js_sys::Intl::PluralRules = js_sys::Intl::PluralRules::new(&locales(), &js_sys::Object::new());
}

/// The language in use.
pub fn language() -> &'static Language {
    CHOSEN.with(|chosen| *chosen)
}

/// The sentences in use.
pub fn words() -> &'static Words {
    language().words
}

/// The first of the person's languages that is here.
fn choose() -> &'static Language {
    let wanted = web_sys::window().map(|window| window.navigator().languages());
    let wanted = wanted
        .iter()
        .flat_map(|tags| tags.iter())
        .filter_map(|tag| tag.as_string());
    let known = |tag: String| {
        let primary = tag.split('-').next().unwrap_or_default().to_owned();
        LANGUAGES.iter().find(|language| language.tag == primary)
    };
    wanted.filter_map(known).next().unwrap_or(&LANGUAGES[0])
}

/// For `Intl`: the person's own variant of the language (so that an Irish page has Irish dates), then the language.
pub(super) fn locales() -> js_sys::Array {
    let tag = language().tag;
    let all = js_sys::Array::new();
    if let Some(window) = web_sys::window() {
        let of_language = |wanted: &JsValue| wanted.as_string().is_some_and(|wanted| wanted.starts_with(tag));
        window
            .navigator()
            .languages()
            .iter()
            .filter(of_language)
            .for_each(|wanted| {
                all.push(&wanted);
            });
    }
    all.push(&tag.into());
    all
}

impl Plural {
    /// The form for that many, with `{n}` filled in.
    pub fn of(&self, n: u32) -> String {
        let category = PLURALS.with(|rules| rules.select(f64::from(n))).as_string();
        let form = match category.as_deref() {
            Some("one") => self.one,
            Some("few") => self.few.unwrap_or(self.other),
            Some("many") => self.many.unwrap_or(self.other),
            _ => self.other,
        };
        super::fill(form, &[("n", &n.to_string())])
    }
}
