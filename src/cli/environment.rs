//! What the program learns from its environment: clock, random bytes, folders, the login.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::store;

/// The wall clock, in milliseconds since 1970-01-01 UTC.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The name of the terminal.
pub(crate) fn terminal() -> Option<String> {
    std::env::var("TERM").ok()
}

/// True where the terminal probably cannot show Vietnamese: the environment names a character set
/// that is not UTF-8, or none at all on the plain console.
pub(crate) fn lacks_vietnamese() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    let named = locale.as_deref().unwrap_or_default().to_ascii_lowercase();
    if named.contains("utf-8") || named.contains("utf8") {
        return false;
    }
    cfg!(unix) && (locale.is_some() || terminal().as_deref() == Some("linux"))
}

/// Random bytes for the id of an action.
pub(crate) fn action_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    // Without the system's random source the clock still keeps ids apart within one store.
    if getrandom::fill(&mut bytes).is_err() {
        bytes.copy_from_slice(&u128::from(now()).to_le_bytes());
    }
    bytes
}

/// Clock, random bytes, process and machine, as the store asks for them; `who` works, in a few
/// words.
///
/// # Errors
/// When the system gives no random bytes: a writer's key must not be guessed.
pub(crate) fn edge(who: String) -> Result<store::Environment, store::StoreError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| store::StoreError::Io(error.to_string()))?;
    Ok(store::Environment {
        pid: std::process::id(),
        who,
        machine: machine(),
        seed,
        wall: now(),
        patience: Duration::from_secs(10),
    })
}

/// A name of this machine that a copy of the store elsewhere does not have.
fn machine() -> String {
    std::fs::read_to_string("/etc/machine-id")
        .or_else(|_| std::fs::read_to_string("/proc/sys/kernel/hostname"))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// Where sticks are mounted on the systems that list them, and how deep below.
#[cfg(unix)]
const STICKS: [(&str, usize); 4] = [
    ("/run/media/", 2),
    ("/media/", 2),
    ("/mnt/", 1),
    ("/Volumes/", 1),
];

/// The folders of the sticks that are plugged in now.
#[cfg(unix)]
pub(crate) fn sticks() -> Vec<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mut found: Vec<PathBuf> = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .map(|folder| folder.replace("\\040", " "))
        .filter(|folder| {
            let deep = |(root, most): &(&str, usize)| {
                let below = folder.strip_prefix(root);
                below.is_some_and(|below| below.split('/').count() <= *most)
            };
            STICKS.iter().any(deep)
        })
        .map(PathBuf::from)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The folders of the drives behind the first.
#[cfg(not(unix))]
pub(crate) fn sticks() -> Vec<PathBuf> {
    ('D'..='Z')
        .map(|drive| PathBuf::from(format!("{drive}:\\")))
        .filter(|folder| folder.is_dir())
        .collect()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The store's folder: the one that was named, else the platform's data folder.
pub(crate) fn store_dir(told: Option<PathBuf>) -> PathBuf {
    let under = |name: &str, rest: &str| variable(name).map(|dir| PathBuf::from(dir).join(rest));
    told.or_else(|| under("XDG_DATA_HOME", "nhaplieu"))
        .or_else(|| under("APPDATA", "nhaplieu"))
        .or_else(|| under("HOME", ".local/share/nhaplieu"))
        .unwrap_or_else(|| PathBuf::from("nhaplieu-data"))
}

/// True when the environment asks for no colours (`NO_COLOR`).
pub(crate) fn colours_unwanted() -> bool {
    variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|term| term == "dumb")
}

/// The login of the account this process runs as.
pub(crate) fn login() -> String {
    account()
        .or_else(|| variable("LOGNAME"))
        .or_else(|| variable("USER"))
        .or_else(|| variable("USERNAME"))
        .unwrap_or_else(|| "nhap-lieu".to_owned())
}

/// The name of the account in the system's own list, which the environment cannot change.
#[cfg(unix)]
fn account() -> Option<String> {
    let uid = rustix::process::geteuid().as_raw().to_string();
    let list = std::fs::read_to_string("/etc/passwd").ok()?;
    list.lines().find_map(|line| {
        let mut parts = line.split(':');
        let (name, own) = (parts.next()?, parts.nth(1)?);
        (own == uid).then(|| name.to_owned())
    })
}

#[cfg(not(unix))]
fn account() -> Option<String> {
    None
}

/// True when this process runs as the owner of the store's folder, so that a named actor is
/// believed (`server.md`, pitfall 3); also where there is no folder yet.
#[cfg(unix)]
pub(crate) fn owns(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match std::fs::metadata(dir) {
        Ok(meta) => meta.uid() == rustix::process::geteuid().as_raw(),
        Err(_) => true,
    }
}

/// Other systems have no owner to compare with: the account that can write the folder is.
#[cfg(not(unix))]
pub(crate) fn owns(_dir: &Path) -> bool {
    true
}
