//! The schema of a store: read first, understood or refused, and moved forward step by step.
//! There is no way back: a store of a newer program is left alone.

use std::time::Duration;

use redb::{ConcurrencyMode, Database, WriteTransaction};

use crate::store::api::StoreError;
use crate::store::file::connection::{Connection, DatabaseFile, begin};
use crate::store::file::errors::catch_panics;
use crate::store::format::tables;

/// The schema this program writes.
pub const SCHEMA: u32 = 1;

/// One step: from the schema of its place in the list, counted from 1, to the next.
pub(crate) type Migration = fn(&WriteTransaction) -> Result<(), StoreError>;

/// The steps from schema 1 on, in order; a step once released never changes.
const MIGRATIONS: &[Migration] = &[];

/// Makes sure that the schema is one this program can read as it is.
pub(crate) fn ensure_known(connection: &Connection) -> Result<(), StoreError> {
    let found = of(connection)?;
    if found == SCHEMA {
        Ok(())
    } else {
        Err(StoreError::Newer {
            found,
            known: SCHEMA,
        })
    }
}

/// Connects for writing, after bringing the store to this program's schema, alone, where it is
/// older.
pub(crate) fn connect_for_writing(file: &DatabaseFile) -> Result<Connection, StoreError> {
    let connection = file.connect_for_writing()?;
    let found = of(&connection)?;
    if found > SCHEMA {
        let known = SCHEMA;
        return Err(StoreError::Newer { found, known });
    }
    if found == SCHEMA {
        return Ok(connection);
    }
    // An older program that has the store open would read shapes it does not know: redb grants
    // the exclusive open only when nobody else is there.
    drop(connection);
    let database = file
        .database(ConcurrencyMode::ExclusiveWriter)
        .map_err(|failure| file.name_sessions(failure.into()))?;
    bring_forward(&database, found, MIGRATIONS, file.patience)?;
    drop(database);
    file.connect_for_writing()
}

fn of(connection: &Connection) -> Result<u32, StoreError> {
    Ok(catch_panics(|| {
        tables::schema(&connection.tables()?.table(tables::META)?)
    })?)
}

/// Takes the steps that are left; each is one transaction with the schema it leads to, so a kill
/// in between leaves a whole step.
fn bring_forward(
    database: &Database,
    found: u32,
    steps: &[Migration],
    patience: Duration,
) -> Result<(), StoreError> {
    let taken = usize::try_from(found.saturating_sub(1)).unwrap_or(usize::MAX);
    for (at, step) in (found..).zip(steps.iter().skip(taken)) {
        let transaction = begin(database, patience)?;
        step(&transaction)?;
        let row = tables::sealed_schema(at.saturating_add(1));
        transaction
            .open_table(tables::META)?
            .insert(tables::meta::SCHEMA, row.as_slice())?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::ReadableDatabase;
    use redb::backends::InMemoryBackend;

    fn with_schema(schema: u32) -> Database {
        let database = Database::builder()
            .create_with_backend(InMemoryBackend::new())
            .unwrap();
        let transaction = database.begin_write().unwrap();
        transaction
            .open_table(tables::META)
            .unwrap()
            .insert(
                tables::meta::SCHEMA,
                tables::sealed_schema(schema).as_slice(),
            )
            .unwrap();
        transaction.commit().unwrap();
        database
    }

    fn note(transaction: &WriteTransaction, what: &[u8]) -> Result<(), StoreError> {
        let mut meta = transaction.open_table(tables::META)?;
        meta.insert(what, b"".as_slice())?;
        Ok(())
    }

    fn look(database: &Database) -> (u32, bool, bool) {
        let meta = database
            .begin_read()
            .unwrap()
            .open_table(tables::META)
            .unwrap();
        let has = |key: &[u8]| meta.get(key).unwrap().is_some();
        (tables::schema(&meta).unwrap(), has(b"one"), has(b"two"))
    }

    #[test]
    fn only_the_steps_that_are_left_are_taken() {
        let steps: [Migration; 2] = [|t| note(t, b"one"), |t| note(t, b"two")];
        for (from, expected) in [
            (1, (3, true, true)),
            (2, (3, false, true)),
            (3, (3, false, false)),
        ] {
            let database = with_schema(from);
            bring_forward(&database, from, &steps, Duration::ZERO).unwrap();
            assert_eq!(look(&database), expected, "from {from}");
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_schema_before_it() {
        let steps: [Migration; 2] = [
            |t| note(t, b"one"),
            |t| {
                note(t, b"two")?;
                Err(StoreError::DiskFull)
            },
        ];
        let database = with_schema(1);
        assert!(bring_forward(&database, 1, &steps, Duration::ZERO).is_err());
        assert_eq!(look(&database), (2, true, false));
    }
}
