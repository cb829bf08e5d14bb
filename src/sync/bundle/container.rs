//! The container of a bundle: lengths, root hash, signature and the places of its chunks. Byte by byte
//! in `docs/bundle-format.md`.
//!
//! Lengths are checked first, then the root hash, then the signature; only then is the header read, and
//! only then a chunk inflated. Nothing is allocated for what a file promises.

use std::ops::ControlFlow;

use ed25519_dalek::{Signature, VerifyingKey};

use crate::base::bytes::{BadBytes, Reader};
use crate::ledger::Hash;
use crate::sync::bundle::chunk::ChunkDecompressor;
use crate::sync::bundle::error::{Alteration, BundleError, Limit};
use crate::sync::bundle::file_type::{self, MAGIC};
use crate::sync::bundle::header::Header;
use crate::sync::bundle::limits;
use crate::sync::bundle::source::{BLOCK, BundleSource, ReadRange, zeros_from};

/// The version of the format this program writes.
pub const MAJOR: u16 = 1;
/// The least reader that understands what this program writes.
pub const MIN_READER: u16 = 1;
/// The largest version a bundle may state: far more than there will be.
const VERSIONS: u16 = 255;
/// What a bundle's signature covers before the root hash.
const SIGNATURE_CONTEXT: &[u8] = b"nhaplieu-bundle-v1";

/// Bytes before the header.
pub const FIXED: usize = 28;
/// Bytes before a chunk's frame.
const CHUNK_HEAD: usize = 40;
/// Bytes of root hash and signature at the end.
pub const TAIL: usize = 96;

/// Where the compressed frame of a chunk is.
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

/// A bundle that is whole and signed. What its chunks hold has not been read yet.
#[derive(Clone, Debug)]
pub struct Container {
    source: BundleSource,
    /// The header.
    pub header: Header,
    /// Where the chunks are.
    pub chunks: Vec<ChunkAt>,
    /// BLAKE3 of all bytes before it: the bundle's name.
    pub root: Hash,
}

/// What bytes say that are a whole and signed bundle.
pub(in crate::sync) struct ContainerParts {
    pub(in crate::sync) header: Header,
    pub(in crate::sync) root: Hash,
    chunks: Vec<ChunkAt>,
}

/// Reads header and root hash of a bundle from its two ends. The length is right and the root hash is
/// signed by the key in the header; that the bytes between give that hash is not checked.
///
/// # Errors
/// The errors of [`Container::open`] that the two ends show.
pub fn peek(source: &BundleSource) -> Result<(Header, Hash), BundleError> {
    let fixed = Fixed::read(source)?;
    let (hash, signature) = tail(source, &fixed)?;
    let mut buffer = Vec::new();
    let bytes = source.part(FIXED, fixed.header, &mut buffer)?;
    Ok((signed_header(bytes, &hash, &signature)?, hash))
}

/// Reads the header after verifying that the key it begins with has signed the root hash.
fn signed_header(bytes: &[u8], root: &Hash, signature: &[u8; 64]) -> Result<Header, BundleError> {
    let key: &[u8; 32] = bytes
        .first_chunk()
        .ok_or(BundleError::malformed(None, 0, "signer"))?;
    verify(key, &signed_words(root), signature)?;
    Header::read(bytes)
}

/// Verifies that bytes without armour are a whole and signed bundle.
///
/// # Errors
/// Any of the kinds of [`BundleError`] that concern the file, its header or its signature.
pub(in crate::sync) fn opened(
    bytes: &(impl ReadRange + ?Sized),
) -> Result<ContainerParts, BundleError> {
    let fixed = Fixed::read(bytes)?;
    let (hash, signed) = verified_root(bytes, &fixed)?;
    let header_end = FIXED + fixed.header;
    let mut buffer = Vec::new();
    let header_bytes = bytes.part(FIXED, fixed.header, &mut buffer)?;
    let header = signed_header(header_bytes, &hash, &signed)?;
    let chunks = find_chunks(bytes, header_end, &fixed)?;
    let raw: u64 = chunks.iter().map(|chunk| u64::from(chunk.rawlen)).sum();
    if raw != header.raw {
        return Err(BundleError::malformed(None, 0, "raw length"));
    }
    Ok(ContainerParts {
        header,
        root: hash,
        chunks,
    })
}

impl Container {
    /// Opens the bytes of a file, binary or in text armour.
    ///
    /// # Errors
    /// Any of the kinds of [`BundleError`] that concern the file, its header or its signature.
    pub fn open(source: impl Into<BundleSource>) -> Result<Self, BundleError> {
        let source = match source.into() {
            BundleSource::Memory(bytes) if !bytes.starts_with(&MAGIC) => {
                let check = |bytes: &[u8]| opened(bytes).map(drop);
                BundleSource::Memory(file_type::bundle_in(bytes, &check)?)
            }
            // Only what begins as a plain bundle is left in its file.
            plain => plain,
        };
        let ContainerParts {
            header,
            root,
            chunks,
        } = opened(&source)?;
        Ok(Self {
            source,
            header,
            chunks,
            root,
        })
    }

    /// The bytes of the file without armour.
    pub fn source(&self) -> &BundleSource {
        &self.source
    }

    /// How many bytes the file has without armour.
    pub fn size(&self) -> usize {
        self.source.length()
    }

    /// Inflates the chunks from `first` on, one after the other, until `look` breaks.
    ///
    /// # Errors
    /// [`BundleError::Malformed`], [`BundleError::TooLarge`], [`BundleError::Unreadable`], or what
    /// `look` gives.
    pub fn each_chunk<E: From<BundleError>>(
        &self,
        first: usize,
        mut look: impl FnMut(u32, &[u8]) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let (mut inflate, mut buffer) = (ChunkDecompressor::new(), Vec::new());
        for (index, chunk) in (0_u32..).zip(&self.chunks).skip(first) {
            let z = self.source.part(chunk.at, chunk.zlen, &mut buffer)?;
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

/// The lengths that stand before the header.
struct Fixed {
    header: usize,
    chunks: u32,
    total: usize,
}

impl Fixed {
    fn read(bytes: &(impl ReadRange + ?Sized)) -> Result<Self, BundleError> {
        let mut buffer = Vec::new();
        let first = bytes.part(0, bytes.length().min(FIXED), &mut buffer)?;
        if !first.starts_with(&MAGIC) {
            return Err(BundleError::NotABundle);
        }
        let mut reader = Reader::new(first.get(MAGIC.len()..).unwrap_or_default());
        let mut fields = || {
            Ok::<_, BadBytes>((
                reader.u16("major")?,
                reader.u16("min reader")?,
                reader.u32("header")?,
                reader.u32("chunks")?,
                reader.u64("total")?,
            ))
        };
        let (major, needs, header, chunks, total) =
            fields().map_err(|_| BundleError::truncated(bytes.length(), limits::LEAST))?;
        // Without its zeros a bundle states versions that will never be.
        if major > VERSIONS || needs > VERSIONS {
            return Err(BundleError::Altered(Alteration::Bytes));
        }
        if needs > MAJOR {
            return Err(BundleError::TooNew { needs });
        }
        check_lengths(bytes, header, chunks, total)?;
        let length = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        Ok(Self {
            header: length(u64::from(header)),
            chunks,
            total: length(total),
        })
    }
}

/// Checks the lengths a file states against the limits, each other and the file itself.
fn check_lengths(
    bytes: &(impl ReadRange + ?Sized),
    header: u32,
    chunks: u32,
    total: u64,
) -> Result<(), BundleError> {
    let have = u64::try_from(bytes.length()).unwrap_or(u64::MAX);
    if total <= have {
        let from = zeros_from(bytes)?;
        // Zeros after a bundle are bytes too many, not an end that was never written.
        let written = total >= limits::LEAST && from as u64 + 64 > total;
        if bytes.length() - from >= 64 && !written {
            return Err(BundleError::zero_tail(from));
        }
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
        return Err(BundleError::RootMismatch);
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

/// Verifies the root hash; gives it with the signature after it.
fn verified_root(
    bytes: &(impl ReadRange + ?Sized),
    fixed: &Fixed,
) -> Result<(Hash, [u8; 64]), BundleError> {
    let body_end = fixed.total - TAIL;
    let (mut hasher, mut buffer) = (blake3::Hasher::new(), Vec::new());
    for at in (0..body_end).step_by(BLOCK) {
        hasher.update(bytes.part(at, BLOCK.min(body_end - at), &mut buffer)?);
    }
    let (stated, signature) = tail(bytes, fixed)?;
    if *hasher.finalize().as_bytes() != stated.0 {
        return Err(BundleError::RootMismatch);
    }
    Ok((stated, signature))
}

/// Reads the root hash a bundle states, and the signature after it.
fn tail(bytes: &(impl ReadRange + ?Sized), fixed: &Fixed) -> Result<(Hash, [u8; 64]), BundleError> {
    let mut buffer = Vec::new();
    let tail = bytes.part(fixed.total - TAIL, TAIL, &mut buffer)?;
    let (hash, signature) = tail
        .split_first_chunk::<32>()
        .ok_or(BundleError::RootMismatch)?;
    let signature = signature
        .try_into()
        .map_err(|_| BundleError::BadSignature)?;
    Ok((Hash(*hash), signature))
}

/// The bytes that the signer of a bundle signs.
pub fn signed_words(root: &Hash) -> Vec<u8> {
    [SIGNATURE_CONTEXT, &root.0].concat()
}

/// Verifies a signature strictly: no key or signature of small order, none in a second encoding.
///
/// # Errors
/// [`BundleError::BadSignature`].
pub fn verify(key: &[u8; 32], words: &[u8], signature: &[u8; 64]) -> Result<(), BundleError> {
    VerifyingKey::from_bytes(key)
        .and_then(|key| key.verify_strict(words, &Signature::from_bytes(signature)))
        .map_err(|_| BundleError::BadSignature)
}

/// Finds the chunks, which fill exactly the bytes between header and root hash.
fn find_chunks(
    bytes: &(impl ReadRange + ?Sized),
    from: usize,
    fixed: &Fixed,
) -> Result<Vec<ChunkAt>, BundleError> {
    let end = fixed.total - TAIL;
    let (mut chunks, mut buffer) = (Vec::new(), Vec::new());
    let (mut at, mut sum) = (from, 0_u64);
    for index in 0..fixed.chunks {
        let bad = |at: usize| BundleError::malformed(Some(index), at - from, "chunk");
        let frame = at.saturating_add(CHUNK_HEAD);
        if frame > end {
            return Err(bad(at));
        }
        let mut reader = Reader::new(bytes.part(at, CHUNK_HEAD, &mut buffer)?);
        let mut head = || {
            Ok::<_, BadBytes>((
                reader.u32("chunk")?,
                reader.u32("chunk")?,
                Hash(reader.array("chunk")?),
            ))
        };
        let (zlen, rawlen, hash) = head().map_err(|_| bad(at))?;
        sum = sum.saturating_add(u64::from(rawlen));
        if rawlen > limits::CHUNK_RAW {
            return Err(BundleError::TooLarge { what: Limit::Chunk });
        }
        if sum > limits::RAW {
            return Err(BundleError::TooLarge { what: Limit::Raw });
        }
        let zlen = usize::try_from(zlen).unwrap_or(usize::MAX);
        at = frame.saturating_add(zlen);
        if at > end {
            return Err(bad(frame));
        }
        chunks.push(ChunkAt {
            at: frame,
            zlen,
            rawlen,
            hash,
        });
    }
    let fill = (at == end).then_some(chunks);
    fill.ok_or(BundleError::malformed(None, at - from, "end"))
}
