//! Putting a bundle together: chunks compressed as they come, then a header before them, then root
//! hash and signature behind. The other side of [`crate::sync::bundle::container`].

use crate::ledger::Hash;
use crate::sync::bundle::chunk::ChunkCompressor;
use crate::sync::bundle::container::{FIXED, MAGIC, MAJOR, MIN_READER, TAIL, signed_words};
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::limits;

/// Chunks as they stand in a file, each compressed as it comes: a bundle is written without ever
/// holding it inflated.
pub struct BundleWriter {
    deflate: ChunkCompressor,
    body: Vec<u8>,
    chunks: usize,
}

impl Default for BundleWriter {
    fn default() -> Self {
        Self {
            deflate: ChunkCompressor::new(),
            body: Vec::new(),
            chunks: 0,
        }
    }
}

impl BundleWriter {
    /// Adds a chunk.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`].
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), BundleError> {
        let too_large = BundleError::TooLarge { what: Limit::Chunk };
        let z = self.deflate.chunk(chunk).ok_or(too_large.clone())?;
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| too_large.clone());
        self.body.extend(length(&z)?.to_le_bytes());
        self.body.extend(length(chunk)?.to_le_bytes());
        self.body.extend(blake3::hash(&z).as_bytes());
        self.body.extend(z);
        self.chunks += 1;
        Ok(())
    }

    /// Puts the bundle together; `sign` signs what it is given.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`], or what `sign` gives.
    pub fn seal<E: From<BundleError>>(
        self,
        header: &[u8],
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Vec<u8>, E> {
        seal_frames(header, self.chunks, self.body, sign)
    }
}

/// Puts a bundle together: `raw` chunks are compressed, `sign` signs what it is given.
///
/// Knows nothing of what header and chunks mean, so that a test can seal nonsense.
///
/// # Errors
/// [`BundleError::TooLarge`].
pub fn seal<E: From<BundleError>>(
    header: &[u8],
    raw: &[Vec<u8>],
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<Vec<u8>, E> {
    let mut packer = BundleWriter::default();
    for chunk in raw {
        packer.push(chunk)?;
    }
    packer.seal(header, sign)
}

/// As [`seal`], with the chunks' frames as they are: they become the bundle, without a copy.
///
/// # Errors
/// [`BundleError::TooLarge`].
pub fn seal_frames<E: From<BundleError>>(
    header: &[u8],
    chunks: usize,
    body: Vec<u8>,
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<Vec<u8>, E> {
    let total = FIXED + header.len() + body.len() + TAIL;
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let count =
        |length: usize, what| u32::try_from(length).map_err(|_| BundleError::TooLarge { what });
    if total > limits::FILE {
        return Err(BundleError::TooLarge { what: Limit::File }.into());
    }
    let mut front = Vec::with_capacity(FIXED + header.len());
    front.extend(MAGIC);
    front.extend(MAJOR.to_le_bytes());
    front.extend(MIN_READER.to_le_bytes());
    front.extend(count(header.len(), Limit::Header)?.to_le_bytes());
    front.extend(count(chunks, Limit::Chunks)?.to_le_bytes());
    front.extend(total.to_le_bytes());
    front.extend(header);
    let mut out = body;
    out.reserve_exact(front.len() + TAIL);
    out.splice(0..0, front);
    let root = Hash(*blake3::hash(&out).as_bytes());
    out.extend(root.0);
    out.extend(sign(&signed_words(&root))?);
    Ok(out)
}
