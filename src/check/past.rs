//! Figures that are the same as before, and years that do not cover their own first half.

use super::finding::{Finding, FindingBuilder};
use super::whole_form::speaks_for_cells;
use crate::base::{Decimal, Message};
use crate::ledger::Context;
use crate::ledger::context::run_before;
use crate::plan::{Field, FieldId, Nature, Period, PeriodKind, Rule, Severity};

/// The same value as a year earlier, for quarters and months also as in the period just before;
/// only for flows and averages, since stocks rightly stay the same (`settled.md` 17).
pub(super) fn identical(ctx: &Context<'_>, field: &Field) -> Option<Finding> {
    let (plan, period) = (ctx.plan, ctx.period);
    let from = plan.trend.identical_from?;
    if speaks_for_cells(ctx) {
        return None;
    }
    if !matches!(field.nature, Some(Nature::Flow | Nature::Average)) {
        return None;
    }
    let now = ctx.figure(&field.id).filter(|now| *now >= from)?;
    let just_before = matches!(period.kind, PeriodKind::Quarter | PeriodKind::Month)
        .then(|| plan.previous(period))
        .flatten();
    let same = |other: &&Period| ctx.figure_in(&field.id, other) == Some(now);
    let other = plan
        .year_earlier(period)
        .into_iter()
        .chain(just_before)
        .find(same)?;
    let message = Message::new("check.identical").with("when", other.name_inside());
    let draft = FindingBuilder::of_check("identical", Severity::Soft, &field.id)
        .value(&field.id, now)
        .past_value(&other.id, &field.id, now);
    Some(draft.finish(ctx, message))
}

/// A year's flow counts from 01/01 and so cannot be less than its own first half.
pub(super) fn year_covers_half(ctx: &Context<'_>, field: &Field) -> Option<Finding> {
    let plan = ctx.plan;
    if !plan.trend.year_covers_half || field.nature != Some(Nature::Flow) {
        return None;
    }
    let half = plan.own_half(ctx.period)?;
    let now = ctx.figure(&field.id)?;
    let then = ctx.figure_in(&field.id, half).filter(|then| now < *then)?;
    let message = Message::new("check.year_covers_half")
        .with("when", half.name_inside())
        .with("then", then);
    let draft = FindingBuilder::of_check("year_covers_half", Severity::Soft, &field.id)
        .value(&field.id, now)
        .past_value(&half.id, &field.id, then);
    Some(draft.finish(ctx, message))
}

/// The same value of at least 1 in `times` periods of the same kind in a row, this one the last.
pub(super) fn same_in_row(
    ctx: &Context<'_>,
    rule: &Rule,
    field: &FieldId,
    times: u32,
) -> Option<Finding> {
    let now = ctx.figure(field).filter(|now| *now >= Decimal::whole(1))?;
    let before = run_before(ctx.plan, ctx.period, times);
    let wanted = usize::try_from(times).ok()?;
    let all_same = before.iter().all(|p| ctx.figure_in(field, p) == Some(now));
    if times < 2 || before.len() + 1 < wanted || !all_same {
        return None;
    }
    let mut draft = FindingBuilder::of_rule(rule, field).value(field, now);
    for other in &before {
        draft = draft.past_value(&other.id, field, now);
    }
    let message = Message::new("check.same_in_row")
        .with("value", now)
        .with("times", wanted);
    Some(draft.finish(ctx, message))
}

/// A sum of 0 in `times` periods of the same kind in a row, this one the last: what is never found
/// may not have been looked for.
pub(super) fn none_in_row(
    ctx: &Context<'_>,
    rule: &Rule,
    fields: &[FieldId],
    times: u32,
) -> Option<Finding> {
    let before = run_before(ctx.plan, ctx.period, times);
    let wanted = usize::try_from(times).ok()?;
    let none = |period: &Period| {
        let mut figures = fields.iter().map(|field| ctx.figure_in(field, period));
        figures.all(|figure| figure == Some(Decimal::ZERO))
    };
    if before.len() + 1 < wanted || !none(ctx.period) || !before.iter().all(|p| none(p)) {
        return None;
    }
    let first = fields.first()?;
    let mut draft = FindingBuilder::of_rule(rule, first);
    for field in fields {
        draft = draft.value(field, Decimal::ZERO);
        for other in &before {
            draft = draft.past_value(&other.id, field, Decimal::ZERO);
        }
    }
    let message = Message::new("check.none_in_row").with("times", wanted);
    Some(draft.finish(ctx, message))
}
