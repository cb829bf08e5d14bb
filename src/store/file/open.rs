//! Opening the store in a folder.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use crate::store::api::{ReadOnlyReason, StoreError};
use crate::store::file::backend::{Files, Opener};
use crate::store::file::connection::{DatabaseFile, data_path};
use crate::store::file::environment::Environment;
use crate::store::file::handle::{RedbStore, SharedStore};
use crate::store::file::location;
use crate::store::format::schema;
use crate::store::identity::epoch;
use crate::store::identity::witness::{FileIdentity, Witness, WitnessFile};

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenFor {
    /// Reading and writing.
    Writing,
    /// Reading; nothing is changed, except that a file left by a crash is recovered.
    Reading,
    /// Writing where the folder, the file and the disk allow it, else reading;
    /// [`crate::store::StoreInfo::access`] says which it is.
    WritingIfPossible,
}

/// Opens the store in a folder for reading and writing.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Newer`], [`StoreError::Held`],
/// [`StoreError::NetworkFs`], [`StoreError::ReadOnly`], [`StoreError::Damaged`] or a failure of
/// the disk.
pub fn open(dir: &Path, environment: &Environment) -> Result<RedbStore, StoreError> {
    open_on(dir, environment, Box::new(Files), OpenFor::Writing)
}

/// Opens the store in a folder for reading, where writing is not possible or not wanted.
///
/// # Errors
/// As [`open`].
pub fn open_read_only(dir: &Path, environment: &Environment) -> Result<RedbStore, StoreError> {
    open_on(dir, environment, Box::new(Files), OpenFor::Reading)
}

/// Opens the store in a folder for writing, or for reading where it cannot be written.
///
/// # Errors
/// As [`open`], except for what stands only in the way of writing.
pub fn open_if_possible_for_writing(
    dir: &Path,
    environment: &Environment,
) -> Result<RedbStore, StoreError> {
    open_on(
        dir,
        environment,
        Box::new(Files),
        OpenFor::WritingIfPossible,
    )
}

/// Opens the store in a folder through a given way of reaching its file.
///
/// # Errors
/// As [`open`].
pub fn open_on(
    dir: &Path,
    environment: &Environment,
    opener: Box<dyn Opener>,
    purpose: OpenFor,
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
    let file = DatabaseFile {
        dir: dir.to_path_buf(),
        pid: environment.pid,
        patience: environment.patience,
        opener: Mutex::new(opener),
    };
    let identity = FileIdentity::new(&environment.machine, location::inode(&path));
    let shared = SharedStore::new(file, environment, witness, identity);
    let connected = match purpose {
        OpenFor::Reading => for_reading(&shared, ReadOnlyReason::Asked),
        OpenFor::Writing => for_writing(&shared, witnessed.as_ref()),
        OpenFor::WritingIfPossible => match for_writing(&shared, witnessed.as_ref()) {
            Err(StoreError::ReadOnly(_)) => for_reading(&shared, ReadOnlyReason::NotWritable),
            Err(StoreError::DiskFull) => for_reading(&shared, ReadOnlyReason::DiskFull),
            done => done,
        },
    };
    connected.map(|()| RedbStore::of(shared))
}

/// Connects for writing: the schema is brought forward, and the store writes as itself.
fn for_writing(shared: &SharedStore, witnessed: Option<&Witness>) -> Result<(), StoreError> {
    let connection = schema::connect_for_writing(shared.file())?;
    shared.connect(connection);
    epoch::ensure_own_epoch(shared, witnessed)
}

fn for_reading(shared: &SharedStore, reason: ReadOnlyReason) -> Result<(), StoreError> {
    let connection = shared.file().connect_for_reading(reason)?;
    schema::ensure_known(&connection)?;
    shared.connect(connection);
    Ok(())
}
