//! Opening the file of a store that is open already or about to be: for writing, for reading, again
//! after a failure, and by itself once nothing is in the way any more.

use std::sync::atomic::Ordering;

use crate::store::api::{Access, ReadOnlyReason, Revival, StoreError};
use crate::store::file::connection::{Connection, Sharing};
use crate::store::file::handle::{SharedStore, reason_of};
use crate::store::format::schema;
use crate::store::identity::epoch;

/// Connects for writing: the schema is brought forward, and it is found out whether the store goes
/// on as itself. Nothing is written in its name.
///
/// # Errors
/// Why the file cannot be opened for writing.
pub(crate) fn for_writing(shared: &SharedStore) -> Result<(), StoreError> {
    // Read before the database: another session's commit in between moves the store, not the
    // witness, so the witness cannot seem to be ahead.
    let witnessed = shared.witnessed();
    shared.connect_anew(schema::connect_for_writing(shared.file())?);
    epoch::find_out(shared, witnessed.as_ref())
}

/// Connects for reading.
///
/// # Errors
/// Why the file cannot be read.
pub(crate) fn for_reading(shared: &SharedStore, reason: ReadOnlyReason) -> Result<(), StoreError> {
    let connection = shared.file().connect_for_reading(reason)?;
    schema::ensure_known(&connection)?;
    shared.connect_anew(connection);
    Ok(())
}

impl SharedStore {
    /// Opens for writing again; the connection before it is read from until the new one is there.
    ///
    /// # Errors
    /// Why the file cannot be opened for writing.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        self.between_writes(|present| self.reopen_after(present))
    }

    fn reopen_after(&self, present: std::sync::Arc<Connection>) -> Result<(), StoreError> {
        let (sharing, before) = (present.sharing, present.access.clone());
        drop(present);
        if sharing == Sharing::Sole {
            // Without locks, two openings that may write do not know of each other.
            self.connect(Connection::closed("reopening", Sharing::Sole));
        }
        let Err(error) = for_writing(self) else {
            return Ok(());
        };
        let opened = self.connection().writable().is_some();
        if sharing == Sharing::Sole || opened {
            let reason = match before {
                Access::ReadOnly(reason) if !opened => reason,
                _ => reason_of(&error),
            };
            self.connect(self.file().connect_for_reading(reason)?);
        }
        Err(error)
    }

    /// Looks whether what stood in the way of writing has gone, and opens again then.
    pub(crate) fn revive(&self) -> Revival {
        let connection = self.connection();
        let stalled = self.stalled.load(Ordering::Relaxed);
        let waits = match &connection.access {
            Access::Write => stalled,
            Access::ReadOnly(
                ReadOnlyReason::Held { .. }
                | ReadOnlyReason::NotWritable
                | ReadOnlyReason::Key { .. },
            ) => true,
            Access::ReadOnly(_) => false,
        };
        if !waits {
            return Revival::NotWaiting;
        }
        let writes = connection.access == Access::Write;
        if writes && self.check_in_place(&connection).is_err() {
            return Revival::Waiting;
        }
        let for_its_key = matches!(
            connection.access,
            Access::ReadOnly(ReadOnlyReason::Key { .. })
        );
        if for_its_key && !epoch::is_key_mended(self) {
            return Revival::Waiting;
        }
        drop(connection);
        // A probe first: an opening waits for others, and whoever asks is to answer questions.
        let free = self.unless_writing(|| self.file().probe().is_ok());
        if free != Some(true) || self.reopen().is_err() {
            return Revival::Waiting;
        }
        Revival::Revived
    }
}
