//! The status of bundles in a store: what was imported, what waits and for what, what is in quarantine,
//! what was refused, and what the other stores have confirmed.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::trust::{Succession, TrustAnchors};
use crate::ledger::{ActorId, AuthorId, Hash, Recorded, Trust};
use crate::plan::UnitId;
use crate::store::StoreError;
use crate::store::exchange::{ExchangeReader, HeldBundle, Peer, Report, Snapshot};
use crate::sync::bundle::error::BundleError;
use crate::sync::bundle::header::Header;
use crate::sync::held::facts::HeldFacts;
use crate::sync::import::context::ImportContext;
use crate::sync::import::details::Details;
use crate::sync::import::outcome::unknown_authors;
use crate::sync::import::plan::{BundleOutcome, Counts, Gap, UnknownAuthor};
use crate::sync::import::policy::addressed;

/// A bundle that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Its name.
    pub root: Hash,
    /// From which unit's store; `None` when nothing here says so any more.
    pub from: Option<UnitId>,
    /// Who signed it.
    pub signer: AuthorId,
    /// When it was imported, in milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// The person who did.
    pub by: ActorId,
    /// What it brought; `None` where an old report says it in another layout.
    pub details: Option<Details>,
}

impl Imported {
    /// Its counts; nothing where they cannot be read.
    pub fn counts(&self) -> Counts {
        self.details
            .as_ref()
            .map_or_else(Counts::default, |details| details.counts)
    }
}

/// A bundle that is kept because it could not be imported whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldStatus {
    /// Its name, why and since when.
    pub bundle: HeldBundle,
    /// What it says of itself; `None` when this program no longer reads what was recorded of it.
    pub header: Option<Header>,
    /// What would become of it now; `None` without a header.
    pub outcome: Option<BundleOutcome>,
    /// Its unknown authors, where they are why it is not imported.
    pub unknown_authors: Vec<UnknownAuthor>,
}

/// How much of the log written here another store has, as its latest bundle says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The author of the other store.
    pub author: AuthorId,
    /// Its unit.
    pub unit: UnitId,
    /// When it wrote that bundle, by its own clock.
    pub created: u64,
    /// The last entry that it has.
    pub has: u64,
    /// The last entry there is.
    pub of: u64,
}

/// The status of all bundles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BundleStatus {
    /// The bundles that were imported, latest first.
    pub imported: Vec<Imported>,
    /// The bundles that wait, are in quarantine or were refused, oldest first.
    pub held: Vec<HeldStatus>,
    /// What the other stores have confirmed, in the order of their units.
    pub confirmed: Vec<Receipt>,
}

/// Reads the status of all bundles.
///
/// # Errors
/// When the store cannot be read.
pub fn all(
    store: &(impl ExchangeReader + ?Sized),
    context: &ImportContext<'_>,
) -> Result<BundleStatus, StoreError> {
    Ok(BundleStatus {
        imported: imported(store)?,
        held: held(store, context)?,
        confirmed: confirmed(store)?,
    })
}

/// Reads the bundles that were imported, latest first.
///
/// # Errors
/// When the store cannot be read.
pub fn imported(store: &(impl ExchangeReader + ?Sized)) -> Result<Vec<Imported>, StoreError> {
    let mut units: BTreeMap<AuthorId, UnitId> = BTreeMap::new();
    let trust = trust(store)?;
    for (author, rights) in trust.enrolled() {
        // Of an author with several units the report does not say for which it wrote.
        if let (1, Some(unit)) = (rights.units.len(), rights.units.first()) {
            units.insert(*author, unit.clone());
        }
    }
    for Peer { author, unit, .. } in store.peers()? {
        units.insert(author, unit);
    }
    let mut reports = store.reports()?;
    reports.sort_by_key(|report| (std::cmp::Reverse(report.wall), report.root));
    let imported = |report: Report| Imported {
        root: report.root,
        from: units.get(&report.signer).cloned(),
        signer: report.signer,
        wall: report.wall,
        by: report.by,
        details: Details::read(&report.details).ok(),
    };
    Ok(reports.into_iter().map(imported).collect())
}

/// Reads the bundles that are kept, oldest first, with what would become of each now. That is computed
/// from what was recorded when they were kept, from whom the store trusts and from the logs it has;
/// their bytes are not read.
///
/// # Errors
/// When the store cannot be read.
pub fn held(
    store: &(impl ExchangeReader + ?Sized),
    context: &ImportContext<'_>,
) -> Result<Vec<HeldStatus>, StoreError> {
    let mut held = Vec::new();
    store.with_snapshot(&mut |snapshot| {
        let kept = snapshot.held()?;
        let trust = TrustBasis::of(snapshot)?;
        held = kept
            .into_iter()
            .map(|bundle| status(snapshot, context, &trust, bundle))
            .collect::<Result<_, _>>()?;
        Ok(())
    })?;
    held.sort_by_key(|status| (status.bundle.wall, status.bundle.root));
    Ok(held)
}

/// What decides whom a store trusts.
struct TrustBasis {
    seeds: TrustAnchors,
    controls: Vec<Recorded>,
    vouched: Vec<Succession>,
}

impl TrustBasis {
    fn of(snapshot: &dyn Snapshot) -> Result<Self, StoreError> {
        Ok(Self {
            seeds: snapshot.seeds()?,
            controls: snapshot.controls()?,
            vouched: snapshot.vouched()?,
        })
    }

    fn trust(&self) -> Trust {
        Trust::new(&self.seeds, &self.controls, &self.vouched)
    }

    /// Whom the store trusts with the authors that a header vouches for.
    fn with(&self, header: &Header) -> Trust {
        let vouched: Vec<Succession> = self
            .vouched
            .iter()
            .copied()
            .chain(header.vouched())
            .collect();
        Trust::new(&self.seeds, &self.controls, &vouched)
    }
}

fn status(
    snapshot: &dyn Snapshot,
    context: &ImportContext<'_>,
    basis: &TrustBasis,
    bundle: HeldBundle,
) -> Result<HeldStatus, StoreError> {
    let Ok(facts) = HeldFacts::read(&bundle.facts) else {
        return Ok(HeldStatus {
            bundle,
            header: None,
            outcome: None,
            unknown_authors: Vec::new(),
        });
    };
    let header = &facts.header;
    let trust = basis.with(header);
    let outcome = match (barred(header, context, &trust), facts.refusal) {
        (Some(outcome), _) => outcome,
        (None, Some(refusal)) => BundleOutcome::Refused(refusal),
        (None, None) => missing(snapshot, &trust, header)?,
    };
    let unknown_authors = match &outcome {
        BundleOutcome::Quarantined(authors) => unknown_authors(header, authors),
        _ => Vec::new(),
    };
    Ok(HeldStatus {
        bundle,
        header: Some(facts.header),
        outcome: Some(outcome),
        unknown_authors,
    })
}

/// Why nothing of a bundle may be taken, by its receiver and its signer.
fn barred(header: &Header, context: &ImportContext<'_>, trust: &Trust) -> Option<BundleOutcome> {
    if let Err(error) = addressed(header, context) {
        return Some(BundleOutcome::Refused(error));
    }
    let signer = header.signed_by();
    if trust.revoked(&signer).is_some() && !trust.is_own(&signer) {
        return Some(BundleOutcome::Refused(BundleError::Revoked(signer)));
    }
    (!trust.knows(&signer)).then(|| BundleOutcome::Quarantined(vec![signer]))
}

/// What is missing before all of a bundle can be taken: the keys of authors, or entries.
fn missing(
    snapshot: &dyn Snapshot,
    trust: &Trust,
    header: &Header,
) -> Result<BundleOutcome, StoreError> {
    let (mut unknown, mut gaps) = (BTreeSet::new(), Vec::new());
    for range in &header.ranges {
        let author = range.author();
        if snapshot.holds(&author, range.last, &range.hash)? {
            continue;
        }
        if !trust.knows(&author) {
            unknown.insert(author);
        } else if range.first > 1 && !snapshot.holds(&author, range.first - 1, &range.previous)? {
            let have = snapshot.tips(&author)?.iter().map(|tip| tip.0).max();
            gaps.push(Gap::before(range, have, trust));
        }
    }
    Ok(match (unknown.is_empty(), gaps.is_empty()) {
        (false, _) => BundleOutcome::Quarantined(unknown.into_iter().collect()),
        (true, false) => BundleOutcome::Waiting(gaps),
        (true, true) => BundleOutcome::Taken,
    })
}

/// Reads what the other stores have confirmed of the log written here.
///
/// # Errors
/// When the store cannot be read.
pub fn confirmed(store: &(impl ExchangeReader + ?Sized)) -> Result<Vec<Receipt>, StoreError> {
    let (info, peers, trust) = (store.info()?, store.peers()?, trust(store)?);
    let has = |peer: &Peer| {
        let own = peer.have.iter().filter(|log| log.author == info.author);
        own.map(|log| log.last).max().unwrap_or(0)
    };
    let mut confirmed: Vec<Receipt> = peers
        .iter()
        .filter(|peer| !trust.is_own(&peer.author))
        .map(|peer| Receipt {
            author: peer.author,
            unit: peer.unit.clone(),
            created: peer.created,
            has: has(peer).min(info.seq),
            of: info.seq,
        })
        .collect();
    confirmed.sort_by(|a, b| (&a.unit, a.author).cmp(&(&b.unit, b.author)));
    Ok(confirmed)
}

/// The units of the authors that are enrolled here.
///
/// # Errors
/// When the store cannot be read.
pub fn enrolled(store: &(impl ExchangeReader + ?Sized)) -> Result<BTreeSet<UnitId>, StoreError> {
    let trust = trust(store)?;
    let units = trust.enrolled().flat_map(|(_, rights)| &rights.units);
    Ok(units.cloned().collect())
}

fn trust(store: &(impl ExchangeReader + ?Sized)) -> Result<Trust, StoreError> {
    let mut trust = Trust::default();
    store.with_snapshot(&mut |snapshot| {
        trust = TrustBasis::of(snapshot)?.trust();
        Ok(())
    })?;
    Ok(trust)
}
