//! The outcome of each bundle of an import, and what is written because of it: its entries, its report,
//! what its signer has, and whether the bundle itself is kept.

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

/// The bundles that are kept, as an import adds to them.
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

    /// Adds a bundle; `false` when there is no room for it.
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

/// Concludes one bundle: adds to `decision` what is written because of it, and says what becomes of it.
///
/// # Errors
/// When the store cannot be read.
pub(in crate::sync) fn conclude<'b>(
    merge: &Merge<'_, 'b>,
    at: usize,
    late: u64,
    waiting_room: &mut WaitingRoom,
    decision: &mut ImportDecision<'b>,
) -> Result<Option<BundlePlan>, StoreError> {
    let (Some(bundle), Some(state)) = (merge.bundles.get(at), merge.states.get(at)) else {
        return Ok(None);
    };
    let bundle: &'b VerifiedBundle = bundle;
    let (header, root) = (bundle.header(), bundle.root());
    let before = merge.snapshot.report(&root)?;
    let mut counts = state.counts;
    counts.late = late;
    let rest = u64::from(header.entries).saturating_sub(counts.new + counts.known);
    let outcome = match (&state.obstacle, &before) {
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
    if state.believed
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

/// The unknown authors of a bundle with their fingerprints, which people compare.
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

/// Adds the bundle to those that are kept, or removes it from them, as its outcome asks.
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
        BundleOutcome::Refused(error) if error.is_evidence() => Held::Refused,
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
        // Evidence for which there is no room is refused all the same.
        BundleOutcome::Refused(_) => outcome,
        _ => BundleOutcome::Refused(error),
    }
}

/// Adds to the decision what is written because of a bundle whose signer is trusted.
fn taken<'b>(
    merge: &Merge<'_, 'b>,
    at: usize,
    bundle: &'b VerifiedBundle,
    before: Option<Report>,
    decision: &mut ImportDecision<'b>,
) -> Result<(), StoreError> {
    let Some(state) = merge.states.get(at) else {
        return Ok(());
    };
    take_pieces(bundle, state, decision);
    take_peer(merge, at, bundle, decision)?;
    if state.pieces.is_empty() && state.runs.is_empty() && state.obstacle.is_some() {
        return Ok(());
    }
    let (mut pieces, mut withheld, details) = before
        .map(|report| (report.pieces, report.withheld, report.details))
        .unwrap_or_default();
    pieces.extend(state.pieces.iter().map(|(_, piece)| *piece));
    withheld.extend(&state.runs);
    decision.reports.push(Report {
        root: bundle.root(),
        wall: merge.context.wall,
        by: merge.context.by.clone(),
        signer: bundle.header().signed_by(),
        pieces,
        withheld,
        details,
    });
    Ok(())
}

/// Adds the pieces that a bundle brings, and the signatures that vouch for them.
fn take_pieces<'b>(
    bundle: &'b VerifiedBundle,
    state: &BundleState,
    decision: &mut ImportDecision<'b>,
) {
    let header = bundle.header();
    let mut ranges: BTreeMap<usize, u64> = BTreeMap::new();
    for (index, piece) in &state.pieces {
        decision.entries += piece.last.saturating_sub(piece.first) + 1;
        ranges.entry(*index).or_insert(piece.first);
    }
    for (index, first) in &ranges {
        decision
            .taken
            .extend(header.ranges.get(*index).map(|range| TakenPiece {
                source: bundle,
                index: *index,
                author: range.author(),
                from: *first,
            }));
    }
    decision.withheld.extend(&state.runs);
    for range in state
        .done
        .iter()
        .filter_map(|index| header.ranges.get(*index))
    {
        decision.checkpoints.push(Checkpoint {
            author: range.author(),
            seq: range.last,
            hash: range.hash,
            key: range.key,
            signature: range.signature,
        });
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

/// Adds what the signer of a bundle has, unless a later bundle of it is known.
fn take_peer(
    merge: &Merge<'_, '_>,
    at: usize,
    bundle: &VerifiedBundle,
    decision: &mut ImportDecision<'_>,
) -> Result<(), StoreError> {
    let header = bundle.header();
    let mut peer = Peer {
        author: header.signed_by(),
        unit: header.from.clone(),
        created: header.created,
        received: merge.context.wall,
        root: bundle.root(),
        have: Vec::new(),
    };
    let newer = |known: &Peer| (known.created, known.root) < (peer.created, peer.root);
    let mut known = decision.peers.iter();
    let known = match known.find(|known| known.author == peer.author) {
        Some(known) => Some(known.clone()),
        None => merge.snapshot.peer(&peer.author)?,
    };
    if !merge.trust.is_own(&peer.author) && known.as_ref().is_none_or(newer) {
        let before = known.map(|known| known.have).unwrap_or_default();
        peer.have = merge.has(at, header, &before);
        decision.peers.retain(|other| other.author != peer.author);
        decision.peers.push(peer);
    }
    Ok(())
}
