//! What redb and the operating system report, as what it means for the person.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::store::api::StoreError;
use crate::store::format::codec::CodecError;

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            // Only `backend::LockTimeout` gives up waiting; local files know no timeout.
            io::ErrorKind::TimedOut => Self::Held { by: String::new() },
            // A file that ends before its own header says it does, or is none of redb's.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<redb::StorageError> for StoreError {
    fn from(error: redb::StorageError) -> Self {
        match error {
            redb::StorageError::Io(error) => error.into(),
            redb::StorageError::Corrupted(what) => Self::Damaged(what),
            other => Self::Io(other.to_string()),
        }
    }
}

impl From<redb::TableError> for StoreError {
    fn from(error: redb::TableError) -> Self {
        match error {
            redb::TableError::Storage(error) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<redb::TransactionError> for StoreError {
    fn from(error: redb::TransactionError) -> Self {
        match error {
            redb::TransactionError::Storage(error) => error.into(),
            redb::TransactionError::WouldBlock => Self::Held { by: String::new() },
            other => Self::Io(other.to_string()),
        }
    }
}

impl From<redb::CommitError> for StoreError {
    fn from(error: redb::CommitError) -> Self {
        match error {
            redb::CommitError::Storage(error) => error.into(),
            other => Self::Io(other.to_string()),
        }
    }
}

impl From<redb::DatabaseError> for StoreError {
    fn from(error: redb::DatabaseError) -> Self {
        match error {
            redb::DatabaseError::Storage(error) => error.into(),
            redb::DatabaseError::DatabaseAlreadyOpen
            | redb::DatabaseError::LockProtocolMismatch
            | redb::DatabaseError::TransactionInProgress => Self::Held { by: String::new() },
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<CodecError> for StoreError {
    fn from(error: CodecError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Runs work on redb and reports a panic inside it as damage of the file.
///
/// What `work` borrows is either dropped by the caller after an error or only read from, so no
/// half-changed state is seen again.
pub(crate) fn catch_panics<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Failure::Reported(error)),
        Err(panic) => Err(Failure::Panicked(StoreError::Damaged(words(
            panic.as_ref(),
        )))),
    }
}

/// How work on redb failed: by an error or by a panic.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It said so.
    Reported(StoreError),
    /// It panicked: nothing it held can be trusted.
    Panicked(StoreError),
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Reported(error) | Failure::Panicked(error) => error,
        }
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("panic").to_owned()
}
