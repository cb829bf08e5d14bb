//! Sticks that fail: each operation that writing a bundle asks of a disk, failing in each way a
//! stick has, and what is found under the bundle's name after.

use std::cell::RefCell;
use std::io::{self, Cursor, Read};
use std::path::Path;

use nhaplieu::base::Lang;
use nhaplieu::sync::bundle::file::{self, BundleEncoding, Disk, FileError, RealDisk};
use nhaplieu::sync::{Scope, VerifiedBundle};
use nhaplieu::ui::texts::Texts;

use crate::container::small;

/// What is asked of a disk, in the order in which writing asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Write,
    ReadPart,
    Rename,
    SyncFolder,
    ReadBack,
}

/// How a stick fails; numbers are Linux's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// ENOSPC, with what went before it written.
    Full,
    /// EROFS.
    ReadOnly,
    /// EIO: pulled.
    Pulled,
    /// ENOENT: pulled, and its folder with it.
    Gone,
    /// EFBIG: a file system of the stick that takes no such file.
    TooBig,
    /// It says yes; half of it is there.
    Half,
    /// It says yes; one bit is another.
    Flipped,
}

const WAYS: [Way; 7] = [
    Way::Full,
    Way::ReadOnly,
    Way::Pulled,
    Way::Gone,
    Way::TooBig,
    Way::Half,
    Way::Flipped,
];

impl Way {
    fn error(self) -> Option<io::Error> {
        let code = match self {
            Self::Full => 28,
            Self::ReadOnly => 30,
            Self::Pulled => 5,
            Self::Gone => 2,
            Self::TooBig => 27,
            Self::Half | Self::Flipped => return None,
        };
        Some(io::Error::from_raw_os_error(code))
    }

    fn spoils(self, bytes: &[u8]) -> Vec<u8> {
        let mut spoiled = bytes.to_vec();
        match self {
            Self::Full | Self::Half => spoiled.truncate(bytes.len() / 2),
            Self::Flipped => spoiled[bytes.len() / 3] ^= 4,
            _ => {}
        }
        spoiled
    }
}

/// Fails at one operation, once.
struct Stick {
    at: Asked,
    way: Way,
    asked: RefCell<Vec<Asked>>,
}

impl Stick {
    fn new(at: Asked, way: Way) -> Self {
        let asked = RefCell::new(Vec::new());
        Self { at, way, asked }
    }

    fn fails(&self, asked: Asked) -> bool {
        self.asked.borrow_mut().push(asked);
        asked == self.at
    }

    fn or_fails(&self, asked: Asked) -> io::Result<()> {
        match (self.fails(asked), self.way.error()) {
            (true, Some(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

impl Disk for Stick {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if !self.fails(Asked::Write) {
            return RealDisk.write(path, bytes);
        }
        match self.way {
            Way::ReadOnly | Way::Gone => {}
            way => std::fs::write(path, way.spoils(bytes)).unwrap(),
        }
        self.way.error().map_or(Ok(()), Err)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.or_fails(Asked::Rename)?;
        RealDisk.rename(from, to)
    }

    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        self.or_fails(Asked::SyncFolder)?;
        RealDisk.sync_folder(dir)
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        let part = path.extension().is_some_and(|ext| ext == "part");
        let asked = if part {
            Asked::ReadPart
        } else {
            Asked::ReadBack
        };
        match (self.fails(asked), self.way.error()) {
            (true, Some(error)) => Err(error),
            (true, None) => Ok(Box::new(Cursor::new(
                self.way.spoils(&std::fs::read(path)?),
            ))),
            (false, _) => RealDisk.read(path),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
}

/// What may be found after writing `new` over `old`: the judge of every writer here.
fn found(dir: &Path, old: &[u8], new: &[u8], done: &Result<(), FileError>) -> Result<(), String> {
    let names: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    if names != ["goi.nlb"] {
        return Err(format!("left behind: {names:?}"));
    }
    let there = std::fs::read(dir.join("goi.nlb")).unwrap();
    match done {
        // Unsure: whatever the stick holds now, nobody is told that it may be pulled.
        Ok(()) | Err(FileError::Unsure { .. }) if there == new => Ok(()),
        Ok(()) => Err("said written, and is not".to_owned()),
        Err(FileError::Unsure { .. }) => Err("has its name and is not whole".to_owned()),
        Err(_) if there == old => Ok(()),
        Err(_) => Err("the older file is not whole".to_owned()),
    }
}

#[test]
fn whatever_a_stick_does_the_older_file_is_whole_or_the_new_one_is_not_vouched_for() {
    let (mut site, old) = small();
    site.types("so_02", "7");
    let new = site.bundle_bytes(Some("phong"), Scope::Since);
    let steps = [
        Asked::Write,
        Asked::ReadPart,
        Asked::Rename,
        Asked::SyncFolder,
        Asked::ReadBack,
    ];
    for dress in [BundleEncoding::Binary, BundleEncoding::Text] {
        let new_file = match dress {
            BundleEncoding::Binary => new.clone(),
            BundleEncoding::Text => nhaplieu::sync::bundle::text_armour::write(&new).into_bytes(),
        };
        for (at, way) in steps.iter().flat_map(|at| WAYS.map(|way| (*at, way))) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("goi.nlb");
            file::write(&RealDisk, &path, &old, BundleEncoding::Binary).unwrap();
            let stick = Stick::new(at, way);
            let done = file::write(&stick, &path, &new, dress);
            let lies = way.error().is_none();
            // A rename that lies, or a folder that lies, has nothing to spoil here.
            let harmless = lies && matches!(at, Asked::Rename | Asked::SyncFolder);
            assert_eq!(done.is_ok(), harmless, "{at:?} {way:?}: {done:?}");
            found(dir.path(), &old, &new_file, &done)
                .unwrap_or_else(|wrong| panic!("{at:?} {way:?}: {wrong}"));
            let named = matches!(done, Ok(()) | Err(FileError::Unsure { .. }));
            let after = matches!(at, Asked::SyncFolder | Asked::ReadBack) || harmless;
            assert_eq!(named, after, "{at:?} {way:?}: {done:?}");
            // The same stick, better now, takes it.
            file::write(&RealDisk, &path, &new, dress).unwrap();
            let read = VerifiedBundle::read(file::read(&path).unwrap()).unwrap();
            assert_eq!(read.bytes().unwrap(), new);
        }
    }
    let stick = Stick::new(Asked::ReadBack, Way::Pulled);
    let dir = tempfile::tempdir().unwrap();
    file::write(
        &stick,
        &dir.path().join("goi.nlb"),
        &new,
        BundleEncoding::Binary,
    )
    .unwrap_err();
    assert_eq!(stick.asked.into_inner(), steps, "no step goes untried");
}

/// Writes over the older file at once, as one would without thinking of sticks.
fn written_carelessly(disk: &impl Disk, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    disk.write(path, bytes).map_err(|error| FileError::Io {
        path: path.to_owned(),
        error,
    })
}

#[test]
fn the_judge_sees_a_writer_that_loses_the_older_file() {
    let (mut site, old) = small();
    site.types("so_02", "7");
    let new = site.bundle_bytes(Some("phong"), Scope::Since);
    let mut seen = 0;
    for way in WAYS {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("goi.nlb");
        file::write(&RealDisk, &path, &old, BundleEncoding::Binary).unwrap();
        let done = written_carelessly(&Stick::new(Asked::Write, way), &path, &new);
        seen += usize::from(found(dir.path(), &old, &new, &done).is_err());
    }
    // All but EROFS and ENOENT, which write nothing.
    assert_eq!(seen, 5);
}

#[test]
fn a_stick_pulled_before_it_could_be_tidied_keeps_the_older_file() {
    /// As a stick that is no longer there: nothing can be taken away from it either.
    struct Away;
    impl Disk for Away {
        fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            Err(io::Error::from_raw_os_error(5))
        }
        fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
            unreachable!("nothing was written")
        }
        fn sync_folder(&self, _: &Path) -> io::Result<()> {
            unreachable!("nothing was written")
        }
        fn read(&self, _: &Path) -> io::Result<Box<dyn Read>> {
            Err(io::Error::from_raw_os_error(5))
        }
        fn remove(&self, _: &Path) -> io::Result<()> {
            Err(io::Error::from_raw_os_error(5))
        }
    }
    let (mut site, old) = small();
    site.types("so_02", "7");
    let new = site.bundle_bytes(Some("phong"), Scope::Since);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("goi.nlb");
    file::write(&RealDisk, &path, &old, BundleEncoding::Binary).unwrap();
    let done = file::write(&Away, &path, &new, BundleEncoding::Binary);
    assert!(matches!(done, Err(FileError::Io { .. })), "{done:?}");
    assert_eq!(std::fs::read(&path).unwrap(), old);
    // The half of it that stayed is written over by the next.
    file::write(&RealDisk, &path, &new, BundleEncoding::Binary).unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn each_failure_says_something_else_and_that_the_figures_are_whole() {
    let (_, bytes) = small();
    for lang in [Lang::Vi, Lang::En] {
        let texts = Texts::load(lang);
        let whole = match lang {
            Lang::Vi => "còn nguyên",
            Lang::En => "whole",
        };
        let mut said = Vec::new();
        for (at, way) in [
            (Asked::Write, Way::Full),
            (Asked::Write, Way::ReadOnly),
            (Asked::Write, Way::Pulled),
            (Asked::Write, Way::TooBig),
            (Asked::ReadPart, Way::Flipped),
            (Asked::ReadBack, Way::Flipped),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("goi.nlb");
            let done = file::write(&Stick::new(at, way), &path, &bytes, BundleEncoding::Binary);
            let message = done.unwrap_err().message();
            let words = texts.say(&message);
            assert!(words.contains(whole), "{words}");
            assert!(words.contains("goi.nlb"), "{words}");
            said.push(message.key);
        }
        let all = said.len();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), all, "{said:?}");
    }
}

/// A stick can hold links: what is written must never go through one to another file.
#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_half_written_file_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (stick, victim) = (dir.path().join("usb"), dir.path().join("data.redb"));
    std::fs::create_dir(&stick).unwrap();
    std::fs::write(&victim, b"kho").unwrap();
    let path = stick.join("a.nlb");
    std::os::unix::fs::symlink(&victim, stick.join("a.nlb.part")).unwrap();
    let mut site = crate::site::Site::commune("xa-a", 1);
    let bundle = site.bundle_bytes(None, nhaplieu::sync::Scope::All);
    nhaplieu::sync::bundle::file::write(
        &RealDisk,
        &path,
        &bundle,
        nhaplieu::sync::bundle::file::BundleEncoding::Binary,
    )
    .unwrap();
    assert_eq!(std::fs::read(&victim).unwrap(), b"kho");
    let written = std::fs::symlink_metadata(&path).unwrap();
    assert!(written.is_file(), "the bundle itself, not a link to it");
}
