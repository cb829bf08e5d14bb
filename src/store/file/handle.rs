//! A handle on an open store, what all handles share, and how each of them reads and writes.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use redb::WriteTransaction;

use crate::ledger::{AuthorId, EntryRef, Hash};
use crate::plan::Plan;
use crate::store::api::{Access, ReadOnlyReason, StoreError};
use crate::store::file::connection::{Connection, DatabaseFile, Sharing, begin};
use crate::store::file::environment::Environment;
use crate::store::file::errors::{Failure, catch_panics};
use crate::store::format::schema;
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
    pub(crate) file_identity: FileIdentity,
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
    pub(crate) fn new(
        file: DatabaseFile,
        environment: &Environment,
        witness: WitnessFile,
        file_identity: FileIdentity,
    ) -> Self {
        let unclean = presence::unclean_end(&file.dir);
        let unopened = Connection::closed("not opened", Sharing::Many);
        Self {
            file,
            connection: RwLock::new(Arc::new(unopened)),
            writing: Mutex::new(()),
            plan: Mutex::new(None),
            witness: Mutex::new(witness),
            file_identity,
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
        let transaction = match catch_panics(|| begin(database, self.file.patience)) {
            Ok(transaction) => transaction,
            Err(Failure::Reported(error @ StoreError::Held { .. })) => {
                return Err(self.file.name_holder(error));
            }
            Err(failure) => return Err(self.after_failure(failure, connection)),
        };
        let done = catch_panics(|| match work(&transaction)? {
            TransactionEnd::Commit(value) => {
                transaction.commit().map(|()| value).map_err(Into::into)
            }
            TransactionEnd::Abort(value) => transaction.abort().map(|()| value).map_err(Into::into),
        });
        done.map_err(|failure| self.after_failure(failure, connection))
    }

    /// Why a connection that only reads refuses a write: a failure before it stays the reason, so
    /// that a full disk is not taken for a folder without permission.
    fn refusal_to_write(&self, access: &Access) -> StoreError {
        match access {
            Access::ReadOnly(ReadOnlyReason::DiskFull) => StoreError::DiskFull,
            Access::ReadOnly(ReadOnlyReason::Damaged(what)) => StoreError::Damaged(what.clone()),
            Access::ReadOnly(ReadOnlyReason::Failed(what)) => StoreError::Io(what.clone()),
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

    /// Opens for writing again; the connection before it is read from until the new one is there.
    ///
    /// # Errors
    /// Why the file cannot be opened for writing.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        let _turn = locked(&self.writing);
        let present = self.connection();
        if present.sharing == Sharing::Many {
            drop(present);
            self.connect(schema::connect_for_writing(&self.file)?);
            return Ok(());
        }
        // Without locks, two openings that may write do not know of each other.
        let before = present.access.clone();
        drop(present);
        self.connect(Connection::closed("reopening", Sharing::Sole));
        let opened = schema::connect_for_writing(&self.file);
        let failed = opened.as_ref().err().cloned();
        let connection = opened.or_else(|error| match before {
            Access::ReadOnly(reason) => self.file.connect_for_reading(reason),
            Access::Write => self.file.connect_for_reading(reason_of(&error)),
        });
        self.connect(connection?);
        failed.map_or(Ok(()), Err)
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
            file_identity: self.file_identity,
        });
    }

    /// Reads the witness.
    pub(crate) fn witnessed(&self) -> Option<Witness> {
        locked(&self.witness).read()
    }

    /// Gives the random bytes of the next epoch's key.
    pub(crate) fn seed(&self) -> [u8; 32] {
        *locked(&self.seed)
    }

    /// Makes new random bytes out of the old ones and something that is never twice the same.
    pub(crate) fn next_seed(&self, salt: &[u8]) {
        let mut seed = locked(&self.seed);
        let material = [seed.as_slice(), salt].concat();
        *seed = blake3::derive_key("nhaplieu epoch after a copy v1", &material);
    }
}

/// Why the store turns read-only after this error.
fn reason_of(error: &StoreError) -> ReadOnlyReason {
    match error {
        StoreError::DiskFull => ReadOnlyReason::DiskFull,
        StoreError::Damaged(what) => ReadOnlyReason::Damaged(what.clone()),
        other => ReadOnlyReason::Failed(other.to_string()),
    }
}
