//! What the store's answers do to the screens.

use super::first_run::FirstRun;
use super::form::Retry;
use super::meeting;
use super::msg::{Effect, Opened, Reply, Request, TroubleKind, Undone};
use super::state::{App, Health, Home, Leaving, Notice, Screen, Tone};
use super::update::refresh;
use crate::base::Message;
use crate::check::PastForms;
use crate::ledger::{Form, FormKey};
use crate::plan::UnitId;
use crate::service::overview::{self, FormSummary};
use crate::store::Direction;

/// Takes an answer of the store in.
pub(super) fn answered(app: &mut App, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::NoStore => {
            app.screens = vec![Screen::FirstRun(FirstRun::new(&app.plan))];
            Vec::new()
        }
        Reply::Opened(opened) => open(app, *opened),
        Reply::Form { key, form, past } => {
            form_came(app, &key, &form, &past);
            Vec::new()
        }
        Reply::Overview { unit, forms } => {
            overview_came(app, &unit, forms);
            Vec::new()
        }
        Reply::Committed { ticket, result } => committed(app, ticket, result),
        Reply::Undone { direction, result } => undone(app, direction, result),
        Reply::Findings(found) => {
            let items = App::listed(found);
            if let Some(Screen::Findings(list)) = app.screens.last_mut() {
                list.selected = list.selected.min(items.len().saturating_sub(1));
                list.items = items;
                list.loaded = true;
            }
            Vec::new()
        }
        Reply::History { filter, entries } => {
            if let Some(Screen::History(list)) = app.screens.last_mut()
                && list.filter == filter
            {
                list.entries = entries;
                list.loaded = true;
            }
            Vec::new()
        }
        Reply::Changed => refresh(app),
        Reply::Around(around) => {
            app.around = around;
            Vec::new()
        }
        Reply::Trouble(trouble) => {
            match trouble.kind {
                TroubleKind::Refused => app.say(Tone::Warning, trouble.message),
                TroubleKind::Failed => app.failed(trouble.message),
            }
            Vec::new()
        }
        Reply::Met(met) => meeting::answered(app, met),
        Reply::Recovered => {
            app.health = Health::Good;
            for form in app.forms_mut() {
                form.retry = Retry::WithNextAnswer;
            }
            app.say(Tone::Info, Message::new("trouble.recovered"));
            refresh(app)
        }
    }
}

/// A form as the store has it, for every screen that shows it.
fn form_came(app: &mut App, key: &FormKey, form: &Form, past: &PastForms) {
    let plan = app.plan.clone();
    let mut restored = None;
    for state in app.forms_mut().filter(|state| state.key == *key) {
        let resumes = state
            .resume
            .as_ref()
            .is_some_and(|(_, text)| !text.is_empty());
        state.take_in(&plan, form.clone(), past.clone());
        restored = resumes.then(|| Message::new("form.restored"));
    }
    if let Some(message) = restored {
        app.say(Tone::Info, message);
    }
}

/// The forms of the home page's unit.
fn overview_came(app: &mut App, unit: &UnitId, forms: Vec<FormSummary>) {
    if app.home_unit() != Some(unit) {
        return;
    }
    let (forms, to_do) = overview::in_home_order(&app.plan, app.today, forms);
    let home = app.screens.iter_mut().find_map(|screen| match screen {
        Screen::Home(home) => Some(home),
        _ => None,
    });
    if let Some(home) = home {
        let selected = home.selected.min(forms.len().saturating_sub(1));
        *home = Home {
            forms,
            to_do,
            selected,
            loaded: true,
        };
    }
}

/// The store is open: the home page, or on the first run and after a lost terminal the form.
fn open(app: &mut App, opened: Opened) -> Vec<Effect> {
    let first_run = matches!(app.screens.first(), Some(Screen::FirstRun(_)));
    let mut opened = opened;
    // In a store that several units share, a person's home page is their own unit's.
    if !opened.actor.units.contains(&opened.unit)
        && let Some(own) = opened.actor.units.first()
    {
        opened.unit = own.clone();
    }
    let unit = opened.unit.clone();
    let draft = opened.draft.clone();
    app.plan = opened.plan.clone();
    app.today = opened.today;
    app.session = Some(opened);
    app.health = Health::Good;
    app.screens = vec![Screen::Home(Home::default())];
    let mut effects = vec![Effect::Ask(Request::Overview(unit.clone()))];
    if let Some(draft) = draft {
        // The session's file holds it again before anything else can happen.
        effects.push(Effect::Ask(Request::Draft(Some(draft.clone()))));
        effects.extend(app.open_form(&draft.cell.form));
        if let Some(form) = app.form_mut() {
            form.resume = Some((draft.cell.id.field, draft.text));
        }
    } else if first_run
        && let Some(current) = app
            .plan
            .unit(&unit)
            .and_then(|unit| app.plan.current_period(unit, app.today))
    {
        let key = FormKey {
            unit,
            period: current.period.id.clone(),
        };
        let over = current.plan_over;
        effects.extend(app.open_form(&key));
        app.say(
            Tone::Info,
            Message::new(if over {
                "home.plan_over"
            } else {
                "first.ready"
            }),
        );
    }
    effects
}

fn committed(
    app: &mut App,
    ticket: super::msg::Ticket,
    result: Result<Box<crate::store::Committed>, super::msg::Trouble>,
) -> Vec<Effect> {
    if let Some(effects) = meeting::settled(app, ticket, &result) {
        return effects;
    }
    let plan = app.plan.clone();
    let submitted = matches!(&result, Ok(done) if done.entries.iter().any(|r| {
        matches!(r.entry.body, crate::ledger::Body::Submit { .. })
    }));
    let mut trouble = None;
    for screen in &mut app.screens {
        if let Screen::Form(form) = screen
            && form.writes.iter().any(|write| write.ticket == ticket)
        {
            trouble = form.answered(&plan, ticket, result);
            break;
        }
    }
    if submitted {
        app.say(Tone::Info, Message::new("form.sent_in"));
    }
    match trouble {
        Some(trouble) if trouble.kind == TroubleKind::Failed => {
            app.failed(trouble.message);
            Vec::new()
        }
        Some(trouble) => {
            // What was refused is said before the program may end.
            app.leaving = Leaving::No;
            app.notice = Some(Notice {
                tone: Tone::Warning,
                message: trouble.message,
            });
            refresh(app)
        }
        None => Vec::new(),
    }
}

fn undone(
    app: &mut App,
    direction: Direction,
    result: Result<Box<Undone>, super::msg::Trouble>,
) -> Vec<Effect> {
    let undo = app.undos.pop_front();
    let Undone { cell, entries } = match result {
        Ok(done) => *done,
        Err(trouble) if trouble.kind == TroubleKind::Failed => {
            app.failed(trouble.message);
            return Vec::new();
        }
        Err(trouble) => {
            app.say(Tone::Warning, trouble.message);
            return Vec::new();
        }
    };
    let plan = app.plan.clone();
    for form in app.forms_mut() {
        form.wrote(&plan, &entries);
    }
    let mut effects = Vec::new();
    // Who has gone on typing meanwhile is not taken away from their cell.
    let gone_on = app.overlay.is_some()
        || app.forms().any(|form| {
            let after = |write: &super::form::Write| undo.is_some_and(|u| write.ticket > u.ticket);
            form.edit.is_some() || form.writes.iter().any(after)
        });
    if let Some(cell) = cell.filter(|_| !gone_on) {
        if app.form().is_some_and(|form| form.key == cell.form) {
            if let Some(form) = app.form_mut() {
                form.go_to_field(&cell.id.field);
                form.left = None;
            }
        } else {
            effects.extend(app.open_form(&cell.form));
            if let Some(form) = app.form_mut() {
                form.resume = Some((cell.id.field, String::new()));
            }
        }
    }
    effects.extend(refresh(app));
    app.say(
        Tone::Info,
        Message::new(match direction {
            Direction::Undo => "form.undone",
            Direction::Redo => "form.redone",
        }),
    );
    effects
}
