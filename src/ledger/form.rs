//! Everything entered for one unit and period.

use std::collections::BTreeMap;

use super::content::Content;
use super::entry::Body;
use super::heads::Heads;
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
}

impl Form {
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
