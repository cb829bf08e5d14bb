//! Relations between cells of one form: part and whole, sums, factors, limits.

use super::finding::{Finding, FindingBuilder};
use super::words::inside;
use crate::base::{Decimal, Label, Lang, Message};
use crate::ledger::Context;
use crate::plan::{FieldId, Op, Plan, Relation, Term};

/// Judges a relation where every operand belongs to the form and is a figure (`settled.md` 18).
pub(super) fn judge(ctx: &Context<'_>, relation: &Relation) -> Option<Finding> {
    let left = total(ctx, &relation.left)?;
    let right = total(ctx, &relation.right)?;
    if relation.op.holds(left.cmp(&right)) {
        return None;
    }
    let reported_at = fields(relation).next()?;
    let mut draft = FindingBuilder::of_relation(relation, reported_at);
    for field in fields(relation) {
        draft = draft.value(field, ctx.figure(field)?);
    }
    Some(draft.finish(ctx, message(ctx.plan, relation, left, right)))
}

/// The fields a relation compares, left side first.
pub(super) fn fields(relation: &Relation) -> impl Iterator<Item = &FieldId> {
    let terms = relation.left.iter().chain(&relation.right);
    terms.filter_map(|term| match term {
        Term::Field(_, field) => Some(field),
        Term::Constant(_) => None,
    })
}

/// The sum of a side; `None` where an operand is no figure, or past the digits of a figure.
fn total(ctx: &Context<'_>, side: &[Term]) -> Option<Decimal> {
    side.iter().try_fold(Decimal::ZERO, |sum, term| {
        let value = match term {
            Term::Field(factor, field) => ctx.figure(field)?.checked_mul(*factor)?,
            Term::Constant(value) => *value,
        };
        sum.checked_add(value)
    })
}

fn message(plan: &Plan, relation: &Relation, left: Decimal, right: Decimal) -> Message {
    if let Some(message) = share(plan, relation, left, right) {
        return message;
    }
    let is_limit = relation
        .right
        .iter()
        .all(|t| matches!(t, Term::Constant(_)));
    let key = match (relation.op, is_limit) {
        (Op::Less, false) => "check.relation.less",
        (Op::AtMost, false) => "check.relation.at_most",
        (Op::Equal, false) => "check.relation.equal",
        (Op::AtLeast, false) => "check.relation.at_least",
        (Op::More, false) => "check.relation.more",
        (Op::Less, true) => "check.limit.less",
        (Op::AtMost, true) => "check.limit.at_most",
        (Op::Equal, true) => "check.limit.equal",
        (Op::AtLeast, true) => "check.limit.at_least",
        (Op::More, true) => "check.limit.more",
    };
    Message::new(key)
        .with("left", side(plan, &relation.left, SentencePosition::Start))
        .with("left_value", left)
        .with(
            "right",
            side(plan, &relation.right, SentencePosition::Inside),
        )
        .with("right_value", right)
}

/// `100 * a <= 105 * b` reads as "a is more than 105 % of b", with the values people typed.
fn share(plan: &Plan, relation: &Relation, left: Decimal, right: Decimal) -> Option<Message> {
    let ([Term::Field(hundredth, part)], [Term::Field(share, whole)], Op::AtMost) =
        (&relation.left[..], &relation.right[..], relation.op)
    else {
        return None;
    };
    let percent = share.checked_mul(100)?;
    if *hundredth < 2 || percent % hundredth != 0 {
        return None;
    }
    let undo = |total: Decimal, factor: i64| {
        let mantissa = total.mantissa().checked_div(factor)?;
        let value = Decimal::new(mantissa, total.scale())?;
        (value.checked_mul(factor)? == total).then_some(value)
    };
    Some(
        Message::new("check.relation.share")
            .with("left", name(plan, part, SentencePosition::Start))
            .with("left_value", undo(left, *hundredth)?)
            .with("percent", Decimal::whole(percent / hundredth))
            .with("right", name(plan, whole, SentencePosition::Inside))
            .with("right_value", undo(right, *share)?),
    )
}

/// Where in a sentence a label stands.
#[derive(Clone, Copy)]
enum SentencePosition {
    Start,
    Inside,
}

/// A side in words: labels joined by `+`, factors before them.
fn side(plan: &Plan, terms: &[Term], position: SentencePosition) -> Label {
    let words = |lang: Lang| {
        let positions =
            std::iter::once(position).chain(std::iter::repeat(SentencePosition::Inside));
        let parts = terms.iter().zip(positions);
        let parts: Vec<String> = parts
            .map(|(t, position)| term(plan, t, position, lang))
            .collect();
        parts.join(" + ")
    };
    Label {
        vi: words(Lang::Vi),
        en: words(Lang::En),
    }
}

fn term(plan: &Plan, term: &Term, position: SentencePosition, lang: Lang) -> String {
    match (term, lang) {
        (Term::Constant(value), _) => value.display(),
        (Term::Field(1, field), _) => name(plan, field, position).get(lang).to_owned(),
        (Term::Field(factor, field), _) => {
            format!(
                "{factor} × {}",
                name(plan, field, SentencePosition::Inside).get(lang)
            )
        }
    }
}

fn name(plan: &Plan, field: &FieldId, position: SentencePosition) -> Label {
    let Some(field) = plan.field(field) else {
        return Label::same(field.as_str());
    };
    match position {
        SentencePosition::Start => field.short.clone(),
        SentencePosition::Inside => inside(&field.short),
    }
}
