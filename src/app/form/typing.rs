//! Typing into a cell: the text lives in a line editor until it is committed; findings and
//! results follow every key.

use super::{FormState, Place};
use crate::app::line::Line;
use crate::check::{self, Finding};
use crate::figures::{self, Figure};
use crate::ledger::typed::{self, Reading};
use crate::ledger::{Body, CellId, EntryRef, Heads, Origin, Provisional, Subject};
use crate::plan::{Field, FieldId, MeasureId, Plan};

/// What the screen says about the text being typed.
#[derive(Clone, Debug)]
pub struct Live {
    /// The text.
    pub typed: String,
    /// How the text reads.
    pub reading: Reading,
    /// What the checks would say.
    pub findings: Vec<Finding>,
    /// What the results would be.
    pub figures: Vec<Figure>,
}

/// What arrows do while a cell is typed into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Typing {
    /// A new figure: they commit it and move, as in any table.
    #[default]
    Fresh,
    /// The present content is being changed: they move inside it.
    InPlace,
}

/// The longest text a field takes.
pub(super) fn limit_of(field: Option<&Field>) -> usize {
    match field {
        Some(field) if !field.kind.is_numeric() => typed::TEXT_LIMIT,
        _ => typed::INVALID_LIMIT,
    }
}

impl FormState {
    /// The first character of a new entry: it replaces what the cell holds.
    pub fn start_typing(&mut self, plan: &Plan, first: &str) {
        let mut line = Line::new(limit_of(self.field(plan)));
        line.insert_str(first);
        self.look_at_cell();
        self.edit = Some(line);
        self.typing = Typing::Fresh;
        self.discarded = None;
    }

    /// Opens the cell's present content for changing.
    pub fn edit_in_place(&mut self, plan: &Plan) {
        let Some(field) = self.field(plan) else {
            return;
        };
        let text = typed::typed_form(&self.content(&field.id));
        let limit = limit_of(Some(field));
        self.look_at_cell();
        self.edit = Some(Line::with_text(&text, limit));
        self.typing = Typing::InPlace;
    }

    /// Remembers what the cell under the cursor holds as typing begins: a figure that another
    /// session commits meanwhile is not on the screen, so it is not superseded.
    pub fn look_at_cell(&mut self) {
        let field = self.page.cells.get(self.cursor).cloned();
        self.seen = field.map(|field| {
            let heads = self.base.cells.get(&CellId::figure(&field));
            let seen = heads.map(Heads::references).unwrap_or_default();
            (field, seen)
        });
    }

    /// What the cell held when typing into it began.
    pub fn seen_when_begun(&mut self, field: &FieldId) -> Option<Vec<EntryRef>> {
        let (seen_field, seen) = self.seen.take()?;
        (seen_field == *field).then_some(seen)
    }

    /// Takes the typed text out of the cell, to be written.
    pub fn take_typed(&mut self) -> Option<(FieldId, String)> {
        let line = self.edit.take()?;
        let field = self.page.cells.get(self.cursor)?.clone();
        Some((field, line.text()))
    }

    /// Throws the typed text away; one undo brings it back.
    pub fn cancel_typing(&mut self) {
        self.discarded = self.take_typed().filter(|(_, text)| !text.is_empty());
    }

    /// Brings thrown away text back into its cell; false when there is none.
    pub fn recall_discarded(&mut self, plan: &Plan) -> bool {
        let Some((field, text)) = self.discarded.take() else {
            return false;
        };
        if !self.go_to_field(&field) {
            return false;
        }
        self.look_at_cell();
        self.edit = Some(Line::with_text(&text, limit_of(self.field(plan))));
        self.typing = Typing::InPlace;
        true
    }

    /// Brings what is said about the text being typed up to date.
    pub fn watch_typing(&mut self, plan: &Plan) {
        let typed = self.edit.as_ref().map(Line::text);
        if typed.as_ref() != self.live.as_ref().map(|live| &live.typed) {
            self.live = self.look(plan);
        }
    }

    /// What there is to say about the text being typed, with it laid over the form meanwhile.
    fn look(&mut self, plan: &Plan) -> Option<Live> {
        let (typed, field) = (self.edit.as_ref()?.text(), self.field(plan)?);
        let reading = typed::read(&typed, field.kind);
        let covered = self.form.lay(Provisional {
            subject: &Subject::Cell(self.key.cell(&field.id)),
            body: &Body::SetValue(reading.content.clone()),
            origin: Origin::Typed,
            reason: "",
        });
        let said = self.say(plan, field);
        self.form.lift(covered);
        let (findings, figures) = said?;
        Some(Live {
            typed,
            reading,
            findings,
            figures,
        })
    }

    /// What the checks say about a field, and the results it is a part of.
    fn say(&self, plan: &Plan, field: &Field) -> Option<(Vec<Finding>, Vec<Figure>)> {
        let place = Place::of(plan, &self.key)?;
        let context = check::Context {
            plan,
            unit: place.unit,
            period: place.period,
            form: &self.form,
            past: &self.past,
        };
        let cell = CellId::figure(&field.id);
        let findings = check::findings_at(&context, &cell);
        let elsewhere = |finding: &&Finding| finding.cell != cell && !finding.also.contains(&cell);
        let elsewhere = self.findings.iter().filter(elsewhere);
        let doubted = check::doubted(findings.iter().chain(elsewhere));
        let measures = self.measures.iter().filter_map(|id| plan.measure(id));
        let figures = measures
            .filter(|measure| measure.components().contains(&&field.id))
            .map(|measure| figures::unit_figure(&context, measure, &doubted))
            .collect();
        Some((findings, figures))
    }

    /// The result of a measure, with the text being typed.
    pub fn figure(&self, measure: &MeasureId) -> Option<&Figure> {
        let live = self
            .live
            .as_ref()
            .map(|live| live.figures.as_slice())
            .unwrap_or_default();
        live.iter()
            .chain(&self.figures)
            .find(|figure| figure.measure == *measure)
    }
}
