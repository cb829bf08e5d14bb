//! Writing the bytes of a bundle: chunks compressed as they come, a header before them, root hash and
//! signature behind them. [`crate::sync::bundle::container`] reads them.

use crate::ledger::Hash;
use crate::sync::bundle::chunk::ChunkCompressor;
use crate::sync::bundle::container::{FIXED, MAGIC, MAJOR, MIN_READER, TAIL, signed_words};
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::limits;

/// A bundle being written: each chunk is compressed as it comes, so that the whole is never held
/// inflated.
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
    /// Compresses a chunk and adds it.
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

    /// The bytes of the bundle under `header`; `sign` signs what it is given.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`], or what `sign` gives.
    pub fn seal<E: From<BundleError>>(
        self,
        header: &[u8],
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Vec<u8>, E> {
        let total = FIXED + header.len() + self.body.len() + TAIL;
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
        front.extend(count(self.chunks, Limit::Chunks)?.to_le_bytes());
        front.extend(total.to_le_bytes());
        front.extend(header);
        let mut out = self.body;
        out.reserve_exact(front.len() + TAIL);
        out.splice(0..0, front);
        let root = Hash(*blake3::hash(&out).as_bytes());
        out.extend(root.0);
        out.extend(sign(&signed_words(&root))?);
        Ok(out)
    }
}
