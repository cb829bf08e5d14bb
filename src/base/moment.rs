//! Moments as people read them: entries carry milliseconds in UTC; which day and hour that is
//! depends on a time zone, which the plan names.

use chrono::{DateTime, FixedOffset, NaiveDate};

/// The moment in a time zone; `None` past the end of calendars.
fn local(millis: u64, zone: FixedOffset) -> Option<DateTime<FixedOffset>> {
    let utc = DateTime::from_timestamp_millis(i64::try_from(millis).ok()?)?;
    Some(utc.with_timezone(&zone))
}

/// The day of a moment (milliseconds since 1970-01-01 UTC); `None` past the end of calendars.
pub fn day(millis: u64, zone: FixedOffset) -> Option<NaiveDate> {
    local(millis, zone).map(|at| at.date_naive())
}

/// The day as "02/10/2023"; empty past the end of calendars.
pub fn short_day(millis: u64, zone: FixedOffset) -> String {
    day(millis, zone)
        .map(|day| day.format("%d/%m/%Y").to_string())
        .unwrap_or_default()
}

/// Day and time as "14/11/2023 09:12"; empty past the end of calendars.
pub fn short_time(millis: u64, zone: FixedOffset) -> String {
    local(millis, zone)
        .map(|at| at.format("%d/%m/%Y %H:%M").to_string())
        .unwrap_or_default()
}
