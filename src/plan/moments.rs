//! Moments in the plan's time zone.

use chrono::NaiveDate;

use super::model::Plan;
use crate::base::moment;

impl Plan {
    /// The day of a moment (milliseconds since 1970-01-01 UTC) in the plan's time zone; `None`
    /// past the end of calendars.
    pub fn day(&self, millis: u64) -> Option<NaiveDate> {
        moment::day(millis, self.utc_offset)
    }

    /// The day of a moment in the plan's time zone as "02/10/2023"; empty past the end of
    /// calendars.
    pub fn short_day(&self, millis: u64) -> String {
        moment::short_day(millis, self.utc_offset)
    }

    /// Day and time of a moment in the plan's time zone as "14/11/2023 09:12"; empty past the end
    /// of calendars.
    pub fn short_time(&self, millis: u64) -> String {
        moment::short_time(millis, self.utc_offset)
    }
}
