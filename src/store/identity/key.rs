//! The writer's key, outside the database so that a copy of the database alone cannot write in
//! its name: 32 bytes of Ed25519 seed, mode 0600.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer, SigningKey};

use crate::ledger::AuthorId;
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

    /// Reads a key file; `None` when there is none or it holds no key.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let mut bytes = Vec::with_capacity(33);
        File::open(path)
            .ok()?
            .take(33)
            .read_to_end(&mut bytes)
            .ok()?;
        Some(Self::from_seed(bytes.try_into().ok()?))
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

/// Tells whether the folder holds the key of `author`, adopting one that was only prepared.
pub(crate) fn is_key_of(dir: &Path, author: &AuthorId) -> bool {
    let fits = |path: PathBuf| WriterKey::read(&path).is_some_and(|key| key.author() == *author);
    fits(path(dir)) || (fits(next_path(dir)) && adopt(dir).is_ok() && fits(path(dir)))
}
