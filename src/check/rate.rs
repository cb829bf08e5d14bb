//! Rates of this unit that are unusual: outside a range, exactly 100, far from last year's.
//!
//! Sums and agencies are judged here; a measure counted over quarters or months is judged where it
//! is added up. A rate is not asked about while a hard relation between its components is broken:
//! that explains it.

use super::finding::{Finding, FindingBuilder};
use super::relation;
use crate::base::{Arg, Decimal, Label, Message, Ratio};
use crate::ledger::Context;
use crate::ledger::context::sample_fields;
use crate::plan::{FieldId, Formula, Measure, MeasureId, Rule, Severity};

/// A measure's rate outside `min..=max`.
pub(super) fn range(
    ctx: &Context<'_>,
    rule: &Rule,
    measure: &MeasureId,
    min: Option<Decimal>,
    max: Option<Decimal>,
) -> Option<Finding> {
    let judged = JudgedRate::of(ctx, measure)?;
    let (key, limit) = match (min, max) {
        (Some(min), _) if judged.rate.cmp_decimal(min).is_lt() => ("check.rate.below", min),
        (_, Some(max)) if judged.rate.cmp_decimal(max).is_gt() => ("check.rate.above", max),
        _ => return None,
    };
    let message = judged.message(key).with("limit", limit);
    Some(judged.draft(rule)?.finish(ctx, message))
}

/// A measure's rate of exactly `value`, from a denominator worth asking about.
pub(super) fn exactly(
    ctx: &Context<'_>,
    rule: &Rule,
    measure: &MeasureId,
    value: Decimal,
    from_denominator: Decimal,
) -> Option<Finding> {
    let judged = JudgedRate::of(ctx, measure)?;
    if judged.denominator < from_denominator || judged.rate.cmp_decimal(value).is_ne() {
        return None;
    }
    let message = judged.message("check.rate.exactly");
    Some(judged.draft(rule)?.finish(ctx, message))
}

/// A measure's rate that moved by more than `points` since the same period a year before.
pub(super) fn jump(
    ctx: &Context<'_>,
    rule: &Rule,
    measure: &MeasureId,
    points: Decimal,
) -> Option<Finding> {
    let judged = JudgedRate::of(ctx, measure)?;
    let earlier = ctx.plan.year_earlier(ctx.period)?;
    let before = RateParts::of(judged.measure, |field| ctx.figure_in(field, earlier))?;
    let former = before.rate(judged.measure)?;
    let moved = judged.rate.minus(&former)?.abs();
    if moved.cmp_decimal(points).is_le() {
        return None;
    }
    let message = judged
        .message("check.rate.jump")
        .with("former", Arg::Ratio(former, judged.measure.places))
        .with("when", earlier.name_inside());
    let mut draft = judged.draft(rule)?;
    for (field, value) in before.values {
        draft = draft.past_value(&earlier.id, field, value);
    }
    Some(draft.finish(ctx, message))
}

/// The values of a measure's components, all of them figures, and what they count.
struct RateParts<'a> {
    values: Vec<(&'a FieldId, Decimal)>,
    numerator: Decimal,
    denominator: Decimal,
}

impl<'a> RateParts<'a> {
    fn of(measure: &'a Measure, figure: impl Fn(&FieldId) -> Option<Decimal>) -> Option<Self> {
        let mut values: Vec<(&FieldId, Decimal)> = Vec::new();
        for field in measure.components() {
            let value = figure(field)?;
            if !values.iter().any(|(known, _)| *known == field) {
                values.push((field, value));
            }
        }
        let sum = |fields: &[FieldId]| {
            let mut figures = fields.iter().map(&figure);
            figures.try_fold(Decimal::ZERO, |sum, figure| sum.checked_add(figure?))
        };
        let (numerator, denominator) = match &measure.formula {
            Formula::Sums {
                numerator,
                denominator,
            } => (sum(numerator)?, sum(denominator)?),
            Formula::Agencies(pairs) => {
                let woman = |(_, women): &&(FieldId, FieldId)| {
                    figure(women).is_some_and(|women| women >= Decimal::whole(1))
                };
                let count = |n: usize| i64::try_from(n).ok().map(Decimal::whole);
                (
                    count(pairs.iter().filter(woman).count())?,
                    count(pairs.len())?,
                )
            }
            Formula::UnitsEvery { .. } | Formula::SubPeriods { .. } => return None,
        };
        Some(Self {
            values,
            numerator,
            denominator,
        })
    }

    fn rate(&self, measure: &Measure) -> Option<Ratio> {
        Ratio::new(self.numerator, self.denominator, measure.scale)
    }
}

/// A rate of this form that may be judged.
struct JudgedRate<'a> {
    measure: &'a Measure,
    values: Vec<(&'a FieldId, Decimal)>,
    denominator: Decimal,
    rate: Ratio,
}

impl<'a> JudgedRate<'a> {
    fn of(ctx: &Context<'a>, measure: &MeasureId) -> Option<Self> {
        let measure = ctx.plan.measure(measure)?;
        if !measure.rate_in.is_empty() && !measure.rate_in.contains(&ctx.period.kind) {
            return None;
        }
        let parts = RateParts::of(measure, |field| ctx.figure(field))?;
        let rate = parts.rate(measure)?;
        if is_small(ctx, measure)? || in_doubt(ctx, measure) {
            return None;
        }
        Some(Self {
            measure,
            values: parts.values,
            denominator: parts.denominator,
            rate,
        })
    }

    fn message(&self, key: &'static str) -> Message {
        Message::new(key)
            .with("measure", Label::same(self.measure.id.as_str()))
            .with("short", self.measure.short.clone())
            .with("rate", Arg::Ratio(self.rate, self.measure.places))
            .with("suffix", self.measure.suffix.clone())
    }

    /// Reported at the first component, which is the first of the numerator.
    fn draft(&self, rule: &Rule) -> Option<FindingBuilder> {
        let (first, _) = self.values.first()?;
        let draft = FindingBuilder::of_rule(rule, first);
        Some(
            self.values
                .iter()
                .fold(draft, |draft, (field, value)| draft.value(*field, value)),
        )
    }
}

/// True where so few are counted that the rate says nothing.
fn is_small(ctx: &Context<'_>, measure: &Measure) -> Option<bool> {
    let Some(least) = measure.small_below else {
        return Some(false);
    };
    let counted = sample_fields(ctx.plan, measure)
        .into_iter()
        .try_fold(Decimal::ZERO, |sum, field| {
            sum.checked_add(ctx.figure(field)?)
        })?;
    Some(counted < least)
}

/// True when a hard relation among the components is broken.
fn in_doubt(ctx: &Context<'_>, measure: &Measure) -> bool {
    let components = measure.components();
    let own = |field: &FieldId| components.contains(&field);
    let hard = ctx.plan.relations.iter();
    hard.filter(|r| r.severity == Severity::Hard && relation::fields(r).all(own))
        .any(|r| relation::judge(ctx, r).is_some())
}
