//! Relations that a form can break and can keep.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::lookup::{Lint, about};
use crate::base::Decimal;
use crate::plan::id::FieldId;
use crate::plan::model::{Op, Relation, Term};
use crate::plan::reader::Location;

pub(super) fn check(lint: &Lint<'_, '_>) {
    for (relation, location) in lint.draft.relations.iter() {
        one_relation(lint, relation, location);
    }
}

fn one_relation(lint: &Lint<'_, '_>, relation: &Relation, location: &Location<'_>) {
    let id = relation.id.as_str();
    let at = location.of("hard").max(location.of("soft"));
    let named: Vec<&FieldId> = terms(relation).filter_map(|(_, field)| field).collect();
    let fields = lint.fields_of(named.iter().copied());
    match always(relation) {
        _ if named.is_empty() => {
            let message = about("plan.problem.no_field", id);
            lint.problems.error(location.start(), message);
        }
        Some(Always::Holds) => {
            let message = about("plan.problem.always_holds", id);
            lint.problems.warning(at, message);
        }
        Some(Always::Broken) => {
            let message = about("plan.problem.always_broken", id);
            lint.problems.error(at, message);
        }
        None if !lint.meet_on_a_form(&fields) => {
            let message = about("plan.problem.never_together", id);
            lint.problems.warning(at, message);
        }
        None => {}
    }
}

/// What a relation says whatever is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Always {
    Holds,
    Broken,
}

/// The terms of both sides as `left - right`: factors and their fields, and the constants.
fn terms(relation: &Relation) -> impl Iterator<Item = (Decimal, Option<&FieldId>)> {
    let signed = |term: &'_ Term, sign: i64| match term {
        Term::Field(factor, _) => Decimal::whole(factor.saturating_mul(sign)),
        Term::Constant(value) => value.checked_mul(sign).unwrap_or(Decimal::ZERO),
    };
    let left = relation
        .left
        .iter()
        .map(move |term| (signed(term, 1), term));
    let right = relation
        .right
        .iter()
        .map(move |term| (signed(term, -1), term));
    left.chain(right).map(|(factor, term)| match term {
        Term::Field(_, field) => (factor, Some(field)),
        Term::Constant(_) => (factor, None),
    })
}

/// A figure is never negative; so a difference whose factors all have one sign has it too.
fn always(relation: &Relation) -> Option<Always> {
    let mut constant = Decimal::ZERO;
    let mut factors: BTreeMap<&FieldId, Decimal> = BTreeMap::new();
    for (factor, field) in terms(relation) {
        let sum = field.map_or(&mut constant, |field| {
            factors.entry(field).or_insert(Decimal::ZERO)
        });
        *sum = sum.checked_add(factor)?;
    }
    let signs: Vec<Ordering> = factors.values().map(|f| f.cmp(&Decimal::ZERO)).collect();
    let never = |sign: Ordering| !signs.contains(&sign);
    let sign = constant.cmp(&Decimal::ZERO);
    let fixed = never(Ordering::Less) && never(Ordering::Greater);
    // The smallest and the largest difference there can be, where there is one.
    let least = never(Ordering::Less).then_some(sign);
    let most = never(Ordering::Greater).then_some(sign);
    let holds = match relation.op {
        Op::AtLeast => least.is_some_and(Ordering::is_ge),
        Op::More => least.is_some_and(Ordering::is_gt),
        Op::AtMost => most.is_some_and(Ordering::is_le),
        Op::Less => most.is_some_and(Ordering::is_lt),
        Op::Equal => fixed && sign.is_eq(),
    };
    let broken = match relation.op {
        Op::AtLeast => most.is_some_and(Ordering::is_lt),
        Op::More => most.is_some_and(Ordering::is_le),
        Op::AtMost => least.is_some_and(Ordering::is_gt),
        Op::Less => least.is_some_and(Ordering::is_ge),
        Op::Equal => least.is_some_and(Ordering::is_gt) || most.is_some_and(Ordering::is_lt),
    };
    match (holds, broken) {
        (true, _) => Some(Always::Holds),
        (_, true) => Some(Always::Broken),
        _ => None,
    }
}
