//! A file system that knows no locks: one process owns the store, and its handles still work side
//! by side, fail together and come back.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nhaplieu::store::backend::{FileAccess, Files, Opener};
use nhaplieu::store::{
    Access, CheckOutcome, OpenFor, ReadOnlyReason, Store, StoreError, StoreReader, open_on,
};
use redb::StorageBackend;
use tempfile::tempdir;

use crate::disk::{Failing, Gated, Refuses};
use crate::state::figures;
use crate::world::{edge, number, peopled, plan, types};

/// A file without locks, as the trait's own answers have it.
#[derive(Debug)]
struct Unlocked(Box<dyn StorageBackend>);

impl StorageBackend for Unlocked {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }
    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
    fn close(&self) -> io::Result<()> {
        self.0.close()
    }
}

/// Opens files without locks on a disk that may fail, and refuses writing when told to.
#[derive(Debug)]
struct WithoutLocks {
    disk: Gated<Failing>,
    refuses: Arc<AtomicBool>,
}

impl Opener for WithoutLocks {
    fn open(&self, path: &Path, access: FileAccess) -> io::Result<Box<dyn StorageBackend>> {
        if access == FileAccess::Write && self.refuses.load(Ordering::SeqCst) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let file = match access {
            FileAccess::Write => self.disk.open(path, access)?,
            FileAccess::Read => Files.open(path, access)?,
        };
        Ok(Box::new(Unlocked(file)))
    }
}

#[test]
fn one_process_owns_the_store_and_its_handles_share_it() {
    let dir = tempdir().unwrap();
    drop(peopled(dir.path()));
    let (disk, refuses) = (Failing::working(), Arc::new(AtomicBool::new(false)));
    let opener = WithoutLocks {
        disk: Gated(Arc::clone(&disk)),
        refuses: Arc::clone(&refuses),
    };
    let mut store = open_on(dir.path(), &edge(), Box::new(opener), OpenFor::Writing).unwrap();
    store.use_plan(plan()).unwrap();
    assert!(store.info().unwrap().sole);
    let mut writer = store.another();
    writer.commit(&types(1, "so_01", "11")).unwrap();
    assert_eq!(store.check_if_due(1 << 40).unwrap(), CheckOutcome::Clean);
    assert_eq!(store.verify().unwrap().differences, Vec::<String>::new());

    disk.break_after(0, Refuses::Everything, ErrorKind::StorageFull);
    let failed = writer.commit(&types(2, "so_01", "22"));
    assert!(matches!(failed, Err(StoreError::DiskFull)), "{failed:?}");
    disk.repair();
    refuses.store(true, Ordering::SeqCst);
    assert!(matches!(store.reopen(), Err(StoreError::ReadOnly(_))));
    let access = store.info().unwrap().access;
    assert_eq!(access, Access::ReadOnly(ReadOnlyReason::DiskFull));
    assert_eq!(figures(&store).unwrap()["so_01"], number("11"));
    refuses.store(false, Ordering::SeqCst);
    store.reopen().unwrap();
    writer.commit(&types(3, "so_01", "33")).unwrap();
    assert_eq!(figures(&store).unwrap()["so_01"], number("33"));
}
