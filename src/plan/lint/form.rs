//! Fields as a clerk will meet them on a form.

use std::collections::{HashMap, HashSet};

use unicode_width::UnicodeWidthStr;

use super::lookup::{Lint, about};
use super::names::against;
use crate::base::Lang;
use crate::plan::model::{Collector, Field};
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
    let whole = lint.draft.units.is_complete() && lint.draft.kinds.is_complete();
    if whole && !field.collected_by.iter().any(|by| lint.somebody(by)) {
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
        if !lint.has_period(*kind) {
            let message = about("plan.problem.no_period_of_kind", id);
            lint.problems
                .warning(location.element("periods", index), message);
        }
    }
}

/// A listed period that asks for nothing would be an empty form.
fn periods_without_fields(lint: &Lint<'_, '_>) {
    if !lint.draft.fields.is_complete() {
        return;
    }
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
