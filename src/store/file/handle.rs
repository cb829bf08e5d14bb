//! A handle on an open store, what all handles share, and how each of them reads and writes.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};

use redb::{ReadableTable, WriteTransaction};

use crate::ledger::{AuthorId, EntryRef, Hash};
use crate::plan::Plan;
use crate::store::api::{Access, EpochCause, ReadOnlyReason, Replacement, StoreError};
use crate::store::file::connection::{Connection, DatabaseFile, Sharing, begin, data_path};
use crate::store::file::environment::Environment;
use crate::store::file::errors::{Failure, catch_panics};
use crate::store::file::location;
use crate::store::file::writer_mark::WriterMark;
use crate::store::format::codec::TipV1;
use crate::store::format::tables::{self, ReadTables};
use crate::store::identity::witness::{FileIdentity, Witness, WitnessFile};
use crate::store::presence;
use crate::store::read::queries;
use crate::store::read::uncounted::UncountedIndex;

/// Whether a write transaction is committed or aborted, and what it gives.
pub(crate) enum TransactionEnd<T> {
    /// Its changes stand.
    Commit(T),
    /// There is nothing to keep.
    Abort(T),
}

/// A handle on a store in a folder, kept by redb. [`RedbStore::another`] gives further ones for
/// other threads.
pub struct RedbStore {
    pub(crate) shared: Arc<SharedStore>,
    /// Entries written through this handle: who works with it has seen them.
    pub(crate) own: HashSet<EntryRef>,
}

/// The open file and what is known of it, shared by all handles of one process.
pub(crate) struct SharedStore {
    file: DatabaseFile,
    connection: RwLock<Arc<Connection>>,
    /// Held by the one write transaction of this process, and by whoever replaces the connection.
    writing: Mutex<()>,
    plan: Mutex<Option<Arc<Plan>>>,
    witness: Mutex<WitnessFile>,
    /// This machine's name, as the system gives it.
    machine: String,
    /// Where the store lies, as of the latest opening.
    identity: Mutex<FileIdentity>,
    /// Whether another author writes from the next change on.
    epoch: Mutex<Epoch>,
    /// How far the store had got when it was looked at last: it never goes back.
    seen: Mutex<Option<TipV1>>,
    /// The mark by which others learn that this process writes.
    mark: Mutex<WriterMark>,
    /// True while what could not be written may go by itself once somebody lets go.
    pub(crate) stalled: AtomicBool,
    /// Random bytes for the key of the next epoch.
    seed: Mutex<[u8; 32]>,
    /// When the store was opened, by the wall clock.
    pub(crate) opened: u64,
    /// The digest over all groups that was last found to be true of them.
    proved: Mutex<Option<[u8; 32]>>,
    /// Entries that do not count, as far as anybody asked.
    pub(crate) uncounted: Arc<UncountedIndex>,
    /// When a session last ended without taking its leave, as seen at the start.
    pub(crate) unclean: Option<u64>,
}

/// An epoch that the next change begins, or that one has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// The store goes on as it was.
    Same,
    /// The next change begins one, if this author still writes here then.
    Due { old: AuthorId, cause: EpochCause },
    /// A change has begun one.
    Begun(EpochCause),
}

/// Takes a lock; what a panic left behind is replaced as a whole, so it may be used.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RedbStore {
    /// Makes the first handle.
    pub(crate) fn of(shared: SharedStore) -> Self {
        Self {
            shared: Arc::new(shared),
            own: HashSet::new(),
        }
    }

    /// Makes another handle on the same open store, for another thread of this process.
    #[must_use]
    pub fn another(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            own: HashSet::new(),
        }
    }

    /// Sets the plan that changes are judged by, for all handles; it must be the one in force.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for another plan, or a failure to read.
    pub fn use_plan(&mut self, plan: Arc<Plan>) -> Result<(), StoreError> {
        let about = self.read(|reading| tables::about(&reading.table(tables::META)?))?;
        if about.plan_hash != plan.hash {
            return Err(StoreError::Refused(format!("plan {}", plan.id)));
        }
        *locked(&self.shared.plan) = Some(plan);
        Ok(())
    }

    /// Tells whether every write is refused: opened so, or after a failure of the disk.
    pub fn is_read_only(&self) -> bool {
        self.shared.connection().access != Access::Write
    }

    /// Runs `work` in one read transaction.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&ReadTables) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.shared.read(work)
    }

    /// Runs `work` in one write transaction and commits it.
    pub(crate) fn transact<T>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<TransactionEnd<T>, StoreError>,
    ) -> Result<T, StoreError> {
        self.shared.transact(work)
    }
}

impl SharedStore {
    /// Makes a store that is not connected yet.
    pub(crate) fn new(file: DatabaseFile, environment: &Environment, witness: WitnessFile) -> Self {
        let unclean = presence::unclean_end(&file.dir);
        let unopened = Connection::closed("not opened", Sharing::Many);
        let name = format!("{} ({})", environment.who, environment.pid);
        let mark = WriterMark::new(&file.dir, name);
        Self {
            mark: Mutex::new(mark),
            machine: environment.machine.clone(),
            identity: Mutex::new(FileIdentity::new(&environment.machine, 0)),
            epoch: Mutex::new(Epoch::Same),
            seen: Mutex::new(None),
            stalled: AtomicBool::new(false),
            file,
            connection: RwLock::new(Arc::new(unopened)),
            writing: Mutex::new(()),
            plan: Mutex::new(None),
            witness: Mutex::new(witness),
            seed: Mutex::new(environment.seed),
            opened: environment.wall,
            proved: Mutex::new(None),
            uncounted: Arc::default(),
            unclean,
        }
    }

    pub(crate) fn file(&self) -> &DatabaseFile {
        &self.file
    }

    /// Gives the store's folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.file.dir
    }

    /// Gives the plan that changes are judged by.
    pub(crate) fn plan(&self) -> Option<Arc<Plan>> {
        locked(&self.plan).clone()
    }

    /// Gives the present connection; whoever holds it can go on reading after it was replaced.
    pub(crate) fn connection(&self) -> Arc<Connection> {
        let slot = self.connection.read();
        Arc::clone(&slot.unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes on with a newly opened file, whatever was seen of the one before it.
    pub(crate) fn connect_anew(&self, connection: Connection) {
        let inode = location::inode(&data_path(self.dir()));
        *locked(&self.identity) = FileIdentity::new(&self.machine, inode);
        *locked(&self.seen) = None;
        self.stalled.store(false, Ordering::Relaxed);
        self.connect(connection);
    }

    /// Replaces the connection for all handles.
    pub(crate) fn connect(&self, connection: Connection) {
        let mut slot = self
            .connection
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *slot, Arc::new(connection));
        drop(slot);
        drop(old);
    }

    /// Runs `work` in one read transaction and turns a panic of the engine into an error.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&ReadTables) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection();
        catch_panics(|| work(&connection.tables()?))
            .map_err(|failure| self.file.name_holder(failure.into()))
    }

    /// Compares the digests of all forms with the digest over them, once for each state: a form's
    /// digest may fit its rows and both be old ones that the disk gave back.
    pub(crate) fn prove(&self, reading: &ReadTables) -> Result<(), StoreError> {
        let tip = reading.tip()?;
        if *locked(&self.proved) != Some(tip.digest) {
            queries::groups(&reading.table(tables::VIEWS)?, &tip)?;
            *locked(&self.proved) = Some(tip.digest);
        }
        Ok(())
    }

    /// Carries a proof over an own commit: what was proved before stays proved after.
    pub(crate) fn still_proved(&self, before: Option<[u8; 32]>, after: [u8; 32]) {
        let mut proved = locked(&self.proved);
        if proved.is_some() && *proved == before {
            *proved = Some(after);
        }
    }

    /// Runs `work` in a write transaction once it is this handle's turn, and commits it. A
    /// failure of the disk turns the store read-only for all handles.
    pub(crate) fn transact<T>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<TransactionEnd<T>, StoreError>,
    ) -> Result<T, StoreError> {
        let _turn = locked(&self.writing);
        let connection = self.connection();
        let Some(database) = connection.writable() else {
            return Err(self.refusal_to_write(&connection.access));
        };
        self.check_in_place(&connection)?;
        let floor = self.seen();
        let transaction = match catch_panics(|| begin(database, self.file.patience)) {
            Ok(transaction) => transaction,
            Err(Failure::Reported(error @ StoreError::Held { .. })) => {
                self.stalled.store(true, Ordering::Relaxed);
                return Err(self.file.name_holder(error));
            }
            Err(failure) => return Err(self.after_failure(failure, connection)),
        };
        let mut mark = locked(&self.mark);
        let marked = mark.set();
        let done = catch_panics(|| {
            check_not_older(&transaction, floor.as_ref(), &self.file)?;
            match work(&transaction)? {
                TransactionEnd::Commit(value) => {
                    let tip = tables::tip(&transaction.open_table(tables::META)?)?;
                    transaction.commit()?;
                    Ok((value, Some(tip)))
                }
                TransactionEnd::Abort(value) => {
                    transaction.abort()?;
                    Ok((value, None))
                }
            }
        });
        drop(marked);
        let (value, committed) = match done {
            Ok(done) => done,
            Err(failure) => return Err(self.after_failure(failure, connection)),
        };
        if let Some(tip) = committed {
            // Into a file that is no longer the store's it was written for nobody.
            self.check_in_place(&connection)?;
            self.saw(tip);
        }
        Ok(value)
    }

    /// Holds while the file that is open is the one that stands in the store's folder.
    ///
    /// # Errors
    /// [`StoreError::Replaced`].
    pub(crate) fn check_in_place(&self, connection: &Connection) -> Result<(), StoreError> {
        let Some(open) = connection.number else {
            return Ok(());
        };
        let path = data_path(self.dir());
        let how = match location::file_number(&path) {
            Some(now) if now == open => return Ok(()),
            Some(_) => Replacement::Other,
            None => Replacement::Gone,
        };
        self.stalled
            .store(how == Replacement::Gone, Ordering::Relaxed);
        Err(StoreError::Replaced { path, how })
    }

    /// How far the store had got when it was looked at last.
    fn seen(&self) -> Option<TipV1> {
        *locked(&self.seen)
    }

    /// Remembers how far the store has got.
    fn saw(&self, tip: TipV1) {
        let mut seen = locked(&self.seen);
        if seen.is_none_or(|seen| seen.counter <= tip.counter) {
            *seen = Some(tip);
        }
    }

    /// Reads how far the store has got: never less than before, in the file that stands in its
    /// folder.
    ///
    /// # Errors
    /// [`StoreError::Replaced`]; or the store cannot be read.
    pub(crate) fn tip_in_place(&self) -> Result<TipV1, StoreError> {
        let floor = self.seen();
        let tip = self.read(ReadTables::tip)?;
        self.check_in_place(&self.connection())?;
        if floor.is_some_and(|floor| tip.counter < floor.counter) {
            return Err(older(&self.file));
        }
        self.saw(tip);
        Ok(tip)
    }

    /// Why a connection that only reads refuses a write: a failure before it stays the reason, so
    /// that a full disk is not taken for a folder without permission.
    fn refusal_to_write(&self, access: &Access) -> StoreError {
        match access {
            Access::ReadOnly(ReadOnlyReason::DiskFull) => StoreError::DiskFull,
            Access::ReadOnly(ReadOnlyReason::Damaged(what)) => StoreError::Damaged(what.clone()),
            Access::ReadOnly(ReadOnlyReason::Failed(what)) => StoreError::Io(what.clone()),
            Access::ReadOnly(ReadOnlyReason::Held { by }) => StoreError::Held { by: by.clone() },
            Access::ReadOnly(ReadOnlyReason::Key { path, fault }) => StoreError::Key {
                path: path.clone(),
                fault: fault.clone(),
            },
            Access::ReadOnly(ReadOnlyReason::Asked | ReadOnlyReason::NotWritable)
            | Access::Write => StoreError::ReadOnly(self.file.dir.clone()),
        }
    }

    /// After a failure inside a transaction. What redb holds in memory may no longer be what is
    /// on the disk, so the connection goes; what a row says about itself leaves it sound.
    fn after_failure(&self, failure: Failure, failed: Arc<Connection>) -> StoreError {
        let error = match failure {
            Failure::Reported(
                error @ (StoreError::Io(_) | StoreError::DiskFull | StoreError::Held { .. }),
            )
            | Failure::Panicked(error) => {
                let reason = reason_of(&error);
                self.read_only_from_now(reason, failed);
                error
            }
            Failure::Reported(error) => error,
        };
        self.file.name_holder(error)
    }

    /// Closes the connection and opens one for reading; whoever asks meanwhile waits for it.
    pub(crate) fn read_only_from_now(&self, reason: ReadOnlyReason, failed: Arc<Connection>) {
        let mut slot = self
            .connection
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *slot = Arc::new(Connection::closed("failed", failed.sharing));
        drop(failed);
        // Reading goes on where it can; a second failure says so at the next read.
        if let Ok(connection) = self.file.connect_for_reading(reason) {
            *slot = Arc::new(connection);
        }
    }

    /// Runs `work` while no write transaction of this process is open.
    pub(crate) fn between_writes<T>(&self, work: impl FnOnce(Arc<Connection>) -> T) -> T {
        let _turn = locked(&self.writing);
        work(self.connection())
    }

    /// Gives the connection for changing when nobody reads through it; `None` while somebody does.
    pub(crate) fn with_sole_connection<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> T,
    ) -> Option<T> {
        let mut slot = self
            .connection
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::get_mut(&mut slot).map(work)
    }

    /// Writes into the witness how far the store has got; one that cannot be written only says
    /// less.
    pub(crate) fn record_witness(&self, author: [u8; 16], seq: u64, hash: [u8; 32]) {
        let _ = locked(&self.witness).advance(&Witness {
            author: AuthorId(author),
            seq,
            hash: Hash(hash),
            file_identity: self.file_identity(),
        });
    }

    /// Where the store lies.
    pub(crate) fn file_identity(&self) -> FileIdentity {
        *locked(&self.identity)
    }

    /// Whether another author writes from the next change on.
    pub(crate) fn epoch(&self) -> Epoch {
        *locked(&self.epoch)
    }

    /// Sets whether another author writes from the next change on.
    pub(crate) fn set_epoch(&self, epoch: Epoch) {
        *locked(&self.epoch) = epoch;
    }

    /// Reads the witness.
    pub(crate) fn witnessed(&self) -> Option<Witness> {
        locked(&self.witness).read()
    }

    /// Gives random bytes for the key of an epoch, other ones each time: an attempt that failed may
    /// have left entries somewhere, and no two may have one number.
    pub(crate) fn next_seed(&self, salt: &[u8]) -> [u8; 32] {
        let mut seed = locked(&self.seed);
        let material = [seed.as_slice(), salt].concat();
        *seed = blake3::derive_key("nhaplieu epoch after a copy v1", &material);
        *seed
    }

    /// Runs `work` when no write transaction of this process is open; `None` when one is.
    pub(crate) fn unless_writing<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        match self.writing.try_lock() {
            Ok(_turn) => Some(work()),
            Err(TryLockError::Poisoned(_)) => Some(work()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// The file was overwritten under the session where the store had got further, or elsewhere, than
/// it stands now.
fn check_not_older(
    transaction: &WriteTransaction,
    floor: Option<&TipV1>,
    file: &DatabaseFile,
) -> Result<(), StoreError> {
    let Some(floor) = floor else {
        return Ok(());
    };
    let tip = tables::tip(&transaction.open_table(tables::META)?)?;
    if tip == *floor {
        return Ok(());
    }
    // What this store wrote itself is never taken out again, whatever others do.
    let entries = transaction.open_table(tables::ENTRIES)?;
    let key = tables::entry_key(&AuthorId(floor.author), floor.seq, &Hash(floor.hash));
    let holds_it = entries.get(key.as_slice())?.is_some();
    if tip.counter > floor.counter && holds_it {
        return Ok(());
    }
    // The daily check and a plan at work leave the counter as it is.
    if tip.counter == floor.counter && (tip.author, tip.hash) == (floor.author, floor.hash) {
        return Ok(());
    }
    Err(older(file))
}

fn older(file: &DatabaseFile) -> StoreError {
    StoreError::Replaced {
        path: data_path(&file.dir),
        how: Replacement::Older,
    }
}

/// Why the store turns read-only after this error.
pub(crate) fn reason_of(error: &StoreError) -> ReadOnlyReason {
    match error {
        StoreError::DiskFull => ReadOnlyReason::DiskFull,
        StoreError::Damaged(what) => ReadOnlyReason::Damaged(what.clone()),
        StoreError::Held { by } => ReadOnlyReason::Held { by: by.clone() },
        StoreError::ReadOnly(_) => ReadOnlyReason::NotWritable,
        StoreError::Key { path, fault } => ReadOnlyReason::Key {
            path: path.clone(),
            fault: fault.clone(),
        },
        other => ReadOnlyReason::Failed(other.to_string()),
    }
}
