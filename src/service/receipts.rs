//! How much of what was written in a store the district has confirmed to have.

use crate::plan::{Plan, UnitId};
use crate::store::exchange::ExchangeReader;
use crate::sync::held::status;

/// How much of what was written in this store the district has confirmed to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The last number it has.
    pub has: u64,
    /// The last number there is.
    pub of: u64,
}

/// The confirmation that was read last, read again only when something was committed.
#[derive(Debug, Default)]
pub struct Receipts {
    /// The commit counter when it was read.
    at: Option<u64>,
    confirmed: Option<Confirmation>,
}

impl Receipts {
    /// Gives what the coordinator's store has confirmed; `None` in the coordinator's own store, and
    /// while nothing has come from there.
    pub fn look(&mut self, store: &dyn ExchangeReader, plan: &Plan) -> Option<Confirmation> {
        let counter = store.counter().ok();
        if counter.is_none() || self.at != counter {
            self.at = counter;
            self.confirmed = read(store, plan);
        }
        self.confirmed
    }
}

fn read(store: &dyn ExchangeReader, plan: &Plan) -> Option<Confirmation> {
    let from_there = |unit: &UnitId| *unit == plan.coordinator;
    // Most stores have heard of nobody when they start: then whom to believe need not be known.
    let heard = store.peers().unwrap_or_default();
    if !heard.iter().any(|peer| from_there(&peer.unit)) {
        return None;
    }
    status::confirmed(store)
        .unwrap_or_default()
        .into_iter()
        .filter(|one| from_there(&one.unit))
        .max_by_key(|one| one.created)
        .map(|one| Confirmation {
            has: one.has,
            of: one.of,
        })
}
