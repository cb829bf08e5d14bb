//! Forms that as a whole are another form: last year's, or a half where a year is asked.

use super::finding::{Finding, FindingBuilder};
use super::words::inside;
use crate::base::{Decimal, Message};
use crate::ledger::{CellId, Context};
use crate::plan::{Field, FieldId, Nature, Period, SameFigures, Severity};

/// As many figures are those of a year before.
pub(super) const SAME_AS_YEAR_BEFORE: &str = "same_as_year_before";
/// As many of a year's flows are those of its own half.
pub(super) const SAME_AS_OWN_HALF: &str = "same_as_own_half";
/// Several of a year's flows are below those of its own half.
pub(super) const BELOW_OWN_HALF: &str = "below_own_half";

/// The same figure as in the row above.
pub(super) const SAME_AS_ROW_ABOVE: &str = "same_as_row_above";

/// Large figures that stand twice, one below the other: two right ones are seldom the same.
pub(super) fn same_as_row_above(ctx: &Context<'_>, fields: &[&Field]) -> Vec<Finding> {
    let Some(from) = ctx.plan.form_checks.same_as_row_above else {
        return Vec::new();
    };
    let numbers: Vec<&&Field> = fields.iter().filter(|f| f.kind.is_numeric()).collect();
    let twice = numbers.windows(2).filter_map(|pair| {
        let [above, field] = pair else { return None };
        let now = ctx.figure(&field.id).filter(|now| *now >= from)?;
        if ctx.figure(&above.id) != Some(now) {
            return None;
        }
        let message = Message::new("check.same_as_row_above")
            .with("value", now)
            .with("above", inside(&above.short));
        let draft = FindingBuilder::of_check(SAME_AS_ROW_ABOVE, Severity::Soft, &field.id);
        let draft = draft.value(&field.id, now).value(&above.id, now);
        Some(draft.finish(ctx, message))
    });
    twice.collect()
}

/// What a form as a whole says; each kind at most once.
pub(super) fn findings(ctx: &Context<'_>, fields: &[&Field]) -> Vec<Finding> {
    let found = [
        same_as_year_before(ctx, fields),
        same_as_own_half(ctx, fields),
        below_own_half(ctx, fields),
    ];
    found.into_iter().flatten().collect()
}

/// True where the form is large enough that [`SAME_AS_YEAR_BEFORE`] speaks instead of each cell.
pub(super) fn speaks_for_cells(ctx: &Context<'_>) -> bool {
    let Some(same) = ctx.plan.form_checks.same_as_year_before else {
        return false;
    };
    let fields = ctx.plan.form_fields(ctx.unit, ctx.period);
    let numbers = fields.iter().filter(|field| field.kind.is_numeric());
    numbers.count() >= usize::try_from(same.least).unwrap_or(usize::MAX)
}

fn same_as_year_before(ctx: &Context<'_>, fields: &[&Field]) -> Option<Finding> {
    let limits = ctx.plan.form_checks.same_as_year_before?;
    let earlier = ctx.plan.year_earlier(ctx.period)?;
    let (same, compared) = compare(ctx, fields, earlier, limits)?;
    let message = Message::new("check.same_as_year_before");
    finding(
        ctx,
        SAME_AS_YEAR_BEFORE,
        earlier,
        &same,
        with(message, &same, compared),
    )
}

fn same_as_own_half(ctx: &Context<'_>, fields: &[&Field]) -> Option<Finding> {
    let limits = ctx.plan.form_checks.same_as_own_half?;
    let half = ctx.plan.own_half(ctx.period)?;
    let flows: Vec<&Field> = flows(fields).collect();
    let (same, compared) = compare(ctx, &flows, half, limits)?;
    let message = Message::new("check.same_as_own_half");
    finding(
        ctx,
        SAME_AS_OWN_HALF,
        half,
        &same,
        with(message, &same, compared),
    )
}

/// A year counts from 01/01: one flow below its own first half may be a slip of its own, several
/// are a year that leaves its first half out.
fn below_own_half(ctx: &Context<'_>, fields: &[&Field]) -> Option<Finding> {
    if !ctx.plan.trend.year_covers_half {
        return None;
    }
    let half = ctx.plan.own_half(ctx.period)?;
    let below: Vec<&FieldId> = flows(fields)
        .filter(|field| {
            let figures = ctx.figure(&field.id).zip(ctx.figure_in(&field.id, half));
            figures.is_some_and(|(now, then)| now < then)
        })
        .map(|field| &field.id)
        .collect();
    if below.len() < 2 {
        return None;
    }
    let message = Message::new("check.below_own_half").with("count", below.len());
    finding(ctx, BELOW_OWN_HALF, half, &below, message)
}

/// A year's figure and its own half: what is left for the second half is more or less than chance
/// explains, for fields of which the plan says how much that is.
pub(super) fn uneven_halves(ctx: &Context<'_>, field: &Field) -> Option<Finding> {
    let spread = ctx.plan.trend_of(&field.id)?.half_spread?;
    let half = ctx.plan.own_half(ctx.period)?;
    let now = ctx.figure(&field.id)?;
    let then = ctx.figure_in(&field.id, half).filter(|then| *then <= now)?;
    if !is_uneven(now.as_whole()?, then.as_whole()?, spread)? {
        return None;
    }
    let rest = now.checked_add(then.checked_mul(-1)?)?;
    let message = Message::new("check.uneven_halves")
        .with("year", now)
        .with("first", then)
        .with("second", rest);
    let draft = FindingBuilder::of_check("uneven_halves", Severity::Soft, &field.id)
        .value(&field.id, now)
        .past_value(&half.id, &field.id, then);
    Some(draft.finish(ctx, message))
}

/// `(H − Y/2)² > spread · Y`, in whole numbers.
fn is_uneven(year: i64, half: i64, spread: Decimal) -> Option<bool> {
    let gap = i128::from(half)
        .checked_mul(2)?
        .checked_sub(i128::from(year))?;
    let ten = 10i128.checked_pow(u32::from(spread.scale()))?;
    let limit = i128::from(spread.mantissa()).checked_mul(4 * i128::from(year))?;
    Some(gap.checked_pow(2)?.checked_mul(ten)? > limit)
}

fn flows<'f>(fields: &'f [&'f Field]) -> impl Iterator<Item = &'f Field> {
    fields
        .iter()
        .copied()
        .filter(|field| field.nature == Some(Nature::Flow))
}

/// The fields with the same figure in another period, and how many could be compared; `None` where
/// they are too few to say anything.
fn compare<'f>(
    ctx: &Context<'_>,
    fields: &[&'f Field],
    other: &Period,
    limits: SameFigures,
) -> Option<(Vec<&'f FieldId>, usize)> {
    let mut same = Vec::new();
    let mut compared = 0_usize;
    for field in fields {
        let figures = ctx.figure(&field.id).zip(ctx.figure_in(&field.id, other));
        if let Some((now, then)) = figures.filter(|(_, then)| *then >= limits.from) {
            compared += 1;
            if now == then {
                same.push(&field.id);
            }
        }
    }
    let enough = same.len() >= usize::try_from(limits.least).ok()?;
    let share = 100 * same.len() >= usize::try_from(limits.percent).ok()? * compared;
    (enough && share).then_some((same, compared))
}

fn with(message: Message, same: &[&FieldId], compared: usize) -> Message {
    message.with("same", same.len()).with("of", compared)
}

/// Reported at the first of the fields; looks at all of them.
fn finding(
    ctx: &Context<'_>,
    rule: &str,
    other: &Period,
    fields: &[&FieldId],
    message: Message,
) -> Option<Finding> {
    let first = fields.first()?;
    let mut draft = FindingBuilder::of_check(rule, Severity::Soft, CellId::figure(first));
    for field in fields {
        draft = draft.value(*field, ctx.figure(field)?).past_value(
            &other.id,
            field,
            ctx.figure_in(field, other)?,
        );
    }
    Some(draft.finish(ctx, message.with("when", other.name_inside())))
}
