//! The one way the app changes: a message in, effects out.

use super::ahead::Ahead;
use super::answers;
use super::command::Command;
use super::commands;
use super::form::{FormState, Sent};
use super::key::Key;
use super::msg::{Effect, Msg, Request};
use super::state::{App, Health, Leaving, Screen, Tone};
use crate::base::Message;
use crate::ledger::FormKey;

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
        Msg::Reply(reply) => answers::answered(app, reply),
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
    if let Some(running) = app.running {
        // What is pressed while one waits is not meant for the page that comes.
        return match app.keymap.lookup(&contexts, key) {
            Some(Command::Cancel) => vec![Effect::Interrupt(running.job)],
            Some(command @ (Command::Quit | Command::Redraw)) => commands::run(app, command),
            _ => Vec::new(),
        };
    }
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
            Screen::Meeting(_) => effects.push(commands::meeting::question(app)),
            Screen::Opening
            | Screen::FirstRun(_)
            | Screen::Help(_)
            | Screen::Preview(_)
            | Screen::Dispute(_) => {}
        }
    }
    effects
}

impl App {
    /// The store cannot be written: said until it can; nothing is undone or left meanwhile.
    pub(super) fn failed(&mut self, why: Message) {
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
