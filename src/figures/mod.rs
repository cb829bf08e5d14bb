//! Computes the measures of one unit's form, exactly, judged before any rounding.
//!
//! Nothing here is stored; a figure is a pure function of the form, its past and the plan.

mod counted;
mod counts;
mod display;
mod figure;
mod sums;
mod verdict;

pub use crate::ledger::context::{Context, PastForms};
pub use display::{display, distance, gap};
pub use figure::{Figure, FigureSource, MissingInput, Verdict};

use std::collections::BTreeSet;

use chrono::NaiveDate;

use self::counted::SubPeriodRule;
use crate::base::Decimal;
use crate::plan::{FieldId, Formula, Measure, PeriodKind, measures_on};

/// Computes all measures of a form, in the plan's order; `doubted` and `today` as in
/// [`unit_figure`].
pub fn unit_figures(
    ctx: &Context<'_>,
    doubted: &BTreeSet<FieldId>,
    today: NaiveDate,
) -> Vec<Figure> {
    measures_on(ctx.plan, ctx.unit, ctx.period)
        .into_iter()
        .map(|measure| unit_figure(ctx, measure, doubted, today))
        .collect()
}

/// Computes one measure of a form. It gets no verdict where a field it is made of is `doubted`: a
/// hard finding speaks about it (`settled.md` 34). Of quarters and months those count that have
/// ended before `today`.
pub fn unit_figure(
    ctx: &Context<'_>,
    measure: &Measure,
    doubted: &BTreeSet<FieldId>,
    today: NaiveDate,
) -> Figure {
    let own = judged_figure(ctx, measure, doubted, today);
    let verdict = verdict::with_parts(own.verdict, &measure.met_when_all, |part| {
        let part = ctx.plan.measure(part)?;
        Some(judged_figure(ctx, part, doubted, today).verdict)
    });
    Figure { verdict, ..own }
}

/// The figure by its own formula, without a verdict where one of its fields is doubted.
fn judged_figure(
    ctx: &Context<'_>,
    measure: &Measure,
    doubted: &BTreeSet<FieldId>,
    today: NaiveDate,
) -> Figure {
    let figure = own_figure(ctx, measure, today);
    let fields = match figure.source {
        FigureSource::Computed => measure.components(),
        FigureSource::Direct => measure.direct.iter().collect(),
    };
    let verdict = match figure.verdict {
        Verdict::Met | Verdict::NotMet if fields.iter().any(|f| doubted.contains(*f)) => {
            Verdict::Withheld
        }
        verdict => verdict,
    };
    Figure { verdict, ..figure }
}

/// The figure by its own formula, before the measures it depends on are asked.
fn own_figure(ctx: &Context<'_>, measure: &Measure, today: NaiveDate) -> Figure {
    let over = |kind: &PeriodKind, field, at_least: &Decimal| SubPeriodRule {
        kind: *kind,
        field,
        at_least: *at_least,
        today,
    };
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
        } => counted::every(ctx, over(kind, field, at_least)),
        Formula::SubPeriods {
            kind,
            field,
            at_least,
        } => counted::sub_periods(ctx, over(kind, field, at_least)),
    };
    let published = measure
        .direct
        .as_ref()
        .filter(|field| ctx.asked(field).is_some())
        .and_then(|field| ctx.form.figure(field));
    verdict::figure(ctx, measure, counts, published)
}
