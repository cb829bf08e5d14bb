//! One epoch, one writer: a copied or rolled-back store must not go on under the same author,
//! or two stores would give the same number to different entries (`sync.md` 5, `settled.md` 9).

use crate::ledger::chain::checkpoint_words;
use crate::ledger::{ActionId, ActorId, AuthorId, Body, Hash, Origin, PlanRef, Subject};
use crate::store::api::StoreError;
use crate::store::exchange::Checkpoint;
use crate::store::file::handle::{SharedStore, TransactionEnd};
use crate::store::format::codec::Record;
use crate::store::format::codec::TipV1;
use crate::store::format::exchange_tables;
use crate::store::format::tables::{self, ReadTables};
use crate::store::identity::key::{self, WriterKey};
use crate::store::identity::witness::Witness;
use crate::store::write::batch::{ActionContext, Batch, NewEntry};

/// The actor of entries the store makes by itself.
const SYSTEM: &str = "nhaplieu";

/// Starts a new epoch when this is a copy, was rolled back, or has lost its key; and notes where
/// the store stands.
///
/// # Errors
/// A failure of the store.
pub(crate) fn ensure_own_epoch(
    store: &SharedStore,
    witnessed: Option<&Witness>,
) -> Result<(), StoreError> {
    let (tip, known) = store.read(|reading| {
        let tip = reading.tip()?;
        check_last_entry(reading, &tip)?;
        let known = witnessed.map_or(Ok(true), |witness| is_known(reading, witness))?;
        Ok((tip, known))
    })?;
    let moved = witnessed.is_some_and(|witness| witness.file_identity != store.file_identity);
    let keyed = key::is_key_of(store.dir(), &AuthorId(tip.author));
    if known && keyed && !moved {
        if witnessed.is_none() {
            store.record_witness(tip.author, tip.seq, tip.hash);
        }
        return Ok(());
    }
    begin_epoch(store, AuthorId(tip.author))
}

/// A log that lost its end to damage is no log that was rolled back: a new epoch would hide it.
fn check_last_entry(reading: &ReadTables, tip: &TipV1) -> Result<(), StoreError> {
    let entries = reading.table(tables::ENTRIES)?;
    let last = tables::numbered(&entries, &AuthorId(tip.author), tip.seq)?;
    if last.iter().any(|entry| entry.hash.0 == tip.hash) {
        Ok(())
    } else {
        Err(StoreError::Damaged("last entries are missing".to_owned()))
    }
}

/// True when the store still holds the entry the witness saw.
fn is_known(reading: &ReadTables, witness: &Witness) -> Result<bool, StoreError> {
    let entries = reading.table(tables::ENTRIES)?;
    Ok(tables::numbered(&entries, &witness.author, witness.seq)?
        .iter()
        .any(|entry| entry.hash == witness.hash))
}

/// Builds the first entry of a new author.
pub(crate) fn epoch_start(key: &WriterKey, continues: Option<AuthorId>) -> NewEntry {
    NewEntry {
        subject: Subject::Author(key.author()),
        body: Body::EpochStart {
            public_key: key.public(),
            continues,
        },
        note: String::new(),
        flags: 0,
        replaces: Vec::new(),
    }
}

pub(crate) fn begin_epoch(store: &SharedStore, old: AuthorId) -> Result<(), StoreError> {
    let key = WriterKey::from_seed(store.seed());
    let (dir, wall, file_identity) = (store.dir().to_path_buf(), store.opened, store.file_identity);
    let actor = ActorId::fold(SYSTEM);
    let mut witness = crate::store::identity::witness::WitnessFile::new(&dir);
    store.transact(|transaction| {
        let mut batch = Batch::begin(transaction)?;
        if batch.tip().author != old.0 {
            // Another session, opening at the same moment, has done it.
            return Ok(TransactionEnd::Abort(()));
        }
        let about = batch.about()?;
        let by = ActionContext {
            id: ActionId(action_id_of(&key)),
            actor: &actor,
            origin: Origin::Set,
            wall,
            plan: PlanRef {
                version: about.plan_version,
                h8: Hash(about.plan_hash).short(),
            },
        };
        let _ = batch.savepoint();
        let end = (batch.tip().seq, Hash(batch.tip().hash));
        batch.switch_author(key.author());
        let entry = batch.push(&by, epoch_start(&key, Some(old)))?;
        sign_succession(transaction, &dir, (old, end.0, end.1), &entry)?;
        // The key and the witness before the commit: should either be lost with it, the next
        // start finds a witness ahead of the store and begins once more.
        key::prepare(&dir, &key)?;
        witness.write_and_sync(&Witness {
            author: entry.author,
            seq: entry.seq,
            hash: entry.hash,
            file_identity,
        })?;
        batch.finish()?;
        Ok(TransactionEnd::Commit(()))
    })?;
    key::adopt(store.dir())?;
    Ok(())
}

/// The key of the epoch before, where the folder still has it, signs the new one's first entry:
/// then the others need not enrol it anew (a copy has that key anyway). And it signs how far the
/// old log goes: nobody can later.
fn sign_succession(
    transaction: &redb::WriteTransaction,
    dir: &std::path::Path,
    old: (AuthorId, u64, Hash),
    entry: &crate::ledger::Recorded,
) -> Result<(), StoreError> {
    let Some(before) = WriterKey::read(&key::path(dir)).filter(|key| key.author() == old.0) else {
        return Ok(());
    };
    let mut table = transaction.open_table(exchange_tables::CHECKPOINTS)?;
    for (author, seq, hash) in [(entry.author, entry.seq, entry.hash), old] {
        let point = Checkpoint {
            author,
            seq,
            hash,
            key: before.public(),
            signature: before.sign(&checkpoint_words(&author, seq, &hash)),
        };
        let (key, payload) = exchange_tables::checkpoint_row(&point);
        exchange_tables::put(&mut table, Record::Checkpoint, &key, &payload)?;
    }
    Ok(())
}

/// An action id for what no person did, from the new author's own key.
fn action_id_of(key: &WriterKey) -> [u8; 16] {
    key.author().0
}
