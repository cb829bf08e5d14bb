//! A cleanly closed file that was damaged since: every read gives exactly what was written, or
//! an error. Never another figure, never a blank where a figure was, never an abort.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use nhaplieu::store::StoreReader;
use nhaplieu::store::{EpochCause, EpochState, RedbStore, Store, StoreError, open, open_read_only};
use tempfile::tempdir;

use crate::chance::{Chance, rounds};
use crate::state::{Told, filled, told};
use crate::world::edge;

/// What became of one damaged file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The damage lies where nothing is kept, or was repaired: everything reads as written.
    Same,
    /// It did not open, and said so.
    NotOpened,
    /// It opened; what could not be read said so, the rest was as written.
    PartlyRead,
    /// One old page made it the store it was some commits ago, whole: what the witness is for.
    RolledBack,
}

fn harm(bytes: &mut Vec<u8>, chance: &mut Chance) -> String {
    let at = chance.below(bytes.len());
    match chance.below(8) {
        0 => {
            let sector = at / 512 * 512;
            let end = (sector + 512).min(bytes.len());
            bytes[sector..end].fill(0);
            format!("sector {sector} zeroed")
        }
        1 => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        2 => {
            let from = chance.below(bytes.len()) / 4096 * 4096;
            let to = at / 4096 * 4096;
            let end = (from + 4096).min(bytes.len());
            let page = bytes[from..end].to_vec();
            let end = (to + page.len()).min(bytes.len());
            bytes[to..end].copy_from_slice(&page[..end - to]);
            format!("page {from} written over page {to}")
        }
        _ => {
            let bit = chance.below(8);
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        }
    }
}

/// Compares what a store still says with what it said, question by question.
fn compare(store: &impl Store, truth: &Told, what: &str) -> Outcome {
    let mut silent = true;
    let failed = |error: StoreError| {
        assert!(
            matches!(
                error,
                StoreError::Damaged(_) | StoreError::Io(_) | StoreError::Newer { .. }
            ),
            "{what}: {error:?}"
        );
        false
    };
    match store.form_keys() {
        Ok(keys) => {
            let expected: Vec<_> = truth.forms.iter().map(|(key, _)| key.clone()).collect();
            assert_eq!(keys, expected, "{what}: forms");
        }
        Err(error) => silent &= failed(error),
    }
    for (key, form) in &truth.forms {
        match store.form(key) {
            Ok(found) => assert!(found == *form, "{what}: {} {}", key.unit, key.period),
            Err(error) => silent &= failed(error),
        }
    }
    let empty = crate::world::form("xa-b", "2022");
    match store.form(&empty) {
        Ok(found) => assert_eq!(
            found,
            nhaplieu::ledger::Form::default(),
            "{what}: blank form"
        ),
        Err(error) => silent &= failed(error),
    }
    match told(store) {
        Ok(found) => {
            assert!(found.forms == truth.forms, "{what}: forms");
            assert!(found.actors == truth.actors, "{what}: people");
            assert_eq!(found.counter, truth.counter, "{what}: counter");
            assert_eq!(found.log.len(), truth.log.len(), "{what}: log");
            assert!(found.log == truth.log, "{what}: log");
            // The index of actions proves each row, not that none is lost: undo may find
            // nothing, or an earlier action. It changes no figure by itself, and `verify` says
            // so.
            silent &= found.undo == truth.undo;
        }
        Err(error) => silent &= failed(error),
    }
    if silent {
        Outcome::Same
    } else {
        Outcome::PartlyRead
    }
}

fn open_and_read(dir: &Path, writing: bool, truth: &Told, what: &str) -> Outcome {
    let opened = if writing {
        open(dir, &edge())
    } else {
        open_read_only(dir, &edge())
    };
    let mut store = match opened {
        Ok(store) => store,
        Err(error) => {
            assert!(
                matches!(
                    error,
                    StoreError::Damaged(_) | StoreError::Io(_) | StoreError::Newer { .. }
                ),
                "{what}: {error:?}"
            );
            return Outcome::NotOpened;
        }
    };
    if store.counter().is_ok_and(|counter| counter < truth.counter) {
        seen_as_rolled_back(&mut store, writing, what);
        return Outcome::RolledBack;
    }
    let outcome = compare(&store, truth, what);
    if outcome == Outcome::PartlyRead {
        // What is wrong with it, `verify` sees too.
        if let Ok(report) = store.verify() {
            assert!(!report.differences.is_empty(), "{what}: verify is content");
        }
    }
    outcome
}

/// A store that was rolled back goes on under another author when it is opened for writing, and
/// does not verify when it is not.
fn seen_as_rolled_back(store: &mut RedbStore, writing: bool, what: &str) {
    let seen = if writing {
        let due = EpochState::Due(EpochCause::RolledBack);
        store.info().map_or(true, |info| info.epoch == due)
    } else {
        store
            .verify()
            .map_or(true, |report| !report.differences.is_empty())
    };
    assert!(seen, "{what}: an older state passes for the present one");
}

#[test]
fn a_damaged_file_is_read_as_written_or_not_at_all() {
    let dir = tempdir().unwrap();
    filled(dir.path(), 11, 120);
    let truth = told(&open(dir.path(), &edge()).unwrap()).unwrap();
    let data = dir.path().join("data.redb");
    let (sound, witness) = (
        fs::read(&data).unwrap(),
        fs::read(dir.path().join("witness")).unwrap(),
    );
    let mut chance = Chance::new(12);
    let mut counts = std::collections::BTreeMap::new();
    for round in 0..rounds(250, 20_000) {
        let mut bytes = sound.clone();
        let what = format!("round {round}, {}", harm(&mut bytes, &mut chance));
        let writing = !chance.once_in(4);
        fs::write(&data, &bytes).unwrap();
        fs::write(dir.path().join("witness"), &witness).unwrap();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            open_and_read(dir.path(), writing, &truth, &what)
        }));
        match outcome {
            Ok(outcome) => *counts.entry(outcome).or_insert(0_u32) += 1,
            Err(panic) => {
                let words = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                panic!("{what}: {words}");
            }
        }
    }
    println!("{counts:?}");
    assert!(counts.len() >= 3, "not all outcomes were seen: {counts:?}");
}
