//! Computes the measures of one unit's form, exactly, judged before any rounding.
//!
//! Nothing here is stored; a figure is a pure function of the form, its past and the plan.

mod counted;
mod counts;
mod display;
mod figure;
mod measures;
mod sums;
mod verdict;

pub use crate::ledger::context::{Context, PastForms};
pub use display::{display, distance, gap};
pub use figure::{Figure, FigureSource, MissingInput, Verdict};
pub use measures::{measures_on, owners_on};

use crate::plan::{Formula, Measure};

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
