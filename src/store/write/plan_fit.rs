//! Whether what is written fits the plan in force: asked of a change before it is written here, and
//! of an entry that was written elsewhere.

use crate::ledger::typed::INVALID_LIMIT;
use crate::ledger::{CellKey, Content, Entry, FormKey, Hash, Subject};
use crate::plan::{FieldId, FieldType, Period, PeriodId, Plan, Unit, UnitId};
use crate::store::api::StoreError;

/// Why something does not fit the plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// The plan has no such unit.
    #[error("{0}")]
    Unit(UnitId),
    /// It has no such period.
    #[error("{0}")]
    Period(PeriodId),
    /// It has no such field.
    #[error("{0}")]
    Field(FieldId),
    /// The form does not ask for that cell.
    #[error("{} {} {}", .0.form.unit, .0.form.period, .0.id)]
    Cell(CellKey),
    /// The cell may not hold that content; its state.
    #[error("{}: {}", .0.id, .1)]
    Content(CellKey, &'static str),
    /// The plan of that hash has another version.
    #[error("{0}")]
    Version(u32),
}

impl From<PlanFault> for StoreError {
    fn from(fault: PlanFault) -> Self {
        Self::Refused(fault.to_string())
    }
}

/// Finds what of an entry on a form, written under exactly this plan, does not fit it. An entry of
/// another plan, or of a kind that this program does not know, is not judged.
///
/// # Errors
/// What does not fit.
pub fn fits_plan(plan: &Plan, entry: &Entry) -> Result<(), PlanFault> {
    let Some(form) = entry.subject.form() else {
        return Ok(());
    };
    if entry.plan.h8 != Hash(plan.hash).short() || !entry.body.is_known() {
        return Ok(());
    }
    if entry.plan.version != plan.version {
        return Err(PlanFault::Version(entry.plan.version));
    }
    known_form(plan, form)?;
    match (&entry.subject, entry.body.content()) {
        (Subject::Cell(cell), Some(content)) => fits(plan, cell, content),
        // The rules of a program are not the plan's alone: one that is not known here is not shown.
        (Subject::Note(cell) | Subject::Confirm(cell, _), _) => belongs(plan, cell).map(|_| ()),
        (Subject::Approval(_, owner), _) => known_unit(plan, owner).map(|_| ()),
        _ => Ok(()),
    }
}

/// The field belongs to the form: collected by the unit, in that kind of period, while the unit
/// is in force (`settled.md` 14).
pub(crate) fn belongs(plan: &Plan, cell: &CellKey) -> Result<FieldType, PlanFault> {
    let (unit, period) = known_form(plan, &cell.form)?;
    let field = plan
        .field(&cell.id.field)
        .ok_or_else(|| PlanFault::Field(cell.id.field.clone()))?;
    let asked = plan.in_force(unit, period)
        && field.periods.contains(&period.kind)
        && plan.collects(unit, field);
    if asked && cell.id.is_figure() {
        Ok(field.kind)
    } else {
        Err(PlanFault::Cell(cell.clone()))
    }
}

/// The cell belongs to its form and may hold that content.
pub(crate) fn fits(plan: &Plan, cell: &CellKey, content: &Content) -> Result<(), PlanFault> {
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
        Err(PlanFault::Content(cell.clone(), content.state()))
    }
}

/// The plan has the unit and the period of a form.
pub(crate) fn known_form<'a>(
    plan: &'a Plan,
    form: &FormKey,
) -> Result<(&'a Unit, &'a Period), PlanFault> {
    let unit = known_unit(plan, &form.unit)?;
    let period = plan
        .period(&form.period)
        .ok_or_else(|| PlanFault::Period(form.period.clone()))?;
    Ok((unit, period))
}

fn known_unit<'a>(plan: &'a Plan, unit: &UnitId) -> Result<&'a Unit, PlanFault> {
    plan.unit(unit).ok_or_else(|| PlanFault::Unit(unit.clone()))
}
