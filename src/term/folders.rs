//! The folders bundles lie in.

use std::path::{Path, PathBuf};

/// Where bundles lie.
pub struct Folders {
    /// The store's folder, with its inbox and outbox.
    pub store: PathBuf,
    /// The sticks that are plugged in now.
    pub sticks: Box<dyn Fn() -> Vec<PathBuf> + Send>,
    /// The person's own folder: what `~` stands for in a path that is typed.
    pub home: Option<PathBuf>,
}

impl Folders {
    pub(super) fn inbox(&self) -> PathBuf {
        self.store.join("inbox")
    }

    pub(super) fn outbox(&self) -> PathBuf {
        self.store.join("outbox")
    }

    /// A folder as a shell would understand it.
    pub(super) fn meant(&self, folder: &Path) -> PathBuf {
        match (folder.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => folder.to_owned(),
        }
    }
}
