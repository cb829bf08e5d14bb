//! Cross-checks of a plan: what each part says of the others, and what follows for its users.
//!
//! A plan file is written by people who will not see its effect for months; so everything that
//! would later surprise a clerk is said here, with its line and what to write instead.

mod dates;
mod figures;
mod form;
mod graph;
mod names;
mod periods;

use std::collections::HashMap;

use super::file::Draft;
use super::id::FieldId;
use super::model::{Collector, Field, Measure, Unit};
use super::problem::{Problems, line_and_column};
use crate::base::{Decimal, Message};

/// A draft with its names at hand.
struct Lint<'a, 'd> {
    draft: &'a Draft<'d>,
    problems: &'a Problems,
    text: &'a str,
    units: HashMap<&'a str, &'a Unit>,
    fields: HashMap<&'a str, &'a Field>,
    measures: HashMap<&'a str, &'a Measure>,
    groups: HashMap<&'a str, &'a str>,
}

/// Notes every contradiction of a draft; `text` is the file's, for lines in messages.
pub(super) fn check(draft: &Draft<'_>, text: &str, problems: &Problems) {
    let lint = Lint {
        draft,
        problems,
        text,
        units: draft.units.values().map(|u| (u.id.as_str(), u)).collect(),
        fields: draft.fields.values().map(|f| (f.id.as_str(), f)).collect(),
        measures: draft
            .measures
            .values()
            .map(|m| (m.id.as_str(), m))
            .collect(),
        groups: draft
            .kinds
            .values()
            .filter_map(|k| Some((k.id.as_str(), k.group.as_deref()?)))
            .collect(),
    };
    names::check(&lint);
    dates::check(&lint);
    periods::check(&lint);
    form::check(&lint);
    figures::check(&lint);
}

impl<'a> Lint<'a, '_> {
    /// A line of the file as an argument of a message: without grouping, as editors show it.
    fn line(&self, at: usize) -> String {
        line_and_column(self.text, at).0.to_string()
    }

    /// The fields behind ids that are known; unknown ones are reported elsewhere.
    fn fields_of<'i>(&self, ids: impl IntoIterator<Item = &'i FieldId>) -> Vec<&'a Field> {
        ids.into_iter()
            .filter_map(|id| self.fields.get(id.as_str()).copied())
            .collect()
    }

    /// True when at least one unit's form holds all these fields in one kind of period.
    fn meet_on_a_form(&self, fields: &[&Field]) -> bool {
        let Some(first) = fields.first() else {
            return true;
        };
        let one_kind = |kind| fields.iter().all(|f| f.periods.contains(kind));
        let one_unit = |by| fields.iter().all(|f| self.collected_by(f, by));
        first.periods.iter().any(one_kind)
            && fields.iter().flat_map(|f| &f.collected_by).any(one_unit)
    }

    /// True when the unit, or each unit of the group, types the field.
    fn collected_by(&self, field: &Field, by: &Collector) -> bool {
        field.collected_by.contains(by)
            || match by {
                Collector::Group(_) => false,
                Collector::Unit(id) => self
                    .units
                    .get(id.as_str())
                    .and_then(|unit| self.groups.get(unit.kind.as_str()))
                    .is_some_and(|group| {
                        let group = Collector::Group((*group).to_owned());
                        field.collected_by.contains(&group)
                    }),
            }
    }
}

/// A number as the file writes it, whatever the reader's language.
fn as_written(number: Decimal) -> String {
    number.to_string()
}

/// A message about one thing of the plan.
fn about(key: &'static str, id: &str) -> Message {
    Message::new(key).with("id", id)
}
