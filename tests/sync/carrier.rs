//! A large bundle stays in its file: it says and does the same as one in memory, and a file that
//! changes between two readings changes nothing.

use std::fs;
use std::path::Path;

use nhaplieu::store::exchange::Exchange;
use nhaplieu::store::{Store, StoreError};
use nhaplieu::sync::container::glance;
use nhaplieu::sync::{
    BundleError, Carrier, Checked, ImportPlan, Scene, Scope, Unwatched, file, import,
};

use crate::site::Site;
use crate::world::plan;

/// A bundle of a commune the office knows.
fn sent() -> (Site, Vec<u8>) {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 2));
    office.enrols(&commune);
    commune.pins(&office);
    commune.types_all(100);
    let bytes = commune.bundle_bytes(Some("phong"), Scope::Since);
    (office, bytes)
}

/// Reads a file without holding it.
fn lying(path: &Path) -> Result<Checked, BundleError> {
    Checked::read(file::carried(path, 0).unwrap())
}

fn applied(office: &mut Site, bundle: Checked) -> Result<ImportPlan, StoreError> {
    let plan = plan();
    let scene = Scene {
        plan: &plan,
        unit: &office.unit,
        by: &office.actor,
        wall: office.wall,
        watch: &Unwatched,
    };
    import::apply(&mut office.store, &scene, &[bundle])
}

#[test]
fn a_file_is_refused_for_the_same_reason_as_the_same_bytes() {
    let (_, whole) = sent();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    let mut files: Vec<Vec<u8>> = (8..whole.len())
        .step_by(61)
        .map(|n| whole[..n].to_vec())
        .collect();
    files.extend((8..whole.len()).step_by(53).map(|at| {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        changed
    }));
    let mut holed = whole.clone();
    holed[whole.len() / 2..].fill(0);
    files.extend([holed, [whole.as_slice(), b"more"].concat(), whole]);
    for bytes in files {
        fs::write(&path, &bytes).unwrap();
        let of = |read: Result<Checked, BundleError>| read.map(|read| (read.root(), read.claims));
        assert_eq!(of(lying(&path)), of(Checked::read(bytes)));
    }
}

#[test]
fn a_glance_tells_what_the_ends_tell_and_no_more() {
    let (_, whole) = sent();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    let glanced = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        glance(&file::carried(&path, 0).unwrap())
    };
    let read = Checked::read(whole.clone()).unwrap();
    let (header, root) = glanced(&whole).unwrap();
    assert_eq!((&header, root), (read.header(), read.root()));
    for cut in (8..whole.len()).step_by(97) {
        let truncated = Checked::read(whole[..cut].to_vec()).unwrap_err();
        assert_eq!(glanced(&whole[..cut]).unwrap_err(), truncated);
    }
    let changed = |at: usize| {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        changed
    };
    // Root and signature are at the end; the header says whose signature that must be.
    for at in [whole.len() - 1, whole.len() - 80, 30] {
        assert!(glanced(&changed(at)).is_err(), "byte {at}");
    }
    assert!(glanced(&changed(whole.len() - 200)).is_ok());
}

#[test]
fn a_file_is_left_where_it_is_and_taken_in_like_bytes() {
    let (mut office, bytes) = sent();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    fs::write(&path, &bytes).unwrap();
    let bundle = lying(&path).unwrap();
    assert!(matches!(bundle.container().carrier(), Carrier::File(..)));
    assert_eq!(bundle.bytes().unwrap(), bytes);
    let small = file::open(&path).unwrap();
    assert!(matches!(small, Carrier::Memory(_)), "a stick may be pulled");
    let planned = office.plans(&[Checked::read(small).unwrap()]);
    let done = office.imports(&[bundle]);
    assert_eq!(
        (planned.counts, planned.changes),
        (done.counts, done.changes)
    );
    assert_eq!(office.shows("xa-a", "so_39"), "139");
}

#[test]
fn a_file_that_changes_after_it_was_read_through_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    let spoil: [fn(&Path, &[u8]); 3] = [
        // The stick is pulled: nothing more is read.
        |path, _| fs::write(path, b"").unwrap(),
        // Another bundle of the same length takes the file's place.
        |path, bytes| fs::write(path, bytes.iter().rev().copied().collect::<Vec<u8>>()).unwrap(),
        |path, bytes| fs::write(path, &bytes[..bytes.len() - 200]).unwrap(),
    ];
    for spoil in spoil {
        let (mut office, bytes) = sent();
        fs::write(&path, &bytes).unwrap();
        let bundle = lying(&path).unwrap();
        let before = office.store.info().unwrap();
        spoil(&path, &bytes);
        let error = applied(&mut office, bundle).unwrap_err();
        assert!(matches!(error, StoreError::Source(_)), "{error:?}");
        assert_eq!(office.store.info().unwrap().counter, before.counter);
        office.is_clean();
        // Put back as it was, it is taken.
        fs::write(&path, &bytes).unwrap();
        office.imports(&[lying(&path).unwrap()]);
        assert_eq!(office.shows("xa-a", "so_00"), "100");
    }
}

#[test]
fn what_must_wait_is_kept_whole() {
    let (_, bytes) = sent();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    fs::write(&path, &bytes).unwrap();
    // An office that knows nobody.
    let mut office = Site::office();
    let bundle = lying(&path).unwrap();
    let root = bundle.root();
    office.imports(&[bundle]);
    fs::remove_file(&path).unwrap();
    assert_eq!(office.store.held_bytes(&root).unwrap(), Some(bytes));
}
