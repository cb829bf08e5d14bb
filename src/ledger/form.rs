//! Everything entered for one unit and period.

use std::collections::{BTreeMap, BTreeSet};

use super::approved::{ApprovalLevel, Approved, LateFigure};
use super::cell::{CellId, RowId};
use super::chain::Hash;
use super::content::Content;
use super::content_parts::{ContentHash, ContentPart};
use super::entry::Body;
use super::heads::Heads;
use super::workflow::{self, FormStatus};
use crate::plan::{FieldId, RuleId, UnitId};

/// Everything the store keeps of one form, from one consistent read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The cells with entries.
    pub cells: BTreeMap<CellId, Heads>,
    /// The notes on cells.
    pub notes: BTreeMap<CellId, Heads>,
    /// The confirmations of soft findings.
    pub confirms: BTreeMap<(CellId, RuleId), Heads>,
    /// The workflow of the form: submit, return, lock, reopen.
    pub workflow: Heads,
    /// The approvals, by owner.
    pub approvals: BTreeMap<UnitId, Heads>,
    /// What of it was approved or locked, as it was then; `None` where nothing is.
    pub approved: Option<Approved>,
    /// The parts of its content whose fields this store does not get (`settled.md` 35): a cell that
    /// is only in these may be filled elsewhere although it is blank here. Empty for who gets the
    /// whole form.
    pub withheld: BTreeSet<ContentPart>,
}

impl Form {
    /// The status of the form; `content` is the hash of what it holds now. Figures that come after
    /// an approval leave it standing (`sync.md` 3): they are listed by [`Form::late`].
    pub fn status(&self, content: &ContentHash) -> FormStatus {
        match self.approved.as_ref().map(|approved| approved.reach) {
            Some(ApprovalLevel::EveryOwner) => FormStatus::Approved,
            _ => workflow::status(&self.workflow, content, &self.withheld),
        }
    }

    /// The hash of the whole content; `content` is the hash of what is here now. Where parts are
    /// withheld it is that of the submission or lock, as long as what is here agrees with it; `None`
    /// where nothing says it.
    pub fn whole_hash(&self, content: &ContentHash) -> Option<Hash> {
        if self.withheld.is_empty() {
            return Some(content.whole());
        }
        let stated = self
            .workflow
            .all()
            .iter()
            .filter_map(|head| match &head.body {
                Body::Submit { content, .. } | Body::Lock { content, .. } => Some(content),
                _ => None,
            });
        let mut agreeing = stated.filter(|stated| stated.agrees(content, &self.withheld));
        agreeing.next().map(ContentHash::whole)
    }

    /// The figures that show otherwise than they were approved ("đến sau khi duyệt").
    pub fn late(&self) -> Vec<LateFigure> {
        self.approved
            .as_ref()
            .map(|approved| approved.late(&self.cells))
            .unwrap_or_default()
    }

    /// A cell's content; blank without entries.
    pub fn content(&self, cell: impl Into<CellId>) -> Content {
        self.cells
            .get(&cell.into())
            .map(Heads::content)
            .unwrap_or_default()
    }

    /// The rows of a repeating list that have entries, in their order.
    pub fn rows(&self, field: &FieldId) -> impl Iterator<Item = (&CellId, &Heads)> {
        rows(&self.cells, field)
    }

    /// A cell's note; empty without one.
    pub fn note(&self, cell: impl Into<CellId>) -> &str {
        match self
            .notes
            .get(&cell.into())
            .and_then(Heads::shown)
            .map(|head| &head.body)
        {
            Some(Body::Note(text)) => text,
            _ => "",
        }
    }
}

/// The cells of a field that have a row, in their order.
pub fn rows<'a>(
    cells: &'a BTreeMap<CellId, Heads>,
    field: &FieldId,
) -> impl Iterator<Item = (&'a CellId, &'a Heads)> + use<'a> {
    let row = |row| CellId {
        field: field.clone(),
        row: Some(RowId(row)),
    };
    cells.range(row([0; 16])..=row([0xFF; 16]))
}
