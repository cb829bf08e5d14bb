//! Export of bundles: every entry that the receiver is not known to have, of all logs, each up to where
//! its author has signed it. What the receiver has is known from its own bundles alone, so that the next
//! bundle brings what a lost stick carried.

use crate::ledger::chain::checkpoint_words;
use crate::ledger::trust::Succession;
use crate::ledger::{AuthorId, Hash};
use crate::plan::{Plan, UnitId};
use crate::store::exchange::{Checkpoint, ExchangeReader, Peer, PeerLog, Snapshot, Tip};
use crate::store::{StoreError, StoreInfo};
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::have::{Have, HaveLine};
use crate::sync::bundle::header::{Header, Scope, Vouch};
use crate::sync::bundle::limits;
use crate::sync::bundle::range::Range;
use crate::sync::bundle::writer::BundleWriter;

/// What bundle is asked for.
#[derive(Clone, Debug)]
pub struct ExportRequest<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// The unit it is for; `None` for anyone, which brings everything.
    pub to: Option<&'a UnitId>,
    /// What the receiver has not acknowledged, or everything.
    pub scope: Scope,
    /// The time, in milliseconds since 1970-01-01 UTC.
    pub wall: u64,
}

/// A range of a log that a bundle would carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingRange {
    /// The author of the log.
    pub author: AuthorId,
    /// The first number.
    pub first: u64,
    /// The last number and its hash.
    pub tip: Tip,
    /// The author's signature over the last; `None` for the writer's own log, signed when it is written.
    checkpoint: Option<Checkpoint>,
}

/// What a bundle would carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPlan {
    /// The ranges, in the request of their authors.
    pub pieces: Vec<OutgoingRange>,
    /// What this store has, each log up to where its author has signed it; `None` for the writer's own
    /// log, signed when it is written.
    have: Vec<(PeerLog, Option<Checkpoint>)>,
    /// What the receiver said last, where it ever did.
    pub peer: Option<Peer>,
    info: StoreInfo,
}

impl ExportPlan {
    /// The number of entries.
    pub fn entries(&self) -> u64 {
        let count = |piece: &OutgoingRange| piece.tip.0.saturating_sub(piece.first) + 1;
        self.pieces.iter().map(count).sum()
    }
}

/// Why no bundle was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bundle would break a limit.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

/// Plans a bundle: says what it would carry, and writes nothing.
///
/// # Errors
/// When the store cannot be read.
pub fn plan(
    store: &(impl ExchangeReader + ?Sized),
    request: &ExportRequest<'_>,
) -> Result<ExportPlan, StoreError> {
    let (info, points, authors) = (store.info()?, store.checkpoints()?, store.authors()?);
    let mut peers = store.peers()?;
    peers.retain(|peer| Some(&peer.unit) == request.to);
    peers.sort_by_key(|peer| (peer.created, peer.root));
    let (mut pieces, mut have) = (Vec::new(), Vec::new());
    store.with_snapshot(&mut |snapshot| {
        (pieces, have) = (Vec::new(), Vec::new());
        let has = match request.scope {
            Scope::Since => common(snapshot, &peers)?,
            Scope::All => Vec::new(),
        };
        for author in &authors {
            let tips = snapshot.tips(author)?;
            let log = Log {
                author: *author,
                forked: tips.len() > 1,
            };
            let before = pieces.len();
            for tip in tips {
                let signed = if *author == info.author {
                    Some((tip, None))
                } else {
                    log.signed_up_to(&tip, &points)
                };
                let Some((tip, checkpoint)) = signed else {
                    continue;
                };
                let said = PeerLog {
                    author: *author,
                    last: tip.0,
                    hash: tip.1,
                    missing: Vec::new(),
                };
                if !have.iter().any(|(other, _)| *other == said) {
                    have.push((said, checkpoint.clone()));
                }
                let again = pieces
                    .iter()
                    .skip(before)
                    .any(|other: &OutgoingRange| other.tip == tip);
                if let (false, Some(first)) = (again, log.first_missing(snapshot, &tip, &has)?) {
                    pieces.push(OutgoingRange {
                        author: *author,
                        first,
                        tip,
                        checkpoint,
                    });
                }
            }
        }
        Ok(())
    })?;
    Ok(ExportPlan {
        pieces,
        have,
        peer: peers.pop(),
        info,
    })
}

/// A log of the store.
struct Log {
    author: AuthorId,
    forked: bool,
}

impl Log {
    /// The entry nearest to the end of a branch that its author has signed, with the signature; `None`
    /// where the author has signed nothing of it.
    fn signed_up_to(&self, tip: &Tip, points: &[Checkpoint]) -> Option<(Tip, Option<Checkpoint>)> {
        let point = points
            .iter()
            .filter(|point| {
                point.author == self.author && AuthorId::of_key(&point.key) == self.author
            })
            .filter(|point| point.seq <= tip.0)
            .max_by_key(|point| (point.hash == tip.1, point.seq))?;
        Some(((point.seq, point.hash), Some(point.clone())))
    }

    /// The first number that the receiver is not known to have of a branch; `None` when it has all. Of a
    /// log with several branches everything goes: what the receiver has may be on another one.
    fn first_missing(
        &self,
        snapshot: &dyn Snapshot,
        tip: &Tip,
        has: &[PeerLog],
    ) -> Result<Option<u64>, StoreError> {
        let mut first = 1;
        for log in has.iter().filter(|log| log.author == self.author) {
            if (log.last, log.hash) == *tip {
                return Ok(None);
            }
            if !self.forked
                && log.last < tip.0
                && snapshot.holds(&self.author, log.last, &log.hash)?
            {
                first = first.max(log.last.saturating_add(1));
            }
        }
        Ok(Some(first))
    }
}

/// What every store of the receiving unit has. An author that another continues, and from which nothing
/// has come since that one began, is left out. Where one author is two stores, a copy that nobody has
/// noticed yet, what it says holds for one of them only, so that nothing is common.
fn common(snapshot: &dyn Snapshot, peers: &[Peer]) -> Result<Vec<PeerLog>, StoreError> {
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

/// The lower of two statements on each author that both know.
fn lower(a: &[PeerLog], b: &[PeerLog]) -> Vec<PeerLog> {
    let lowest = |have: &[PeerLog], author: &AuthorId| {
        let of = have.iter().filter(|log| log.author == *author);
        of.min_by_key(|log| log.last).cloned()
    };
    let authors = a.iter().map(|log| log.author);
    authors
        .filter_map(|author| Some(lowest(a, &author)?.min(lowest(b, &author)?)))
        .collect()
}

/// Writes the bytes of a planned bundle.
///
/// # Errors
/// [`ExportError`].
pub fn bundle(
    store: &(impl ExchangeReader + ?Sized),
    request: &ExportRequest<'_>,
    plan: &ExportPlan,
) -> Result<Vec<u8>, ExportError> {
    let too_large = |what| ExportError::Bundle(BundleError::TooLarge { what });
    if plan.entries() > limits::ENTRIES {
        return Err(too_large(Limit::Entries));
    }
    let (signer, _) = store.sign(b"")?;
    if AuthorId::of_key(&signer) != plan.info.author {
        // A new epoch has begun since: what was planned is no longer ours to sign.
        return Err(StoreError::Refused("epoch".to_owned()).into());
    }
    let mut writer = BundleWriter::default();
    let mut ranges = Vec::new();
    for piece in &plan.pieces {
        let mut previous = Hash::ZERO;
        store.log_bytes(&piece.author, piece.first, &piece.tip, &mut |incoming| {
            if incoming.seq == piece.first {
                previous = *incoming.previous;
            }
            writer.push(incoming.bytes);
            Ok(())
        })?;
        let (key, signature) = if let Some(point) = &piece.checkpoint {
            (point.key, point.signature)
        } else {
            let words = checkpoint_words(&piece.author, piece.tip.0, &piece.tip.1);
            store.sign(&words)?
        };
        ranges.push(Range {
            key,
            first: piece.first,
            last: piece.tip.0,
            previous,
            hash: piece.tip.1,
            signature,
            withheld: Vec::new(),
        });
    }
    let header = header(store, request, plan, ranges, writer.raw(), signer)?;
    let bytes = header.bytes();
    if bytes.len() > limits::HEADER as usize {
        return Err(too_large(Limit::Header));
    }
    if writer.raw() > limits::RAW {
        return Err(too_large(Limit::Raw));
    }
    writer.seal(&bytes, |words| Ok(store.sign(words)?.1))
}

fn header(
    store: &(impl ExchangeReader + ?Sized),
    request: &ExportRequest<'_>,
    plan: &ExportPlan,
    ranges: Vec<Range>,
    raw: u64,
    signer: [u8; 32],
) -> Result<Header, ExportError> {
    let is_vouch = |point: &Checkpoint| AuthorId::of_key(&point.key) != point.author;
    let mut vouches = store.checkpoints()?;
    vouches.retain(is_vouch);
    // Without its own vouch the signer of this bundle would be unknown to the receiver.
    vouches.sort_by_key(|point| point.author != plan.info.author);
    let vouches = vouches.into_iter();
    Ok(Header {
        signer,
        critical: 0,
        optional: 0,
        plan_id: request.plan.id.clone(),
        plan_version: request.plan.version,
        plan_hash: Hash(request.plan.hash),
        district: request.plan.district.clone(),
        from: plan.info.unit.clone(),
        to: request.to.cloned().unwrap_or_else(|| UnitId::new("")),
        created: request.wall,
        scope: request.scope,
        entries: u32::try_from(plan.entries()).unwrap_or(u32::MAX),
        raw,
        ranges,
        have: have(store, plan)?,
        vouches: vouches
            .map(|point| Vouch {
                author: point.author,
                hash: point.hash,
                by: point.key,
                signature: point.signature,
            })
            .collect(),
    })
}

/// What the writer has, each line signed by the author of the log.
fn have(store: &(impl ExchangeReader + ?Sized), plan: &ExportPlan) -> Result<Have, StoreError> {
    let mut lines = Vec::with_capacity(plan.have.len());
    for (log, checkpoint) in &plan.have {
        let signature = if let Some(point) = checkpoint {
            point.signature
        } else {
            let words = checkpoint_words(&log.author, log.last, &log.hash);
            store.sign(&words)?.1
        };
        lines.push(HaveLine {
            author: log.author,
            last: log.last,
            hash: log.hash,
            signature,
            missing: log.missing.clone(),
        });
    }
    Ok(Have::all(lines))
}
