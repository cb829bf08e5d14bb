//! The header of a bundle: for which plan and district, from whom to whom, which entries it carries
//! and what its writer already has. Its layout of little-endian fields is described in
//! `docs/bundle-format.md`, so that another program can read it.

use crate::base::bytes::{BadBytes, Reader, put_text};
use crate::base::text;
use crate::ledger::trust::Succession;
use crate::ledger::{AuthorId, Hash};
use crate::plan::UnitId;
use crate::sync::bundle::error::{BundleError, Limit};
use crate::sync::bundle::have::Have;
use crate::sync::bundle::limits;
use crate::sync::bundle::list::{list, put_count};
use crate::sync::bundle::range::Range;

/// The critical capabilities this program knows: none are defined yet.
const KNOWN_CAPABILITIES: u32 = 0;

/// How much a bundle is meant to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What the other side has not acknowledged.
    Since,
    /// Everything.
    All,
}

/// A new author whose first entry the author before it has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouch {
    /// The new author.
    pub author: AuthorId,
    /// The hash of its entry 1.
    pub hash: Hash,
    /// The key of the author before it.
    pub by: [u8; 32],
    /// That key's signature over the new author, number 1 and the hash.
    pub signature: [u8; 64],
}

/// The header of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The key that signs the bundle: its first field, at a fixed place.
    pub signer: [u8; 32],
    /// Abilities a reader must have.
    pub critical: u32,
    /// Abilities a reader may ignore.
    pub optional: u32,
    /// The plan's id.
    pub plan_id: String,
    /// Its version.
    pub plan_version: u32,
    /// BLAKE3 of its file.
    pub plan_hash: Hash,
    /// The district's unit.
    pub district: UnitId,
    /// The unit of the store that wrote it.
    pub from: UnitId,
    /// The unit it is for; empty for a whole copy.
    pub to: UnitId,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub created: u64,
    /// What it is meant to bring.
    pub scope: Scope,
    /// How many entries.
    pub entries: u32,
    /// Bytes of all chunks before compression.
    pub raw: u64,
    /// What it brings.
    pub ranges: Vec<Range>,
    /// What its writer has.
    pub have: Have,
    /// New authors vouched for.
    pub vouches: Vec<Vouch>,
}

impl Header {
    /// The author whose signature the bundle carries.
    pub fn signed_by(&self) -> AuthorId {
        AuthorId::of_key(&self.signer)
    }

    /// The new authors it vouches for, as they are compared with those already vouched for.
    pub fn vouched(&self) -> impl Iterator<Item = Succession> + '_ {
        self.vouches.iter().map(|vouch| Succession {
            author: vouch.author,
            hash: vouch.hash,
            by: AuthorId::of_key(&vouch.by),
        })
    }

    /// The unit it is for; `None` for a whole copy, for those whom everything concerns.
    pub fn receiver(&self) -> Option<&UnitId> {
        (!self.to.as_str().is_empty()).then_some(&self.to)
    }

    /// The bytes of the header in a file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.extend(self.signer);
        out.extend(self.critical.to_le_bytes());
        out.extend(self.optional.to_le_bytes());
        put_text(&mut out, &self.plan_id);
        out.extend(self.plan_version.to_le_bytes());
        out.extend(self.plan_hash.0);
        for unit in [&self.district, &self.from, &self.to] {
            put_text(&mut out, unit.as_str());
        }
        out.extend(self.created.to_le_bytes());
        out.push(match self.scope {
            Scope::Since => 0,
            Scope::All => 1,
        });
        out.extend(self.entries.to_le_bytes());
        out.extend(self.raw.to_le_bytes());
        put_count(&mut out, self.ranges.len());
        for range in &self.ranges {
            range.put(&mut out);
        }
        self.have.put(&mut out);
        put_count(&mut out, self.vouches.len());
        for vouch in &self.vouches {
            out.extend(vouch.author.0);
            out.extend(vouch.hash.0);
            out.extend(vouch.by);
            out.extend(vouch.signature);
        }
        out
    }

    /// Reads the bytes of a header and checks what they say.
    ///
    /// # Errors
    /// [`BundleError::Malformed`], [`BundleError::HostileText`], [`BundleError::Capability`] or
    /// [`BundleError::TooLarge`].
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let mut reader = Reader::new(bytes);
        let header = fields(&mut reader).map_err(BundleError::header)?;
        reader.end().map_err(BundleError::header)?;
        header.validated()
    }

    /// Checks capabilities, texts and limits.
    fn validated(self) -> Result<Self, BundleError> {
        let unknown = self.critical & !KNOWN_CAPABILITIES;
        if unknown != 0 {
            return Err(BundleError::Capability(unknown));
        }
        for words in [
            &self.plan_id,
            self.district.as_str(),
            self.from.as_str(),
            self.to.as_str(),
        ] {
            if let Some(position) = words.chars().position(text::is_hostile) {
                return Err(BundleError::HostileText {
                    chunk: None,
                    entry: 0,
                    position: u32::try_from(position).unwrap_or(u32::MAX),
                });
            }
        }
        let too_large = |what| Err(BundleError::TooLarge { what });
        if u64::from(self.entries) > limits::ENTRIES {
            return too_large(Limit::Entries);
        }
        if self.raw > limits::RAW {
            return too_large(Limit::Raw);
        }
        self.with_valid_ranges()
    }

    /// Checks that the ranges are possible and hold as many entries as stated.
    fn with_valid_ranges(self) -> Result<Self, BundleError> {
        let malformed = |what| Err(BundleError::malformed(None, 0, what));
        let mut sum = 0_u64;
        for range in &self.ranges {
            if !range.is_possible() {
                return malformed("range");
            }
            sum = sum.saturating_add(range.count());
        }
        if !self.have.is_possible() {
            return malformed("have");
        }
        if sum != u64::from(self.entries) {
            return malformed("number of entries");
        }
        Ok(self)
    }
}

fn fields(reader: &mut Reader<'_>) -> Result<Header, BadBytes> {
    Ok(Header {
        signer: reader.array("signer")?,
        critical: reader.u32("capabilities")?,
        optional: reader.u32("capabilities")?,
        plan_id: reader.text("plan")?.to_owned(),
        plan_version: reader.u32("plan version")?,
        plan_hash: Hash(reader.array("plan hash")?),
        district: UnitId::new(reader.text("district")?),
        from: UnitId::new(reader.text("from")?),
        to: UnitId::new(reader.text("to")?),
        created: reader.u64("created")?,
        scope: match reader.u8("scope")? {
            0 => Scope::Since,
            1 => Scope::All,
            _ => return Err(reader.bad("scope")),
        },
        entries: reader.u32("entries")?,
        raw: reader.u64("raw")?,
        ranges: list(reader, "ranges", Range::read)?,
        have: Have::read(reader)?,
        vouches: list(reader, "vouches", vouch)?,
    })
}

fn vouch(reader: &mut Reader<'_>) -> Result<Vouch, BadBytes> {
    Ok(Vouch {
        author: AuthorId(reader.array("vouch")?),
        hash: Hash(reader.array("vouch")?),
        by: reader.array("vouch")?,
        signature: reader.array("vouch")?,
    })
}
