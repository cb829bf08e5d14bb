//! Turning what a person did on the form into changes: typed cells, states, notes, confirmations,
//! submitting, returning.

use super::FormScreen;
use crate::app::input::command::Command;
use crate::app::input::text_line::TextLine;
use crate::app::navigation::Go;
use crate::app::overlays::prompt::AskedFinding;
use crate::app::overlays::prompt::{Prompt, Purpose, Resolving};
use crate::app::overlays::{Overlay, ReasonChoice};
use crate::app::state::{Health, State, Tone};
use crate::base::Message;
use crate::ledger::{Body, CellKey, Content, Heads, Origin, Subject, typed};
use crate::plan::FieldId;
use crate::service::edit;
use crate::service::workflow::{self, SubmissionSummary};
use crate::store::{Change, Seen};

/// Whether a cell may be left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Left {
    /// What was typed in it is written, or nothing was.
    Free,
    /// A reason is asked for first; the command that left it is carried out after that.
    AsksReason,
}

/// Whether the cursor goes on after a cell was filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// To the next cell.
    Next,
    /// It stays.
    Stay,
}

impl FormScreen {
    /// Commits the cell being typed into, if any, because of a command that leaves it. Over a
    /// conflict it first asks for the reason, and keeps the command for after that.
    pub(super) fn commit_typed(&mut self, state: &mut State, leaving: Command) -> Left {
        let Some((field, text)) = self.take_typed(state) else {
            return Left::Free;
        };
        self.discarded = None;
        self.left = Some(field.clone());
        self.put_text(state, &field, &text, Some(leaving))
    }

    /// Puts a content into the cell under the cursor.
    pub(super) fn put(
        &mut self,
        state: &mut State,
        content: Content,
        origin: Origin,
        after: After,
    ) {
        self.edit = None;
        self.look_at_cell(state);
        let field = self
            .view(state)
            .and_then(|view| self.field_id(view))
            .cloned();
        let Some(field) = field else { return };
        self.left = Some(field.clone());
        let text = typed::typed_form(&content);
        let then = (after == After::Next).then_some(Command::CellNext);
        let left = self.put_content(state, &field, (content, &text, origin), then);
        if left == Left::Free && after == After::Next {
            self.step(state, 1);
        }
    }

    /// Writes "không phát sinh" into cells that are still blank, as one action, and goes to the
    /// cell behind them.
    pub(super) fn none_in_all(&mut self, state: &mut State, fields: &[FieldId]) {
        let Some(view) = self.view(state) else { return };
        let form = (&self.key, view.shown.as_ref(), view.base.as_ref());
        let changes = workflow::fill_blanks(fields, form, &Content::NoneOccurred);
        let last = fields.last().and_then(|id| view.layout.position_of(id));
        let count = changes.len();
        state.write(Origin::Typed, changes);
        self.cursor = last.unwrap_or(self.cursor);
        self.step(state, 1);
        let said = Message::new("form.none_in_all").with("count", count);
        state.say(Tone::Info, said);
    }

    /// Empties the cell under the cursor and says what stood there.
    pub(super) fn clear_cell(&mut self, state: &mut State) {
        let Some(view) = self.view(state) else { return };
        let Some(field) = self.field_id(view) else {
            return;
        };
        let old = view.content(field);
        let shown = typed::show(&old);
        self.put(state, Content::Blank, Origin::Typed, After::Stay);
        if state.overlay.is_none() && old != Content::Blank {
            state.say(
                Tone::Info,
                Message::new("form.cleared").with("value", shown),
            );
        }
    }

    /// Writes typed text into a field.
    pub(super) fn put_text(
        &mut self,
        state: &mut State,
        field: &FieldId,
        text: &str,
        then: Option<Command>,
    ) -> Left {
        let Some(kind) = state.plan.field(field).map(|f| f.kind) else {
            return Left::Free;
        };
        let content = typed::read(text, kind).content;
        self.put_content(state, field, (content, text, Origin::Typed), then)
    }

    fn put_content(
        &mut self,
        state: &mut State,
        field: &FieldId,
        (content, text, origin): (Content, &str, Origin),
        then: Option<Command>,
    ) -> Left {
        let cell = self.cell_of(field);
        let Some(view) = self.view(state) else {
            return Left::Free;
        };
        let subject = Subject::Cell(cell.clone());
        let shown = view.shown.heads(&subject);
        let in_conflict = shown.is_some_and(Heads::in_conflict);
        if !in_conflict && view.content(field) == content {
            return Left::Free;
        }
        let base = view.base.heads(&subject).map(Heads::references);
        let seen = self.seen_when_begun(field).or(base).unwrap_or_default();
        if in_conflict {
            let typed = text.to_owned();
            let asked = Resolving {
                cell,
                typed,
                content,
                seen,
                then,
            };
            ask_resolving(state, asked, "");
            return Left::AsksReason;
        }
        let change = edit::set_cell(cell, content, Seen::Heads(seen));
        state.write(origin, vec![change]);
        Left::Free
    }

    /// Writes a note, where it differs from the present one.
    pub(super) fn write_note(&self, state: &mut State, cell: CellKey, text: &str) {
        let Some(view) = self.view(state) else { return };
        if view.shown.note(cell.id.clone()) == text {
            return;
        }
        let seen = view.base.heads(&Subject::Note(cell.clone()));
        let seen = seen.map(Heads::references).unwrap_or_default();
        let change = edit::set_note(cell, text, Seen::Heads(seen));
        state.write(Origin::Typed, vec![change]);
    }

    /// Confirms a soft finding with a listed reason, or asks for one in free words.
    pub(super) fn reason_chosen(
        &self,
        state: &mut State,
        asked: AskedFinding,
        choice: ReasonChoice,
    ) {
        match choice {
            ReasonChoice::Listed(reason) => {
                self.confirm(state, asked, (reason.as_str().to_owned(), String::new()));
            }
            ReasonChoice::Words => ask_words_of_reason(state, asked, ""),
        }
    }

    /// Confirms a soft finding for exactly the values judged.
    pub(super) fn confirm(
        &self,
        state: &mut State,
        asked: AskedFinding,
        (reason, words): (String, String),
    ) {
        let AskedFinding { cell, rule, judged } = asked;
        let subject = Subject::Confirm(cell, rule);
        let view = self.view(state);
        let seen = view
            .and_then(|view| view.base.heads(&subject))
            .map(Heads::references);
        let change = Change {
            subject,
            body: Body::Confirm {
                judged,
                reason,
                words,
            },
            reason: String::new(),
            seen: Seen::Heads(seen.unwrap_or_default()),
        };
        state.write(Origin::Typed, vec![change]);
    }

    /// Opens the summary before the form is submitted.
    pub(super) fn open_summary(&self, state: &mut State) {
        let summary = self.view(state).map(|view| view.summary(&state.plan));
        state.overlay = summary.map(|summary| Overlay::Finish(Box::new(summary)));
    }

    /// Puts one kind of emptiness into every unanswered cell, as one action, and shows the summary
    /// again.
    pub(super) fn fill_blanks(&self, state: &mut State, content: &Content) {
        if !state.may_change(&self.key) {
            return;
        }
        let Some(view) = self.view(state) else { return };
        let summary = view.summary(&state.plan);
        let form = (&self.key, view.shown.as_ref(), view.base.as_ref());
        let changes = workflow::fill_blanks(&summary.unanswered, form, content);
        if !changes.is_empty() {
            state.write(Origin::Typed, changes);
        }
        self.open_summary(state);
    }

    /// Submits the form as the summary showed it.
    pub(super) fn submit(&self, state: &mut State, summary: &SubmissionSummary) {
        if !state.may_change(&self.key) {
            return;
        }
        // What is on its way is written before, in the order it was made, and the submission holds
        // only for exactly that content; what cannot be written holds it back.
        if state.health != Health::Good && state.outbox.concerns(&self.key) {
            state.say(Tone::Warning, Message::new("form.still_saving"));
            return;
        }
        let Some(view) = self.view(state) else { return };
        let change = view.submission(&state.plan, summary);
        state.write(Origin::Typed, vec![change]);
    }

    /// Returns the form with a reason.
    pub(super) fn give_back(&self, state: &mut State, reason: String) {
        let Some(view) = self.view(state) else { return };
        let change = Change {
            subject: Subject::Form(self.key.clone()),
            body: Body::Return,
            reason,
            seen: Seen::Heads(view.base.workflow.references()),
        };
        state.write(Origin::Typed, vec![change]);
    }
}

/// Ends a conflict with what was typed over it: in the cell, and over the sides, that were on
/// the screen then. The command that left the cell is carried out.
pub(super) fn resolve(state: &mut State, asked: Resolving, reason: String) {
    let seen = Seen::Heads(asked.seen);
    let change = edit::resolve_cell(asked.cell, asked.content, reason, seen);
    state.write(Origin::Typed, vec![change]);
    if let Some(command) = asked.then {
        state.go(Go::Command(command));
    }
}

/// Asks for the reason that ends a conflict.
pub(super) fn ask_resolving(state: &mut State, asked: Resolving, so_far: &str) {
    let title = Message::new("prompt.resolve").with("value", asked.typed.as_str());
    open_box(state, Purpose::Resolve(Box::new(asked)), title, so_far);
}

/// Asks for a reason in free words.
pub(super) fn ask_words_of_reason(state: &mut State, asked: AskedFinding, so_far: &str) {
    let title = Message::new("prompt.reason");
    open_box(state, Purpose::Reason(asked), title, so_far);
}

/// Opens a text box with what was typed into it so far.
pub(super) fn open_box(state: &mut State, purpose: Purpose, title: Message, so_far: &str) {
    let line = TextLine::with_text(so_far, typed::TEXT_LIMIT);
    state.overlay = Some(Overlay::Prompt(Prompt::new(purpose, title, line)));
}
