//! Why a store did not do what was asked, and what kind of failure that is.

use std::path::{Path, PathBuf};

use crate::base::{Arg, ErrorKind};
use crate::ledger::{CellId, NotYet};

/// Why a store did not do what was asked. Nothing was changed in any of these cases.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store in the folder.
    #[error("no store in {0}")]
    Missing(PathBuf),
    /// The folder has parts of a store, but not its figures.
    #[error("{dir}: {missing} is missing, {there} is there")]
    Incomplete {
        /// The folder.
        dir: PathBuf,
        /// What is missing.
        missing: String,
        /// What is there.
        there: String,
    },
    /// `init` on a folder that has one.
    #[error("a store exists in {0}")]
    Exists(PathBuf),
    /// Other accounts may enter the folder or read its files.
    #[error("open to other accounts")]
    Exposed {
        /// The folder.
        dir: PathBuf,
        /// The command that mends it.
        mend: String,
    },
    /// The folder or a file in it belongs to another account.
    #[error("belongs to account {owner}")]
    Foreign {
        /// The folder.
        dir: PathBuf,
        /// Whose it is, as the system numbers accounts.
        owner: u32,
        /// The command that mends it.
        mend: String,
    },
    /// The writer's key cannot be used; nothing is written in its place.
    #[error("key: {fault}")]
    Key {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        fault: KeyFault,
    },
    /// The open file is no longer the store's: what is written into it nobody would read.
    #[error("data.redb was {how}")]
    Replaced {
        /// The file.
        path: PathBuf,
        /// What happened to it.
        how: Replacement,
    },
    /// Made by a newer version.
    #[error("store schema {found} is newer than {known}")]
    Newer {
        /// Its schema.
        found: u32,
        /// The newest this program knows.
        known: u32,
    },
    /// Another process has it and does not share, or does not let go.
    #[error("held by {by}")]
    Held {
        /// Process and actor, as far as known.
        by: String,
    },
    /// On a network file system.
    #[error("network file system: {0}")]
    NetworkFs(String),
    /// The folder cannot be written.
    #[error("read-only: {0}")]
    ReadOnly(PathBuf),
    /// The disk is full.
    #[error("disk full")]
    DiskFull,
    /// Reading or writing failed; the store is read-only until reopened.
    #[error("i/o: {0}")]
    Io(String),
    /// What was read is not what was written.
    #[error("damaged: {0}")]
    Damaged(String),
    /// What was being taken in could no longer be read; the store itself is well.
    #[error("source: {0}")]
    Source(String),
    /// The actor has no right to this.
    #[error("{actor} may not write {what}")]
    NotPermitted {
        /// Who.
        actor: String,
        /// What.
        what: String,
    },
    /// The subject changed since (undo, redo).
    #[error("changed since by {by}")]
    Changed {
        /// Who changed it.
        by: String,
    },
    /// An approval or lock states another frontier than what the store now holds: its person has
    /// not seen all of it, or claims to have seen what is not here.
    #[error("the store has moved since it was read")]
    Moved,
    /// An ordinary edit of a cell in conflict; a person must resolve it with a reason.
    #[error("cell in conflict: {0}")]
    InConflict(CellId),
    /// The form is locked.
    #[error("form is locked")]
    Locked,
    /// A step that vouches for a part of a form that this store does not get.
    #[error("the store does not get all fields of the form")]
    Withheld,
    /// A step of the workflow that the form does not allow as it stands.
    #[error("step not possible yet: {0:?}")]
    NotYet(NotYet),
    /// Nothing to undo or redo.
    #[error("nothing to undo")]
    NothingToUndo,
    /// Whoever watched the work ended it.
    #[error("interrupted")]
    Interrupted,
    /// An action without changes, or one that contradicts the plan.
    #[error("refused: {0}")]
    Refused(String),
}

/// What is wrong with the file of a writer's key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// It is not there.
    #[error("not there")]
    Missing,
    /// The system does not let it be read, in its words.
    #[error("{0}")]
    Unreadable(String),
    /// It is not 32 bytes long: cut, or overwritten.
    #[error("{0} bytes")]
    Length(u64),
    /// It is the key of another author.
    #[error("another author's")]
    Other,
}

/// What happened to the file of a store while it was open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Replacement {
    /// It is not there any more.
    #[error("removed")]
    Gone,
    /// Another file stands in its place.
    #[error("replaced by another file")]
    Other,
    /// It was overwritten with an older or another state.
    #[error("overwritten")]
    Older,
}

impl From<crate::store::exchange::progress::Stopped> for StoreError {
    fn from(_: crate::store::exchange::progress::Stopped) -> Self {
        Self::Interrupted
    }
}

impl StoreError {
    /// Classifies the error: what it means for whoever asked.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing(_) | Self::Exists(_) => ErrorKind::Usage,
            Self::Held { .. } | Self::NetworkFs(_) => ErrorKind::Busy,
            Self::Incomplete { .. }
            | Self::Exposed { .. }
            | Self::Foreign { .. }
            | Self::Key { .. }
            | Self::Replaced { .. }
            | Self::ReadOnly(_)
            | Self::DiskFull
            | Self::Io(_)
            | Self::Damaged(_)
            | Self::Source(_) => ErrorKind::Failed,
            Self::NotPermitted { .. } | Self::Locked | Self::Withheld => ErrorKind::NotPermitted,
            Self::Interrupted => ErrorKind::Interrupted,
            Self::Newer { .. }
            | Self::Changed { .. }
            | Self::Moved
            | Self::InConflict(_)
            | Self::NotYet(_)
            | Self::NothingToUndo
            | Self::Refused(_) => ErrorKind::Refused,
        }
    }

    /// True when the store itself is well and goes on writing: the error belongs to one request.
    pub fn leaves_store_usable(&self) -> bool {
        match self {
            // Another program has to bring it forward, whatever is asked of this one.
            Self::Newer { .. } => false,
            Self::Source(_) => true,
            _ => matches!(
                self.kind(),
                ErrorKind::Refused | ErrorKind::NotPermitted | ErrorKind::Interrupted
            ),
        }
    }

    /// True when it may pass without anything that is typed: others let go, or a person mends the
    /// folder from outside.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Held { .. }
            | Self::ReadOnly(_)
            | Self::Incomplete { .. }
            | Self::Exposed { .. }
            | Self::Foreign { .. }
            | Self::Key { .. } => true,
            Self::Replaced { how, .. } => *how == Replacement::Gone,
            _ => false,
        }
    }

    /// What a text about it may name: `missing`, `there`, `mend`, `path`, `bytes`, `by`, `dir`, `kind`, `actor`, `what`, `field`, `why`, and
    /// in technical words `detail`.
    pub fn args(&self) -> Vec<(&'static str, Arg)> {
        let mut args = vec![("detail", Arg::from(self.to_string()))];
        match self {
            Self::Missing(dir) | Self::Exists(dir) | Self::ReadOnly(dir) => {
                args.push(("dir", dir.display().to_string().into()));
            }
            Self::Incomplete {
                dir,
                missing,
                there,
            } => {
                args.push(("dir", dir.display().to_string().into()));
                args.push(("missing", missing.as_str().into()));
                args.push(("there", there.as_str().into()));
            }
            Self::Exposed { dir, mend } | Self::Foreign { dir, mend, .. } => {
                args.push(("dir", dir.display().to_string().into()));
                args.push(("mend", mend.as_str().into()));
            }
            Self::Key { path, fault } => args.extend(key_args(path, fault)),
            Self::Replaced { path, .. } => {
                args.push(("path", path.display().to_string().into()));
            }
            Self::Held { by } | Self::Changed { by } => args.push(("by", by.as_str().into())),
            Self::NetworkFs(kind) => args.push(("kind", kind.as_str().into())),
            Self::NotPermitted { actor, what } => {
                args.push(("actor", actor.as_str().into()));
                args.push(("what", what.as_str().into()));
            }
            Self::InConflict(cell) => args.push(("field", cell.to_string().into())),
            Self::Source(why) => args.push(("why", why.as_str().into())),
            Self::NotYet(NotYet::Unanswered(count) | NotYet::HardFindings(count)) => {
                args.push(("count", (*count).into()));
            }
            Self::Newer { .. }
            | Self::DiskFull
            | Self::Io(_)
            | Self::Damaged(_)
            | Self::Moved
            | Self::Locked
            | Self::Withheld
            | Self::NotYet(_)
            | Self::NothingToUndo
            | Self::Interrupted
            | Self::Refused(_) => {}
        }
        args
    }
}

/// What a text about the file of a key may name: `path`, `mend` (the command by which its owner may
/// read it again), `why`, `bytes`.
fn key_args(path: &Path, fault: &KeyFault) -> Vec<(&'static str, Arg)> {
    let mut args = vec![
        ("path", Arg::from(path.display().to_string())),
        ("mend", format!("chmod 600 {}", shell_word(path)).into()),
    ];
    match fault {
        KeyFault::Unreadable(why) => args.push(("why", why.as_str().into())),
        KeyFault::Length(bytes) => args.push(("bytes", bytes.to_string().into())),
        KeyFault::Missing | KeyFault::Other => {}
    }
    args
}

/// A path as one word of a shell's command line.
pub(crate) fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
