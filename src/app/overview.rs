//! Which forms a unit owes and where each stands: the home page's and `status`'s one source.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::msg::FormSummary;
use crate::check::{self, Past};
use crate::ledger::{Form, FormKey, FormStatus, content_hash};
use crate::plan::{FieldId, Period, Plan, Severity, Unit};
use crate::store::{Store, StoreError};

/// Every form `unit` owes, chronological; forms without entries are not read from the disk.
///
/// # Errors
/// When the store cannot be read.
pub fn overview(
    store: &dyn Store,
    plan: &Plan,
    unit: &Unit,
) -> Result<Vec<FormSummary>, StoreError> {
    let touched: BTreeSet<FormKey> = store.form_keys()?.into_iter().collect();
    plan.periods_of(unit)
        .into_iter()
        .map(|period| {
            let key = FormKey {
                unit: unit.id.clone(),
                period: period.id.clone(),
            };
            let form = if touched.contains(&key) {
                store.form(&key)?
            } else {
                Form::default()
            };
            let past = past(store, plan, unit, period, &touched)?;
            Ok(summarize(plan, unit, period, &form, &past))
        })
        .collect()
}

/// The forms that the checks of (unit, period) look back on.
///
/// # Errors
/// When the store cannot be read.
pub fn past(
    store: &dyn Store,
    plan: &Plan,
    unit: &Unit,
    period: &Period,
    touched: &BTreeSet<FormKey>,
) -> Result<Past, StoreError> {
    let mut past = Past::default();
    let mut wanted = check::needed_periods(plan, unit, period);
    wanted.extend(
        compared(plan, period)
            .into_iter()
            .flatten()
            .map(|p| p.id.clone()),
    );
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
pub fn compared<'a>(plan: &'a Plan, period: &Period) -> [Option<&'a Period>; 2] {
    use crate::plan::PeriodKind;
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

/// One form's line.
pub fn summarize(
    plan: &Plan,
    unit: &Unit,
    period: &Period,
    form: &Form,
    past: &Past,
) -> FormSummary {
    let fields = plan.form_fields(unit, period);
    let ids: Vec<&FieldId> = fields.iter().map(|field| &field.id).collect();
    let key = FormKey {
        unit: unit.id.clone(),
        period: period.id.clone(),
    };
    let hash = content_hash::content_hash(plan, &key, &ids, &form.cells);
    let numeric = || fields.iter().filter(|field| field.kind.is_numeric());
    let findings = check::findings(&check::Context {
        plan,
        unit,
        period,
        form,
        past,
    });
    let open = |severity: Severity| {
        findings
            .iter()
            .filter(|f| f.severity == severity && f.overridden.is_none())
            .count()
    };
    let step = form
        .workflow
        .shown()
        .map(|head| (head.clock.millis, head.note.clone()));
    FormSummary {
        status: form.status(&hash),
        late: form.late().len(),
        step,
        filled: numeric()
            .filter(|field| form.content(&field.id).is_filled())
            .count(),
        expected: numeric().count(),
        hard: open(Severity::Hard),
        soft: open(Severity::Soft),
        due: period.due,
        key,
    }
}

/// The home page's order: work to do first (nearest deadline, then what is late and begun, then
/// what is late and untouched), then what is done, latest first. Periods that have not begun are
/// left out. Returns the forms and how many of them are work to do.
pub fn in_home_order(
    plan: &Plan,
    today: NaiveDate,
    forms: Vec<FormSummary>,
) -> (Vec<FormSummary>, usize) {
    let begun = |f: &FormSummary| plan.period(&f.key.period).is_some_and(|p| p.from <= today);
    let (mut to_do, mut done): (Vec<_>, Vec<_>) = forms
        .into_iter()
        .filter(begun)
        .filter(|f| f.expected > 0 || f.step.is_some())
        .partition(|form| {
            matches!(
                form.status,
                FormStatus::Draft | FormStatus::Returned | FormStatus::ChangedAfterSubmit
            )
        });
    to_do.sort_by_key(|form| {
        let days = (form.due - today).num_days();
        let begun = form.filled > 0 || form.step.is_some();
        let group = if days >= 0 { 0 } else { 2 - i64::from(begun) };
        (group, days.abs())
    });
    done.sort_by_key(|form| std::cmp::Reverse(form.due));
    let count = to_do.len();
    to_do.extend(done);
    (to_do, count)
}
