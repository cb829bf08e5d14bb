//! A store's error in a clerk's words: what happened, what is safe, what to do.

use super::msg::{Trouble, TroubleKind};
use crate::base::Message;
use crate::store::StoreError;

/// What to say about a store's error, and whether writing still works.
pub fn trouble(error: &StoreError) -> Trouble {
    let refused = |message: Message| Trouble {
        message,
        kind: TroubleKind::Refused,
    };
    let failed = |message: Message| Trouble {
        message,
        kind: TroubleKind::Failed,
    };
    let detail = error.to_string();
    match error {
        StoreError::Changed { by } => refused(Message::new("trouble.changed").with("by", &**by)),
        StoreError::Moved => refused(Message::new("trouble.moved")),
        StoreError::InConflict(_) => refused(Message::new("trouble.conflict")),
        StoreError::Locked => refused(Message::new("trouble.locked")),
        StoreError::NothingToUndo => refused(Message::new("trouble.nothing_to_undo")),
        StoreError::NotPermitted { actor, what } => refused(
            Message::new("trouble.not_permitted")
                .with("actor", &**actor)
                .with("what", &**what),
        ),
        StoreError::Interrupted => refused(Message::new("sync.error.interrupted")),
        StoreError::Source(why) => {
            refused(Message::new("sync.error.unreadable").with("why", &**why))
        }
        StoreError::Refused(_) => refused(Message::new("trouble.refused").with("detail", detail)),
        StoreError::Held { by } => failed(Message::new("trouble.held").with("by", &**by)),
        StoreError::DiskFull => failed(Message::new("trouble.disk_full")),
        StoreError::ReadOnly(_) => failed(Message::new("trouble.read_only")),
        StoreError::Damaged(_) => failed(Message::new("trouble.damaged").with("detail", detail)),
        StoreError::Newer { .. } => failed(Message::new("trouble.newer")),
        StoreError::NetworkFs(_) => failed(Message::new("trouble.network")),
        StoreError::Missing(_) | StoreError::Exists(_) | StoreError::Io(_) => {
            failed(Message::new("trouble.io").with("detail", detail))
        }
    }
}
