//! The [`ExchangeReader`] trait on redb: logs as stored bytes, and what is kept of bundles.

use std::collections::BTreeSet;

use crate::ledger::{AuthorId, Hash};
use crate::store::api::StoreError;
use crate::store::exchange::{
    Checkpoint, ExchangeReader, IncomingEntry, Peer, Report, Snapshot, Tip, known_log,
};
use crate::store::file::handle::RedbStore;
use crate::store::format::{exchange_tables, tables};
use crate::store::identity::key;
use crate::store::read::queries;
use crate::store::read::snapshot::SnapshotTables;

impl ExchangeReader for RedbStore {
    fn with_snapshot(
        &self,
        ask: &mut dyn FnMut(&dyn Snapshot) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.read(|reading| ask(&SnapshotTables::read(reading)?))
    }

    fn log_bytes(
        &self,
        author: &AuthorId,
        from: u64,
        tip: &Tip,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.read(|reading| {
            let open = SnapshotTables::read(reading)?;
            // Without branches all up to the end leads to it.
            let branch = if open.tips(author)?.len() > 1 {
                let log = known_log(&open, author, Vec::new())?;
                let steps = log.up_to(tip).into_iter();
                Some(steps.map(|step| (step.last, step.hash)).collect())
            } else {
                None::<BTreeSet<Tip>>
            };
            open.each_of_log(author, from, &mut |entry| {
                let on_branch = |branch: &BTreeSet<Tip>| branch.contains(&(entry.seq, *entry.hash));
                if entry.seq > tip.0 || !branch.as_ref().is_none_or(on_branch) {
                    return Ok(());
                }
                look(entry)
            })?;
            Ok(())
        })
    }

    fn authors(&self) -> Result<Vec<AuthorId>, StoreError> {
        self.read(|reading| queries::authors(&reading.table(tables::ENTRIES)?))
    }

    fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        self.read(
            |reading| match &SnapshotTables::read(reading)?.checkpoints {
                Some(table) => exchange_tables::checkpoints(table),
                None => Ok(Vec::new()),
            },
        )
    }

    fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        // Asked at every start: to open the plans with it would read them.
        self.read(
            |reading| match &reading.optional(exchange_tables::EXCHANGE)? {
                Some(table) => exchange_tables::peers(table),
                None => Ok(Vec::new()),
            },
        )
    }

    fn reports(&self) -> Result<Vec<Report>, StoreError> {
        self.read(|reading| SnapshotTables::read(reading)?.all_reports())
    }

    fn held_bytes(&self, root: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|reading| SnapshotTables::read(reading)?.held_bytes(root))
    }

    fn sign(&self, words: &[u8]) -> Result<([u8; 32], [u8; 64]), StoreError> {
        let writer = self.read(|reading| Ok(AuthorId(reading.tip()?.author)))?;
        let dir = self.shared.dir();
        let key = key::of_author(dir, &writer).map_err(|fault| StoreError::Key {
            path: key::path(dir),
            fault,
        })?;
        Ok((key.public(), key.sign(words)))
    }
}
