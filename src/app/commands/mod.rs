//! What each command does to the app. A command changes state and returns effects; it never
//! opens a widget or calls the store.

mod allowed;
mod asking;
mod first;
mod form;
mod go;
mod lists;
pub(super) mod meeting;
mod overlay;
mod write;

use super::command::{Command, Context};
use super::form::{FormState, Sent};
use super::msg::{Draft, Effect, Request};
use super::state::{
    App, FindingsList, Health, Help, HistoryList, Leaving, Overlay, Scope, Screen, Tone, Undoing,
};
use crate::base::Message;
use crate::store::{Direction, LogFilter};

/// Carries a command out on what is on top.
pub fn run(app: &mut App, command: Command) -> Vec<Effect> {
    if app.overlay.is_some() {
        return overlay::run(app, command);
    }
    let done = match app.screen() {
        Screen::FirstRun(_) => first::run(app, command),
        Screen::Form(_) => form::run(app, command),
        Screen::Home(_) | Screen::Findings(_) | Screen::History(_) | Screen::Help(_) => {
            lists::run(app, command)
        }
        Screen::Meeting(_) | Screen::Preview(_) | Screen::Dispute(_) => meeting::run(app, command),
        Screen::Opening => None,
    };
    done.unwrap_or_else(|| everywhere(app, command))
}

/// A character that is no command: text where text is typed.
pub fn character(app: &mut App, character: char) -> Vec<Effect> {
    if let Some(overlay) = &mut app.overlay {
        if let Some(line) = overlay.line_mut() {
            line.insert(character);
            overlay.refilter();
        }
        return Vec::new();
    }
    match app.screens.last_mut() {
        Some(Screen::FirstRun(page)) => {
            first::character(page, character);
            Vec::new()
        }
        Some(Screen::Form(_)) => form::character(app, character),
        Some(Screen::Dispute(_)) => meeting::character(app, character),
        _ => Vec::new(),
    }
}

/// A bracketed paste: into the text that is open, or as the new content of the cell.
pub fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if let Some(overlay) = &mut app.overlay {
        if let Some(line) = overlay.line_mut() {
            line.insert_str(text);
            overlay.refilter();
        }
        return Vec::new();
    }
    match app.screens.last_mut() {
        Some(Screen::FirstRun(page)) => {
            first::paste(page, text);
            Vec::new()
        }
        Some(Screen::Form(_)) => form::paste(app, text),
        _ => Vec::new(),
    }
}

/// Commands that mean the same on every screen.
fn everywhere(app: &mut App, command: Command) -> Vec<Effect> {
    match command {
        Command::HelpOpen => {
            let field = app
                .form()
                .and_then(|form| form.field(&app.plan))
                .map(|f| f.id.clone());
            app.screens.push(Screen::Help(Help { field, top: 0 }));
            Vec::new()
        }
        Command::PaletteOpen => {
            app.overlay = Some(go::palette(app));
            Vec::new()
        }
        Command::GoTo => {
            app.overlay = Some(go::everything(app));
            Vec::new()
        }
        Command::HomeOpen => go::home(app),
        Command::SyncOpen => meeting::open(app),
        Command::FindingsForm => {
            let scope = app
                .form()
                .map_or(Scope::All, |form| Scope::Form(form.key.clone()));
            findings(app, scope)
        }
        Command::FindingsAll => findings(app, Scope::All),
        Command::HistoryForm => {
            let scope = app
                .form()
                .map_or(Scope::All, |form| Scope::Form(form.key.clone()));
            history(app, scope)
        }
        Command::HistoryAll => history(app, Scope::All),
        Command::Undo => undo(app, Direction::Undo),
        Command::Redo => undo(app, Direction::Redo),
        Command::Reopen => vec![Effect::Ask(Request::Reopen)],
        Command::Redraw => vec![Effect::Redraw],
        Command::Quit => quit(app),
        Command::Cancel => back(app),
        _ => Vec::new(),
    }
}

/// Esc: one screen up; on the home page it asks whether to leave.
fn back(app: &mut App) -> Vec<Effect> {
    match app.screen() {
        Screen::Home(_) | Screen::Opening | Screen::FirstRun(_) => {
            app.overlay = Some(Overlay::Leave);
            Vec::new()
        }
        Screen::Form(form) if form.is_waiting() => go::home(app),
        _ => {
            app.screens.pop();
            super::update::refresh(app)
        }
    }
}

fn undo(app: &mut App, direction: Direction) -> Vec<Effect> {
    let plan = app.plan.clone();
    if direction == Direction::Undo
        && app
            .form_mut()
            .is_some_and(|form| form.recall_discarded(&plan))
    {
        return Vec::new();
    }
    let ticket = app.ticket();
    app.undos.push_back(Undoing {
        ticket,
        direction,
        sent: Sent::Held,
    });
    Vec::new()
}

/// Ends the program once everything typed is on disk; asked a second time, at once (the store's
/// thread still writes what it was given). What the store could not take is said first.
pub(super) fn quit(app: &mut App) -> Vec<Effect> {
    if let Some(running) = app.running {
        // Stopped, it has changed nothing; nobody waits for its end.
        return vec![Effect::Interrupt(running.job), Effect::Quit];
    }
    if app.leaving != Leaving::No || matches!(app.overlay, Some(Overlay::Leave)) {
        return vec![Effect::Quit];
    }
    if app.health != Health::Good && app.forms().any(FormState::is_waiting) {
        app.overlay = Some(Overlay::Leave);
        return Vec::new();
    }
    app.leaving = Leaving::WhenSaved;
    if app.forms().any(FormState::is_waiting) {
        app.say(Tone::Info, Message::new("leave.saving"));
    }
    Vec::new()
}

/// The question whether to leave was answered with yes.
fn leave(app: &mut App) -> Vec<Effect> {
    if app.health == Health::Good {
        app.leaving = Leaving::WhenSaved;
        return Vec::new();
    }
    vec![Effect::Quit]
}

fn findings(app: &mut App, scope: Scope) -> Vec<Effect> {
    let list = FindingsList {
        scope,
        items: Vec::new(),
        selected: 0,
        loaded: false,
    };
    let question = list.question(app);
    app.screens.push(Screen::Findings(list));
    vec![question]
}

/// Opens the history of `scope`.
fn history(app: &mut App, scope: Scope) -> Vec<Effect> {
    let mut filter = LogFilter {
        limit: Some(500),
        ..LogFilter::default()
    };
    match &scope {
        Scope::Cell(cell) => {
            filter.unit = Some(cell.form.unit.clone());
            filter.period = Some(cell.form.period.clone());
            filter.field = Some(cell.id.field.clone());
        }
        Scope::Form(form) => {
            filter.unit = Some(form.unit.clone());
            filter.period = Some(form.period.clone());
        }
        Scope::Unit(unit) => filter.unit = Some(unit.clone()),
        Scope::All => {}
    }
    let list = HistoryList {
        scope,
        filter: filter.clone(),
        entries: Vec::new(),
        selected: 0,
        loaded: false,
    };
    app.screens.push(Screen::History(list));
    vec![Effect::Ask(Request::History(filter))]
}

impl FindingsList {
    /// The question that fills the list.
    pub fn question(&self, _app: &App) -> Effect {
        let keys = match &self.scope {
            Scope::Form(key) => vec![key.clone()],
            Scope::Cell(cell) => vec![cell.form.clone()],
            Scope::Unit(_) | Scope::All => Vec::new(),
        };
        Effect::Ask(Request::Findings(keys))
    }
}

impl App {
    /// Where keys are looked up, the most particular first.
    pub fn contexts(&self) -> Vec<Context> {
        let own: &[Context] = match (&self.overlay, self.screen()) {
            (Some(Overlay::Prompt(_)), _) => &[Context::Text],
            (Some(Overlay::Finish(_) | Overlay::Leave | Overlay::Ask { .. }), _) => {
                &[Context::Confirm]
            }
            (Some(_), _) | (None, Screen::FirstRun(_)) => &[Context::List, Context::Text],
            (None, Screen::Form(form)) if form.edit.is_some() => &[Context::Edit, Context::Form],
            (None, Screen::Form(_)) => &[Context::Form],
            (None, Screen::Home(_)) => &[Context::Home, Context::List],
            (None, Screen::Help(_)) => &[Context::Help, Context::List],
            (None, Screen::Findings(_) | Screen::History(_)) => &[Context::List],
            (None, Screen::Meeting(_) | Screen::Preview(_) | Screen::Dispute(_)) => {
                &[Context::Sync, Context::List]
            }
            (None, Screen::Opening) => &[],
        };
        own.iter()
            .copied()
            .chain(std::iter::once(Context::Global))
            .collect()
    }

    /// The contexts of the screen below the help page.
    pub fn contexts_below(&self) -> Vec<Context> {
        let below = self
            .screens
            .iter()
            .rev()
            .find(|s| !matches!(s, Screen::Help(_)));
        let own: &[Context] = match below {
            Some(Screen::Form(_)) => &[Context::Form, Context::Edit],
            Some(Screen::Home(_)) => &[Context::Home, Context::List],
            Some(Screen::Meeting(_) | Screen::Preview(_) | Screen::Dispute(_)) => {
                &[Context::Sync, Context::List]
            }
            _ => &[Context::List],
        };
        own.iter()
            .copied()
            .chain(std::iter::once(Context::Global))
            .collect()
    }

    /// The cursor's place and the unfinished text, to be kept against a lost terminal; `None` on
    /// the home page and where there is no form.
    pub fn draft(&self) -> Option<Draft> {
        if matches!(self.screen(), Screen::Home(_)) {
            return None;
        }
        let form = self.screens.iter().rev().find_map(|screen| match screen {
            Screen::Form(form) => Some(form),
            _ => None,
        })?;
        if let Some((field, text)) = form.resume.as_ref().filter(|_| !form.loaded) {
            return Some(Draft {
                cell: form.key.cell(field.clone()),
                text: text.clone(),
            });
        }
        let field = form.page.cells.get(form.cursor)?;
        let cell = form.key.cell(field.clone());
        let text = match &self.overlay {
            Some(Overlay::Prompt(prompt)) => match &prompt.purpose {
                super::prompt::Purpose::Words(_) => prompt.line.text(),
                _ => String::new(),
            },
            _ => form
                .edit
                .as_ref()
                .map(super::line::Line::text)
                .unwrap_or_default(),
        };
        Some(Draft { cell, text })
    }
}
