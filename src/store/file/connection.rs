//! The open database of a store, shared by all its handles and replaced as a whole, and the ways
//! to open the file for writing and for reading.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redb::{
    Builder, ConcurrencyMode, Database, DatabaseError, ReadOnlyDatabase, ReadableDatabase,
    StorageError, TransactionError, WriteTransaction,
};

use crate::store::api::{Access, ReadOnlyReason, Replacement, StoreError};
use crate::store::file::backend::{Backoff, FileAccess, LockTimeout, Opener};
use crate::store::file::errors::{Failure, catch_panics};
use crate::store::file::folder;
use crate::store::file::location::{self, FileNumber};
use crate::store::file::writer_mark;
use crate::store::format::tables::ReadTables;
use crate::store::presence;

/// Memory redb may use for pages; its own default is 1 GiB.
const CACHE: usize = 12 << 20;

/// How often a file may be replaced while it is being opened.
const REPLACED_WHILE_OPENING: usize = 8;

/// The database, in whatever way it is open.
pub(crate) enum OpenDatabase {
    /// Able to write; also a repaired copy in memory, which is only read.
    Full(Database),
    /// For reading.
    ReadOnly(ReadOnlyDatabase),
    /// Not open, and why, in technical words.
    Closed(String),
}

/// How much of the store other processes may use at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// Many processes read and write.
    Many,
    /// The file system knows no locks: this process alone.
    Sole,
}

/// One opening of the database, with what it may be used for.
pub(crate) struct Connection {
    pub(crate) database: OpenDatabase,
    pub(crate) access: Access,
    pub(crate) sharing: Sharing,
    /// Which file was opened, where the system tells.
    pub(crate) number: Option<FileNumber>,
}

impl Connection {
    /// Makes a connection that refuses reads and writes.
    pub(crate) fn closed(why: &str, sharing: Sharing) -> Self {
        Self {
            database: OpenDatabase::Closed(why.to_owned()),
            access: Access::ReadOnly(ReadOnlyReason::Failed(why.to_owned())),
            sharing,
            number: None,
        }
    }

    /// Begins a read transaction.
    ///
    /// # Errors
    /// When the database is closed or cannot be read.
    pub(crate) fn tables(&self) -> Result<ReadTables, StoreError> {
        let transaction = match &self.database {
            OpenDatabase::Full(database) => database.begin_read()?,
            OpenDatabase::ReadOnly(database) => database.begin_read()?,
            OpenDatabase::Closed(why) => return Err(StoreError::Io(why.clone())),
        };
        Ok(ReadTables::new(transaction))
    }

    /// The database to write to; `None` where writes are refused.
    pub(crate) fn writable(&self) -> Option<&Database> {
        match (&self.access, &self.database) {
            (Access::Write, OpenDatabase::Full(database)) => Some(database),
            _ => None,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let closed = OpenDatabase::Closed(String::new());
        let database = std::mem::replace(&mut self.database, closed);
        // Closing writes to the file; on one that lies, it may panic.
        let _ = catch_panics(|| {
            drop(database);
            Ok(())
        });
    }
}

/// The database file of a store and how it is reached.
pub(crate) struct DatabaseFile {
    pub(crate) dir: PathBuf,
    /// This process.
    pub(crate) pid: u32,
    /// How long to wait for another process that writes.
    pub(crate) patience: Duration,
    pub(crate) opener: Mutex<Box<dyn Opener>>,
}

/// Where the database of the store in `dir` is.
pub(crate) fn data_path(dir: &Path) -> PathBuf {
    dir.join("data.redb")
}

impl DatabaseFile {
    /// Opens for writing, sharing where the file system can.
    pub(crate) fn connect_for_writing(&self) -> Result<Connection, StoreError> {
        self.one_file(|| self.open_for_writing())
    }

    /// Opens, and notes which file it was: one that stood at its path before and after.
    fn one_file(
        &self,
        open: impl Fn() -> Result<Connection, StoreError>,
    ) -> Result<Connection, StoreError> {
        let path = data_path(&self.dir);
        for _ in 0..REPLACED_WHILE_OPENING {
            let number = location::file_number(&path);
            let mut connection = open()?;
            if location::file_number(&path) == number {
                connection.number = number;
                return Ok(connection);
            }
        }
        Err(StoreError::Replaced {
            path,
            how: Replacement::Other,
        })
    }

    /// Whether the file can be opened for writing at this moment; waits for nobody.
    ///
    /// # Errors
    /// Why it cannot.
    pub(crate) fn probe(&self) -> Result<(), StoreError> {
        let opened = catch_panics(|| {
            let backend = self.backend_for(FileAccess::Write, Duration::ZERO)?;
            builder(ConcurrencyMode::MultiWriter)
                .create_with_backend(backend)
                .map_err(without_locks)
        });
        match opened {
            Ok(_) | Err(Failure::Reported(StoreError::Refused(_))) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    fn open_for_writing(&self) -> Result<Connection, StoreError> {
        let shared = self.database(ConcurrencyMode::MultiWriter);
        let (database, sharing) = match shared {
            Err(Failure::Reported(StoreError::Refused(_))) => {
                let alone = self.database(ConcurrencyMode::ExclusiveWriter);
                (alone, Sharing::Sole)
            }
            other => (other, Sharing::Many),
        };
        let database = database.map_err(|failure| self.name_holder(failure.into()))?;
        Ok(Connection {
            database: OpenDatabase::Full(database),
            access: Access::Write,
            sharing,
            number: None,
        })
    }

    /// Opens for reading. After a crash only an open for writing recovers the file; then that
    /// is done, and nothing is written all the same. Where not even that is possible, a copy in
    /// memory is recovered and read.
    pub(crate) fn connect_for_reading(
        &self,
        reason: ReadOnlyReason,
    ) -> Result<Connection, StoreError> {
        let mut connection = self.one_file(|| self.open_for_reading())?;
        connection.access = Access::ReadOnly(reason);
        Ok(connection)
    }

    fn open_for_reading(&self) -> Result<Connection, StoreError> {
        let read_only = catch_panics(|| {
            let backend = self.backend(FileAccess::Read)?;
            match builder(ConcurrencyMode::MultiWriter).open_read_only_with_backend(backend) {
                Ok(database) => Ok(Some(database)),
                Err(DatabaseError::RepairAborted) => Ok(None),
                Err(error) => Err(without_locks(error)),
            }
        });
        let connection = match read_only {
            Ok(Some(database)) => Connection {
                database: OpenDatabase::ReadOnly(database),
                access: Access::Write,
                sharing: Sharing::Many,
                number: None,
            },
            Ok(None) | Err(Failure::Reported(StoreError::Refused(_))) => self
                .open_for_writing()
                .or_else(|error| self.connect_to_copy(error))?,
            Err(failure) => return Err(self.name_holder(failure.into())),
        };
        Ok(connection)
    }

    /// Opens redb. [`StoreError::Refused`] stands for "no locks here", which never leaves this
    /// file.
    pub(crate) fn database(&self, mode: ConcurrencyMode) -> Result<Database, Failure> {
        catch_panics(|| {
            let backend = self.backend(FileAccess::Write)?;
            builder(mode)
                .create_with_backend(backend)
                .map_err(without_locks)
        })
    }

    /// Opens the file itself, with locks that give up.
    pub(crate) fn backend(&self, access: FileAccess) -> Result<LockTimeout, StoreError> {
        self.backend_for(access, self.patience)
    }

    fn backend_for(
        &self,
        access: FileAccess,
        patience: Duration,
    ) -> Result<LockTimeout, StoreError> {
        let opener = self.opener.lock().unwrap_or_else(PoisonError::into_inner);
        let file = opener
            .open(&data_path(&self.dir), access)
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => folder::without_data(&self.dir),
                _ => location::not_writable(&self.dir, error),
            })?;
        Ok(LockTimeout::new(file, patience))
    }

    /// Names who writes, where an error says that somebody does and does not let go.
    pub(crate) fn name_holder(&self, error: StoreError) -> StoreError {
        named(error, || writer_mark::holder(&self.dir).unwrap_or_default())
    }

    /// Names who has the store open, where an error says that nobody else may have.
    pub(crate) fn name_sessions(&self, error: StoreError) -> StoreError {
        named(error, || presence::describe_others(&self.dir, self.pid))
    }
}

/// Builds redb with the settings of every store: cache size and sharing.
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

fn named(error: StoreError, name: impl FnOnce() -> String) -> StoreError {
    match error {
        StoreError::Held { by } if by.is_empty() => StoreError::Held { by: name() },
        other => other,
    }
}

fn without_locks(error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::Storage(StorageError::Unsupported) => StoreError::Refused(String::new()),
        other => other.into(),
    }
}
