//! A disk that is full, or broken: each failure has its own name, nothing is half written, the
//! store turns read-only and comes back when the disk does.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use nhaplieu::store::OpenFor;
use nhaplieu::store::StoreReader;
use nhaplieu::store::{RedbStore, Store, StoreError, create_on, open, open_on};
use tempfile::tempdir;

use crate::chance::Chance;
use crate::disk::{Failing, Gated, Refuses};
use crate::state::{after, busy, figures, told};
use crate::world::{edge, init, peopled, plan};

/// More operations than one commit asks for.
const ENOUGH: usize = 200;

fn on(disk: &Arc<Failing>, dir: &Path) -> RedbStore {
    let gate = Box::new(Gated(Arc::clone(disk)));
    let mut store = open_on(dir, &edge(), gate, OpenFor::Writing).unwrap();
    store.use_plan(plan()).unwrap();
    store
}

fn fitting(error: &StoreError, kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::StorageFull => matches!(error, StoreError::DiskFull),
        _ => matches!(error, StoreError::Io(_)),
    }
}

/// Breaks the disk at each operation of a commit in turn.
fn each_operation_fails(refuses: Refuses, kind: ErrorKind) {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let disk = Failing::working();
    let mut store = on(&disk, dir.path());
    let mut chance = Chance::new(3);
    let mut known = figures(&store).unwrap();
    let mut failures = 0;
    for left in 0..ENOUGH {
        let n = u64::try_from(left).unwrap() * 3 + 1;
        let action = busy(&mut chance, n);
        let before = store.counter().unwrap();
        disk.break_after(left, refuses, kind);
        let outcome = store.commit(&action);
        let what = format!("{refuses:?} {kind:?} after {left}");
        match outcome {
            Ok(_) => {
                disk.repair();
                known = after(known, &action);
            }
            Err(error) => {
                failures += 1;
                assert!(fitting(&error, kind), "{what}: {error:?}");
                read_only_and_sound(&mut store, kind, &what);
                assert!(disk.repair(), "{what}: failed without a failure");
                store
                    .reopen()
                    .unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(!store.is_read_only(), "{what}");
                let done = after(known.clone(), &action);
                known = whole_or_absent(&store, before, (&known, done), &what);
            }
        }
        assert_eq!(figures(&store).unwrap(), known, "{what}");
        let next = busy(&mut chance, n + 1);
        store
            .commit(&next)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        known = after(known, &next);
        if disk_was_untouched(left, failures) {
            break;
        }
    }
    assert!(failures > 0, "no operation ever failed");
    let report = store.verify().unwrap();
    assert_eq!(report.differences, Vec::<String>::new());
    drop(store);
    let store = open(dir.path(), &edge()).unwrap();
    assert_eq!(figures(&store).unwrap(), known);
}

/// The commit got through with operations to spare: every one of them has had its turn.
fn disk_was_untouched(left: usize, failures: usize) -> bool {
    left > failures + 8
}

/// What cannot be written is refused, for the cause that it failed for; what can still be read is
/// right.
fn read_only_and_sound(store: &mut RedbStore, kind: ErrorKind, what: &str) {
    assert!(store.is_read_only(), "{what}");
    let refused = store.commit(&busy(&mut Chance::new(4), 5)).unwrap_err();
    assert!(fitting(&refused, kind), "{what}: {refused:?}");
}

fn whole_or_absent(
    store: &RedbStore,
    before: u64,
    (old, new): (&crate::state::Figures, crate::state::Figures),
    what: &str,
) -> crate::state::Figures {
    let found = figures(store).unwrap();
    let counter = store.counter().unwrap();
    if counter == before {
        assert_eq!(&found, old, "{what}: half written");
        return found;
    }
    assert_eq!(counter, before + 1, "{what}");
    assert_eq!(found, new, "{what}: half written");
    found
}

#[test]
fn a_disk_that_is_full_at_any_write() {
    each_operation_fails(Refuses::Writes, ErrorKind::StorageFull);
}

#[test]
fn a_disk_that_fails_at_any_write() {
    each_operation_fails(Refuses::Writes, ErrorKind::Other);
}

#[test]
fn a_disk_that_fails_at_any_sync() {
    each_operation_fails(Refuses::Syncs, ErrorKind::Other);
}

#[test]
fn a_disk_that_dies_at_any_operation() {
    each_operation_fails(Refuses::Everything, ErrorKind::Other);
}

#[test]
fn figures_stay_readable_while_the_disk_is_full() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let disk = Failing::working();
    let mut store = on(&disk, dir.path());
    let mut chance = Chance::new(5);
    for n in 1..30 {
        store.commit(&busy(&mut chance, n)).unwrap();
    }
    let before = told(&store).unwrap();
    for left in 0..6 {
        disk.break_after(left, Refuses::Writes, ErrorKind::StorageFull);
        if store.commit(&busy(&mut chance, 100)).is_err() {
            assert_eq!(told(&store).unwrap(), before, "after {left} writes");
        }
        disk.repair();
        store.reopen().unwrap();
        if told(&store).unwrap() != before {
            // The commit was whole after all: nothing more to see.
            return;
        }
    }
}

#[test]
fn a_store_that_cannot_be_made_leaves_nothing_behind() {
    for left in 0..60 {
        let dir = tempdir().unwrap();
        let at = dir.path().join("kho");
        let disk = Failing::working();
        disk.break_after(left, Refuses::Everything, ErrorKind::StorageFull);
        let made = create_on(&at, &init(), &edge(), Box::new(Gated(Arc::clone(&disk))));
        if !disk.repair() {
            assert!(made.is_ok(), "after {left}");
            return;
        }
        match made {
            // Only closing failed, after everything was on the disk.
            Ok(_) => {}
            Err(error) => {
                assert!(
                    matches!(error, StoreError::DiskFull),
                    "after {left}: {error:?}"
                );
                if at.join("data.redb").exists() {
                    // Whole, and only its first opening failed.
                    assert!(open(&at, &edge()).is_ok(), "after {left}");
                    continue;
                }
                assert!(!at.join("key").exists(), "after {left}");
                let made = create_on(&at, &init(), &edge(), Box::new(Gated(disk)));
                assert!(made.is_ok(), "after {left}: not on the second try");
            }
        }
    }
    panic!("making a store takes more operations than were tried");
}
