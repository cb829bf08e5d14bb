//! The engine's check of every page, and when it is due.

use redb::{ConcurrencyMode, Database};

use crate::store::api::{CheckOutcome, ReadOnlyReason, StoreError};
use crate::store::file::backend::Backoff;
use crate::store::file::connection::{Connection, OpenDatabase, Sharing};
use crate::store::file::errors::catch_panics;
use crate::store::file::handle::{RedbStore, TransactionEnd};
use crate::store::format::codec::{CheckV1, Record, encode, seal};
use crate::store::format::tables;
use crate::store::presence;

/// After so long, the engine's check is due again: one day, in milliseconds.
const CHECK_EVERY: u64 = 86_400_000;

impl RedbStore {
    /// Checks all pages when that is due and nobody else is here, and notes when it was done.
    pub(crate) fn check_when_due(&self, wall: u64) -> Result<CheckOutcome, StoreError> {
        let last = self.read(|reading| tables::check(&reading.table(tables::META)?))?;
        let last = last.map(|check| check.millis);
        let aged = last.is_none_or(|last| wall.saturating_sub(last) > CHECK_EVERY);
        let unclean = self.shared.unclean > last;
        if self.is_read_only() || !(aged || unclean) {
            return Ok(CheckOutcome::NotDue);
        }
        let file = self.shared.file();
        if !presence::other_sessions(&file.dir, file.pid).is_empty() {
            return Ok(CheckOutcome::NotAlone);
        }
        let clean = self.check_pages()?;
        let row = encode(&CheckV1 { millis: wall });
        let row = seal(Record::Check, tables::meta::CHECK, &row);
        self.transact(|transaction| {
            let mut meta = transaction.open_table(tables::META)?;
            meta.insert(tables::meta::CHECK, row.as_slice())?;
            Ok(TransactionEnd::Commit(()))
        })?;
        Ok(if clean {
            CheckOutcome::Clean
        } else {
            CheckOutcome::Repaired
        })
    }

    /// The engine's own check of every page; `false` when it had to repair, `true` also where
    /// the store cannot be written. It runs on an opening of its own, so reads go on; commits
    /// wait for its end.
    ///
    /// # Errors
    /// [`StoreError::Held`]; or what was found: then the store is read-only.
    pub(crate) fn check_pages(&self) -> Result<bool, StoreError> {
        self.shared.between_writes(|connection| {
            if connection.writable().is_none() {
                return Ok(true);
            }
            let checked = match connection.sharing {
                Sharing::Many => self.check_beside(),
                Sharing::Sole => return self.check_alone(connection),
            };
            checked.map_err(|error| {
                let error = self.shared.file().name_holder(error);
                if !matches!(error, StoreError::Held { .. }) {
                    let reason = ReadOnlyReason::Damaged(error.to_string());
                    self.shared.read_only_from_now(reason, connection);
                }
                error
            })
        })
    }

    fn check_beside(&self) -> Result<bool, StoreError> {
        let mut database = self.shared.file().database(ConcurrencyMode::MultiWriter)?;
        check(&mut database)
    }

    /// Without locks a second opening is not safe: the present one is checked, and reads wait.
    fn check_alone(&self, connection: std::sync::Arc<Connection>) -> Result<bool, StoreError> {
        drop(connection);
        let mut pauses = Backoff::new(self.shared.file().patience);
        loop {
            let checked =
                self.shared
                    .with_sole_connection(|connection| match &mut connection.database {
                        OpenDatabase::Full(database) => check(database),
                        _ => Ok(true),
                    });
            match checked {
                Some(Err(error)) => {
                    let reason = ReadOnlyReason::Damaged(error.to_string());
                    let failed = self.shared.connection();
                    self.shared.read_only_from_now(reason, failed);
                    return Err(error);
                }
                Some(clean) => return clean,
                None if pauses.pause() => {}
                None => return Err(StoreError::Held { by: String::new() }),
            }
        }
    }
}

fn check(database: &mut Database) -> Result<bool, StoreError> {
    Ok(catch_panics(|| Ok(database.check_integrity()?))?)
}
