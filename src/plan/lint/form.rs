//! Fields, relations and rules as a clerk will meet them on a form.

use std::collections::{HashMap, HashSet};

use unicode_width::UnicodeWidthStr;

use super::lookup::{Lint, about, as_written};
use super::names::against;
use crate::base::{Decimal, Lang};
use crate::plan::id::FieldId;
use crate::plan::model::{Collector, Field, FieldType, Rule, RuleKind, Term};
use crate::plan::reader::Location;

/// The widest label that fits beside figures, past and change on 80 columns.
const SHORT_WIDTH: usize = 44;

pub(super) fn check(lint: &Lint<'_, '_>) {
    let mut shown: HashMap<(u8, &str), &str> = HashMap::new();
    for (field, location) in lint.draft.fields.iter() {
        one_field(lint, field, location);
        let key = (field.objective, field.short.vi.as_str());
        if let Some(other) = shown.insert(key, field.id.as_str())
            && other != field.id.as_str()
        {
            let message = against("plan.problem.same_label", field.id.as_str(), other);
            lint.problems
                .warning(location.of("short").max(location.of("label")), message);
        }
    }
    periods_without_fields(lint);
    for (relation, location) in lint.draft.relations.iter() {
        let ids = relation
            .left
            .iter()
            .chain(&relation.right)
            .filter_map(|term| match term {
                Term::Field(_, field) => Some(field),
                Term::Constant(_) => None,
            });
        let fields = lint.fields_of(ids);
        if fields.is_empty() {
            lint.problems.error(
                location.start(),
                about("plan.problem.no_field", relation.id.as_str()),
            );
        } else if !lint.meet_on_a_form(&fields) {
            let message = about("plan.problem.never_together", relation.id.as_str());
            lint.problems
                .warning(location.of("hard").max(location.of("soft")), message);
        }
    }
    for (rule, location) in lint.draft.rules.iter() {
        one_rule(lint, rule, location);
    }
}

fn one_field(lint: &Lint<'_, '_>, field: &Field, location: &Location<'_>) {
    let id = field.id.as_str();
    for (lang, short, label) in [
        (Lang::Vi, "short", "label"),
        (Lang::En, "short_en", "label_en"),
    ] {
        let width = field.short.get(lang).width();
        if width > SHORT_WIDTH {
            let message = about("plan.problem.too_wide", id)
                .with("key", short)
                .with("width", width)
                .with("max", SHORT_WIDTH);
            lint.problems
                .warning(location.of(short).max(location.of(label)), message);
        }
    }
    if field.kind.is_numeric() && field.unit.is_empty() {
        lint.problems.warning(
            location.start(),
            about("plan.problem.no_unit_of_measure", id),
        );
    }
    let exists = |by: &Collector| match by {
        Collector::Unit(_) => true,
        Collector::Group(group) => lint
            .draft
            .units
            .values()
            .any(|unit| lint.groups.get(unit.kind.as_str()) == Some(&group.as_str())),
    };
    if !field.collected_by.iter().any(exists) {
        lint.problems.error(
            location.of("collected_by"),
            about("plan.problem.nobody_collects", id),
        );
    }
    if let Some((head, _)) = &lint.draft.head
        && lint.collected_by(field, &Collector::Unit(head.district.clone()))
    {
        let message = against("plan.problem.district_collects", id, head.district.as_str());
        lint.problems.error(location.of("collected_by"), message);
    }
    for (index, kind) in field.periods.iter().enumerate() {
        if !lint.draft.periods.values().any(|p| p.kind == *kind) {
            let message = about("plan.problem.no_period_of_kind", id);
            lint.problems
                .warning(location.element("periods", index), message);
        }
    }
}

/// A listed period that asks for nothing would be an empty form.
fn periods_without_fields(lint: &Lint<'_, '_>) {
    let asked: HashSet<_> = lint
        .draft
        .fields
        .values()
        .flat_map(|f| &f.periods)
        .collect();
    let mut said = HashSet::new();
    for (period, location) in lint.draft.periods.iter() {
        if !asked.contains(&period.kind) && said.insert(period.kind) {
            let message = about("plan.problem.form_without_fields", period.id.as_str());
            lint.problems.error(location.of("kind"), message);
        }
    }
}

fn one_rule(lint: &Lint<'_, '_>, rule: &Rule, location: &Location<'_>) {
    let id = rule.id.as_str();
    match &rule.kind {
        RuleKind::FieldRange { field, min, max } => {
            limits(lint, id, (*min, *max), location);
            for (key, limit) in [("min", min), ("max", max)] {
                if let Some(limit) = limit {
                    whole_for_counts(lint, field, *limit, location.of(key));
                }
            }
        }
        RuleKind::RateRange { min, max, .. } => limits(lint, id, (*min, *max), location),
        RuleKind::NoteFrom { field, at_least } => {
            whole_for_counts(lint, field, *at_least, location.of("at_least"));
        }
        RuleKind::RateJump { points, .. } if *points <= Decimal::ZERO => {
            lint.problems.error(
                location.of("points"),
                about("plan.problem.not_positive", "points"),
            );
        }
        RuleKind::Binomial { expected, .. }
            if *expected <= Decimal::ZERO || *expected >= Decimal::whole(100) =>
        {
            lint.problems.error(
                location.of("expected"),
                about("plan.problem.bad_share_expected", id),
            );
        }
        RuleKind::Binomial { part, rest, .. } => {
            if !lint.meet_on_a_form(&lint.fields_of([part, rest])) {
                lint.problems.warning(
                    location.of("part"),
                    about("plan.problem.never_together", id),
                );
            }
        }
        RuleKind::SameInRow { .. } | RuleKind::RateExactly { .. } | RuleKind::RateJump { .. } => {}
    }
}

fn limits(
    lint: &Lint<'_, '_>,
    id: &str,
    (min, max): (Option<Decimal>, Option<Decimal>),
    location: &Location<'_>,
) {
    match (min, max) {
        (None, None) => lint
            .problems
            .error(location.start(), about("plan.problem.no_limits", id)),
        (Some(min), Some(max)) if min > max => {
            let message = about("plan.problem.min_above_max", id)
                .with("min", as_written(min))
                .with("max", as_written(max));
            lint.problems.error(location.of("min"), message);
        }
        _ => {}
    }
}

/// A limit finer than the field's own decimals can never be reached exactly.
fn whole_for_counts(lint: &Lint<'_, '_>, field: &FieldId, limit: Decimal, at: usize) {
    let decimals = match lint.fields.get(field.as_str()).map(|f| f.kind) {
        Some(FieldType::Count) => 0,
        Some(FieldType::Decimal(decimals)) => decimals,
        Some(FieldType::Text) | None => return,
    };
    if limit.scale() > decimals {
        let message = about("plan.problem.too_many_decimals", field.as_str())
            .with("value", as_written(limit))
            .with("max", usize::from(decimals));
        lint.problems.warning(at, message);
    }
}
