//! The bundles and key files of a folder, told by what is in them and not by their names.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::app::meeting::{FileKind, Inbox, InboxFile, Seen, Standing};
use crate::base::Message;
use crate::ledger::Hash;
use crate::sync::bundle::container::MAGIC;
use crate::sync::bundle::file;
use crate::sync::bundle::file::FileError;
use crate::sync::bundle::key_file::{self, KeyFile};
use crate::sync::bundle::text_armour;
use crate::sync::{BundleError, Container, Header, Limit};

/// How many bundles and keys of a folder are listed.
const MOST: usize = 200;
/// How much of a file tells what it is.
const HEAD: u64 = 4 << 10;
/// Up to so many bytes in all, bundles are proved whole as they are listed; of those beyond it only
/// the two ends are read, and what is spoilt between them is found when they are opened. A folder
/// of large bundles on a slow stick would else keep everybody waiting who saves.
const PROVED: u64 = 8 << 20;

/// Lists a folder; the latest bundles first, then keys, then what is not whole.
pub(super) fn list(folder: &Path, standing: &Standing) -> Inbox {
    let mut inbox = Inbox {
        folder: folder.to_owned(),
        ..Inbox::default()
    };
    match candidates(folder) {
        Ok(mut found) => {
            inbox.more = found.len().saturating_sub(MOST);
            found.truncate(MOST);
            let mut proved = PROVED;
            let listed = found
                .into_iter()
                .map(|file| judged(file, standing, &mut proved));
            inbox.files = listed.collect();
        }
        Err(error) => {
            let message = Message::new("meet.folder_unreadable")
                .with("folder", folder.display().to_string())
                .with("why", error.to_string());
            inbox.trouble = Some(message);
        }
    }
    inbox.files.sort_by_key(|file| {
        let (group, written) = match &file.kind {
            FileKind::Bundle { written, .. } => (0, *written),
            FileKind::Key { .. } => (1, 0),
            FileKind::Bad(_) => (2, 0),
        };
        (group, std::cmp::Reverse(written), file.name.clone())
    });
    inbox
}

/// A file that may be one of ours.
struct Candidate {
    path: PathBuf,
    name: String,
    size: u64,
    changed: Option<SystemTime>,
    head: io::Result<Vec<u8>>,
}

impl Candidate {
    /// Looks at the beginning of a file; `None` for what has nothing to do with bundles.
    fn of(path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let meta = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let mut head = Vec::new();
        let read = fs::File::open(&path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
        let found = Self {
            path,
            name,
            size: meta.len(),
            changed: meta.modified().ok(),
            head: read.map(|_| head),
        };
        (found.is_key() || found.is_bundle()).then_some(found)
    }

    fn begins(&self) -> &[u8] {
        self.head.as_deref().unwrap_or_default()
    }

    fn named(&self, ending: &str) -> bool {
        self.name.to_ascii_lowercase().ends_with(ending)
    }

    fn is_key(&self) -> bool {
        self.begins().starts_with(key_file::FIRST.as_bytes()) || self.named(".nlk")
    }

    fn is_bundle(&self) -> bool {
        let head = self.begins();
        head.starts_with(&MAGIC) || text_armour::find(head).is_some() || self.named(".nlb")
    }
}

/// What of a folder may be ours, the latest first.
fn candidates(folder: &Path) -> io::Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        found.extend(Candidate::of(entry?.path()));
    }
    found.sort_by(|a, b| (b.changed, &a.name).cmp(&(a.changed, &b.name)));
    Ok(found)
}

/// What a file is.
fn judged(file: Candidate, standing: &Standing, proved: &mut u64) -> InboxFile {
    let kind = match &file.head {
        Err(error) => FileKind::Bad(
            Message::new("sync.file.unreadable")
                .with("path", file.name.as_str())
                .with("why", error.to_string()),
        ),
        Ok(_) if file.is_key() => key_file(&file.path),
        Ok(_) => match seen(&file, proved) {
            Ok((header, root)) => bundle(header, root, standing),
            Err(error) => FileKind::Bad(error.message()),
        },
    };
    InboxFile {
        path: file.path,
        name: file.name,
        size: file.size,
        kind,
    }
}

fn key_file(path: &Path) -> FileKind {
    let read = file::read(path).ok();
    match read.and_then(|bytes| KeyFile::read(&bytes).ok()) {
        Some(key) => FileKind::Key {
            author: key.author(),
            digits: key.fingerprint(),
            unit: key.unit,
        },
        None => FileKind::Bad(Message::new("sync.key.not_a_key_file")),
    }
}

/// What a bundle says of itself, proved as far as `proved` reaches.
fn seen(file: &Candidate, proved: &mut u64) -> Result<(Header, Hash), FileError> {
    if let Some(rest) = proved.checked_sub(file.size) {
        *proved = rest;
        let container = Container::open(file::read(&file.path)?)?;
        return Ok((container.header, container.root));
    }
    // A bundle as text shows nothing at its ends, and is small; this one is not.
    file::peek(&file.path)?.ok_or(BundleError::TooLarge { what: Limit::File }.into())
}

fn bundle(header: Header, root: Hash, standing: &Standing) -> FileKind {
    let taken = standing.kept.imported.iter().find(|one| one.root == root);
    let held = || standing.kept.held.iter().any(|one| one.bundle.root == root);
    let seen = match taken {
        Some(taken) => Seen::Taken(taken.wall),
        None if held() => Seen::Kept,
        None if header.signed_by() == standing.info.author => Seen::Own,
        None => Seen::New,
    };
    FileKind::Bundle {
        from: header.from,
        written: header.created,
        entries: header.entries,
        seen,
    }
}
