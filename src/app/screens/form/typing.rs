//! Typing into a cell: the text lives in a line editor until it is committed; findings and results
//! follow every key.

use super::FormScreen;
use super::live::{Live, Typing};
use crate::app::forms::FormView;
use crate::app::input::text_line::TextLine;
use crate::app::state::State;
use crate::check;
use crate::figures::Figure;
use crate::ledger::typed::{self, Reading};
use crate::ledger::{Body, Context, EntryRef, Form, Heads, Origin, Provisional, Recorded, Subject};
use crate::plan::{Field, FieldId, MeasureId, Plan};

/// The longest text a field takes.
fn limit_of(field: Option<&Field>) -> usize {
    match field {
        Some(field) if !field.kind.is_numeric() => typed::TEXT_LIMIT,
        _ => typed::INVALID_LIMIT,
    }
}

impl FormScreen {
    /// Begins a new entry: it replaces what the cell holds.
    pub(super) fn start_typing(&mut self, state: &State, first: &str) {
        self.open_line(state, first, Typing::Fresh);
        self.discarded = None;
    }

    /// Opens the cell's present content for changing.
    pub(super) fn change_in_place(&mut self, state: &State) {
        let Some(view) = self.view(state) else { return };
        if let Some(field) = self.field_id(view) {
            let text = typed::typed_form(&view.content(field));
            self.open_line(state, &text, Typing::InPlace);
        }
    }

    /// Opens the line editor of the cell under the cursor with a text.
    pub(super) fn open_line(&mut self, state: &State, text: &str, typing: Typing) {
        let Some(view) = self.view(state) else { return };
        let limit = limit_of(self.field(view, &state.plan));
        self.look_at_cell(state);
        self.edit = Some(TextLine::with_text(text, limit));
        self.typing = typing;
    }

    /// Remembers what the cell under the cursor holds as typing begins: a figure that another
    /// session commits meanwhile is not on the screen, so it is not superseded.
    pub(super) fn look_at_cell(&mut self, state: &State) {
        let Some(view) = self.view(state) else { return };
        self.seen = self.field_id(view).map(|field| {
            let heads = view.base.heads(&Subject::Cell(self.cell_of(field)));
            (
                field.clone(),
                heads.map(Heads::references).unwrap_or_default(),
            )
        });
    }

    /// What the cell held when typing into it began.
    pub(super) fn seen_when_begun(&mut self, field: &FieldId) -> Option<Vec<EntryRef>> {
        let (seen_field, seen) = self.seen.take()?;
        (seen_field == *field).then_some(seen)
    }

    /// An own entry on the cell being typed into is on disk: what is typed supersedes it.
    pub(super) fn own_entry(&mut self, recorded: &Recorded) {
        if let Subject::Cell(cell) = &recorded.entry.subject
            && cell.form == self.key
            && let Some((field, seen)) = &mut self.seen
            && cell.id.field == *field
        {
            crate::app::outbox::supersede(seen, recorded);
        }
    }

    /// Takes the typed text out of the cell, to be written.
    pub(super) fn take_typed(&mut self, state: &State) -> Option<(FieldId, String)> {
        let line = self.edit.take()?;
        let field = self.field_id(self.view(state)?)?.clone();
        Some((field, line.text()))
    }

    /// Throws the typed text away; one undo brings it back. Returns the text.
    pub(super) fn cancel_typing(&mut self, state: &State) -> Option<String> {
        self.discarded = self.take_typed(state).filter(|(_, text)| !text.is_empty());
        self.discarded.as_ref().map(|(_, text)| text.clone())
    }

    /// Keeps a text that was not written, for one undo.
    pub(super) fn discard(&mut self, field: FieldId, text: String) {
        self.discarded = Some((field, text)).filter(|(_, text)| !text.is_empty());
    }

    /// Brings thrown away text back into its cell; false when there is none.
    pub(super) fn recall_discarded(&mut self, state: &mut State) -> bool {
        let Some((field, text)) = self.discarded.take() else {
            return false;
        };
        if !self.go_to_field(state, &field) {
            return false;
        }
        if self.is_numeric(state) {
            self.open_line(state, &text, Typing::InPlace);
        } else {
            self.ask_words(state, Some(text));
        }
        true
    }

    /// Brings what is said about the text being typed up to date.
    pub(super) fn watch_typing(&mut self, state: &State) {
        let typed = self.edit.as_ref().map(TextLine::text);
        if typed.as_ref() != self.live.as_ref().map(|live| &live.typed) {
            self.live = self.look(state);
        }
    }

    fn look(&self, state: &State) -> Option<Live> {
        let (line, view) = (self.edit.as_ref()?, self.view(state)?);
        let field = self.field(view, &state.plan)?;
        let typed = line.text();
        let reading = typed::read(&typed, field.kind);
        let here = view.context(&state.plan)?;
        let cell = self.cell_of(&field.id);
        let form = self.with_typed(view, field, &reading);
        let there = Context {
            form: &form,
            ..here
        };
        let findings = check::findings_at(&there, &cell.id);
        let elsewhere = |f: &&check::Finding| f.cell != cell.id && !f.also.contains(&cell.id);
        let elsewhere = view.findings.iter().filter(elsewhere);
        let doubted = check::doubted(findings.iter().chain(elsewhere));
        let concerns = |measure: &crate::plan::Measure| measure.components().contains(&&field.id);
        let figures = view.figures_of(&state.plan, &there, &doubted, concerns);
        Some(Live {
            typed,
            reading,
            findings,
            figures,
        })
    }

    /// The form as it would be with the typed content in its cell.
    fn with_typed(&self, view: &FormView, field: &Field, reading: &Reading) -> Form {
        let subject = Subject::Cell(self.cell_of(&field.id));
        let body = Body::SetValue(reading.content.clone());
        view.shown.with([Provisional {
            subject: &subject,
            body: &body,
            origin: Origin::Typed,
            reason: "",
        }])
    }

    /// The result of a measure, with the text being typed.
    pub fn figure<'a>(&'a self, view: &'a FormView, measure: &MeasureId) -> Option<&'a Figure> {
        let live = self.live.as_ref().map(|live| live.figures.iter());
        live.into_iter()
            .flatten()
            .find(|figure| figure.measure == *measure)
            .or_else(|| view.figure(measure))
    }

    /// The text being typed, empty where none is.
    pub fn typed_text(&self) -> String {
        self.edit.as_ref().map(TextLine::text).unwrap_or_default()
    }

    /// True where the field under the cursor holds figures.
    pub(super) fn is_numeric(&self, state: &State) -> bool {
        fn numeric(screen: &FormScreen, view: &FormView, plan: &Plan) -> bool {
            screen
                .field(view, plan)
                .is_some_and(|field| field.kind.is_numeric())
        }
        self.view(state)
            .is_some_and(|view| numeric(self, view, &state.plan))
    }
}
