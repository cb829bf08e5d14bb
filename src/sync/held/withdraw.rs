//! Withdrawal of an import.

use crate::ledger::{Body, Hash, Head, Heads, Subject};
use crate::store::exchange::{Exchange, ImportRemoval, LogPiece, Report};
use crate::store::{Change, Seen, StoreError};
use crate::sync::import::details::Details;
use crate::sync::import::plan::FigureChange;

/// How an import was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// It is as if it had never been imported: nothing had been built on it.
    AsIfNever,
    /// Something was built on it, so that changes restore the figures.
    Restoring {
        /// The changes to commit as one action: they restore the figures that still show what it brought.
        changes: Vec<Change>,
        /// How many of its cells are left as they are for a person to decide: it ended a conflict there, or
        /// another figure stands there too.
        left: usize,
    },
}

/// Withdraws an import.
///
/// # Errors
/// [`StoreError::NothingToUndo`] without such an import; a failure of the store.
pub fn import(
    store: &mut (impl Exchange + ?Sized),
    root: &Hash,
    reason: &str,
) -> Result<Withdrawal, StoreError> {
    let mut report: Option<Report> = None;
    store.with_snapshot(&mut |snapshot| {
        report = snapshot.report(root)?;
        Ok(())
    })?;
    let report = report.ok_or(StoreError::NothingToUndo)?;
    if store.withdraw_import(root)? == ImportRemoval::AsIfNever {
        return Ok(Withdrawal::AsIfNever);
    }
    let details = Details::read(&report.details)
        .map_err(|bad| StoreError::Damaged(format!("report: {}", bad.what)))?;
    let (mut changes, mut left) = (Vec::new(), 0);
    for change in details.changes {
        let form = store.form(&change.cell.form)?;
        let heads = form.cells.get(&change.cell.id);
        let heads = heads.cloned().unwrap_or_default();
        match restoring(change, &heads, &report.pieces, reason) {
            Restored::By(change) => changes.push(*change),
            Restored::TypedOver => {}
            Restored::InConflict => left += 1,
        }
    }
    Ok(Withdrawal::Restoring { changes, left })
}

/// How one figure is restored.
enum Restored {
    By(Box<Change>),
    TypedOver,
    InConflict,
}

/// The change that restores a figure. Only a figure that this import brought is restored: an equal one
/// from elsewhere was entered by somebody else.
fn restoring(change: FigureChange, heads: &Heads, pieces: &[LogPiece], reason: &str) -> Restored {
    let said = |head: &Head| head.body.content().cloned().unwrap_or_default();
    let brought = |head: &&Head| {
        let at = |piece: &LogPiece| {
            piece.author == head.entry.author
                && (piece.first..=piece.last).contains(&head.entry.seq)
        };
        pieces.iter().any(at)
    };
    let (ours, others): (Vec<&Head>, Vec<&Head>) = heads.all().iter().partition(brought);
    if ours.is_empty() {
        return Restored::TypedOver;
    }
    let resolved = ours
        .iter()
        .any(|head| matches!(head.body, Body::Resolve(_)));
    if resolved || others.iter().any(|head| said(head) != change.old) {
        return Restored::InConflict;
    }
    Restored::By(Box::new(Change {
        body: if heads.in_conflict() {
            Body::Resolve(change.old)
        } else {
            Body::SetValue(change.old)
        },
        subject: Subject::Cell(change.cell),
        reason: reason.to_owned(),
        seen: Seen::Only(heads.references()),
    }))
}
