//! One epoch, one writer: a copied or rolled-back store must not go on under the same author,
//! or two stores would give the same number to different entries (`sync.md` 5, `settled.md` 9).

use crate::ledger::chain::checkpoint_words;
use crate::ledger::{ActionId, ActorId, AuthorId, Body, Hash, Origin, PlanRef, Recorded, Subject};
use crate::store::api::{EpochCause, KeyFault, StoreError};
use crate::store::exchange::Checkpoint;
use crate::store::file::handle::{Epoch, SharedStore, TransactionEnd};
use crate::store::format::codec::Record;
use crate::store::format::codec::TipV1;
use crate::store::format::tables::{self, ReadTables};
use crate::store::format::{exchange_tables, log_rows};
use crate::store::identity::key::{self, WriterKey};
use crate::store::identity::witness::{Witness, WitnessFile};
use crate::store::write::batch::{ActionContext, Batch, NewEntry};

/// The actor of entries the store makes by itself.
const SYSTEM: &str = "nhaplieu";

/// How often another session may begin an epoch while this one looks.
const ATTEMPTS: usize = 8;

/// Finds out whether the store goes on as the author it was: not where it is a copy, was rolled
/// back, or has lost its key. Then the next change begins a new epoch; until then nothing is
/// written, so that whoever only looks leaves no author behind. Notes where the store stands.
///
/// # Errors
/// [`StoreError::Key`] when the key is there and cannot be used; a failure of the store.
pub(crate) fn find_out(store: &SharedStore, witnessed: Option<&Witness>) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        let (tip, known) = store.read(|reading| {
            let tip = reading.tip()?;
            check_last_entry(reading, &tip)?;
            let known = witnessed.map_or(Ok(true), |witness| is_known(reading, witness))?;
            Ok((tip, known))
        })?;
        let old = AuthorId(tip.author);
        let key = key::of_author(store.dir(), &old);
        if key.is_err() && store.read(ReadTables::tip)?.author != tip.author {
            // Another session has just begun an epoch: that is another author's key.
            continue;
        }
        if let Some(cause) = cause(store, witnessed, known, key.err())? {
            store.set_epoch(Epoch::Due { old, cause });
            return Ok(());
        }
        if witnessed.is_none() {
            store.record_witness(tip.author, tip.seq, tip.hash);
        }
        if matches!(store.epoch(), Epoch::Due { .. }) {
            store.set_epoch(Epoch::Same);
        }
        return Ok(());
    }
    Err(StoreError::Held { by: String::new() })
}

/// Why the store cannot go on as the author it was; `None` when it can.
fn cause(
    store: &SharedStore,
    witnessed: Option<&Witness>,
    known: bool,
    fault: Option<KeyFault>,
) -> Result<Option<EpochCause>, StoreError> {
    let moved = witnessed.is_some_and(|witness| witness.file_identity != store.file_identity());
    match fault {
        None if !known => Ok(Some(EpochCause::RolledBack)),
        None if moved => Ok(Some(EpochCause::Elsewhere)),
        None => Ok(None),
        Some(KeyFault::Missing) if known => Ok(Some(EpochCause::NoKey)),
        Some(KeyFault::Missing) => Ok(Some(EpochCause::RolledBack)),
        // The key of an epoch that began after the state that was put back.
        Some(KeyFault::Other)
            if !known && witnessed.map(|witness| witness.author) == key::present(store.dir()) =>
        {
            Ok(Some(EpochCause::RolledBack))
        }
        Some(fault) => Err(StoreError::Key {
            path: key::path(store.dir()),
            fault,
        }),
    }
}

/// Tells whether a key that could not be used has been put back, or put away.
pub(crate) fn is_key_mended(store: &SharedStore) -> bool {
    let author = store.read(|reading| Ok(AuthorId(reading.tip()?.author)));
    author.is_ok_and(|author| {
        let key = key::of_author(store.dir(), &author);
        matches!(key, Ok(_) | Err(KeyFault::Missing))
    })
}

/// A log that lost its end to damage is no log that was rolled back: a new epoch would hide it.
fn check_last_entry(reading: &ReadTables, tip: &TipV1) -> Result<(), StoreError> {
    let entries = reading.table(tables::ENTRIES)?;
    let withheld = reading.optional(tables::WITHHELD)?;
    let last = log_rows::numbered(&entries, withheld.as_ref(), &AuthorId(tip.author), tip.seq)?;
    if last.iter().any(|entry| entry.hash.0 == tip.hash) {
        Ok(())
    } else {
        Err(StoreError::Damaged("last entries are missing".to_owned()))
    }
}

/// True when the store still holds the entry the witness saw.
fn is_known(reading: &ReadTables, witness: &Witness) -> Result<bool, StoreError> {
    let entries = reading.table(tables::ENTRIES)?;
    let withheld = reading.optional(tables::WITHHELD)?;
    Ok(
        log_rows::numbered(&entries, withheld.as_ref(), &witness.author, witness.seq)?
            .iter()
            .any(|entry| entry.hash == witness.hash),
    )
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

/// An epoch that begins in a transaction under way.
pub(crate) struct Beginning {
    key: WriterKey,
    /// The log before it, and how far it goes.
    old: (AuthorId, u64, Hash),
    /// Its first entry.
    entry: Recorded,
}

/// Stages the first entry of a new epoch, when one is due: the change that follows it in the same
/// transaction is written under the new author.
pub(crate) fn stage_due(
    store: &SharedStore,
    batch: &mut Batch<'_>,
    wall: u64,
) -> Result<Option<Beginning>, StoreError> {
    match store.epoch() {
        Epoch::Due { old, .. } if batch.tip().author == old.0 => {
            stage(store, batch, wall).map(Some)
        }
        // Otherwise another session has done it.
        _ => Ok(None),
    }
}

fn stage(store: &SharedStore, batch: &mut Batch<'_>, wall: u64) -> Result<Beginning, StoreError> {
    let old = batch.own_end();
    let key = WriterKey::from_seed(store.next_seed(&old.2.0));
    let about = batch.about()?;
    let actor = ActorId::fold(SYSTEM);
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
    batch.switch_author(key.author());
    let entry = batch.push(&by, epoch_start(&key, Some(old.0)))?;
    Ok(Beginning { key, old, entry })
}

/// Does what must be done before the transaction of an epoch is committed: the key and the witness
/// are on disk before it. Should either be lost with it, the next start finds a witness ahead of
/// the store, and an epoch is due once more.
pub(crate) fn seal(
    store: &SharedStore,
    transaction: &redb::WriteTransaction,
    beginning: &Beginning,
) -> Result<(), StoreError> {
    let Beginning { key, old, entry } = beginning;
    sign_succession(transaction, store.dir(), *old, entry)?;
    key::prepare(store.dir(), key)?;
    WitnessFile::new(store.dir()).write_and_sync(&Witness {
        author: entry.author,
        seq: entry.seq,
        hash: entry.hash,
        file_identity: store.file_identity(),
    })?;
    Ok(())
}

/// The transaction of an epoch is committed: its key takes its place.
pub(crate) fn settle(store: &SharedStore) {
    // Where that fails, whoever needs the key finds it where it waits.
    let _ = key::adopt(store.dir());
    if let Epoch::Due { cause, .. } = store.epoch() {
        store.set_epoch(Epoch::Begun(cause));
    }
}

/// Begins an epoch by itself, for an import: unless `old` no longer writes here.
pub(crate) fn begin_epoch(store: &SharedStore, old: AuthorId) -> Result<(), StoreError> {
    store.transact(|transaction| {
        let mut batch = Batch::begin(transaction)?;
        if batch.tip().author != old.0 {
            // Another session has done it.
            return Ok(TransactionEnd::Abort(()));
        }
        let beginning = stage(store, &mut batch, store.opened)?;
        seal(store, transaction, &beginning)?;
        batch.finish()?;
        Ok(TransactionEnd::Commit(()))
    })?;
    settle(store);
    Ok(())
}

/// The key of the epoch before, where the folder still has it, signs the new one's first entry:
/// then the others need not enrol it anew (a copy has that key anyway). And it signs how far the
/// old log goes: nobody can later.
fn sign_succession(
    transaction: &redb::WriteTransaction,
    dir: &std::path::Path,
    old: (AuthorId, u64, Hash),
    entry: &Recorded,
) -> Result<(), StoreError> {
    let Ok(before) = key::of_author(dir, &old.0) else {
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
