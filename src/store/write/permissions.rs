//! Who may write what, and whether it fits the plan. Pure: asked inside the transaction with
//! what stands there, so that no answer is older than the commit.

use crate::base::text;
use crate::ledger::actor::Right;
use crate::ledger::entry::FLAG_ON_BEHALF;
use crate::ledger::typed::TEXT_LIMIT;
use crate::ledger::{Actor, Body, CellKey, FormKey, Heads, Role, Subject, workflow};
use crate::plan::{Plan, UnitId};
use crate::store::api::{Change, StoreError};
use crate::store::read::form_content::owners;
use crate::store::write::plan_fit::{belongs, fits, known_form};

/// The plan, the person and the heads that a change is judged against.
pub(crate) struct ChangeContext<'a> {
    /// The plan in force.
    pub(crate) plan: &'a Plan,
    /// Who acts.
    pub(crate) actor: &'a Actor,
    /// The heads of the change's subject.
    pub(crate) heads: &'a Heads,
    /// The workflow of the subject's form; empty where there is none.
    pub(crate) workflow: &'a Heads,
}

/// Judges one change and gives the flags its entry carries.
///
/// # Errors
/// [`StoreError::NotPermitted`], [`StoreError::Locked`], [`StoreError::InConflict`] or
/// [`StoreError::Refused`].
pub(crate) fn judge(against: &ChangeContext<'_>, change: &Change) -> Result<u8, StoreError> {
    texts(change)?;
    match (&change.subject, &change.body) {
        (Subject::Cell(cell), Body::SetValue(content) | Body::Resolve(content)) => {
            let flags = may_enter(against, &cell.form)?;
            fits(against.plan, cell, content)?;
            not_locked(against, change)?;
            check_no_conflict(against.heads, cell, change)?;
            Ok(flags)
        }
        (Subject::Note(cell), Body::Note(_))
        | (Subject::Confirm(cell, _), Body::Confirm { .. }) => {
            let flags = may_enter(against, &cell.form)?;
            belongs(against.plan, cell)?;
            not_locked(against, change)?;
            Ok(flags)
        }
        (Subject::Form(form), body) => step(against, form, body, change),
        (Subject::Approval(form, owner), Body::Approve { .. }) => {
            known_form(against.plan, form)?;
            not_locked(against, change)?;
            if !owners(against.plan, form).contains_key(owner) {
                return Err(refused(owner.as_str()));
            }
            may_approve(against.actor, owner)
        }
        (subject, body) => control(against, subject, body),
    }
}

fn step(
    against: &ChangeContext<'_>,
    form: &FormKey,
    body: &Body,
    change: &Change,
) -> Result<u8, StoreError> {
    known_form(against.plan, form)?;
    match body {
        Body::Submit { .. } => {
            let flags = may_enter(against, form)?;
            not_locked(against, change)?;
            Ok(flags)
        }
        Body::Return => {
            reviewer(against.actor)?;
            not_locked(against, change)?;
            require_reason(change)
        }
        Body::Lock { .. } => {
            coordinator(against.actor)?;
            not_locked(against, change)?;
            Ok(0)
        }
        Body::Reopen => {
            coordinator(against.actor)?;
            require_reason(change)
        }
        _ => Err(mismatch(body)),
    }
}

fn control(against: &ChangeContext<'_>, subject: &Subject, body: &Body) -> Result<u8, StoreError> {
    match (subject, body) {
        (Subject::Actor(_), Body::Actor { units, .. })
        | (Subject::Author(_), Body::Enrol { units, .. }) => {
            coordinator(against.actor)?;
            units
                .iter()
                .try_for_each(|unit| known_unit(against.plan, unit))?;
            Ok(0)
        }
        (Subject::Author(_), Body::Revoke { .. } | Body::RejectRange { .. }) => {
            coordinator(against.actor)?;
            Ok(0)
        }
        // Epochs and plans begin by the store's own doing, never as a person's change.
        (_, body) => Err(mismatch(body)),
    }
}

fn may_enter(against: &ChangeContext<'_>, form: &FormKey) -> Result<u8, StoreError> {
    match against.actor.may_write(&form.unit) {
        Some(Right::Own) => Ok(0),
        Some(Right::OnBehalf) => Ok(FLAG_ON_BEHALF),
        None => Err(not_permitted(against.actor, form.unit.as_str())),
    }
}

fn may_approve(actor: &Actor, owner: &UnitId) -> Result<u8, StoreError> {
    match actor.role {
        Role::Owner | Role::Coordinator if actor.units.contains(owner) => Ok(0),
        Role::Coordinator => Ok(FLAG_ON_BEHALF),
        _ => Err(not_permitted(actor, owner.as_str())),
    }
}

fn reviewer(actor: &Actor) -> Result<(), StoreError> {
    match actor.role {
        Role::Owner | Role::Coordinator => Ok(()),
        Role::Clerk | Role::Viewer => Err(not_permitted(actor, "return")),
    }
}

fn coordinator(actor: &Actor) -> Result<(), StoreError> {
    match actor.role {
        Role::Coordinator => Ok(()),
        _ => Err(not_permitted(actor, "coordinator")),
    }
}

/// A locked form takes nothing but the coordinator's correction with a reason (`settled.md` 26).
fn not_locked(against: &ChangeContext<'_>, change: &Change) -> Result<(), StoreError> {
    let locked = workflow::lock(against.workflow).is_some();
    let correction = against.actor.role == Role::Coordinator
        && matches!(change.body, Body::SetValue(_))
        && !change.reason.is_empty();
    if locked && !correction {
        return Err(StoreError::Locked);
    }
    Ok(())
}

/// Only a Resolve with a reason ends a conflict (`sync.md` 2).
fn check_no_conflict(heads: &Heads, cell: &CellKey, change: &Change) -> Result<(), StoreError> {
    match &change.body {
        Body::Resolve(_) => require_reason(change).map(|_| ()),
        _ if heads.in_conflict() => Err(StoreError::InConflict(cell.id.clone())),
        _ => Ok(()),
    }
}

fn require_reason(change: &Change) -> Result<u8, StoreError> {
    if change.reason.is_empty() {
        return Err(refused(&format!("{}: reason", change.body.kind())));
    }
    Ok(0)
}

fn known_unit(plan: &Plan, unit: &UnitId) -> Result<(), StoreError> {
    plan.unit(unit)
        .map(|_| ())
        .ok_or_else(|| refused(unit.as_str()))
}

/// Text is cleaned at the border; here only what is already clean passes.
fn texts(change: &Change) -> Result<(), StoreError> {
    let reason = std::iter::once(change.reason.as_str());
    if reason
        .chain(change.body.texts())
        .all(|words| text::is_clean(words, TEXT_LIMIT))
    {
        Ok(())
    } else {
        Err(refused("text"))
    }
}

fn not_permitted(actor: &Actor, what: &str) -> StoreError {
    StoreError::NotPermitted {
        actor: actor.id.to_string(),
        what: what.to_owned(),
    }
}

fn mismatch(body: &Body) -> StoreError {
    refused(body.kind())
}

fn refused(what: &str) -> StoreError {
    StoreError::Refused(what.to_owned())
}
