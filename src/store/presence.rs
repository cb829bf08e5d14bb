//! Who is here, and what each was typing: one small locked file per process, rewritten in place
//! without fsync. A process that was killed leaves its file unlocked, which is how the next start
//! finds the unfinished text, and that the last end was not a clean one. `settled.md` 9.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::base::text;
use crate::ledger::{ActorId, CellId, CellKey, FormKey, RowId};
use crate::plan::{FieldId, PeriodId, UnitId};
use crate::store::api::StoreError;
use crate::store::file::backend::Backoff;
use crate::store::file::location;
use crate::store::identity::witness::open_private;

/// No session file is larger.
const LIMIT: u64 = 64 << 10;
/// How long a file of ours may be looked at by another process that asks whether it is locked.
const LOCK_PROBE: Duration = Duration::from_millis(200);

/// Who a session is, where it is and what is being typed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Who.
    pub actor: ActorId,
    /// In which form, if in one.
    pub form: Option<FormKey>,
    /// In which cell, if in one.
    pub cell: Option<CellKey>,
    /// What that text is to become, in the words of whoever typed it; empty for the content of the
    /// cell.
    pub purpose: String,
    /// What has been typed there and not yet entered.
    pub text: String,
}

/// Another live session on the same store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSession {
    /// Its process.
    pub pid: u32,
    /// What it is at; `None` while its file cannot be read.
    pub presence: Option<Presence>,
}

/// How the file says it; the names are the format.
#[derive(Serialize, Deserialize)]
struct Shape {
    actor: String,
    unit: Option<String>,
    period: Option<String>,
    field: Option<String>,
    row: Option<[u8; 16]>,
    #[serde(default)]
    purpose: String,
    text: String,
    closed: bool,
}

/// The locked file by which this session shows itself to others.
#[derive(Debug)]
pub struct SessionFile {
    path: PathBuf,
    file: File,
    presence: Presence,
    /// How long the file is.
    length: usize,
}

impl SessionFile {
    /// Takes a place among the sessions of the store in `dir`.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn begin(dir: &Path, pid: u32, actor: &ActorId) -> Result<Self, StoreError> {
        let folder = folder(dir);
        let refused = |error| location::not_writable(dir, error);
        // A process in another container may have the same number, so a second name is tried.
        for attempt in 0..64_u32 {
            let path = folder.join(name(pid, attempt));
            let file = open_private(&path).map_err(refused)?;
            if !take(&file) || !is_still(&file, &path) {
                continue;
            }
            if file.metadata().map_err(refused)?.len() > 0 {
                // Left by a dead session of the same number: kept under this name.
                continue;
            }
            let presence = Presence {
                actor: actor.clone(),
                form: None,
                cell: None,
                purpose: String::new(),
                text: String::new(),
            };
            let mut session = Self {
                path,
                file,
                presence: presence.clone(),
                length: 0,
            };
            session.write(&presence)?;
            return Ok(session);
        }
        Err(StoreError::Held {
            by: pid.to_string(),
        })
    }

    /// Says what the session is at; reaches the system at once, the disk when it may.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, presence: &Presence) -> Result<(), StoreError> {
        self.presence = presence.clone();
        self.put(false)
    }

    /// Ends the session; nothing unfinished is kept.
    pub fn end(self) {
        // A file that stays only makes the next start look once more.
        let _ = fs::remove_file(&self.path);
    }

    /// Ends the session in good order and keeps its unfinished text for the next one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(mut self) -> Result<(), StoreError> {
        self.put(true)
    }

    fn put(&mut self, closed: bool) -> Result<(), StoreError> {
        let cell = self.presence.cell.as_ref();
        let form = self.presence.form.as_ref().or(cell.map(|cell| &cell.form));
        let shape = Shape {
            actor: self.presence.actor.as_str().to_owned(),
            unit: form.map(|form| form.unit.as_str().to_owned()),
            period: form.map(|form| form.period.as_str().to_owned()),
            field: cell.map(|cell| cell.id.field.as_str().to_owned()),
            row: cell.and_then(|cell| cell.id.row).map(|row| row.0),
            purpose: self.presence.purpose.clone(),
            text: self.presence.text.clone(),
            closed,
        };
        let mut line =
            serde_json::to_vec(&shape).map_err(|error| StoreError::Io(error.to_string()))?;
        line.push(b'\n');
        // One write, then the cut: killed in between, the first line is whole.
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&line)?;
        // The cut costs more than all else here, and a text that grows needs none.
        if line.len() < self.length {
            let length = u64::try_from(line.len()).unwrap_or(LIMIT);
            self.file.set_len(length)?;
        }
        self.length = line.len();
        Ok(())
    }
}

/// Lists the other sessions that are open now.
pub fn other_sessions(dir: &Path, pid: u32) -> Vec<OtherSession> {
    files(dir)
        .into_iter()
        .filter(|found| found.pid != pid && found.alive)
        .map(|found| OtherSession {
            pid: found.pid,
            presence: found.shape.and_then(presence),
        })
        .collect()
}

/// What `actor` was typing when sessions of theirs ended without taking their leave, and takes
/// their files away; so it is given once.
pub fn recover(dir: &Path, actor: &ActorId) -> Vec<Presence> {
    let mut kept = Vec::new();
    for found in files(dir) {
        if found.alive {
            continue;
        }
        match found.shape.and_then(presence) {
            Some(presence) if presence.text.is_empty() && presence.purpose.is_empty() => {}
            Some(presence) if presence.actor == *actor => kept.push(presence),
            // Another person's words wait for that person.
            Some(_) => continue,
            None => {}
        }
        let _ = fs::remove_file(&found.path);
    }
    kept
}

/// When a session last ended without taking its leave, in milliseconds since 1970-01-01 UTC, as
/// far as its file still shows.
pub(crate) fn unclean_end(dir: &Path) -> Option<u64> {
    files(dir)
        .into_iter()
        .filter(|found| !found.alive && !found.shape.as_ref().is_some_and(|shape| shape.closed))
        .filter_map(|found| {
            let changed = fs::metadata(&found.path).ok()?.modified().ok()?;
            let since = changed.duration_since(UNIX_EPOCH).ok()?;
            u64::try_from(since.as_millis()).ok()
        })
        .max()
}

/// Names the other sessions in a few words for "held by": `lan (4711), hoa (4712)`.
pub(crate) fn describe_others(dir: &Path, pid: u32) -> String {
    let words = |found: OtherSession| match found.presence {
        Some(presence) => format!("{} ({})", presence.actor, found.pid),
        None => format!("({})", found.pid),
    };
    let all: Vec<String> = other_sessions(dir, pid).into_iter().map(words).collect();
    all.join(", ")
}

struct Found {
    path: PathBuf,
    pid: u32,
    alive: bool,
    shape: Option<Shape>,
}

fn folder(dir: &Path) -> PathBuf {
    dir.join("sessions")
}

fn name(pid: u32, attempt: u32) -> String {
    if attempt == 0 {
        pid.to_string()
    } else {
        format!("{pid}-{attempt}")
    }
}

fn files(dir: &Path) -> Vec<Found> {
    let Ok(entries) = fs::read_dir(folder(dir)) else {
        return Vec::new();
    };
    let mut found: Vec<Found> = entries
        .filter_map(|entry| look(&entry.ok()?.path()))
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn look(path: &Path) -> Option<Found> {
    let digits = path.file_name()?.to_str()?.split('-').next()?;
    let pid = digits.parse().ok()?;
    let file = File::open(path).ok()?;
    // Shared, so that two who look do not take each other for the owner.
    let alive = !matches!(file.try_lock_shared(), Ok(()));
    let mut bytes = Vec::new();
    file.take(LIMIT).read_to_end(&mut bytes).ok()?;
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    Some(Found {
        path: path.to_path_buf(),
        pid,
        alive,
        shape: serde_json::from_slice(line).ok(),
    })
}

fn presence(shape: Shape) -> Option<Presence> {
    let form = match (shape.unit, shape.period) {
        (Some(unit), Some(period)) => Some(FormKey {
            unit: UnitId::new(&unit),
            period: PeriodId::new(&period),
        }),
        _ => None,
    };
    let cell = match (&form, shape.field) {
        (Some(form), Some(field)) => Some(form.cell(CellId {
            field: FieldId::new(&field),
            row: shape.row.map(RowId),
        })),
        _ => None,
    };
    let shown = |c: &char| !text::is_hostile(*c);
    Some(Presence {
        actor: ActorId::parse(&shape.actor)?,
        form,
        cell,
        purpose: shape.purpose,
        text: shape.text.chars().filter(shown).collect(),
    })
}

/// Locks the file; `false` when another process keeps it locked.
fn take(file: &File) -> bool {
    let mut pauses = Backoff::new(LOCK_PROBE);
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if pauses.pause() => {}
            Err(TryLockError::WouldBlock) => return false,
            // Without locks there is one session at most.
            Ok(()) | Err(TryLockError::Error(_)) => return true,
        }
    }
}

/// True when the path still leads to this file: one that recovers may just have removed it.
fn is_still(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let here = file.metadata().map(|meta| meta.ino());
        let there = fs::metadata(path).map(|meta| meta.ino());
        matches!((here, there), (Ok(here), Ok(there)) if here == there)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lan() -> ActorId {
        ActorId::parse("lan").unwrap()
    }

    fn typing(text: &str) -> Presence {
        let (unit, period) = (UnitId::new("xa-a"), PeriodId::new("2023"));
        let cell = CellKey::new(&unit, &period, &FieldId::new("so_01"));
        Presence {
            actor: lan(),
            form: Some(cell.form.clone()),
            cell: Some(cell),
            purpose: String::new(),
            text: text.to_owned(),
        }
    }

    fn store() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(folder(dir.path())).unwrap();
        dir
    }

    #[test]
    fn neighbours_see_who_is_where_until_the_end() {
        let dir = store();
        let mut session = SessionFile::begin(dir.path(), 10, &lan()).unwrap();
        session.write(&typing("12345")).unwrap();
        session.write(&typing("1")).unwrap();
        let seen = other_sessions(dir.path(), 11);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].presence, Some(typing("1")));
        assert_eq!(describe_others(dir.path(), 11), "lan (10)");
        assert_eq!(other_sessions(dir.path(), 10), vec![]);
        assert_eq!(recover(dir.path(), &lan()), vec![]);
        session.end();
        assert_eq!(other_sessions(dir.path(), 11), vec![]);
        assert_eq!(unclean_end(dir.path()), None);
    }

    #[test]
    fn a_killed_session_leaves_its_words_to_the_same_person_once() {
        let dir = store();
        let mut session = SessionFile::begin(dir.path(), 10, &lan()).unwrap();
        session.write(&typing("đang gõ dở")).unwrap();
        // As after kill -9: the lock is gone, the file is not.
        drop(session);
        assert!(unclean_end(dir.path()).is_some());
        let hoa = ActorId::parse("hoa").unwrap();
        assert_eq!(recover(dir.path(), &hoa), vec![]);
        // A new process that happens to have the same number does not write over it.
        let again = SessionFile::begin(dir.path(), 10, &lan()).unwrap();
        assert_eq!(recover(dir.path(), &lan()), vec![typing("đang gõ dở")]);
        assert_eq!(recover(dir.path(), &lan()), vec![]);
        again.end();
    }

    #[test]
    fn words_kept_at_a_hang_up_do_not_count_as_an_unclean_end() {
        let dir = store();
        let mut session = SessionFile::begin(dir.path(), 10, &lan()).unwrap();
        session.write(&typing("105")).unwrap();
        session.keep().unwrap();
        assert_eq!(unclean_end(dir.path()), None);
        assert_eq!(recover(dir.path(), &lan()), vec![typing("105")]);
    }

    #[test]
    fn a_damaged_file_is_only_ignored() {
        let dir = store();
        for (name, bytes) in [("12", &b"\xff\x00"[..]), ("13", b""), ("x", b"{}")] {
            fs::write(folder(dir.path()).join(name), bytes).unwrap();
        }
        assert_eq!(recover(dir.path(), &lan()), vec![]);
        assert_eq!(other_sessions(dir.path(), 1), vec![]);
    }
}
