//! What the writer of a bundle has of each log. Byte by byte in `docs/bundle-format.md`.

use crate::base::bytes::{BadBytes, Reader};
use crate::ledger::{AuthorId, Hash};
use crate::store::exchange::Missing;
use crate::sync::bundle::list::{list, put_count};

/// What the writer has: one line for each log, several for one with several ends. Where not all lines
/// fit, those of the authors from one id to another are all there, and lines outside are extra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Have {
    /// The lines of this author and of those up to [`Self::to`] are all that the writer has.
    pub from: AuthorId,
    /// See [`Self::from`].
    pub to: AuthorId,
    /// The lines, in order of author and number.
    pub lines: Vec<HaveLine>,
}

/// Up to where the writer has a log, with the signature of its author over that: without one that
/// verifies the line counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HaveLine {
    /// Whose log.
    pub author: AuthorId,
    /// The last number.
    pub last: u64,
    /// The hash of the last.
    pub hash: Hash,
    /// The author's signature over author, number and hash.
    pub signature: [u8; 64],
    /// The numbers before the last of which the writer does not have the entries, in order.
    pub missing: Vec<Missing>,
}

/// Bytes of a line that misses nothing.
pub const LINE: usize = 124;
/// Bytes of one piece of a log that is missing.
pub const MISSING: usize = 12;

impl Have {
    /// Lines that are all the writer has.
    pub fn all(lines: Vec<HaveLine>) -> Self {
        Self {
            from: AuthorId([0; 16]),
            to: AuthorId([0xff; 16]),
            lines,
        }
    }

    /// Whether what is missing of each log is in order and before its end.
    pub(super) fn is_possible(&self) -> bool {
        self.lines.iter().all(|line| {
            let mut free = 1;
            line.missing.iter().all(|missing| {
                let fits = missing.count > 0 && missing.first >= free;
                free = missing.last().saturating_add(2);
                fits && missing.last() <= line.last
            })
        })
    }

    /// Writes it as it stands in a header.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.from.0);
        out.extend(self.to.0);
        put_count(out, self.lines.len());
        for line in &self.lines {
            out.extend(line.author.0);
            out.extend(line.last.to_le_bytes());
            out.extend(line.hash.0);
            out.extend(line.signature);
            put_count(out, line.missing.len());
            for missing in &line.missing {
                out.extend(missing.first.to_le_bytes());
                out.extend(missing.count.to_le_bytes());
            }
        }
    }

    /// Reads it.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, BadBytes> {
        Ok(Self {
            from: AuthorId(reader.array("have")?),
            to: AuthorId(reader.array("have")?),
            lines: list(reader, "have", |reader| {
                Ok(HaveLine {
                    author: AuthorId(reader.array("have")?),
                    last: reader.u64("have")?,
                    hash: Hash(reader.array("have")?),
                    signature: reader.array("have")?,
                    missing: list(reader, "missing", |reader| {
                        Ok(Missing {
                            first: reader.u64("missing")?,
                            count: reader.u32("missing")?,
                        })
                    })?,
                })
            })?,
        })
    }
}
