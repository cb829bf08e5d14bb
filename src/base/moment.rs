//! Moments as people in Vietnam read them: entries carry milliseconds in UTC, the clerks' clocks
//! stand seven hours ahead all year.

use chrono::{DateTime, FixedOffset, NaiveDate};

fn local(millis: u64) -> Option<DateTime<FixedOffset>> {
    let zone = FixedOffset::east_opt(7 * 3600)?;
    let utc = DateTime::from_timestamp_millis(i64::try_from(millis).ok()?)?;
    Some(utc.with_timezone(&zone))
}

/// The day of a moment (milliseconds since 1970-01-01 UTC); `None` past the end of calendars.
pub fn day(millis: u64) -> Option<NaiveDate> {
    local(millis).map(|at| at.date_naive())
}

/// The day of a moment as "02/10/2023"; empty past the end of calendars.
pub fn short_day(millis: u64) -> String {
    day(millis)
        .map(|day| day.format("%d/%m/%Y").to_string())
        .unwrap_or_default()
}

/// A moment as "14/11/2023 09:12"; empty past the end of calendars.
pub fn short_time(millis: u64) -> String {
    local(millis)
        .map(|at| at.format("%d/%m/%Y %H:%M").to_string())
        .unwrap_or_default()
}
