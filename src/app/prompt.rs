//! A line or a few of free text: a note, a reason, the words of a report.

use std::path::PathBuf;

use super::line::Line;
use super::meeting::FolderUse;
use crate::base::Message;
use crate::ledger::{AuthorId, CellKey, Content, EntryRef, FormKey, Hash};
use crate::plan::RuleId;
use crate::sync::bundle::fingerprint::Fingerprint;

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
    /// The reason that ends a conflict with this content, over exactly the sides that were seen.
    Settle(Content, Vec<EntryRef>),
    /// Another figure than any side's.
    OtherFigure,
    /// The path of a folder.
    Folder(FolderUse),
    /// The digits that the other side reads out, for the signer of a kept bundle.
    Digits(Hash, Fingerprint),
    /// The same for the key of a file.
    FileDigits(PathBuf, AuthorId, Fingerprint),
    /// Why an import is taken back.
    TakeBack(Hash),
    /// Why a form is returned.
    Return(FormKey),
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
