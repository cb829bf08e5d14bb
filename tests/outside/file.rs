//! The file: container, armour, chunks, and the chain of hashes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::bytes::Bytes;
use super::entry::Entry;
use super::header::Header;
use super::{Author, Fault, Hash, verify};

/// A bundle that was read and verified.
pub struct Bundle {
    pub header: Header,
    pub root: Hash,
    pub entries: Vec<Recorded>,
}

/// An entry with its place in a log.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub author: Author,
    pub number: u64,
    pub hash: Hash,
    pub entry: Entry,
}

/// Reads a bundle, binary or as text.
pub fn read(bytes: &[u8]) -> Result<Bundle, Fault> {
    let unwrapped = unwrapped(bytes)?;
    let bytes = unwrapped.as_deref().unwrap_or(bytes);
    let mut r = Bytes(bytes);
    if r.take(8)? != [0x89, b'N', b'L', b'B', 0x0d, 0x0a, 0x1a, 0x0a] {
        return Err("magic".to_owned());
    }
    r.u16()?;
    if r.u16()? > 1 {
        return Err("a newer reader".to_owned());
    }
    let (header_length, chunks, total) = (r.length()?, r.u32()?, r.u64()?);
    if header_length > 1_048_576 || chunks > 16_384 || total > 67_108_864 {
        return Err("limit".to_owned());
    }
    if u64::try_from(bytes.len()) != Ok(total) {
        return Err(format!("{} bytes of {total}", bytes.len()));
    }
    let end = bytes.len().checked_sub(96).ok_or("too short")?;
    let (body, mut tail) = (&bytes[..end], Bytes(&bytes[end..]));
    let (root, signature) = (tail.array()?, tail.array()?);
    if *blake3::hash(body).as_bytes() != root {
        return Err("root".to_owned());
    }
    let mut rest = Bytes(body.get(28..).ok_or("too short")?);
    let header = rest.take(header_length)?;
    let signer = header.first_chunk().ok_or("too short")?;
    verify(signer, &[b"nhaplieu-bundle-v1", &root], &signature)?;
    let header = Header::read(header)?;
    let raw = inflated(&mut rest, chunks)?;
    let length: usize = raw.iter().map(Vec::len).sum();
    if u64::try_from(length) != Ok(header.raw) {
        return Err("length of the chunks".to_owned());
    }
    let entries = chained(&header, &raw)?;
    Ok(Bundle {
        header,
        root,
        entries,
    })
}

/// The bytes of a bundle in text.
fn unwrapped(bytes: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(None);
    };
    let Some((_, text)) = text.split_once("-----BEGIN NHAPLIEU BUNDLE-----") else {
        return Ok(None);
    };
    let (text, _) = text
        .split_once("-----END NHAPLIEU BUNDLE-----")
        .ok_or("no end")?;
    let characters: String = text.split_whitespace().collect();
    let bytes = STANDARD
        .decode(characters)
        .map_err(|error| error.to_string())?;
    Ok(Some(bytes))
}

fn inflated(r: &mut Bytes<'_>, chunks: u32) -> Result<Vec<Vec<u8>>, Fault> {
    let mut all = Vec::new();
    for _ in 0..chunks {
        let (length, inflated) = (r.length()?, r.length()?);
        let hash: Hash = r.array()?;
        let frame = r.take(length)?;
        if inflated > 262_144 || *blake3::hash(frame).as_bytes() != hash {
            return Err("chunk".to_owned());
        }
        let raw = zstd::bulk::decompress(frame, inflated).map_err(|error| error.to_string())?;
        if raw.len() != inflated {
            return Err("length of a chunk".to_owned());
        }
        all.push(raw);
    }
    r.end()?;
    Ok(all)
}

/// The entries in the order of the ranges, each with its number and hash.
fn chained(header: &Header, chunks: &[Vec<u8>]) -> Result<Vec<Recorded>, Fault> {
    let mut all = Vec::new();
    let mut entries = Vec::new();
    for chunk in chunks {
        let mut r = Bytes(chunk);
        while !r.0.is_empty() {
            let length = r.length()?;
            entries.push(r.take(length)?);
        }
    }
    let mut entries = entries.into_iter();
    for range in &header.ranges {
        let author = range.author();
        let (mut number, mut before) = (range.first, range.before);
        while number <= range.last {
            if let Some(run) = range.run_at(number) {
                number += u64::from(run.count);
                before = run.hash;
                continue;
            }
            let bytes = entries.next().ok_or("an entry is missing")?;
            let mut hasher = blake3::Hasher::new();
            hasher.update(b"nhaplieu/entry/v1");
            hasher.update(&author);
            hasher.update(&number.to_le_bytes());
            hasher.update(&before);
            hasher.update(bytes);
            before = *hasher.finalize().as_bytes();
            let entry = Entry::read(bytes).map_err(|fault| format!("entry {number}: {fault}"))?;
            entry.check_place(&author, number)?;
            all.push(Recorded {
                author,
                number,
                hash: before,
                entry,
            });
            number += 1;
        }
        if before != range.hash {
            return Err("the chain does not end as the range says".to_owned());
        }
    }
    match entries.next() {
        Some(_) => Err("an entry too many".to_owned()),
        None => Ok(all),
    }
}
