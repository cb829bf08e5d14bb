//! How a store stands with the others: what they have confirmed, what is kept of bundles, which
//! cells are in conflict.

use super::Caller;
use crate::plan::{Plan, UnitId};
use crate::store::exchange::ExchangeReader;
use crate::store::{StoreError, StoreInfo};
use crate::sync::held::conflicts::{self, Conflict};
use crate::sync::held::status::{self, BundleStatus, Receipt};

/// How a store stands with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// This store.
    pub info: StoreInfo,
    /// Whose store it is.
    pub seat: Seat,
    /// Own changes that nobody has confirmed, and when the oldest was made.
    pub unsent: (u64, Option<u64>),
    /// The units one sends to: the coordinator first, then those that have sent something.
    pub others: Vec<Other>,
    /// What is kept of bundles.
    pub kept: BundleStatus,
    /// The cells in conflict.
    pub conflicts: Vec<Conflict>,
}

/// Whose store it is, and so to whom it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// The coordinator's: to everybody.
    District,
    /// A reporting unit's: to the coordinator.
    Unit,
}

/// A unit one sends to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Which.
    pub unit: UnitId,
    /// What its store has confirmed; `None` when nothing has come from it yet.
    pub confirmed: Option<Receipt>,
}

/// Reads how the store stands.
///
/// # Errors
/// When the store cannot be read.
pub fn standing(store: &dyn ExchangeReader, caller: &Caller<'_>) -> Result<Standing, StoreError> {
    let info = store.info()?;
    let kept = status::kept(store, &caller.import_context(&info.unit))?;
    let seat = if info.unit == caller.plan.coordinator {
        Seat::District
    } else {
        Seat::Unit
    };
    Ok(Standing {
        seat,
        unsent: store.unsent()?,
        conflicts: conflicts::all(store)?,
        others: others(caller.plan, &info, &kept),
        kept,
        info,
    })
}

/// Of several stores of one unit, the one heard last.
fn others(plan: &Plan, info: &StoreInfo, kept: &BundleStatus) -> Vec<Other> {
    let confirmed = |unit: &UnitId| {
        let of = kept.confirmed.iter().filter(|one| one.unit == *unit);
        of.max_by_key(|one| one.created).cloned()
    };
    let first = std::iter::once(&plan.coordinator);
    let units = plan.units.iter().map(|unit| &unit.id);
    first
        .chain(units.filter(|unit| **unit != plan.coordinator))
        .filter(|unit| **unit != info.unit)
        .map(|unit| Other {
            unit: unit.clone(),
            confirmed: confirmed(unit),
        })
        .filter(|other| other.confirmed.is_some() || other.unit == plan.coordinator)
        .collect()
}
