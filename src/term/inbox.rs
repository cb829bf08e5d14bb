//! The bundles and key files of a folder, told by what is in them and not by their names.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::app::meeting::{FileKind, Inbox, InboxFile, Seen, Standing};
use crate::base::Message;
use crate::sync::container::MAGIC;
use crate::sync::keyfile::{self, KeyFile};
use crate::sync::{Container, armour, file};

/// How many files of a folder are read; a stick with more is not an inbox.
const MOST: usize = 200;
/// How much of a file tells what it is.
const HEAD: u64 = 4 << 10;

/// Lists a folder; the latest bundles first, then keys, then what is not whole.
pub(super) fn list(folder: &Path, standing: &Standing) -> Inbox {
    let mut inbox = Inbox {
        folder: folder.to_owned(),
        ..Inbox::default()
    };
    match candidates(folder) {
        Ok(paths) => {
            let found = paths.into_iter().take(MOST);
            inbox.files = found.filter_map(|path| judged(path, standing)).collect();
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

fn candidates(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// What a file is; `None` for what has nothing to do with bundles.
fn judged(path: PathBuf, standing: &Standing) -> Option<InboxFile> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let size = fs::metadata(&path).ok()?.len();
    let named = |ending: &str| name.to_ascii_lowercase().ends_with(ending);
    let mut head = Vec::new();
    let read = fs::File::open(&path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    let key = head.starts_with(keyfile::FIRST.as_bytes()) || named(".nlk");
    let looks = head.starts_with(&MAGIC) || armour::find(&head).is_some() || named(".nlb");
    if !key && !looks {
        return None;
    }
    let kind = match read {
        Err(error) => FileKind::Bad(
            Message::new("sync.file.unreadable")
                .with("path", name.as_str())
                .with("why", error.to_string()),
        ),
        Ok(_) if key => key_file(&path),
        Ok(_) => bundle(&path, standing),
    };
    Some(InboxFile {
        path,
        name,
        size,
        kind,
    })
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

fn bundle(path: &Path, standing: &Standing) -> FileKind {
    let bytes = match file::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return FileKind::Bad(error.message()),
    };
    let container = match Container::open(bytes) {
        Ok(container) => container,
        Err(error) => return FileKind::Bad(error.message()),
    };
    let root = container.root;
    let taken = standing.kept.imported.iter().find(|one| one.root == root);
    let held = || standing.kept.held.iter().any(|one| one.bundle.root == root);
    let seen = match taken {
        Some(taken) => Seen::Taken(taken.wall),
        None if held() => Seen::Kept,
        None if container.header.signed_by() == standing.info.author => Seen::Own,
        None => Seen::New,
    };
    FileKind::Bundle {
        from: container.header.from,
        written: container.header.created,
        entries: container.header.entries,
        seen,
    }
}
