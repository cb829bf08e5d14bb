//! What the page about other stores asks, and what comes back. Each is long work that can be
//! stopped by the number of its request.

use std::path::PathBuf;

use super::request_id::RequestId;
use crate::base::Message;
use crate::ledger::{AuthorId, Hash};
use crate::plan::UnitId;
use crate::service::export::Exported;
use crate::service::folder::{FolderListing, KnownFolders};
use crate::service::standing::Standing;
use crate::sync::Phase;
use crate::sync::bundle::fingerprint::Fingerprint;
use crate::sync::import::plan::ImportPlan;

/// A question or order about other stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncRequest {
    /// How the store stands, and the files of a folder; `None` for the store's own inbox.
    Standing(Option<PathBuf>),
    /// What an import of these files would change; the next [`SyncRequest::Import`] is of them.
    Preview(Vec<PathBuf>),
    /// Take in what was previewed last.
    Import,
    /// What a bundle in quarantine would change if its signer were believed.
    Suppose(Hash),
    /// Write a bundle into a folder.
    Export {
        /// For whom.
        to: UnitId,
        /// Where.
        folder: PathBuf,
    },
    /// Believe the signer of a kept bundle, after two people compared its digits, and take in what
    /// waits.
    Enrol(Hash),
    /// Believe the key of a key file or bundle, after two people compared its digits.
    EnrolFile {
        /// The file.
        file: PathBuf,
        /// Whose key was compared: another one in its place is not believed.
        author: AuthorId,
    },
    /// Let a kept bundle go.
    Release(Hash),
    /// Take an import back.
    TakeBack {
        /// The bundle.
        root: Hash,
        /// Why.
        reason: String,
    },
}

impl SyncRequest {
    /// True where carrying it out may change what the store holds.
    pub fn may_change(&self) -> bool {
        match self {
            Self::Standing(_) | Self::Preview(_) | Self::Suppose(_) | Self::Export { .. } => false,
            Self::Import
            | Self::Enrol(_)
            | Self::EnrolFile { .. }
            | Self::Release(_)
            | Self::TakeBack { .. } => true,
        }
    }
}

/// An answer about other stores.
#[derive(Debug)]
pub enum SyncAnswer {
    /// How the store stands.
    Standing {
        /// With the others.
        standing: Box<Standing>,
        /// The files of the folder.
        listing: FolderListing,
        /// Folders a person may mean.
        places: KnownFolders,
    },
    /// What an import would change.
    Preview(Box<ImportPlan>, PreviewStands),
    /// An import is on disk.
    Imported(Box<ImportPlan>),
    /// A bundle is on its stick and reads back.
    Exported(Exported),
    /// Something else was done.
    Done(Message),
}

/// What a preview stands for, and so what Enter does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewStands {
    /// Nothing has changed yet; Enter imports.
    Before,
    /// Nothing has changed; Enter asks for the digits of the unknown key.
    Supposed {
        /// The kept bundle.
        root: Hash,
        /// From which unit's store, as it says itself.
        from: UnitId,
        /// Its key, by its author.
        author: AuthorId,
        /// The digits to compare.
        digits: Fingerprint,
    },
    /// What an import of the past changed.
    Past {
        /// The bundle.
        root: Hash,
        /// When it was taken in.
        wall: u64,
    },
}

/// How far long work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkProgress {
    /// The request that asked for it.
    pub work: RequestId,
    /// What it is at; `None` before the first word of it.
    pub step: Option<Phase>,
    /// Entries done.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// What a chosen folder is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderUse {
    /// Its bundles are listed.
    Inbox,
    /// A bundle is written there, for that unit.
    Export(UnitId),
}

/// What a question is about, answered with Enter or Esc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Let a kept bundle go.
    Release(Hash),
}
