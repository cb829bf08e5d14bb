//! How a store stands with the others: what they have confirmed, what is kept of bundles, which
//! cells are in conflict.

use super::Caller;
use std::collections::BTreeSet;

use crate::plan::{Plan, UnitId};
use crate::store::exchange::ExchangeReader;
use crate::store::{StoreError, StoreInfo};
use crate::sync::bundle::fingerprint::{Fingerprint, fingerprint};
use crate::sync::held::conflicts::{self, Conflict};
use crate::sync::held::status::{self, BundleStatus, Receipt};

/// How a store stands with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// This store.
    pub info: StoreInfo,
    /// Whose store it is.
    pub owner: StoreOwner,
    /// The digits of its own key, which the other side compares over the phone.
    pub digits: Fingerprint,
    /// Own changes that nobody has confirmed, and when the oldest was made.
    pub unsent: (u64, Option<u64>),
    /// The units it sends bundles to: the coordinator first, then those that have sent something.
    pub others: Vec<Recipient>,
    /// What is kept of bundles.
    pub kept: BundleStatus,
    /// The cells in conflict.
    pub conflicts: Vec<Conflict>,
}

/// Whose store it is, which decides to whom it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreOwner {
    /// The coordinator: it sends to everybody.
    Coordinator,
    /// A reporting unit: it sends to the coordinator.
    Unit,
}

/// A unit that this store sends bundles to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The unit.
    pub unit: UnitId,
    /// What its store has confirmed; `None` when nothing has come from it yet.
    pub confirmed: Option<Receipt>,
}

/// Milliseconds by which clocks differ that are set against each other all the time.
const CLOCKS_DIFFER: u64 = 60_000;

/// What the wall clock showed at the last entry written here, where the machine's clock, which shows
/// `now`, is more than a minute behind it: one of the two is wrong, and a person has to look.
/// Milliseconds since 1970-01-01 UTC.
pub fn clock_behind(info: &StoreInfo, now: u64) -> Option<u64> {
    let behind = |last: &u64| now.saturating_add(CLOCKS_DIFFER) < *last;
    info.last_written.filter(behind)
}

/// Reads how the store stands.
///
/// # Errors
/// When the store cannot be read.
pub fn standing(store: &dyn ExchangeReader, caller: &Caller<'_>) -> Result<Standing, StoreError> {
    let info = store.info()?;
    let kept = status::all(store, &caller.import_context(&info.unit))?;
    let owner = if info.unit == caller.plan.coordinator {
        StoreOwner::Coordinator
    } else {
        StoreOwner::Unit
    };
    let (key, _) = store.sign(b"")?;
    Ok(Standing {
        owner,
        digits: fingerprint(&key),
        unsent: store.unsent()?,
        conflicts: conflicts::all(store)?,
        others: others(caller.plan, &info, &kept, &status::enrolled(store)?),
        kept,
        info,
    })
}

/// The units that a store sends to: the coordinator, and those that were heard or are enrolled here. Of
/// several stores of one unit, the one heard last counts.
fn others(
    plan: &Plan,
    info: &StoreInfo,
    kept: &BundleStatus,
    enrolled: &BTreeSet<UnitId>,
) -> Vec<Recipient> {
    let confirmed = |unit: &UnitId| {
        let of = kept.confirmed.iter().filter(|one| one.unit == *unit);
        of.max_by_key(|one| one.created).cloned()
    };
    let first = std::iter::once(&plan.coordinator);
    let units = plan.units.iter().map(|unit| &unit.id);
    first
        .chain(units.filter(|unit| **unit != plan.coordinator))
        .filter(|unit| **unit != info.unit)
        .map(|unit| Recipient {
            unit: unit.clone(),
            confirmed: confirmed(unit),
        })
        .filter(|other| {
            let known = other.confirmed.is_some() || enrolled.contains(&other.unit);
            known || other.unit == plan.coordinator
        })
        .collect()
}
