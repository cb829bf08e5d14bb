//! A form with the other forms it is judged by: the input of checks and figures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cell::CellId;
use super::content::Content;
use super::form::Form;
use super::heads::Heads;
use crate::base::Decimal;
use crate::plan::{
    Field, FieldId, Formula, Measure, Period, PeriodId, Plan, RuleKind, TrendBase, Unit,
};

/// Forms of the same unit in other periods, as far as they were loaded; a form that is not here
/// counts as one without entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastForms {
    /// The forms by period.
    pub forms: BTreeMap<PeriodId, Arc<Form>>,
}

/// A form with everything that checks and figures look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// The unit whose form it is.
    pub unit: &'a Unit,
    /// The period of the form.
    pub period: &'a Period,
    /// The form.
    pub form: &'a Form,
    /// The unit's other forms, at least those of [`needed_periods`].
    pub past: &'a PastForms,
}

impl<'a> Context<'a> {
    /// The unit's form of another, or this, period; `None` where nothing was entered or loaded.
    pub fn form_of(&self, period: &PeriodId) -> Option<&'a Form> {
        if *period == self.period.id {
            Some(self.form)
        } else {
            self.past.forms.get(period).map(Arc::as_ref)
        }
    }

    /// Looks a field up; `None` where the unit's form of `period` does not ask for it.
    pub fn asked_in(&self, field: &FieldId, period: &Period) -> Option<&'a Field> {
        asked(self.plan, self.unit, period, field)
    }

    /// The figure of a cell by [`Form::figure`]; `None` where this form does not ask for it.
    pub fn figure(&self, field: &FieldId) -> Option<Decimal> {
        self.figure_in(field, self.period)
    }

    /// The figure of the same cell in the form of another, or this, period.
    pub fn figure_in(&self, field: &FieldId, period: &Period) -> Option<Decimal> {
        self.asked_in(field, period)?;
        self.form_of(&period.id)?.figure(field)
    }

    /// Looks a field up; `None` where this form does not ask for it.
    pub fn asked(&self, field: &FieldId) -> Option<&'a Field> {
        self.asked_in(field, self.period)
    }
}

impl Form {
    /// A cell's figure for sums and comparisons: a value, or 0 where nothing occurred; `None` for
    /// every other state and for a cell in conflict (`settled.md` 18).
    pub fn figure(&self, field: &FieldId) -> Option<Decimal> {
        self.cells.get(&CellId::figure(field))?.figure()
    }

    /// True when the cell holds several different values.
    pub fn in_conflict(&self, cell: impl Into<CellId>) -> bool {
        let heads = self.cells.get(&cell.into());
        heads.is_some_and(Heads::in_conflict)
    }

    /// A cell's state by reference; blank without entries.
    pub fn state_of(&self, cell: impl Into<CellId>) -> &Content {
        const BLANK: &Content = &Content::Blank;
        self.cells
            .get(&cell.into())
            .and_then(Heads::shown)
            .and_then(|head| head.body.content())
            .unwrap_or(BLANK)
    }
}

/// Periods, in order, whose forms of `unit` the form of `period` is judged by: the one before of
/// the same kind, the same one a year earlier, a year's own first half, those an "in a row"
/// rule looks at, and the sub-periods of counted measures.
pub fn needed_periods(plan: &Plan, unit: &Unit, period: &Period) -> Vec<PeriodId> {
    let mut needed: Vec<&Period> = Vec::new();
    needed.extend(plan.previous(period));
    needed.extend(years_before(plan, unit, period));
    needed.extend(plan.own_half(period));
    needed.extend(plan.latest_before(period));
    for rule in &plan.rules {
        let row = match &rule.kind {
            RuleKind::SameInRow { field, times } => Some((field, times)),
            RuleKind::NoneInRow { fields, times } => fields.first().zip(Some(times)),
            _ => None,
        };
        let row = row.filter(|(field, _)| asked(plan, unit, period, field).is_some());
        let judged = rule.periods.is_empty() || rule.periods.contains(&period.kind);
        if let Some((_, times)) = row.filter(|_| judged) {
            needed.extend(run_before(plan, period, *times));
        }
    }
    for measure in &plan.measures {
        if let Formula::UnitsEvery { kind, field, .. } | Formula::SubPeriods { kind, field, .. } =
            &measure.formula
        {
            needed.extend(
                plan.sub_periods(period, *kind)
                    .into_iter()
                    .filter(|sub| asked(plan, unit, sub, field).is_some()),
            );
        }
    }
    let wanted: BTreeSet<&PeriodId> = needed
        .into_iter()
        .filter(|other| other.id != period.id && plan.in_force(unit, other))
        .map(|other| &other.id)
        .collect();
    plan.periods
        .iter()
        .filter(|other| wanted.contains(&other.id))
        .map(|other| other.id.clone())
        .collect()
}

/// The same kind of period in as many years before as some field is compared with.
fn years_before<'a>(plan: &'a Plan, unit: &Unit, period: &Period) -> Vec<&'a Period> {
    let here = |field: &FieldId| asked(plan, unit, period, field).is_some();
    let trends = plan
        .trends
        .iter()
        .filter(|trend| trend.fields.iter().any(here));
    let years = trends.map(|trend| match trend.against {
        TrendBase::YearsBefore(years) => years,
        TrendBase::Latest => 1,
    });
    let most = usize::try_from(years.max().unwrap_or(1)).unwrap_or(1);
    let first = plan.year_earlier(period);
    std::iter::successors(first, |earlier| plan.year_earlier(earlier))
        .take(most)
        .collect()
}

/// The periods of the same kind just before `period`, latest first, that make a row of `times`
/// with it.
pub fn run_before<'a>(plan: &'a Plan, period: &Period, times: u32) -> Vec<&'a Period> {
    let mut run = Vec::new();
    let mut before = plan.previous(period);
    while let Some(other) = before {
        if run.len() + 1 >= usize::try_from(times).unwrap_or(usize::MAX) {
            break;
        }
        run.push(other);
        before = plan.previous(other);
    }
    run
}

fn asked<'a>(plan: &'a Plan, unit: &Unit, period: &Period, field: &FieldId) -> Option<&'a Field> {
    plan.field(field).filter(|field| {
        field.periods.contains(&period.kind)
            && plan.in_force(unit, period)
            && plan.collects(unit, field)
    })
}

/// The fields whose sum says how many people or events a measure of sums counts: its denominator,
/// or, where the plan's binomial check names numerator and denominator as the two parts of one
/// whole (boys and girls), both. Empty for counted measures.
pub fn sample_fields<'a>(plan: &Plan, measure: &'a Measure) -> Vec<&'a FieldId> {
    let Formula::Sums {
        numerator,
        denominator,
    } = &measure.formula
    else {
        return Vec::new();
    };
    let two_parts = plan.rules.iter().any(|rule| {
        matches!(&rule.kind, RuleKind::Binomial { part, rest, .. }
            if numerator[..] == [part.clone()] && denominator[..] == [rest.clone()])
    });
    let above = two_parts.then_some(numerator).into_iter().flatten();
    above.chain(denominator).collect()
}
