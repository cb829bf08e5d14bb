//! The form walk's keys.

use super::super::command::Command;
use super::super::form::{Typing, Way};
use super::super::msg::Effect;
use super::super::prompt::{Prompt, Purpose};
use super::super::state::{App, Overlay, Scope, Tone};
use super::go::{self, Neighbour};
use super::overlay::edit_line;
use super::{allowed, write};
use crate::base::Message;
use crate::ledger::{CellKey, Content, Origin};
use crate::plan::Severity;

pub(super) fn run(app: &mut App, command: Command) -> Option<Vec<Effect>> {
    if changes_something(command) && !write::may_change(app) {
        return Some(Vec::new());
    }
    let editing = app.form().is_some_and(|form| form.edit.is_some());
    if editing && let Some(effects) = while_typing(app, command) {
        return Some(effects);
    }
    moving(app, command).or_else(|| acting(app, command))
}

/// True for what only those may do who may write into the form.
fn changes_something(command: Command) -> bool {
    matches!(
        command,
        Command::CellEdit
            | Command::ConfirmFinding
            | Command::CellClear
            | Command::MarkEmpty
            | Command::MarkNone
            | Command::MarkUnavailable
            | Command::MarkNotApplicable
            | Command::NoteCell
            | Command::CopyPrevious
    )
}

/// Keys that edit the text of the cell being typed into.
fn while_typing(app: &mut App, command: Command) -> Option<Vec<Effect>> {
    let form = app.form_mut()?;
    match command {
        Command::Cancel => {
            form.cancel_typing();
            let dropped = form.discarded.as_ref().map(|(_, text)| text.clone());
            if let Some(text) = dropped {
                app.say(Tone::Info, Message::new("form.reverted").with("text", text));
            }
            Some(Vec::new())
        }
        _ => match leaves_fresh(form.typing, command) {
            Some(command) => moving(app, command),
            None => edit_line(form.edit.as_mut()?, command).then(Vec::new),
        },
    }
}

/// Arrows move on from a figure just typed; inside a content being changed they move its caret.
fn leaves_fresh(typing: Typing, command: Command) -> Option<Command> {
    match (typing, command) {
        (Typing::Fresh, Command::LineLeft) => Some(Command::CellPrevious),
        (Typing::Fresh, Command::LineRight) => Some(Command::CellNext),
        (Typing::Fresh, Command::LineHome) => Some(Command::CellFirst),
        (Typing::Fresh, Command::LineEnd) => Some(Command::CellLast),
        _ => None,
    }
}

/// Keys that leave the cell: what is typed is committed first.
fn moving(app: &mut App, command: Command) -> Option<Vec<Effect>> {
    let mut effects;
    let form = app.form_mut()?;
    if form.edit.is_none() && command != Command::ProblemNext {
        form.left = None;
    }
    let neighbour = match command {
        Command::UnitNext | Command::PeriodNext => Neighbour::Next,
        _ => Neighbour::Previous,
    };
    match command {
        Command::CellNext | Command::CellCommit | Command::CellDown => {
            effects = write::commit_typed(app)?;
            if app.overlay.is_none() {
                app.form_mut()?.step(1);
            }
        }
        Command::CellPrevious | Command::CellUp => {
            effects = write::commit_typed(app)?;
            app.form_mut()?.step(-1);
        }
        Command::CellFirst => {
            effects = write::commit_typed(app)?;
            app.form_mut()?.step(isize::MIN / 2);
        }
        Command::CellLast => {
            effects = write::commit_typed(app)?;
            app.form_mut()?.step(isize::MAX / 2);
        }
        Command::ProblemNext => {
            effects = write::commit_typed(app)?;
            problem(app, Way::Forward);
        }
        Command::ProblemPrevious => {
            effects = write::commit_typed(app)?;
            problem(app, Way::Back);
        }
        Command::UnitNext | Command::UnitPrevious => {
            effects = write::commit_typed(app)?;
            effects.extend(go::unit(app, neighbour));
        }
        Command::PeriodNext | Command::PeriodPrevious => {
            effects = write::commit_typed(app)?;
            effects.extend(go::period(app, neighbour));
        }
        _ => return None,
    }
    Some(effects)
}

fn problem(app: &mut App, way: Way) {
    let plan = app.plan.clone();
    if app
        .form_mut()
        .is_some_and(|form| !form.go_to_problem(&plan, way))
    {
        app.say(Tone::Info, Message::new("form.no_problem"));
    }
}

fn acting(app: &mut App, command: Command) -> Option<Vec<Effect>> {
    match command {
        Command::CellEdit | Command::ConfirmFinding => Some(edit_or_confirm(app)),
        Command::CellClear => Some(write::put(app, &Content::Blank, Origin::Typed)),
        Command::MarkEmpty | Command::AllowedValues => {
            let effects = write::commit_typed(app)?;
            if app.overlay.is_none() {
                app.overlay = allowed::list(app, command);
            }
            Some(effects)
        }
        Command::MarkNone => Some(write::put(app, &Content::NoneOccurred, Origin::Typed)),
        Command::MarkUnavailable => Some(write::put(app, &Content::Unavailable, Origin::Typed)),
        Command::MarkNotApplicable => Some(write::put(app, &Content::NotApplicable, Origin::Typed)),
        Command::NoteCell => {
            let mut effects = write::commit_typed(app)?;
            effects.extend(note(app));
            Some(effects)
        }
        Command::CopyPrevious => Some(allowed::copy_previous(app)),
        Command::HistoryCell => {
            let mut effects = write::commit_typed(app)?;
            let cell = cell_here(app)?;
            effects.extend(super::history(app, Scope::Cell(cell)));
            Some(effects)
        }
        Command::Find => {
            let effects = write::commit_typed(app)?;
            app.overlay = go::in_form(app);
            Some(effects)
        }
        Command::FormFinish => {
            let effects = write::commit_typed(app)?;
            let summary = app.form()?.summary(&app.plan);
            app.overlay = Some(Overlay::Finish(Box::new(summary)));
            Some(effects)
        }
        _ => leaving_for(app, command),
    }
}

/// Everything that opens another screen commits first: nothing typed is left behind.
fn leaving_for(app: &mut App, command: Command) -> Option<Vec<Effect>> {
    match command {
        Command::GoTo
        | Command::PaletteOpen
        | Command::FindingsForm
        | Command::FindingsAll
        | Command::HistoryForm
        | Command::HistoryAll
        | Command::HomeOpen
        | Command::HelpOpen
        | Command::SyncOpen => {
            let mut effects = write::commit_typed(app)?;
            if app.overlay.is_none() {
                effects.extend(super::everywhere(app, command));
            }
            Some(effects)
        }
        Command::FormReturn => {
            let mut effects = write::commit_typed(app)?;
            if app.overlay.is_none() {
                effects.extend(super::asking::ask_return(app));
            }
            Some(effects)
        }
        Command::Quit => {
            let mut effects = write::commit_typed(app)?;
            if app.overlay.is_none() {
                effects.extend(super::quit(app));
            }
            Some(effects)
        }
        _ => None,
    }
}

/// The cell under the cursor.
pub(super) fn cell_here(app: &App) -> Option<CellKey> {
    let form = app.form()?;
    let field = form.page.cells.get(form.cursor)?.clone();
    Some(form.key.cell(field))
}

/// Opens the content of the cell for changing: in place, or in a box for words.
pub(super) fn edit_in_place(app: &mut App) -> Vec<Effect> {
    let plan = app.plan.clone();
    let Some(form) = app.form_mut() else {
        return Vec::new();
    };
    match form.field(&plan) {
        Some(field) if field.kind.is_numeric() => {
            form.edit_in_place(&plan);
            Vec::new()
        }
        Some(_) => words(app),
        None => Vec::new(),
    }
}

/// F2: a reason for an open soft finding; otherwise the content, to be changed in place.
fn edit_or_confirm(app: &mut App) -> Vec<Effect> {
    let plan = app.plan.clone();
    let Some(form) = app.form_mut() else {
        return Vec::new();
    };
    if form.edit.is_some() {
        return Vec::new();
    }
    let Some(field) = form.field(&plan).cloned() else {
        return Vec::new();
    };
    let open = form
        .findings_at(&field.id)
        .find(|f| f.severity == Severity::Soft && f.overridden.is_none())
        .cloned();
    if let Some(finding) = open {
        let key = form.key.clone();
        write::ask_reason(app, &key, &finding)
    } else {
        edit_in_place(app)
    }
}

/// Opens the box in which a text field is written.
fn words(app: &mut App) -> Vec<Effect> {
    let Some(cell) = cell_here(app) else {
        return Vec::new();
    };
    let Some(form) = app.form_mut() else {
        return Vec::new();
    };
    form.look_at_cell();
    let text = crate::ledger::typed::typed_form(&form.content(&cell.id.field));
    let label = app
        .plan
        .field(&cell.id.field)
        .map(|f| f.label.clone())
        .unwrap_or_default();
    let line = super::super::line::Line::with_text(&text, crate::ledger::typed::TEXT_LIMIT);
    let title = Message::new("prompt.words").with("field", &label);
    app.overlay = Some(Overlay::Prompt(Prompt {
        purpose: Purpose::Words(cell),
        title,
        line,
    }));
    Vec::new()
}

fn note(app: &mut App) -> Vec<Effect> {
    let Some(cell) = cell_here(app) else {
        return Vec::new();
    };
    let Some(form) = app.form() else {
        return Vec::new();
    };
    let text = form.form.note(&cell.id.field).to_owned();
    let label = app
        .plan
        .field(&cell.id.field)
        .map(|f| f.short.clone())
        .unwrap_or_default();
    let line = super::super::line::Line::with_text(&text, crate::ledger::typed::TEXT_LIMIT);
    let title = Message::new("prompt.note").with("field", &label);
    app.overlay = Some(Overlay::Prompt(Prompt {
        purpose: Purpose::Note(cell),
        title,
        line,
    }));
    Vec::new()
}

/// A character typed on the form: it starts or goes on with an entry.
pub(super) fn character(app: &mut App, character: char) -> Vec<Effect> {
    if !write::may_change(app) {
        return Vec::new();
    }
    let plan = app.plan.clone();
    let keypad = app.keymap.keypad;
    let Some(form) = app.form_mut() else {
        return Vec::new();
    };
    let Some(field) = form.field(&plan) else {
        return Vec::new();
    };
    if !field.kind.is_numeric() {
        let effects = words(app);
        if let Some(Overlay::Prompt(prompt)) = &mut app.overlay {
            prompt.line.insert(character);
        }
        return effects;
    }
    let so_far = form
        .edit
        .as_ref()
        .map(super::super::line::Line::text)
        .unwrap_or_default();
    let character = keypad.translate(character, field.kind, &so_far);
    match &mut form.edit {
        Some(line) => {
            line.insert(character);
        }
        None if !character.is_whitespace() => form.start_typing(&plan, &character.to_string()),
        None => {}
    }
    Vec::new()
}

/// A paste on the form: one cell's new text. (Blocks from a spreadsheet come with the grid.)
pub(super) fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if !write::may_change(app) {
        return Vec::new();
    }
    let plan = app.plan.clone();
    let Some(form) = app.form_mut() else {
        return Vec::new();
    };
    let Some(field) = form.field(&plan) else {
        return Vec::new();
    };
    if field.kind.is_numeric() {
        match &mut form.edit {
            Some(line) => {
                line.insert_str(text);
            }
            None => form.start_typing(&plan, text),
        }
        return Vec::new();
    }
    let effects = words(app);
    if let Some(Overlay::Prompt(prompt)) = &mut app.overlay {
        prompt.line.insert_str(text);
    }
    effects
}
