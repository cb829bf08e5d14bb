//! Opening the store in a folder.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use crate::store::api::{ReadOnlyReason, StoreError};
use crate::store::file::backend::{Files, Opener};
use crate::store::file::connection::{DatabaseFile, data_path};
use crate::store::file::environment::Environment;
use crate::store::file::folder;
use crate::store::file::handle::{RedbStore, SharedStore, reason_of};
use crate::store::file::location;
use crate::store::file::privacy;
use crate::store::file::reopen::{for_reading, for_writing};
use crate::store::identity::witness::WitnessFile;

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
/// [`StoreError::Missing`], [`StoreError::Incomplete`], [`StoreError::Exposed`],
/// [`StoreError::Foreign`], [`StoreError::Key`], [`StoreError::Newer`], [`StoreError::Held`],
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
            return Err(folder::without_data(dir));
        }
        Err(error) => {
            privacy::refuse_shared(dir)?;
            return Err(location::not_writable(dir, error));
        }
    }
    privacy::refuse_shared(dir)?;
    location::refuse_network(dir)?;
    let file = DatabaseFile {
        dir: dir.to_path_buf(),
        pid: environment.pid,
        patience: environment.patience,
        opener: Mutex::new(opener),
    };
    let shared = SharedStore::new(file, environment, WitnessFile::new(dir));
    let connected = match purpose {
        OpenFor::Reading => for_reading(&shared, ReadOnlyReason::Asked),
        OpenFor::Writing => for_writing(&shared),
        OpenFor::WritingIfPossible => match for_writing(&shared) {
            Err(
                error @ (StoreError::ReadOnly(_)
                | StoreError::DiskFull
                | StoreError::Held { .. }
                | StoreError::Key { .. }),
            ) => for_reading(&shared, reason_of(&error)),
            done => done,
        },
    };
    connected.map(|()| RedbStore::of(shared))
}
