//! Values outside what is usual.

use super::finding::{Finding, FindingBuilder};
use crate::base::{Decimal, Message, Ratio};
use crate::ledger::Context;
use crate::plan::{FieldId, Rule};

/// A field's value outside `min..=max`.
pub(super) fn field(
    ctx: &Context<'_>,
    rule: &Rule,
    field: &FieldId,
    min: Option<Decimal>,
    max: Option<Decimal>,
) -> Option<Finding> {
    let value = ctx.figure(field)?;
    let (key, limit) = outside(value, min, max)?;
    let key = match key {
        RangeSide::Below => "check.range.below",
        RangeSide::Above => "check.range.above",
    };
    let message = Message::new(key).with("value", value).with("limit", limit);
    let draft = FindingBuilder::of_rule(rule, field).value(field, value);
    Some(draft.finish(ctx, message))
}

/// On which side of a range a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RangeSide {
    Below,
    Above,
}

/// On which side of its limits a share lies, and the limit.
pub(super) fn outside_share(
    share: &Ratio,
    min: Option<Decimal>,
    max: Option<Decimal>,
) -> Option<(RangeSide, Decimal)> {
    match (min, max) {
        (Some(min), _) if share.cmp_decimal(min).is_lt() => Some((RangeSide::Below, min)),
        (_, Some(max)) if share.cmp_decimal(max).is_gt() => Some((RangeSide::Above, max)),
        _ => None,
    }
}

fn outside(
    value: Decimal,
    min: Option<Decimal>,
    max: Option<Decimal>,
) -> Option<(RangeSide, Decimal)> {
    match (min, max) {
        (Some(min), _) if value < min => Some((RangeSide::Below, min)),
        (_, Some(max)) if value > max => Some((RangeSide::Above, max)),
        _ => None,
    }
}
