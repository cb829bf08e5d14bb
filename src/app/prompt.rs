//! A line or a few of free text: a note, a reason, the words of a report.

use super::line::Line;
use crate::base::Message;
use crate::ledger::CellKey;
use crate::plan::RuleId;

/// What the text is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The note on a cell.
    Note(CellKey),
    /// The words of a text field.
    Words(CellKey),
    /// The reason that confirms a soft finding, in free words.
    Reason {
        /// The cell.
        cell: CellKey,
        /// The finding's rule.
        rule: RuleId,
        /// The values judged.
        judged: String,
    },
    /// The reason that ends a conflict with the typed value.
    Resolve {
        /// The cell.
        cell: CellKey,
        /// What was typed.
        typed: String,
    },
}

/// An open text box.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// What stands above it.
    pub title: Message,
    /// The text.
    pub line: Line,
}
