//! Figures that must not stand without a note: a published value without its source, a death.

use super::finding::{Finding, FindingBuilder};
use crate::base::{Decimal, Message};
use crate::ledger::{Content, Context};
use crate::plan::{FieldId, Rule};

/// A value of at least `at_least` stands without a note. "Không phát sinh" is not a value: it
/// never asks, not even where any value does.
pub(super) fn due(
    ctx: &Context<'_>,
    rule: &Rule,
    field: &FieldId,
    at_least: Decimal,
) -> Option<Finding> {
    let value = ctx.figure(field)?;
    let has_value = matches!(ctx.form.state_of(field), Content::Value(_));
    if !has_value || value < at_least || !ctx.form.note(field).trim().is_empty() {
        return None;
    }
    let message = Message::new("check.note_due").with("value", value);
    let draft = FindingBuilder::of_rule(rule, field).value(field, value);
    // Only the note itself answers it: a reason picked from the list is none.
    let finding = draft.finish(ctx, message);
    Some(Finding {
        overridden: None,
        ..finding
    })
}
