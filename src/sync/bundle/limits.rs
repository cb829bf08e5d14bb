//! Limits of a bundle. Each is compared before anything is allocated for what a file promises.

/// Bytes of a whole bundle.
pub const FILE: u64 = 64 << 20;
/// Bytes of the least bundle: what stands before its header and after its chunks.
pub const LEAST: u64 = 28 + 96;
/// Bytes of the largest file that is read: a bundle in text armour is longer than the bundle.
pub const FILE_ARMOURED: u64 = 90 << 20;
/// Bytes of the largest bundle that is read into memory; a larger one is copied into a private file and
/// read chunk by chunk.
pub const IN_MEMORY: u64 = 8 << 20;
/// Bytes of a header. It alone bounds how many authors, ranges and lines of `have` a bundle has: what
/// does not fit goes into another bundle.
pub const HEADER: u32 = 1 << 20;
/// Chunks of a bundle: sixteen times what the largest one needs with full chunks.
pub const CHUNKS: u32 = 16_384;
/// Bytes of one chunk before compression: room for the largest entry, see
/// [`crate::ledger::entry::ENTRY_BYTES`].
pub const CHUNK_RAW: u32 = 256 << 10;
/// Bytes of all chunks before compression.
pub const RAW: u64 = 256 << 20;
/// Entries of a bundle.
pub const ENTRIES: u64 = 2_000_000;
/// Entries up to which the hashes are kept between reading a bundle and importing it: 8 MiB of them,
/// more than a district's year.
pub const HASHES: u64 = 1 << 18;
/// Window of a zstd frame.
pub const WINDOW: u64 = 8 << 20;

/// Bundles in the waiting room and in quarantine.
pub const HELD: usize = 64;
/// Bytes of them.
pub const HELD_BYTES: u64 = 256 << 20;
/// Milliseconds that a clock may be ahead (48 h): one further ahead is flagged and not adopted.
pub const AHEAD: u64 = 48 * 3_600_000;
