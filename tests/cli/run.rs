//! The program in a folder of its own, with nothing of the environment but what a test gives it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A store's folder that may or may not hold a store, and a day.
pub(crate) struct Desk {
    dir: TempDir,
    pub(crate) today: &'static str,
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    /// A folder without a store, on 22/11/2023.
    pub(crate) fn empty() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            today: "2023-11-22",
        }
    }

    /// The store of a commune.
    pub(crate) fn commune() -> Self {
        let desk = Self::empty();
        desk.run(&["init", "--unit", "ngoc-thien", "--as", "Nguyễn Thị Lan"])
            .expects(0);
        desk
    }

    /// The same store on another machine: everything but what says which machine it was.
    pub(crate) fn copy(of: &Self) -> Self {
        let desk = Self::empty();
        private_folder(&desk.store());
        for name in ["data.redb", "key"] {
            std::fs::copy(of.store().join(name), desk.store().join(name)).unwrap();
        }
        desk
    }

    /// The store's folder.
    pub(crate) fn store(&self) -> PathBuf {
        self.dir.path().join("kho")
    }

    /// A file beside the store.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The folder everything lies in.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs the program on this store.
    pub(crate) fn run(&self, words: &[&str]) -> Done {
        let store = self.store();
        let mut all = vec!["--store", store.to_str().unwrap(), "--today", self.today];
        all.extend(words);
        run(&all, self.path())
    }

    /// The JSON answer of a command that succeeds.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let done = self.run(words);
        assert_eq!(done.code, 0, "{done:?}");
        serde_json::from_str(&done.out).unwrap()
    }

    /// A digest of everything kept that matters: the log and the forms.
    pub(crate) fn state(&self) -> String {
        self.run(&["log", "--json"]).out
    }
}

impl Done {
    /// The exit code that the contract promises.
    #[track_caller]
    pub(crate) fn expects(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

/// Makes a folder that only its owner enters, as a store's must be.
pub(crate) fn private_folder(dir: &Path) {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir).unwrap();
}

/// Runs the program with exactly these words.
pub(crate) fn run(words: &[&str], dir: &Path) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_nhaplieu"))
        .args(words)
        .env_clear()
        .env("HOME", dir)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    done(&output)
}

fn done(output: &Output) -> Done {
    Done {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout.clone()).unwrap(),
        err: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

/// The cell of that field in an answer of `show`.
pub(crate) fn cell<'a>(answer: &'a Value, field: &str) -> &'a Value {
    answer["cells"]
        .as_array()
        .unwrap()
        .iter()
        .find(|cell| cell["field"] == field)
        .unwrap()
}
