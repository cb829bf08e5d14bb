//! Export of bundles: every entry that concerns the receiver and that it is not known to have, of all logs,
//! each up to where its author has signed it. What the receiver has is known from its own bundles alone,
//! so that the next bundle brings what a lost stick carried.

pub mod concern;
mod has;
mod have;
mod parts;
mod ranges;

pub use ranges::OutgoingRange;

use std::collections::BTreeMap;

use crate::ledger::chain::checkpoint_words;
use crate::ledger::{AuthorId, Hash, Trust};
use crate::plan::{Plan, UnitId};
use crate::store::exchange::{Checkpoint, ExchangeReader, Peer, PeerLog, Snapshot};
use crate::store::{StoreError, StoreInfo};
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::header::{Header, Scope, Vouch};
use crate::sync::bundle::limits;
use crate::sync::bundle::range::Range;
use crate::sync::bundle::writer::BundleWriter;
use crate::sync::export::concern::Concern;
use crate::sync::export::have::Owned;
use crate::sync::export::ranges::{Sender, SignedLog, place};

/// What bundle is asked for.
#[derive(Clone, Debug)]
pub struct ExportRequest<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// The unit it is for; `None` for a whole copy, which only those take in whom everything concerns.
    pub to: Option<&'a UnitId>,
    /// What the receiver has not acknowledged, or everything.
    pub scope: Scope,
    /// The time, in milliseconds since 1970-01-01 UTC.
    pub wall: u64,
}

/// What a bundle would carry; several bundles where one cannot hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPlan {
    /// The ranges, in the order of their authors and numbers.
    pub pieces: Vec<OutgoingRange>,
    /// What this store has of each log.
    have: Vec<Owned>,
    /// The authors that wrote the receiver's bundles.
    receivers: Vec<AuthorId>,
    info: StoreInfo,
}

impl ExportPlan {
    /// The number of entries.
    pub fn entries(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.entries).sum()
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
    let (info, authors) = (store.info()?, store.authors()?);
    let points = by_author(store.checkpoints()?);
    let mut peers = store.peers()?;
    peers.retain(|peer| Some(&peer.unit) == request.to);
    peers.sort_by_key(|peer| (peer.created, peer.root));
    let (mut pieces, mut have) = (Vec::new(), Vec::new());
    store.with_snapshot(&mut |snapshot| {
        (pieces, have) = (Vec::new(), Vec::new());
        let has = match request.scope {
            Scope::Since => has::common(snapshot, &peers)?,
            Scope::All => Vec::new(),
        };
        let mut survey = Survey {
            snapshot,
            own: info.author,
            sender: sender(snapshot, &info.author)?,
            points: &points,
            concern: Concern::of(request.plan, request.to),
        };
        for author in &authors {
            let has: Vec<&PeerLog> = has.iter().filter(|log| log.author == *author).collect();
            survey.log(*author, &has, &mut pieces, &mut have)?;
        }
        Ok(())
    })?;
    Ok(ExportPlan {
        pieces,
        have,
        receivers: peers.iter().map(|peer: &Peer| peer.author).collect(),
        info,
    })
}

/// What authors have signed of their own logs.
fn by_author(points: Vec<Checkpoint>) -> BTreeMap<AuthorId, Vec<Checkpoint>> {
    let mut signed: BTreeMap<AuthorId, Vec<Checkpoint>> = BTreeMap::new();
    for point in points {
        if AuthorId::of_key(&point.key) == point.author {
            signed.entry(point.author).or_default().push(point);
        }
    }
    signed
}

/// Whether those who compared a key would believe this writer what it says of others' logs.
fn sender(snapshot: &dyn Snapshot, own: &AuthorId) -> Result<Sender, StoreError> {
    let trust = Trust::new(
        &snapshot.seeds()?,
        &snapshot.controls()?,
        &snapshot.vouched()?,
    );
    Ok(if trust.is_rootless() || trust.is_root(own) {
        Sender::District
    } else {
        Sender::Other
    })
}

/// What the logs of a store are weighed by, one after the other.
struct Survey<'a> {
    snapshot: &'a dyn Snapshot,
    own: AuthorId,
    sender: Sender,
    points: &'a BTreeMap<AuthorId, Vec<Checkpoint>>,
    concern: Concern<'a>,
}

impl Survey<'_> {
    /// Adds what is carried of a log, and what this store has of it.
    fn log(
        &mut self,
        author: AuthorId,
        has: &[&PeerLog],
        pieces: &mut Vec<OutgoingRange>,
        have: &mut Vec<Owned>,
    ) -> Result<(), StoreError> {
        if let Some(owned) = self.acknowledged(author, has)? {
            have.push(owned);
            return Ok(());
        }
        let (own, before) = (self.own, pieces.len());
        let points = self.points.get(&author).map_or(&[][..], Vec::as_slice);
        let log = SignedLog::read(self.snapshot, author, &own, points, &mut self.concern)?;
        for steps in log.branches() {
            let Some(end) = steps.last().map(place) else {
                continue;
            };
            have.push(Owned {
                log: PeerLog {
                    author,
                    last: end.0,
                    hash: end.1,
                    missing: log.missing(&end),
                },
                checkpoint: log.checkpoint(&end),
            });
            let on_branch = |has: &&&PeerLog| {
                let there = |step| place(step) == (has.last, has.hash);
                steps.iter().any(there)
            };
            let has = has.iter().filter(on_branch).max_by_key(|has| has.last);
            let carried = log.ranges(&steps, has.copied(), self.sender);
            for range in carried {
                let mut others = pieces.iter().skip(before);
                if !others.any(|other| *other == range) {
                    pieces.push(range);
                }
            }
        }
        Ok(())
    }

    /// What this store has of a log that the receiver has as well: nothing of it needs to be read.
    fn acknowledged(
        &self,
        author: AuthorId,
        has: &[&PeerLog],
    ) -> Result<Option<Owned>, StoreError> {
        let [has] = has else { return Ok(None) };
        let tips = self.snapshot.tips(&author)?;
        let whole = has.missing.is_empty() && self.snapshot.withheld(&author)?.is_empty();
        if !whole || tips != [(has.last, has.hash)] {
            return Ok(None);
        }
        let signed = |point: &&Checkpoint| (point.seq, point.hash) == (has.last, has.hash);
        let mut points = self.points.get(&author).into_iter().flatten();
        let checkpoint = points.find(signed).cloned();
        let known = author == self.own || checkpoint.is_some();
        Ok(known.then(|| Owned {
            log: (*has).clone(),
            checkpoint: checkpoint.filter(|_| author != self.own),
        }))
    }
}

/// Writes the bytes of a planned bundle: mostly of one, of several where what is planned does not fit into
/// one. Each can be taken in after those before it.
///
/// # Errors
/// [`ExportError`].
pub fn bundles(
    store: &(impl ExchangeReader + ?Sized),
    request: &ExportRequest<'_>,
    plan: &ExportPlan,
) -> Result<Vec<Vec<u8>>, ExportError> {
    let (signer, _) = store.sign(b"")?;
    if AuthorId::of_key(&signer) != plan.info.author {
        // A new epoch has begun since: what was planned is no longer ours to sign.
        return Err(StoreError::Refused("epoch".to_owned()).into());
    }
    let first = [&[plan.info.author][..], &plan.receivers].concat();
    let have = have::have(store, &plan.have, &first, request.wall)?;
    let mut header = Header {
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
        entries: 0,
        raw: 0,
        ranges: Vec::new(),
        have,
        vouches: Vec::new(),
    };
    let vouches = vouches(store.checkpoints()?);
    let free = limits::HEADER as usize - header.bytes().len();
    let mut bundles = Vec::new();
    for part in parts::parts(&plan.pieces, free) {
        let (writer, ranges) = written(store, part)?;
        let entries: u64 = part.iter().map(|piece| piece.entries).sum();
        header.entries = u32::try_from(entries).unwrap_or(u32::MAX);
        header.raw = writer.raw();
        header.vouches = parts::vouches(&vouches, &ranges, &plan.info.author, free);
        header.ranges = ranges;
        let bytes = header.bytes();
        if bytes.len() > limits::HEADER as usize {
            let what = Limit::Header;
            return Err(BundleError::TooLarge { what }.into());
        }
        bundles.push(writer.seal(&bytes, |words| Ok::<_, ExportError>(store.sign(words)?.1))?);
        // Each of several is another bundle.
        header.created = header.created.saturating_add(1);
    }
    Ok(bundles)
}

/// The new epochs that a former key has signed.
fn vouches(points: Vec<Checkpoint>) -> Vec<Vouch> {
    let is_vouch = |point: &Checkpoint| AuthorId::of_key(&point.key) != point.author;
    let vouches = points.into_iter().filter(is_vouch);
    vouches
        .map(|point| Vouch {
            author: point.author,
            hash: point.hash,
            by: point.key,
            signature: point.signature,
        })
        .collect()
}

/// Writes the entries of some ranges, and the ranges as they stand in a header.
fn written(
    store: &(impl ExchangeReader + ?Sized),
    part: &[OutgoingRange],
) -> Result<(BundleWriter, Vec<Range>), ExportError> {
    let mut writer = BundleWriter::default();
    let mut ranges = Vec::new();
    for piece in part {
        let (mut runs, mut carried) = (piece.withheld.iter().peekable(), 0_u64);
        store.log_bytes(&piece.author, piece.first, &piece.tip, &mut |incoming| {
            while runs.next_if(|run| run.last() < incoming.seq).is_some() {}
            if runs.peek().is_none_or(|run| incoming.seq < run.first) {
                writer.push(incoming.bytes);
                carried += 1;
            }
            Ok(())
        })?;
        if carried != piece.entries {
            return Err(StoreError::Damaged("entries are missing".to_owned()).into());
        }
        let (key, signature) = if let Some(point) = &piece.checkpoint {
            (point.key, point.signature)
        } else {
            store.sign(&checkpoint_words(&piece.author, piece.tip.0, &piece.tip.1))?
        };
        ranges.push(Range {
            key,
            first: piece.first,
            last: piece.tip.0,
            previous: piece.previous,
            hash: piece.tip.1,
            signature,
            withheld: piece.withheld.clone(),
        });
    }
    Ok((writer, ranges))
}
