//! A note beside the database of how far it had got, on which machine, in which file: what
//! shows that a store was copied or rolled back (`sync.md` 5, `settled.md` 9).
//!
//! Written in place after each commit, without fsync: it may lag behind the store, never run
//! ahead of it, and is one sector, so a power cut leaves the old or the new one.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::ledger::{AuthorId, Hash};

/// What the file begins with.
const MAGIC: &[u8; 8] = b"NLWITN1\n";
/// Length of the file: magic, author, seq, hash, machine, inode, checksum.
const LENGTH: usize = 8 + 16 + 8 + 32 + 16 + 8 + 8;

/// How far a store had got, on which machine and in which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Witness {
    pub(crate) author: AuthorId,
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
    pub(crate) file_identity: FileIdentity,
}

/// The machine and the file a store lies in; a copy differs in one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileIdentity {
    /// The first bytes of BLAKE3 of the machine's name.
    pub(crate) machine: [u8; 16],
    /// The file's number; 0 where the file system has no lasting ones.
    pub(crate) inode: u64,
}

impl FileIdentity {
    /// The machine of that name, the file of that number.
    pub(crate) fn new(machine: &str, inode: u64) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&blake3::hash(machine.as_bytes()).as_bytes()[..16]);
        Self { machine: id, inode }
    }
}

impl Witness {
    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(LENGTH);
        out.extend(MAGIC);
        out.extend(self.author.0);
        out.extend(self.seq.to_le_bytes());
        out.extend(self.hash.0);
        out.extend(self.file_identity.machine);
        out.extend(self.file_identity.inode.to_le_bytes());
        let sum = blake3::hash(&out);
        out.extend(&sum.as_bytes()[..8]);
        out
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        if bytes.len() != LENGTH || blake3::hash(body).as_bytes()[..8] != sum[..] {
            return None;
        }
        let rest = body.strip_prefix(MAGIC.as_slice())?;
        let (author, rest) = rest.split_first_chunk::<16>()?;
        let (seq, rest) = rest.split_first_chunk::<8>()?;
        let (hash, rest) = rest.split_first_chunk::<32>()?;
        let (machine, rest) = rest.split_first_chunk::<16>()?;
        let (inode, _) = rest.split_first_chunk::<8>()?;
        Some(Self {
            author: AuthorId(*author),
            seq: u64::from_le_bytes(*seq),
            hash: Hash(*hash),
            file_identity: FileIdentity {
                machine: *machine,
                inode: u64::from_le_bytes(*inode),
            },
        })
    }
}

/// The witness file, kept open between commits.
#[derive(Debug)]
pub(crate) struct WitnessFile {
    path: PathBuf,
    file: Option<File>,
    /// The author and number last written through it.
    latest: Option<(AuthorId, u64)>,
}

impl WitnessFile {
    /// The witness of the store in that folder.
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            path: dir.join("witness"),
            file: None,
            latest: None,
        }
    }

    /// What it says; `None` when there is none or it cannot be read: then it says nothing.
    pub(crate) fn read(&self) -> Option<Witness> {
        let mut bytes = Vec::with_capacity(LENGTH);
        let limit = u64::try_from(LENGTH).unwrap_or(u64::MAX).saturating_add(1);
        File::open(&self.path)
            .ok()?
            .take(limit)
            .read_to_end(&mut bytes)
            .ok()?;
        Witness::from_bytes(&bytes)
    }

    /// Writes it, leaving it to the system when it reaches the disk.
    pub(crate) fn write(&mut self, witness: &Witness) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            closed => closed.insert(open_private(&self.path)?),
        };
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&witness.bytes())
    }

    /// Writes it, unless a later entry of the same author was written before: of two handles
    /// that commit after each other, the first may come here last.
    pub(crate) fn advance(&mut self, witness: &Witness) -> io::Result<()> {
        let earlier =
            |(author, seq): (AuthorId, u64)| author == witness.author && seq > witness.seq;
        if self.latest.is_some_and(earlier) {
            return Ok(());
        }
        self.write(witness)?;
        self.latest = Some((witness.author, witness.seq));
        Ok(())
    }

    /// Writes it and waits until it is on disk.
    pub(crate) fn write_and_sync(&mut self, witness: &Witness) -> io::Result<()> {
        self.write(witness)?;
        self.file.as_ref().map_or(Ok(()), File::sync_all)
    }
}

/// Opens a file for writing, made with mode 0600 where it is not there, its content kept.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_reads_back_and_a_torn_one_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut file = WitnessFile::new(dir.path());
        assert_eq!(file.read(), None);
        let witness = Witness {
            author: AuthorId([1; 16]),
            seq: 41,
            hash: Hash([2; 32]),
            file_identity: FileIdentity::new("machine", 7),
        };
        file.write_and_sync(&witness).unwrap();
        assert_eq!(file.read(), Some(witness));
        let later = Witness { seq: 42, ..witness };
        file.write(&later).unwrap();
        assert_eq!(file.read(), Some(later));
        let bytes = std::fs::read(dir.path().join("witness")).unwrap();
        for cut in 0..bytes.len() {
            assert_eq!(Witness::from_bytes(&bytes[..cut]), None);
        }
    }
}
