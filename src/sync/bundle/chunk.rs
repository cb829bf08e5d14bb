//! Compression of chunks with zstd. A frame is inflated into a buffer of known size, so that nothing a
//! frame promises is ever allocated.

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe;

use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::limits;

/// The first bytes of a zstd frame (RFC 8878 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The level of compression: zstd's own default.
const LEVEL: i32 = 3;

/// Compresses chunks.
pub(in crate::sync) struct ChunkCompressor(Option<Compressor<'static>>);

impl ChunkCompressor {
    /// A compressor without work.
    pub(in crate::sync) fn new() -> Self {
        Self(Compressor::new(LEVEL).ok())
    }

    /// Compresses a chunk into one frame; `None` when zstd has no memory.
    pub(in crate::sync) fn chunk(&mut self, raw: &[u8]) -> Option<Vec<u8>> {
        self.0.as_mut()?.compress(raw).ok()
    }
}

/// Decompresses chunks into one buffer, used again for each.
pub(in crate::sync) struct ChunkDecompressor {
    zstd: Option<Decompressor<'static>>,
    buffer: Vec<u8>,
}

impl ChunkDecompressor {
    /// A decompressor without work.
    pub(in crate::sync) fn new() -> Self {
        Self {
            zstd: Decompressor::new().ok(),
            buffer: Vec::new(),
        }
    }

    /// Decompresses a chunk: exactly `raw` bytes from exactly one frame.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] or [`BundleError::TooLarge`].
    pub(in crate::sync) fn chunk(
        &mut self,
        index: u32,
        z: &[u8],
        raw: u32,
    ) -> Result<&[u8], BundleError> {
        let malformed = |what| BundleError::malformed(Some(index), 0, what);
        let frame = FrameHeader::read(z).ok_or(malformed("zstd frame"))?;
        if frame.window > limits::WINDOW {
            return Err(BundleError::TooLarge {
                what: Limit::Window,
            });
        }
        let length = usize::try_from(raw).map_err(|_| malformed("length"))?;
        if frame.content != Some(u64::from(raw)) {
            return Err(malformed("length of zstd frame"));
        }
        if zstd_safe::find_frame_compressed_size(z) != Ok(z.len()) {
            return Err(malformed("end of zstd frame"));
        }
        self.buffer.clear();
        self.buffer.reserve_exact(length);
        let zstd = self.zstd.as_mut().ok_or(malformed("zstd"))?;
        let made = zstd.decompress_to_buffer(z, &mut self.buffer);
        if made.ok() != Some(length) || self.buffer.len() != length {
            return Err(malformed("zstd data"));
        }
        Ok(&self.buffer)
    }
}

/// The header of a zstd frame.
struct FrameHeader {
    window: u64,
    content: Option<u64>,
}

impl FrameHeader {
    /// Reads a frame header (RFC 8878 3.1.1.1); `None` for anything but a plain frame without a
    /// dictionary.
    fn read(z: &[u8]) -> Option<Self> {
        let rest = z.strip_prefix(&MAGIC)?;
        let (descriptor, rest) = rest.split_first()?;
        let (size_flag, single) = (descriptor >> 6, descriptor & 0x20 != 0);
        if descriptor & 0x1b != 0 {
            // Reserved and unused bits, or a dictionary.
            return None;
        }
        let (window, rest) = if single {
            (None, rest)
        } else {
            let (byte, rest) = rest.split_first()?;
            let base = 1_u64 << (10 + (byte >> 3));
            (Some(base + base / 8 * u64::from(byte & 7)), rest)
        };
        let content = match (size_flag, single) {
            (0, true) => Some(u64::from(*rest.first()?)),
            (0, false) => None,
            (1, _) => Some(u64::from(u16::from_le_bytes(*rest.first_chunk()?)) + 256),
            (2, _) => Some(u64::from(u32::from_le_bytes(*rest.first_chunk()?))),
            _ => Some(u64::from_le_bytes(*rest.first_chunk()?)),
        };
        Some(Self {
            window: window.or(content)?,
            content,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_comes_back_and_another_length_is_refused() {
        let raw = b"so lieu ".repeat(4_000);
        let z = ChunkCompressor::new().chunk(&raw).unwrap();
        let length = u32::try_from(raw.len()).unwrap();
        let mut inflate = ChunkDecompressor::new();
        assert_eq!(inflate.chunk(0, &z, length), Ok(&raw[..]));
        assert!(inflate.chunk(0, &z, length - 1).is_err());
        assert!(inflate.chunk(0, &z, length + 1).is_err());
        let twice = [z.clone(), z.clone()].concat();
        assert!(inflate.chunk(0, &twice, length).is_err());
        assert!(inflate.chunk(0, &z[..z.len() - 1], length).is_err());
    }

    #[test]
    fn a_window_past_the_limit_is_refused() {
        // Magic, no single segment, 4-byte size, window 2^(10+14) = 16 MiB, size 8, no data.
        let z = [0x28, 0xb5, 0x2f, 0xfd, 0x80, 14 << 3, 8, 0, 0, 0];
        assert_eq!(
            ChunkDecompressor::new().chunk(0, &z, 8),
            Err(BundleError::TooLarge {
                what: Limit::Window
            })
        );
    }
}
