//! A store's error in a clerk's words: what happened, what is safe, what to do.

use super::msg::{Trouble, TroubleKind};
use crate::base::Message;
use crate::store::StoreError;

/// What to say about a store's error, and whether writing still works.
pub fn trouble(error: &StoreError) -> Trouble {
    let mut message = match error {
        StoreError::Changed { .. } => Message::new("trouble.changed"),
        StoreError::Moved => Message::new("trouble.moved"),
        StoreError::InConflict(_) => Message::new("trouble.conflict"),
        StoreError::Locked => Message::new("trouble.locked"),
        StoreError::NothingToUndo => Message::new("trouble.nothing_to_undo"),
        StoreError::NotPermitted { .. } => Message::new("trouble.not_permitted"),
        StoreError::Interrupted => Message::new("sync.error.interrupted"),
        StoreError::Source(_) => Message::new("sync.error.unreadable"),
        StoreError::Refused(_) => Message::new("trouble.refused"),
        StoreError::Held { .. } => Message::new("trouble.held"),
        StoreError::DiskFull => Message::new("trouble.disk_full"),
        StoreError::ReadOnly(_) => Message::new("trouble.read_only"),
        StoreError::Damaged(_) => Message::new("trouble.damaged"),
        StoreError::Newer { .. } => Message::new("trouble.newer"),
        StoreError::NetworkFs(_) => Message::new("trouble.network"),
        StoreError::Missing(_) | StoreError::Exists(_) | StoreError::Io(_) => {
            Message::new("trouble.io")
        }
    };
    message.args = error.args();
    let kind = if error.leaves_store_usable() {
        TroubleKind::Refused
    } else {
        TroubleKind::Failed
    };
    Trouble { message, kind }
}
