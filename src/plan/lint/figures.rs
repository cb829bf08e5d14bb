//! Measures: figures that somebody can compute, held against targets that somebody can reach.

use std::collections::BTreeMap;

use super::graph::circle;
use super::lookup::{Lint, about, as_written};
use super::target_words;
use crate::base::Decimal;
use crate::plan::id::{FieldId, MeasureId};
use crate::plan::model::{Collector, Field, Formula, Measure, Op, RollUp, Severity, Term};
use crate::plan::reader::Location;

pub(super) fn check(lint: &Lint<'_, '_>) {
    for (measure, location) in lint.draft.measures.iter() {
        if target(lint, measure, location) {
            target_words::check(lint, measure, location);
        }
        operands(lint, measure, location);
        rates(lint, measure, location);
        roll_up(lint, measure, location);
        direct(lint, measure, location);
        pairs(lint, measure, location);
    }
    met_in_a_circle(lint);
}

/// True where the target can be reached and missed.
fn target(lint: &Lint<'_, '_>, measure: &Measure, location: &Location<'_>) -> bool {
    let at = location.of("target");
    let id = measure.id.as_str();
    let shown = format!("{} {}", measure.op.ascii(), as_written(measure.target));
    let hundred = Decimal::whole(i64::from(measure.scale));
    let above = match measure.op {
        Op::More => measure.target >= hundred,
        Op::AtLeast | Op::Equal => measure.target > hundred,
        Op::Less | Op::AtMost => false,
    };
    let below = match measure.op {
        Op::Less => measure.target <= Decimal::ZERO,
        Op::AtMost | Op::Equal => measure.target < Decimal::ZERO,
        Op::More | Op::AtLeast => false,
    };
    if below || (above && never_above_whole(lint, &measure.formula)) {
        let message = about("plan.problem.impossible_target", id).with("target", shown.as_str());
        lint.problems.error(at, message.with("max", hundred));
    } else if above && measure.suffix.vi.trim_start().starts_with('%') {
        let message = about("plan.problem.unlikely_target", id).with("target", shown.as_str());
        lint.problems.warning(at, message);
    }
    let always = match measure.op {
        Op::AtLeast => measure.target <= Decimal::ZERO,
        Op::More => measure.target < Decimal::ZERO,
        Op::Less | Op::AtMost | Op::Equal => false,
    };
    if always {
        let message = about("plan.problem.always_met", id).with("target", shown);
        lint.problems.warning(at, message);
    }
    !(below || above || always)
}

/// True when the part cannot exceed the whole: it is counted, or a hard relation says so.
pub(super) fn never_above_whole(lint: &Lint<'_, '_>, formula: &Formula) -> bool {
    let Formula::Sums {
        numerator,
        denominator,
    } = formula
    else {
        return true;
    };
    let bounded = |left: &[FieldId], right: &[FieldId]| {
        lint.draft.relations.values().any(|relation| {
            relation.severity == Severity::Hard
                && matches!(relation.op, Op::AtMost | Op::Less)
                && is_sum_of(&relation.left, left)
                && is_sum_of(&relation.right, right)
        })
    };
    let pairwise = numerator.len() == denominator.len()
        && numerator
            .iter()
            .zip(denominator)
            .all(|(a, b)| bounded(std::slice::from_ref(a), std::slice::from_ref(b)));
    pairwise || bounded(numerator, denominator)
}

fn is_sum_of(terms: &[Term], fields: &[FieldId]) -> bool {
    let is = |term: &Term, field: &FieldId| matches!(term, Term::Field(1, id) if id == field);
    terms.len() == fields.len() && terms.iter().all(|t| fields.iter().any(|f| is(t, f)))
}

/// Some unit has all operands on one form, and counts ask for more than nothing.
fn operands(lint: &Lint<'_, '_>, measure: &Measure, location: &Location<'_>) {
    let id = measure.id.as_str();
    match &measure.formula {
        Formula::Sums {
            numerator,
            denominator,
        } => {
            let fields = lint.fields_of(numerator.iter().chain(denominator));
            let by_one = fields
                .iter()
                .flat_map(|f| &f.collected_by)
                .any(|by| fields.iter().all(|field| lint.collected_by(field, by)));
            if !fields.is_empty() && !by_one {
                lint.problems.error(
                    location.of("numerator"),
                    about("plan.problem.no_unit_has_all", id),
                );
            }
            parts(lint, measure, (numerator, denominator), location);
        }
        Formula::Agencies(pairs) => {
            for (index, (all, women)) in pairs.iter().enumerate() {
                if !lint.meet_on_a_form(&lint.fields_of([all, women])) {
                    let message = about("plan.problem.no_unit_has_all", id);
                    lint.problems
                        .error(location.element("agencies", index), message);
                }
            }
        }
        Formula::UnitsEvery {
            kind,
            field,
            at_least,
        }
        | Formula::SubPeriods {
            kind,
            field,
            at_least,
        } => {
            let at = location.of("units_every").max(location.of("sub_periods"));
            if *at_least <= Decimal::ZERO {
                lint.problems
                    .error(at, about("plan.problem.not_positive", "at_least"));
            }
            let asked = lint.fields.get(field.as_str());
            if asked.is_some_and(|f| !f.periods.contains(kind)) {
                lint.problems
                    .error(at, about("plan.problem.not_asked_then", field.as_str()));
            }
        }
    }
}

/// No field counts twice on one side, and the two sides are not the same.
fn parts(
    lint: &Lint<'_, '_>,
    measure: &Measure,
    (numerator, denominator): (&[FieldId], &[FieldId]),
    location: &Location<'_>,
) {
    for (key, side) in [("numerator", numerator), ("denominator", denominator)] {
        let twice = |(at, field): &(usize, &FieldId)| side.iter().take(*at).any(|f| f == *field);
        if let Some((_, field)) = side.iter().enumerate().find(twice) {
            let message = about("plan.problem.twice_in_sum", field.as_str());
            lint.problems.error(location.of(key), message);
        }
    }
    let within = |a: &[FieldId], b: &[FieldId]| a.iter().all(|field| b.contains(field));
    if within(numerator, denominator) && within(denominator, numerator) {
        let message = about("plan.problem.same_parts", measure.id.as_str());
        lint.problems.error(location.of("denominator"), message);
    }
}

/// The rate is shown in periods whose forms have its parts.
fn rates(lint: &Lint<'_, '_>, measure: &Measure, location: &Location<'_>) {
    for (index, kind) in measure.rate_in.iter().enumerate() {
        if !lint.has_period(*kind) {
            let message = about("plan.problem.rate_in_no_period", measure.id.as_str());
            lint.problems
                .warning(location.element("rate_in", index), message);
            continue;
        }
        let computable = match &measure.formula {
            Formula::Sums {
                numerator,
                denominator,
            } => {
                let fields = lint.fields_of(numerator.iter().chain(denominator));
                fields.iter().all(|field| field.periods.contains(kind))
            }
            Formula::Agencies(pairs) => {
                let fields = lint.fields_of(pairs.iter().flat_map(|(all, women)| [all, women]));
                fields.iter().all(|field| field.periods.contains(kind))
            }
            Formula::UnitsEvery { kind: sub, .. } | Formula::SubPeriods { kind: sub, .. } => {
                sub <= kind
            }
        };
        if !computable {
            let message = about("plan.problem.rate_never", measure.id.as_str());
            lint.problems
                .warning(location.element("rate_in", index), message);
        }
    }
    if measure.target.scale() > measure.places {
        let message = about("plan.problem.places", measure.id.as_str())
            .with("target", as_written(measure.target))
            .with("places", usize::from(measure.target.scale()));
        lint.problems.warning(location.of("places"), message);
    }
    if measure
        .small_below
        .is_some_and(|limit| limit <= Decimal::ZERO)
    {
        let message = about("plan.problem.not_positive", "small_below");
        lint.problems.error(location.of("small_below"), message);
    }
}

fn roll_up(lint: &Lint<'_, '_>, measure: &Measure, location: &Location<'_>) {
    let sums = matches!(measure.formula, Formula::Sums { .. });
    let counted = measure.roll_up == RollUp::Count;
    if sums == counted {
        let near = if sums { "ratio_of_sums" } else { "count" };
        let message = about("plan.problem.roll_up", measure.id.as_str()).with("near", near);
        lint.problems.error(location.of("roll_up"), message);
    }
    let fields = lint.fields_of(measure.components());
    let many = |by: &Collector| match by {
        Collector::Unit(_) => false,
        Collector::Group(group) => lint.units_of(group).nth(1).is_some(),
    };
    let by_many =
        |field: &&Field| field.collected_by.len() > 1 || field.collected_by.iter().any(many);
    if measure.roll_up == RollUp::Single
        && let Some(field) = fields.into_iter().find(by_many)
    {
        let message =
            about("plan.problem.single_many", measure.id.as_str()).with("field", field.id.as_str());
        lint.problems.error(location.of("roll_up"), message);
    }
}

/// A published figure is typed once, by one unit, and is not also a part of the sum.
fn direct(lint: &Lint<'_, '_>, measure: &Measure, location: &Location<'_>) {
    let Some(id) = &measure.direct else {
        return;
    };
    let at = location.of("direct");
    if lint
        .fields
        .get(id.as_str())
        .is_some_and(|field| field.collected_by.len() != 1)
    {
        lint.problems
            .error(at, about("plan.problem.direct_many", id.as_str()));
    }
    if let Formula::Sums {
        numerator,
        denominator,
    } = &measure.formula
        && (numerator.contains(id) || denominator.contains(id))
    {
        lint.problems
            .error(at, about("plan.problem.direct_in_sum", id.as_str()));
    }
}

fn pairs(lint: &Lint<'_, '_>, measure: &Measure, location: &Location<'_>) {
    let paired = matches!(&measure.formula, Formula::Sums { numerator, denominator }
        if numerator.len() == denominator.len());
    if measure.met_when_each && !paired {
        let message = about("plan.problem.not_paired", measure.id.as_str());
        lint.problems.error(location.of("met_when_each"), message);
    }
}

fn met_in_a_circle(lint: &Lint<'_, '_>) {
    let edges: BTreeMap<&str, Vec<&str>> = lint
        .draft
        .measures
        .values()
        .map(|m| {
            (
                m.id.as_str(),
                m.met_when_all.iter().map(MeasureId::as_str).collect(),
            )
        })
        .collect();
    if let Some(names) = circle(&edges) {
        let on_it = |(m, _): &(&Measure, _)| names.contains(&m.id.as_str());
        let at = lint.draft.measures.iter().find(on_it);
        let at = at.map_or(0, |(_, location)| location.of("met_when_all"));
        lint.problems
            .error(at, about("plan.problem.met_circle", &names.join(" → ")));
    }
}
