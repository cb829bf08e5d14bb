//! Errors of the store and of use cases in a clerk's words: what happened, what is safe, what to
//! do; and what they mean for the work.

use std::path::Path;

use crate::app::message::{Trouble, TroubleKind};
use crate::base::Message;
use crate::service::ServiceError;
use crate::store::{Access, KeyFault, ReadOnlyReason, Replacement, StoreError, StoreInfo};
use crate::ui::words;

/// What to say about a store's error, and what it means for the work.
pub(super) fn trouble(error: &StoreError) -> Trouble {
    let mut message = match error {
        StoreError::Changed { .. } => Message::new("trouble.changed"),
        StoreError::Moved => Message::new("trouble.moved"),
        StoreError::InConflict(_) => Message::new("trouble.conflict"),
        StoreError::Locked => Message::new("trouble.locked"),
        StoreError::Withheld => Message::new("trouble.withheld"),
        StoreError::NotYet(why) => Message::new(words::not_yet(*why)),
        StoreError::NothingToUndo => Message::new("trouble.nothing_to_undo"),
        StoreError::NotPermitted { .. } => Message::new("trouble.not_permitted"),
        StoreError::Interrupted => Message::new("sync_page.stopped"),
        StoreError::Source(_) => Message::new("sync.error.unreadable"),
        StoreError::Refused(_) => Message::new("trouble.refused"),
        StoreError::Held { by } if by.is_empty() => Message::new("trouble.held_unknown"),
        StoreError::Held { .. } => Message::new("trouble.held"),
        StoreError::DiskFull => Message::new("trouble.disk_full"),
        StoreError::ReadOnly(_) => Message::new("trouble.read_only"),
        StoreError::Damaged(_) => Message::new("trouble.damaged"),
        StoreError::Newer { .. } => Message::new("trouble.newer"),
        StoreError::NetworkFs(_) => Message::new("trouble.network"),
        StoreError::Incomplete { .. } => Message::new("trouble.incomplete"),
        StoreError::Exposed { .. } => Message::new("trouble.exposed"),
        StoreError::Foreign { .. } => Message::new("trouble.foreign"),
        StoreError::Key { fault, .. } => Message::new(key_trouble(fault)),
        StoreError::Replaced { how, .. } => Message::new(match how {
            Replacement::Gone => "trouble.data_gone",
            Replacement::Other | Replacement::Older => "trouble.data_replaced",
        }),
        StoreError::Missing(_) | StoreError::Exists(_) | StoreError::Io(_) => {
            Message::new("trouble.io")
        }
    };
    message.args = error.args();
    let kind = match error {
        StoreError::Interrupted => TroubleKind::Stopped,
        error if error.leaves_store_usable() => TroubleKind::Refused,
        _ => TroubleKind::Failed,
    };
    Trouble { message, kind }
}

/// What is said of a store that is not what was written.
pub(super) fn damaged(detail: &str) -> Message {
    Message::new("trouble.damaged").with("detail", detail)
}

fn key_trouble(fault: &KeyFault) -> &'static str {
    match fault {
        KeyFault::Missing => "trouble.key_missing",
        KeyFault::Unreadable(_) => "trouble.key_unreadable",
        KeyFault::Length(_) => "trouble.key_cut",
        KeyFault::Other => "trouble.key_other",
    }
}

/// Why the store can only be read; `None` where it can be written.
pub fn read_only(info: &StoreInfo) -> Option<Message> {
    let Access::ReadOnly(reason) = &info.access else {
        return None;
    };
    let error = match reason {
        ReadOnlyReason::Held { by } => StoreError::Held { by: by.clone() },
        ReadOnlyReason::Key { path, fault } => StoreError::Key {
            path: path.clone(),
            fault: fault.clone(),
        },
        _ => return Some(Message::new("trouble.read_only")),
    };
    Some(trouble(&error).message)
}

/// What to say about a use case that was not carried out.
pub(super) fn trouble_of(error: &ServiceError) -> Trouble {
    let message = match error {
        _ if error.is_interrupted() => return trouble(&StoreError::Interrupted),
        ServiceError::Store(error) => return trouble(error),
        ServiceError::OnlyLooks(actor) => {
            Message::new("sync_page.only_looks").with("actor", actor.as_str())
        }
        ServiceError::Bundle(error) => error.message(),
        ServiceError::File(error) => error.message(),
        ServiceError::InFile { path, error } => Message::new("sync_page.about_file")
            .with("name", file_name(path))
            .with("why", error.message()),
        ServiceError::KeyFile(error) => error.message(),
        ServiceError::OtherKey => Message::new("sync_page.other_digits"),
        ServiceError::NoReceiver => Message::new("cli.error.no_receiver"),
        ServiceError::NotKept => Message::new("sync_page.no_longer_kept"),
    };
    Trouble {
        message,
        kind: TroubleKind::Refused,
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
