//! Who may write what, and whether it fits the plan. Pure: asked inside the transaction with
//! what stands there, so that no answer is older than the commit.

use crate::base::text;
use crate::ledger::actor::Right;
use crate::ledger::entry::FLAG_ON_BEHALF;
use crate::ledger::typed::{INVALID_LIMIT, TEXT_LIMIT};
use crate::ledger::{Actor, Body, CellKey, Content, FormKey, Heads, Role, Subject, workflow};
use crate::plan::{FieldType, Plan, UnitId};
use crate::store::api::{Change, StoreError};
use crate::store::read::form_content::owners;

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

/// The field belongs to the form: collected by the unit, in that kind of period, while the unit
/// is in force (`settled.md` 14).
fn belongs(plan: &Plan, cell: &CellKey) -> Result<FieldType, StoreError> {
    let (unit, period) = known_form(plan, &cell.form)?;
    let field = plan
        .field(&cell.id.field)
        .ok_or_else(|| refused(cell.id.field.as_str()))?;
    let asked = plan.in_force(unit, period)
        && field.periods.contains(&period.kind)
        && plan.collects(unit, field);
    if asked && cell.id.is_figure() {
        Ok(field.kind)
    } else {
        Err(refused(&format!(
            "{} {} {}",
            cell.form.unit, cell.form.period, cell.id
        )))
    }
}

/// Tells whether a cell of that plan may hold this content; for those who read figures written
/// elsewhere.
pub fn fits_plan(plan: &Plan, cell: &CellKey, content: &Content) -> bool {
    fits(plan, cell, content).is_ok()
}

fn fits(plan: &Plan, cell: &CellKey, content: &Content) -> Result<(), StoreError> {
    let kind = belongs(plan, cell)?;
    let fitting = match (kind, content) {
        (
            _,
            Content::Blank | Content::NoneOccurred | Content::Unavailable | Content::NotApplicable,
        ) => true,
        (FieldType::Count, Content::Value(value)) => value.as_whole().is_some_and(|v| v >= 0),
        (FieldType::Decimal(scale), Content::Value(value)) => {
            value.mantissa() >= 0 && value.scale() <= scale
        }
        (FieldType::Text, Content::Text(words)) => !words.is_empty(),
        (FieldType::Count | FieldType::Decimal(_), Content::Invalid(typed)) => {
            !typed.is_empty() && typed.chars().count() <= INVALID_LIMIT
        }
        _ => false,
    };
    if fitting {
        Ok(())
    } else {
        Err(refused(&format!("{}: {}", cell.id, content.state())))
    }
}

fn known_form<'a>(
    plan: &'a Plan,
    form: &FormKey,
) -> Result<(&'a crate::plan::Unit, &'a crate::plan::Period), StoreError> {
    let unit = plan
        .unit(&form.unit)
        .ok_or_else(|| refused(form.unit.as_str()))?;
    let period = plan
        .period(&form.period)
        .ok_or_else(|| refused(form.period.as_str()))?;
    Ok((unit, period))
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
