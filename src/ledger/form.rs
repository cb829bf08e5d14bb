//! Everything entered for one unit and period.

use std::collections::BTreeMap;

use super::approved::{Approved, Late, Reach};
use super::chain::Hash;
use super::content::Content;
use super::entry::Body;
use super::heads::Heads;
use super::workflow::{self, FormStatus};
use crate::plan::{FieldId, RuleId, UnitId};

/// Everything kept of one form, as one consistent read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Cells with entries (without a row).
    pub cells: BTreeMap<FieldId, Heads>,
    /// Notes on cells.
    pub notes: BTreeMap<FieldId, Heads>,
    /// Confirmations of soft findings.
    pub confirms: BTreeMap<(FieldId, RuleId), Heads>,
    /// Submit, return, lock, reopen.
    pub workflow: Heads,
    /// Approvals by owner.
    pub approvals: BTreeMap<UnitId, Heads>,
    /// What of it was approved or locked, as it was then; `None` where nothing is.
    pub approved: Option<Approved>,
}

impl Form {
    /// Where the form stands; `content` is the hash of what it holds now. Figures that come after
    /// an approval leave it standing (`sync.md` 3): they are listed by [`Form::late`].
    pub fn status(&self, content: &Hash) -> FormStatus {
        match self.approved.as_ref().map(|approved| approved.reach) {
            Some(Reach::EveryOwner) => FormStatus::Approved,
            _ => workflow::status(&self.workflow, content),
        }
    }

    /// The figures that show otherwise than they were approved ("đến sau khi duyệt").
    pub fn late(&self) -> Vec<Late> {
        self.approved
            .as_ref()
            .map(|approved| approved.late(&self.cells))
            .unwrap_or_default()
    }

    /// A cell's content; blank without entries.
    pub fn content(&self, field: &FieldId) -> Content {
        self.cells
            .get(field)
            .map(Heads::content)
            .unwrap_or_default()
    }

    /// A cell's note; empty without one.
    pub fn note(&self, field: &FieldId) -> &str {
        match self
            .notes
            .get(field)
            .and_then(Heads::shown)
            .map(|head| &head.body)
        {
            Some(Body::Note(text)) => text,
            _ => "",
        }
    }
}
