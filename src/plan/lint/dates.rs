//! Units and owners over time: nobody in two places at once, no day without an owner.

use std::collections::{BTreeMap, HashMap};

use chrono::Days;

use super::graph::circle;
use super::lookup::{Lint, about};
use super::names::against;
use crate::base::Decimal;
use crate::plan::model::{Measure, Unit, UnitChange, Validity};
use crate::plan::reader::Location;

pub(super) fn check(lint: &Lint<'_, '_>) {
    for (unit, location) in lint.draft.units.iter() {
        in_order(lint, unit.valid, unit.id.as_str(), location.of("to"));
    }
    codes(lint);
    for (change, location) in lint.draft.changes.iter() {
        one_change(lint, change, location);
    }
    shares(lint);
    mergers_in_a_circle(lint);
    for (measure, location) in lint.draft.measures.iter() {
        owners(lint, measure, location);
    }
}

fn in_order(lint: &Lint<'_, '_>, valid: Validity, id: &str, at: usize) {
    if let Some(to) = valid.to.filter(|to| *to < valid.from) {
        let message = about("plan.problem.ends_before_start", id)
            .with("from", valid.from)
            .with("to", to);
        lint.problems.error(at, message);
    }
}

/// True when there is a day on which both hold.
fn overlap(a: Validity, b: Validity) -> bool {
    b.to.is_none_or(|to| a.from <= to) && a.to.is_none_or(|to| b.from <= to)
}

/// An official code may come back for a later unit, never for two units on one day.
fn codes(lint: &Lint<'_, '_>) {
    let mut by_code: HashMap<&str, Vec<(&Unit, &Location<'_>)>> = HashMap::new();
    for (unit, location) in lint.draft.units.iter() {
        if let Some(code) = &unit.code {
            by_code.entry(code).or_default().push((unit, location));
        }
    }
    for (code, mut units) in by_code {
        units.sort_by_key(|(unit, _)| unit.valid.from);
        for pair in units.windows(2) {
            // The same line twice is said of its id.
            if let [(earlier, _), (later, location)] = pair
                && earlier.id != later.id
                && overlap(earlier.valid, later.valid)
            {
                let message = against(
                    "plan.problem.code_twice",
                    later.id.as_str(),
                    earlier.id.as_str(),
                );
                lint.problems
                    .error(location.of("code"), message.with("code", code));
            }
        }
    }
}

fn one_change(lint: &Lint<'_, '_>, change: &UnitChange, location: &Location<'_>) {
    if change.from == change.to {
        let message = about("plan.problem.change_to_itself", change.from.as_str());
        lint.problems.error(location.of("to"), message);
    }
    if change.share <= Decimal::ZERO || change.share > Decimal::whole(1) {
        lint.problems.error(
            location.of("share"),
            about("plan.problem.bad_share", change.from.as_str()),
        );
    }
    let eve = change.date.checked_sub_days(Days::new(1));
    if let Some(from) = lint.units.get(change.from.as_str())
        && let Some(eve) = eve
        && from.valid.to != Some(eve)
    {
        let message = about("plan.problem.change_from", change.from.as_str())
            .with("date", change.date)
            .with("eve", eve.to_string());
        lint.problems.error(location.of("from"), message);
    }
    if let Some(to) = lint.units.get(change.to.as_str())
        && !to.valid.holds_on(change.date)
    {
        let message = about("plan.problem.change_to", change.to.as_str())
            .with("date", change.date)
            .with("from", change.date.to_string());
        lint.problems.error(location.of("to"), message);
    }
}

/// What a unit hands over on one day is the whole of it.
fn shares(lint: &Lint<'_, '_>) {
    let mut handed: HashMap<_, (Decimal, usize)> = HashMap::new();
    for (change, location) in lint.draft.changes.iter() {
        let sum = handed
            .entry((change.from.as_str(), change.date))
            .or_insert((Decimal::ZERO, location.of("share")));
        sum.0 = sum.0.checked_add(change.share).unwrap_or(sum.0);
        sum.1 = location.of("share");
    }
    for ((unit, _), (sum, at)) in handed {
        if sum != Decimal::whole(1) {
            let message = about("plan.problem.shares", unit).with("sum", sum);
            lint.problems.error(at, message);
        }
    }
}

fn mergers_in_a_circle(lint: &Lint<'_, '_>) {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for change in lint.draft.changes.values() {
        edges
            .entry(change.from.as_str())
            .or_default()
            .push(change.to.as_str());
    }
    if let Some(names) = circle(&edges) {
        let on_it = |(change, _): &(&UnitChange, _)| names.contains(&change.from.as_str());
        let at = lint
            .draft
            .changes
            .iter()
            .find(on_it)
            .map_or(0, |(_, p)| p.start());
        let message = about("plan.problem.merger_circle", &names.join(" → "));
        lint.problems.error(at, message);
    }
}

/// Each day of a measure's periods has exactly one owner, itself in force.
fn owners(lint: &Lint<'_, '_>, measure: &Measure, location: &Location<'_>) {
    let id = measure.id.as_str();
    let mut sorted: Vec<_> = measure.owners.iter().enumerate().collect();
    sorted.sort_by_key(|(_, owner)| owner.valid.from);
    for (index, owner) in &sorted {
        let at = location.element("owners", *index);
        in_order(lint, owner.valid, owner.unit.as_str(), at);
        if let Some(unit) = lint.units.get(owner.unit.as_str()) {
            let begins = unit.valid.holds_on(owner.valid.from);
            let ends = owner
                .valid
                .to
                .map_or(unit.valid.to.is_none(), |to| unit.valid.holds_on(to));
            if !(begins && ends) {
                let message = against("plan.problem.owner_not_in_force", id, owner.unit.as_str());
                lint.problems.warning(at, message);
            }
        }
    }
    for pair in sorted.windows(2) {
        if let [(_, earlier), (index, later)] = pair
            && overlap(earlier.valid, later.valid)
        {
            let message = about("plan.problem.two_owners", id)
                .with("owner", earlier.unit.as_str())
                .with("other", later.unit.as_str());
            lint.problems
                .error(location.element("owners", *index), message);
        }
    }
    let owned = |day| measure.owners.iter().any(|owner| owner.valid.holds_on(day));
    let without = |period: &&crate::plan::model::Period| {
        measure.rate_in.contains(&period.kind) && !owned(period.cut_off)
    };
    if let Some(period) = lint.draft.periods.values().find(without) {
        let message = about("plan.problem.no_owner", id)
            .with("period", period.id.as_str())
            .with("date", period.cut_off);
        lint.problems.error(location.of("owners"), message);
    }
}
