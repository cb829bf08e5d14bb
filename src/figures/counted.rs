//! Counted measures: agencies with a woman, sub-periods that reach a number (`settled.md` 15).

use super::counts::{FormulaCounts, Sum};
use super::figure::MissingInput;
use super::sums::{Addend, cell};
use crate::base::Decimal;
use crate::ledger::Context;
use chrono::NaiveDate;

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

/// How many sub-periods are counted, and by which day they must have ended.
#[derive(Clone, Copy)]
pub(super) struct SubPeriodRule<'a> {
    /// The kind of the sub-periods.
    pub(super) kind: PeriodKind,
    /// The field that is looked at in each.
    pub(super) field: &'a FieldId,
    /// What it must reach.
    pub(super) at_least: Decimal,
    /// Those that ended before this day are counted.
    pub(super) today: NaiveDate,
}

/// 1 over 1 when the unit reached the number in every sub-period that has ended, 0 over 1 otherwise;
/// so that units can be added. One sub-period does not repair another: a blank one leaves open
/// only what no other has decided.
pub(super) fn every(ctx: &Context<'_>, rule: SubPeriodRule<'_>) -> FormulaCounts {
    let ended = ended(ctx, rule);
    let missed = ended.met + ended.blank() < ended.all;
    let any = ended.all > 0;
    let numerator = if ended.missing.is_empty() || missed {
        Sum::Whole(Decimal::whole(i64::from(any && !missed)))
    } else {
        Sum::Partial
    };
    ended.into_counts(numerator, i64::from(any))
}

/// Sub-periods that reached the number over sub-periods that have ended; not complete while one of
/// them is blank.
pub(super) fn sub_periods(ctx: &Context<'_>, rule: SubPeriodRule<'_>) -> FormulaCounts {
    let ended = ended(ctx, rule);
    let numerator = if ended.missing.is_empty() {
        Sum::Whole(Decimal::whole(ended.met))
    } else {
        Sum::Partial
    };
    let all = ended.all;
    ended.into_counts(numerator, all)
}

struct EndedSubPeriods {
    met: i64,
    all: i64,
    missing: Vec<MissingInput>,
    in_conflict: bool,
}

impl EndedSubPeriods {
    /// How many have no figure.
    fn blank(&self) -> i64 {
        i64::try_from(self.missing.len()).unwrap_or(i64::MAX)
    }

    fn into_counts(self, numerator: Sum, denominator: i64) -> FormulaCounts {
        FormulaCounts {
            numerator,
            denominator: Sum::Whole(Decimal::whole(denominator)),
            missing: self.missing,
            in_conflict: self.in_conflict,
        }
    }
}

/// Looks at the sub-periods that have ended and in which the unit was in force and asked. All of
/// them count, those after the report's cut-off day too (`settled.md` 27): a finished year has
/// four quarters.
fn ended(ctx: &Context<'_>, rule: SubPeriodRule<'_>) -> EndedSubPeriods {
    let mut ended = EndedSubPeriods {
        met: 0,
        all: 0,
        missing: Vec::new(),
        in_conflict: false,
    };
    let asked = |sub: &&Period| sub.to < rule.today && ctx.asked_in(rule.field, sub).is_some();
    let subs = ctx.plan.sub_periods(ctx.period, rule.kind).into_iter();
    for sub in subs.filter(asked) {
        let form = ctx.form_of(&sub.id);
        ended.all += 1;
        match form.and_then(|form| form.figure(rule.field)) {
            Some(value) => ended.met += i64::from(value >= rule.at_least),
            None => ended.missing.push(MissingInput::Period(sub.id.clone())),
        }
        ended.in_conflict |= form.is_some_and(|form| form.in_conflict(rule.field));
    }
    ended
}
