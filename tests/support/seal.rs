//! Bundles put together by hand from `docs/bundle-format.md`, so that anything can stand in one that is
//! whole and signed.

/// One chunk of a file: its lengths, the hash of its frame, its frame.
pub(crate) fn chunk(frame: &[u8], raw: u32) -> Vec<u8> {
    let mut out = u32::try_from(frame.len()).unwrap().to_le_bytes().to_vec();
    out.extend(raw.to_le_bytes());
    out.extend(blake3::hash(frame).as_bytes());
    out.extend(frame);
    out
}

/// A bundle with that header and those chunks before compression.
pub(crate) fn sealed(header: &[u8], raws: &[Vec<u8>], sign: impl Fn(&[u8]) -> [u8; 64]) -> Vec<u8> {
    let chunks = raws.iter().map(|raw| {
        let frame = zstd::bulk::compress(raw, 3).unwrap();
        chunk(&frame, u32::try_from(raw.len()).unwrap())
    });
    let body = chunks.collect::<Vec<_>>().concat();
    sealed_chunks(header, raws.len(), &body, sign)
}

/// A bundle with that header and those chunks as they are in a file.
pub(crate) fn sealed_chunks(
    header: &[u8],
    count: usize,
    chunks: &[u8],
    sign: impl Fn(&[u8]) -> [u8; 64],
) -> Vec<u8> {
    let mut out = b"\x89NLB\r\n\x1a\n\x01\x00\x01\x00".to_vec();
    out.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
    out.extend(u32::try_from(count).unwrap().to_le_bytes());
    let total = 28 + header.len() + chunks.len() + 96;
    out.extend((total as u64).to_le_bytes());
    out.extend(header);
    out.extend(chunks);
    let root = *blake3::hash(&out).as_bytes();
    out.extend(root);
    out.extend(sign(&[b"nhaplieu-bundle-v1".as_slice(), &root].concat()));
    out
}
