//! Taking an import back, and enrolling: what a command turns into changes for the one write path.

use super::keyfile::KeyFile;
use super::plan::Details;
use crate::ledger::{AuthorId, Body, Hash, Role, Subject};
use crate::plan::UnitId;
use crate::store::exchange::{Exchange, Forgotten, Report};
use crate::store::{Change, Seen, StoreError};

/// What became of an import that was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// It is as if it had never been taken in.
    AsIfNever,
    /// Something was built on it: these changes, committed as one action, restore the figures
    /// it changed, as far as they still show what it brought.
    Restoring(Vec<Change>),
}

/// Takes an import back.
///
/// # Errors
/// [`StoreError::NothingToUndo`] without such an import; a failure of the store.
pub fn import(
    store: &mut (impl Exchange + ?Sized),
    root: &Hash,
    reason: &str,
) -> Result<Undone, StoreError> {
    let mut report: Option<Report> = None;
    store.weigh(&mut |ground| {
        report = ground.report(root)?;
        Ok(())
    })?;
    let report = report.ok_or(StoreError::NothingToUndo)?;
    if store.forget(root)? == Forgotten::AsIfNever {
        return Ok(Undone::AsIfNever);
    }
    let details = Details::read(&report.details)
        .map_err(|bad| StoreError::Damaged(format!("report: {}", bad.what)))?;
    let mut changes = Vec::new();
    for change in details.changes {
        let form = store.form(&change.cell.form)?;
        let heads = form.cells.get(&change.cell.field);
        if heads.is_some_and(|heads| heads.content() != change.new) {
            continue;
        }
        let disputed = heads.is_some_and(crate::ledger::Heads::in_conflict);
        changes.push(Change {
            subject: Subject::Cell(change.cell),
            body: if disputed {
                Body::Resolve(change.old)
            } else {
                Body::SetValue(change.old)
            },
            reason: reason.to_owned(),
            seen: Seen::Current,
        });
    }
    Ok(Undone::Restoring(changes))
}

/// The change that enrols an author.
pub fn enrol(author: AuthorId, units: Vec<UnitId>, roles: Vec<Role>, name: &str) -> Change {
    let name = name.to_owned();
    control(author, Body::Enrol { units, roles, name }, "")
}

/// The change that enrols the author of a key file for its own unit, as its clerk.
pub fn enrol_key(file: &KeyFile) -> Change {
    let units = vec![file.unit.clone()];
    enrol(file.author(), units, vec![Role::Clerk], &file.name)
}

/// The change that ends an author's rights after its last good entry.
pub fn revoke(author: AuthorId, last_good: u64, reason: &str) -> Change {
    control(author, Body::Revoke { last_good }, reason)
}

/// The change by which all stores leave out an author's entries from one number to another.
pub fn reject(author: AuthorId, from: u64, to: u64, reason: &str) -> Change {
    control(author, Body::RejectRange { from, to }, reason)
}

fn control(author: AuthorId, body: Body, reason: &str) -> Change {
    Change {
        subject: Subject::Author(author),
        body,
        reason: reason.to_owned(),
        seen: Seen::Current,
    }
}
