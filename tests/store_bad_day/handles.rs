//! Several handles on one open store: reading goes on while another handle commits, no read sees
//! half an action, and a failure on one is known to all.

use std::io::{self, ErrorKind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use nhaplieu::ledger::Content;
use nhaplieu::store::{
    Access, OpenFor, ReadOnlyReason, RedbStore, Store, StoreError, StoreReader, open_on,
};
use tempfile::tempdir;

use crate::disk::{Failing, Gate, Gated, Op, Refuses};
use crate::state::figures;
use crate::world::{action, cell, edge, form, number, peopled, plan, set, types};

/// A read that does not come back is stuck; only a failing test waits so long.
const STUCK: Duration = Duration::from_secs(60);

/// Says when a sync has begun and holds it until told to go on.
#[derive(Debug)]
struct HoldsSyncs(Mutex<Option<(Sender<()>, Receiver<()>)>>);

impl Gate for HoldsSyncs {
    fn pass(&self, op: &Op) -> io::Result<()> {
        if let (Op::Sync, Some((begun, go_on))) = (op, &*self.0.lock().unwrap()) {
            begun.send(()).unwrap();
            // The other end hangs up when nothing is held any more.
            let _ = go_on.recv();
        }
        Ok(())
    }
}

fn opened<G: Gate>(dir: &std::path::Path, gate: &Arc<G>) -> RedbStore {
    let opener = Box::new(Gated(Arc::clone(gate)));
    let mut store = open_on(dir, &edge(), opener, OpenFor::Writing).unwrap();
    store.use_plan(plan()).unwrap();
    store
}

/// What a handle reads in a thread of its own, where it may not wait for anybody.
fn read_beside(store: &RedbStore) -> Content {
    let other = store.another();
    let (answer, answered) = channel();
    thread::spawn(move || {
        let found = figures(&other).unwrap();
        let _ = answer.send(found.get("so_01").cloned().unwrap_or_default());
    });
    answered
        .recv_timeout(STUCK)
        .expect("a read waits for a commit")
}

#[test]
fn a_read_returns_while_another_handle_is_inside_a_commit() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let gate = Arc::new(HoldsSyncs(Mutex::new(None)));
    let store = opened(dir.path(), &gate);
    store.another().commit(&types(1, "so_01", "11")).unwrap();
    let (begun, has_begun) = channel();
    let (go_on, may_go_on) = channel();
    *gate.0.lock().unwrap() = Some((begun, may_go_on));
    let mut writer = store.another();
    let committing = thread::spawn(move || writer.commit(&types(2, "so_01", "22")).unwrap());
    let mut syncs = 0;
    while has_begun.recv_timeout(STUCK).is_ok() {
        syncs += 1;
        assert_eq!(read_beside(&store), number("11"), "sync {syncs}");
        if syncs == 2 {
            // Closing and later commits are held no more.
            drop(go_on);
            break;
        }
        go_on.send(()).unwrap();
    }
    committing.join().unwrap();
    assert_eq!(syncs, 2, "a commit in two phases");
    *gate.0.lock().unwrap() = None;
    assert_eq!(read_beside(&store), number("22"));
}

#[test]
fn reads_see_an_action_whole_or_not_at_all() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let store = opened(dir.path(), &Failing::working());
    let keys = [form("xa-a", "2023"), form("xa-a", "2023-6T")];
    let mut writer = store.another();
    let writing = thread::spawn(move || {
        for n in 1..=60_u64 {
            let figure = || number(&n.to_string());
            let changes = ["2023", "2023-6T"]
                .map(|period| set(&cell("xa-a", period, "so_01"), figure()))
                .to_vec();
            writer.commit(&action("lan", n, changes)).unwrap();
        }
    });
    let mut reads = 0;
    while !writing.is_finished() || reads == 0 {
        let of = |form: Result<nhaplieu::ledger::Form, StoreError>| {
            let form = form.unwrap();
            let shown = form
                .cells
                .values()
                .next()
                .map(nhaplieu::ledger::Heads::content);
            shown.unwrap_or_default()
        };
        let mut found: Vec<Content> = store
            .forms(&keys)
            .unwrap()
            .into_iter()
            .map(|f| of(f.1))
            .collect();
        found.dedup();
        assert_eq!(found.len(), 1, "between the two: {found:?}");
        reads += 1;
    }
    writing.join().unwrap();
    assert_eq!(figures(&store).unwrap()["so_01"], number("60"));
}

#[test]
fn handles_that_write_in_turn_lose_nothing() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let store = opened(dir.path(), &Failing::working());
    let before = store.info().unwrap().seq;
    thread::scope(|scope| {
        for (first, field) in [(100, "so_01"), (200, "so_02"), (300, "so_03")] {
            let mut handle = store.another();
            scope.spawn(move || {
                for n in 1..=20 {
                    let action = types(first + n, field, &n.to_string());
                    handle.commit(&action).unwrap();
                }
            });
        }
    });
    assert_eq!(store.info().unwrap().seq, before + 60);
    assert!(
        figures(&store)
            .unwrap()
            .values()
            .all(|content| *content == number("20"))
    );
    assert_eq!(store.verify().unwrap().differences, Vec::<String>::new());
    drop(store);
    // The witness names the last entry, so the next start begins no new epoch.
    let again = crate::world::reopened(dir.path());
    assert_eq!(again.info().unwrap().seq, before + 60);
}

#[test]
fn a_failure_is_known_to_all_handles_and_what_was_readable_stays_so() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let disk = Failing::working();
    let store = opened(dir.path(), &disk);
    let mut writer = store.another();
    writer.commit(&types(1, "so_01", "11")).unwrap();
    disk.break_after(0, Refuses::Everything, ErrorKind::StorageFull);
    assert!(matches!(
        writer.commit(&types(2, "so_01", "22")),
        Err(StoreError::DiskFull)
    ));
    let reason = Access::ReadOnly(ReadOnlyReason::DiskFull);
    assert_eq!(store.info().unwrap().access, reason);
    let mut third = store.another();
    let refused = third.commit(&types(3, "so_01", "33")).unwrap_err();
    assert!(
        matches!(refused, StoreError::DiskFull),
        "the cause stays: {refused:?}"
    );
    assert_eq!(read_beside(&store), number("11"));
    // The disk is still full: whatever a new opening says, the figures stay on the screen.
    let _ = store.reopen();
    assert_eq!(read_beside(&store), number("11"));
    disk.repair();
    store.reopen().unwrap();
    assert_eq!(store.info().unwrap().access, Access::Write);
    third.commit(&types(4, "so_01", "44")).unwrap();
    assert_eq!(read_beside(&store), number("44"));
}

#[test]
fn an_opening_that_fails_leaves_the_one_before_it_readable() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let store = opened(dir.path(), &Failing::working());
    store.another().commit(&types(1, "so_01", "11")).unwrap();
    // The file is gone, as with a stick that was pulled: nothing new can be opened.
    let away = dir.path().join("away");
    std::fs::rename(dir.path().join("data.redb"), &away).unwrap();
    assert!(store.reopen().is_err());
    assert_eq!(read_beside(&store), number("11"));
    std::fs::rename(&away, dir.path().join("data.redb")).unwrap();
    store.reopen().unwrap();
    store.another().commit(&types(2, "so_01", "22")).unwrap();
    assert_eq!(read_beside(&store), number("22"));
}
