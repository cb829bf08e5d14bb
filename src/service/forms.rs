//! Reading forms: one with the past that its checks look back on, and the findings of many.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{self, Context, Finding, PastForms};
use crate::ledger::{Form, FormKey, Hash, content_hash};
use crate::plan::{FieldId, Period, PeriodKind, Plan, Unit};
use crate::store::{Store, StoreError};

/// One form with the past that its checks look back on.
#[derive(Debug)]
pub struct LoadedForm<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The form's unit.
    pub unit: &'p Unit,
    /// The form's period.
    pub period: &'p Period,
    /// Which form.
    pub key: FormKey,
    /// What the store keeps of it.
    pub form: Form,
    /// The forms its checks look back on.
    pub past: PastForms,
}

impl LoadedForm<'_> {
    /// What checks and figures look at.
    pub fn context(&self) -> Context<'_> {
        Context {
            plan: self.plan,
            unit: self.unit,
            period: self.period,
            form: &self.form,
            past: &self.past,
        }
    }

    /// The hash of the form's content as it stands.
    pub fn content_hash(&self) -> Hash {
        let fields: Vec<&FieldId> = self
            .plan
            .form_fields(self.unit, self.period)
            .into_iter()
            .map(|field| &field.id)
            .collect();
        content_hash::content_hash(self.plan, &self.key, &fields, &self.form.cells)
    }
}

/// The key of the form of a unit and a period.
pub fn key_of(unit: &Unit, period: &Period) -> FormKey {
    FormKey {
        unit: unit.id.clone(),
        period: period.id.clone(),
    }
}

/// The forms of a store that have entries.
///
/// # Errors
/// When the store cannot be read.
pub fn touched(store: &dyn Store) -> Result<BTreeSet<FormKey>, StoreError> {
    Ok(store.form_keys()?.into_iter().collect())
}

/// Reads the form of a unit and a period with its past. Forms that are not among `touched` have no
/// entries and are not read from the disk.
///
/// # Errors
/// When the store cannot be read.
pub fn load<'p>(
    store: &dyn Store,
    plan: &'p Plan,
    (unit, period): (&'p Unit, &'p Period),
    touched: &BTreeSet<FormKey>,
) -> Result<LoadedForm<'p>, StoreError> {
    let key = key_of(unit, period);
    let form = if touched.contains(&key) {
        store.form(&key)?
    } else {
        Form::default()
    };
    Ok(LoadedForm {
        plan,
        unit,
        period,
        past: past(store, plan, (unit, period), touched)?,
        key,
        form,
    })
}

/// Reads a form by its key with its past; the past is empty where the plan does not know the unit
/// or the period.
///
/// # Errors
/// When the store cannot be read.
pub fn read(
    store: &dyn Store,
    plan: &Plan,
    key: &FormKey,
) -> Result<(Form, PastForms), StoreError> {
    match (plan.unit(&key.unit), plan.period(&key.period)) {
        (Some(unit), Some(period)) => {
            let loaded = load(store, plan, (unit, period), &touched(store)?)?;
            Ok((loaded.form, loaded.past))
        }
        _ => Ok((store.form(key)?, PastForms::default())),
    }
}

/// The findings of these forms; of all that have entries where none is named.
///
/// # Errors
/// When the store cannot be read.
pub fn findings(
    store: &dyn Store,
    plan: &Plan,
    keys: Vec<FormKey>,
) -> Result<BTreeMap<FormKey, Vec<Finding>>, StoreError> {
    let touched = touched(store)?;
    let keys = if keys.is_empty() {
        touched.iter().cloned().collect()
    } else {
        keys
    };
    let mut found = BTreeMap::new();
    for key in keys {
        if let (Some(unit), Some(period)) = (plan.unit(&key.unit), plan.period(&key.period)) {
            let loaded = load(store, plan, (unit, period), &touched)?;
            found.insert(key, check::findings(&loaded.context()));
        }
    }
    Ok(found)
}

/// Reads the forms that the checks of a unit and a period look back on, and those that are shown
/// beside it.
///
/// # Errors
/// When the store cannot be read.
fn past(
    store: &dyn Store,
    plan: &Plan,
    (unit, period): (&Unit, &Period),
    touched: &BTreeSet<FormKey>,
) -> Result<PastForms, StoreError> {
    let mut past = PastForms::default();
    let mut wanted = check::needed_periods(plan, unit, period);
    let beside = periods_beside(plan, period).into_iter().flatten();
    wanted.extend(beside.map(|period| period.id.clone()));
    for id in wanted {
        let key = FormKey {
            unit: unit.id.clone(),
            period: id.clone(),
        };
        if touched.contains(&key) && !past.forms.contains_key(&id) {
            past.forms.insert(id, store.form(&key)?);
        }
    }
    Ok(past)
}

/// The two periods that stand beside a form's figures: what came just before, and the same kind
/// of period one year earlier (against which the change in per cent is shown).
pub fn periods_beside<'a>(plan: &'a Plan, period: &Period) -> [Option<&'a Period>; 2] {
    use chrono::Datelike;
    let before = match period.kind {
        PeriodKind::Year => plan.own_half(period),
        PeriodKind::Half => plan
            .periods
            .iter()
            .find(|p| p.kind == PeriodKind::Year && p.from.year() == period.from.year() - 1),
        PeriodKind::Quarter | PeriodKind::Month => plan.previous(period),
    };
    [before, plan.year_earlier(period)]
}
