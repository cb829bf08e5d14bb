//! The lists of places to go, and the neighbours of a form.

use super::forms::FormView;
use super::input::command::{Command, Context};
use super::input::key::Key;
use super::navigation::Go;
use super::overlays::picker::{Item, Picker};
use super::overlays::{Overlay, Target};
use super::state::{State, Tone};
use crate::base::Message;
use crate::base::text::fold;
use crate::ledger::{CellId, FormKey, typed};
use crate::plan::{PeriodId, Plan, Unit, UnitId};

/// Which neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Neighbour {
    /// The one before.
    Previous,
    /// The one after.
    Next,
}

/// All commands that make sense here, searchable.
pub(super) fn palette(state: &State, contexts: &[Context]) -> Overlay {
    let commands = Command::all();
    let items = commands
        .filter(|command| command.in_palette() && command.applies_in(contexts))
        .map(|command| {
            let key = state.keymap.first_key(command, contexts);
            Item {
                value: command,
                label: state.label(command.doc_key()),
                detail: key.map(Key::display).unwrap_or_default(),
                also: String::new(),
            }
        });
    Overlay::Palette(Picker::new(items.collect()))
}

/// Fields of the form that is shown, periods of its unit, other units: one list, one filter.
pub(super) fn everything(state: &State, form: Option<&FormKey>) -> Overlay {
    let mut items = Vec::new();
    if let Some(view) = form.and_then(|form| state.forms.view(form)) {
        items.extend(fields(state, view));
    }
    let here = here(state, form);
    if let Some(unit) = here.as_ref().and_then(|key| state.plan.unit(&key.unit)) {
        let mut periods = state.plan.periods_of(unit);
        periods.reverse();
        items.extend(periods.into_iter().map(|period| Item {
            value: Target::Period(period.id.clone()),
            label: state.period_label(period),
            also: period.id.to_string(),
            detail: format!(
                "{} – {}",
                period.from.format("%d/%m/%Y"),
                period.to.format("%d/%m/%Y")
            ),
        }));
    }
    let authority = state.words.word("first.authority");
    let owes = |unit: &&Unit| !state.plan.periods_of(unit).is_empty();
    items.extend(state.plan.units.iter().filter(owes).map(|unit| Item {
        value: Target::Unit(unit.id.clone()),
        label: unit.name.clone(),
        detail: unit.code.clone().unwrap_or_default(),
        also: other_names(&state.plan, unit, &authority),
    }));
    Overlay::GoTo(Picker::new(items))
}

/// What else a unit is called, for the search: its id, its kind by its letters ("tt nha nam"), its
/// office ("ubnd ngoc thien"), its name without blanks ("ngocthien").
pub(super) fn other_names(plan: &Plan, unit: &Unit, authority: &str) -> String {
    let name = fold(&unit.name.vi);
    let kind = plan.kind_of(unit).map(|kind| fold(&kind.label.vi));
    let kind = kind.unwrap_or_default();
    let bare = name.strip_prefix(&kind).unwrap_or(&name).trim_start();
    let letters: String = kind
        .split(' ')
        .filter_map(|word| word.chars().next())
        .collect();
    let (id, whole) = (unit.id.as_str(), name.replace(' ', ""));
    let joined = bare.replace(' ', "");
    format!("{kind} {id} {authority} {name} {letters} {bare} {joined} {whole}")
}

/// The fields of a form.
pub(super) fn in_form(state: &State, view: &FormView) -> Overlay {
    Overlay::Find(Picker::new(fields(state, view)))
}

fn fields(state: &State, view: &FormView) -> Vec<Item<Target>> {
    let fields = view.layout.cells.iter();
    let item = |id| {
        let field = state.plan.field(id)?;
        Some(Item {
            value: Target::Field(field.id.clone()),
            label: field.label.clone(),
            detail: typed::show(&view.content(id)),
            also: String::new(),
        })
    };
    fields.filter_map(item).collect()
}

/// The form that is shown, or the present one of the home page's unit.
fn here(state: &State, form: Option<&FormKey>) -> Option<FormKey> {
    if let Some(form) = form {
        return Some(form.clone());
    }
    let unit = state.plan.unit(state.home_unit()?)?;
    let current = state.plan.current_period(unit, state.today)?;
    Some(FormKey {
        unit: unit.id.clone(),
        period: current.period.id.clone(),
    })
}

/// The form that a chosen period or unit leads to.
pub(super) fn form_of(state: &State, form: Option<&FormKey>, target: Target) -> Option<FormKey> {
    let here = here(state, form);
    match target {
        Target::Field(_) => None,
        Target::Period(period) => Some(FormKey {
            unit: here?.unit,
            period,
        }),
        Target::Unit(unit) => {
            let period = period_for(state, here, &unit)?;
            Some(FormKey { unit, period })
        }
    }
}

/// The same period where the unit owes its form, else the unit's present one.
fn period_for(state: &State, here: Option<FormKey>, unit: &UnitId) -> Option<PeriodId> {
    let unit = state.plan.unit(unit)?;
    let owes = |id: &PeriodId| state.plan.periods_of(unit).iter().any(|p| p.id == *id);
    let same = here.map(|key| key.period).filter(owes);
    same.or_else(|| {
        let current = state.plan.current_period(unit, state.today)?;
        Some(current.period.id.clone())
    })
}

/// Goes to the next or previous period in which this unit owes a form of the same kind.
pub(super) fn period(state: &mut State, key: &FormKey, cell: Option<CellId>, way: Neighbour) {
    let plan = state.plan.clone();
    let (Some(unit), Some(now)) = (plan.unit(&key.unit), plan.period(&key.period)) else {
        return;
    };
    let periods = plan.periods_of(unit).into_iter();
    let same: Vec<_> = periods.filter(|p| p.kind == now.kind).collect();
    let at = same.iter().position(|p| p.id == now.id);
    match neighbour(at, way).and_then(|at| same.get(at)) {
        Some(period) => {
            let unit = key.unit.clone();
            let period = period.id.clone();
            state.go(Go::Form(FormKey { unit, period }, cell));
        }
        None => state.say(Tone::Warning, Message::new("form.no_period")),
    }
}

/// Goes to the next or previous unit that owes this period's form.
pub(super) fn unit(state: &mut State, key: &FormKey, cell: Option<CellId>, way: Neighbour) {
    let plan = state.plan.clone();
    let Some(period) = plan.period(&key.period) else {
        return;
    };
    let units = plan.units.iter();
    let units: Vec<&Unit> = units
        .filter(|unit| !plan.form_fields(unit, period).is_empty())
        .collect();
    let at = units.iter().position(|unit| unit.id == key.unit);
    match neighbour(at, way).and_then(|at| units.get(at)) {
        Some(unit) => {
            let unit = unit.id.clone();
            let period = key.period.clone();
            state.go(Go::Form(FormKey { unit, period }, cell));
        }
        None => state.say(Tone::Warning, Message::new("form.no_unit")),
    }
}

fn neighbour(at: Option<usize>, way: Neighbour) -> Option<usize> {
    match way {
        Neighbour::Previous => at?.checked_sub(1),
        Neighbour::Next => at?.checked_add(1),
    }
}
