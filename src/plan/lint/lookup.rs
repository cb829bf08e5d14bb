//! A draft with its names at hand, and what every cross-check asks of it.

use std::collections::HashMap;

use crate::base::{Decimal, Message};
use crate::plan::file::PlanDraft;
use crate::plan::id::FieldId;
use crate::plan::model::{Collector, Field, Measure, PeriodKind, Unit};
use crate::plan::problem::{Problems, line_and_column};

/// A draft whose units, fields and measures are found by name, and where its problems are noted.
pub(super) struct Lint<'a, 'd> {
    pub(super) draft: &'a PlanDraft<'d>,
    pub(super) problems: &'a Problems,
    text: &'a str,
    pub(super) units: HashMap<&'a str, &'a Unit>,
    pub(super) fields: HashMap<&'a str, &'a Field>,
    pub(super) measures: HashMap<&'a str, &'a Measure>,
    pub(super) groups: HashMap<&'a str, &'a str>,
}

impl<'a, 'd> Lint<'a, 'd> {
    /// Gathers the names of a draft.
    pub(super) fn new(draft: &'a PlanDraft<'d>, text: &'a str, problems: &'a Problems) -> Self {
        Self {
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
        }
    }

    /// A line of the file as an argument of a message: without grouping, as editors show it.
    pub(super) fn line(&self, at: usize) -> String {
        line_and_column(self.text, at).0.to_string()
    }

    /// The fields behind ids that are known; unknown ones are reported elsewhere.
    pub(super) fn fields_of<'i>(
        &self,
        ids: impl IntoIterator<Item = &'i FieldId>,
    ) -> Vec<&'a Field> {
        ids.into_iter()
            .filter_map(|id| self.fields.get(id.as_str()).copied())
            .collect()
    }

    /// True when the plan has, or may have, a period of this kind.
    pub(super) fn has_period(&self, kind: PeriodKind) -> bool {
        let periods = &self.draft.periods;
        !periods.is_complete() || periods.values().any(|period| period.kind == kind)
    }

    /// True when the plan has the unit, or a unit of the group.
    pub(super) fn somebody(&self, by: &Collector) -> bool {
        match by {
            Collector::Unit(_) => true,
            Collector::Group(group) => self.units_of(group).next().is_some(),
        }
    }

    /// The units of a group.
    pub(super) fn units_of<'s>(&'s self, group: &'s str) -> impl Iterator<Item = &'a Unit> + 's {
        self.draft
            .units
            .values()
            .filter(move |unit| self.groups.get(unit.kind.as_str()).copied() == Some(group))
    }

    /// True when at least one unit's form holds all these fields in one kind of period.
    pub(super) fn meet_on_a_form(&self, fields: &[&Field]) -> bool {
        let Some(first) = fields.first() else {
            return true;
        };
        let one_kind = |kind| fields.iter().all(|f| f.periods.contains(kind));
        let one_unit = |by| fields.iter().all(|f| self.collected_by(f, by));
        first.periods.iter().any(one_kind)
            && fields.iter().flat_map(|f| &f.collected_by).any(one_unit)
    }

    /// True when the unit, or each unit of the group, types the field.
    pub(super) fn collected_by(&self, field: &Field, by: &Collector) -> bool {
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
pub(super) fn as_written(number: Decimal) -> String {
    number.to_string()
}

/// A message about one thing of the plan.
pub(super) fn about(key: &'static str, id: &str) -> Message {
    Message::new(key).with("id", id)
}
