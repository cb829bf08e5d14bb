//! A text box: a note, a reason, the words of a report, a path, digits.

use std::path::PathBuf;

use crate::app::input::command::Command;
use crate::app::input::text_line::TextLine;
use crate::app::sync_message::FolderUse;
use crate::base::Message;
use crate::ledger::{AuthorId, CellKey, Content, EntryRef, FormKey, Hash};
use crate::plan::RuleId;
use crate::sync::bundle::fingerprint::Fingerprint;

/// What the text of a box is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The note on a cell.
    Note(CellKey),
    /// The words of a text field.
    Words(CellKey),
    /// The reason that confirms a soft finding, in free words.
    Reason(AskedFinding),
    /// The reason that ends a conflict with what was typed over it.
    Resolve(Box<Resolving>),
    /// The reason that ends the conflict in a cell with this content, over exactly the sides that
    /// were seen.
    Settle(CellKey, Content, Vec<EntryRef>),
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

/// The soft finding that a reason is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedFinding {
    /// The cell.
    pub cell: CellKey,
    /// The finding's rule.
    pub rule: RuleId,
    /// The values judged.
    pub judged: String,
}

/// A figure typed over a cell in conflict: everything its reason belongs to, as it was when it was
/// typed, wherever the cursor is when the reason is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolving {
    /// The cell.
    pub cell: CellKey,
    /// What was typed.
    pub typed: String,
    /// How it reads.
    pub content: Content,
    /// The sides that were on the screen.
    pub seen: Vec<EntryRef>,
    /// The command that left the cell: carried out once the reason is given.
    pub then: Option<Command>,
}

/// An open text box.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What its text is for.
    pub purpose: Purpose,
    /// What stands above it.
    pub title: Message,
    /// The text.
    pub line: TextLine,
}

impl Prompt {
    /// A box with a text in it.
    pub fn new(purpose: Purpose, title: Message, line: TextLine) -> Self {
        Self {
            purpose,
            title,
            line,
        }
    }
}
