//! Checks every byte, and compares everything derived with what the entries give.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::{AuthorId, Hash, Subject};
use crate::store::api::{StoreError, VerifyReport};
use crate::store::audit::derive::{Derived, Differences, derive, hex};
use crate::store::file::handle::RedbStore;
use crate::store::format::codec::{GroupV1, Record, TipV1};
use crate::store::format::tables::{self, ReadTables, Rows};
use crate::store::format::{exchange_tables, log_rows};
use crate::store::read::queries;
use crate::store::read::snapshot::SnapshotTables;

impl RedbStore {
    /// Checks every byte and compares every derived state with a rebuilt one.
    pub(crate) fn verified(&self) -> Result<VerifyReport, StoreError> {
        let mut differences = Differences::default();
        match self.check_pages() {
            Ok(true) => {}
            Ok(false) => differences.add("pages were repaired"),
            Err(error @ StoreError::Held { .. }) => return Err(error),
            Err(error) => differences.add(format!("pages: {error}")),
        }
        let witnessed = self.shared.witnessed();
        let compared = self.read(|reading| {
            if let Some(witness) = witnessed {
                let entries = reading.table(tables::ENTRIES)?;
                let withheld = reading.optional(tables::WITHHELD)?;
                let there =
                    log_rows::numbered(&entries, withheld.as_ref(), &witness.author, witness.seq)
                        .is_ok_and(|found| found.iter().any(|entry| entry.hash == witness.hash));
                if !there {
                    differences.add(format!("no entry {} of the witness", witness.seq));
                }
            }
            compare(reading, &mut differences)
        });
        let compared = match compared {
            Ok(compared) => compared,
            // Every read ends the same way: then there is nothing to report on.
            Err(error) if differences.0.is_empty() => return Err(error),
            Err(error) => {
                differences.add(error.to_string());
                Compared::default()
            }
        };
        Ok(VerifyReport {
            entries: compared.entries,
            views: compared.views,
            withheld: compared.withheld,
            differences: differences.0,
        })
    }
}

/// What was compared, and what of the logs is withheld.
#[derive(Default)]
struct Compared {
    entries: u64,
    views: u64,
    withheld: Vec<(AuthorId, u64)>,
}

fn compare(reading: &ReadTables, differences: &mut Differences) -> Result<Compared, StoreError> {
    let tip = reading.tip()?;
    let entries = reading.table(tables::ENTRIES)?;
    let open = SnapshotTables::read(reading)?;
    let trust_state = open.trust_state()?;
    let derived = derive(
        &entries,
        open.withheld.as_ref(),
        AuthorId(tip.author),
        &trust_state,
        differences,
    )?;
    compare_exchange(&open, &derived, differences)?;
    let views = compare_views(&reading.table(tables::VIEWS)?, &derived, &tip, differences)?;
    compare_actions(&reading.table(tables::ACTIONS)?, &derived, differences)?;
    compare_tip(&tip, &derived, differences);
    for definition in [tables::ENTRIES, tables::VIEWS, tables::ACTIONS] {
        look_up(&reading.table(definition)?, differences)?;
    }
    if let Some(withheld) = &open.withheld {
        look_up(withheld, differences)?;
    }
    if let Err(error) = queries::plan_bytes(reading) {
        differences.add(format!("plan: {error}"));
    }
    Ok(Compared {
        entries: derived.entries,
        views,
        withheld: derived.withheld,
    })
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
