//! What it adds up to: the measures of one unit's form, exact, judged before any rounding.
//!
//! Nothing here is stored; a figure is a pure function of the form, its past and the plan.

mod counted;
mod display;
mod sums;
mod verdict;

pub use crate::ledger::context::{Context, Past};
pub use display::{display, distance, gap};

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Decimal, Ratio};
use crate::plan::{FieldId, Formula, Measure, MeasureId, Period, PeriodId, Plan, Unit, UnitId};

/// One measure of one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Which.
    pub measure: MeasureId,
    /// What is counted above; `None` where it is not complete, and for a direct value.
    pub numerator: Option<Decimal>,
    /// What is counted below; `None` where it is not complete, and for a direct value.
    pub denominator: Option<Decimal>,
    /// The exact rate, where there is one to show.
    pub rate: Option<Ratio>,
    /// How it stands to the target, decided by the exact rate.
    pub verdict: Verdict,
    /// Where the rate comes from.
    pub source: Source,
    /// The published value, where one was entered; printed beside a computed rate.
    pub published: Option<Decimal>,
    /// What keeps it from being complete.
    pub missing: Vec<Missing>,
    /// True when one of the missing is missing because people entered different things.
    pub in_conflict: bool,
}

/// How a figure stands to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The target is reached.
    Met,
    /// It is not.
    NotMet,
    /// Nothing to divide by: nothing occurred, or it does not apply.
    Undefined,
    /// So few are counted that the rate says nothing ("mẫu nhỏ").
    SmallSample,
    /// A component is still missing.
    Incomplete,
    /// No rate in this kind of period, only counts.
    None,
}

impl Verdict {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::Undefined => "undefined",
            Self::SmallSample => "small_sample",
            Self::Incomplete => "incomplete",
            Self::None => "none",
        }
    }

    /// The key of its word in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::Met => "figure.verdict.met",
            Self::NotMet => "figure.verdict.not_met",
            Self::Undefined => "figure.verdict.undefined",
            Self::SmallSample => "figure.verdict.small_sample",
            Self::Incomplete => "figure.verdict.incomplete",
            Self::None => "figure.verdict.none",
        }
    }
}

/// Where a rate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From what was counted.
    Computed,
    /// A published value, entered as such ("trực tiếp").
    Direct,
}

/// Something a figure waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// A cell of this form.
    Field(FieldId),
    /// A finished sub-period that was not reported.
    Period(PeriodId),
}

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

/// All measures of a form, in the plan's order.
pub fn unit_figures(ctx: &Context<'_>) -> Vec<Figure> {
    measures_on(ctx.plan, ctx.unit, ctx.period)
        .into_iter()
        .map(|measure| unit_figure(ctx, measure))
        .collect()
}

/// One measure of a form.
pub fn unit_figure(ctx: &Context<'_>, measure: &Measure) -> Figure {
    let own = own_figure(ctx, measure);
    let verdict = verdict::with_parts(own.verdict, &measure.met_when_all, |part| {
        ctx.plan
            .measure(part)
            .map(|part| own_figure(ctx, part).verdict)
    });
    Figure { verdict, ..own }
}

/// The figure by its own formula, before the measures it depends on are asked.
fn own_figure(ctx: &Context<'_>, measure: &Measure) -> Figure {
    let counts = match &measure.formula {
        Formula::Sums {
            numerator,
            denominator,
        } => sums::counts(ctx, numerator, denominator),
        Formula::Agencies(pairs) => counted::agencies(ctx, pairs),
        Formula::UnitsEvery {
            kind,
            field,
            at_least,
        } => counted::every(ctx, *kind, field, *at_least),
        Formula::SubPeriods {
            kind,
            field,
            at_least,
        } => counted::sub_periods(ctx, *kind, field, *at_least),
    };
    let published = measure
        .direct
        .as_ref()
        .filter(|field| ctx.asked(field).is_some())
        .and_then(|field| ctx.form.figure(field));
    verdict::figure(ctx, measure, counts, published)
}

/// What a formula counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    numerator: Sum,
    denominator: Sum,
    /// What is missing, each once.
    missing: Vec<Missing>,
    in_conflict: bool,
}

/// One side of a rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sum {
    /// Everything it takes is there.
    Whole(Decimal),
    /// Something is missing.
    Partial,
    /// Nothing of it applies to this unit.
    #[default]
    Absent,
    /// This form does not ask for all of it.
    NotAsked,
}

impl Sum {
    fn whole(self) -> Option<Decimal> {
        match self {
            Self::Whole(value) => Some(value),
            _ => None,
        }
    }
}
