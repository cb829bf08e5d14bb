//! The disk goes away at every one of the operations an import asks of it: what is found after
//! is what was before, or all of it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use nhaplieu::store::OpenFor;
use nhaplieu::store::StoreReader;
use nhaplieu::store::{RedbStore, open_on};
use nhaplieu::sync::held::withdraw;
use nhaplieu::sync::{ImportContext, VerifiedBundle, import};
use redb::StorageBackend;

use crate::disk::{Gate, Gated, Op};
use crate::site::Site;
use crate::world::{plan, private};

/// Lets so many changes through, then none.
#[derive(Debug)]
struct Dying(AtomicI64);

impl Gate for Dying {
    fn pass(&self, _: &Op) -> io::Result<()> {
        if self.0.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(io::Error::other("gone"));
        }
        Ok(())
    }

    fn half_done(&self, op: &Op, file: &dyn StorageBackend) -> io::Result<()> {
        match op {
            // The last write gets half way.
            Op::Write(at, data) if self.0.load(Ordering::SeqCst) == -1 => {
                file.write(*at as u64, &data[..data.len() / 2])
            }
            _ => Ok(()),
        }
    }
}

fn state(store: &RedbStore) -> String {
    let forms = store.form_keys().unwrap();
    let forms: Vec<_> = forms.iter().map(|key| store.form(key).unwrap()).collect();
    let log = store.log(&nhaplieu::store::LogFilter::default()).unwrap();
    format!("{forms:?} {} {:?}", log.len(), store.unsent().unwrap())
}

/// Runs `work` with the disk dying after each number of changes until it survives; gives how
/// many there were.
fn die_at_each(
    image: &Path,
    seed: u8,
    work: &dyn Fn(&mut RedbStore) -> bool,
    before: &str,
    after: &str,
) -> i64 {
    for changes in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let kho = dir.path().join("kho");
        std::fs::create_dir(&kho).unwrap();
        for name in ["data.redb", "key"] {
            std::fs::copy(image.join(name), kho.join(name)).unwrap();
        }
        private(&kho);
        let disk = Arc::new(Dying(AtomicI64::new(i64::MAX)));
        let opener = Box::new(Gated(Arc::clone(&disk)));
        let left = &disk.0;
        let mut store = open_on(&kho, &Site::edge(seed), opener, OpenFor::Writing).unwrap();
        store.use_plan(plan()).unwrap();
        assert_eq!(state(&store), before);
        left.store(changes, Ordering::SeqCst);
        let done = work(&mut store);
        let survived = left.load(Ordering::SeqCst) >= 0;
        drop(store);
        let found = nhaplieu::store::open(&kho, &Site::edge(seed)).unwrap();
        let there = state(&found);
        assert!(there == before || there == after, "after {changes} changes");
        assert!(!done || there == after, "said done after {changes} changes");
        assert_eq!(found.verify().unwrap().differences, Vec::<String>::new());
        if survived {
            assert!(done);
            return changes;
        }
    }
    0
}

#[test]
fn an_import_and_its_undo_are_whole_or_not_at_all() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    office.enrols(&commune);
    commune.types_all(5);
    let bundle = commune.bundle(Some("phong"));
    let unit = office.unit.clone();
    let (by, wall) = (office.actor.clone(), office.wall);
    let before = state(&office.store);
    let image = tempfile::tempdir().unwrap();
    let keep = |site: Site| {
        let dir = site.dir();
        let Site { folder, store, .. } = site;
        drop(store);
        for name in ["data.redb", "key"] {
            std::fs::copy(dir.join(name), image.path().join(name)).unwrap();
        }
        folder
    };
    let root = bundle.root();
    let bundles: [VerifiedBundle; 1] = [bundle];
    let _folder = keep(office);
    let import = |store: &mut RedbStore| {
        let plan = plan();
        let scene = ImportContext {
            plan: &plan,
            unit: &unit,
            by: &by,
            wall,
            progress: &nhaplieu::sync::NoProgress,
        };
        import::apply(store, &scene, &bundles).is_ok()
    };
    let after = {
        let dir = tempfile::tempdir().unwrap();
        for name in ["data.redb", "key"] {
            std::fs::copy(image.path().join(name), dir.path().join(name)).unwrap();
        }
        private(dir.path());
        let mut store = nhaplieu::store::open(dir.path(), &Site::edge(200)).unwrap();
        store.use_plan(plan()).unwrap();
        assert!(import(&mut store));
        let after = state(&store);
        drop(store);
        std::fs::create_dir(image.path().join("after")).unwrap();
        for name in ["data.redb", "key"] {
            std::fs::copy(dir.path().join(name), image.path().join("after").join(name)).unwrap();
        }
        after
    };
    let changes = die_at_each(image.path(), 200, &import, &before, &after);
    assert!(changes > 5, "{changes}");
    let undo = |store: &mut RedbStore| withdraw::import(store, &root, "nhầm").is_ok();
    let imported = image.path().join("after");
    let changes = die_at_each(&imported, 200, &undo, &after, &before);
    assert!(changes > 5, "{changes}");
}
