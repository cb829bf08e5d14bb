//! Going places: another cell, period, unit, screen; finding without marks.

use super::super::command::{Command, Context};
use super::super::msg::{Effect, Request};
use super::super::picker::{Item, Picker};
use super::super::state::{App, Overlay, Screen, Target, Tone};
use crate::base::{Label, Message};
use crate::ledger::FormKey;
use crate::plan::{FieldId, Unit};

/// Which neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Neighbour {
    Previous,
    Next,
}

/// All commands that make sense here, searchable.
pub(super) fn palette(app: &App) -> Overlay {
    let mut contexts = app.contexts();
    if contexts.contains(&Context::Form) {
        contexts.push(Context::Form);
    }
    let items = Command::all()
        .filter(|command| command.in_palette() && command.applies_in(&contexts))
        .map(|command| {
            let key = app.keymap.first_key(command, &contexts);
            Item {
                value: command,
                label: app.label(command.doc_key()),
                detail: key.map(super::super::key::Key::display).unwrap_or_default(),
            }
        })
        .collect();
    Overlay::Palette(Picker::new(items))
}

/// Fields of this form, periods of this unit, other units: one list, one filter.
pub(super) fn everything(app: &App) -> Overlay {
    let mut items = Vec::new();
    if let Some(form) = app.form() {
        items.extend(fields(app, form));
    }
    let unit = here(app).and_then(|key| app.plan.unit(&key.unit).cloned());
    if let Some(unit) = &unit {
        let mut periods = app.plan.periods_of(unit);
        periods.reverse();
        items.extend(periods.into_iter().map(|period| Item {
            value: Target::Period(period.id.clone()),
            label: Label::same(period.id.as_str()),
            detail: format!(
                "{} – {}",
                period.from.format("%d/%m/%Y"),
                period.to.format("%d/%m/%Y")
            ),
        }));
    }
    items.extend(
        app.plan
            .units
            .iter()
            .filter(|u| !app.plan.periods_of(u).is_empty())
            .map(|unit| Item {
                value: Target::Unit(unit.id.clone()),
                label: unit.name.clone(),
                detail: unit.code.clone().unwrap_or_default(),
            }),
    );
    Overlay::GoTo(Picker::new(items))
}

/// The fields of this form only.
pub(super) fn in_form(app: &App) -> Option<Overlay> {
    let form = app.form()?;
    Some(Overlay::Find(Picker::new(fields(app, form))))
}

fn fields(app: &App, form: &super::super::form::FormState) -> Vec<Item<Target>> {
    form.page
        .cells
        .iter()
        .filter_map(|id| {
            let field = app.plan.field(id)?;
            let detail = crate::ledger::typed::show(&form.content(id), app.lang);
            Some(Item {
                value: Target::Field(id.clone()),
                label: field.label.clone(),
                detail,
            })
        })
        .collect()
}

/// The form one is in, or the one of the home page's unit.
fn here(app: &App) -> Option<FormKey> {
    if let Some(form) = app.form() {
        return Some(form.key.clone());
    }
    let unit = app.plan.unit(app.home_unit()?)?;
    let period = app.plan.current_period(unit, app.today)?.period.id.clone();
    Some(FormKey {
        unit: unit.id.clone(),
        period,
    })
}

/// Goes to a target of the list.
pub(super) fn to(app: &mut App, target: Target) -> Vec<Effect> {
    match target {
        Target::Field(field) => {
            if let Some(form) = app.form_mut() {
                form.go_to_field(&field);
            }
            Vec::new()
        }
        Target::Period(period) => match here(app) {
            Some(key) => app.open_form(&FormKey {
                unit: key.unit,
                period,
            }),
            None => Vec::new(),
        },
        Target::Unit(unit) => {
            let period = here(app).map(|key| key.period);
            let Some(found) = app.plan.unit(&unit) else {
                return Vec::new();
            };
            let owes = |id| app.plan.periods_of(found).iter().any(|p| p.id == id);
            let period = period.filter(|id| owes(id.clone()));
            let current = app
                .plan
                .current_period(found, app.today)
                .map(|c| c.period.id.clone());
            match period.or(current) {
                Some(period) => app.open_form(&FormKey { unit, period }),
                None => Vec::new(),
            }
        }
    }
}

/// Goes to a cell, opening its form.
pub(super) fn to_cell(app: &mut App, key: &FormKey, field: &FieldId) -> Vec<Effect> {
    while app.screens.len() > 1 && app.form().is_none_or(|form| form.key != *key) {
        if app.form().is_some() {
            break;
        }
        app.screens.pop();
    }
    if app.form().is_some_and(|form| form.key == *key) {
        if let Some(form) = app.form_mut() {
            form.go_to_field(field);
        }
        return super::super::update::refresh(app);
    }
    let effects = app.open_form(key);
    if let Some(form) = app.form_mut() {
        form.resume = Some((field.clone(), String::new()));
    }
    effects
}

/// Back to the home page; forms whose figures are still on their way stay open behind it.
pub(super) fn home(app: &mut App) -> Vec<Effect> {
    let waiting: Vec<Screen> = {
        let all = std::mem::take(&mut app.screens);
        let (mut home, mut waiting) = (Vec::new(), Vec::new());
        for screen in all {
            match screen {
                Screen::Home(_) => home.push(screen),
                Screen::Form(ref form) if form.is_waiting() => waiting.push(screen),
                _ => {}
            }
        }
        app.screens = home;
        waiting
    };
    for screen in waiting {
        app.screens.insert(0, screen);
    }
    let unit = app.home_unit().cloned();
    unit.map(|unit| Effect::Ask(Request::Overview(unit)))
        .into_iter()
        .collect()
}

/// The next or previous period in which this unit owes a form of the same kind; else of any.
pub(super) fn period(app: &mut App, way: Neighbour) -> Vec<Effect> {
    let Some(key) = app.form().map(|form| form.key.clone()) else {
        return Vec::new();
    };
    let Some(unit) = app.plan.unit(&key.unit) else {
        return Vec::new();
    };
    let Some(now) = app.plan.period(&key.period) else {
        return Vec::new();
    };
    let same: Vec<_> = app
        .plan
        .periods_of(unit)
        .into_iter()
        .filter(|p| p.kind == now.kind)
        .collect();
    let at = same.iter().position(|p| p.id == now.id);
    if let Some(period) = neighbour(at, same.len(), way).and_then(|i| same.get(i)) {
        let field = app.form().and_then(|f| f.page.cells.get(f.cursor).cloned());
        let key = FormKey {
            unit: key.unit,
            period: period.id.clone(),
        };
        open_at(app, &key, field)
    } else {
        app.say(Tone::Warning, Message::new("form.no_period"));
        Vec::new()
    }
}

/// The next or previous unit of the same kind that owes this period's form.
pub(super) fn unit(app: &mut App, way: Neighbour) -> Vec<Effect> {
    let Some(key) = app.form().map(|form| form.key.clone()) else {
        return Vec::new();
    };
    let plan = app.plan.clone();
    let Some(period) = plan.period(&key.period) else {
        return Vec::new();
    };
    let units: Vec<&Unit> = plan
        .units
        .iter()
        .filter(|unit| !plan.form_fields(unit, period).is_empty())
        .collect();
    let at = units.iter().position(|unit| unit.id == key.unit);
    if let Some(unit) = neighbour(at, units.len(), way).and_then(|i| units.get(i)) {
        let field = app.form().and_then(|f| f.page.cells.get(f.cursor).cloned());
        let key = FormKey {
            unit: unit.id.clone(),
            period: key.period,
        };
        open_at(app, &key, field)
    } else {
        app.say(Tone::Warning, Message::new("form.no_unit"));
        Vec::new()
    }
}

fn open_at(app: &mut App, key: &FormKey, field: Option<FieldId>) -> Vec<Effect> {
    let effects = app.open_form(key);
    if let (Some(form), Some(field)) = (app.form_mut(), field) {
        form.resume = Some((field, String::new()));
    }
    effects
}

fn neighbour(at: Option<usize>, count: usize, way: Neighbour) -> Option<usize> {
    let at = at?;
    match way {
        Neighbour::Previous => at.checked_sub(1),
        Neighbour::Next => Some(at + 1).filter(|next| *next < count),
    }
}
