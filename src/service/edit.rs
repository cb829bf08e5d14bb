//! What a person wants of a cell becomes a change: the one way for typed cells and for `set`.

use crate::ledger::typed::{self, NumberProblem};
use crate::ledger::{Body, CellId, CellKey, Content, Form, FormKey, Heads, Subject};
use crate::plan::{FieldId, Plan};
use crate::store::{Change, Seen};

/// How much of the cell the person had seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The cell stood on the screen: what came since is not superseded.
    OnScreen,
    /// A command: whatever stands there now is superseded.
    Blindly,
}

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

/// The change that gives a cell this content.
pub fn set_cell(form: &Form, cell: &CellKey, content: Content, typed: Typed) -> Change {
    Change {
        subject: Subject::Cell(cell.clone()),
        body: Body::SetValue(content),
        reason: String::new(),
        seen: seen(form.cells.get(&cell.id), typed),
    }
}

/// The change that ends a conflict with this content, for this reason.
fn resolve_cell(
    form: &Form,
    cell: &CellKey,
    content: Content,
    reason: &str,
    typed: Typed,
) -> Change {
    Change {
        subject: Subject::Cell(cell.clone()),
        body: Body::Resolve(content),
        reason: reason.to_owned(),
        seen: seen(form.cells.get(&cell.id), typed),
    }
}

/// The change that gives a cell this note; an empty text takes it away.
pub fn set_note(form: &Form, cell: &CellKey, text: &str, typed: Typed) -> Change {
    Change {
        subject: Subject::Note(cell.clone()),
        body: Body::Note(crate::base::text::clean(text, typed::TEXT_LIMIT)),
        reason: String::new(),
        seen: seen(form.notes.get(&cell.id), typed),
    }
}

fn seen(heads: Option<&Heads>, typed: Typed) -> Seen {
    match typed {
        Typed::OnScreen => Seen::Heads(heads.map(Heads::references).unwrap_or_default()),
        Typed::Blindly => Seen::Current,
    }
}

/// The changes of a whole `set`: all inputs or none. Cells that already hold what is asked for
/// are left alone.
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
            changes.push(resolve_cell(
                form,
                &cell,
                reading.content,
                reason,
                Typed::Blindly,
            ));
        } else if heads.map(Heads::content).unwrap_or_default() != reading.content {
            let mut change = set_cell(form, &cell, reading.content, Typed::Blindly);
            reason.clone_into(&mut change.reason);
            changes.push(change);
        }
    }
    Ok(changes)
}
