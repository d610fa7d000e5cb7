//! Times for people and programs: RFC 3339, UTC, with milliseconds.

use serde::{Serialize, Serializer};
use sotto_keys::Timestamp;
use std::fmt;
use time::OffsetDateTime;

/// Shows a time as RFC 3339 does; one beyond the year 9999, which only a hostile clock claims, as the end of that year.
#[derive(Clone, Copy)]
pub struct Rfc3339(pub Timestamp);

/// The last millisecond that has four digits for its year.
const LAST: u64 = 253_402_300_799_999;

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = i128::from(self.0.as_millis().min(LAST));
        let time = OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000).map_err(|_| fmt::Error)?;
        let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
        let (hour, minute, second, millisecond) = time.to_hms_milli();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"
        )
    }
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_milliseconds() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_007, "2000-02-29T00:00:00.007Z"),
            (1_794_787_200_120, "2026-11-16T00:00:00.120Z"),
            (LAST, "9999-12-31T23:59:59.999Z"),
            (u64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Rfc3339(Timestamp::from_millis(millis)).to_string(), text);
        }
    }
}
