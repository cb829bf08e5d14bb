//! Ids given twice, and names that nothing in the plan bears.

use std::collections::HashMap;

use super::lookup::{Lint, about};
use crate::base::Message;
use crate::plan::file::LocatedList;
use crate::plan::id::FieldId;
use crate::plan::model::{Collector, Formula, RuleKind, Term};
use crate::plan::near::nearest;
use crate::plan::reader::{Location, visible};

/// What a name should have been the name of: the message without and with a suggestion.
#[derive(Clone, Copy)]
struct ReferenceKind {
    unknown: &'static str,
    near: &'static str,
}

macro_rules! reference_kind {
    ($name:literal) => {
        ReferenceKind {
            unknown: concat!("plan.problem.unknown.", $name),
            near: concat!("plan.problem.unknown_near.", $name),
        }
    };
}

const UNIT: ReferenceKind = reference_kind!("unit");
const KIND: ReferenceKind = reference_kind!("kind");
const COLLECTOR: ReferenceKind = reference_kind!("collector");
const FIELD: ReferenceKind = reference_kind!("field");
const MEASURE: ReferenceKind = reference_kind!("measure");
const INDICATOR: ReferenceKind = reference_kind!("indicator");

pub(super) fn check(lint: &Lint<'_, '_>) {
    duplicates(lint);
    head(lint);
    units(lint);
    form(lint);
    measures(lint);
    checks(lint);
}

fn duplicates(lint: &Lint<'_, '_>) {
    let draft = lint.draft;
    once(lint, ids(&draft.kinds, |kind| kind.id.clone()));
    once(lint, ids(&draft.units, |unit| unit.id.to_string()));
    once(lint, ids(&draft.periods, |period| period.id.to_string()));
    once(
        lint,
        ids(&draft.indicators, |indicator| indicator.id.clone()),
    );
    once(lint, ids(&draft.fields, |field| field.id.to_string()));
    once(lint, ids(&draft.measures, |measure| measure.id.to_string()));
    once(lint, ids(&draft.reasons, |reason| reason.id.to_string()));
    // Relations and rules are told apart by one kind of id in findings and confirmations.
    let relations = ids(&draft.relations, |relation| relation.id.to_string());
    let rules = ids(&draft.rules, |rule| rule.id.to_string());
    once(lint, relations.chain(rules));
    let objectives = ids(&draft.objectives, |objective| objective.number.to_string());
    once(lint, objectives);
}

fn ids<'a, 'd, T>(
    list: &'a LocatedList<'d, T>,
    id: impl Fn(&T) -> String + 'a,
) -> impl Iterator<Item = (String, Location<'d>)> + 'a {
    list.iter()
        .map(move |(item, location)| (id(item), *location))
}

fn once<'d>(lint: &Lint<'_, '_>, ids: impl Iterator<Item = (String, Location<'d>)>) {
    let mut first: HashMap<String, usize> = HashMap::new();
    for (id, location) in ids {
        // Periods come sorted by date, so "first" is whatever stands higher in the file.
        let at = location.of("id");
        let Some(other) = first.get(&id).copied() else {
            first.insert(id, at);
            continue;
        };
        let (higher, lower) = (other.min(at), other.max(at));
        let message = about("plan.problem.duplicate", &id).with("line", lint.line(higher));
        lint.problems.error(lower, message);
        first.insert(id, higher);
    }
}

impl Lint<'_, '_> {
    /// Reports a name that is not among `known`, unless its item stands there but was unreadable.
    fn refer<'k, T>(
        &self,
        (name, at): (&str, usize),
        wanted: ReferenceKind,
        list: &LocatedList<'_, T>,
        mut known: impl Iterator<Item = &'k str> + Clone,
    ) -> bool {
        if self.problems.is_full() || list.is_unread(name) || known.clone().any(|k| k == name) {
            return true;
        }
        let shown = visible(name);
        let message = match nearest(name, known.by_ref()) {
            Some(near) => about(wanted.near, &shown).with("near", near),
            None => about(wanted.unknown, &shown),
        };
        self.problems.error(at, message);
        false
    }

    fn refer_unit(&self, name: &str, at: usize) {
        if !self.units.contains_key(name) {
            let known = self.draft.units.values().map(|u| u.id.as_str());
            self.refer((name, at), UNIT, &self.draft.units, known);
        }
    }

    fn refer_measure(&self, name: &str, at: usize) {
        if !self.measures.contains_key(name) {
            let known = self.draft.measures.values().map(|m| m.id.as_str());
            self.refer((name, at), MEASURE, &self.draft.measures, known);
        }
    }

    /// A field that is known and holds numbers.
    fn refer_number(&self, id: &FieldId, at: usize) {
        match self.fields.get(id.as_str()) {
            Some(field) if field.kind.is_numeric() => {}
            Some(_) => self
                .problems
                .error(at, about("plan.problem.text_in_formula", id.as_str())),
            None => {
                let known = self.draft.fields.values().map(|f| f.id.as_str());
                self.refer((id.as_str(), at), FIELD, &self.draft.fields, known);
            }
        }
    }

    fn refer_collectors(&self, these: &[Collector], location: &Location<'_>, key: &str) {
        for (index, by) in these.iter().enumerate() {
            if let Collector::Unit(id) = by
                && !self.units.contains_key(id.as_str())
                && !self.draft.kinds.may_hold("group", id.as_str())
            {
                let at = location.element(key, index);
                let groups = self.groups.values().copied();
                let known = self.units.keys().copied().chain(groups);
                self.refer((id.as_str(), at), COLLECTOR, &self.draft.units, known);
            }
        }
    }

    fn refer_objective(&self, number: u8, at: usize) {
        let objectives = &self.draft.objectives;
        if objectives.is_complete() && !objectives.values().any(|o| o.number == number) {
            let message = about("plan.problem.unknown.objective", &number.to_string());
            self.problems.error(at, message);
        }
    }
}

fn head(lint: &Lint<'_, '_>) {
    if let Some((head, location)) = &lint.draft.head {
        lint.refer_unit(head.district.as_str(), location.of("district"));
        lint.refer_unit(head.coordinator.as_str(), location.of("coordinator"));
        if head.coordinator == head.district {
            let message = about("plan.problem.district_coordinates", head.district.as_str());
            lint.problems.error(location.of("coordinator"), message);
        }
    }
}

fn units(lint: &Lint<'_, '_>) {
    let kinds = || lint.draft.kinds.values().map(|k| k.id.as_str());
    for (unit, location) in lint.draft.units.iter() {
        lint.refer(
            (&unit.kind, location.of("kind")),
            KIND,
            &lint.draft.kinds,
            kinds(),
        );
    }
    for (change, location) in lint.draft.changes.iter() {
        lint.refer_unit(change.from.as_str(), location.of("from"));
        lint.refer_unit(change.to.as_str(), location.of("to"));
    }
    for group in lint.groups.values() {
        if let Some(unit) = lint.units.get(group) {
            let location = lint.draft.units.iter().find(|(u, _)| u.id == unit.id);
            let at = location.map_or(0, |(_, location)| location.of("id"));
            lint.problems
                .error(at, about("plan.problem.group_and_unit", group));
        }
    }
}

fn form(lint: &Lint<'_, '_>) {
    // A measure of an unknown indicator may be the one that another indicator waits for.
    let known = |id: &str| lint.draft.indicators.values().any(|i| i.id == id);
    let strays = lint.draft.measures.values().any(|m| !known(&m.indicator));
    for (indicator, location) in lint.draft.indicators.iter() {
        lint.refer_objective(indicator.objective, location.of("objective"));
        let measures = &lint.draft.measures;
        if !strays
            && !measures.values().any(|m| m.indicator == indicator.id)
            && !measures.may_hold("indicator", &indicator.id)
        {
            let message = about("plan.problem.indicator_without_measure", &indicator.id);
            lint.problems.warning(location.of("id"), message);
        }
    }
    for (field, location) in lint.draft.fields.iter() {
        lint.refer_objective(field.objective, location.of("objective"));
        lint.refer_collectors(&field.collected_by, location, "collected_by");
    }
}

fn measures(lint: &Lint<'_, '_>) {
    let indicators = || lint.draft.indicators.values().map(|i| i.id.as_str());
    for (measure, location) in lint.draft.measures.iter() {
        let indicator = (measure.indicator.as_str(), location.of("indicator"));
        lint.refer(indicator, INDICATOR, &lint.draft.indicators, indicators());
        match &measure.formula {
            Formula::Sums {
                numerator,
                denominator,
            } => {
                for field in numerator {
                    lint.refer_number(field, location.of("numerator"));
                }
                for field in denominator {
                    lint.refer_number(field, location.of("denominator"));
                }
            }
            Formula::Agencies(pairs) => {
                for (index, (all, women)) in pairs.iter().enumerate() {
                    let at = location.element("agencies", index);
                    lint.refer_number(all, at);
                    lint.refer_number(women, at);
                }
            }
            Formula::UnitsEvery { field, .. } => {
                lint.refer_number(field, location.of("units_every"));
            }
            Formula::SubPeriods { field, .. } => {
                lint.refer_number(field, location.of("sub_periods"));
            }
        }
        if let Some(field) = &measure.direct {
            lint.refer_number(field, location.of("direct"));
        }
        for (index, owner) in measure.owners.iter().enumerate() {
            lint.refer_unit(owner.unit.as_str(), location.element("owners", index));
        }
        for (index, other) in measure.met_when_all.iter().enumerate() {
            lint.refer_measure(other.as_str(), location.element("met_when_all", index));
        }
    }
}

fn checks(lint: &Lint<'_, '_>) {
    for (relation, location) in lint.draft.relations.iter() {
        let at = location.of("hard").max(location.of("soft"));
        for term in relation.left.iter().chain(&relation.right) {
            if let Term::Field(_, field) = term {
                lint.refer_number(field, at);
            }
        }
    }
    for (trend, location) in lint.draft.trends.iter() {
        for (index, field) in trend.fields.iter().enumerate() {
            lint.refer_number(field, location.element("fields", index));
        }
    }
    for (rule, location) in lint.draft.rules.iter() {
        lint.refer_collectors(&rule.units, location, "units");
        match &rule.kind {
            RuleKind::NoneInRow { fields, .. } => {
                for field in fields {
                    lint.refer_number(field, location.of("fields"));
                }
            }
            RuleKind::ShareRange { part, whole, .. } => {
                for (key, fields) in [("part", part), ("whole", whole)] {
                    for field in fields {
                        lint.refer_number(field, location.of(key));
                    }
                }
            }
            RuleKind::FieldRange { field, .. }
            | RuleKind::NoteFrom { field, .. }
            | RuleKind::SameInRow { field, .. } => lint.refer_number(field, location.of("field")),
            RuleKind::Binomial { part, rest, .. } => {
                lint.refer_number(part, location.of("part"));
                lint.refer_number(rest, location.of("rest"));
            }
            RuleKind::RateRange { measure, .. }
            | RuleKind::RateExactly { measure, .. }
            | RuleKind::RateJump { measure, .. } => {
                lint.refer_measure(measure.as_str(), location.of("measure"));
            }
        }
    }
}

/// A message about two things that contradict each other.
pub(super) fn against(key: &'static str, id: &str, other: &str) -> Message {
    about(key, id).with("other", other)
}
