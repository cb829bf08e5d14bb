//! How large a bundle may be. Every one of these is compared before anything is allocated for
//! what a file promises (`sync.md` 6).

/// Bytes of a whole bundle.
pub const FILE: u64 = 64 << 20;
/// Bytes of a file that is read at all: a bundle in text armour is longer than the bundle.
pub const FILE_ARMOURED: u64 = 90 << 20;
/// A larger file is not read into memory but copied beside the store, and read a chunk at a time.
pub const IN_MEMORY: u64 = 8 << 20;
/// Bytes of a header.
pub const HEADER: u32 = 64 << 10;
/// Chunks of a bundle: sixteen times what the largest bundle needs with full chunks.
pub const CHUNKS: u32 = 16_384;
/// Bytes of one chunk before compression.
pub const CHUNK_RAW: u32 = 256 << 10;
/// Bytes of all chunks before compression.
pub const RAW: u64 = 256 << 20;
/// Entries of a bundle.
pub const ENTRIES: u64 = 2_000_000;
/// Authors in a bundle.
pub const AUTHORS: usize = 64;
/// Ranges in a bundle: an author whose store was copied has several.
pub const RANGES: usize = 128;
/// Up to so many entries their hashes are kept between reading a bundle and taking it in: 8 MiB of
/// them, a district's year and more.
pub const HASHES: u64 = 1 << 18;
/// Lines of what the writer has.
pub const HAVE: usize = 256;
/// Authors vouched for by the author before them.
pub const VOUCHES: usize = 64;
/// Window of a zstd frame.
pub const WINDOW: u64 = 8 << 20;
/// Bytes of an id or name in a header.
pub const TEXT: usize = 255;

/// Bundles in the waiting room and in quarantine.
pub const HELD: usize = 64;
/// Bytes of them.
pub const HELD_BYTES: u64 = 256 << 20;
/// A clock further ahead than this is flagged and not adopted: 48 h in milliseconds.
pub const AHEAD: u64 = 48 * 3_600_000;
