//! The folders bundles lie in, and the bundles and key files of one, told by what is in them and
//! not by their names.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::standing::Standing;
use crate::base::Message;
use crate::ledger::{AuthorId, Hash};
use crate::plan::UnitId;
use crate::sync::bundle::file::FileError;
use crate::sync::bundle::fingerprint::Fingerprint;
use crate::sync::bundle::key_file::KeyFile;
use crate::sync::bundle::{file, file_type};
use crate::sync::{BundleError, Container, Header, Limit};

/// How many bundles and keys of a folder are listed.
const MOST: usize = 200;
/// How much of a file tells what it is.
const HEAD: u64 = 4 << 10;
/// Up to so many bytes in all, bundles are proved whole as they are listed; of those beyond it only
/// the two ends are read, and what is spoilt between them is found when they are opened. A folder
/// of large bundles on a slow stick would else keep everybody waiting who saves.
const PROVED: u64 = 8 << 20;

/// The folders that a person is offered for bundles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownFolders {
    /// The sticks that are plugged in.
    pub sticks: Vec<PathBuf>,
    /// The store's own folder for what comes.
    pub inbox: PathBuf,
    /// The store's own folder for what goes.
    pub outbox: PathBuf,
}

/// The folders that bundles are read from and written to.
pub struct Folders {
    /// The store's folder, with its inbox and outbox.
    pub store: PathBuf,
    /// Lists the sticks that are plugged in now.
    pub sticks: Box<dyn Fn() -> Vec<PathBuf> + Send>,
    /// The person's own folder: what `~` stands for in a path that is typed.
    pub home: Option<PathBuf>,
}

impl Folders {
    /// The store's own folder for what comes.
    pub fn inbox(&self) -> PathBuf {
        self.store.join("inbox")
    }

    /// The store's own folder for what goes.
    pub fn outbox(&self) -> PathBuf {
        self.store.join("outbox")
    }

    /// Gives a folder as a shell would understand it.
    pub fn resolve(&self, folder: &Path) -> PathBuf {
        match (folder.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => folder.to_owned(),
        }
    }

    /// Lists the folders that a person is offered now.
    pub fn places(&self) -> KnownFolders {
        KnownFolders {
            sticks: (self.sticks)(),
            inbox: self.inbox(),
            outbox: self.outbox(),
        }
    }

    /// Lists a folder, or the store's inbox, which is made when it is first looked for so that
    /// there is a place to put files.
    pub fn list(&self, folder: Option<&Path>, standing: &Standing) -> FolderListing {
        let folder = self.chosen(folder);
        if folder == self.inbox() {
            // What is wrong with it shows when it is read.
            let _ = fs::create_dir_all(&folder);
        }
        list(&folder, standing)
    }

    /// The folder that is meant: the one given, else the store's inbox.
    pub fn chosen(&self, folder: Option<&Path>) -> PathBuf {
        let folder = folder.map(|folder| self.resolve(folder));
        folder.unwrap_or_else(|| self.inbox())
    }
}

/// What lies in a folder, by names, sizes and times: enough to notice that it has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderState {
    folder: PathBuf,
    files: Vec<(OsString, u64, Option<SystemTime>)>,
}

impl FolderState {
    /// Looks into a folder; one that cannot be read counts as empty.
    pub fn of(folder: PathBuf) -> Self {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries
            .take(MOST_WATCHED)
            .map(|entry| {
                let about = entry.metadata().ok();
                let size = about.as_ref().map_or(0, fs::Metadata::len);
                (
                    entry.file_name(),
                    size,
                    about.and_then(|it| it.modified().ok()),
                )
            })
            .collect();
        files.sort();
        Self { folder, files }
    }

    /// Looks again; true when something has changed since.
    pub fn has_changed(&mut self) -> bool {
        let now = Self::of(self.folder.clone());
        let changed = now != *self;
        *self = now;
        changed
    }
}

/// How many files of a folder are looked at once a second.
const MOST_WATCHED: usize = 2000;

/// The bundles and key files of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderListing {
    /// The folder.
    pub folder: PathBuf,
    /// The bundles and key files in it, the latest first.
    pub files: Vec<FolderFile>,
    /// How many older ones are not listed.
    pub more: usize,
    /// Why the folder could not be read.
    pub trouble: Option<Message>,
}

/// One file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFile {
    /// Its path.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
}

/// What kind of file it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A whole bundle.
    Bundle {
        /// From which unit's store.
        from: UnitId,
        /// When it was written, by its writer's clock.
        written: u64,
        /// How many entries it carries.
        entries: u32,
        /// Whether it was taken in before.
        state: BundleState,
    },
    /// A key file.
    Key {
        /// The unit of the store.
        unit: UnitId,
        /// Whose key.
        author: AuthorId,
        /// The digits to compare over the phone.
        digits: Fingerprint,
    },
    /// A file that looks like a bundle or a key and is not whole.
    Bad(Message),
}

/// Whether the store knows a bundle of a folder already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleState {
    /// It has never been taken in.
    New,
    /// It was taken in at that moment (milliseconds since 1970-01-01 UTC).
    Imported(u64),
    /// It is kept: waiting, in quarantine or as evidence.
    Kept,
    /// This store wrote it.
    Own,
}

/// Lists a folder; the latest bundles first, then keys, then what is not whole.
fn list(folder: &Path, standing: &Standing) -> FolderListing {
    let mut listed = FolderListing {
        folder: folder.to_owned(),
        ..FolderListing::default()
    };
    match candidates(folder) {
        Ok(mut found) => {
            listed.more = found.len().saturating_sub(MOST);
            found.truncate(MOST);
            let mut proved = PROVED;
            let found = found.into_iter();
            listed.files = found
                .map(|file| judged(file, standing, &mut proved))
                .collect();
        }
        Err(error) => {
            let message = Message::new("sync_page.folder_unreadable")
                .with("folder", folder.display().to_string())
                .with("why", error.to_string());
            listed.trouble = Some(message);
        }
    }
    listed.files.sort_by_key(|file| {
        let (group, written) = match &file.kind {
            FileKind::Bundle { written, .. } => (0, *written),
            FileKind::Key { .. } => (1, 0),
            FileKind::Bad(_) => (2, 0),
        };
        (group, std::cmp::Reverse(written), file.name.clone())
    });
    listed
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
        KeyFile::is_one(self.begins()) || self.named(".nlk")
    }

    fn is_bundle(&self) -> bool {
        file_type::may_be_bundle(self.begins()) || self.named(".nlb")
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
fn judged(file: Candidate, standing: &Standing, proved: &mut u64) -> FolderFile {
    let kind = match &file.head {
        Err(error) => FileKind::Bad(
            Message::new("sync.file.unreadable")
                .with("path", file.name.as_str())
                .with("why", error.to_string()),
        ),
        Ok(_) if file.is_key() => key_file(&file.path),
        Ok(_) => match header_and_root(&file, proved) {
            Ok((header, root)) => bundle(header, root, standing),
            Err(error) => FileKind::Bad(error.message()),
        },
    };
    FolderFile {
        path: file.path,
        name: file.name,
        size: file.size,
        kind,
    }
}

fn key_file(path: &Path) -> FileKind {
    let bytes = match file::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return FileKind::Bad(error.message()),
    };
    match KeyFile::read(&bytes) {
        Ok(key) => FileKind::Key {
            author: key.author(),
            digits: key.fingerprint(),
            unit: key.unit,
        },
        Err(error) => FileKind::Bad(error.message()),
    }
}

/// What a bundle says of itself, proved as far as `proved` reaches.
fn header_and_root(file: &Candidate, proved: &mut u64) -> Result<(Header, Hash), FileError> {
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
    let state = match taken {
        Some(taken) => BundleState::Imported(taken.wall),
        None if held() => BundleState::Kept,
        None if header.signed_by() == standing.info.author => BundleState::Own,
        None => BundleState::New,
    };
    FileKind::Bundle {
        from: header.from,
        written: header.created,
        entries: header.entries,
        state,
    }
}
