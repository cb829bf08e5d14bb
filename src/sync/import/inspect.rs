//! What a file is, without a store: whole or not, whose, for whom, what it carries.

use crate::ledger::{AuthorId, Hash};
use crate::plan::UnitId;
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::fingerprint::{Fingerprint, fingerprint};
use crate::sync::bundle::header::{Have, Scope};
use crate::sync::bundle::reader::VerifiedBundle;

/// One piece of a log, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRange {
    /// Whose.
    pub author: AuthorId,
    /// From which number.
    pub first: u64,
    /// To which.
    pub last: u64,
}

/// What is in a whole bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its name.
    pub root: Hash,
    /// Who signed it.
    pub signed_by: AuthorId,
    /// The digits to compare over the phone.
    pub fingerprint: Fingerprint,
    /// From which unit's store.
    pub from: UnitId,
    /// For whom; `None` for anyone.
    pub to: Option<UnitId>,
    /// When, in milliseconds since 1970-01-01 UTC, by its writer's clock.
    pub created: u64,
    /// What it is meant to bring.
    pub scope: Scope,
    /// The plan's id and version.
    pub plan: (String, u32),
    /// The district.
    pub district: UnitId,
    /// How many entries.
    pub entries: u32,
    /// Bytes of the file without armour.
    pub size: usize,
    /// Bytes before compression.
    pub raw: u64,
    /// What it carries.
    pub ranges: Vec<LogRange>,
    /// What its writer has.
    pub have: Have,
    /// The units its entries are about.
    pub units: Vec<UnitId>,
}

/// Reads a file through.
///
/// # Errors
/// Why it is not whole.
pub fn inspect(bytes: Vec<u8>) -> Result<Inspection, BundleError> {
    Ok(of(&VerifiedBundle::read(bytes)?))
}

/// What is in a bundle that has been read through.
pub fn of(bundle: &VerifiedBundle) -> Inspection {
    let header = bundle.header();
    let ranges = header.ranges.iter().map(|range| LogRange {
        author: range.author(),
        first: range.first,
        last: range.last,
    });
    Inspection {
        root: bundle.root(),
        signed_by: header.signed_by(),
        fingerprint: fingerprint(&header.signer),
        from: header.from.clone(),
        to: (!header.to.as_str().is_empty()).then(|| header.to.clone()),
        created: header.created,
        scope: header.scope,
        plan: (header.plan_id.clone(), header.plan_version),
        district: header.district.clone(),
        entries: header.entries,
        size: bundle.container().size(),
        raw: header.raw,
        ranges: ranges.collect(),
        have: header.have.clone(),
        units: bundle.units(),
    }
}
