//! Rules with limits that figures can pass, so that each of them can ask.

use super::figures::never_above_whole;
use super::lookup::{Lint, about, as_written};
use crate::base::{Decimal, Message};
use crate::plan::id::{FieldId, MeasureId};
use crate::plan::model::{FieldType, Formula, Measure, PeriodKind, Rule, RuleKind};
use crate::plan::reader::Location;

pub(super) fn check(lint: &Lint<'_, '_>) {
    for (rule, location) in lint.draft.rules.iter() {
        if one_rule(lint, rule, location) {
            never_asks(lint, rule, location);
        }
    }
}

/// Contradictions inside a rule; false after one that leaves nothing to say of when it asks.
fn one_rule(lint: &Lint<'_, '_>, rule: &Rule, location: &Location<'_>) -> bool {
    let id = rule.id.as_str();
    match &rule.kind {
        RuleKind::FieldRange { field, min, max } => {
            for (key, limit) in [("min", min), ("max", max)] {
                if let Some(limit) = limit {
                    whole_for_counts(lint, field, *limit, location.of(key));
                }
            }
            limits(lint, id, (*min, *max), location)
        }
        RuleKind::RateRange { min, max, .. } => limits(lint, id, (*min, *max), location),
        RuleKind::ShareRange {
            part,
            whole,
            min,
            max,
            ..
        } => {
            let together = lint.meet_on_a_form(&lint.fields_of(part.iter().chain(whole)));
            if !together {
                let message = about("plan.problem.never_together", id);
                lint.problems.warning(location.of("part"), message);
            }
            limits(lint, id, (*min, *max), location) && together
        }
        RuleKind::NoteFrom { field, at_least } => {
            whole_for_counts(lint, field, *at_least, location.of("at_least"));
            true
        }
        RuleKind::RateJump { points, .. } if *points <= Decimal::ZERO => {
            lint.problems.error(
                location.of("points"),
                about("plan.problem.not_positive", "points"),
            );
            false
        }
        RuleKind::Binomial { expected, .. }
            if *expected <= Decimal::ZERO || *expected >= Decimal::whole(100) =>
        {
            lint.problems.error(
                location.of("expected"),
                about("plan.problem.bad_share_expected", id),
            );
            false
        }
        RuleKind::Binomial { part, rest, .. } => {
            let together = lint.meet_on_a_form(&lint.fields_of([part, rest]));
            if !together || part == rest {
                let message = about("plan.problem.never_together", id);
                lint.problems.warning(location.of("rest"), message);
            }
            together
        }
        RuleKind::NoneInRow { fields, .. } => {
            let together = lint.meet_on_a_form(&lint.fields_of(fields));
            if !together {
                let message = about("plan.problem.never_together", id);
                lint.problems.warning(location.of("fields"), message);
            }
            together
        }
        RuleKind::SameInRow { .. } | RuleKind::RateExactly { .. } | RuleKind::RateJump { .. } => {
            true
        }
    }
}

fn limits(
    lint: &Lint<'_, '_>,
    id: &str,
    (min, max): (Option<Decimal>, Option<Decimal>),
    location: &Location<'_>,
) -> bool {
    match (min, max) {
        (None, None) => {
            let message = about("plan.problem.no_limits", id);
            lint.problems.error(location.start(), message);
            false
        }
        (Some(min), Some(max)) if min > max => {
            let message = about("plan.problem.min_above_max", id)
                .with("min", as_written(min))
                .with("max", as_written(max));
            lint.problems.error(location.of("min"), message);
            false
        }
        _ => true,
    }
}

/// A limit finer than the field's own decimals can never be reached exactly.
fn whole_for_counts(lint: &Lint<'_, '_>, field: &FieldId, limit: Decimal, at: usize) {
    let decimals = match lint.fields.get(field.as_str()).map(|f| f.kind) {
        Some(FieldType::Count) => 0,
        Some(FieldType::Decimal(decimals)) => decimals,
        Some(FieldType::Text) | None => return,
    };
    if limit.scale() > decimals {
        let message = about("plan.problem.too_many_decimals", field.as_str())
            .with("value", as_written(limit))
            .with("max", usize::from(decimals));
        lint.problems.warning(at, message);
    }
}

/// Says of a rule that no form could make it ask.
fn never_asks(lint: &Lint<'_, '_>, rule: &Rule, location: &Location<'_>) {
    let reason = match &rule.kind {
        RuleKind::FieldRange { field, min, max } => {
            let unlimited = max.is_none() && min.is_none_or(|min| min <= Decimal::ZERO);
            let range = unlimited.then_some(("plan.problem.never_asks.range", "min"));
            range.or_else(|| other_periods(lint, rule, field))
        }
        RuleKind::ShareRange { part, min, max, .. } => {
            let unlimited = max.is_none() && min.is_none_or(|min| min <= Decimal::ZERO);
            let range = unlimited.then_some(("plan.problem.never_asks.range", "min"));
            range.or_else(|| other_periods(lint, rule, part.first()?))
        }
        RuleKind::NoteFrom { field, .. } => other_periods(lint, rule, field),
        RuleKind::Binomial { part, .. } => other_periods(lint, rule, part),
        RuleKind::SameInRow { field, times } => in_row(lint, rule, field, *times),
        RuleKind::NoneInRow { fields, times } => {
            let first = fields.first();
            first.and_then(|field| in_row(lint, rule, field, *times))
        }
        RuleKind::RateRange { measure, min, max } => {
            let below = |whole: Decimal| {
                min.is_none_or(|min| min <= Decimal::ZERO) && max.is_none_or(|max| max >= whole)
            };
            of_rate(lint, rule, measure).or_else(|| {
                let measure = lint.measures.get(measure.as_str())?;
                let whole = never_above_whole(lint, &measure.formula)
                    .then(|| Decimal::whole(i64::from(measure.scale)));
                let unlimited = max.is_none() && min.is_none_or(|min| min <= Decimal::ZERO);
                (unlimited || whole.is_some_and(below))
                    .then_some(("plan.problem.never_asks.range", "min"))
            })
        }
        RuleKind::RateExactly { measure, value, .. } => {
            of_rate(lint, rule, measure).or_else(|| {
                let measure = lint.measures.get(measure.as_str())?;
                let whole = Decimal::whole(i64::from(measure.scale));
                let above = *value > whole && never_above_whole(lint, &measure.formula);
                (above || *value < Decimal::ZERO)
                    .then_some(("plan.problem.never_asks.value", "value"))
            })
        }
        RuleKind::RateJump { measure, points } => of_rate(lint, rule, measure).or_else(|| {
            let measure = lint.measures.get(measure.as_str())?;
            if !has_year_earlier(lint, measure) {
                return Some(("plan.problem.never_asks.past", "measure"));
            }
            let whole = Decimal::whole(i64::from(measure.scale));
            let above = *points >= whole && never_above_whole(lint, &measure.formula);
            above.then_some(("plan.problem.never_asks.value", "points"))
        }),
    };
    if let Some((key, at)) = reason {
        let message: Message = about(key, rule.id.as_str());
        lint.problems.warning(location.of(at), message);
    }
}

/// Why a rule never asks, and the key that says so.
type Reason = (&'static str, &'static str);

/// The rule is judged in kinds of period that do not ask for the field.
fn other_periods(lint: &Lint<'_, '_>, rule: &Rule, field: &FieldId) -> Option<Reason> {
    let field = lint.fields.get(field.as_str())?;
    if !rule.units.is_empty() && !rule.units.iter().any(|by| lint.collected_by(field, by)) {
        return Some(("plan.problem.never_asks.units", "units"));
    }
    let never = !rule.periods.is_empty() && !rule.periods.iter().any(|k| field.periods.contains(k));
    never.then_some(("plan.problem.never_asks.periods", "periods"))
}

/// Rates are judged where one form has all their parts and the plan shows them.
fn of_rate(lint: &Lint<'_, '_>, rule: &Rule, measure: &MeasureId) -> Option<Reason> {
    let measure = lint.measures.get(measure.as_str())?;
    if matches!(
        measure.formula,
        Formula::UnitsEvery { .. } | Formula::SubPeriods { .. }
    ) {
        return Some(("plan.problem.never_asks.counted", "measure"));
    }
    let shown = |kind: &PeriodKind| measure.rate_in.contains(kind);
    let never = !rule.periods.is_empty() && !rule.periods.iter().any(shown);
    never.then_some(("plan.problem.never_asks.periods", "periods"))
}

fn has_year_earlier(lint: &Lint<'_, '_>, measure: &Measure) -> bool {
    use chrono::Datelike;
    let periods = &lint.draft.periods;
    let month = |date: chrono::NaiveDate| (date.year(), date.month());
    !periods.is_complete()
        || periods.values().any(|later| {
            measure.rate_in.contains(&later.kind)
                && periods.values().any(|earlier| {
                    let (year, start) = month(later.from);
                    earlier.kind == later.kind && month(earlier.from) == (year - 1, start)
                })
        })
}

fn in_row(lint: &Lint<'_, '_>, rule: &Rule, field: &FieldId, times: u32) -> Option<Reason> {
    let short = longest_row(lint, field) < usize::try_from(times).unwrap_or(usize::MAX);
    let row = short.then_some(("plan.problem.never_asks.row", "times"));
    row.or_else(|| other_periods(lint, rule, field))
}

/// The most periods of one kind in which a field is asked.
fn longest_row(lint: &Lint<'_, '_>, field: &FieldId) -> usize {
    let (Some(field), true) = (
        lint.fields.get(field.as_str()),
        lint.draft.periods.is_complete(),
    ) else {
        return usize::MAX;
    };
    let count = |kind: &PeriodKind| {
        let periods = lint.draft.periods.values();
        periods.filter(|period| period.kind == *kind).count()
    };
    field.periods.iter().map(count).max().unwrap_or(0)
}
