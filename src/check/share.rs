//! One sum as a share of another: the employed of all people, births per 1,000.

use super::finding::{Finding, FindingBuilder};
use super::range::{RangeSide, outside_share};
use super::words::inside;
use crate::base::{Arg, Decimal, Label, Lang, Message, Ratio};
use crate::ledger::Context;
use crate::plan::{FieldId, Plan, Rule};

/// What a share is made of and between which limits it usually lies.
pub(super) struct UsualShare<'a> {
    pub(super) part: &'a [FieldId],
    pub(super) whole: &'a [FieldId],
    pub(super) scale: u32,
    pub(super) min: Option<Decimal>,
    pub(super) max: Option<Decimal>,
}

/// The share lies outside its limits; reported at the first field of the part.
pub(super) fn judge(ctx: &Context<'_>, rule: &Rule, usual: &UsualShare<'_>) -> Option<Finding> {
    let sum = |fields: &[FieldId]| {
        let figures = fields.iter().map(|field| ctx.figure(field));
        figures
            .into_iter()
            .try_fold(Decimal::ZERO, |sum, figure| sum.checked_add(figure?))
    };
    let (part, whole) = (sum(usual.part)?, sum(usual.whole)?);
    let share = Ratio::new(part, whole, usual.scale)?;
    let (side, limit) = outside_share(&share, usual.min, usual.max)?;
    let key = match (side, usual.scale) {
        (RangeSide::Below, 100) => "check.share.below",
        (RangeSide::Above, 100) => "check.share.above",
        (RangeSide::Below, _) => "check.share.below_per",
        (RangeSide::Above, _) => "check.share.above_per",
    };
    let message = Message::new(key)
        .with("part", names(ctx.plan, usual.part, SentenceStart::Yes))
        .with("part_value", part)
        .with("whole", names(ctx.plan, usual.whole, SentenceStart::No))
        .with("whole_value", whole)
        .with("share", Arg::Ratio(share, 1))
        .with("scale", Decimal::whole(i64::from(usual.scale)))
        .with("limit", limit);
    let first = usual.part.first()?;
    let mut draft = FindingBuilder::of_rule(rule, first);
    for field in usual.part.iter().chain(usual.whole) {
        draft = draft.value(field, ctx.figure(field)?);
    }
    Some(draft.finish(ctx, message))
}

/// Whether a label begins the sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SentenceStart {
    Yes,
    No,
}

/// The labels of a sum, joined.
fn names(plan: &Plan, fields: &[FieldId], start: SentenceStart) -> Label {
    let words = |lang: Lang| {
        let labels = fields.iter().enumerate().map(|(at, field)| {
            let Some(field) = plan.field(field) else {
                return field.as_str().to_owned();
            };
            if at == 0 && start == SentenceStart::Yes {
                field.short.get(lang).to_owned()
            } else {
                inside(&field.short).get(lang).to_owned()
            }
        });
        labels.collect::<Vec<_>>().join(" + ")
    };
    Label {
        vi: words(Lang::Vi),
        en: words(Lang::En),
    }
}
