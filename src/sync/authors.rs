//! The changes by which a person admits an author or ends its rights.

use crate::ledger::{AuthorId, Body, Role, Subject};
use crate::plan::UnitId;
use crate::store::{Change, Seen};

/// The change that enrols an author.
pub fn enrol(author: AuthorId, units: Vec<UnitId>, roles: Vec<Role>, name: &str) -> Change {
    let name = name.to_owned();
    control(author, Body::Enrol { units, roles, name }, "")
}

/// The change that ends an author's rights after its last good entry.
pub fn revoke(author: AuthorId, last_good: u64, reason: &str) -> Change {
    control(author, Body::Revoke { last_good }, reason)
}

fn control(author: AuthorId, body: Body, reason: &str) -> Change {
    Change {
        subject: Subject::Author(author),
        body,
        reason: reason.to_owned(),
        seen: Seen::Current,
    }
}
