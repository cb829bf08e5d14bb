//! Periods: calendar spans with ids that say them, due neither before their cut-off nor long after.

use std::collections::HashSet;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::lookup::{Lint, about};
use crate::plan::model::{Period, PeriodKind};
use crate::plan::reader::Location;

pub(super) fn check(lint: &Lint<'_, '_>) {
    let mut unsure: HashSet<PeriodKind> = HashSet::new();
    for (period, location) in lint.draft.periods.iter() {
        if !one_period(lint, period, location) {
            unsure.insert(period.kind);
        }
    }
    for kind in [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year] {
        // A gap beside a period that is wrong itself is only a consequence.
        if lint.draft.periods.is_complete() && !unsure.contains(&kind) {
            gaps(lint, kind);
        }
    }
}

/// The days after a period's end until which its figures may be due; later is a slip of the year
/// (the project's choice).
const DUE_WITHIN: i64 = 180;

/// True when the period is one of the calendar and its id says which.
fn one_period(lint: &Lint<'_, '_>, period: &Period, location: &Location<'_>) -> bool {
    let Some((id, to)) = calendar(period.kind, period.from) else {
        let message = about("plan.problem.period_start", period.id.as_str());
        lint.problems
            .error(location.of("from"), message.with("from", period.from));
        return false;
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
    if !(period.from..=to).contains(&period.cut_off) {
        let message = about("plan.problem.cut_off_outside", period.id.as_str())
            .with("from", period.from)
            .with("to", to);
        lint.problems.error(location.of("cut_off"), message);
    }
    if period.due < period.cut_off {
        let message = about("plan.problem.due_before_cut_off", period.id.as_str())
            .with("due", period.due)
            .with("date", period.cut_off);
        lint.problems.error(location.of("due"), message);
    } else if period.due.signed_duration_since(to).num_days() > DUE_WITHIN {
        let message = about("plan.problem.due_late", period.id.as_str())
            .with("due", period.due)
            .with("to", to);
        lint.problems.warning(location.of("due"), message);
    }
    period.id.as_str() == id && period.to == to
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

/// Periods of one kind leave no days between them. (Two of the calendar cannot overlap without
/// being the same one, which is said of their ids.)
fn gaps(lint: &Lint<'_, '_>, kind: PeriodKind) {
    let mut before: Option<&Period> = None;
    let of_kind = |(period, _): &(&Period, &Location<'_>)| period.kind == kind;
    for (period, location) in lint.draft.periods.iter().filter(of_kind) {
        if let Some(earlier) = before
            && earlier.to.checked_add_days(Days::new(1)) < Some(period.from)
        {
            let message = about("plan.problem.period_gap", period.id.as_str())
                .with("other", earlier.id.as_str())
                .with("to", earlier.to);
            lint.problems.warning(location.of("from"), message);
        }
        before = Some(period);
    }
}
