//! What is written because of each bundle: its entries' place in the decision, its report, what its
//! signer said of itself, and whether the bundle itself is kept.

use std::collections::BTreeMap;

use crate::ledger::{AuthorId, Hash};
use crate::store::StoreError;
use crate::store::exchange::{
    Checkpoint, Held, HeldBundle, ImportDecision, Peer, Report, TakenPiece,
};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::fingerprint::fingerprint;
use crate::sync::bundle::header::Header;
use crate::sync::bundle::limits;
use crate::sync::bundle::reader::VerifiedBundle;
use crate::sync::held::facts::HeldFacts;
use crate::sync::import::merge::{BundleState, Merge, Obstacle};
use crate::sync::import::plan::{BundleOutcome, BundlePlan, UnknownAuthor};

/// The waiting room as it fills.
pub(in crate::sync) struct WaitingRoom {
    held: BTreeMap<Hash, HeldBundle>,
}

impl WaitingRoom {
    pub(in crate::sync) fn of(merge: &Merge<'_, '_>) -> Result<Self, StoreError> {
        let held = merge.snapshot.held()?;
        Ok(Self {
            held: held.into_iter().map(|held| (held.root, held)).collect(),
        })
    }

    /// Makes place for a bundle; `false` when there is none.
    fn admit(&mut self, bundle: HeldBundle) -> bool {
        let others = self.held.values().filter(|held| held.root != bundle.root);
        let bytes: u64 = others.clone().map(|held| held.size).sum();
        let fits = others.count() < limits::HELD
            && bytes.saturating_add(bundle.size) <= limits::HELD_BYTES;
        if fits {
            self.held.insert(bundle.root, bundle);
        }
        fits
    }
}

/// What becomes of one bundle; `None` for one that goes on waiting as it did.
pub(in crate::sync) fn bundle<'b>(
    merge: &Merge<'_, 'b>,
    at: usize,
    late: u64,
    waiting_room: &mut WaitingRoom,
    decision: &mut ImportDecision<'b>,
) -> Result<Option<BundlePlan>, StoreError> {
    let (Some(bundle), Some(progress)) = (merge.bundles.get(at), merge.progress.get(at)) else {
        return Ok(None);
    };
    let bundle: &'b VerifiedBundle = bundle;
    let (header, root) = (bundle.header(), bundle.root());
    let before = merge.snapshot.report(&root)?;
    let mut counts = progress.counts;
    counts.late = late;
    let rest = u64::from(header.entries).saturating_sub(counts.new + counts.known);
    let outcome = match (&progress.obstacle, &before) {
        (Some(Obstacle::Refused(error)), _) => {
            counts.refused = rest;
            BundleOutcome::Refused(error.clone())
        }
        (Some(Obstacle::Unknown(authors)), _) => {
            counts.refused = rest;
            BundleOutcome::Quarantined(authors.iter().copied().collect())
        }
        (Some(Obstacle::Gaps(gaps)), _) => {
            counts.waiting = rest;
            BundleOutcome::Waiting(gaps.clone())
        }
        (None, Some(report)) if counts.new == 0 => BundleOutcome::Already {
            wall: report.wall,
            by: report.by.clone(),
        },
        (None, _) => BundleOutcome::Taken,
    };
    let outcome = keep(merge, bundle, outcome, waiting_room, decision);
    if progress.believed
        && !matches!(
            outcome,
            BundleOutcome::Already { .. } | BundleOutcome::Refused(_)
        )
    {
        taken(merge, at, bundle, before, decision)?;
    }
    Ok(Some(BundlePlan {
        root,
        signer: header.signed_by(),
        from: header.from.clone(),
        created: header.created,
        unknown_authors: match &outcome {
            BundleOutcome::Quarantined(authors) => unknown_authors(header, authors),
            _ => Vec::new(),
        },
        outcome,
        counts,
    }))
}

/// The unknown authors with what people compare: their keys stand in the header.
pub(in crate::sync) fn unknown_authors(
    header: &Header,
    authors: &[AuthorId],
) -> Vec<UnknownAuthor> {
    let ranges = header.ranges.iter().map(|range| &range.key);
    let keys: BTreeMap<AuthorId, &[u8; 32]> = std::iter::once(&header.signer)
        .chain(ranges)
        .map(|key| (AuthorId::of_key(key), key))
        .collect();
    let known = authors.iter().filter_map(|author| {
        let signs = *author == header.signed_by();
        Some(UnknownAuthor {
            author: *author,
            digits: fingerprint(keys.get(author)?),
            says: signs.then(|| header.from.clone()),
        })
    });
    known.collect()
}

/// Keeps the bundle where it must be kept, and lets it go where it must not.
fn keep<'b>(
    merge: &Merge<'_, 'b>,
    bundle: &'b VerifiedBundle,
    outcome: BundleOutcome,
    waiting_room: &mut WaitingRoom,
    decision: &mut ImportDecision<'b>,
) -> BundleOutcome {
    let root = bundle.root();
    let held = match &outcome {
        BundleOutcome::Waiting(_) => Held::Waiting,
        BundleOutcome::Quarantined(_) => Held::Quarantine,
        BundleOutcome::Refused(BundleError::Oversteps { .. }) => Held::Refused,
        _ => {
            if waiting_room.held.contains_key(&root) {
                decision.release.push(root);
            }
            return outcome;
        }
    };
    if waiting_room
        .held
        .get(&root)
        .is_some_and(|known| known.held == held)
    {
        return outcome;
    }
    let refusal = match &outcome {
        BundleOutcome::Refused(error) => Some(error.clone()),
        _ => None,
    };
    let facts = HeldFacts::of(bundle, refusal);
    let new = HeldBundle {
        root,
        held,
        wall: merge.context.wall,
        size: u64::try_from(bundle.container().size()).unwrap_or(u64::MAX),
        facts: facts.bytes(),
    };
    let error = if waiting_room.admit(new.clone()) {
        match bundle.bytes() {
            Ok(bytes) => {
                decision.hold.push((new, bytes));
                return outcome;
            }
            Err(error) => error,
        }
    } else {
        BundleError::RoomFull
    };
    match outcome {
        // Evidence that has no place is refused all the same.
        BundleOutcome::Refused(_) => outcome,
        _ => BundleOutcome::Refused(error),
    }
}

/// Everything that is written because of a bundle that is believed.
fn taken<'b>(
    merge: &Merge<'_, 'b>,
    at: usize,
    bundle: &'b VerifiedBundle,
    before: Option<Report>,
    decision: &mut ImportDecision<'b>,
) -> Result<(), StoreError> {
    let Some(progress) = merge.progress.get(at) else {
        return Ok(());
    };
    carried(bundle, progress, decision);
    heard(merge, bundle, decision)?;
    if progress.pieces.is_empty() && progress.obstacle.is_some() {
        return Ok(());
    }
    let (mut pieces, details) = before
        .map(|report| (report.pieces, report.details))
        .unwrap_or_default();
    pieces.extend(progress.pieces.iter().map(|(_, piece)| *piece));
    decision.reports.push(Report {
        root: bundle.root(),
        wall: merge.context.wall,
        by: merge.context.by.clone(),
        signer: bundle.header().signed_by(),
        pieces,
        details,
    });
    Ok(())
}

/// The pieces it brings, and the signatures that vouch for them.
fn carried<'b>(
    bundle: &'b VerifiedBundle,
    progress: &BundleState,
    decision: &mut ImportDecision<'b>,
) {
    let header = bundle.header();
    for (index, piece) in &progress.pieces {
        decision.taken.push(TakenPiece {
            source: bundle,
            index: *index,
            author: piece.author,
            from: piece.first,
        });
        decision.entries += piece.last.saturating_sub(piece.first) + 1;
        let range = header.ranges.get(*index);
        decision.checkpoints.extend(range.map(|range| Checkpoint {
            author: piece.author,
            seq: piece.last,
            hash: piece.hash,
            key: range.key,
            signature: range.signature,
        }));
    }
    let vouched = header.vouches.iter().map(|vouch| Checkpoint {
        author: vouch.author,
        seq: 1,
        hash: vouch.hash,
        key: vouch.by,
        signature: vouch.signature,
    });
    decision.checkpoints.extend(vouched);
}

/// What its signer says of itself, unless a later word of it is known.
fn heard(
    merge: &Merge<'_, '_>,
    bundle: &VerifiedBundle,
    decision: &mut ImportDecision<'_>,
) -> Result<(), StoreError> {
    let header = bundle.header();
    let peer = Peer {
        author: header.signed_by(),
        unit: header.from.clone(),
        created: header.created,
        received: merge.context.wall,
        root: bundle.root(),
        have: header.have.clone(),
    };
    let newer = |known: &Peer| (known.created, known.root) < (peer.created, peer.root);
    let mut known = decision.peers.iter();
    let known = match known.find(|known| known.author == peer.author) {
        Some(known) => Some(known.clone()),
        None => merge.snapshot.peer(&peer.author)?,
    };
    if !merge.trust.is_own(&peer.author) && known.as_ref().is_none_or(newer) {
        decision.peers.retain(|other| other.author != peer.author);
        decision.peers.push(peer);
    }
    Ok(())
}
