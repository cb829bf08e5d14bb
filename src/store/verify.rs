//! Checks every byte, and compares everything derived with what the entries give.

use std::collections::{BTreeMap, BTreeSet};

use redb::WriteTransaction;

use super::api::{StoreError, VerifyReport};
use super::codec::{CheckV1, GroupV1, Record, TipV1, encode, seal};
use super::derive::{Derived, Differences, derive, hex};
use super::fault::guarded;
use super::ground::Open;
use super::peers;
use super::redb_store::{Handle, RedbStore, Step};
use super::rows::{self, Reading, Rows};
use super::{read, sessions};
use crate::ledger::{AuthorId, Hash, Subject};

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
        let last = self.read(|reading| rows::check(&reading.table(rows::META)?))?;
        let last = last.map(|check| check.millis);
        let aged = last.is_none_or(|last| wall.saturating_sub(last) > CHECK_EVERY);
        let unclean = self.unclean > last;
        if self.is_read_only() || !(aged || unclean) {
            return Ok(CheckOutcome::NotDue);
        }
        if !sessions::neighbours(&self.dir, self.edge.pid).is_empty() {
            return Ok(CheckOutcome::NotAlone);
        }
        let clean = self.integrity()?;
        let row = encode(&CheckV1 { millis: wall });
        let row = seal(Record::Check, rows::meta::CHECK, &row);
        self.transact(|transaction| {
            let mut meta = transaction.open_table(rows::META)?;
            meta.insert(rows::meta::CHECK, row.as_slice())?;
            Ok(Step::Commit(()))
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
        match guarded(|| Ok(database.check_integrity()?)) {
            Ok(clean) => Ok(clean),
            // Whatever it was, the allocator's state went with it: only a new handle goes on.
            Err(failure) => {
                let error = self.named(failure.into());
                self.drop_handle("check failed");
                let _ = self.open_for_reading();
                Err(error)
            }
        }
    }

    /// Checks every byte and compares every derived state with a rebuilt one.
    pub(super) fn verified(&mut self) -> Result<VerifyReport, StoreError> {
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
                let entries = reading.table(rows::ENTRIES)?;
                let there = rows::numbered(&entries, &witness.author, witness.seq)
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
            Ok(Step::Commit(()))
        })
    }
}

fn compare(reading: &Reading, differences: &mut Differences) -> Result<(u64, u64), StoreError> {
    let tip = reading.tip()?;
    let entries = reading.table(rows::ENTRIES)?;
    let open = Open::read(reading)?;
    let beliefs = open.beliefs()?;
    let derived = derive(&entries, AuthorId(tip.author), &beliefs, differences)?;
    compare_meeting(&open, &derived, differences)?;
    let views = compare_views(&reading.table(rows::VIEWS)?, &derived, &tip, differences)?;
    compare_actions(&reading.table(rows::ACTIONS)?, &derived, differences)?;
    compare_tip(&tip, &derived, differences);
    for definition in [rows::ENTRIES, rows::VIEWS, rows::ACTIONS] {
        look_up(&reading.table(definition)?, differences)?;
    }
    if let Err(error) = read::plan_bytes(reading) {
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
        if rows::is_group(key) {
            continue;
        }
        count = count.saturating_add(1);
        match rows::unsealed_view(key, value) {
            Ok(stored) if missing.get(key) == Some(&&stored) => {}
            Ok(_) => differences.add(format!("view {} differs", hex(key))),
            Err(error) => differences.add(format!("view {}: {error}", hex(key))),
        }
        missing.remove(key);
        let Ok(subject) = Subject::from_key(key) else {
            continue;
        };
        let sum = sums.entry(rows::group_key(subject.form())).or_default();
        sum.rows = sum.rows.saturating_add(1);
        rows::toggle(&mut sum.digest, key, value);
    }
    for key in missing.keys() {
        differences.add(format!("view {} is missing", hex(key)));
    }
    for (key, sum) in sums {
        match rows::group(table, &key) {
            Ok(stored) if stored == Some(sum) => {}
            Ok(_) => differences.add(format!("digest {} differs", hex(&key))),
            Err(error) => differences.add(format!("digest {}: {error}", hex(&key))),
        }
    }
    if let Err(error) = read::groups(table, tip) {
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
        let stored = rows::unsealed_action(key.value(), value.value());
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

pub(super) fn rebuild(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let beliefs = Open::write(transaction)?.beliefs()?;
    let mut meta = transaction.open_table(rows::META)?;
    let mut tip = rows::tip(&meta)?;
    let mut differences = Differences::default();
    let derived = {
        let entries = transaction.open_table(rows::ENTRIES)?;
        derive(&entries, AuthorId(tip.author), &beliefs, &mut differences)?
    };
    if let Some(first) = differences.0.into_iter().next() {
        return Err(StoreError::Damaged(first));
    }
    transaction.delete_table(rows::VIEWS)?;
    transaction.delete_table(rows::ACTIONS)?;
    let groups = write_views(transaction, &derived)?;
    write_meeting(transaction, &derived)?;
    let mut actions = transaction.open_table(rows::ACTIONS)?;
    for (key, action) in &derived.actions {
        let row = rows::sealed_action(key, action);
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
    let row = seal(Record::Tip, rows::meta::TIP, &encode(&tip));
    meta.insert(rows::meta::TIP, row.as_slice())?;
    Ok(())
}

fn compare_meeting(
    open: &Open<impl Rows>,
    derived: &Derived,
    differences: &mut Differences,
) -> Result<(), StoreError> {
    let forks = open.exchange.as_ref().map(peers::forks).transpose()?;
    if forks.unwrap_or_default() != derived.forks {
        differences.add("ends of logs differ");
    }
    let mut early = BTreeSet::new();
    if let Some(table) = &open.early {
        peers::each(table, Record::Early, &[], |key, _| {
            early.insert(key.to_vec());
            Ok(())
        })?;
    }
    for key in early.symmetric_difference(&derived.early) {
        differences.add(format!("early {} differs", hex(key)));
    }
    Ok(())
}

fn write_meeting(transaction: &WriteTransaction, derived: &Derived) -> Result<(), StoreError> {
    transaction.delete_table(peers::EARLY)?;
    let mut table = transaction.open_table(peers::EARLY)?;
    for key in &derived.early {
        peers::put(&mut table, Record::Early, key, &[])?;
    }
    let mut table = transaction.open_table(peers::EXCHANGE)?;
    let from = [peers::Tag::Fork as u8];
    let to = rows::after(&from);
    table.retain_in(from.as_slice()..to.as_slice(), |_, _| false)?;
    for (author, tips) in &derived.forks {
        let key = peers::tagged(peers::Tag::Fork, author);
        peers::put(&mut table, Record::Exchange, &key, &peers::tips_bytes(tips))?;
    }
    Ok(())
}

/// Writes views and groups; gives the number of groups and the digest over them.
fn write_views(
    transaction: &WriteTransaction,
    derived: &Derived,
) -> Result<(u64, [u8; 32]), StoreError> {
    let mut table = transaction.open_table(rows::VIEWS)?;
    let mut groups: BTreeMap<Vec<u8>, GroupV1> = BTreeMap::new();
    for (key, heads) in &derived.views {
        let row = rows::sealed_view(key, heads);
        let group = groups
            .entry(rows::group_key(read::subject(key)?.form()))
            .or_default();
        group.rows = group.rows.saturating_add(1);
        rows::toggle(&mut group.digest, key, &row);
        table.insert(key.as_slice(), row.as_slice())?;
    }
    let (mut count, mut digest) = (0_u64, [0; 32]);
    for (key, group) in &groups {
        let row = rows::sealed_group(key, group);
        rows::toggle(&mut digest, key, &row);
        count = count.saturating_add(1);
        table.insert(key.as_slice(), row.as_slice())?;
    }
    Ok((count, digest))
}
