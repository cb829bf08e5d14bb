//! Sums of cells: 0 and "không phát sinh" count as 0, what does not apply is left out, everything
//! else keeps a sum from being complete.

use super::counts::{FormulaCounts, Sum};
use super::figure::MissingInput;
use crate::base::Decimal;
use crate::ledger::{Content, Context};
use crate::plan::FieldId;

/// Both sides of a rate of sums.
pub(super) fn counts(
    ctx: &Context<'_>,
    numerator: &[FieldId],
    denominator: &[FieldId],
) -> FormulaCounts {
    let mut counts = FormulaCounts::default();
    counts.numerator = sum(ctx, numerator, &mut counts);
    counts.denominator = sum(ctx, denominator, &mut counts);
    counts
}

fn sum(ctx: &Context<'_>, fields: &[FieldId], counts: &mut FormulaCounts) -> Sum {
    if fields.iter().any(|field| ctx.asked(field).is_none()) {
        return Sum::NotAsked;
    }
    let mut total = Sum::Absent;
    for field in fields {
        total = match cell(ctx, field) {
            Addend::Apart => total,
            Addend::Missing => {
                counts.miss(ctx, field);
                Sum::Partial
            }
            Addend::Figure(value) => add(total, value),
        };
    }
    total
}

fn add(total: Sum, value: Decimal) -> Sum {
    match total {
        Sum::Absent => Sum::Whole(value),
        // A sum past the digits of a figure is not one we may show.
        Sum::Whole(sum) => sum.checked_add(value).map_or(Sum::Partial, Sum::Whole),
        Sum::Partial | Sum::NotAsked => total,
    }
}

/// What one cell gives to a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addend {
    /// A figure, 0 where nothing occurred.
    Figure(Decimal),
    /// Does not apply to this unit: left out.
    Apart,
    /// Blank, not collected, unreadable or in conflict.
    Missing,
}

/// What a cell of this form gives.
pub(super) fn cell(ctx: &Context<'_>, field: &FieldId) -> Addend {
    if ctx.form.in_conflict(field) {
        return Addend::Missing;
    }
    match ctx.form.state_of(field) {
        Content::Value(value) => Addend::Figure(*value),
        Content::NoneOccurred => Addend::Figure(Decimal::ZERO),
        Content::NotApplicable => Addend::Apart,
        Content::Blank | Content::Text(_) | Content::Unavailable | Content::Invalid(_) => {
            Addend::Missing
        }
    }
}

impl FormulaCounts {
    /// Notes that a cell of this form is missing.
    pub(super) fn miss(&mut self, ctx: &Context<'_>, field: &FieldId) {
        let missing = MissingInput::Field(field.clone());
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
        self.in_conflict |= ctx.form.in_conflict(field);
    }
}
