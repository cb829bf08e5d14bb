//! The lines in which a bundle says what its writer has, within their share of the header.

use crate::ledger::AuthorId;
use crate::ledger::chain::checkpoint_words;
use crate::store::StoreError;
use crate::store::exchange::{Checkpoint, ExchangeReader, Missing, PeerLog};
use crate::sync::bundle::have::{Have, HaveLine, LINE, MISSING};

/// Bytes of a header for the lines of `have`.
const SHARE: usize = 384 << 10;
/// Gaps of a log that are told one by one; those after them are told as one.
const GAPS: usize = 12_000;

/// What this store has of a log up to a place that its author has signed; `None` for the writer's own
/// log, signed when it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owned {
    pub(super) log: PeerLog,
    pub(super) checkpoint: Option<Checkpoint>,
}

/// The lines of `have` in a bundle written at `wall`. Those on the writers `first` always stand in it; where
/// not all others fit, some do now and others next time.
pub(super) fn have(
    store: &(impl ExchangeReader + ?Sized),
    owned: &[Owned],
    first: &[AuthorId],
    wall: u64,
) -> Result<Have, StoreError> {
    let mut owned: Vec<Owned> = owned.to_vec();
    for one in &mut owned {
        shorten(&mut one.log.missing);
    }
    owned.sort_by(|a, b| a.log.cmp(&b.log));
    let size = |one: &Owned| LINE + MISSING * one.log.missing.len();
    let all: usize = owned.iter().map(size).sum();
    let Some(window) = windows(&owned, size, wall).filter(|_| all > SHARE) else {
        let lines = owned.iter().map(|one| line(store, one));
        return Ok(Have::all(lines.collect::<Result<_, _>>()?));
    };
    let inside = |author: &AuthorId| (window.0..=window.1).contains(author);
    let told = owned
        .iter()
        .filter(|one| inside(&one.log.author) || first.contains(&one.log.author));
    Ok(Have {
        from: window.0,
        to: window.1,
        lines: told.map(|one| line(store, one)).collect::<Result<_, _>>()?,
    })
}

/// The authors from and to of which all lines stand in a bundle: another window each time.
fn windows(
    owned: &[Owned],
    size: impl Fn(&Owned) -> usize,
    wall: u64,
) -> Option<(AuthorId, AuthorId)> {
    let mut windows: Vec<(AuthorId, AuthorId)> = Vec::new();
    let mut filled = SHARE;
    for lines in owned.chunk_by(|a, b| a.log.author == b.log.author) {
        let author = lines.first()?.log.author;
        let bytes: usize = lines.iter().map(&size).sum();
        filled += bytes;
        if filled > SHARE {
            windows.push((author, author));
            filled = bytes;
        } else if let Some(window) = windows.last_mut() {
            window.1 = author;
        }
    }
    let which = blake3::hash(&wall.to_le_bytes());
    let which = which.as_bytes().first_chunk::<8>().copied()?;
    let count = u64::try_from(windows.len()).ok()?;
    let at = u64::from_le_bytes(which).checked_rem(count)?;
    windows.get(usize::try_from(at).ok()?).copied()
}

/// Joins the gaps behind the first ones: what is said to be missing and is not comes once more.
fn shorten(missing: &mut Vec<Missing>) {
    if missing.len() <= GAPS {
        return;
    }
    let last = missing.last().map_or(0, Missing::last);
    missing.truncate(GAPS);
    if let Some(joined) = missing.last_mut() {
        let count = last.saturating_sub(joined.first).saturating_add(1);
        joined.count = u32::try_from(count).unwrap_or(u32::MAX);
    }
}

fn line(store: &(impl ExchangeReader + ?Sized), one: &Owned) -> Result<HaveLine, StoreError> {
    let log = &one.log;
    let signature = if let Some(point) = &one.checkpoint {
        point.signature
    } else {
        let words = checkpoint_words(&log.author, log.last, &log.hash);
        store.sign(&words)?.1
    };
    Ok(HaveLine {
        author: log.author,
        last: log.last,
        hash: log.hash,
        signature,
        missing: log.missing.clone(),
    })
}
