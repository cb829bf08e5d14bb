//! The rows that belong to meeting others, and what is believed here. Hand-written layouts, each
//! sealed like every stored value; a store that never met anyone does not have the tables.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::base::bytes::{BadBytes, Reader, put_text};
use crate::ledger::trust::Succession;
use crate::ledger::{ActorId, AuthorId, EntryRef, Hash, Recorded, Trust};
use crate::plan::UnitId;
use crate::store::api::StoreError;
use crate::store::exchange::counting::counts;
use crate::store::exchange::known_log::WithheldRun;
use crate::store::exchange::{
    Checkpoint, Held, HeldBundle, LogPiece, Missing, Peer, PeerLog, Report, Tip,
};
use crate::store::format::codec::{Record, seal, unseal};
use crate::store::format::tables::{Bytes, Definition, Rows};

/// Small rows: a tag, then an author.
pub(crate) const EXCHANGE: Definition = Definition::new("exchange");
/// Author, number, hash, signing author → key and signature.
pub(crate) const CHECKPOINTS: Definition = Definition::new("checkpoints");
/// Derived: a cited entry that has not come, digest of the citing subject → nothing.
pub(crate) const EARLY: Definition = Definition::new("early");
/// A bundle's root → [`Report`].
pub(crate) const REPORTS: Definition = Definition::new("reports");
/// A bundle's root → why it is kept, since when, its size, and what `sync` says of it.
pub(crate) const HELD: Definition = Definition::new("held");
/// A bundle's root → its bytes, apart from what says how it stands: that is read far more often.
pub(crate) const HELD_BYTES: Definition = Definition::new("held_bytes");

/// Tags of [`EXCHANGE`].
#[derive(Clone, Copy)]
pub(crate) enum Tag {
    /// What another store said last.
    Peer = 1,
    /// A district's key.
    Pin = 2,
    /// Derived: the ends of a log that has several.
    Fork = 3,
}

/// Builds the key of a small row.
pub(crate) fn tagged(tag: Tag, author: &AuthorId) -> Vec<u8> {
    let mut key = vec![tag as u8];
    key.extend(author.0);
    key
}

/// Reads every row whose key begins with `prefix`.
pub(crate) fn each(
    table: &impl Rows,
    record: Record,
    prefix: &[u8],
    mut look: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for row in table.range(prefix..)? {
        let (key, value) = row?;
        if !key.value().starts_with(prefix) {
            break;
        }
        look(key.value(), unseal(record, key.value(), value.value())?)?;
    }
    Ok(())
}

/// Reads one row.
pub(crate) fn one<T>(
    table: &impl Rows,
    record: Record,
    key: &[u8],
    read: impl FnOnce(&[u8]) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    match table.get(key)? {
        None => Ok(None),
        Some(value) => read(unseal(record, key, value.value())?).map(Some),
    }
}

/// Writes a row.
pub(crate) fn put(
    table: &mut redb::Table<'_, Bytes, Bytes>,
    record: Record,
    key: &[u8],
    payload: &[u8],
) -> Result<(), StoreError> {
    table.insert(key, seal(record, key, payload).as_slice())?;
    Ok(())
}

fn bad(bad: BadBytes) -> StoreError {
    StoreError::Damaged(bad.what.to_owned())
}

/// Encodes a peer's row.
pub(crate) fn peer_bytes(peer: &Peer) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + peer.have.len() * 56);
    put_text(&mut out, peer.unit.as_str());
    out.extend(peer.created.to_le_bytes());
    out.extend(peer.received.to_le_bytes());
    out.extend(peer.root.0);
    for log in &peer.have {
        out.extend(log.author.0);
        out.extend(log.last.to_le_bytes());
        out.extend(log.hash.0);
        let count = u32::try_from(log.missing.len()).unwrap_or(u32::MAX);
        out.extend(count.to_le_bytes());
        for missing in &log.missing {
            out.extend(missing.first.to_le_bytes());
            out.extend(missing.count.to_le_bytes());
        }
    }
    out
}

/// Decodes a peer's row.
pub(crate) fn peer_from(author: AuthorId, bytes: &[u8]) -> Result<Peer, StoreError> {
    let mut reader = Reader::new(bytes);
    let mut read = || {
        let mut peer = Peer {
            author,
            unit: UnitId::new(reader.text("peer")?),
            created: reader.u64("peer")?,
            received: reader.u64("peer")?,
            root: Hash(reader.array("peer")?),
            have: Vec::new(),
        };
        while !reader.is_empty() {
            let mut log = PeerLog {
                author: AuthorId(reader.array("peer")?),
                last: reader.u64("peer")?,
                hash: Hash(reader.array("peer")?),
                missing: Vec::new(),
            };
            for _ in 0..reader.u32("peer")? {
                log.missing.push(Missing {
                    first: reader.u64("peer")?,
                    count: reader.u32("peer")?,
                });
            }
            peer.have.push(log);
        }
        Ok(peer)
    };
    read().map_err(bad)
}

/// Reads all peers.
pub(crate) fn peers(table: &impl Rows) -> Result<Vec<Peer>, StoreError> {
    let mut all = Vec::new();
    each(table, Record::Exchange, &[Tag::Peer as u8], |key, bytes| {
        all.push(peer_from(author_of(key)?, bytes)?);
        Ok(())
    })?;
    Ok(all)
}

/// The author at the end of a tagged key.
fn author_of(key: &[u8]) -> Result<AuthorId, StoreError> {
    match key {
        [_, author @ ..] => author.try_into().map(AuthorId).map_err(|_| key_error()),
        [] => Err(key_error()),
    }
}

fn key_error() -> StoreError {
    StoreError::Damaged("exchange key".to_owned())
}

/// Reads the authors of the pinned keys.
pub(crate) fn pinned(table: &impl Rows) -> Result<BTreeSet<AuthorId>, StoreError> {
    let mut all = BTreeSet::new();
    each(table, Record::Exchange, &[Tag::Pin as u8], |key, _| {
        all.insert(author_of(key)?);
        Ok(())
    })?;
    Ok(all)
}

/// Encodes the ends of a log that has several.
pub(crate) fn tips_bytes(tips: &[Tip]) -> Vec<u8> {
    let mut out = Vec::with_capacity(tips.len() * 40);
    for (seq, hash) in tips {
        out.extend(seq.to_le_bytes());
        out.extend(hash.0);
    }
    out
}

/// Decodes the ends of a log that has several.
pub(crate) fn tips_from(bytes: &[u8]) -> Result<Vec<Tip>, StoreError> {
    let mut reader = Reader::new(bytes);
    let mut tips = Vec::new();
    while !reader.is_empty() {
        let seq = reader.u64("fork").map_err(bad)?;
        tips.push((seq, Hash(reader.array("fork").map_err(bad)?)));
    }
    Ok(tips)
}

/// Reads all logs that have several ends.
pub(crate) fn forks(table: &impl Rows) -> Result<BTreeMap<AuthorId, Vec<Tip>>, StoreError> {
    let mut all = BTreeMap::new();
    each(table, Record::Exchange, &[Tag::Fork as u8], |key, bytes| {
        all.insert(author_of(key)?, tips_from(bytes)?);
        Ok(())
    })?;
    Ok(all)
}

/// Encodes a checkpoint as key and value.
pub(crate) fn checkpoint_row(point: &Checkpoint) -> (Vec<u8>, Vec<u8>) {
    let mut key = crate::store::format::tables::entry_key(&point.author, point.seq, &point.hash);
    key.extend(AuthorId::of_key(&point.key).0);
    let mut payload = point.key.to_vec();
    payload.extend(point.signature);
    (key, payload)
}

/// Reads all checkpoints.
pub(crate) fn checkpoints(table: &impl Rows) -> Result<Vec<Checkpoint>, StoreError> {
    let mut all = Vec::new();
    each(table, Record::Checkpoint, &[], |key, bytes| {
        let (mut key, mut bytes) = (Reader::new(key), Reader::new(bytes));
        let mut read = || {
            Ok(Checkpoint {
                author: AuthorId(key.array("checkpoint")?),
                seq: u64::from_be_bytes(key.array("checkpoint")?),
                hash: Hash(key.array("checkpoint")?),
                key: bytes.array("checkpoint")?,
                signature: bytes.array("checkpoint")?,
            })
        };
        all.push(read().map_err(bad)?);
        Ok(())
    })?;
    Ok(all)
}

/// Picks the epochs that a former key has signed from the checkpoints.
pub(crate) fn vouched(points: &[Checkpoint]) -> Vec<Succession> {
    let by = |point: &Checkpoint| AuthorId::of_key(&point.key);
    points
        .iter()
        .filter(|point| point.seq == 1 && by(point) != point.author)
        .map(|point| Succession {
            author: point.author,
            hash: point.hash,
            by: by(point),
        })
        .collect()
}

/// Builds the key of an entry that is cited and has not come.
pub(crate) fn early_key(entry: &EntryRef, subject: Option<&[u8; 16]>) -> Vec<u8> {
    let mut key = Vec::with_capacity(48);
    key.extend(entry.author.0);
    key.extend(entry.seq.to_be_bytes());
    key.extend(entry.h8);
    key.extend(subject.into_iter().flatten());
    key
}

/// Encodes the record of an import.
pub(crate) fn report_bytes(report: &Report) -> Vec<u8> {
    let mut out = Vec::with_capacity(128 + report.details.len());
    out.extend(report.wall.to_le_bytes());
    put_text(&mut out, report.by.as_str());
    out.extend(report.signer.0);
    let count = u32::try_from(report.pieces.len()).unwrap_or(u32::MAX);
    out.extend(count.to_le_bytes());
    for piece in &report.pieces {
        out.extend(piece.author.0);
        out.extend(piece.first.to_le_bytes());
        out.extend(piece.last.to_le_bytes());
        out.extend(piece.hash.0);
    }
    let count = u32::try_from(report.withheld.len()).unwrap_or(u32::MAX);
    out.extend(count.to_le_bytes());
    for run in &report.withheld {
        out.extend(run.author.0);
        out.extend(run.first.to_le_bytes());
        out.extend(run.previous.0);
        out.extend(run.last.to_le_bytes());
        out.extend(run.hash.0);
    }
    out.extend(&report.details);
    out
}

/// Decodes the record of an import.
pub(crate) fn report_from(root: Hash, bytes: &[u8]) -> Result<Report, StoreError> {
    let mut reader = Reader::new(bytes);
    let mut read = || {
        let wall = reader.u64("report")?;
        let by = ActorId::parse(reader.text("report")?).ok_or(reader.bad("report"))?;
        let signer = AuthorId(reader.array("report")?);
        let mut pieces = Vec::new();
        for _ in 0..reader.u32("report")? {
            pieces.push(LogPiece {
                author: AuthorId(reader.array("report")?),
                first: reader.u64("report")?,
                last: reader.u64("report")?,
                hash: Hash(reader.array("report")?),
            });
        }
        let mut withheld = Vec::new();
        for _ in 0..reader.u32("report")? {
            withheld.push(WithheldRun {
                author: AuthorId(reader.array("report")?),
                first: reader.u64("report")?,
                previous: Hash(reader.array("report")?),
                last: reader.u64("report")?,
                hash: Hash(reader.array("report")?),
            });
        }
        let details = bytes.get(reader.at()..).unwrap_or_default().to_vec();
        Ok(Report {
            root,
            wall,
            by,
            signer,
            pieces,
            withheld,
            details,
        })
    };
    read().map_err(bad)
}

/// The payload of a bundle that is kept, without its bytes.
pub(crate) fn held_payload(bundle: &HeldBundle) -> Vec<u8> {
    let mut out = vec![match bundle.held {
        Held::Waiting => 1,
        Held::Quarantine => 2,
        Held::Refused => 3,
    }];
    out.extend(bundle.wall.to_le_bytes());
    out.extend(bundle.size.to_le_bytes());
    out.extend(&bundle.facts);
    out
}

/// Reads a bundle that is kept.
pub(crate) fn held_from(root: Hash, payload: &[u8]) -> Result<HeldBundle, StoreError> {
    let mut reader = Reader::new(payload);
    let held = match reader.u8("held").map_err(bad)? {
        1 => Held::Waiting,
        2 => Held::Quarantine,
        3 => Held::Refused,
        _ => return Err(StoreError::Damaged("held".to_owned())),
    };
    Ok(HeldBundle {
        root,
        held,
        wall: reader.u64("held").map_err(bad)?,
        size: reader.u64("held").map_err(bad)?,
        facts: payload.get(reader.at()..).unwrap_or_default().to_vec(),
    })
}

/// Reads a key that is a bundle's root.
pub(crate) fn root_of(key: &[u8]) -> Result<Hash, StoreError> {
    key.try_into().map(Hash).map_err(|_| key_error())
}

/// What decides which entries count: who is believed, what was acknowledged, which plans are here.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustState {
    pub(crate) trust: Trust,
    /// Up to where own logs have been acknowledged.
    pub(crate) acked: BTreeMap<AuthorId, u64>,
    /// The plans that are here, by the first bytes of their hashes.
    pub(crate) plans: HashSet<[u8; 8]>,
}

impl TrustState {
    /// Tells whether an entry counts in the views of this store.
    pub(crate) fn count(&self, recorded: &Recorded) -> bool {
        counts(&self.trust, recorded, |plan| self.plans.contains(&plan.h8))
    }
}
