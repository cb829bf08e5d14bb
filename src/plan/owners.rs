//! Which measures a form says something about, and who answers for them.

use std::collections::{BTreeMap, BTreeSet};

use super::{FieldId, Formula, Measure, Period, Plan, Unit, UnitId};

/// The measures that the form (unit, period) says something about: one of its fields is a
/// component or a published value, or the unit counts a field over the period's sub-periods.
pub fn measures_on<'a>(plan: &'a Plan, unit: &Unit, period: &Period) -> Vec<&'a Measure> {
    let form = plan.form_fields(unit, period);
    let on_form = |field: &FieldId| form.iter().any(|own| own.id == *field);
    let speaks = |measure: &Measure| match &measure.formula {
        Formula::Sums {
            numerator,
            denominator,
        } => numerator.iter().chain(denominator).any(on_form),
        Formula::Agencies(pairs) => pairs
            .iter()
            .any(|(all, women)| on_form(all) || on_form(women)),
        Formula::UnitsEvery { kind, field, .. } | Formula::SubPeriods { kind, field, .. } => {
            let by_unit = plan.field(field).is_some_and(|f| plan.collects(unit, f));
            by_unit && !form.is_empty() && !plan.sub_periods(period, *kind).is_empty()
        }
    };
    let measures = plan.measures.iter();
    measures
        .filter(|measure| speaks(measure) || measure.direct.as_ref().is_some_and(on_form))
        .collect()
}

/// Who answers for the measures that a form says something about, on its cut-off day, each with
/// the fields of the form that feed them.
pub fn owners_on(plan: &Plan, unit: &Unit, period: &Period) -> BTreeMap<UnitId, BTreeSet<FieldId>> {
    let form = plan.form_fields(unit, period);
    let mut owners: BTreeMap<UnitId, BTreeSet<FieldId>> = BTreeMap::new();
    for measure in measures_on(plan, unit, period) {
        if let Some(owner) = plan.owner_on(measure, period.cut_off) {
            let parts = components(measure).into_iter();
            let asked = parts.filter(|part| form.iter().any(|field| field.id == **part));
            let fields = owners.entry(owner.clone()).or_default();
            fields.extend(asked.cloned());
        }
    }
    owners
}

/// The fields a measure is made of, its published value included.
fn components(measure: &Measure) -> Vec<&FieldId> {
    let mut fields: Vec<&FieldId> = match &measure.formula {
        Formula::Sums {
            numerator,
            denominator,
        } => numerator.iter().chain(denominator).collect(),
        Formula::Agencies(pairs) => pairs.iter().flat_map(|(all, women)| [all, women]).collect(),
        Formula::UnitsEvery { field, .. } | Formula::SubPeriods { field, .. } => vec![field],
    };
    fields.extend(&measure.direct);
    fields
}
