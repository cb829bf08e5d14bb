//! The threads behind the screens: one opens the store and commits, one answers questions, one
//! does what may take long. Each has its own handle on the store, so none waits for another.

pub(crate) mod fault;
pub mod long_work;
pub mod orders;
pub mod progress;
pub mod reader;
pub(crate) mod refusal;
pub mod writer;

use crate::app::message::{Draft, Opened, Presence};
use crate::service::folder::Folders;
use crate::service::open::NewStore;
use crate::store::StoreError;
use crate::store::exchange::Exchange;

pub use progress::StopFlag;
pub use refusal::read_only;

/// Clock and random bytes, from the edge of the program.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    /// Milliseconds since 1970-01-01 UTC.
    pub clock: fn() -> u64,
    /// Random bytes for action ids.
    pub random: fn() -> [u8; 16],
}

/// What a session leaves beside the store while it lives.
pub trait PresenceKeeper: Send {
    /// Keeps position and unfinished text, without waiting for the disk; `None` outside of forms.
    fn keep(&mut self, draft: Option<&Draft>);
    /// The other live sessions.
    fn others(&self) -> Vec<Presence>;
    /// The session ends well: nothing is unfinished.
    fn end(&mut self);
}

/// An open store and who works with it.
pub struct StoreSession {
    /// A handle on the store.
    pub store: Box<dyn Exchange + Send>,
    /// Where bundles lie.
    pub folders: Folders,
    /// The session's traces beside it.
    pub presence: Box<dyn PresenceKeeper>,
    /// What the app learns.
    pub opened: Opened,
}

/// What an opener is to do.
#[derive(Clone, Copy, Debug)]
pub enum OpenOrder<'a> {
    /// Make the store of a first run, and open it.
    Create(&'a NewStore),
    /// Open the store; others who write are waited for.
    Open,
    /// Open the store if nothing is in the way at this moment; nobody is waited for.
    OpenIfFree,
}

/// Opens the store, or makes the one of a first run.
pub type Opener = Box<dyn FnMut(OpenOrder<'_>) -> Result<StoreSession, StoreError> + Send>;
