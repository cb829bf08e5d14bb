//! The store on redb: opening, the handle that is dropped when it fails, and the two doors every
//! read and every write goes through.

use std::cell::Cell;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use redb::{
    Builder, ConcurrencyMode, Database, DatabaseError, ReadOnlyDatabase, ReadableDatabase,
    StorageError, TransactionError, WriteTransaction,
};

use crate::ledger::{AuthorId, EntryRef, Hash};
use crate::plan::Plan;
use crate::store::api::StoreError;
use crate::store::file::backend::{Access, Backoff, Files, LockTimeout, Opener};
use crate::store::file::errors::{Failure, catch_panics};
use crate::store::file::location;
use crate::store::format::schema;
use crate::store::format::tables::{self, ReadTables};
use crate::store::identity::epoch;
use crate::store::identity::witness::{FileIdentity, Witness, WitnessFile};
use crate::store::presence;
use crate::store::read::queries;

/// Memory redb may use for pages; its own default is 1 GiB.
const CACHE: usize = 12 << 20;

/// What the edge of the program knows and lower rooms must not find out themselves.
#[derive(Clone, Debug)]
pub struct Environment {
    /// This process.
    pub pid: u32,
    /// A name of this machine that a copy on another machine does not have.
    pub machine: String,
    /// 32 random bytes, for the key of a new epoch should one be needed.
    pub seed: [u8; 32],
    /// Wall clock, milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// How long to wait for another process that writes.
    pub patience: Duration,
}

/// The database, in whatever way it is open now.
pub(crate) enum Handle {
    /// For reading and writing.
    Full(Database),
    /// For reading.
    ReadOnly(ReadOnlyDatabase),
    /// Not at all, and why.
    Gone(String),
}

/// Whether this store writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It does.
    Write,
    /// Asked for, or after a failure: every write is refused until [`RedbStore::reopen`].
    Read,
}

/// How much of the store other processes may use at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// Many processes read and write.
    Many,
    /// The file system knows no locks: this process alone.
    Sole,
}

/// What a write transaction ends in.
pub(crate) enum TransactionEnd<T> {
    /// Its changes stand.
    Commit(T),
    /// There is nothing to keep.
    Abort(T),
}

/// A store in a folder, kept by redb.
pub struct RedbStore {
    pub(crate) dir: PathBuf,
    pub(crate) edge: Environment,
    pub(crate) opener: Box<dyn Opener>,
    pub(crate) handle: Handle,
    pub(crate) mode: Mode,
    pub(crate) share: Share,
    pub(crate) plan: Option<Arc<Plan>>,
    pub(crate) witness: WitnessFile,
    pub(crate) file_identity: FileIdentity,
    pub(crate) own: HashSet<EntryRef>,
    /// The digest over all groups that was last found to be true of them.
    pub(crate) proved: Cell<Option<[u8; 32]>>,
    /// When a session last ended without taking its leave, as seen at the start.
    pub(crate) unclean: Option<u64>,
}

/// Where the database of the store in `dir` is.
pub(crate) fn data_path(dir: &Path) -> PathBuf {
    dir.join("data.redb")
}

/// Opens the store in a folder for reading and writing.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Newer`], [`StoreError::Held`],
/// [`StoreError::NetworkFs`], [`StoreError::ReadOnly`], [`StoreError::Damaged`] or a failure of
/// the disk.
pub fn open(dir: &Path, edge: &Environment) -> Result<RedbStore, StoreError> {
    open_on(dir, edge, Box::new(Files), Access::Write)
}

/// Opens the store in a folder for reading, where writing is not possible or not wanted.
///
/// # Errors
/// As [`open`].
pub fn open_read_only(dir: &Path, edge: &Environment) -> Result<RedbStore, StoreError> {
    open_on(dir, edge, Box::new(Files), Access::Read)
}

/// Opens the store in a folder through a given way of reaching its file.
///
/// # Errors
/// As [`open`].
pub fn open_on(
    dir: &Path,
    edge: &Environment,
    opener: Box<dyn Opener>,
    access: Access,
) -> Result<RedbStore, StoreError> {
    let path = data_path(dir);
    match fs::metadata(&path) {
        Ok(meta) if meta.len() == 0 => return Err(StoreError::Damaged("empty file".to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::Missing(dir.to_path_buf()));
        }
        Err(error) => return Err(location::not_writable(dir, error)),
    }
    location::refuse_network(dir)?;
    let witness = WitnessFile::new(dir);
    // Read before the database: another session's commit in between moves the store, not the
    // witness, so the witness cannot seem to be ahead.
    let witnessed = witness.read();
    let mut store = RedbStore {
        dir: dir.to_path_buf(),
        edge: edge.clone(),
        opener,
        handle: Handle::Gone("not opened".to_owned()),
        mode: Mode::Read,
        share: Share::Many,
        plan: None,
        witness,
        file_identity: FileIdentity::new(&edge.machine, location::inode(&path)),
        own: HashSet::new(),
        proved: Cell::new(None),
        unclean: presence::unclean_end(dir),
    };
    match access {
        Access::Write => {
            store.open_handle()?;
            schema::ensure_current(&mut store)?;
            epoch::ensure_own_epoch(&mut store, witnessed.as_ref())?;
        }
        Access::Read => {
            store.open_for_reading()?;
            schema::ensure_known(&store)?;
        }
    }
    Ok(store)
}

impl RedbStore {
    /// Takes the plan that changes are judged by; it must be the one in force here.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for another plan, or a failure to read.
    pub fn use_plan(&mut self, plan: Arc<Plan>) -> Result<(), StoreError> {
        let about = self.read(|reading| tables::about(&reading.table(tables::META)?))?;
        if about.plan_hash != plan.hash {
            return Err(StoreError::Refused(format!("plan {}", plan.id)));
        }
        self.plan = Some(plan);
        Ok(())
    }

    /// True when every write is refused: opened so, or after a failure of the disk.
    pub fn is_read_only(&self) -> bool {
        self.mode == Mode::Read
    }

    /// Opens the file again after a failure.
    ///
    /// # Errors
    /// As [`open`]; then the store stays as it was or can no longer be read.
    pub fn reopen(&mut self) -> Result<(), StoreError> {
        self.close_handle("reopening");
        self.open_handle()
    }

    /// The one door of reads: one consistent state, panics inside redb caught.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&ReadTables) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        catch_panics(|| work(&self.reading()?)).map_err(|failure| self.named(failure.into()))
    }

    fn reading(&self) -> Result<ReadTables, StoreError> {
        let transaction = match &self.handle {
            Handle::Full(database) => database.begin_read()?,
            Handle::ReadOnly(database) => database.begin_read()?,
            Handle::Gone(why) => return Err(StoreError::Io(why.clone())),
        };
        Ok(ReadTables::new(transaction))
    }

    /// Compares the groups with the digest over them, once for each state of it: a group may be
    /// true of its rows and yet, with them, be an old one that the disk gave back.
    pub(crate) fn prove(&self, reading: &ReadTables) -> Result<(), StoreError> {
        let tip = reading.tip()?;
        if self.proved.get() != Some(tip.digest) {
            queries::groups(&reading.table(tables::VIEWS)?, &tip)?;
            self.proved.set(Some(tip.digest));
        }
        Ok(())
    }

    /// The one door of writes: waits for its turn, runs `work`, and on a failure of the disk
    /// turns the store read-only.
    pub(crate) fn transact<T>(
        &mut self,
        work: impl FnOnce(&WriteTransaction) -> Result<TransactionEnd<T>, StoreError>,
    ) -> Result<T, StoreError> {
        if self.mode == Mode::Read {
            return Err(StoreError::ReadOnly(self.dir.clone()));
        }
        let Handle::Full(database) = &self.handle else {
            return Err(StoreError::ReadOnly(self.dir.clone()));
        };
        let patience = self.edge.patience;
        let begun = catch_panics(|| begin(database, patience));
        let transaction = match begun {
            Ok(transaction) => transaction,
            Err(Failure::Reported(error @ StoreError::Held { .. })) => {
                return Err(self.named(error));
            }
            Err(failure) => return Err(self.fail(failure)),
        };
        let done = catch_panics(|| match work(&transaction)? {
            TransactionEnd::Commit(value) => {
                transaction.commit().map(|()| value).map_err(Into::into)
            }
            TransactionEnd::Abort(value) => transaction.abort().map(|()| value).map_err(Into::into),
        });
        done.map_err(|failure| self.fail(failure))
    }

    /// After a failure inside a transaction. What redb holds in memory may no longer be what is
    /// on the disk, so the handle goes; what a row says about itself leaves the handle sound.
    fn fail(&mut self, failure: Failure) -> StoreError {
        let error = match failure {
            Failure::Reported(
                error @ (StoreError::Io(_) | StoreError::DiskFull | StoreError::Held { .. }),
            )
            | Failure::Panicked(error) => {
                self.close_handle("failed");
                // ReadTables goes on where it can; a second failure says so at the next read.
                let _ = self.open_for_reading();
                error
            }
            Failure::Reported(error) => error,
        };
        self.named(error)
    }

    /// Names who holds the store.
    pub(crate) fn named(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Held { by } if by.is_empty() => StoreError::Held {
                by: presence::describe_others(&self.dir, self.edge.pid),
            },
            other => other,
        }
    }

    pub(crate) fn close_handle(&mut self, why: &str) {
        let old = std::mem::replace(&mut self.handle, Handle::Gone(why.to_owned()));
        self.mode = Mode::Read;
        // Closing writes to the file; on one that lies, it too may panic.
        let _ = catch_panics(|| {
            drop(old);
            Ok(())
        });
    }

    /// Opens for writing, sharing where the file system can.
    pub(crate) fn open_handle(&mut self) -> Result<(), StoreError> {
        let shared = self.database(ConcurrencyMode::MultiWriter);
        let (database, share) = match shared {
            Err(Failure::Reported(StoreError::Refused(_))) => {
                (self.database(ConcurrencyMode::ExclusiveWriter), Share::Sole)
            }
            other => (other, Share::Many),
        };
        let database = database.map_err(|failure| self.named(failure.into()))?;
        self.handle = Handle::Full(database);
        self.mode = Mode::Write;
        self.share = share;
        Ok(())
    }

    /// Opens redb. [`StoreError::Refused`] stands for "no locks here", which never leaves this
    /// file.
    pub(crate) fn database(&self, mode: ConcurrencyMode) -> Result<Database, Failure> {
        catch_panics(|| {
            let backend = self.backend(Access::Write)?;
            builder(mode)
                .create_with_backend(backend)
                .map_err(without_locks)
        })
    }

    pub(crate) fn backend(&self, access: Access) -> Result<LockTimeout, StoreError> {
        let file = self
            .opener
            .open(&data_path(&self.dir), access)
            .map_err(|error| location::not_writable(&self.dir, error))?;
        Ok(LockTimeout::new(file, self.edge.patience))
    }

    /// Notes how far the store has got; a witness that cannot be written only says less.
    pub(crate) fn record_witness(&mut self, author: [u8; 16], seq: u64, hash: [u8; 32]) {
        let _ = self.witness.write(&Witness {
            author: AuthorId(author),
            seq,
            hash: Hash(hash),
            file_identity: self.file_identity,
        });
    }
}

impl Drop for RedbStore {
    fn drop(&mut self) {
        self.close_handle("closed");
    }
}

/// redb as every store of ours is opened.
pub(crate) fn builder(mode: ConcurrencyMode) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE).set_concurrency_mode(mode);
    builder
}

/// Begins a write transaction within the patience, two-phase: what redb recommends for files it
/// cannot trust (`sync.md` 8).
pub(crate) fn begin(
    database: &Database,
    patience: Duration,
) -> Result<WriteTransaction, StoreError> {
    let mut pauses = Backoff::new(patience);
    loop {
        match database.try_begin_write() {
            Ok(mut transaction) => {
                transaction.set_two_phase_commit(true);
                // Records the allocator's state, so that a start after a kill needs no repair.
                transaction.set_quick_repair(true);
                return Ok(transaction);
            }
            Err(TransactionError::WouldBlock) if pauses.pause() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

pub(crate) fn without_locks(error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::Storage(StorageError::Unsupported) => StoreError::Refused(String::new()),
        other => other.into(),
    }
}
