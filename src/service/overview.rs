//! Which forms a unit owes and where each stands, for the home page and for `status`.

use chrono::NaiveDate;

use super::forms::{self, LoadedForm, PerForm};
use crate::check;
use crate::ledger::{ActorId, AuthorId, FormKey, FormStatus, Head};
use crate::plan::{PeriodId, Plan, Severity, Unit};
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

/// The forms of a unit as the home page lists them. Periods that have not begun are left out.
#[derive(Clone, Debug, Default)]
pub struct HomeForms {
    /// Work to do: what is overdue first, the longest of all on top; then what is due next; then
    /// what was changed after it was handed in.
    pub to_do: Vec<FormSummary>,
    /// Forms of long ago that nobody has begun, the latest first.
    pub old: Vec<FormSummary>,
    /// What was handed in, the latest first.
    pub done: Vec<FormSummary>,
}

/// From how many days past its last day on a form that nobody has begun is one of long ago.
const OLD_AFTER: i64 = 120;

/// Puts the forms of a unit in the order of the home page; `current` is never one of long ago.
pub fn in_home_order(
    plan: &Plan,
    today: NaiveDate,
    current: Option<&PeriodId>,
    forms: Vec<FormSummary>,
) -> HomeForms {
    let mut home = HomeForms::default();
    for form in forms {
        let begun = plan
            .period(&form.key.period)
            .is_some_and(|p| p.from <= today);
        if !begun || (form.expected == 0 && form.step.is_none()) {
            continue;
        }
        let untouched = form.status == FormStatus::Draft && form.filled == 0 && form.step.is_none();
        let long_ago = (today - form.due).num_days() > OLD_AFTER;
        match form.status {
            _ if untouched && long_ago && current != Some(&form.key.period) => home.old.push(form),
            FormStatus::Draft | FormStatus::Returned | FormStatus::ChangedAfterSubmit => {
                home.to_do.push(form);
            }
            FormStatus::Submitted | FormStatus::Approved | FormStatus::Locked => {
                home.done.push(form);
            }
        }
    }
    home.to_do.sort_by_key(|form| {
        let owed = form.status != FormStatus::ChangedAfterSubmit;
        (!owed, form.due)
    });
    home.old.sort_by_key(|form| std::cmp::Reverse(form.due));
    home.done.sort_by_key(|form| std::cmp::Reverse(form.due));
    home
}
