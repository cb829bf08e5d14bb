//! Taking an import back, and letting a kept bundle go.

use super::permission::may_take_in;
use super::{Caller, ServiceError};
use crate::base::Message;
use crate::ledger::Hash;
use crate::store::exchange::Exchange;
use crate::sync::held::withdraw::{self, Withdrawal};

/// What became of an import that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is as if it had never been taken in.
    AsIfNever,
    /// Something was built on it, so new entries restore what it had changed.
    Restored {
        /// How many figures were restored.
        figures: usize,
        /// How many cells were left to whoever settles their conflict.
        left: usize,
    },
}

/// Adds to what was done how many cells were left to whoever settles their conflict.
pub fn with_left(done: Message, left: usize) -> Message {
    if left == 0 {
        return done;
    }
    Message::new("sync.left_in_conflict")
        .with("done", done)
        .with("count", left)
}

/// Takes an import back.
///
/// # Errors
/// When the caller may not do so, there is no such import, or the store refuses or fails.
pub fn take_back(
    store: &mut dyn Exchange,
    caller: &Caller<'_>,
    root: &Hash,
    reason: &str,
) -> Result<Withdrawn, ServiceError> {
    may_take_in(store, caller.actor)?;
    match withdraw::import(store, root, reason)? {
        Withdrawal::AsIfNever => Ok(Withdrawn::AsIfNever),
        Withdrawal::Restoring { changes, left } => {
            let figures = changes.len();
            if figures > 0 {
                caller.commit(store, changes)?;
            }
            Ok(Withdrawn::Restored { figures, left })
        }
    }
}

/// Lets a kept bundle go; it is no longer in the store then.
///
/// # Errors
/// When the caller may not do so, or the store cannot be written.
pub fn release(
    store: &mut dyn Exchange,
    caller: &Caller<'_>,
    root: &Hash,
) -> Result<(), ServiceError> {
    may_take_in(store, caller.actor)?;
    Ok(store.release(root)?)
}
