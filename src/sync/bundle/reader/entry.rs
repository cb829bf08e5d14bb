//! What an entry of a bundle must be beyond its layout: written by a program like this one.

use std::collections::BTreeSet;

use crate::base::text;
use crate::ledger::entry::{CITATIONS, FLAG_CRITICAL};
use crate::ledger::typed::TEXT_LIMIT;
use crate::ledger::{Body, Entry, EntryRef, Recorded, Subject};
use crate::plan::UnitId;
use crate::store::exchange::{EntryFault, read_entry};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::reader::cursor::{EntryCursor, EntryPosition};

/// Longest id in a subject or body, in bytes.
const ID_LIMIT: usize = 64;

/// Decodes an entry and checks it.
///
/// # Errors
/// [`BundleError::Malformed`], [`BundleError::HostileText`] or [`BundleError::UnknownCritical`] for
/// what no program like this one would have written.
pub(super) fn validated(
    cursor: &EntryCursor<'_>,
    at: EntryPosition,
    bytes: &[u8],
) -> Result<Recorded, BundleError> {
    let hostile = |position: usize| BundleError::HostileText {
        chunk: Some(at.chunk),
        entry: at.entry,
        position: u32::try_from(position).unwrap_or(u32::MAX),
    };
    let entry = read_entry(bytes).map_err(|fault| match fault {
        EntryFault::Hostile(position) => hostile(position),
        EntryFault::Shape(_) => at.malformed("entry"),
    })?;
    for words in texts(&entry) {
        if let Some(position) = text::first_hostile(words) {
            return Err(hostile(position));
        }
        if !text::is_clean(words, TEXT_LIMIT) {
            return Err(at.malformed("text"));
        }
    }
    for id in ids(&entry) {
        if let Some(position) = text::first_hostile(id) {
            return Err(hostile(position));
        }
        if id.is_empty() || id.len() > ID_LIMIT {
            return Err(at.malformed("id"));
        }
    }
    if !cites_well(&entry) {
        return Err(at.malformed("citations"));
    }
    if matches!(entry.body, Body::Unknown { .. }) && entry.flags & FLAG_CRITICAL != 0 {
        return Err(BundleError::UnknownCritical {
            chunk: at.chunk,
            entry: at.entry,
        });
    }
    // The first entry of an author says who it is, and no other does.
    let begins = matches!(entry.body, Body::EpochStart { .. });
    if begins != (cursor.seq == 1) || !fits(&entry) {
        return Err(at.malformed("subject"));
    }
    Ok(Recorded {
        author: cursor.author.ok_or(at.malformed("range"))?,
        seq: cursor.seq,
        previous: cursor.previous,
        hash: cursor.hash,
        entry,
    })
}

/// Whether an entry cites few entries, each once, and none before the first of a log.
fn cites_well(entry: &Entry) -> bool {
    let replaces = &entry.replaces;
    let each_once = || replaces.iter().collect::<BTreeSet<&EntryRef>>().len() == replaces.len();
    replaces.len() <= CITATIONS
        && replaces.iter().all(|cited| cited.seq > 0)
        && (replaces.len() < 2 || each_once())
}

/// Whether a body can be said of its subject.
fn fits(entry: &Entry) -> bool {
    match (&entry.subject, &entry.body) {
        (_, Body::Unknown { .. })
        | (Subject::Cell(_), Body::SetValue(_) | Body::Resolve(_))
        | (Subject::Note(_), Body::Note(_))
        | (Subject::Confirm(..), Body::Confirm { .. })
        | (Subject::Approval(..), Body::Approve { .. })
        | (Subject::Actor(_), Body::Actor { .. })
        | (Subject::Plan, Body::PlanInstall { .. }) => true,
        (Subject::Form(_), body) => matches!(
            body,
            Body::Submit { .. } | Body::Return | Body::Lock { .. } | Body::Reopen
        ),
        (Subject::Author(_), body) => matches!(
            body,
            Body::EpochStart { .. }
                | Body::Enrol { .. }
                | Body::Revoke { .. }
                | Body::RejectRange { .. }
        ),
        _ => false,
    }
}

/// The texts of an entry, its reason first.
fn texts(entry: &Entry) -> impl Iterator<Item = &str> {
    std::iter::once(entry.note.as_str()).chain(entry.body.texts())
}

/// The ids in an entry.
fn ids(entry: &Entry) -> impl Iterator<Item = &str> {
    let form = entry.subject.form();
    let form = form.map(|form| [form.unit.as_str(), form.period.as_str()]);
    let field = entry.subject.cell().map(|cell| cell.id.field.as_str());
    let further = match &entry.subject {
        Subject::Confirm(_, rule) => Some(rule.as_str()),
        Subject::Approval(_, owner) => Some(owner.as_str()),
        _ => None,
    };
    let (units, plan) = match &entry.body {
        Body::Enrol { units, .. } | Body::Actor { units, .. } => (units.as_slice(), None),
        Body::PlanInstall { id, .. } => (&[][..], Some(id.as_str())),
        _ => (&[][..], None),
    };
    form.into_iter()
        .flatten()
        .chain(field)
        .chain(further)
        .chain(units.iter().map(UnitId::as_str))
        .chain(plan)
}
