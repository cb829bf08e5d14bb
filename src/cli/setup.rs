//! What the edge knows: folder, day, person, language; clock and random bytes.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::store;

/// Milliseconds since 1970-01-01 UTC.
pub fn wall() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Random bytes for the id of an action.
pub fn action_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    // Without the system's random source the clock still keeps ids apart within one store.
    if getrandom::fill(&mut bytes).is_err() {
        bytes.copy_from_slice(&u128::from(wall()).to_le_bytes());
    }
    bytes
}

/// What the store's room needs from the edge.
pub fn edge() -> store::Edge {
    let mut seed = [0; 32];
    // A key is only made when this succeeded: see `screens` and `init`.
    let _ = getrandom::fill(&mut seed);
    store::Edge {
        pid: std::process::id(),
        machine: machine(),
        seed,
        wall: wall(),
        patience: Duration::from_secs(10),
    }
}

/// A name of this machine that a copy of the store elsewhere does not have.
fn machine() -> String {
    std::fs::read_to_string("/etc/machine-id")
        .or_else(|_| std::fs::read_to_string("/proc/sys/kernel/hostname"))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// The store's folder: as told, else the platform's data folder.
pub fn store_dir(told: Option<PathBuf>) -> PathBuf {
    let var = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    told.or_else(|| var("XDG_DATA_HOME").map(|dir| dir.join("nhaplieu")))
        .or_else(|| var("APPDATA").map(|dir| dir.join("nhaplieu")))
        .or_else(|| var("HOME").map(|dir| dir.join(".local/share/nhaplieu")))
        .unwrap_or_else(|| PathBuf::from("nhaplieu-data"))
}
