//! The right that an entry needs of its author.

use crate::ledger::chain::AuthorId;
use crate::ledger::entry::{Body, FLAG_ON_BEHALF, Recorded};
use crate::ledger::subject::Subject;
use crate::plan::UnitId;

/// The right that an entry needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Figures, notes, confirmations, submitting.
    Enter(UnitId),
    /// The same on a unit's behalf.
    EnterOnBehalf(UnitId),
    /// Returning a form.
    Return,
    /// Locking and reopening.
    Close,
    /// Approving as this owner.
    Approve(UnitId),
    /// Approving on an owner's behalf.
    ApproveOnBehalf(UnitId),
    /// Enrolling, revoking, rejecting.
    Administer,
    /// Beginning as an author, taking a plan, naming people of its own store.
    OwnStore,
    /// Beginning in another author's name.
    Impersonate,
    /// Returning, reopening or resolving without saying why: nobody may.
    WithoutReason,
}

/// The claim of an author to a right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The author.
    pub author: AuthorId,
    /// The right it needs.
    pub act: Act,
}

impl Claim {
    /// The claim that an entry makes.
    pub fn of(recorded: &Recorded) -> Self {
        let entry = &recorded.entry;
        let on_behalf = entry.flags & FLAG_ON_BEHALF != 0;
        let act = match (&entry.subject, &entry.body) {
            (_, Body::Return | Body::Reopen | Body::Resolve(_)) if entry.note.is_empty() => {
                Act::WithoutReason
            }
            (Subject::Approval(_, owner), _) if on_behalf => Act::ApproveOnBehalf(owner.clone()),
            (Subject::Approval(_, owner), _) => Act::Approve(owner.clone()),
            (Subject::Form(_), Body::Return) => Act::Return,
            (Subject::Form(_), Body::Lock { .. } | Body::Reopen) => Act::Close,
            (Subject::Author(_), Body::EpochStart { .. }) => epoch(recorded),
            (Subject::Author(_), _) => Act::Administer,
            (subject, _) => match subject.form() {
                Some(form) if on_behalf => Act::EnterOnBehalf(form.unit.clone()),
                Some(form) => Act::Enter(form.unit.clone()),
                None => Act::OwnStore,
            },
        };
        Self {
            author: recorded.author,
            act,
        }
    }
}

pub(super) fn epoch(recorded: &Recorded) -> Act {
    match &recorded.entry.body {
        Body::EpochStart { public_key, .. }
            if recorded.seq == 1
                && AuthorId::of_key(public_key) == recorded.author
                && recorded.entry.subject == Subject::Author(recorded.author) =>
        {
            Act::OwnStore
        }
        _ => Act::Impersonate,
    }
}
