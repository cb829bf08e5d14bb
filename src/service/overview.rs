//! Which forms a unit owes and where each stands, for the home page and for `status`.

use chrono::NaiveDate;

use super::forms::{self, LoadedForm, PerForm};
use crate::check;
use crate::ledger::{ActorId, AuthorId, FormKey, FormStatus, Head};
use crate::plan::{Plan, Severity, Unit};
use crate::store::{StoreError, StoreReader};

/// Where one form stands: its status, how complete it is, what was found, when it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormSummary {
    /// The form.
    pub key: FormKey,
    /// Where it stands.
    pub status: FormStatus,
    /// The last workflow step.
    pub step: Option<StepTaken>,
    /// Numeric cells in any state but blank and invalid.
    pub filled: usize,
    /// Numeric cells of the form.
    pub expected: usize,
    /// Hard findings.
    pub hard: usize,
    /// Soft findings without a reason.
    pub soft: usize,
    /// Figures that came after the form was approved or locked ("đến sau khi duyệt").
    pub late: usize,
    /// Last day to submit.
    pub due: NaiveDate,
}

/// A step of the workflow that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTaken {
    /// When, by its writer's wall clock (milliseconds since 1970-01-01 UTC).
    pub at: u64,
    /// Its reason; empty for steps that need none.
    pub reason: String,
    /// In whose log it stands.
    pub author: AuthorId,
    /// Who took it.
    pub actor: ActorId,
}

impl StepTaken {
    /// The step that a head of the workflow records.
    pub fn of(head: &Head) -> Self {
        Self {
            at: head.wall,
            reason: head.note.clone(),
            author: head.entry.author,
            actor: head.actor.clone(),
        }
    }
}

/// Summarizes every form that a unit owes, in the order of their periods; a form that cannot be
/// read has its error in its own place.
///
/// # Errors
/// When the store cannot be read.
pub fn overview(
    store: &dyn StoreReader,
    plan: &Plan,
    unit: &Unit,
) -> Result<PerForm<FormSummary>, StoreError> {
    let loaded = forms::load_of_unit(store, plan, unit, &plan.periods_of(unit))?;
    let summaries = loaded
        .into_iter()
        .map(|(key, loaded)| (key, loaded.map(|loaded| summarize(&loaded))));
    Ok(summaries.collect())
}

/// Summarizes one form.
pub fn summarize(loaded: &LoadedForm<'_>) -> FormSummary {
    let fields = loaded.plan.form_fields(loaded.unit, loaded.period);
    let numeric = || fields.iter().filter(|field| field.kind.is_numeric());
    let findings = check::findings(&loaded.context());
    let open = |severity: Severity| {
        findings
            .iter()
            .filter(|f| f.severity == severity && f.overridden.is_none())
            .count()
    };
    let form = &loaded.form;
    let step = form.workflow.shown().map(StepTaken::of);
    FormSummary {
        status: form.status(&loaded.content_hash()),
        late: form.late().len(),
        step,
        filled: numeric()
            .filter(|field| form.content(&field.id).is_filled())
            .count(),
        expected: numeric().count(),
        hard: open(Severity::Hard),
        soft: open(Severity::Soft),
        due: loaded.period.due,
        key: loaded.key.clone(),
    }
}

/// Sorts forms as the home page lists them: work to do first (nearest deadline, then what is late
/// and begun, then what is late and untouched), then what is done, latest first. Periods that have
/// not begun are left out. Returns the forms and how many of them are work to do.
pub fn in_home_order(
    plan: &Plan,
    today: NaiveDate,
    forms: Vec<FormSummary>,
) -> (Vec<FormSummary>, usize) {
    let begun = |f: &FormSummary| plan.period(&f.key.period).is_some_and(|p| p.from <= today);
    let (mut to_do, mut done): (Vec<_>, Vec<_>) = forms
        .into_iter()
        .filter(begun)
        .filter(|f| f.expected > 0 || f.step.is_some())
        .partition(|form| {
            matches!(
                form.status,
                FormStatus::Draft | FormStatus::Returned | FormStatus::ChangedAfterSubmit
            )
        });
    to_do.sort_by_key(|form| {
        let days = (form.due - today).num_days();
        let begun = form.filled > 0 || form.step.is_some();
        let group = if days >= 0 { 0 } else { 2 - i64::from(begun) };
        (group, days.abs())
    });
    done.sort_by_key(|form| std::cmp::Reverse(form.due));
    let count = to_do.len();
    to_do.extend(done);
    (to_do, count)
}
