//! Periods: calendar spans with ids that say them, none twice, none due before it is cut off.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::lookup::{Lint, about};
use crate::plan::model::{Period, PeriodKind};
use crate::plan::reader::Location;

pub(super) fn check(lint: &Lint<'_, '_>) {
    for (period, location) in lint.draft.periods.iter() {
        one_period(lint, period, location);
    }
    for kind in [
        PeriodKind::Month,
        PeriodKind::Quarter,
        PeriodKind::Half,
        PeriodKind::Year,
    ] {
        one_kind(lint, kind);
    }
}

fn one_period(lint: &Lint<'_, '_>, period: &Period, location: &Location<'_>) {
    let Some((id, to)) = calendar(period.kind, period.from) else {
        let message = about("plan.problem.period_start", period.id.as_str());
        lint.problems
            .error(location.of("from"), message.with("from", period.from));
        return;
    };
    if period.id.as_str() != id {
        let message = about("plan.problem.period_id", period.id.as_str()).with("near", id.as_str());
        lint.problems.error(location.of("id"), message);
    }
    if period.to != to {
        let message =
            about("plan.problem.period_end", period.id.as_str()).with("to", to.to_string());
        lint.problems.error(location.of("to"), message);
    }
    if !(period.from..=period.to).contains(&period.cut_off) {
        let message = about("plan.problem.cut_off_outside", period.id.as_str())
            .with("from", period.from)
            .with("to", period.to);
        lint.problems.error(location.of("cut_off"), message);
    }
    if period.due < period.cut_off {
        let message = about("plan.problem.due_before_cut_off", period.id.as_str())
            .with("due", period.due)
            .with("date", period.cut_off);
        lint.problems.error(location.of("due"), message);
    }
}

/// The id and last day that a period of this kind from this day must have.
fn calendar(kind: PeriodKind, from: NaiveDate) -> Option<(String, NaiveDate)> {
    let (year, month) = (from.year(), from.month());
    let (id, months) = match kind {
        PeriodKind::Month => (format!("{year:04}-M{month:02}"), 1),
        PeriodKind::Quarter => (format!("{year:04}-Q{}", month.div_ceil(3)), 3),
        PeriodKind::Half => (format!("{year:04}-6T"), 6),
        PeriodKind::Year => (format!("{year:04}"), 12),
    };
    let starts = match kind {
        PeriodKind::Month => true,
        PeriodKind::Quarter => month % 3 == 1,
        PeriodKind::Half | PeriodKind::Year => month == 1,
    };
    let to = from
        .checked_add_months(Months::new(months))?
        .checked_sub_days(Days::new(1))?;
    (starts && from.day() == 1).then_some((id, to))
}

/// Periods of one kind neither overlap nor, halves apart, leave days between them.
fn one_kind(lint: &Lint<'_, '_>, kind: PeriodKind) {
    let mut before: Option<&Period> = None;
    let of_kind = |(period, _): &(&Period, &Location<'_>)| period.kind == kind;
    for (period, location) in lint.draft.periods.iter().filter(of_kind) {
        if let Some(earlier) = before.filter(|earlier| earlier.id != period.id) {
            let message = |key| {
                about(key, period.id.as_str())
                    .with("other", earlier.id.as_str())
                    .with("to", earlier.to)
            };
            let next = earlier.to.checked_add_days(Days::new(1));
            if period.from <= earlier.to {
                lint.problems
                    .error(location.of("from"), message("plan.problem.periods_overlap"));
            } else if kind != PeriodKind::Half && Some(period.from) != next {
                lint.problems
                    .warning(location.of("from"), message("plan.problem.period_gap"));
            }
        }
        before = Some(period);
    }
}
