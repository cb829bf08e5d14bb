//! The writer's key, outside the database so that a copy of the database alone cannot write in
//! its name: 32 bytes of Ed25519 seed, mode 0600.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer, SigningKey};

use crate::ledger::AuthorId;
use crate::store::error::KeyFault;
use crate::store::identity::witness::open_private;

/// The Ed25519 key of the author this store writes as.
#[derive(Clone)]
pub(crate) struct WriterKey {
    seed: [u8; 32],
    public: [u8; 32],
}

impl WriterKey {
    /// Derives the key from its seed.
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        let public = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
        Self { seed, public }
    }

    /// Gives the public half.
    pub(crate) fn public(&self) -> [u8; 32] {
        self.public
    }

    /// Signs these bytes.
    pub(crate) fn sign(&self, words: &[u8]) -> [u8; 64] {
        SigningKey::from_bytes(&self.seed).sign(words).to_bytes()
    }

    /// Gives the author of this key.
    pub(crate) fn author(&self) -> AuthorId {
        AuthorId::of_key(&self.public)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(path: &Path) -> Result<Self, KeyFault> {
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => KeyFault::Missing,
            _ => KeyFault::Unreadable(error.to_string()),
        };
        let mut bytes = Vec::with_capacity(33);
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        file.take(33).read_to_end(&mut bytes).map_err(unreadable)?;
        match bytes.try_into() {
            Ok(seed) => Ok(Self::from_seed(seed)),
            Err(_) => Err(KeyFault::Length(length)),
        }
    }

    /// Writes it into an open file and waits until it is on disk.
    pub(crate) fn write(&self, file: &mut File) -> io::Result<()> {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&self.seed)?;
        file.set_len(32)?;
        file.sync_all()
    }
}

/// Gives the path of the key file of the store in that folder.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("key")
}

/// Where a key waits until the database names its author.
fn next_path(dir: &Path) -> PathBuf {
    dir.join("key.next")
}

/// Writes a key beside the present one, until the database names its author.
pub(crate) fn prepare(dir: &Path, key: &WriterKey) -> io::Result<()> {
    let mut file = open_private(&next_path(dir))?;
    key.write(&mut file)
}

/// Makes the prepared key the store's; nothing to do when another session has done so.
pub(crate) fn adopt(dir: &Path) -> io::Result<()> {
    match fs::rename(next_path(dir), path(dir)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Reads the key of `author`, adopting one that was only prepared.
///
/// # Errors
/// [`KeyFault`]: what is wrong with the file that should hold it.
pub(crate) fn of_author(dir: &Path, author: &AuthorId) -> Result<WriterKey, KeyFault> {
    let found = WriterKey::read(&path(dir));
    if let Ok(key) = &found
        && key.author() == *author
    {
        return found;
    }
    // Its database was written; whoever wrote it was ended before the key took its place.
    let next = WriterKey::read(&next_path(dir));
    if let Ok(key) = next
        && key.author() == *author
    {
        return match adopt(dir) {
            Ok(()) => Ok(key),
            Err(error) => Err(KeyFault::Unreadable(error.to_string())),
        };
    }
    found.and(Err(KeyFault::Other))
}

/// The author whose key the folder holds, whoever writes in the store; `None` where it holds none.
pub(crate) fn present(dir: &Path) -> Option<AuthorId> {
    WriterKey::read(&path(dir)).ok().map(|key| key.author())
}

/// The file in which a key waits, for whoever makes a store: opened, so that it can be locked.
pub(crate) fn open_next(dir: &Path) -> io::Result<File> {
    open_private(&next_path(dir))
}

/// Takes away a key that waited for a database which was not made.
pub(crate) fn forget_next(dir: &Path) {
    // One that stays is written over by the next attempt.
    let _ = fs::remove_file(next_path(dir));
}
