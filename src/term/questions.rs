//! What the screens ask of the store without changing it.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::msg::Reply;
use crate::app::overview;
use crate::check;
use crate::ledger::FormKey;
use crate::plan::{Plan, UnitId};
use crate::store::{Store, StoreError};

/// One form, and what its checks look back on.
pub(super) fn form(store: &dyn Store, plan: &Plan, key: FormKey) -> Result<Reply, StoreError> {
    let form = store.form(&key)?;
    let touched: BTreeSet<FormKey> = store.form_keys()?.into_iter().collect();
    let past = match (plan.unit(&key.unit), plan.period(&key.period)) {
        (Some(unit), Some(period)) => overview::past(store, plan, unit, period, &touched)?,
        _ => check::Past::default(),
    };
    Ok(Reply::Form {
        key,
        form: Box::new(form),
        past: Box::new(past),
    })
}

/// The forms that a unit owes.
pub(super) fn overview(store: &dyn Store, plan: &Plan, unit: &UnitId) -> Result<Reply, StoreError> {
    let forms = match plan.unit(unit) {
        Some(unit) => overview::overview(store, plan, unit)?,
        None => Vec::new(),
    };
    Ok(Reply::Overview {
        unit: unit.clone(),
        forms,
    })
}

/// The findings of these forms; of all there are where none is named.
pub(super) fn findings(
    store: &dyn Store,
    plan: &Plan,
    keys: Vec<FormKey>,
) -> Result<Reply, StoreError> {
    let all: BTreeSet<FormKey> = store.form_keys()?.into_iter().collect();
    let keys = if keys.is_empty() {
        all.iter().cloned().collect()
    } else {
        keys
    };
    let mut found = BTreeMap::new();
    for key in keys {
        let (Some(unit), Some(period)) = (plan.unit(&key.unit), plan.period(&key.period)) else {
            continue;
        };
        let form = store.form(&key)?;
        let past = overview::past(store, plan, unit, period, &all)?;
        let context = check::Context {
            plan,
            unit,
            period,
            form: &form,
            past: &past,
        };
        found.insert(key, check::findings(&context));
    }
    Ok(Reply::Findings(found))
}
