//! The changes by which a person admits an author, ends its rights, or has all stores leave out
//! some of its entries.

use crate::ledger::{AuthorId, Body, Role, Subject};
use crate::plan::UnitId;
use crate::store::{Change, Seen};
use crate::sync::bundle::key_file::KeyFile;

/// The change that enrols an author.
pub fn enrol(author: AuthorId, units: Vec<UnitId>, roles: Vec<Role>, name: &str) -> Change {
    let name = name.to_owned();
    control(author, Body::Enrol { units, roles, name }, "")
}

/// The change that enrols the author of a key file for its own unit, as its clerk.
pub fn enrol_key(file: &KeyFile) -> Change {
    let units = vec![file.unit.clone()];
    enrol(file.author(), units, vec![Role::Clerk], &file.name)
}

/// The change that ends an author's rights after its last good entry.
pub fn revoke(author: AuthorId, last_good: u64, reason: &str) -> Change {
    control(author, Body::Revoke { last_good }, reason)
}

/// The change by which all stores leave out an author's entries from one number to another.
pub fn reject(author: AuthorId, from: u64, to: u64, reason: &str) -> Change {
    control(author, Body::RejectRange { from, to }, reason)
}

fn control(author: AuthorId, body: Body, reason: &str) -> Change {
    Change {
        subject: Subject::Author(author),
        body,
        reason: reason.to_owned(),
        seen: Seen::Current,
    }
}
