//! Somebody else's reader, written from `docs/bundle-format.md`, reads every golden file and what the
//! program writes of stores in every state, and refuses what the program refuses.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use nhaplieu::ledger::{Body, Content};
use nhaplieu::store::open;
use nhaplieu::sync::export::{self, ExportRequest};
use nhaplieu::sync::{Scope, VerifiedBundle};

use crate::container::{Draft, forged, rewritten, sealed, small, small_of, without_second};
use crate::outside_reader::header::Range;
use crate::outside_reader::{file, hex};
use crate::pen::Pen;
use crate::site::Site;
use crate::world::{edge, plan};

fn fixtures() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bundles");
    let files = std::fs::read_dir(dir).unwrap();
    files.map(|file| file.unwrap().path()).collect()
}

/// Both read the bytes, entry by entry and hash by hash; or both refuse them.
fn both(bytes: &[u8]) -> Result<(), String> {
    let (ours, theirs) = (VerifiedBundle::read(bytes.to_vec()), file::read(bytes));
    let (ours, theirs) = match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (Err(_), Err(_)) => return Ok(()),
        // Such a bundle reads, and its import is refused: nobody may begin in another's name.
        (Ok(_), Err(fault)) if fault.contains("an epoch of somebody else") => return Ok(()),
        (Ok(_), Err(fault)) => return Err(format!("only outside refused: {fault}")),
        (Err(error), Ok(_)) => return Err(format!("only inside refused: {error}")),
    };
    assert_eq!(ours.root().0, theirs.root);
    let mut read = theirs.entries.iter();
    for at in 0..ours.header().ranges.len() {
        ours.each(at, 1, &mut |entry| {
            let other = read.next().unwrap();
            assert_eq!((entry.seq, entry.hash.0), (other.number, other.hash));
            assert_eq!(entry.author.0, other.author);
            assert_eq!(entry.entry.actor.as_str(), other.entry.actor);
            assert_eq!(entry.entry.note, other.entry.note);
            assert_eq!(entry.entry.replaces.len(), other.entry.replaces.len());
            Ok(())
        })
        .unwrap();
    }
    assert!(read.next().is_none());
    Ok(())
}

#[test]
fn every_golden_file_reads_outside_as_inside() {
    let files = fixtures();
    assert!(files.len() >= 3);
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        assert!(file::read(&bytes).is_ok(), "{}", path.display());
        both(&bytes).unwrap();
    }
}

#[test]
fn every_kind_of_entry_of_the_golden_store_reads_outside() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store-v1");
    for name in ["data.redb", "key", "witness"] {
        std::fs::copy(fixture.join(name), dir.path().join(name)).unwrap();
    }
    crate::world::private(dir.path());
    let mut store = open(dir.path(), &edge()).unwrap();
    store.use_plan(plan()).unwrap();
    let plan = plan();
    let request = ExportRequest {
        plan: &plan,
        to: None,
        scope: Scope::All,
        wall: 1_700_000_000_000,
    };
    let planned = export::plan(&store, &request).unwrap();
    let bytes = crate::district::only(export::bundles(&store, &request, &planned).unwrap());
    let read = file::read(&bytes).unwrap();
    both(&bytes).unwrap();
    let kinds = read.entries.iter().map(|e| &e.entry.body);
    let kinds: HashSet<_> = kinds.map(std::mem::discriminant).collect();
    assert_eq!(kinds.len(), 15, "every kind");
    let origins: BTreeSet<u32> = read.entries.iter().map(|e| e.entry.origin).collect();
    assert_eq!(origins.len(), 9, "every origin");
}

#[test]
fn branches_new_epochs_and_withheld_runs_read_outside() {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    office.enrols(&commune);
    commune.pins(&office);
    commune.types("so_00", "5");
    // A copy that nobody noticed: one author, two branches.
    let mut twin = commune.twin();
    commune.types("so_01", "6");
    twin.types("so_01", "7");
    office.imports(&[commune.bundle(Some("phong"))]);
    office.imports(&[twin.bundle(Some("phong"))]);
    let bytes = office.bundle_bytes(None, Scope::All);
    let read = file::read(&bytes).unwrap();
    both(&bytes).unwrap();
    let authors: Vec<_> = read.header.ranges.iter().map(Range::author).collect();
    let different: BTreeSet<_> = authors.iter().collect();
    assert!(different.len() < authors.len(), "an author has two ranges");

    let mut moved = commune.moved();
    moved.types("so_02", "8");
    let bytes = moved.bundle_bytes(Some("phong"), Scope::All);
    let read = file::read(&bytes).unwrap();
    both(&bytes).unwrap();
    assert_eq!(read.header.vouches.len(), 1);

    let (site, bytes) = small();
    let bytes = without_second(&site, &bytes).sealed(&site);
    let read = file::read(&bytes).unwrap();
    both(&bytes).unwrap();
    let numbers: Vec<u64> = read.entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [1, 3, 4, 5]);
}

#[test]
fn what_is_signed_and_wrong_is_refused_outside_as_inside() {
    let (site, _) = small();
    let draft = Draft::of(&site, &small_of(&site));
    let mut pen = Pen::new(5);
    let mut differ = BTreeSet::new();
    for _ in 0..crate::pen::rounds(800, 300_000) {
        let (mut header, mut raws) = (draft.header.bytes(), draft.raws.clone());
        for _ in 0..=pen.below(2) {
            if pen.below(2) == 0 {
                pen.mutate(&mut header);
            } else {
                pen.mutate(&mut raws[0]);
            }
        }
        if let Err(why) = both(&sealed(&site, &header, &raws)) {
            differ.insert(why);
        }
    }
    assert_eq!(differ, BTreeSet::new());
}

#[test]
fn an_entry_that_no_program_writes_is_refused_outside_as_inside() {
    let (site, _) = small();
    let mut pen = Pen::new(6);
    let texts = [
        "",
        "a",
        " a",
        "a ",
        "a\tb",
        "a\u{a0}b",
        "Ðại",
        "Đại",
        "e\u{302}",
        "ê",
        "a\u{200b}",
        "a\u{85}b",
        "\u{ad}",
        "\u{fffe}",
        "\u{3164}",
        "\u{e000}",
        "\u{fe0f}",
        "\u{1f600}",
        "x\u{2028}",
        "\u{2003}a",
        "\u{34f}",
        "\u{17b4}",
        "\u{180e}",
        "\u{1d173}",
        "\u{e0001}",
        "a  b",
    ];
    let mut differ = BTreeSet::new();
    for text in texts {
        for what in 0..3 {
            let bytes = forged(&site, |entry| match what {
                0 => entry.note = text.to_owned(),
                1 => entry.body = Body::SetValue(Content::Text(text.to_owned())),
                _ => entry.body = Body::SetValue(Content::Invalid(text.to_owned())),
            });
            both(&bytes).unwrap_or_else(|why| panic!("{text:?}: {why}"));
        }
    }
    // Bytes of one entry, scribbled on, with the chain computed anew.
    for _ in 0..crate::pen::rounds(800, 300_000) {
        let mut scribbled = Vec::new();
        let bytes = rewritten(&site, |entry| {
            pen.mutate(entry);
            scribbled.clone_from(entry);
        });
        if let Err(why) = both(&bytes) {
            differ.insert(format!("{why}: {}", hex(&scribbled)));
        }
    }
    assert_eq!(differ, BTreeSet::new());
}

#[test]
fn the_outside_reader_names_nothing_of_the_program() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside");
    let files: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert!(files.len() >= 7);
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for named in ["nhaplieu::", "use nhaplieu", "extern crate"] {
            assert!(!source.contains(named), "{} names it", file.display());
        }
    }
}
