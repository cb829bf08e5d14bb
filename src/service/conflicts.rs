//! Conflicts: the sides of one by their ids.

use crate::ledger::{Content, Head};
use crate::sync::held::conflicts::Conflict;

/// The whole id of a side; where the log does not name its entry, what the entry is cited by.
pub fn side_id(conflict: &Conflict, at: usize, head: &Head) -> String {
    match conflict.ids.get(at) {
        Some(Some(hash)) => hash.to_string(),
        _ => head.entry.to_string(),
    }
}

/// The content of the one side that an id, or its beginning, names; `None` where it names none or
/// several.
pub fn side_named(conflict: &Conflict, id: &str) -> Option<Content> {
    let sides = conflict.heads.all().iter().enumerate();
    let mut named = sides.filter(|(at, head)| {
        let whole = side_id(conflict, *at, head);
        (!id.is_empty() && whole.starts_with(id)) || head.entry.to_string() == id
    });
    match (named.next(), named.next()) {
        (Some((_, head)), None) => Some(head.body.content().cloned().unwrap_or_default()),
        _ => None,
    }
}
