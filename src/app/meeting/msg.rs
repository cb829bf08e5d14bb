//! What the page asks of the store's thread, and what comes back.

use std::path::PathBuf;

use super::preview::Stands;
use super::standing::Standing;
use crate::app::msg::Ticket;
use crate::base::Message;
use crate::ledger::{AuthorId, Hash};
use crate::plan::UnitId;
use crate::sync::bundle::fingerprint::Fingerprint;
use crate::sync::import::plan::ImportPlan;
use crate::sync::watch::Step;

/// A question or order about other stores. Long work carries a number by which it can be stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meet {
    /// How the store stands, and the files of a folder; `None` for the store's own inbox.
    Standing(Option<PathBuf>),
    /// What an import of these files would change; the next [`Meet::Import`] is of them.
    Preview {
        /// The work's number.
        job: Ticket,
        /// The files.
        files: Vec<PathBuf>,
    },
    /// Take in what was previewed last.
    Import {
        /// The work's number.
        job: Ticket,
    },
    /// What a bundle in quarantine would change if its signer were believed.
    Suppose {
        /// The work's number.
        job: Ticket,
        /// The bundle.
        root: Hash,
    },
    /// Write a bundle into a folder.
    Export {
        /// The work's number.
        job: Ticket,
        /// For whom; `None` for anyone.
        to: Option<UnitId>,
        /// Where.
        folder: PathBuf,
    },
    /// Believe the signer of a kept bundle, after two people compared its digits, and take in what
    /// waits.
    Enrol {
        /// The work's number.
        job: Ticket,
        /// The bundle.
        root: Hash,
    },
    /// Believe the key of a key file or bundle, after two people compared its digits.
    EnrolFile {
        /// The work's number.
        job: Ticket,
        /// The file.
        file: PathBuf,
        /// Whose key was compared: another one in its place is not believed.
        author: AuthorId,
    },
    /// Let a kept bundle go.
    Release(Hash),
    /// Take an import back.
    TakeBack {
        /// The work's number.
        job: Ticket,
        /// The bundle.
        root: Hash,
        /// Why.
        reason: String,
    },
}

/// An answer.
#[derive(Debug)]
pub enum Met {
    /// How the store stands.
    Standing {
        /// With the others.
        standing: Box<Standing>,
        /// The folder.
        inbox: Inbox,
        /// Folders a person may mean.
        places: Places,
    },
    /// What an import would change, or what one has changed.
    Preview(Box<ImportPlan>, Stands),
    /// An import is on disk.
    Imported(Box<ImportPlan>),
    /// A bundle is on its stick and reads back.
    Exported(Exported),
    /// Something else was done.
    Done(Message),
    /// Something was not done; nothing was changed.
    Refused(Message),
    /// Long work was stopped; nothing was changed.
    Stopped,
    /// How far long work is.
    Progress(Running),
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Where.
    pub path: PathBuf,
    /// How many entries.
    pub entries: u64,
    /// Bytes.
    pub size: u64,
    /// Whether it can be carried away as it is.
    pub on: Medium,
}

/// Where a bundle was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A stick, or a folder a person named.
    Elsewhere,
    /// The store's own folder: it must be copied before it can go.
    Store,
}

/// Folders a person may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The sticks that are plugged in.
    pub sticks: Vec<PathBuf>,
    /// The store's own folder for what comes.
    pub inbox: PathBuf,
    /// The store's own folder for what goes.
    pub outbox: PathBuf,
}

/// Long work under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// Its number.
    pub job: Ticket,
    /// What it is at; `None` before the first word of it.
    pub step: Option<Step>,
    /// Entries done.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// The files of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// The folder.
    pub folder: PathBuf,
    /// The bundles and key files in it, the latest first.
    pub files: Vec<InboxFile>,
    /// How many older ones are not listed.
    pub more: usize,
    /// Why the folder could not be read.
    pub trouble: Option<Message>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxFile {
    /// Where.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A whole bundle.
    Bundle {
        /// From which unit's store.
        from: UnitId,
        /// When it was written, by its writer's clock.
        written: u64,
        /// How many entries it carries.
        entries: u32,
        /// Whether it was taken in before.
        seen: Seen,
    },
    /// A key file.
    Key {
        /// The unit of the store.
        unit: UnitId,
        /// Whose key.
        author: AuthorId,
        /// The digits to compare over the phone.
        digits: Fingerprint,
    },
    /// Looks like one and is not whole.
    Bad(Message),
}

/// Whether a bundle was here before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Never.
    New,
    /// It was taken in then (milliseconds since 1970-01-01 UTC).
    Taken(u64),
    /// It is kept: waiting, in quarantine or as evidence.
    Kept,
    /// This store wrote it.
    Own,
}
