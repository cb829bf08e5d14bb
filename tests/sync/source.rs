//! A large bundle is read from a private copy: it says and does the same as one in memory, and what
//! becomes of its file after that makes no difference.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::OnceLock;

use nhaplieu::store::StoreError;
use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::sync::bundle::file;
use nhaplieu::sync::bundle::file::FileError;
use nhaplieu::sync::bundle::limits;
use nhaplieu::sync::{BundleError, BundleSource, Scope, VerifiedBundle};

use crate::site::Site;
use crate::world::{cell, number, set};

/// An office, and a bundle of several chunks from a commune it knows.
fn sent() -> (Site, Vec<u8>) {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 2));
    office.enrols(&commune);
    let bytes = BYTES.get_or_init(|| {
        commune.pins(&office);
        for round in 0..100 {
            let figure = |at: u32| {
                let field = format!("so_{at:02}");
                set(
                    &cell("xa-a", "2023", &field),
                    number(&(at + 1 + round).to_string()),
                )
            };
            commune.does((0..40).map(figure).collect());
        }
        let bytes = commune.bundle_bytes(Some("phong"), Scope::Since);
        let read = VerifiedBundle::read(bytes.clone()).unwrap();
        assert!(read.container().chunks.len() > 1);
        bytes
    });
    (office, bytes.clone())
}

/// Reads a file without holding it.
fn lying(path: &Path) -> Result<VerifiedBundle, BundleError> {
    let source = file::open(path, path.parent().unwrap(), 0).unwrap();
    assert!(matches!(source, BundleSource::File(..)), "held");
    VerifiedBundle::read(source)
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
        let of = |read: Result<VerifiedBundle, BundleError>| {
            read.map(|read| (read.root(), read.summary().claims.clone()))
        };
        assert_eq!(of(lying(&path)), of(VerifiedBundle::read(bytes)));
    }
}

#[test]
fn a_glance_tells_what_the_ends_tell_and_no_more() {
    let (_, whole) = sent();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    let glanced = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        match file::peek(&path) {
            Ok(ends) => Ok(ends.unwrap()),
            Err(FileError::Bundle(error)) => Err(error),
            Err(error) => panic!("{error}"),
        }
    };
    let read = VerifiedBundle::read(whole.clone()).unwrap();
    let (header, root) = glanced(&whole).unwrap();
    assert_eq!((&header, root), (read.header(), read.root()));
    for cut in (8..whole.len()).step_by(97) {
        let truncated = VerifiedBundle::read(whole[..cut].to_vec()).unwrap_err();
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
fn a_copy_is_taken_in_like_bytes_whatever_becomes_of_the_file() {
    let (_, bytes) = sent();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    let spoil: [fn(&Path, &[u8]); 3] = [
        |path, _| fs::remove_file(path).unwrap(),
        // Another bundle of the same length takes the file's place.
        |path, bytes| fs::write(path, bytes.iter().rev().copied().collect::<Vec<u8>>()).unwrap(),
        |path, bytes| fs::write(path, &bytes[..bytes.len() - 200]).unwrap(),
    ];
    for spoil in spoil {
        let (mut office, _) = sent();
        fs::write(&path, &bytes).unwrap();
        let bundle = lying(&path).unwrap();
        spoil(&path, &bytes);
        assert_eq!(bundle.bytes().unwrap(), bytes);
        let planned = office.plans(&[VerifiedBundle::read(bytes.clone()).unwrap()]);
        let done = office.imports(&[bundle]);
        assert_eq!(
            (planned.counts, planned.changes),
            (done.counts, done.changes)
        );
        assert_eq!(office.shows("xa-a", "so_39"), "139");
    }
    let left = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 1, "the copies have no names");
}

#[test]
fn a_small_bundle_or_one_without_room_for_its_copy_is_held() {
    let (_, bytes) = sent();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    fs::write(&path, &bytes).unwrap();
    let nowhere = dir.path().join("khong/co");
    for source in [
        file::open(&path, dir.path(), limits::IN_MEMORY),
        file::open(&path, &nowhere, 0),
    ] {
        assert!(matches!(source, Ok(BundleSource::Memory(held)) if held == bytes));
    }
}

#[test]
fn a_copy_that_changes_after_all_changes_nothing() {
    let (mut office, bytes) = sent();
    let mut copy = tempfile::tempfile().unwrap();
    copy.write_all(&bytes).unwrap();
    let mut behind = copy.try_clone().unwrap();
    let bundle = VerifiedBundle::read(BundleSource::file(copy, bytes.len())).unwrap();
    // In the frame of the last chunk.
    let at = bytes.len() - 150;
    behind.seek(SeekFrom::Start(at as u64)).unwrap();
    behind.write_all(&[!bytes[at]]).unwrap();
    assert!(matches!(bundle.bytes(), Err(BundleError::Unreadable(_))));
    let before = office.store.info().unwrap();
    let error = office.tries_import(&[bundle]).unwrap_err();
    assert!(matches!(error, StoreError::Source(_)), "{error:?}");
    assert_eq!(office.store.info().unwrap().counter, before.counter);
    office.is_clean();
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
