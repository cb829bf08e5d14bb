//! The container of a bundle: what makes it whole and whose it is, before a word of it is
//! believed. `sync.md` 6; byte by byte in `docs/bundle-format.md`.
//!
//! Order of work: length, root hash, signature; only then header, and only then is a chunk
//! inflated. Nothing is allocated for what a file promises.

use std::ops::ControlFlow;

use ed25519_dalek::{Signature, VerifyingKey};

use super::error::{BundleError, Limit};
use super::frame::{Deflate, Inflate};
use super::header::Header;
use super::{armour, cover, limits};
use crate::base::bytes::Reader;
use crate::ledger::Hash;

/// What a bundle begins with: not text, and broken by any transfer that treats it as text.
pub const MAGIC: [u8; 8] = *b"\x89NLB\r\n\x1a\n";
/// The format this program writes.
pub const MAJOR: u16 = 1;
/// The least reader that understands what this program writes.
pub const MIN_READER: u16 = 1;
/// What a bundle's signature covers before the root hash.
pub const SIGNATURE_CONTEXT: &[u8] = b"nhaplieu-bundle-v1";

/// Bytes before the header.
pub const FIXED: usize = 28;
/// Bytes before a chunk's frame.
pub const CHUNK_HEAD: usize = 40;
/// Root hash and signature.
pub const TAIL: usize = 96;

/// Where a chunk's frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkAt {
    /// Offset of the frame in the file.
    pub at: usize,
    /// Its length.
    pub zlen: usize,
    /// Its length inflated.
    pub rawlen: u32,
    /// BLAKE3 of the frame.
    pub hash: Hash,
}

/// A bundle that is whole and signed; what its chunks hold has not been read yet.
#[derive(Clone, Debug)]
pub struct Container {
    bytes: Vec<u8>,
    /// The header.
    pub header: Header,
    /// Where the chunks are.
    pub chunks: Vec<ChunkAt>,
    /// BLAKE3 of all before it: the bundle's name.
    pub root: Hash,
}

impl Container {
    /// Takes the bytes of a file, in text armour or not.
    ///
    /// # Errors
    /// Any of the kinds of [`BundleError`] that concern the file, its header or its signature.
    pub fn open(bytes: Vec<u8>) -> Result<Self, BundleError> {
        cover::refuse_covered(&bytes)?;
        let armoured = !bytes.starts_with(&MAGIC);
        let bytes = match armoured.then(|| armour::find(&bytes)).flatten() {
            Some(found) => armour::read(&bytes, found)?,
            None => bytes,
        };
        let fixed = Fixed::read(&bytes)?;
        let (root, signed) = whole(&bytes, &fixed)?;
        let header_end = FIXED + fixed.header;
        let header_bytes = bytes.get(FIXED..header_end).unwrap_or_default();
        let key: [u8; 32] = header_bytes
            .first_chunk()
            .copied()
            .ok_or(BundleError::malformed(None, 0, "signer"))?;
        verify(&key, &signed_words(&root), &signed)?;
        let header = Header::read(header_bytes)?;
        let chunks = walk(&bytes, header_end, &fixed)?;
        let raw: u64 = chunks.iter().map(|chunk| u64::from(chunk.rawlen)).sum();
        if raw != header.raw {
            return Err(BundleError::malformed(None, 0, "raw length"));
        }
        Ok(Self {
            bytes,
            header,
            chunks,
            root,
        })
    }

    /// The bytes of the file without armour.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Inflates the chunks from `first` on, one after the other, until `look` breaks.
    ///
    /// # Errors
    /// [`BundleError::Malformed`], [`BundleError::TooLarge`], or what `look` gives.
    pub fn each_chunk<E: From<BundleError>>(
        &self,
        first: usize,
        mut look: impl FnMut(u32, &[u8]) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let mut inflate = Inflate::new();
        for (index, chunk) in (0_u32..).zip(&self.chunks).skip(first) {
            let z = self
                .bytes
                .get(chunk.at..chunk.at + chunk.zlen)
                .unwrap_or_default();
            if *blake3::hash(z).as_bytes() != chunk.hash.0 {
                return Err(BundleError::malformed(Some(index), 0, "chunk hash").into());
            }
            if look(index, inflate.chunk(index, z, chunk.rawlen)?)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// What is read before anything else.
struct Fixed {
    header: usize,
    chunks: u32,
    total: usize,
}

impl Fixed {
    fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let have = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if !bytes.starts_with(&MAGIC) {
            let written = bytes.len() - trailing_zeros(bytes);
            if written < bytes.len() && MAGIC.starts_with(bytes.get(..written).unwrap_or_default())
            {
                return Err(zero_tail(bytes));
            }
            let cut = MAGIC.starts_with(bytes) || armour::BEGIN.as_bytes().starts_with(bytes);
            return Err(if cut {
                truncated(have, FIXED + TAIL)
            } else {
                BundleError::NotABundle
            });
        }
        let mut reader = Reader::new(bytes.get(MAGIC.len()..).unwrap_or_default());
        let mut fields = || {
            Ok::<_, crate::base::bytes::BadBytes>((
                reader.u16("major")?,
                reader.u16("min reader")?,
                reader.u32("header")?,
                reader.u32("chunks")?,
                reader.u64("total")?,
            ))
        };
        let (_, needs, header, chunks, total) =
            fields().map_err(|_| truncated(have, FIXED + TAIL))?;
        if needs > MAJOR {
            return Err(BundleError::TooNew { needs });
        }
        within(bytes, header, chunks, total)?;
        let length = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        Ok(Self {
            header: length(u64::from(header)),
            chunks,
            total: length(total),
        })
    }
}

/// The lengths a file states, against the limits, each other and the file itself.
fn within(bytes: &[u8], header: u32, chunks: u32, total: u64) -> Result<(), BundleError> {
    let have = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if total <= have && trailing_zeros(bytes) >= 64 {
        return Err(zero_tail(bytes));
    }
    let too_large = |what| Err(BundleError::TooLarge { what });
    if total > limits::FILE {
        return too_large(Limit::File);
    }
    if header > limits::HEADER {
        return too_large(Limit::Header);
    }
    if chunks > limits::CHUNKS {
        return too_large(Limit::Chunks);
    }
    let least = (FIXED + TAIL) as u64 + u64::from(header) + u64::from(chunks) * 40;
    if total < least {
        return Err(BundleError::malformed(None, 20, "total length"));
    }
    if total > have {
        return Err(BundleError::Truncated { have, need: total });
    }
    if total < have {
        let extra = have - total;
        return Err(BundleError::Trailing { extra });
    }
    Ok(())
}

fn truncated(have: u64, need: usize) -> BundleError {
    let need = u64::try_from(need).unwrap_or(u64::MAX);
    BundleError::Truncated { have, need }
}

fn trailing_zeros(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|byte| **byte == 0).count()
}

fn zero_tail(bytes: &[u8]) -> BundleError {
    let from = bytes.len() - trailing_zeros(bytes);
    BundleError::ZeroTail {
        from: u64::try_from(from).unwrap_or(u64::MAX),
    }
}

/// Compares the root hash and gives it with the signature after it.
fn whole(bytes: &[u8], fixed: &Fixed) -> Result<(Hash, [u8; 64]), BundleError> {
    let body_end = fixed.total - TAIL;
    let (body, tail) = bytes
        .split_at_checked(body_end)
        .ok_or(BundleError::RootMismatch)?;
    let (root, signature) = tail
        .split_first_chunk::<32>()
        .ok_or(BundleError::RootMismatch)?;
    if blake3::hash(body).as_bytes() != root {
        return Err(BundleError::RootMismatch);
    }
    let signature = signature
        .try_into()
        .map_err(|_| BundleError::BadSignature)?;
    Ok((Hash(*root), signature))
}

/// What the signer of a bundle signs.
pub fn signed_words(root: &Hash) -> Vec<u8> {
    [SIGNATURE_CONTEXT, &root.0].concat()
}

/// Verifies strictly: no key or signature of small order, none in a second encoding.
///
/// # Errors
/// [`BundleError::BadSignature`].
pub fn verify(key: &[u8; 32], words: &[u8], signature: &[u8; 64]) -> Result<(), BundleError> {
    VerifyingKey::from_bytes(key)
        .and_then(|key| key.verify_strict(words, &Signature::from_bytes(signature)))
        .map_err(|_| BundleError::BadSignature)
}

/// Finds the chunks; they fill exactly what is between header and root.
fn walk(bytes: &[u8], from: usize, fixed: &Fixed) -> Result<Vec<ChunkAt>, BundleError> {
    let body = bytes.get(..fixed.total - TAIL).unwrap_or_default();
    let mut reader = Reader::new(body.get(from..).unwrap_or_default());
    let mut chunks = Vec::new();
    let mut sum = 0_u64;
    for index in 0..fixed.chunks {
        let bad = |bad: crate::base::bytes::BadBytes| {
            BundleError::malformed(Some(index), bad.at, bad.what)
        };
        let zlen = reader.u32("chunk").map_err(bad)?;
        let rawlen = reader.u32("chunk").map_err(bad)?;
        let hash = Hash(reader.array("chunk").map_err(bad)?);
        sum = sum.saturating_add(u64::from(rawlen));
        if rawlen > limits::CHUNK_RAW {
            return Err(BundleError::TooLarge { what: Limit::Chunk });
        }
        if sum > limits::RAW {
            return Err(BundleError::TooLarge { what: Limit::Raw });
        }
        let zlen = usize::try_from(zlen).unwrap_or(usize::MAX);
        let at = from + reader.at();
        reader.take(zlen, "chunk").map_err(bad)?;
        chunks.push(ChunkAt {
            at,
            zlen,
            rawlen,
            hash,
        });
    }
    reader.end().map_err(BundleError::header)?;
    Ok(chunks)
}

/// Chunks as they stand in a file, each compressed as it comes: a bundle is written without ever
/// holding it inflated.
pub struct Packer {
    deflate: Deflate,
    body: Vec<u8>,
    chunks: usize,
}

impl Default for Packer {
    fn default() -> Self {
        Self {
            deflate: Deflate::new(),
            body: Vec::new(),
            chunks: 0,
        }
    }
}

impl Packer {
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
        &self,
        header: &[u8],
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Vec<u8>, E> {
        seal_frames(header, self.chunks, &self.body, sign)
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
    let mut packer = Packer::default();
    for chunk in raw {
        packer.push(chunk)?;
    }
    packer.seal(header, sign)
}

/// As [`seal`], with the chunks' frames as they are.
///
/// # Errors
/// [`BundleError::TooLarge`].
pub fn seal_frames<E: From<BundleError>>(
    header: &[u8],
    chunks: usize,
    body: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<Vec<u8>, E> {
    let total = FIXED + header.len() + body.len() + TAIL;
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let count =
        |length: usize, what| u32::try_from(length).map_err(|_| BundleError::TooLarge { what });
    if total > limits::FILE {
        return Err(BundleError::TooLarge { what: Limit::File }.into());
    }
    let mut out = Vec::with_capacity(usize::try_from(total).unwrap_or(0));
    out.extend(MAGIC);
    out.extend(MAJOR.to_le_bytes());
    out.extend(MIN_READER.to_le_bytes());
    out.extend(count(header.len(), Limit::Header)?.to_le_bytes());
    out.extend(count(chunks, Limit::Chunks)?.to_le_bytes());
    out.extend(total.to_le_bytes());
    out.extend(header);
    out.extend(body);
    let root = Hash(*blake3::hash(&out).as_bytes());
    out.extend(root.0);
    out.extend(sign(&signed_words(&root))?);
    Ok(out)
}
