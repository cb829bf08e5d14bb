//! The form walk's commands.

use super::writing::{After, Left, open_box};
use super::{FormScreen, Typing, allowed};
use crate::app::go_to::{self, Neighbour};
use crate::app::input::command::Command;
use crate::app::input::list::edit_line;
use crate::app::navigation::{Go, ListScope};
use crate::app::overlays::prompt::Purpose;
use crate::app::reasons::ask_reason;
use crate::app::screens::form::SearchDirection;
use crate::app::screens::interface::Handled;
use crate::app::state::{State, Tone};
use crate::base::Message;
use crate::ledger::actor::Role;
use crate::ledger::{Content, Origin, typed};
use crate::plan::Severity;

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

/// Arrows move on from a figure just typed; inside a content being changed they move its caret.
fn leaves_fresh(typing: Typing, command: Command) -> Command {
    match (typing, command) {
        (Typing::Fresh, Command::LineLeft) => Command::CellPrevious,
        (Typing::Fresh, Command::LineRight) => Command::CellNext,
        (Typing::Fresh, Command::LineHome) => Command::CellFirst,
        (Typing::Fresh, Command::LineEnd) => Command::CellLast,
        (_, command) => command,
    }
}

/// True for commands that leave the cell: what is typed in it is committed first.
fn leaves_cell(command: Command) -> bool {
    is_move(command)
        || matches!(
            command,
            Command::MarkEmpty
                | Command::AllowedValues
                | Command::NoteCell
                | Command::HistoryCell
                | Command::Find
                | Command::FormFinish
                | Command::FormReturn
                | Command::GoTo
                | Command::PaletteOpen
                | Command::FindingsForm
                | Command::FindingsAll
                | Command::HistoryForm
                | Command::HistoryAll
                | Command::HomeOpen
                | Command::HelpOpen
                | Command::SyncOpen
                | Command::Quit
        )
}

fn is_move(command: Command) -> bool {
    matches!(
        command,
        Command::CellNext
            | Command::CellCommit
            | Command::CellDown
            | Command::CellPrevious
            | Command::CellUp
            | Command::CellFirst
            | Command::CellLast
            | Command::ProblemNext
            | Command::ProblemPrevious
            | Command::UnitNext
            | Command::UnitPrevious
            | Command::PeriodNext
            | Command::PeriodPrevious
    )
}

/// How many cells a page has, as in lists.
const PAGE: isize = 10;

/// True for somebody who has no other unit to go to: there, page keys scroll (`settled.md` 31).
fn has_one_unit(state: &State) -> bool {
    let actor = state.session.as_ref().map(|session| &session.actor);
    actor.is_some_and(|actor| actor.role == Role::Clerk && actor.units.len() <= 1)
}

impl FormScreen {
    /// Carries a command out; what is typed is committed before its cell is left.
    pub(super) fn carry_out(&mut self, state: &mut State, command: Command) -> Handled {
        if changes_something(command) && !state.may_change(&self.key) {
            return Handled::Yes;
        }
        let mut command = command;
        if self.edit.is_some() {
            if command == Command::Cancel {
                self.cancel(state);
                return Handled::Yes;
            }
            command = leaves_fresh(self.typing, command);
            if let Some(line) = &mut self.edit
                && edit_line(line, command)
            {
                return Handled::Yes;
            }
        } else if is_move(command) && command != Command::ProblemNext {
            self.left = None;
        }
        if leaves_cell(command) && self.commit_typed(state, command) == Left::AsksReason {
            return Handled::Yes;
        }
        if is_move(command) {
            self.go(state, command);
            return Handled::Yes;
        }
        self.act(state, command)
    }

    fn cancel(&mut self, state: &mut State) {
        if let Some(text) = self.cancel_typing(state) {
            state.say(Tone::Info, Message::new("form.reverted").with("text", text));
        }
    }

    fn go(&mut self, state: &mut State, command: Command) {
        match command {
            Command::CellNext | Command::CellCommit | Command::CellDown => self.on(state),
            Command::CellPrevious | Command::CellUp => self.step(state, -1),
            Command::CellFirst => self.step(state, isize::MIN / 2),
            Command::CellLast => self.step(state, isize::MAX / 2),
            Command::ProblemNext => self.next_problem(state, SearchDirection::Forward),
            Command::ProblemPrevious => self.next_problem(state, SearchDirection::Back),
            Command::UnitNext if has_one_unit(state) => self.step(state, PAGE),
            Command::UnitPrevious if has_one_unit(state) => self.step(state, -PAGE),
            Command::UnitNext => go_to::unit(state, &self.key, self.here(state), Neighbour::Next),
            Command::UnitPrevious => {
                go_to::unit(state, &self.key, self.here(state), Neighbour::Previous);
            }
            Command::PeriodNext => {
                go_to::period(state, &self.key, self.here(state), Neighbour::Next);
            }
            Command::PeriodPrevious => {
                go_to::period(state, &self.key, self.here(state), Neighbour::Previous);
            }
            _ => {}
        }
    }

    /// To the next cell; on the last one, how to go on is said.
    fn on(&mut self, state: &mut State) {
        let from = self.cursor;
        self.step(state, 1);
        if self.cursor == from && state.notice.is_none() {
            state.say(Tone::Info, Message::new("form.last_cell"));
        }
    }

    /// The cell under the cursor, to be found again on another form.
    fn here(&self, state: &State) -> Option<crate::ledger::CellId> {
        let field = self.field_id(self.view(state)?)?;
        Some(self.cell_of(field).id)
    }

    /// Goes to the next cell to look at, or says that there is none.
    pub(super) fn next_problem(&mut self, state: &mut State, way: SearchDirection) {
        if !self.go_to_problem(state, way) {
            state.say(Tone::Info, Message::new("form.no_problem"));
        }
    }

    fn act(&mut self, state: &mut State, command: Command) -> Handled {
        match command {
            Command::CellEdit | Command::ConfirmFinding => self.edit_or_confirm(state),
            Command::CellClear => self.clear_cell(state),
            Command::MarkEmpty | Command::AllowedValues => {
                state.overlay = allowed::list(self, state, command);
            }
            Command::MarkNone => {
                self.put(state, Content::NoneOccurred, Origin::Typed, After::Next);
            }
            Command::MarkUnavailable => {
                self.put(state, Content::Unavailable, Origin::Typed, After::Next);
            }
            Command::MarkNotApplicable => {
                self.put(state, Content::NotApplicable, Origin::Typed, After::Next);
            }
            Command::NoteCell => self.ask_note(state, None),
            Command::CopyPrevious => self.copy_previous(state),
            Command::HistoryCell => {
                if let Some(cell) = self.here(state) {
                    let form = self.key.clone();
                    let cell = crate::ledger::CellKey { form, id: cell };
                    state.go(Go::History(ListScope::Cell(cell)));
                }
            }
            Command::Find => {
                let fields = self.view(state).map(|view| go_to::in_form(state, view));
                state.overlay = fields;
            }
            Command::FormFinish => self.open_summary(state),
            Command::FormReturn => self.ask_return(state, ""),
            Command::Undo => {
                if !self.recall_discarded(state) {
                    return Handled::No;
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    /// Gives a reason for an open soft finding; otherwise opens the content to be changed.
    fn edit_or_confirm(&mut self, state: &mut State) {
        if self.edit.is_some() {
            return;
        }
        let open = self.view(state).and_then(|view| {
            let field = self.field_id(view)?;
            let open = view
                .findings_at(field)
                .find(|f| f.severity == Severity::Soft && f.overridden.is_none());
            open.cloned()
        });
        match open {
            Some(finding) => ask_reason(state, &self.key, &finding),
            None => self.edit_in_place(state),
        }
    }

    /// Opens the content of the cell for changing: in place, or in a box for words.
    pub(super) fn edit_in_place(&mut self, state: &mut State) {
        if self.is_numeric(state) {
            self.change_in_place(state);
        } else {
            self.ask_words(state, None);
        }
    }

    /// Opens the box in which a text field is written, with its present words or others.
    pub(super) fn ask_words(&mut self, state: &mut State, words: Option<String>) {
        self.look_at_cell(state);
        let Some(view) = self.view(state) else { return };
        let Some(field) = self.field(view, &state.plan) else {
            return;
        };
        let words = words.unwrap_or_else(|| typed::typed_form(&view.content(&field.id)));
        let title = Message::new("prompt.words").with("field", &field.label);
        let purpose = Purpose::Words(self.cell_of(&field.id));
        open_box(state, purpose, title, &words);
    }

    /// Opens the box for the note on the cell, with the present note or another text.
    pub(super) fn ask_note(&self, state: &mut State, text: Option<String>) {
        let Some(view) = self.view(state) else { return };
        let Some(field) = self.field(view, &state.plan) else {
            return;
        };
        let cell = self.cell_of(&field.id);
        let text = text.unwrap_or_else(|| view.shown.note(cell.id.clone()).to_owned());
        let title = Message::new("prompt.note").with("field", &field.short);
        open_box(state, Purpose::Note(cell), title, &text);
    }

    /// Asks why the form is returned.
    pub(super) fn ask_return(&self, state: &mut State, so_far: &str) {
        let role = state.session.as_ref().map(|session| session.actor.role);
        if matches!(role, Some(Role::Owner | Role::Coordinator)) {
            let title = Message::new("prompt.return");
            open_box(state, Purpose::Return(self.key.clone()), title, so_far);
        } else {
            state.say(Tone::Warning, Message::new("form.only_reviewers_return"));
        }
    }
}
