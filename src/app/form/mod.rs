//! The form walk: one unit, one period, field after field.

mod finish;
mod moving;
mod saving;
mod typing;

use std::collections::BTreeMap;

use super::line::Line;
use super::rows::Page;
use crate::check::{self, Finding, PastForms};
use crate::figures::{self, Figure};
use crate::ledger::{
    CellId, Content, EntryRef, Form, FormKey, FormStatus, Heads, Origin, content_hash,
};
use crate::plan::{Field, FieldId, MeasureId, Period, Plan, Unit};

pub use moving::Way;
pub use saving::{Retry, SaveState, Sent, Write};
pub use typing::{Live, Typing};

/// The state of the form walk.
#[derive(Debug)]
pub struct FormState {
    /// Which form.
    pub key: FormKey,
    /// Its page.
    pub page: Page,
    /// The cell under the cursor, as its place on the page.
    pub cursor: usize,
    /// The first line shown.
    pub top: usize,
    /// The cell being typed into.
    pub edit: Option<Line>,
    /// What arrows do in it.
    pub typing: Typing,
    /// What the store has said of the form: the truth.
    pub base: Form,
    /// `base` with the unanswered writes on top: what is shown and judged.
    pub form: Form,
    /// What the checks look back on.
    pub past: PastForms,
    /// False until the store has answered for the first time.
    pub loaded: bool,
    /// All findings of the form as it stands.
    pub findings: Vec<Finding>,
    /// All results of the form as it stands.
    pub figures: Vec<Figure>,
    /// Writes that have not been answered yet, oldest first.
    pub writes: Vec<Write>,
    /// Cells whose last write was answered "on disk" while the form is open.
    pub saved: BTreeMap<FieldId, SaveState>,
    /// A field that the cursor goes to as soon as the form is there, and text to go on with.
    pub resume: Option<(FieldId, String)>,
    /// The cell that was committed last: what there is to say about it stays readable while the
    /// next one is typed.
    pub left: Option<FieldId>,
    /// Text that Esc threw away, for one undo.
    pub discarded: Option<(FieldId, String)>,
    /// What is to be said about the text being typed.
    pub live: Option<Live>,
    /// Where the form stands.
    pub status: FormStatus,
    /// Numeric cells that are filled, and how many there are.
    pub filled: (usize, usize),
    /// Whether writes that the store could not take are tried again with its next answer.
    pub(super) retry: Retry,
    /// What the cell being typed into held when typing began: what is superseded by committing.
    seen: Option<(FieldId, Vec<EntryRef>)>,
    /// The measures that the form says something about.
    measures: Vec<MeasureId>,
}

/// The unit and period of a form, looked up.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The unit.
    pub unit: &'a Unit,
    /// The period.
    pub period: &'a Period,
}

impl<'a> Place<'a> {
    /// Looks a form's unit and period up; `None` for ids the plan does not know.
    pub fn of(plan: &'a Plan, key: &FormKey) -> Option<Self> {
        Some(Self {
            plan,
            unit: plan.unit(&key.unit)?,
            period: plan.period(&key.period)?,
        })
    }
}

impl FormState {
    /// A form that is being fetched; `None` for ids the plan does not know.
    pub fn open(plan: &Plan, key: &FormKey) -> Option<Self> {
        let place = Place::of(plan, key)?;
        Some(Self {
            key: key.clone(),
            page: Page::lay_out(plan, place.unit, place.period),
            cursor: 0,
            top: 0,
            edit: None,
            typing: Typing::Fresh,
            base: Form::default(),
            form: Form::default(),
            past: PastForms::default(),
            loaded: false,
            findings: Vec::new(),
            figures: Vec::new(),
            writes: Vec::new(),
            saved: BTreeMap::new(),
            resume: None,
            left: None,
            discarded: None,
            live: None,
            status: FormStatus::Draft,
            filled: (0, 0),
            retry: Retry::No,
            seen: None,
            measures: figures::measures_on(plan, place.unit, place.period)
                .into_iter()
                .map(|measure| measure.id.clone())
                .collect(),
        })
    }

    /// The field under the cursor.
    pub fn field<'a>(&self, plan: &'a Plan) -> Option<&'a Field> {
        plan.field(self.page.cells.get(self.cursor)?)
    }

    /// The content of a field, with what is on its way to the disk.
    pub fn content(&self, field: &FieldId) -> Content {
        self.form.content(field)
    }

    /// Takes in what the store has: the truth, on which unanswered writes are laid again.
    pub fn take_in(&mut self, plan: &Plan, form: Form, past: PastForms) {
        self.base = form;
        self.past = past;
        self.live = None;
        self.try_again();
        self.show_writes();
        self.judge(plan);
        if !self.loaded {
            self.loaded = true;
            self.start_at_first_blank();
            if let Some((field, text)) = self.resume.take() {
                self.go_to_field(&field);
                if !text.is_empty() {
                    self.look_at_cell();
                    self.edit = Some(Line::with_text(&text, typing::limit_of(self.field(plan))));
                    self.typing = Typing::InPlace;
                }
            }
        }
    }

    /// Computes findings and figures afresh.
    pub fn judge(&mut self, plan: &Plan) {
        let Some(place) = Place::of(plan, &self.key) else {
            return;
        };
        let context = check::Context {
            plan,
            unit: place.unit,
            period: place.period,
            form: &self.form,
            past: &self.past,
        };
        self.findings = check::findings(&context);
        let doubted = check::doubted(&self.findings);
        self.figures = self
            .measures
            .iter()
            .filter_map(|id| plan.measure(id))
            .map(|measure| figures::unit_figure(&context, measure, &doubted))
            .collect();
        self.filled = self.count_filled(plan);
        let hash = content_hash::content_hash(plan, &self.key, &self.fields(), &self.form.cells);
        self.status = self.form.status(&hash);
    }

    /// The form's fields.
    fn fields(&self) -> Vec<&FieldId> {
        self.page.cells.iter().collect()
    }

    /// True where a figure is invented, for demonstration: every screen says so.
    pub fn is_invented(&self) -> bool {
        let mut shown = self.base.cells.values().filter_map(Heads::shown);
        shown.any(|head| head.origin == Origin::Demo)
    }

    /// The findings at a field, the worst first.
    pub fn findings_at<'a>(&'a self, field: &'a FieldId) -> impl Iterator<Item = &'a Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.cell == CellId::figure(field))
    }

    /// The findings that look at a field: those reported at it first, then those reported at a
    /// cell that is compared with it.
    pub fn findings_about<'a>(&'a self, field: &'a FieldId) -> impl Iterator<Item = &'a Finding> {
        let cell = CellId::figure(field);
        let also = self.findings.iter();
        let also = also.filter(move |finding| finding.also.contains(&cell));
        self.findings_at(field).chain(also)
    }

    /// How many numeric cells are filled, of how many.
    fn count_filled(&self, plan: &Plan) -> (usize, usize) {
        let numeric = self
            .page
            .cells
            .iter()
            .filter(|id| plan.field(id).is_some_and(|field| field.kind.is_numeric()));
        let (mut filled, mut expected) = (0, 0);
        for id in numeric {
            expected += 1;
            filled += usize::from(self.content(id).is_filled());
        }
        (filled, expected)
    }
}
