//! What lies on top of a screen: text boxes, lists to choose from, questions; and what each is
//! closed with.

pub mod picker;
pub mod prompt;

use std::path::PathBuf;

use super::input::command::{Command, Context};
use super::input::text_line::TextLine;
use super::sync_message::{Asked, FolderUse};
use crate::base::Message;
use crate::ledger::{Content, Origin};
use crate::plan::{FieldId, PeriodId, ReasonId, UnitId};
use crate::service::workflow::SubmissionSummary;
use picker::Picker;
use prompt::{AskedFinding, Prompt, Purpose};

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
    /// "Không phát sinh" in all these cells, which are still blank: the rest of a part of the form.
    NoneInAll(Vec<FieldId>),
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
        /// The finding.
        asked: AskedFinding,
        /// What the finding says.
        said: Message,
        /// The reasons.
        picker: Picker<ReasonChoice>,
    },
    /// The summary before a form is submitted.
    Finish(Box<SubmissionSummary>),
    /// Whether to end the program.
    Leave,
    /// A folder for bundles; `None` for one whose path is typed.
    Folders(FolderUse, Picker<Option<PathBuf>>),
    /// A question that Enter answers with yes.
    Question {
        /// What will be done.
        title: Message,
        /// What that means.
        said: Message,
        /// What it is about.
        asked: Asked,
    },
}

/// What an overlay was closed with, for the screen that opened it.
#[derive(Debug)]
pub enum Answered {
    /// The text of a text box.
    Text(Purpose, String),
    /// A text box was left without saving its text.
    TextLeft(Purpose, String),
    /// A field to go to.
    Field(FieldId),
    /// What is to stand in the cell.
    Allowed(Allowed),
    /// The reason for a soft finding.
    Reason(AskedFinding, ReasonChoice),
    /// The form is to be submitted as the summary shows it.
    Submit(Box<SubmissionSummary>),
    /// Every unanswered cell of the form is to hold this.
    FillBlanks(Content),
    /// From the summary to the next cell to look at.
    NextProblem,
    /// A folder; `None` for one whose path is typed.
    Folder(FolderUse, Option<PathBuf>),
    /// A question was answered with yes.
    Yes(Asked),
}

impl Overlay {
    /// Where keys are looked up while it lies on top.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Prompt(_) => &[Context::Text],
            Self::Finish(_) | Self::Leave | Self::Question { .. } => &[Context::Confirm],
            Self::Allowed(AllowedTitle::Emptiness, _) => &[Context::List],
            _ => &[Context::List, Context::Text],
        }
    }

    /// What a digit typed over the summary before a form is submitted puts into all unanswered
    /// cells: 1 nothing occurred, 2 not collected.
    pub fn fills_blanks(&self, character: char) -> Option<Content> {
        match (self, character) {
            (Self::Finish(summary), _) if summary.unanswered.is_empty() => None,
            (Self::Finish(_), '1') => Some(Content::NoneOccurred),
            (Self::Finish(_), '2') => Some(Content::Unavailable),
            _ => None,
        }
    }

    /// The text line that typing goes to.
    pub fn line_mut(&mut self) -> Option<&mut TextLine> {
        match self {
            Self::Prompt(prompt) => Some(&mut prompt.line),
            Self::Palette(picker) => Some(&mut picker.filter),
            Self::GoTo(picker) | Self::Find(picker) => Some(&mut picker.filter),
            Self::Reasons { picker, .. } => Some(&mut picker.filter),
            Self::Allowed(AllowedTitle::Everything, picker) => Some(&mut picker.filter),
            Self::Folders(_, picker) => Some(&mut picker.filter),
            // Why there is no figure is chosen by its number, not by its words.
            Self::Allowed(AllowedTitle::Emptiness, _)
            | Self::Finish(_)
            | Self::Leave
            | Self::Question { .. } => None,
        }
    }

    /// True where the text typed is a figure.
    pub fn takes_figure(&self) -> bool {
        matches!(self, Self::Prompt(prompt) if prompt.purpose == Purpose::OtherFigure)
    }

    /// Narrows the list after its filter changed.
    pub fn refilter(&mut self) {
        match self {
            Self::Palette(picker) => picker.refilter(),
            Self::GoTo(picker) | Self::Find(picker) => picker.refilter(),
            Self::Reasons { picker, .. } => picker.refilter(),
            Self::Allowed(_, picker) => picker.refilter(),
            Self::Folders(_, picker) => picker.refilter(),
            Self::Prompt(_) | Self::Finish(_) | Self::Leave | Self::Question { .. } => {}
        }
    }

    /// Moves the list's cursor.
    pub fn step(&mut self, by: isize) {
        match self {
            Self::Palette(picker) => picker.step(by),
            Self::GoTo(picker) | Self::Find(picker) => picker.step(by),
            Self::Reasons { picker, .. } => picker.step(by),
            Self::Allowed(_, picker) => picker.step(by),
            Self::Folders(_, picker) => picker.step(by),
            Self::Prompt(_) | Self::Finish(_) | Self::Leave | Self::Question { .. } => {}
        }
    }
}
