//! The status of a form, from its workflow entries and its content (`interface.md` 5).

use std::collections::BTreeSet;

use super::content_parts::{ContentHash, ContentPart};
use super::entry::Body;
use super::heads::{Head, Heads};

/// The status of a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormStatus {
    /// Being filled in.
    #[default]
    Draft,
    /// Handed in, unchanged since.
    Submitted,
    /// Handed in, changed since.
    ChangedAfterSubmit,
    /// Sent back.
    Returned,
    /// Approved by every owner.
    Approved,
    /// Closed.
    Locked,
}

impl FormStatus {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::ChangedAfterSubmit => "changed_after_submit",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Locked => "locked",
        }
    }
}

/// A form's status from its workflow heads and the hash of its present content. The parts that are
/// `withheld` from this store are not compared: of them it knows only what the submission states.
///
/// Approvals of owners stand on their own subjects: [`super::Form::status`] joins them.
///
/// A lock stands until an entry that has seen it ends it: a submission made elsewhere at the same
/// time opens nothing, whatever its clock says.
pub fn status(
    workflow: &Heads,
    content: &ContentHash,
    withheld: &BTreeSet<ContentPart>,
) -> FormStatus {
    if lock(workflow).is_some() {
        return FormStatus::Locked;
    }
    match workflow.shown().map(|head| &head.body) {
        Some(Body::Submit {
            content: submitted, ..
        }) if submitted.agrees(content, withheld) => FormStatus::Submitted,
        Some(Body::Submit { .. }) => FormStatus::ChangedAfterSubmit,
        Some(Body::Return) => FormStatus::Returned,
        _ => FormStatus::Draft,
    }
}

/// Why a step of the workflow cannot be taken as a form stands now (`settled.md` 30).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// Submitting: so many fields that the plan requires are unanswered.
    Unanswered(usize),
    /// Submitting, approving, locking: so many hard findings.
    HardFindings(usize),
    /// Approving, locking: nobody has submitted it, or it was returned since.
    NotSubmitted,
    /// Returning: nothing of it has come.
    NothingReceived,
    /// Reopening: it is not locked.
    NotLocked,
}

/// Whether a form may be approved or locked: it was submitted and not returned since. One that was
/// reopened had been locked, and so submitted before.
///
/// # Errors
/// [`NotYet::NotSubmitted`].
pub fn may_close(workflow: &Heads) -> Result<(), NotYet> {
    match workflow.shown().map(|head| &head.body) {
        Some(Body::Submit { .. } | Body::Reopen | Body::Lock { .. }) => Ok(()),
        _ => Err(NotYet::NotSubmitted),
    }
}

/// The lock that holds; of several, the one every store shows.
pub fn lock(workflow: &Heads) -> Option<&Head> {
    let is_lock = |head: &&Head| matches!(head.body, Body::Lock { .. });
    workflow.all().iter().find(is_lock)
}
