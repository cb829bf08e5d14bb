//! One form as screens show it: its layout, what stands in it, what checks and measures say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::layout::FormLayout;
use crate::base::Message;
use crate::check::{self, Finding};
use crate::figures::{self, Figure};
use crate::ledger::content_hash::FormParts;
use crate::ledger::{
    CellId, Content, Context, Form, FormKey, FormStatus, Heads, Origin, PastForms,
};
use crate::plan::{FieldId, MeasureId, Period, Plan, Unit, measures_on};
use crate::service::forms::past_keys;

/// Whether what the store has of a form is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loading {
    /// It was asked for.
    Asked,
    /// It is here.
    There,
    /// It could not be read.
    Failed(Message),
}

/// How far the last write of a cell has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveState {
    /// It is on its way to the disk: `…`.
    Waiting,
    /// The commit returned: "đã lưu".
    OnDisk,
    /// The store could not take it: it shows, and is not saved.
    Unsaved,
}

/// One form with everything that is shown of it.
#[derive(Debug)]
pub struct FormView {
    /// Which form.
    pub key: FormKey,
    /// Its lines.
    pub layout: FormLayout,
    /// Whether what the store has is here.
    pub loading: Loading,
    /// What the store has said of the form.
    pub base: Arc<Form>,
    /// `base` with the unanswered writes on top: what is shown and judged.
    pub shown: Arc<Form>,
    /// The forms that the checks look back on.
    pub past: PastForms,
    /// Which these are.
    pub past_keys: BTreeSet<FormKey>,
    /// How far the last write of each cell has come.
    pub saves: BTreeMap<CellId, SaveState>,
    /// All findings of the form as shown.
    pub findings: Vec<Finding>,
    /// All results of the form as shown.
    pub figures: Vec<Figure>,
    /// Where the form stands in its workflow.
    pub status: FormStatus,
    /// Numeric cells that are filled, and how many there are.
    pub filled: (usize, usize),
    /// False until findings and figures were computed once.
    pub(super) judged: bool,
    /// The measures that the form says something about.
    measures: Vec<MeasureId>,
    /// The parts of its content, which the plan alone decides.
    parts: FormParts,
    /// The day by which quarters and months have ended.
    today: NaiveDate,
}

/// The unit and period of a form, looked up in the plan.
#[derive(Clone, Copy, Debug)]
pub struct FormOfPlan<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The unit.
    pub unit: &'a Unit,
    /// The period.
    pub period: &'a Period,
}

impl<'a> FormOfPlan<'a> {
    /// Looks a form's unit and period up; `None` for ids the plan does not know.
    pub fn find(plan: &'a Plan, key: &FormKey) -> Option<Self> {
        Some(Self {
            plan,
            unit: plan.unit(&key.unit)?,
            period: plan.period(&key.period)?,
        })
    }
}

/// Rows at the top of a returned form that say who returned it and why.
const RETURN_ROWS: usize = 4;

impl FormView {
    /// Rows above the fields that stay while the page scrolls.
    pub fn rows_above(&self) -> usize {
        match self.status {
            FormStatus::Returned => RETURN_ROWS,
            _ => 0,
        }
    }

    /// A form of which nothing is known yet; `None` for ids the plan does not know.
    pub fn new(plan: &Plan, key: &FormKey, today: NaiveDate) -> Option<Self> {
        let of = FormOfPlan::find(plan, key)?;
        let measures = measures_on(plan, of.unit, of.period);
        Some(Self {
            key: key.clone(),
            layout: FormLayout::lay_out(plan, of.unit, of.period),
            loading: Loading::Asked,
            base: Arc::default(),
            shown: Arc::default(),
            past: PastForms::default(),
            past_keys: past_keys(plan, of.unit, of.period),
            saves: BTreeMap::new(),
            findings: Vec::new(),
            figures: Vec::new(),
            status: FormStatus::Draft,
            filled: (0, 0),
            judged: false,
            measures: measures
                .into_iter()
                .map(|measure| measure.id.clone())
                .collect(),
            parts: FormParts::of(plan, key),
            today,
        })
    }

    /// True once what the store has is here.
    pub fn is_there(&self) -> bool {
        self.loading == Loading::There
    }

    /// What the checks of this form look at; `None` for a form the plan does not know.
    pub fn context<'a>(&'a self, plan: &'a Plan) -> Option<Context<'a>> {
        let of = FormOfPlan::find(plan, &self.key)?;
        Some(Context {
            plan,
            unit: of.unit,
            period: of.period,
            form: &self.shown,
            past: &self.past,
        })
    }

    /// Computes findings, results and the state of the workflow afresh.
    pub(super) fn judge(&mut self, plan: &Plan) {
        let Some(context) = self.context(plan) else {
            return;
        };
        let findings = check::findings(&context);
        let doubted = check::doubted(&findings);
        let figures = self.figures_of(plan, &context, &doubted, |_| true);
        self.findings = findings;
        self.figures = figures;
        self.judged = true;
        self.filled = self.count_filled(plan);
        let hash = self.parts.hash(plan, &self.key, &self.shown.cells);
        self.status = self.shown.status(&hash);
    }

    /// The results, in this context, of those measures of the form that `wanted` accepts.
    pub fn figures_of(
        &self,
        plan: &Plan,
        context: &Context<'_>,
        doubted: &BTreeSet<FieldId>,
        wanted: impl Fn(&crate::plan::Measure) -> bool,
    ) -> Vec<Figure> {
        let measures = self.measures.iter().filter_map(|id| plan.measure(id));
        measures
            .filter(|measure| wanted(measure))
            .map(|measure| figures::unit_figure(context, measure, doubted, self.today))
            .collect()
    }

    /// The content of a figure's cell as shown.
    pub fn content(&self, field: &FieldId) -> Content {
        self.shown.content(field)
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
            .filter(move |finding| finding.cell.field == *field)
    }

    /// The findings that look at a field: those reported at it first, then those reported at a
    /// cell that is compared with it.
    pub fn findings_about<'a>(&'a self, field: &'a FieldId) -> impl Iterator<Item = &'a Finding> {
        let also = move |finding: &&Finding| finding.also.iter().any(|cell| cell.field == *field);
        self.findings_at(field)
            .chain(self.findings.iter().filter(also))
    }

    /// The result of a measure as shown.
    pub fn figure(&self, measure: &MeasureId) -> Option<&Figure> {
        self.figures
            .iter()
            .find(|figure| figure.measure == *measure)
    }

    /// How far the last write of a field's figure has come.
    pub fn save_state(&self, field: &FieldId) -> Option<SaveState> {
        self.saves.get(&CellId::from(field.clone())).copied()
    }

    /// How many numeric cells are filled, of how many.
    fn count_filled(&self, plan: &Plan) -> (usize, usize) {
        let numeric = self.layout.cells.iter();
        let numeric = numeric.filter(|id| plan.field(id).is_some_and(|f| f.kind.is_numeric()));
        let (mut filled, mut expected) = (0, 0);
        for id in numeric {
            expected += 1;
            filled += usize::from(self.content(id).is_filled());
        }
        (filled, expected)
    }
}
