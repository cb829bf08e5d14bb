//! What people call a period: "Quý 2/2025", never its id.

use chrono::Datelike;

use super::model::{Period, PeriodKind};
use crate::base::Message;

impl Period {
    /// The name of the period where it stands alone: "Năm 2023", "6 tháng 2023", "Quý 4/2023",
    /// "Tháng 3/2023".
    pub fn name(&self) -> Message {
        self.named([
            "period.year",
            "period.half",
            "period.quarter",
            "period.month",
        ])
    }

    /// The name inside a sentence: "năm 2023", "6 tháng 2023", "quý 4/2023".
    pub fn name_inside(&self) -> Message {
        self.named([
            "check.period.year",
            "check.period.half",
            "check.period.quarter",
            "check.period.month",
        ])
    }

    /// The name in the head of a column: "6T 2023", "năm 2022".
    pub fn name_short(&self) -> Message {
        self.named([
            "period.year_short",
            "period.half_short",
            "period.quarter_short",
            "period.month_short",
        ])
    }

    /// The period by the texts for a year, a half, a quarter and a month.
    fn named(&self, [year, half, quarter, month]: [&'static str; 4]) -> Message {
        let of_year = self.from.month();
        let (key, number) = match self.kind {
            PeriodKind::Year => (year, 0),
            PeriodKind::Half => (half, 0),
            PeriodKind::Quarter => (quarter, of_year.div_ceil(3)),
            PeriodKind::Month => (month, of_year),
        };
        Message::new(key)
            .with("year", self.from.year().to_string())
            .with("number", number.to_string())
    }
}
