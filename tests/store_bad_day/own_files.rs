//! The store's own files taken away, cut, put back from another time, opened to others: nothing is
//! numbered twice, no identity is replaced, nothing is called saved that is not in the store.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use nhaplieu::ledger::AuthorId;
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::store::{
    Access, Direction, Environment, EpochCause, EpochState, KeyFault, LogFilter, ReadOnlyReason,
    RedbStore, Replacement, Revival, Store, StoreError, StoreReader, create, open,
    open_if_possible_for_writing,
};
use tempfile::tempdir;

use crate::state::figures;
use crate::world::{action, cell, edge, id, init, number, peopled, plan, reopened, set, types};

fn on_machine(name: &str, seed: u8) -> Environment {
    Environment {
        machine: name.to_owned(),
        seed: [seed; 32],
        ..edge()
    }
}

fn opened(dir: &Path, edge: &Environment) -> RedbStore {
    let mut store = open(dir, edge).unwrap();
    store.use_plan(plan()).unwrap();
    store
}

fn authors(store: &RedbStore) -> BTreeSet<AuthorId> {
    let log = store.log(&LogFilter::default()).unwrap();
    log.iter().map(|line| line.recorded.author).collect()
}

/// No number was given twice by one author, and everything kept is sound.
fn is_sound(store: &RedbStore) {
    let log = store.log(&LogFilter::default()).unwrap();
    let numbers: BTreeSet<_> = log
        .iter()
        .map(|line| (line.recorded.author, line.recorded.seq))
        .collect();
    assert_eq!(numbers.len(), log.len(), "a number was given twice");
    let report = store.verify().unwrap();
    assert_eq!(report.differences, Vec::<String>::new());
}

#[test]
fn seventy_starts_on_changing_machines_make_no_author_and_the_first_change_one() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    store.commit(&types(1, "so_01", "11")).unwrap();
    let (author, unsent) = (store.info().unwrap().author, store.unsent().unwrap());
    drop(store);
    let witness = fs::read(dir.path().join("witness")).unwrap();
    for n in 0..70 {
        let store = opened(dir.path(), &on_machine(&format!("may-{n}"), n));
        let info = store.info().unwrap();
        assert_eq!(info.author, author);
        assert_eq!(info.epoch, EpochState::Due(EpochCause::Elsewhere));
        assert_eq!(figures(&store).unwrap()["so_01"], number("11"));
        assert_eq!(store.unsent().unwrap(), unsent);
        // What is read from it can be sent from it, in the name it was written in.
        store.sign(b"").unwrap();
        store.check_if_due(u64::from(n)).unwrap();
    }
    assert_eq!(fs::read(dir.path().join("witness")).unwrap(), witness);
    let mut store = opened(dir.path(), &on_machine("may-70", 70));
    assert_eq!(authors(&store), BTreeSet::from([author]));
    // Nor does a change that is refused.
    let figure = set(&cell("xa-a", "2023", "so_02"), number("1"));
    let refused = store.commit(&action("xem", 2, vec![figure])).unwrap_err();
    assert!(matches!(refused, StoreError::NotPermitted { .. }));
    assert_eq!(store.info().unwrap().author, author);
    assert_eq!(fs::read(dir.path().join("witness")).unwrap(), witness);

    let done = store.commit(&types(3, "so_02", "22")).unwrap();
    let info = store.info().unwrap();
    assert_ne!(info.author, author);
    assert_eq!(info.epoch, EpochState::Begun(EpochCause::Elsewhere));
    assert_eq!(done.entries[0].author, info.author);
    assert_eq!(done.entries[0].seq, 2, "after the start of its epoch");
    assert_eq!(
        store.unsent().unwrap().0,
        unsent.0 + 1,
        "nothing is forgotten"
    );
    // What was typed before can still be taken back.
    for n in [4, 5] {
        let undo = store.undo_plan(&id("lan"), Direction::Undo).unwrap();
        let mut back = action("lan", n, undo.changes);
        back.origin = undo.origin;
        store.commit(&back).unwrap();
    }
    assert!(store.undo_plan(&id("lan"), Direction::Undo).is_err());
    assert_eq!(authors(&store), BTreeSet::from([author, info.author]));
    is_sound(&store);
    drop(store);
    let store = opened(dir.path(), &on_machine("may-70", 71));
    assert_eq!(store.info().unwrap().epoch, EpochState::Same);
}

#[test]
fn of_two_sessions_on_a_copy_one_begins_the_epoch_and_both_write_under_it() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let mut one = opened(dir.path(), &on_machine("khac", 1));
    let mut other = opened(dir.path(), &on_machine("khac", 2));
    one.commit(&types(1, "so_01", "1")).unwrap();
    other.commit(&types(2, "so_02", "2")).unwrap();
    assert_eq!(authors(&one).len(), 2);
    assert_eq!(one.info().unwrap().author, other.info().unwrap().author);
    other.sign(b"").unwrap();
    is_sound(&other);
}

#[test]
fn an_older_copy_that_was_put_back_goes_on_under_another_author() {
    let dir = tempdir().unwrap();
    let data = dir.path().join("data.redb");
    drop(peopled(dir.path()));
    let image = fs::read(&data).unwrap();
    let mut store = reopened(dir.path());
    let lost = store.commit(&types(1, "so_01", "11")).unwrap().entries[0].clone();
    drop(store);
    fs::write(&data, image).unwrap();
    let mut store = reopened(dir.path());
    let due = EpochState::Due(EpochCause::RolledBack);
    assert_eq!(store.info().unwrap().epoch, due);
    let done = store.commit(&types(2, "so_01", "12")).unwrap();
    assert_ne!(done.entries[0].author, lost.author, "its number was given");
    is_sound(&store);
}

fn all_of(dir: &Path) -> Vec<(String, Vec<u8>)> {
    ["key", "witness"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), fs::read(dir.join(name)).ok()?)))
        .collect()
}

#[test]
fn no_store_is_made_where_any_part_of_one_lies_and_what_comes_back_goes_on() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    store.commit(&types(1, "so_01", "11")).unwrap();
    let author = store.info().unwrap().author;
    drop(store);
    let (data, kept) = (dir.path().join("data.redb"), dir.path().join("away"));
    fs::rename(&data, &kept).unwrap();
    let before = all_of(dir.path());
    let is_refused = |there: &str| {
        let made = create(dir.path(), &init(), &edge()).map(|_| ());
        for refused in [made, open(dir.path(), &edge()).map(|_| ())] {
            let Err(StoreError::Incomplete {
                missing,
                there: found,
                ..
            }) = refused
            else {
                panic!("{there}: {refused:?}");
            };
            assert!(missing.contains("data.redb"), "{missing}");
            assert_eq!(found, there);
        }
    };
    is_refused("key, witness");
    assert_eq!(all_of(dir.path()), before);
    fs::rename(&kept, &data).unwrap();
    let mut store = reopened(dir.path());
    assert_eq!(store.info().unwrap().author, author);
    assert_eq!(store.info().unwrap().epoch, EpochState::Same);
    assert_eq!(figures(&store).unwrap()["so_01"], number("11"));
    store.commit(&types(2, "so_02", "22")).unwrap();
    drop(store);
    fs::remove_file(&data).unwrap();
    for name in ["witness", "key"] {
        fs::rename(dir.path().join(name), dir.path().join("away")).unwrap();
        is_refused(if name == "witness" { "key" } else { "witness" });
        fs::rename(dir.path().join("away"), dir.path().join(name)).unwrap();
    }
    for name in ["witness", "key"] {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    let bundle = dir.path().join("inbox").join("xa.nlb");
    fs::write(&bundle, b"x").unwrap();
    is_refused("inbox");
    fs::remove_file(bundle).unwrap();
    // Empty folders, and what a killed attempt leaves, are no part of a store.
    fs::write(dir.path().join("key.next"), [1; 32]).unwrap();
    fs::write(dir.path().join("data.redb.new"), b"half").unwrap();
    crate::world::private(dir.path());
    let store = create(dir.path(), &init(), &edge()).unwrap();
    is_sound(&store);
}

#[test]
fn a_key_that_cannot_be_used_is_named_and_nothing_takes_its_place() {
    let dir = tempdir().unwrap();
    let mut store = peopled(dir.path());
    store.commit(&types(1, "so_01", "11")).unwrap();
    let author = store.info().unwrap().author;
    drop(store);
    let path = dir.path().join("key");
    let good = fs::read(&path).unwrap();
    let wrong = [
        (Vec::new(), KeyFault::Length(0)),
        (good[..31].to_vec(), KeyFault::Length(31)),
        ([good.as_slice(), b"x"].concat(), KeyFault::Length(33)),
        (vec![5; 32], KeyFault::Other),
    ];
    for (n, (bytes, fault)) in (10..).zip(wrong) {
        fs::write(&path, &bytes).unwrap();
        let refused = open(dir.path(), &edge()).map(|_| ()).unwrap_err();
        assert!(
            matches!(&refused, StoreError::Key { fault: found, .. } if *found == fault),
            "{refused:?}"
        );
        // The figures are read all the same, and it comes to life once the key is back.
        let mut store = open_if_possible_for_writing(dir.path(), &edge()).unwrap();
        store.use_plan(plan()).unwrap();
        let access = store.info().unwrap().access;
        assert!(
            matches!(access, Access::ReadOnly(ReadOnlyReason::Key { .. })),
            "{access:?}"
        );
        assert_eq!(figures(&store).unwrap()["so_01"], number("11"));
        let refused = store.commit(&types(2, "so_01", "12")).unwrap_err();
        assert!(matches!(refused, StoreError::Key { .. }), "{refused:?}");
        assert_eq!(store.revive(), Revival::Waiting);
        assert_eq!(fs::read(&path).unwrap(), bytes, "never written over");
        fs::write(&path, &good).unwrap();
        assert_eq!(store.revive(), Revival::Revived);
        assert_eq!(store.info().unwrap().author, author);
        store.commit(&types(n, "so_02", "22")).unwrap();
        is_sound(&store);
    }
    fs::rename(&path, dir.path().join("key.old")).unwrap();
    let mut store = reopened(dir.path());
    assert_eq!(
        store.info().unwrap().epoch,
        EpochState::Due(EpochCause::NoKey)
    );
    let unsigned = store.sign(b"").unwrap_err();
    assert!(
        matches!(
            &unsigned,
            StoreError::Key {
                fault: KeyFault::Missing,
                ..
            }
        ),
        "{unsigned:?}"
    );
    store.commit(&types(20, "so_03", "33")).unwrap();
    assert_ne!(store.info().unwrap().author, author);
    store.sign(b"").unwrap();
    is_sound(&store);
}

/// What a session says when it writes.
fn writes(store: &mut RedbStore, n: u64) -> Result<(), StoreError> {
    store.commit(&types(n, "so_05", &n.to_string())).map(|_| ())
}

fn is_replaced(done: &Result<(), StoreError>, how: Replacement) {
    assert!(
        matches!(done, Err(StoreError::Replaced { how: found, .. }) if *found == how),
        "{done:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_session_whose_file_is_taken_away_or_replaced_never_says_saved() {
    let dir = tempdir().unwrap();
    let (data, away) = (dir.path().join("data.redb"), dir.path().join("away"));
    drop(peopled(dir.path()));
    let image = fs::read(&data).unwrap();
    let mut store = reopened(dir.path());
    writes(&mut store, 1).unwrap();
    let author = store.info().unwrap().author;

    fs::rename(&data, &away).unwrap();
    is_replaced(&writes(&mut store, 2), Replacement::Gone);
    assert!(matches!(store.counter(), Err(StoreError::Replaced { .. })));
    assert_eq!(store.revive(), Revival::Waiting);
    fs::rename(&away, &data).unwrap();
    assert_eq!(store.revive(), Revival::Revived);
    writes(&mut store, 2).unwrap();

    fs::rename(&data, &away).unwrap();
    fs::write(&data, &image).unwrap();
    crate::world::private(dir.path());
    is_replaced(&writes(&mut store, 3), Replacement::Other);
    assert_eq!(store.revive(), Revival::NotWaiting, "a person settles that");
    assert!(writes(&mut store, 3).is_err());
    // The person does: what is there is older, so nothing goes on under the old numbers.
    store.reopen().unwrap();
    let due = EpochState::Due(EpochCause::RolledBack);
    assert_eq!(store.info().unwrap().epoch, due);
    writes(&mut store, 3).unwrap();
    assert_ne!(store.info().unwrap().author, author);
    is_sound(&store);

    // Written over in place by what it was before: the same file, but less in it.
    let older = fs::read(&data).unwrap();
    writes(&mut store, 4).unwrap();
    writes(&mut store, 5).unwrap();
    let last = store.info().unwrap().author;
    fs::write(&data, older).unwrap();
    let again = writes(&mut store, 6);
    assert!(again.is_err(), "{again:?}");
    store.reopen().unwrap();
    writes(&mut store, 7).unwrap();
    assert_ne!(store.info().unwrap().author, last);
    is_sound(&store);
}

#[cfg(unix)]
#[test]
fn what_others_may_enter_is_refused_with_the_command_that_mends_it() {
    use std::os::unix::fs::PermissionsExt;
    let outer = tempdir().unwrap();
    let dir = outer.path().join("kho của Lan");
    drop(peopled(&dir));
    let cases = [
        ("", 0o750),
        ("", 0o701),
        ("data.redb", 0o644),
        ("key", 0o640),
        ("witness", 0o620),
    ];
    for (name, mode) in cases {
        let path = if name.is_empty() {
            dir.clone()
        } else {
            dir.join(name)
        };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let opens = [
            open(&dir, &edge()),
            nhaplieu::store::open_read_only(&dir, &edge()),
            open_if_possible_for_writing(&dir, &edge()),
        ];
        for opened in opens.map(|opened| opened.map(|_| ())) {
            let Err(StoreError::Exposed { mend, .. }) = opened else {
                panic!("{name} {mode:o}: {opened:?}");
            };
            assert!(mend.contains("chmod"), "{mend}");
        }
        let Err(StoreError::Exposed { mend, .. }) = open(&dir, &edge()).map(|_| ()) else {
            panic!("{name}");
        };
        let mended = std::process::Command::new("sh")
            .args(["-c", &mend])
            .status();
        assert!(mended.unwrap().success(), "{mend}");
        drop(open(&dir, &edge()).unwrap());
    }
    // Another account's, where this one may change that.
    if std::os::unix::fs::chown(dir.join("key"), Some(12_345), None).is_ok() {
        let foreign = open(&dir, &edge()).map(|_| ()).unwrap_err();
        assert!(
            matches!(foreign, StoreError::Foreign { owner: 12_345, .. }),
            "{foreign:?}"
        );
    }
}

/// Stops an import in the middle of its transaction until it is let go.
#[derive(Debug)]
struct Stopped {
    there: std::sync::mpsc::Sender<()>,
    go: std::sync::Mutex<std::sync::mpsc::Receiver<()>>,
}

impl nhaplieu::store::exchange::progress::Progress for Stopped {
    fn look(
        &self,
        _: nhaplieu::store::exchange::progress::Phase,
        _: u64,
        _: u64,
    ) -> std::ops::ControlFlow<()> {
        if self.there.send(()).is_ok() {
            let _ = self.go.lock().unwrap().recv();
        }
        std::ops::ControlFlow::Continue(())
    }
}

#[test]
fn who_holds_the_store_is_named_and_not_who_merely_sits_there() {
    use nhaplieu::store::exchange::{Exchange, ImportDecision};
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let idle = nhaplieu::store::SessionFile::begin(dir.path(), 900, &id("hoa")).unwrap();
    let (there, has_begun) = std::sync::mpsc::channel();
    let (go, wait) = std::sync::mpsc::channel();
    let path = dir.path().to_path_buf();
    let import = std::thread::spawn(move || {
        let importing = Environment {
            pid: 4711,
            who: "lan, import".to_owned(),
            ..edge()
        };
        let mut store = open(&path, &importing).unwrap();
        let watch = Stopped {
            there,
            go: std::sync::Mutex::new(wait),
        };
        store
            .apply_import(&watch, &mut |_| {
                Ok(Some(ImportDecision {
                    release: vec![nhaplieu::ledger::Hash([1; 32])],
                    ..ImportDecision::default()
                }))
            })
            .unwrap();
    });
    has_begun.recv().unwrap();
    let impatient = Environment {
        patience: std::time::Duration::from_millis(50),
        ..edge()
    };
    let mut waiting = open_if_possible_for_writing(dir.path(), &impatient).unwrap();
    waiting.use_plan(plan()).unwrap();
    let held = Access::ReadOnly(ReadOnlyReason::Held {
        by: "lan, import (4711)".to_owned(),
    });
    assert_eq!(waiting.info().unwrap().access, held);
    let refused = waiting.commit(&types(1, "so_01", "1")).unwrap_err();
    assert!(matches!(&refused, StoreError::Held { by } if by == "lan, import (4711)"));
    assert_eq!(waiting.revive(), Revival::Waiting);
    drop(go);
    import.join().unwrap();
    assert_eq!(waiting.revive(), Revival::Revived);
    waiting.commit(&types(1, "so_01", "1")).unwrap();
    idle.end();
    is_sound(&waiting);
}
