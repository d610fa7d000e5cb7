//! Dates and times as the person's language writes them.

use super::locale::locales;
use super::words;
use js_sys::{Date, Function, Intl::DateTimeFormat, Object, Reflect};
use sotto_web_worker::messages::Timestamp;
use wasm_bindgen::JsValue;

/// A day on the calendar of this device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day {
    year: u32,
    month: u32,
    date: u32,
}

/// Making a formatter is slow, using one isn't.
struct Formats {
    time: Function,
    weekday: Function,
    day_of_year: Function,
    day: Function,
    short_day: Function,
    full: Function,
}

thread_local! {
    static FORMATS: Formats = Formats {
        time: format(&[("hour", "numeric"), ("minute", "2-digit")]),
        weekday: format(&[("weekday", "short")]),
        day_of_year: format(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]),
        day: format(&[("day", "numeric"), ("month", "long"), ("year", "numeric")]),
        short_day: format(&[("day", "numeric"), ("month", "short")]),
        full: format(&[("dateStyle", "medium"), ("timeStyle", "medium")]),
    };
}

fn format(options: &[(&str, &str)]) -> Function {
    let object = Object::new();
    for (key, value) in options {
        // Setting a property of a fresh object can't fail.
        let _ = Reflect::set(&object, &(*key).into(), &(*value).into());
    }
    DateTimeFormat::new(&locales(), &object).format()
}

fn apply(which: impl FnOnce(&Formats) -> &Function, date: &Date) -> String {
    FORMATS
        .with(|formats| which(formats).call1(&JsValue::UNDEFINED, date))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn date(at: Timestamp) -> Date {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds fit into 53 bits for 285,000 years"
    )]
    Date::new(&JsValue::from_f64(at.as_millis() as f64))
}

impl Day {
    /// The day of a moment.
    pub fn of(at: Timestamp) -> Self {
        Self::of_date(&date(at))
    }

    fn of_date(date: &Date) -> Self {
        Self {
            year: date.get_full_year(),
            month: date.get_month(),
            date: date.get_date(),
        }
    }

    /// How many days ago it was.
    fn age(self) -> i64 {
        let midnight =
            |day: Self| Date::new_with_year_month_day(day.year, day.month as i32, day.date as i32).get_time();
        let age = midnight(Self::of_date(&Date::new_0())) - midnight(self);
        (age / 86_400_000.0).round() as i64
    }
}

/// `14:05`.
pub fn time_of_day(at: Timestamp) -> String {
    apply(|formats| &formats.time, &date(at))
}

/// `Today`, `Yesterday`, `Thursday 8 May`, or `8 May 2025`.
pub fn day(at: Timestamp) -> String {
    match Day::of(at).age() {
        0 => words().dates.today.to_owned(),
        1 => words().dates.yesterday.to_owned(),
        2..=300 => apply(|formats| &formats.day_of_year, &date(at)),
        _ => apply(|formats| &formats.day, &date(at)),
    }
}

/// As short as a list needs: `14:05`, `Yesterday`, `Thu`, or `8 May`.
pub fn list_time(at: Timestamp) -> String {
    match Day::of(at).age() {
        0 => time_of_day(at),
        1 => words().dates.yesterday.to_owned(),
        2..=6 => apply(|formats| &formats.weekday, &date(at)),
        _ => apply(|formats| &formats.short_day, &date(at)),
    }
}

/// `8 May 2025, 14:05:09`.
pub fn date_and_time(at: Timestamp) -> String {
    apply(|formats| &formats.full, &date(at))
}
