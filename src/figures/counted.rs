//! Counted measures: agencies with a woman, sub-periods that reach a number (`settled.md` 15).

use super::counts::{FormulaCounts, Sum};
use super::figure::MissingInput;
use super::sums::{Addend, cell};
use crate::base::Decimal;
use crate::ledger::Context;
use crate::ledger::context::finished;
use crate::plan::{FieldId, Period, PeriodKind};

/// Agencies with at least one woman over agencies. One with three women counts once; one whose
/// posts are vacant (0) still counts below; one that does not exist here (`x`) counts nowhere.
pub(super) fn agencies(ctx: &Context<'_>, pairs: &[(FieldId, FieldId)]) -> FormulaCounts {
    let mut counts = FormulaCounts::default();
    let (mut with_woman, mut all) = (0, 0);
    for (leaders, women) in pairs {
        if ctx.asked(leaders).is_none() || ctx.asked(women).is_none() {
            counts.numerator = Sum::NotAsked;
            counts.denominator = Sum::NotAsked;
            return counts;
        }
        match (cell(ctx, leaders), cell(ctx, women)) {
            (Addend::Apart, _) => {}
            (Addend::Figure(_), Addend::Figure(women)) => {
                all += 1;
                with_woman += i64::from(women >= Decimal::whole(1));
            }
            // Leaders are counted but "women" does not apply: there is none.
            (Addend::Figure(_), Addend::Apart) => all += 1,
            (leaders_cell, women_cell) => {
                if leaders_cell == Addend::Missing {
                    counts.miss(ctx, leaders);
                }
                if women_cell == Addend::Missing {
                    counts.miss(ctx, women);
                }
            }
        }
    }
    if counts.missing.is_empty() {
        counts.numerator = Sum::Whole(Decimal::whole(with_woman));
        counts.denominator = Sum::Whole(Decimal::whole(all));
    } else {
        counts.numerator = Sum::Partial;
        counts.denominator = Sum::Partial;
    }
    counts
}

/// 1 over 1 when the unit reached `at_least` in every finished sub-period, 0 over 1 otherwise; so
/// that units can be added. One sub-period does not repair another.
pub(super) fn every(
    ctx: &Context<'_>,
    kind: PeriodKind,
    field: &FieldId,
    at_least: Decimal,
) -> FormulaCounts {
    let reached = reached(ctx, kind, field, at_least);
    let every = reached.met == reached.finished;
    let finished = reached.finished > 0;
    reached.into_counts(i64::from(every && finished), i64::from(finished))
}

/// Finished sub-periods that reached `at_least` over finished sub-periods.
pub(super) fn sub_periods(
    ctx: &Context<'_>,
    kind: PeriodKind,
    field: &FieldId,
    at_least: Decimal,
) -> FormulaCounts {
    let reached = reached(ctx, kind, field, at_least);
    let (met, finished) = (reached.met, reached.finished);
    reached.into_counts(met, finished)
}

struct SubPeriodCounts {
    met: i64,
    finished: i64,
    missing: Vec<MissingInput>,
    in_conflict: bool,
}

impl SubPeriodCounts {
    /// A missing sub-period is listed and not met; it never makes the count incomplete.
    fn into_counts(self, numerator: i64, denominator: i64) -> FormulaCounts {
        FormulaCounts {
            numerator: Sum::Whole(Decimal::whole(numerator)),
            denominator: Sum::Whole(Decimal::whole(denominator)),
            missing: self.missing,
            in_conflict: self.in_conflict,
        }
    }
}

/// Looks at the finished sub-periods in which the unit was in force and asked.
fn reached(
    ctx: &Context<'_>,
    kind: PeriodKind,
    field: &FieldId,
    at_least: Decimal,
) -> SubPeriodCounts {
    let mut reached = SubPeriodCounts {
        met: 0,
        finished: 0,
        missing: Vec::new(),
        in_conflict: false,
    };
    let asked = |sub: &&Period| ctx.asked_in(field, sub).is_some();
    for sub in finished(ctx.plan, ctx.period, kind)
        .into_iter()
        .filter(asked)
    {
        let form = ctx.form_of(&sub.id);
        reached.finished += 1;
        match form.and_then(|form| form.figure(field)) {
            Some(value) => reached.met += i64::from(value >= at_least),
            None => reached.missing.push(MissingInput::Period(sub.id.clone())),
        }
        reached.in_conflict |= form.is_some_and(|form| form.in_conflict(field));
    }
    reached
}
