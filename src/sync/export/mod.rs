//! Export of bundles: every entry that the receiver is not known to have, of all logs, each up to where
//! its author has signed it. What the receiver has is known from its own bundles alone, so that the next
//! bundle brings what a lost stick carried.

use std::collections::BTreeMap;

use crate::ledger::chain::checkpoint_words;
use crate::ledger::trust::Succession;
use crate::ledger::{AuthorId, Body, Hash};
use crate::plan::{Plan, UnitId};
use crate::store::exchange::{Checkpoint, ExchangeReader, Peer, Snapshot, Tip, read_entry};
use crate::store::{StoreError, StoreInfo};
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::header::{Have, Header, Range, Scope, Vouch};
use crate::sync::bundle::limits;
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
    /// The ranges, in the order of their authors.
    pub pieces: Vec<OutgoingRange>,
    /// What this store has.
    pub have: Have,
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
    order: &ExportRequest<'_>,
) -> Result<ExportPlan, StoreError> {
    let (info, points) = (store.info()?, store.checkpoints()?);
    let mut peers = store.peers()?;
    peers.retain(|peer| Some(&peer.unit) == order.to);
    peers.sort_by_key(|peer| (peer.created, peer.root));
    let authors = store.authors()?;
    let (mut pieces, mut have): (Vec<OutgoingRange>, Have) = (Vec::new(), Vec::new());
    store.with_snapshot(&mut |snapshot| {
        (pieces, have) = (Vec::new(), Vec::new());
        let has = match order.scope {
            Scope::Since => common(snapshot, &peers)?,
            Scope::All => Vec::new(),
        };
        for author in &authors {
            let before = pieces.len();
            let tips = snapshot.tips(author)?;
            have.extend(tips.iter().map(|(seq, hash)| (*author, *seq, *hash)));
            for tip in tips {
                let own = *author == info.author;
                let found = piece(snapshot, author, tip, own, &points, &has)?;
                let again =
                    |other: &OutgoingRange| found.as_ref().is_some_and(|f| f.tip == other.tip);
                if !pieces.iter().skip(before).any(again) {
                    pieces.extend(found);
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

/// What every store of the receiving unit has. An author that another continues, and from which nothing
/// has come since that one began, is left out. Where one author is two stores, a copy that nobody has
/// noticed yet, what it says holds for one of them only, so that nothing is common.
fn common(snapshot: &dyn Snapshot, peers: &[Peer]) -> Result<Have, StoreError> {
    let (vouched, controls) = (snapshot.vouched()?, snapshot.controls()?);
    let began = |author: &AuthorId| {
        let first = controls.iter().find(|c| c.author == *author && c.seq == 1);
        first.map_or(0, |first| first.entry.clock.millis)
    };
    let mut common: Option<Have> = None;
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
fn lower(a: &Have, b: &Have) -> Have {
    let lowest = |have: &Have, author: &AuthorId| {
        let of = have.iter().filter(|line| line.0 == *author);
        of.min_by_key(|line| line.1).copied()
    };
    let authors = a.iter().map(|line| line.0);
    authors
        .filter_map(|author| Some(lowest(a, &author)?.min(lowest(b, &author)?)))
        .collect()
}

/// The range of one branch of a log that goes; `None` when the receiver has it or no signature covers it.
fn piece(
    snapshot: &dyn Snapshot,
    author: &AuthorId,
    tip: Tip,
    own: bool,
    points: &[Checkpoint],
    has: &Have,
) -> Result<Option<OutgoingRange>, StoreError> {
    let mut tip = tip;
    let mut checkpoint = None;
    if !own {
        // Without the author's word on its very end, up to where there is one.
        let vouched = points
            .iter()
            .filter(|point| point.author == *author && AuthorId::of_key(&point.key) == *author)
            .filter(|point| point.seq <= tip.0)
            .max_by_key(|point| (point.hash == tip.1, point.seq));
        let Some(point) = vouched else {
            return Ok(None);
        };
        tip = (point.seq, point.hash);
        checkpoint = Some(point.clone());
    }
    let forked = snapshot.tips(author)?.len() > 1;
    let mut first = 1;
    for (_, seq, hash) in has.iter().filter(|(whose, ..)| whose == author) {
        if (*seq, *hash) == tip {
            return Ok(None);
        }
        // On a branch, what they have may be on the other one: too much does no harm.
        if !forked && *seq < tip.0 && snapshot.holds(author, *seq, hash)? {
            first = first.max(seq.saturating_add(1));
        }
    }
    Ok(Some(OutgoingRange {
        author: *author,
        first,
        tip,
        checkpoint,
    }))
}

/// Writes the bytes of a planned bundle.
///
/// # Errors
/// [`ExportError`].
pub fn bundle(
    store: &(impl ExchangeReader + ?Sized),
    order: &ExportRequest<'_>,
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
    let mut chunks = EntryChunks::default();
    let mut ranges = Vec::new();
    let keys = keys(store, plan)?;
    for piece in &plan.pieces {
        let Some(key) = keys.get(&piece.author) else {
            return Err(StoreError::Damaged("epoch".to_owned()).into());
        };
        let mut previous = Hash::ZERO;
        store.log_bytes(&piece.author, piece.first, &piece.tip, &mut |incoming| {
            if incoming.seq == piece.first {
                previous = *incoming.previous;
            }
            chunks.push(incoming.bytes);
            Ok(())
        })?;
        let signature = if let Some(point) = &piece.checkpoint {
            point.signature
        } else {
            let words = checkpoint_words(&piece.author, piece.tip.0, &piece.tip.1);
            store.sign(&words)?.1
        };
        ranges.push(Range {
            key: *key,
            first: piece.first,
            last: piece.tip.0,
            previous,
            hash: piece.tip.1,
            signature,
        });
    }
    let header = header(store, order, plan, ranges, chunks.raw, signer)?;
    let bytes = header.bytes();
    if bytes.len() > limits::HEADER as usize || header.ranges.len() > limits::RANGES {
        return Err(too_large(Limit::Header));
    }
    if chunks.raw > limits::RAW {
        return Err(too_large(Limit::Raw));
    }
    chunks.seal(&bytes, |words| Ok(store.sign(words)?.1))
}

fn header(
    store: &(impl ExchangeReader + ?Sized),
    order: &ExportRequest<'_>,
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
        plan_id: order.plan.id.clone(),
        plan_version: order.plan.version,
        plan_hash: Hash(order.plan.hash),
        district: order.plan.district.clone(),
        from: plan.info.unit.clone(),
        to: order.to.cloned().unwrap_or_else(|| UnitId::new("")),
        created: order.wall,
        scope: order.scope,
        entries: u32::try_from(plan.entries()).unwrap_or(u32::MAX),
        raw,
        ranges,
        have: plan.have.iter().take(limits::HAVE).copied().collect(),
        vouches: vouches
            .take(limits::VOUCHES)
            .map(|point| Vouch {
                author: point.author,
                hash: point.hash,
                by: point.key,
                signature: point.signature,
            })
            .collect(),
    })
}

/// Reads the public keys of the authors from the first entries of their logs.
fn keys(
    store: &(impl ExchangeReader + ?Sized),
    plan: &ExportPlan,
) -> Result<BTreeMap<AuthorId, [u8; 32]>, StoreError> {
    let mut keys = BTreeMap::new();
    for piece in &plan.pieces {
        let mut first = None;
        store
            .log_bytes(&piece.author, 1, &piece.tip, &mut |incoming| {
                first.get_or_insert_with(|| incoming.bytes.to_vec());
                // One is enough; the rest of the log is not read.
                Err(StoreError::NothingToUndo)
            })
            .or_else(|error| match error {
                StoreError::NothingToUndo => Ok(()),
                error => Err(error),
            })?;
        let entry = first.and_then(|bytes| read_entry(&bytes).ok());
        if let Some(Body::EpochStart { public_key, .. }) = entry.map(|entry| entry.body) {
            keys.insert(piece.author, public_key);
        }
    }
    Ok(keys)
}

/// Entries gathered into chunks of at most [`limits::CHUNK_RAW`] bytes, each compressed when it is full.
#[derive(Default)]
pub struct EntryChunks {
    done: BundleWriter,
    open: Vec<u8>,
    raw: u64,
    /// Why a chunk could not be compressed; reported when the bundle is put together.
    failed: Option<BundleError>,
}

impl EntryChunks {
    /// Adds one entry.
    pub fn push(&mut self, entry: &[u8]) {
        let length = u32::try_from(entry.len()).unwrap_or(u32::MAX);
        if self.open.len() + 4 + entry.len() > limits::CHUNK_RAW as usize {
            self.close();
        }
        self.open.extend(length.to_le_bytes());
        self.open.extend(entry);
        self.raw += u64::from(length) + 4;
    }

    /// The bytes of all entries before compression.
    pub fn raw(&self) -> u64 {
        self.raw
    }

    fn close(&mut self) {
        if !self.open.is_empty() && self.failed.is_none() {
            self.failed = self.done.push(&self.open).err();
        }
        self.open.clear();
    }

    /// The bytes of the bundle under `header`; `sign` signs what it is given.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`], or what `sign` gives.
    pub fn seal<E: From<BundleError>>(
        mut self,
        header: &[u8],
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Vec<u8>, E> {
        self.close();
        match self.failed {
            Some(error) => Err(error.into()),
            None => self.done.seal(header, sign),
        }
    }
}
