//! A store that cannot be written is read all the same; and the engine's check when it is due.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use nhaplieu::store::backend::{FileAccess, Files, Opener};
use nhaplieu::store::{
    Access, CheckOutcome, OpenFor, ReadOnlyReason, RedbStore, SessionFile, Store, StoreError,
    StoreReader, open_on, open_read_only,
};
use redb::StorageBackend;
use tempfile::tempdir;

use crate::disk::{Failing, Gated};
use crate::state::figures;
use crate::world::{edge, id, number, peopled, plan, reopened, types};

/// Files whose mode does not let them be written.
#[derive(Debug)]
struct NotWritable;

impl Opener for NotWritable {
    fn open(&self, path: &Path, access: FileAccess) -> io::Result<Box<dyn StorageBackend>> {
        match access {
            FileAccess::Read => Files.open(path, access),
            FileAccess::Write => Err(ErrorKind::PermissionDenied.into()),
        }
    }
}

fn not_writable(dir: &Path, purpose: OpenFor) -> Result<RedbStore, StoreError> {
    let mut store = open_on(dir, &edge(), Box::new(NotWritable), purpose)?;
    store.use_plan(plan()).unwrap();
    Ok(store)
}

fn is_only_read(mut store: RedbStore) {
    let access = store.info().unwrap().access;
    assert_eq!(access, Access::ReadOnly(ReadOnlyReason::NotWritable));
    assert_eq!(figures(&store).unwrap()["so_01"], number("11"));
    let refused = store.commit(&types(9, "so_01", "99")).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly(_)), "{refused:?}");
    assert!(matches!(store.reopen(), Err(StoreError::ReadOnly(_))));
    assert_eq!(figures(&store).unwrap()["so_01"], number("11"));
}

#[test]
fn figures_of_a_store_that_may_not_be_written_can_be_read() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    store.commit(&types(1, "so_01", "11")).unwrap();
    // What a kill leaves needs repair before it is read, and nothing can be repaired here.
    let killed = std::fs::read(dir.path().join("data.redb")).unwrap();
    drop(store);
    let strictly = not_writable(dir.path(), OpenFor::Writing);
    assert!(matches!(strictly, Err(StoreError::ReadOnly(_))));
    is_only_read(not_writable(dir.path(), OpenFor::WritingIfPossible).unwrap());
    std::fs::write(dir.path().join("data.redb"), killed).unwrap();
    is_only_read(not_writable(dir.path(), OpenFor::WritingIfPossible).unwrap());
}

#[test]
fn a_store_that_may_be_written_says_so_and_one_opened_for_reading_too() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    assert_eq!(reopened(dir.path()).info().unwrap().access, Access::Write);
    let reading = open_read_only(dir.path(), &edge()).unwrap();
    let asked = Access::ReadOnly(ReadOnlyReason::Asked);
    assert_eq!(reading.info().unwrap().access, asked);
}

const DAY: u64 = 86_400_000;

#[test]
fn the_daily_check_runs_when_due_and_alone_beside_readers() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let disk = Failing::working();
    let store = open_on(
        dir.path(),
        &edge(),
        Box::new(Gated(Arc::clone(&disk))),
        OpenFor::Writing,
    );
    let store = store.unwrap();
    let check = |now: u64| store.another().check_if_due(now).unwrap();
    let now = 40 * DAY;
    assert_eq!(check(now), CheckOutcome::Clean, "never checked before");
    assert_eq!(check(now + DAY), CheckOutcome::NotDue);
    let other = SessionFile::begin(dir.path(), edge().pid + 1, &id("hoa")).unwrap();
    assert_eq!(check(now + DAY + 1), CheckOutcome::NotAlone);
    other.end();
    assert_eq!(check(now + DAY + 1), CheckOutcome::Clean);
    assert_eq!(check(now + DAY + 2), CheckOutcome::NotDue);
    // It is known at the next start, and nothing else has changed.
    drop(store);
    let store = reopened(dir.path());
    assert_eq!(
        store.check_if_due(now + DAY + 3).unwrap(),
        CheckOutcome::NotDue
    );
    assert_eq!(store.verify().unwrap().differences, Vec::<String>::new());
    let reading = open_read_only(dir.path(), &edge()).unwrap();
    assert_eq!(
        reading.check_if_due(now + 9 * DAY).unwrap(),
        CheckOutcome::NotDue
    );
}

#[test]
fn an_unclean_end_makes_the_check_due() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let now = 40 * DAY;
    assert_eq!(
        reopened(dir.path()).check_if_due(now).unwrap(),
        CheckOutcome::Clean
    );
    // Left by a kill: not locked, and later than the check.
    std::fs::write(dir.path().join("sessions").join("77"), b"").unwrap();
    assert_eq!(
        reopened(dir.path()).check_if_due(now + 1).unwrap(),
        CheckOutcome::Clean
    );
}

#[test]
fn pages_that_were_changed_are_found_by_the_check_and_nothing_is_written_any_more() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    for n in 1..200 {
        store
            .commit(&types(n, &format!("so_{:02}", n % 40), &n.to_string()))
            .unwrap();
    }
    drop(store);
    let store = reopened(dir.path());
    let path = dir.path().join("data.redb");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..] {
        *byte ^= 0x55;
    }
    std::fs::write(&path, bytes).unwrap();
    let found = store.check_if_due(40 * DAY);
    assert!(matches!(found, Err(StoreError::Damaged(_))), "{found:?}");
    assert!(store.is_read_only());
    let refused = store
        .another()
        .commit(&types(300, "so_01", "1"))
        .unwrap_err();
    assert!(matches!(refused, StoreError::Damaged(_)), "{refused:?}");
}
