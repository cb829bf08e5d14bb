//! Values outside what is usual.

use super::finding::{Draft, Finding};
use crate::base::{Decimal, Message};
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
        Side::Below => "check.range.below",
        Side::Above => "check.range.above",
    };
    let message = Message::new(key).with("value", value).with("limit", limit);
    let draft = Draft::of_rule(rule, field).now(field, value);
    Some(draft.say(ctx, message))
}

/// On which side of a range a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Below,
    Above,
}

fn outside(value: Decimal, min: Option<Decimal>, max: Option<Decimal>) -> Option<(Side, Decimal)> {
    match (min, max) {
        (Some(min), _) if value < min => Some((Side::Below, min)),
        (_, Some(max)) if value > max => Some((Side::Above, max)),
        _ => None,
    }
}
