//! From counts to a figure: which rate is shown, and how it stands to the target. Everything is
//! decided by the exact fraction, before rounding (`domain.md` 2.3, rule 4).

use super::counts::{FormulaCounts, Sum};
use super::figure::{Figure, FigureSource, Verdict};
use crate::base::{Decimal, Ratio};
use crate::ledger::Context;
use crate::ledger::context::sample_fields;
use crate::plan::{Formula, Measure, MeasureId};

/// The figure of `counts`; where they are not complete, of the published value.
pub(super) fn figure(
    ctx: &Context<'_>,
    measure: &Measure,
    counts: FormulaCounts,
    published: Option<Decimal>,
) -> Figure {
    let computed = judge(ctx, measure, &counts);
    let figure = Figure {
        measure: measure.id.clone(),
        numerator: counts.numerator.whole(),
        denominator: counts.denominator.whole(),
        rate: computed.0,
        verdict: computed.1,
        source: FigureSource::Computed,
        published,
        missing: counts.missing,
        in_conflict: counts.in_conflict,
    };
    let waits = matches!(figure.verdict, Verdict::Incomplete | Verdict::None);
    if !waits || !shows_rate(ctx, measure) {
        return figure;
    }
    match (published, &measure.direct) {
        (Some(value), _) => direct(measure, value, figure),
        // Only the published value is asked here: that is what the figure waits for.
        (None, Some(field)) if figure.verdict == Verdict::None && ctx.asked(field).is_some() => {
            let mut waiting = FormulaCounts::default();
            waiting.miss(ctx, field);
            Figure {
                verdict: Verdict::Incomplete,
                missing: waiting.missing,
                in_conflict: waiting.in_conflict,
                ..figure
            }
        }
        _ => figure,
    }
}

/// The verdict of a measure that is met only when all of `parts` are. A part without a rate of
/// its own (nobody of that sex) asks nothing.
pub(super) fn with_parts(
    own: Verdict,
    parts: &[MeasureId],
    verdict_of: impl Fn(&MeasureId) -> Option<Verdict>,
) -> Verdict {
    if !matches!(own, Verdict::Met | Verdict::NotMet) {
        return own;
    }
    let verdicts: Vec<Verdict> = parts.iter().filter_map(verdict_of).collect();
    if own == Verdict::NotMet || verdicts.contains(&Verdict::NotMet) {
        Verdict::NotMet
    } else if verdicts.contains(&Verdict::Withheld) {
        Verdict::Withheld
    } else if verdicts.contains(&Verdict::Incomplete) {
        Verdict::Incomplete
    } else {
        Verdict::Met
    }
}

fn judge(ctx: &Context<'_>, measure: &Measure, counts: &FormulaCounts) -> (Option<Ratio>, Verdict) {
    let sides = [counts.numerator, counts.denominator];
    if !shows_rate(ctx, measure) || sides.contains(&Sum::NotAsked) {
        return (None, Verdict::None);
    }
    let (above, below) = match (counts.numerator, counts.denominator) {
        (Sum::Partial, _) | (_, Sum::Partial) => return (None, Verdict::Incomplete),
        (Sum::Whole(above), Sum::Whole(below)) => (above, below),
        _ => return (None, Verdict::Undefined),
    };
    let Some(rate) = Ratio::new(above, below, measure.scale) else {
        return (None, Verdict::Undefined);
    };
    if is_small(ctx, measure) {
        return (Some(rate), Verdict::SmallSample);
    }
    let met = reaches(measure, &rate) && (!measure.met_when_each || each_equal(ctx, measure));
    (Some(rate), verdict_of(met))
}

fn verdict_of(met: bool) -> Verdict {
    if met { Verdict::Met } else { Verdict::NotMet }
}

fn reaches(measure: &Measure, rate: &Ratio) -> bool {
    measure.op.holds(rate.cmp_decimal(measure.target))
}

fn shows_rate(ctx: &Context<'_>, measure: &Measure) -> bool {
    measure.rate_in.is_empty() || measure.rate_in.contains(&ctx.period.kind)
}

/// A judged published value has neither numerator nor denominator (`settled.md` 16).
fn direct(measure: &Measure, value: Decimal, figure: Figure) -> Figure {
    let rate = Ratio::from_decimal(value);
    Figure {
        numerator: None,
        denominator: None,
        rate: Some(rate),
        verdict: verdict_of(reaches(measure, &rate)),
        source: FigureSource::Direct,
        ..figure
    }
}

fn is_small(ctx: &Context<'_>, measure: &Measure) -> bool {
    let Some(least) = measure.small_below else {
        return false;
    };
    let fields = sample_fields(ctx.plan, measure);
    let counted = fields
        .iter()
        .filter_map(|field| ctx.form.figure(field))
        .try_fold(Decimal::ZERO, Decimal::checked_add);
    !fields.is_empty() && counted.is_some_and(|counted| counted < least)
}

/// Every numerator field equals the denominator field beside it, where both apply.
fn each_equal(ctx: &Context<'_>, measure: &Measure) -> bool {
    let Formula::Sums {
        numerator,
        denominator,
    } = &measure.formula
    else {
        return true;
    };
    let figure = |field| ctx.form.figure(field);
    numerator.iter().zip(denominator).all(|(part, whole)| {
        figure(part).unwrap_or(Decimal::ZERO) == figure(whole).unwrap_or(Decimal::ZERO)
    })
}
