//! The header.

use super::bytes::{Bytes, is_hidden};
use super::{Author, Fault, Hash, author_of, verify};

#[derive(Debug)]
pub struct Header {
    pub signer: [u8; 32],
    pub plan: String,
    pub plan_version: u32,
    pub plan_hash: Hash,
    pub district: String,
    pub from: String,
    pub to: String,
    pub created: u64,
    pub everything: bool,
    pub entries: u32,
    pub raw: u64,
    pub ranges: Vec<Range>,
    pub have_from: Author,
    pub have_to: Author,
    pub have: Vec<Have>,
    pub vouches: Vec<Vouch>,
}

#[derive(Debug)]
pub struct Range {
    pub key: [u8; 32],
    pub first: u64,
    pub last: u64,
    pub before: Hash,
    pub hash: Hash,
    pub signature: [u8; 64],
    pub runs: Vec<Run>,
}

/// Entries that are not carried.
#[derive(Debug)]
pub struct Run {
    pub first: u64,
    pub count: u32,
    pub hash: Hash,
}

#[derive(Debug)]
pub struct Have {
    pub author: Author,
    pub last: u64,
    pub hash: Hash,
    pub signature: [u8; 64],
    pub gaps: Vec<(u64, u32)>,
}

#[derive(Debug)]
pub struct Vouch {
    pub author: Author,
    pub hash: Hash,
    pub old_key: [u8; 32],
    pub signature: [u8; 64],
}

impl Header {
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut r = Bytes(bytes);
        let signer = r.array()?;
        if r.u32()? != 0 {
            return Err("a critical capability".to_owned());
        }
        r.u32()?;
        let header = Self {
            signer,
            plan: r.short_text()?,
            plan_version: r.u32()?,
            plan_hash: r.array()?,
            district: r.short_text()?,
            from: r.short_text()?,
            to: r.short_text()?,
            created: r.u64()?,
            everything: match r.u8()? {
                0 => false,
                1 => true,
                _ => return Err("scope".to_owned()),
            },
            entries: r.u32()?,
            raw: r.u64()?,
            ranges: r.list(Range::read)?,
            have_from: r.array()?,
            have_to: r.array()?,
            have: r.list(Have::read)?,
            vouches: r.list(Vouch::read)?,
        };
        r.end()?;
        header.check()?;
        Ok(header)
    }

    fn check(&self) -> Result<(), Fault> {
        let texts = [&self.plan, &self.district, &self.from, &self.to];
        if texts.iter().any(|text| text.chars().any(is_hidden)) {
            return Err("hidden character in the header".to_owned());
        }
        if self.entries > 2_000_000 || self.raw > 268_435_456 {
            return Err("limit".to_owned());
        }
        let mut carried = 0;
        for range in &self.ranges {
            range.check()?;
            carried += range.carried();
        }
        if carried != u64::from(self.entries) {
            return Err(format!("{carried} entries of {}", self.entries));
        }
        for vouch in &self.vouches {
            checkpoint(
                &vouch.old_key,
                (&vouch.author, 1, &vouch.hash),
                &vouch.signature,
            )?;
        }
        Ok(())
    }

    /// The lines of `have` that count: those of an author whose key is known, signed by it.
    pub fn proved<'h>(&'h self, keys: &[[u8; 32]]) -> Vec<&'h Have> {
        let is_proved = |line: &&Have| {
            let key = keys.iter().find(|key| author_of(key) == line.author);
            let said = (&line.author, line.last, &line.hash);
            key.is_some_and(|key| checkpoint(key, said, &line.signature).is_ok())
        };
        self.have.iter().filter(is_proved).collect()
    }
}

impl Range {
    fn read(r: &mut Bytes<'_>) -> Result<Self, Fault> {
        Ok(Self {
            key: r.array()?,
            first: r.u64()?,
            last: r.u64()?,
            before: r.array()?,
            hash: r.array()?,
            signature: r.array()?,
            runs: r.list(|r| {
                Ok(Run {
                    first: r.u64()?,
                    count: r.u32()?,
                    hash: r.array()?,
                })
            })?,
        })
    }

    pub fn author(&self) -> Author {
        author_of(&self.key)
    }

    fn carried(&self) -> u64 {
        let withheld: u64 = self.runs.iter().map(|run| u64::from(run.count)).sum();
        (self.last - self.first + 1).saturating_sub(withheld)
    }

    fn check(&self) -> Result<(), Fault> {
        let fault = |what: &str| Err(format!("range: {what}"));
        if self.first == 0 || self.last < self.first || self.last == u64::MAX {
            return fault("numbers");
        }
        if (self.first == 1) != (self.before == [0; 32]) {
            return fault("hash before");
        }
        let mut free = self.first;
        for run in &self.runs {
            let after = run.first.saturating_add(run.count.into());
            if run.count == 0 || run.first < free || after > self.last + 1 {
                return fault("run");
            }
            if run.hash == [0; 32] || after == self.last + 1 && run.hash != self.hash {
                return fault("hash of a run");
            }
            free = after;
        }
        let said = (&self.author(), self.last, &self.hash);
        checkpoint(&self.key, said, &self.signature)
    }

    pub fn run_at(&self, number: u64) -> Option<&Run> {
        self.runs.iter().find(|run| run.first == number)
    }
}

impl Have {
    fn read(r: &mut Bytes<'_>) -> Result<Self, Fault> {
        let line = Self {
            author: r.array()?,
            last: r.u64()?,
            hash: r.array()?,
            signature: r.array()?,
            gaps: r.list(|r| Ok((r.u64()?, r.u32()?)))?,
        };
        let mut free = 1;
        for (first, count) in &line.gaps {
            let last = first.saturating_add(u64::from(*count)).saturating_sub(1);
            if *count == 0 || *first < free || last > line.last {
                return Err("gap".to_owned());
            }
            free = last.saturating_add(2);
        }
        Ok(line)
    }
}

impl Vouch {
    fn read(r: &mut Bytes<'_>) -> Result<Self, Fault> {
        Ok(Self {
            author: r.array()?,
            hash: r.array()?,
            old_key: r.array()?,
            signature: r.array()?,
        })
    }
}

/// What an author signs of its log.
fn checkpoint(
    key: &[u8; 32],
    (author, number, hash): (&Author, u64, &Hash),
    signature: &[u8; 64],
) -> Result<(), Fault> {
    let number = number.to_le_bytes();
    let words: [&[u8]; 4] = [b"nhaplieu-checkpoint-v1", author, &number, hash];
    verify(key, &words, signature)
}
