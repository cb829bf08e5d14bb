//! Reading forms: one with the past that its checks look back on, and the findings of many.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::{self, Context, Finding, PastForms};
use crate::ledger::content_hash::content_hash;
use crate::ledger::{ContentHash, Form, FormKey, Hash};
use crate::plan::{Period, PeriodKind, Plan, Unit, UnitId};
use crate::store::{StoreError, StoreReader};

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

    /// The hash of the form's content as it stands here, in parts.
    pub fn content_hash(&self) -> ContentHash {
        content_hash(self.plan, &self.key, &self.form.cells)
    }

    /// The hash of the whole content, as [`Form::whole_hash`] gives it.
    pub fn whole_hash(&self) -> Option<Hash> {
        self.form.whole_hash(&self.content_hash())
    }
}

/// A result for each of several forms; a form that cannot be read has its error in its own place
/// and hides no other.
pub type PerForm<T> = Vec<(FormKey, Result<T, StoreError>)>;

/// The key of the form of a unit and a period.
pub fn key_of(unit: &Unit, period: &Period) -> FormKey {
    FormKey {
        unit: unit.id.clone(),
        period: period.id.clone(),
    }
}

/// Reads the form of a unit and a period with its past, in one consistent state.
///
/// # Errors
/// When the store, or one of the forms, cannot be read.
pub fn load<'p>(
    store: &dyn StoreReader,
    plan: &'p Plan,
    (unit, period): (&'p Unit, &'p Period),
) -> Result<LoadedForm<'p>, StoreError> {
    let mut wanted = vec![key_of(unit, period)];
    wanted.extend(past_keys(plan, unit, period));
    let found = store.forms(&wanted)?.into_iter().collect();
    among(&found, plan, (unit, period), DamagedPast::Refuse)
}

/// Reads forms of one unit with their past, in one consistent state; each has its own outcome, so
/// that one that is damaged hides no other.
///
/// # Errors
/// When the store cannot be read.
pub fn load_of_unit<'p>(
    store: &dyn StoreReader,
    plan: &'p Plan,
    unit: &'p Unit,
    periods: &[&'p Period],
) -> Result<PerForm<LoadedForm<'p>>, StoreError> {
    let found = store.forms_of_unit(&unit.id)?.into_iter().collect();
    let loaded = periods.iter().map(|period| {
        let loaded = among(&found, plan, (unit, period), DamagedPast::LeaveOut);
        (key_of(unit, period), loaded)
    });
    Ok(loaded.collect())
}

/// Reads a form by its key with its past; the past is empty where the plan does not know the unit
/// or the period.
///
/// # Errors
/// When the store, or one of the forms, cannot be read.
pub fn read(
    store: &dyn StoreReader,
    plan: &Plan,
    key: &FormKey,
) -> Result<(Form, PastForms), StoreError> {
    match (plan.unit(&key.unit), plan.period(&key.period)) {
        (Some(unit), Some(period)) => {
            let loaded = load(store, plan, (unit, period))?;
            Ok((loaded.form, loaded.past))
        }
        _ => Ok((store.form(key)?, PastForms::default())),
    }
}

/// The findings of these forms, by unit; of all that have entries where none is named.
///
/// # Errors
/// When the store cannot be read.
pub fn findings(
    store: &dyn StoreReader,
    plan: &Plan,
    keys: Vec<FormKey>,
) -> Result<PerForm<Vec<Finding>>, StoreError> {
    let keys = if keys.is_empty() {
        store.form_keys()?
    } else {
        keys
    };
    let mut by_unit: BTreeMap<UnitId, Vec<&Period>> = BTreeMap::new();
    for key in keys {
        if let Some(period) = plan.period(&key.period) {
            by_unit.entry(key.unit).or_default().push(period);
        }
    }
    let mut found = Vec::new();
    for (id, periods) in by_unit {
        let Some(unit) = plan.unit(&id) else { continue };
        for (key, loaded) in load_of_unit(store, plan, unit, &periods)? {
            let findings = loaded.map(|loaded| check::findings(&loaded.context()));
            found.push((key, findings));
        }
    }
    Ok(found)
}

/// What happens to a form whose past cannot be read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DamagedPast {
    /// It is not judged: a check that looks back must not pass for want of what it looks at.
    Refuse,
    /// It is listed among others all the same; the damaged form has its error in its own place.
    LeaveOut,
}

/// Forms that were read together, each with its own outcome.
type Found = BTreeMap<FormKey, Result<Form, StoreError>>;

/// The form of a unit and a period with its past, among those that were read; what is not among
/// them has no entries.
fn among<'p>(
    found: &Found,
    plan: &'p Plan,
    (unit, period): (&'p Unit, &'p Period),
    damaged: DamagedPast,
) -> Result<LoadedForm<'p>, StoreError> {
    let key = key_of(unit, period);
    let form = found
        .get(&key)
        .cloned()
        .unwrap_or_else(|| Ok(Form::default()))?;
    let mut past = PastForms::default();
    for earlier in past_keys(plan, unit, period) {
        match (found.get(&earlier).cloned(), damaged) {
            (Some(Ok(form)), _) if form != Form::default() => {
                past.forms.insert(earlier.period, Arc::new(form));
            }
            (Some(Err(error)), DamagedPast::Refuse) => return Err(error),
            _ => {}
        }
    }
    Ok(LoadedForm {
        plan,
        unit,
        period,
        key,
        form,
        past,
    })
}

/// The forms that the checks of a unit and a period look back on, and those that are shown beside
/// it.
pub fn past_keys(plan: &Plan, unit: &Unit, period: &Period) -> BTreeSet<FormKey> {
    let beside = periods_beside(plan, period).into_iter().flatten();
    let beside = beside.map(|period| period.id.clone());
    let looked_at = check::needed_periods(plan, unit, period).into_iter();
    looked_at
        .chain(beside)
        .map(|period| FormKey {
            unit: unit.id.clone(),
            period,
        })
        .collect()
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
