//! What the threads behind the screens are told, and by whom.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::Sender;

use super::PresenceKeeper;
use crate::app::message::{Draft, Request, RequestId};
use crate::ledger::ActorId;
use crate::plan::Plan;
use crate::service::folder::{FolderState, Folders};
use crate::store::exchange::Exchange;

/// The highest commit counter whose changes the screens know of; shared with the reader, which
/// tells them of others' commits.
pub type KnownCounter = Arc<AtomicU64>;

/// Where the other threads get their handles on the store.
pub struct OtherLanes {
    /// The thread that answers questions.
    pub reader: Sender<ReaderOrder>,
    /// The thread that does long work.
    pub long_work: Sender<LongWorkOrder>,
}

/// What the thread that answers questions is told.
pub enum ReaderOrder {
    /// Read from this handle from now on.
    Use {
        /// The handle.
        store: Box<dyn Exchange + Send>,
        /// The plan in force.
        plan: Arc<Plan>,
        /// The session's traces beside the store.
        presence: Box<dyn PresenceKeeper>,
    },
    /// Answer a question.
    Ask(RequestId, Request),
    /// Keep position and unfinished text beside the store.
    Keep(Option<Draft>),
    /// Look at what has changed at the store, now and not at the next second.
    Look,
    /// Notice what comes into this folder and goes from it.
    Watch(FolderState),
}

/// What the thread that does long work is told.
pub enum LongWorkOrder {
    /// Work with this handle from now on.
    Use {
        /// The handle.
        store: Box<dyn Exchange + Send>,
        /// The plan in force.
        plan: Arc<Plan>,
        /// Who works.
        actor: ActorId,
        /// Where bundles lie.
        folders: Folders,
    },
    /// Carry out what the page about other stores asks.
    Do(RequestId, Request),
}
