//! What the page asks of the store's thread, and what comes back.

use std::path::PathBuf;

use super::preview::Stands;
use crate::app::msg::Ticket;
use crate::base::Message;
use crate::ledger::{AuthorId, Hash};
use crate::plan::UnitId;
use crate::service::export::Exported;
use crate::service::folder::{FolderListing, Places};
use crate::service::standing::Standing;
use crate::sync::import::plan::ImportPlan;
use crate::sync::progress::Phase;

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
        listing: FolderListing,
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

/// Long work under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// Its number.
    pub job: Ticket,
    /// What it is at; `None` before the first word of it.
    pub step: Option<Phase>,
    /// Entries done.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}
