//! The use cases: what a person or a program can have done with an open store. Screens and
//! commands both call these, so that neither does it twice. Nothing here draws, prints or reads
//! the clock; what goes wrong comes back as data.

pub mod admission;
pub mod conflicts;
pub mod edit;
mod error;
pub mod export;
pub mod folder;
pub mod forms;
pub mod import;
pub mod open;
pub mod overview;
pub mod permission;
pub mod receipts;
pub mod standing;
pub mod withdraw;
pub mod workflow;

pub use error::ServiceError;

use crate::ledger::{ActionId, ActorId, Origin};
use crate::plan::{Plan, UnitId};
use crate::store::{Action, Change, Committed, Store, StoreError};
use crate::sync::{ImportContext, Progress};

/// Who has something done, under which plan, when, and who watches the work.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// Who wants it.
    pub actor: &'a ActorId,
    /// Wall clock, milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// The id of the action that it may write, random.
    pub action: ActionId,
    /// How its changes are marked in the log.
    pub origin: Origin,
    /// Is told how far the work is, and may end it.
    pub watch: &'a dyn Progress,
}

impl Caller<'_> {
    /// Writes changes as one action of the caller.
    ///
    /// # Errors
    /// Any refusal or failure of the store; then nothing was written.
    pub fn commit(
        &self,
        store: &mut dyn Store,
        changes: Vec<Change>,
    ) -> Result<Committed, StoreError> {
        store.commit(&Action {
            id: self.action,
            actor: self.actor.clone(),
            origin: self.origin,
            wall: self.wall,
            changes,
        })
    }

    /// What imports are weighed with: the caller, and the unit of the store.
    pub fn import_context<'s>(&'s self, unit: &'s UnitId) -> ImportContext<'s> {
        ImportContext {
            plan: self.plan,
            unit,
            by: self.actor,
            wall: self.wall,
            progress: self.watch,
        }
    }
}
