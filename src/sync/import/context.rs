//! Where and when an import happens.

use crate::ledger::ActorId;
use crate::plan::{Plan, UnitId};
use crate::store::exchange::progress::Progress;

/// What an import must know of the store it happens in, beside the store itself.
#[derive(Clone, Copy, Debug)]
pub struct ImportContext<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// The unit of the store.
    pub unit: &'a UnitId,
    /// The person who imports.
    pub by: &'a ActorId,
    /// The time, in milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// Is told how far the import is, and may end it.
    pub progress: &'a dyn Progress,
}
