//! Why a command did not do what was asked: an exit code that programs rely on
//! (`interface.md` 2) and a sentence for the person who reads it.

use std::process::ExitCode;

use crate::base::{ErrorKind, Message};
use crate::service::ServiceError;
use crate::store::{KeyFault, Replacement, StoreError};
use crate::sync::BundleError;
use crate::sync::bundle::file::FileError;
use crate::ui::words;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Done, but something needs a person.
    NeedsPerson = 1,
    /// Wrong usage.
    Usage = 2,
    /// The input was refused; nothing was changed.
    Refused = 3,
    /// The store cannot be shared right now.
    Held = 4,
    /// The disk or the store failed.
    Failed = 5,
    /// Not permitted for this person.
    NotPermitted = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<ErrorKind> for Exit {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Usage => Self::Usage,
            ErrorKind::Refused | ErrorKind::Interrupted => Self::Refused,
            ErrorKind::Busy => Self::Held,
            ErrorKind::Failed => Self::Failed,
            ErrorKind::NotPermitted => Self::NotPermitted,
        }
    }
}

/// What is said on standard error, and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What happened, what was not lost, what to do next.
    pub(crate) message: Message,
    /// Technical, after it; empty for none.
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: Message) -> Self {
        Self {
            exit,
            message,
            detail: String::new(),
        }
    }

    /// A fault of the program; what was saved stays saved.
    pub(crate) fn fault(detail: String) -> Self {
        let message = Message::new("cli.error.fault");
        Self::new(Exit::Failed, message).because(detail)
    }

    /// Wrong usage.
    pub(crate) fn usage(message: Message) -> Self {
        Self::new(Exit::Usage, message)
    }

    #[must_use]
    pub(crate) fn because(mut self, detail: impl std::fmt::Display) -> Self {
        self.detail = detail.to_string();
        self
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let mut message = match &error {
            StoreError::Missing(_) => Message::new("cli.error.missing"),
            StoreError::Incomplete { .. } => Message::new("cli.error.incomplete"),
            StoreError::Exists(_) => Message::new("cli.error.exists"),
            StoreError::Exposed { .. } => Message::new("cli.error.exposed"),
            StoreError::Foreign { .. } => Message::new("cli.error.foreign"),
            StoreError::Key { fault, .. } => Message::new(match fault {
                KeyFault::Missing => "cli.error.key_missing",
                KeyFault::Unreadable(_) => "cli.error.key_unreadable",
                KeyFault::Length(_) => "cli.error.key_cut",
                KeyFault::Other => "cli.error.key_other",
            }),
            StoreError::Replaced { how, .. } => Message::new(match how {
                Replacement::Gone => "cli.error.data_gone",
                Replacement::Other | Replacement::Older => "cli.error.data_replaced",
            }),
            StoreError::Newer { .. } => Message::new("cli.error.newer"),
            StoreError::Held { by } if by.is_empty() => Message::new("cli.error.held_unknown"),
            StoreError::Held { .. } => Message::new("cli.error.held"),
            StoreError::NetworkFs(_) => Message::new("cli.error.network"),
            StoreError::ReadOnly(_) => Message::new("cli.error.read_only"),
            StoreError::DiskFull => Message::new("cli.error.disk_full"),
            StoreError::Io(_) => Message::new("cli.error.io"),
            StoreError::Damaged(_) => Message::new("cli.error.damaged"),
            StoreError::NotPermitted { .. } => Message::new("cli.error.not_permitted"),
            StoreError::Source(_) => Message::new("sync.error.unreadable"),
            StoreError::Moved => Message::new("cli.error.moved"),
            StoreError::Changed { .. } => Message::new("cli.error.changed"),
            StoreError::InConflict(_) => Message::new("cli.error.conflict"),
            StoreError::Locked => Message::new("cli.error.locked"),
            StoreError::Withheld => Message::new("cli.error.withheld"),
            StoreError::NotYet(why) => Message::new(words::not_yet(*why)),
            StoreError::Interrupted => Message::new("sync.error.interrupted"),
            StoreError::NothingToUndo | StoreError::Refused(_) => Message::new("cli.error.refused"),
        };
        message.args = error.args();
        Self::new(error.kind().into(), message).because(error)
    }
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        Self::new(error.kind().into(), error.message()).because(error)
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::new(error.kind().into(), error.message()).because(error)
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        let detail = error.to_string();
        let kind = error.kind();
        let message = match error {
            ServiceError::Store(error) => return error.into(),
            ServiceError::Bundle(error) => error.message(),
            ServiceError::File(error) | ServiceError::InFile { error, .. } => error.message(),
            ServiceError::OnlyLooks(actor) => {
                Message::new("cli.error.not_permitted").with("actor", actor)
            }
            ServiceError::KeyFile(error) => error.message(),
            ServiceError::OtherKey => Message::new("cli.error.other_digits"),
            ServiceError::NoReceiver => Message::new("cli.error.no_receiver"),
            ServiceError::NotKept => Message::new("sync_page.no_longer_kept"),
        };
        Self::new(kind.into(), message).because(detail)
    }
}
