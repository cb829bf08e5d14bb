//! The workflow of a form: handing it in, returning, approving, locking and reopening it.

use super::forms::{self, LoadedForm};
use super::{Caller, ServiceError, edit};
use crate::check::Finding;
use crate::ledger::content_hash::{FormParts, content_hash};
use crate::ledger::{
    Body, CellId, CellKey, Content, ContentPart, Form, FormKey, FormStatus, Hash, Heads, NotYet,
    Recorded, Role, Subject,
};
use crate::plan::{FieldId, Plan, Severity, UnitId};
use crate::store::exchange::{Exchange, ExchangeReader};
use crate::store::{Change, Seen, Store, StoreError, StoreReader};
use crate::sync::import;

/// How often a step is tried: another session's figure, on whatever form, moves the store under an
/// approval, which must state all that is in it. Each time the form is read again.
const TRIES: usize = 5;

/// What a person should know before a form is handed in.
#[derive(Clone, Debug)]
pub struct SubmissionSummary {
    /// Numeric cells that are blank.
    pub blanks: Vec<FieldId>,
    /// Blank cells that the plan wants answered: they block.
    pub unanswered: Vec<FieldId>,
    /// Hard findings: they block.
    pub hard: Vec<Finding>,
    /// Soft findings without a reason: they do not block, and are counted.
    pub open: Vec<Finding>,
    /// Soft findings with a reason.
    pub confirmed: Vec<Finding>,
    /// Cells marked as "nothing occurred".
    pub none_occurred: usize,
    /// Cells marked as not collected.
    pub unavailable: usize,
    /// Cells marked as not applicable.
    pub not_applicable: usize,
    /// Where the form stands.
    pub status: FormStatus,
}

impl SubmissionSummary {
    /// Sums up a form whose fields are `fields`, as `findings` judge it.
    pub fn of(
        plan: &Plan,
        (form, status): (&Form, FormStatus),
        fields: &[FieldId],
        findings: &[Finding],
    ) -> Self {
        let numeric = |id: &&FieldId| plan.field(id).is_some_and(|f| f.kind.is_numeric());
        let cells = || fields.iter().filter(numeric);
        let count = |wanted: &Content| cells().filter(|id| form.content(*id) == *wanted).count();
        let pick = |wanted: fn(&Finding) -> bool| -> Vec<Finding> {
            findings.iter().filter(|f| wanted(f)).cloned().collect()
        };
        Self {
            blanks: cells()
                .filter(|id| form.content(*id) == Content::Blank)
                .cloned()
                .collect(),
            unanswered: fields
                .iter()
                .filter(|id| plan.field(id).is_some_and(|field| field.required))
                .filter(|id| form.content(*id) == Content::Blank)
                .cloned()
                .collect(),
            hard: pick(|f| f.severity == Severity::Hard),
            open: pick(|f| f.severity == Severity::Soft && f.overridden.is_none()),
            confirmed: pick(|f| f.severity == Severity::Soft && f.overridden.is_some()),
            none_occurred: count(&Content::NoneOccurred),
            unavailable: count(&Content::Unavailable),
            not_applicable: count(&Content::NotApplicable),
            status,
        }
    }

    /// Sums up a form with its past.
    fn of_loaded(loaded: &LoadedForm<'_>) -> Self {
        let fields = loaded.plan.form_fields(loaded.unit, loaded.period);
        let fields: Vec<FieldId> = fields.into_iter().map(|field| field.id.clone()).collect();
        let status = loaded.form.status(&loaded.content_hash());
        let findings = crate::check::findings(&loaded.context());
        Self::of(loaded.plan, (&loaded.form, status), &fields, &findings)
    }

    /// True when the form may be handed in.
    pub fn may_submit(&self) -> bool {
        self.hard.is_empty() && self.unanswered.is_empty()
    }

    /// The change that hands a form in as it stands.
    pub fn submission(&self, plan: &Plan, key: &FormKey, form: &Form) -> Change {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let body = Body::Submit {
            content: content_hash(plan, key, &form.cells),
            blanks: number(self.blanks.len()),
            unconfirmed: number(self.open.len()),
            overridden: number(self.confirmed.len()),
        };
        on_form(key, body, "")
    }
}

/// A step of the workflow after a form was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The form is sent back, with a reason.
    Return,
    /// The form is approved by the owners of its measures.
    Approve,
    /// The form is locked.
    Lock,
    /// The form is opened again, with a reason.
    Reopen,
}

/// Hands a form in as it stands, unless an unanswered field or a hard finding is in the way or it
/// is handed in already;
/// gives what there was to say of it before.
///
/// # Errors
/// When the store refuses or fails.
pub fn submit(
    store: &mut dyn Store,
    caller: &Caller<'_>,
    loaded: &LoadedForm<'_>,
) -> Result<SubmissionSummary, ServiceError> {
    let (summary, change) = submission(loaded);
    if let Some(change) = change.filter(|_| summary.status != FormStatus::Submitted) {
        caller.commit(store, vec![change])?;
    }
    Ok(summary)
}

/// Sums up a form, and gives the change that hands it in as it stands; none while an unanswered
/// field or a hard finding is in the way.
pub fn submission(loaded: &LoadedForm<'_>) -> (SubmissionSummary, Option<Change>) {
    let summary = SubmissionSummary::of_loaded(loaded);
    let change = summary
        .may_submit()
        .then(|| summary.submission(loaded.plan, &loaded.key, &loaded.form));
    (summary, change)
}

/// The changes that put one kind of emptiness into those of these cells that are blank, for one
/// action. `shown` is the form as it shows, `base` what the store has said of it. A cell in conflict is left
/// to the person who ends it, and would have the whole action refused.
pub fn fill_blanks(
    fields: &[FieldId],
    (key, shown, base): (&FormKey, &Form, &Form),
    content: &Content,
) -> Vec<Change> {
    let fill = |field: &FieldId| {
        let cell = CellKey {
            form: key.clone(),
            id: CellId::figure(field),
        };
        let subject = Subject::Cell(cell.clone());
        let disputed = shown.heads(&subject).is_some_and(Heads::in_conflict);
        if disputed || shown.content(field) != Content::Blank {
            return None;
        }
        let stands = base.heads(&subject);
        let seen = Seen::Heads(stands.map(Heads::references).unwrap_or_default());
        Some(edit::set_cell(cell, content.clone(), seen))
    };
    fields.iter().filter_map(fill).collect()
}

/// Takes a step with a form; gives the entries written. It is tried again when the store moves
/// meanwhile.
///
/// # Errors
/// When the caller may not do so, or the store refuses or fails.
pub fn take_step(
    store: &mut dyn Exchange,
    caller: &Caller<'_>,
    key: &FormKey,
    (step, reason): (Step, &str),
) -> Result<Vec<Recorded>, ServiceError> {
    let mut tries = TRIES;
    loop {
        let changes = changes(store, caller, key, (step, reason))?;
        match caller.commit(store, changes) {
            Ok(committed) => return Ok(committed.entries),
            Err(StoreError::Moved) if tries > 1 => tries -= 1,
            Err(error) => return Err(error.into()),
        }
    }
}

fn changes(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
    key: &FormKey,
    (step, reason): (Step, &str),
) -> Result<Vec<Change>, StoreError> {
    Ok(match step {
        Step::Return => vec![on_form(key, Body::Return, reason)],
        Step::Reopen => vec![on_form(key, Body::Reopen, reason)],
        Step::Lock => {
            let frontier = import::frontier(store)?;
            let loaded = load(store, caller, key)?;
            no_hard_finding(&loaded, |_| true)?;
            let content = loaded.content_hash();
            vec![on_form(key, Body::Lock { content, frontier }, reason)]
        }
        Step::Approve => approvals(store, caller, key)?,
    })
}

fn on_form(key: &FormKey, body: Body, reason: &str) -> Change {
    Change {
        subject: Subject::Form(key.clone()),
        body,
        reason: reason.to_owned(),
        seen: Seen::Current,
    }
}

fn load<'p>(
    store: &dyn StoreReader,
    caller: &Caller<'p>,
    key: &FormKey,
) -> Result<LoadedForm<'p>, StoreError> {
    let plan = caller.plan;
    match (plan.unit(&key.unit), plan.period(&key.period)) {
        (Some(unit), Some(period)) => forms::load(store, plan, (unit, period)),
        _ => Err(StoreError::Refused(format!("{} {}", key.unit, key.period))),
    }
}

/// One approval for each owner of a measure fed by the form that the person may speak for.
fn approvals(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
    key: &FormKey,
) -> Result<Vec<Change>, StoreError> {
    let people = store.actors()?;
    let person = people.iter().find(|person| person.id == *caller.actor);
    let speaks = |owner: &UnitId| {
        person
            .is_some_and(|person| person.role == Role::Coordinator || person.units.contains(owner))
    };
    // Before the form, so that a figure that comes between the two makes the approval fail.
    let frontier = import::frontier(store)?;
    let loaded = load(store, caller, key)?;
    let content = loaded.content_hash();
    let approval = |(part, hash): (&ContentPart, &Hash)| match part {
        ContentPart::Owner(owner) if speaks(owner) => Some(Change {
            subject: Subject::Approval(key.clone(), owner.clone()),
            body: Body::Approve {
                part: *hash,
                frontier: frontier.clone(),
            },
            reason: String::new(),
            seen: Seen::Current,
        }),
        _ => None,
    };
    let approvals: Vec<Change> = content.parts().iter().filter_map(approval).collect();
    if approvals.is_empty() {
        return Err(StoreError::NotPermitted {
            actor: caller.actor.to_string(),
            what: "approve".to_owned(),
        });
    }
    let parts = FormParts::of(caller.plan, key);
    let approved = |field: &FieldId| {
        let mut parts = parts.iter();
        parts.any(|(part, fields)| {
            matches!(part, ContentPart::Owner(owner) if speaks(owner)) && fields.contains(field)
        })
    };
    no_hard_finding(&loaded, approved)?;
    Ok(approvals)
}

/// Refuses to vouch for fields at which a hard finding stands.
fn no_hard_finding(
    loaded: &LoadedForm<'_>,
    concerns: impl Fn(&FieldId) -> bool,
) -> Result<(), StoreError> {
    let findings = crate::check::findings(&loaded.context());
    let hard = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Hard && concerns(&finding.cell.field));
    match hard.count() {
        0 => Ok(()),
        count => Err(StoreError::NotYet(NotYet::HardFindings(count))),
    }
}
