//! Writing the bytes of a bundle: entries gathered into chunks and compressed as they come, a header
//! before them, root hash and signature behind them. [`crate::sync::bundle::container`] reads them.

use crate::ledger::Hash;
use crate::sync::bundle::chunk::ChunkCompressor;
use crate::sync::bundle::container::{FIXED, MAJOR, MIN_READER, TAIL, signed_words};
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::file_type::MAGIC;
use crate::sync::bundle::limits;

/// A bundle being written. Each chunk of at most [`limits::CHUNK_RAW`] bytes is compressed when it is
/// full, so that the whole is never held inflated.
pub struct BundleWriter {
    compressor: ChunkCompressor,
    /// The chunks that are done, as they stand in the file.
    body: Vec<u8>,
    /// How many they are.
    chunks: usize,
    /// The entries of the next chunk.
    open: Vec<u8>,
    /// The bytes of all entries before compression.
    raw: u64,
    /// Why a chunk could not be compressed; reported at the end.
    failed: Option<BundleError>,
}

impl Default for BundleWriter {
    fn default() -> Self {
        Self {
            compressor: ChunkCompressor::new(),
            body: Vec::new(),
            chunks: 0,
            open: Vec::new(),
            raw: 0,
            failed: None,
        }
    }
}

impl BundleWriter {
    /// Adds one entry.
    pub fn push(&mut self, entry: &[u8]) {
        let length = u32::try_from(entry.len()).unwrap_or(u32::MAX);
        if self.open.len() + 4 + entry.len() > limits::CHUNK_RAW as usize {
            self.close_chunk();
        }
        self.open.extend(length.to_le_bytes());
        self.open.extend(entry);
        self.raw += u64::from(length) + 4;
    }

    /// The bytes of all entries before compression.
    pub fn raw(&self) -> u64 {
        self.raw
    }

    fn close_chunk(&mut self) {
        if !self.open.is_empty() && self.failed.is_none() {
            self.failed = self.compress().err();
        }
        self.open.clear();
    }

    fn compress(&mut self) -> Result<(), BundleError> {
        let too_large = BundleError::TooLarge { what: Limit::Chunk };
        let frame = self.compressor.chunk(&self.open).ok_or(too_large.clone())?;
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| too_large.clone());
        self.body.extend(length(&frame)?.to_le_bytes());
        self.body.extend(length(&self.open)?.to_le_bytes());
        self.body.extend(blake3::hash(&frame).as_bytes());
        self.body.extend(frame);
        self.chunks += 1;
        Ok(())
    }

    /// The bytes of the bundle under `header`; `sign` signs what it is given.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`], or what `sign` gives.
    pub fn seal<E: From<BundleError>>(
        mut self,
        header: &[u8],
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Vec<u8>, E> {
        self.close_chunk();
        if let Some(error) = self.failed {
            return Err(error.into());
        }
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
