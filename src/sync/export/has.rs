//! What the receiver of a bundle is known to have: from its own bundles alone, as far as they proved it.

use crate::ledger::AuthorId;
use crate::ledger::trust::Succession;
use crate::store::StoreError;
use crate::store::exchange::{Missing, Peer, PeerLog, Snapshot};

/// What every store of the receiving unit has. An author that another continues, and from which nothing
/// has come since that one began, is left out. Where one author is two stores, a copy that nobody has
/// noticed yet, what it says holds for one of them only, so that nothing is common.
pub(super) fn common(snapshot: &dyn Snapshot, peers: &[Peer]) -> Result<Vec<PeerLog>, StoreError> {
    let (vouched, controls) = (snapshot.vouched()?, snapshot.controls()?);
    let began = |author: &AuthorId| {
        let first = controls.iter().find(|c| c.author == *author && c.seq == 1);
        first.map_or(0, |first| first.entry.wall())
    };
    let mut common: Option<Vec<PeerLog>> = None;
    for peer in peers {
        let followed =
            |vouch: &Succession| vouch.by == peer.author && peer.created < began(&vouch.author);
        if vouched.iter().any(followed) {
            continue;
        }
        if snapshot.tips(&peer.author)?.len() > 1 {
            return Ok(Vec::new());
        }
        common = Some(match common {
            None => peer.have.clone(),
            Some(before) => lower(&before, &peer.have),
        });
    }
    Ok(common.unwrap_or_default())
}

/// The lower of two statements on each author that both know, without what either is missing.
fn lower(a: &[PeerLog], b: &[PeerLog]) -> Vec<PeerLog> {
    let lowest = |have: &[PeerLog], author: &AuthorId| {
        let of = have.iter().filter(|log| log.author == *author);
        of.min_by_key(|log| log.last).cloned()
    };
    let mut both: Vec<PeerLog> = Vec::new();
    for author in a.iter().map(|log| log.author) {
        if both.last().is_some_and(|log| log.author == author) {
            continue;
        }
        if let (Some(a), Some(b)) = (lowest(a, &author), lowest(b, &author)) {
            let missing = either(&a.missing, &b.missing);
            let log = if a.last <= b.last { a } else { b };
            both.push(PeerLog { missing, ..log });
        }
    }
    both
}

/// What is missing on one side or the other, in order.
fn either(a: &[Missing], b: &[Missing]) -> Vec<Missing> {
    let mut all: Vec<Missing> = a.iter().chain(b).copied().collect();
    all.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for gap in all {
        match joined.last_mut() {
            Some(last) if gap.first <= last.1.saturating_add(1) => last.1 = last.1.max(gap.last()),
            _ => joined.push((gap.first, gap.last())),
        }
    }
    let gap = |(first, last): (u64, u64)| Missing {
        first,
        count: u32::try_from(last - first + 1).unwrap_or(u32::MAX),
    };
    joined.into_iter().map(gap).collect()
}
