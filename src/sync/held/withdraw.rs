//! Taking an import back, and enrolling: what a command turns into changes for the one write path.

use crate::base::Message;
use crate::ledger::{AuthorId, Body, Hash, Head, Heads, Role, Subject};
use crate::plan::UnitId;
use crate::store::exchange::{Exchange, Forgotten, Piece, Report};
use crate::store::{Change, Seen, StoreError};
use crate::sync::bundle::key_file::KeyFile;
use crate::sync::import::plan::{Details, FigureChange};

/// What became of an import that was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// It is as if it had never been taken in.
    AsIfNever,
    /// Something was built on it.
    Restoring {
        /// Committed as one action, they restore the figures it changed, as far as they still
        /// show what it brought.
        changes: Vec<Change>,
        /// How many of its cells are left as they are, because it settled a dispute there or
        /// somebody else's figure stands there too: that a person decides for itself.
        disputed: usize,
    },
}

/// What was done, and how many cells were left to whoever settles their dispute.
pub fn with_left(done: Message, disputed: usize) -> Message {
    if disputed == 0 {
        return done;
    }
    Message::new("sync.left_disputed")
        .with("done", done)
        .with("count", disputed)
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
    let (mut changes, mut disputed) = (Vec::new(), 0);
    for change in details.changes {
        let form = store.form(&change.cell.form)?;
        let heads = form.cells.get(&change.cell.field);
        let heads = heads.cloned().unwrap_or_default();
        match restoring(change, &heads, &report.pieces, reason) {
            Restored::By(change) => changes.push(*change),
            Restored::TypedOver => {}
            Restored::Disputed => disputed += 1,
        }
    }
    Ok(Undone::Restoring { changes, disputed })
}

/// What is to be done about one figure.
enum Restored {
    By(Box<Change>),
    TypedOver,
    Disputed,
}

/// The change that puts a figure back, refused where others come before it is written. Only what
/// this import brought is put back: an equal figure from elsewhere is somebody else's word.
fn restoring(change: FigureChange, heads: &Heads, pieces: &[Piece], reason: &str) -> Restored {
    let said = |head: &Head| head.body.content().cloned().unwrap_or_default();
    let brought = |head: &&Head| {
        let at = |piece: &Piece| {
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
        return Restored::Disputed;
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
