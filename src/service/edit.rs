//! Turns what a person typed into changes for the write path: for cells typed on a screen and for
//! `set` alike.

use crate::ledger::typed::{self, NumberProblem};
use crate::ledger::{Body, CellId, CellKey, Content, Form, FormKey, Heads, Subject};
use crate::plan::{FieldId, Plan};
use crate::store::{Change, Seen};

/// Whether unreadable text is kept as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is kept in the cell, marked, left out of sums.
    Keep,
    /// It is refused, and nothing is written.
    Refuse,
}

/// Why an input cannot become a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// The form has no such field.
    NotOnForm(FieldId),
    /// The text cannot be read as the field wants it.
    Unreadable {
        /// The field.
        field: FieldId,
        /// What was typed.
        typed: String,
        /// Why.
        problem: NumberProblem,
    },
    /// The cell is in conflict: a person must say why this value is right.
    NeedsReason(FieldId),
}

/// Makes the change that gives a cell a content.
pub fn set_cell(cell: CellKey, content: Content, seen: Seen) -> Change {
    Change {
        subject: Subject::Cell(cell),
        body: Body::SetValue(content),
        reason: String::new(),
        seen,
    }
}

/// Makes the change that ends the conflict of a cell with a content, for a reason.
pub fn resolve_cell(cell: CellKey, content: Content, reason: String, seen: Seen) -> Change {
    Change {
        subject: Subject::Cell(cell),
        body: Body::Resolve(content),
        reason,
        seen,
    }
}

/// Makes the change that gives a cell a note; an empty text takes the note away.
pub fn set_note(cell: CellKey, text: &str, seen: Seen) -> Change {
    Change {
        subject: Subject::Note(cell),
        body: Body::Note(crate::base::text::clean(text, typed::TEXT_LIMIT)),
        reason: String::new(),
        seen,
    }
}

/// Makes the changes for several cells, for all inputs or none. Cells that already hold what is
/// asked for are left alone.
///
/// # Errors
/// The first input that cannot become a change.
pub fn set_cells(
    plan: &Plan,
    form: &Form,
    key: &FormKey,
    inputs: &[(FieldId, String)],
    how: (Unreadable, &str),
) -> Result<Vec<Change>, EditError> {
    let (unreadable, reason) = how;
    let on_form: Vec<&FieldId> = match (plan.unit(&key.unit), plan.period(&key.period)) {
        (Some(unit), Some(period)) => plan
            .form_fields(unit, period)
            .into_iter()
            .map(|field| &field.id)
            .collect(),
        _ => Vec::new(),
    };
    let mut changes = Vec::new();
    for (id, text) in inputs {
        let field = plan
            .field(id)
            .filter(|_| on_form.contains(&id))
            .ok_or_else(|| EditError::NotOnForm(id.clone()))?;
        let reading = typed::read(text, field.kind);
        if let (Some(problem), Unreadable::Refuse) = (reading.problem, unreadable) {
            return Err(EditError::Unreadable {
                field: id.clone(),
                typed: text.clone(),
                problem,
            });
        }
        let cell = key.cell(id.clone());
        let heads = form.cells.get(&CellId::figure(id));
        if heads.is_some_and(Heads::in_conflict) {
            if reason.is_empty() {
                return Err(EditError::NeedsReason(id.clone()));
            }
            let reason = reason.to_owned();
            changes.push(resolve_cell(cell, reading.content, reason, Seen::Current));
        } else if heads.map(Heads::content).unwrap_or_default() != reading.content {
            let mut change = set_cell(cell, reading.content, Seen::Current);
            reason.clone_into(&mut change.reason);
            changes.push(change);
        }
    }
    Ok(changes)
}
