//! What lies on top of a screen: text boxes, lists to choose from, questions.

use std::path::PathBuf;

use super::command::Command;
use super::line::Line;
use super::meeting::{Asked, FolderUse};
use super::picker::Picker;
use super::prompt::Prompt;
use crate::base::Message;
use crate::ledger::{CellKey, Content, Origin};
use crate::plan::{FieldId, PeriodId, ReasonId, RuleId, UnitId};
use crate::service::workflow::Summary;

/// Where "go to" can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A field of this form.
    Field(FieldId),
    /// Another period of this unit.
    Period(PeriodId),
    /// Another unit, same period.
    Unit(UnitId),
}

/// What may stand in a cell, to pick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// A figure or words, to be typed.
    Typing,
    /// A state, or a figure reported before.
    Content(Content, Origin),
}

/// What a list of [`Allowed`] is headed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllowedTitle {
    /// Why there is no figure.
    Emptiness,
    /// What may stand here.
    Everything,
}

/// A reason to pick for a soft finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReasonChoice {
    /// One of the plan's.
    Listed(ReasonId),
    /// In one's own words.
    Words,
}

/// What lies on top of a screen.
#[derive(Debug)]
pub enum Overlay {
    /// A text box.
    Prompt(Prompt),
    /// All commands.
    Palette(Picker<Command>),
    /// Go to a field, period or unit.
    GoTo(Picker<Target>),
    /// Find a field of the form.
    Find(Picker<Target>),
    /// The kinds of emptiness, or all that may stand in the cell.
    Allowed(AllowedTitle, Picker<Allowed>),
    /// Reasons for one soft finding.
    Reasons {
        /// The cell.
        cell: CellKey,
        /// The finding's rule.
        rule: RuleId,
        /// The values judged.
        judged: String,
        /// What the finding says.
        said: Message,
        /// The reasons.
        picker: Picker<ReasonChoice>,
    },
    /// The summary before a form is handed in.
    Finish(Box<Summary>),
    /// Esc on the home page: Enter ends the program.
    Leave,
    /// A folder for bundles; `None` for one whose path is typed.
    Places(FolderUse, Picker<Option<PathBuf>>),
    /// A question that Enter answers with yes.
    Ask {
        /// What will be done.
        title: Message,
        /// What that means.
        said: Message,
        /// What it is about.
        asked: Asked,
    },
}

impl Overlay {
    /// The text line that typing goes to.
    pub fn line_mut(&mut self) -> Option<&mut Line> {
        match self {
            Self::Prompt(prompt) => Some(&mut prompt.line),
            Self::Palette(picker) => Some(&mut picker.filter),
            Self::GoTo(picker) | Self::Find(picker) => Some(&mut picker.filter),
            Self::Reasons { picker, .. } => Some(&mut picker.filter),
            Self::Allowed(_, picker) => Some(&mut picker.filter),
            Self::Places(_, picker) => Some(&mut picker.filter),
            Self::Finish(_) | Self::Leave | Self::Ask { .. } => None,
        }
    }

    /// Narrows the list after its filter changed.
    pub fn refilter(&mut self) {
        match self {
            Self::Palette(picker) => picker.refilter(),
            Self::GoTo(picker) | Self::Find(picker) => picker.refilter(),
            Self::Reasons { picker, .. } => picker.refilter(),
            Self::Allowed(_, picker) => picker.refilter(),
            Self::Places(_, picker) => picker.refilter(),
            Self::Prompt(_) | Self::Finish(_) | Self::Leave | Self::Ask { .. } => {}
        }
    }

    /// Moves the list's cursor.
    pub fn step(&mut self, by: isize) {
        match self {
            Self::Palette(picker) => picker.step(by),
            Self::GoTo(picker) | Self::Find(picker) => picker.step(by),
            Self::Reasons { picker, .. } => picker.step(by),
            Self::Allowed(_, picker) => picker.step(by),
            Self::Places(_, picker) => picker.step(by),
            Self::Prompt(_) | Self::Finish(_) | Self::Leave | Self::Ask { .. } => {}
        }
    }
}
