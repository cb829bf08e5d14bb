//! Checks every byte, and compares everything derived with what the entries give.

use std::collections::{BTreeMap, BTreeSet};

use redb::WriteTransaction;

use crate::ledger::{AuthorId, Hash, Subject};
use crate::store::api::{StoreError, VerifyReport};
use crate::store::audit::derive::{Derived, Differences, derive, hex};
use crate::store::file::errors::catch_panics;
use crate::store::file::handle::{Handle, RedbStore, TransactionEnd};
use crate::store::format::codec::{CheckV1, GroupV1, Record, TipV1, encode, seal};
use crate::store::format::exchange_tables;
use crate::store::format::tables::{self, ReadTables, Rows};
use crate::store::presence;
use crate::store::read::queries;
use crate::store::read::snapshot::SnapshotTables;

/// After so long, redb's own check is due again: one day, in milliseconds.
const CHECK_EVERY: u64 = 86_400_000;

/// What became of the check in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// The last is recent and the last end was clean.
    NotDue,
    /// Other sessions are open; they would stand still meanwhile.
    NotAlone,
    /// All pages are as they were written.
    Clean,
    /// Something was wrong and redb repaired it.
    Repaired,
}

impl RedbStore {
    /// Runs redb's check through the whole file when it is due and nobody else is here: after
    /// an unclean end, or when the last is over a day old (`settled.md` 1). Takes 5, 40, 390 ms
    /// at 10^4, 10^5, 10^6 rows; for the store's own thread, after the first screen.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]; then the store is read-only.
    pub fn background_check(&mut self, wall: u64) -> Result<CheckOutcome, StoreError> {
        let last = self.read(|reading| tables::check(&reading.table(tables::META)?))?;
        let last = last.map(|check| check.millis);
        let aged = last.is_none_or(|last| wall.saturating_sub(last) > CHECK_EVERY);
        let unclean = self.unclean > last;
        if self.is_read_only() || !(aged || unclean) {
            return Ok(CheckOutcome::NotDue);
        }
        if !presence::other_sessions(&self.dir, self.edge.pid).is_empty() {
            return Ok(CheckOutcome::NotAlone);
        }
        let clean = self.integrity()?;
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

    /// redb's own check of every page; `false` when it had to repair.
    fn integrity(&mut self) -> Result<bool, StoreError> {
        let Handle::Full(database) = &mut self.handle else {
            return Ok(true);
        };
        match catch_panics(|| Ok(database.check_integrity()?)) {
            Ok(clean) => Ok(clean),
            // Whatever it was, the allocator's state went with it: only a new handle goes on.
            Err(failure) => {
                let error = self.named(failure.into());
                self.close_handle("check failed");
                let _ = self.open_for_reading();
                Err(error)
            }
        }
    }

    /// Checks every byte and compares every derived state with a rebuilt one.
    pub(crate) fn verified(&mut self) -> Result<VerifyReport, StoreError> {
        let mut differences = Differences::default();
        match self.integrity() {
            Ok(true) => {}
            Ok(false) => differences.add("pages were repaired"),
            Err(error @ StoreError::Held { .. }) => return Err(error),
            Err(error) => differences.add(format!("pages: {error}")),
        }
        let witnessed = self.witness.read();
        let compared = self.read(|reading| {
            if let Some(witness) = witnessed {
                let entries = reading.table(tables::ENTRIES)?;
                let there = tables::numbered(&entries, &witness.author, witness.seq)
                    .is_ok_and(|found| found.iter().any(|entry| entry.hash == witness.hash));
                if !there {
                    differences.add(format!("no entry {} of the witness", witness.seq));
                }
            }
            compare(reading, &mut differences)
        });
        let (entries, views) = match compared {
            Ok(counts) => counts,
            // Every read ends the same way: then there is nothing to report on.
            Err(error) if differences.0.is_empty() => return Err(error),
            Err(error) => {
                differences.add(error.to_string());
                (0, 0)
            }
        };
        Ok(VerifyReport {
            entries,
            views,
            differences: differences.0,
        })
    }

    /// Writes everything derived anew from the entries, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when an entry cannot be read: then nothing is changed, because
    /// what is derived may be all that is left of it.
    pub fn rebuild_views(&mut self) -> Result<(), StoreError> {
        self.transact(|transaction| {
            rebuild(transaction)?;
            Ok(TransactionEnd::Commit(()))
        })
    }
}

fn compare(reading: &ReadTables, differences: &mut Differences) -> Result<(u64, u64), StoreError> {
    let tip = reading.tip()?;
    let entries = reading.table(tables::ENTRIES)?;
    let open = SnapshotTables::read(reading)?;
    let trust_state = open.trust_state()?;
    let derived = derive(&entries, AuthorId(tip.author), &trust_state, differences)?;
    compare_exchange(&open, &derived, differences)?;
    let views = compare_views(&reading.table(tables::VIEWS)?, &derived, &tip, differences)?;
    compare_actions(&reading.table(tables::ACTIONS)?, &derived, differences)?;
    compare_tip(&tip, &derived, differences);
    for definition in [tables::ENTRIES, tables::VIEWS, tables::ACTIONS] {
        look_up(&reading.table(definition)?, differences)?;
    }
    if let Err(error) = queries::plan_bytes(reading) {
        differences.add(format!("plan: {error}"));
    }
    Ok((derived.entries, views))
}

/// Every row that a walk finds is found by its key as well: on a damaged path, it may not be.
fn look_up(table: &impl Rows, differences: &mut Differences) -> Result<(), StoreError> {
    for row in table.range::<&[u8]>(..)? {
        let (key, value) = row?;
        let found = table.get(key.value())?;
        if found.is_none_or(|found| found.value() != value.value()) {
            differences.add(format!("row {} is not found", hex(key.value())));
        }
    }
    Ok(())
}

fn compare_views(
    table: &impl Rows,
    derived: &Derived,
    tip: &TipV1,
    differences: &mut Differences,
) -> Result<u64, StoreError> {
    let mut sums: BTreeMap<Vec<u8>, GroupV1> = BTreeMap::new();
    let mut missing: BTreeMap<&[u8], _> = derived
        .views
        .iter()
        .map(|(key, heads)| (key.as_slice(), heads))
        .collect();
    let mut count = 0_u64;
    for row in table.range::<&[u8]>(..)? {
        let (key, value) = row?;
        let (key, value) = (key.value(), value.value());
        if tables::is_group(key) {
            continue;
        }
        count = count.saturating_add(1);
        match tables::unsealed_view(key, value) {
            Ok(stored) if missing.get(key) == Some(&&stored) => {}
            Ok(_) => differences.add(format!("view {} differs", hex(key))),
            Err(error) => differences.add(format!("view {}: {error}", hex(key))),
        }
        missing.remove(key);
        let Ok(subject) = Subject::from_key(key) else {
            continue;
        };
        let sum = sums.entry(tables::group_key(subject.form())).or_default();
        sum.rows = sum.rows.saturating_add(1);
        tables::xor_row(&mut sum.digest, key, value);
    }
    for key in missing.keys() {
        differences.add(format!("view {} is missing", hex(key)));
    }
    for (key, sum) in sums {
        match tables::group(table, &key) {
            Ok(stored) if stored == Some(sum) => {}
            Ok(_) => differences.add(format!("digest {} differs", hex(&key))),
            Err(error) => differences.add(format!("digest {}: {error}", hex(&key))),
        }
    }
    if let Err(error) = queries::groups(table, tip) {
        differences.add(error.to_string());
    }
    Ok(count)
}

fn compare_actions(
    table: &impl Rows,
    derived: &Derived,
    differences: &mut Differences,
) -> Result<(), StoreError> {
    let mut missing = derived.actions.clone();
    for row in table.range::<&[u8]>(..)? {
        let (key, value) = row?;
        let stored = tables::unsealed_action(key.value(), value.value());
        let expected = missing.remove(key.value());
        if stored.ok() != expected || expected.is_none() {
            differences.add(format!("action {} differs", hex(key.value())));
        }
    }
    for key in missing.keys() {
        differences.add(format!("action {} is missing", hex(key)));
    }
    Ok(())
}

fn compare_tip(tip: &TipV1, derived: &Derived, differences: &mut Differences) {
    let last = derived.last.map(|(seq, hash, _)| (seq, hash));
    if last != Some((tip.seq, Hash(tip.hash))) {
        differences.add(format!("tip is at {}", tip.seq));
    }
    if tip.entries != derived.entries {
        differences.add(format!("tip counts {} entries", tip.entries));
    }
    if (tip.unsent, tip.unsent_since) != (derived.unsent, derived.unsent_since) {
        differences.add(format!("tip counts {} unsent", tip.unsent));
    }
}

pub(crate) fn rebuild(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let trust_state = SnapshotTables::write(transaction)?.trust_state()?;
    let mut meta = transaction.open_table(tables::META)?;
    let mut tip = tables::tip(&meta)?;
    let mut differences = Differences::default();
    let derived = {
        let entries = transaction.open_table(tables::ENTRIES)?;
        derive(
            &entries,
            AuthorId(tip.author),
            &trust_state,
            &mut differences,
        )?
    };
    if let Some(first) = differences.0.into_iter().next() {
        return Err(StoreError::Damaged(first));
    }
    transaction.delete_table(tables::VIEWS)?;
    transaction.delete_table(tables::ACTIONS)?;
    let groups = write_views(transaction, &derived)?;
    write_exchange(transaction, &derived)?;
    let mut actions = transaction.open_table(tables::ACTIONS)?;
    for (key, action) in &derived.actions {
        let row = tables::sealed_action(key, action);
        actions.insert(key.as_slice(), row.as_slice())?;
    }
    if let Some((seq, hash, clock)) = derived.last {
        (tip.seq, tip.hash) = (seq, hash.0);
        // Never back: the clock may have been adopted from elsewhere.
        let own = (clock.millis, clock.counter);
        (tip.millis, tip.tick) = own.max((tip.millis, tip.tick));
    }
    tip.counter = tip.counter.saturating_add(1);
    tip.entries = derived.entries;
    (tip.unsent, tip.unsent_since) = (derived.unsent, derived.unsent_since);
    (tip.groups, tip.digest) = groups;
    let row = seal(Record::Tip, tables::meta::TIP, &encode(&tip));
    meta.insert(tables::meta::TIP, row.as_slice())?;
    Ok(())
}

fn compare_exchange(
    open: &SnapshotTables<impl Rows>,
    derived: &Derived,
    differences: &mut Differences,
) -> Result<(), StoreError> {
    let forks = open
        .exchange
        .as_ref()
        .map(exchange_tables::forks)
        .transpose()?;
    if forks.unwrap_or_default() != derived.forks {
        differences.add("ends of logs differ");
    }
    let mut early = BTreeSet::new();
    if let Some(table) = &open.early {
        exchange_tables::each(table, Record::Early, &[], |key, _| {
            early.insert(key.to_vec());
            Ok(())
        })?;
    }
    for key in early.symmetric_difference(&derived.early) {
        differences.add(format!("early {} differs", hex(key)));
    }
    Ok(())
}

fn write_exchange(transaction: &WriteTransaction, derived: &Derived) -> Result<(), StoreError> {
    transaction.delete_table(exchange_tables::EARLY)?;
    let mut table = transaction.open_table(exchange_tables::EARLY)?;
    for key in &derived.early {
        exchange_tables::put(&mut table, Record::Early, key, &[])?;
    }
    let mut table = transaction.open_table(exchange_tables::EXCHANGE)?;
    let from = [exchange_tables::Tag::Fork as u8];
    let to = tables::after(&from);
    table.retain_in(from.as_slice()..to.as_slice(), |_, _| false)?;
    for (author, tips) in &derived.forks {
        let key = exchange_tables::tagged(exchange_tables::Tag::Fork, author);
        exchange_tables::put(
            &mut table,
            Record::Exchange,
            &key,
            &exchange_tables::tips_bytes(tips),
        )?;
    }
    Ok(())
}

/// Writes views and groups; gives the number of groups and the digest over them.
fn write_views(
    transaction: &WriteTransaction,
    derived: &Derived,
) -> Result<(u64, [u8; 32]), StoreError> {
    let mut table = transaction.open_table(tables::VIEWS)?;
    let mut groups: BTreeMap<Vec<u8>, GroupV1> = BTreeMap::new();
    for (key, heads) in &derived.views {
        let row = tables::sealed_view(key, heads);
        let group = groups
            .entry(tables::group_key(queries::subject(key)?.form()))
            .or_default();
        group.rows = group.rows.saturating_add(1);
        tables::xor_row(&mut group.digest, key, &row);
        table.insert(key.as_slice(), row.as_slice())?;
    }
    let (mut count, mut digest) = (0_u64, [0; 32]);
    for (key, group) in &groups {
        let row = tables::sealed_group(key, group);
        tables::xor_row(&mut digest, key, &row);
        count = count.saturating_add(1);
        table.insert(key.as_slice(), row.as_slice())?;
    }
    Ok((count, digest))
}
