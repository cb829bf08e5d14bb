//! What a store keeps of bundles, for people: what came in, what waits and for what, what nobody
//! vouches for, what was refused, and what every other store has confirmed.

use std::collections::BTreeMap;

use crate::ledger::{ActorId, AuthorId, Hash, Recorded, Trust};
use crate::plan::UnitId;
use crate::store::StoreError;
use crate::store::exchange::{Exchange, Held, HeldBundle, Peer, Report};
use crate::sync::bundle::reader::VerifiedBundle;
use crate::sync::import;
use crate::sync::import::inspect::{self, Inspection};
use crate::sync::import::merge::ImportContext;
use crate::sync::import::plan::{BundlePlan, Counts, Details, ImportPlan};

/// A bundle that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Its name.
    pub root: Hash,
    /// From which unit's store; `None` when nothing here says so any more.
    pub from: Option<UnitId>,
    /// Who signed it.
    pub signer: AuthorId,
    /// When it was taken in, in milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// Who did.
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

/// A bundle that is kept and has not, or not wholly, come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldStatus {
    /// Its name, why and since when.
    pub bundle: HeldBundle,
    /// What is in it; `None` when this program no longer reads it.
    pub inside: Option<Inspection>,
    /// What would become of it now.
    pub now: Option<BundlePlan>,
}

/// What another store said in its latest bundle of the log that is written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Who said so.
    pub author: AuthorId,
    /// Its unit.
    pub unit: UnitId,
    /// When it wrote that bundle, by its own clock.
    pub created: u64,
    /// Up to which entry of ours it has.
    pub has: u64,
    /// How many there are.
    pub of: u64,
}

/// Everything that is kept of bundles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BundleStatus {
    /// What came in, latest first.
    pub imported: Vec<Imported>,
    /// What waits, is in quarantine or was refused, oldest first.
    pub held: Vec<HeldStatus>,
    /// What the others have confirmed, in the order of their units.
    pub confirmed: Vec<Receipt>,
}

/// Everything that is kept of bundles.
///
/// # Errors
/// When the store cannot be read.
pub fn kept(
    store: &(impl Exchange + ?Sized),
    scene: &ImportContext<'_>,
) -> Result<BundleStatus, StoreError> {
    Ok(BundleStatus {
        imported: imported(store)?,
        held: held(store, scene)?,
        confirmed: confirmed(store)?,
    })
}

/// The bundles that came in, latest first.
///
/// # Errors
/// When the store cannot be read.
pub fn imported(store: &(impl Exchange + ?Sized)) -> Result<Vec<Imported>, StoreError> {
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

/// The bundles that are kept, with what would become of each now.
///
/// # Errors
/// When the store cannot be read.
pub fn held(
    store: &(impl Exchange + ?Sized),
    scene: &ImportContext<'_>,
) -> Result<Vec<HeldStatus>, StoreError> {
    let mut held = Vec::new();
    store.weigh(&mut |snapshot| {
        held = snapshot.held()?;
        Ok(())
    })?;
    held.sort_by_key(|bundle| (bundle.wall, bundle.root));
    let mut waiting = Vec::new();
    let mut evidence = Vec::new();
    for bundle in held {
        let bytes = store.held_bytes(&bundle.root)?;
        let read = bytes.and_then(|bytes| VerifiedBundle::read(bytes).ok());
        let inside = read.as_ref().map(inspect::of);
        if bundle.held == Held::Refused {
            evidence.extend(read);
        }
        waiting.push(HeldStatus {
            bundle,
            inside,
            now: None,
        });
    }
    // The room is always weighed; evidence only when it is handed in.
    let planned = import::plan(store, scene, &evidence)?;
    for one in &mut waiting {
        let found = planned.bundles.iter().find(|b| b.root == one.bundle.root);
        one.now = found.cloned();
    }
    Ok(waiting)
}

/// What a bundle that is kept would change now; for one in quarantine, if its signer were
/// enrolled for the unit it says it is. `None` when this program no longer reads it.
///
/// # Errors
/// When the store cannot be read.
pub fn preview(
    store: &(impl Exchange + ?Sized),
    scene: &ImportContext<'_>,
    bundle: &HeldBundle,
    rights: impl FnOnce(&UnitId) -> crate::ledger::trust::Rights,
) -> Result<Option<ImportPlan>, StoreError> {
    let bytes = store.held_bytes(&bundle.root)?;
    let Some(read) = bytes.and_then(|bytes| VerifiedBundle::read(bytes).ok()) else {
        return Ok(None);
    };
    if bundle.held == Held::Quarantine {
        let rights = rights(&read.header().from);
        return import::plan_assuming(store, scene, &read, &rights).map(Some);
    }
    import::plan(store, scene, &[read]).map(Some)
}

/// What the other stores have confirmed of what is written here.
///
/// # Errors
/// When the store cannot be read.
pub fn confirmed(store: &(impl Exchange + ?Sized)) -> Result<Vec<Receipt>, StoreError> {
    let (info, peers, trust) = (store.info()?, store.peers()?, trust(store)?);
    let has = |peer: &Peer| {
        let own = peer
            .have
            .iter()
            .filter(|(author, ..)| *author == info.author);
        own.map(|(_, seq, _)| *seq).max().unwrap_or(0)
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

fn trust(store: &(impl Exchange + ?Sized)) -> Result<Trust, StoreError> {
    let mut trust = None;
    store.weigh(&mut |snapshot| {
        let controls: Vec<Recorded> = snapshot.controls()?;
        trust = Some(Trust::new(
            &snapshot.seeds()?,
            &controls,
            &snapshot.vouched()?,
        ));
        Ok(())
    })?;
    trust.ok_or_else(|| StoreError::Damaged("trust".to_owned()))
}
