//! The one way the app changes: a message in, effects out.

use super::ahead::Ahead;
use super::commands;
use super::form::{FormState, Retry, Sent};
use super::key::Key;
use super::msg::{Effect, Msg, Opened, Reply, Request, TroubleKind, Undone};
use super::state::{App, Health, Home, Leaving, Notice, Screen, Tone};
use super::{first_run::FirstRun, overview};
use crate::base::Message;
use crate::ledger::FormKey;
use crate::store::Direction;

/// Takes a message in.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = match msg {
        Msg::Key(key) => typed(app, Ahead::Key(key)),
        Msg::Paste(text) => typed(app, Ahead::Paste(text)),
        Msg::PasteTooLong => {
            app.say(Tone::Warning, Message::new("trouble.paste_too_long"));
            Vec::new()
        }
        Msg::Resize(size) => {
            app.size = size;
            vec![Effect::Redraw]
        }
        Msg::Reply(reply) => answered(app, reply),
        Msg::Gone => leave(app),
    };
    while let Some(typed) = app.next_ahead() {
        effects.extend(take(app, typed));
    }
    let height = usize::from(app.size.height);
    let plan = app.plan.clone();
    if let Some(form) = app.form_mut() {
        form.watch_typing(&plan);
        form.scroll_into(body_height(height));
    }
    effects.extend(hand_over(app));
    let draft = app.draft();
    if app.last_draft != draft {
        app.last_draft.clone_from(&draft);
        effects.push(Effect::Ask(Request::Draft(draft)));
    }
    if may_leave(app) {
        effects.push(Effect::Quit);
    }
    effects
}

/// Gives the store what waits: writes in the order typed, an undo behind what was typed before it.
fn hand_over(app: &mut App) -> Vec<Effect> {
    if app.health != Health::Good {
        return Vec::new();
    }
    let first = app.undos.front().copied();
    let barrier = first.map(|undo| undo.ticket);
    let mut effects: Vec<Effect> = app
        .forms_mut()
        .flat_map(|form| form.hand_over(barrier))
        .collect();
    let Some(undo) = first.filter(|undo| undo.sent == Sent::Held) else {
        return effects;
    };
    let waits =
        |write: &super::form::Write| write.sent != Sent::Handed && write.ticket < undo.ticket;
    if !app.forms().any(|form| form.writes.iter().any(waits)) {
        if let Some(first) = app.undos.front_mut() {
            first.sent = Sent::Handed;
        }
        effects.push(Effect::Ask(Request::Undo(undo.direction)));
    }
    effects
}

/// True when the program is to end and nothing typed would be lost by it.
fn may_leave(app: &App) -> bool {
    let unanswered = |form: &FormState| form.is_waiting();
    let held = |form: &FormState| form.writes.iter().any(|w| w.sent == Sent::Held);
    match app.leaving {
        Leaving::No => false,
        Leaving::WhenSaved => app.undos.is_empty() && !app.forms().any(unanswered),
        Leaving::TerminalGone => app.health != Health::Good || !app.forms().any(held),
    }
}

/// How many rows of a form fit; the same arithmetic as the screens' frame.
fn body_height(height: usize) -> usize {
    height.saturating_sub(7)
}

/// What a person types: at once where its screen is there, else later.
fn typed(app: &mut App, typed: Ahead) -> Vec<Effect> {
    match app.keep_ahead(typed) {
        Some(typed) => take(app, typed),
        None => Vec::new(),
    }
}

fn take(app: &mut App, typed: Ahead) -> Vec<Effect> {
    match typed {
        Ahead::Key(key) => key_down(app, key),
        Ahead::Paste(text) => commands::paste(app, &text),
    }
}

fn key_down(app: &mut App, key: Key) -> Vec<Effect> {
    app.notice = None;
    let contexts = app.contexts();
    match app.keymap.lookup(&contexts, key) {
        Some(command) => commands::run(app, command),
        None => match key.character() {
            Some(character) => commands::character(app, character),
            None => Vec::new(),
        },
    }
}

/// The terminal is gone or the program is asked to end: what is being typed is kept beside the
/// store, what was committed is on its way.
fn leave(app: &mut App) -> Vec<Effect> {
    app.leaving = Leaving::TerminalGone;
    Vec::new()
}

fn answered(app: &mut App, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::NoStore => {
            app.screens = vec![Screen::FirstRun(FirstRun::new(&app.plan))];
            Vec::new()
        }
        Reply::Opened(opened) => open(app, *opened),
        Reply::Form { key, form, past } => {
            let plan = app.plan.clone();
            let mut restored = None;
            for screen in &mut app.screens {
                if let Screen::Form(state) = screen
                    && state.key == key
                {
                    let resumes = state
                        .resume
                        .as_ref()
                        .is_some_and(|(_, text)| !text.is_empty());
                    state.take_in(&plan, (*form).clone(), (*past).clone());
                    restored = resumes.then(|| Message::new("form.restored"));
                }
            }
            if let Some(message) = restored {
                app.say(Tone::Info, message);
            }
            Vec::new()
        }
        Reply::Overview { unit, forms } => {
            if app.home_unit() == Some(&unit) {
                let (forms, to_do) = overview::in_home_order(&app.plan, app.today, forms);
                let home = app.screens.iter_mut().find_map(|screen| match screen {
                    Screen::Home(home) => Some(home),
                    _ => None,
                });
                if let Some(home) = home {
                    let last = forms.len().saturating_sub(1);
                    let selected = home.selected.min(last);
                    *home = Home {
                        forms,
                        to_do,
                        selected,
                        loaded: true,
                    };
                }
            }
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
    app.session = Some(opened);
    app.health = Health::Good;
    app.screens = vec![Screen::Home(Home::default())];
    let mut effects = vec![Effect::Ask(Request::Overview(unit.clone()))];
    if let Some(draft) = draft {
        // The session's file holds it again before anything else can happen.
        effects.push(Effect::Ask(Request::Draft(Some(draft.clone()))));
        effects.extend(app.open_form(&draft.cell.form));
        if let Some(form) = app.form_mut() {
            form.resume = Some((draft.cell.field, draft.text));
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
                form.go_to_field(&cell.field);
                form.left = None;
            }
        } else {
            effects.extend(app.open_form(&cell.form));
            if let Some(form) = app.form_mut() {
                form.resume = Some((cell.field, String::new()));
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

/// Asks again for what the screens show.
pub(super) fn refresh(app: &App) -> Vec<Effect> {
    let mut effects = Vec::new();
    for screen in &app.screens {
        match screen {
            Screen::Home(_) => {
                effects.extend(
                    app.home_unit()
                        .map(|u| Effect::Ask(Request::Overview(u.clone()))),
                );
            }
            Screen::Form(form) => effects.push(Effect::Ask(Request::Form(form.key.clone()))),
            Screen::Findings(list) => effects.push(list.question(app)),
            Screen::History(list) => {
                effects.push(Effect::Ask(Request::History(list.filter.clone())));
            }
            Screen::Opening | Screen::FirstRun(_) | Screen::Help(_) => {}
        }
    }
    effects
}

impl App {
    /// The store cannot be written: said until it can; nothing is undone or left meanwhile.
    fn failed(&mut self, why: Message) {
        self.health = Health::Failed(why);
        self.undos.clear();
        if self.leaving == Leaving::WhenSaved {
            self.leaving = Leaving::No;
        }
    }

    /// Puts a form on top (or brings the open one of that unit and period there) and asks for it.
    pub(super) fn open_form(&mut self, key: &FormKey) -> Vec<Effect> {
        let Some(state) = FormState::open(&self.plan, key) else {
            return Vec::new();
        };
        // One form at a time below the lists: going to another replaces the one on the stack,
        // unless something typed in it is still on its way.
        self.screens.retain(|screen| match screen {
            Screen::Form(form) => form.is_waiting(),
            Screen::Home(_) => true,
            _ => false,
        });
        self.screens.push(Screen::Form(Box::new(state)));
        vec![Effect::Ask(Request::Form(key.clone()))]
    }
}
