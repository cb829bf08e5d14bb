//! Against the same kind of period one year earlier (`settled.md` 17).

use super::digits::{self, DigitSlip};
use super::finding::{Finding, FindingBuilder};
use crate::base::{Arg, Decimal, Message, Ratio};
use crate::ledger::Context;
use crate::plan::{Field, Severity, TrendParams};

/// What counts as an unremarkable change where the plan asks about slipped digits but has no
/// percentage trend.
const USUAL_PERCENT: u32 = 30;

/// At most one finding per cell: the most telling of a slipped digit, changed digits, a large
/// change in per cent, and, for small counts, a large change in number.
pub(super) fn against_year_earlier(ctx: &Context<'_>, field: &Field) -> Option<Finding> {
    let earlier = ctx.plan.year_earlier(ctx.period)?;
    let now = ctx.figure(&field.id)?;
    let then = ctx.figure_in(&field.id, earlier)?;
    let (rule, message) = judge(&ctx.plan.trend, now, then)?;
    let message = message
        .with("when", earlier.name_inside())
        .with("then", then);
    let draft = FindingBuilder::of_check(rule, Severity::Soft, &field.id)
        .value(&field.id, now)
        .past_value(&earlier.id, &field.id, then);
    Some(draft.finish(ctx, message))
}

/// The finding that [`against_year_earlier`] makes says that the figure itself is in doubt (a
/// slip), and nobody has confirmed it.
pub(super) fn doubts_figure(ctx: &Context<'_>, field: &Field) -> bool {
    against_year_earlier(ctx, field).is_some_and(|finding| {
        let slip = matches!(finding.rule.as_str(), SLIPPED | TRANSPOSED);
        slip && finding.overridden.is_none()
    })
}

const SLIPPED: &str = "slipped";
const TRANSPOSED: &str = "transposed";

fn judge(trend: &TrendParams, now: Decimal, then: Decimal) -> Option<(&'static str, Message)> {
    if then < trend.base {
        return small(trend, now, then).map(|message| ("small_jump", message));
    }
    let usual = trend.percent.unwrap_or(USUAL_PERCENT);
    if trend.slipped_digit
        && let Some(slip) = digits::slip(now, then, usual)
    {
        return Some((SLIPPED, slipped(slip, now, then)?));
    }
    if trend.transposed_digits
        && let Some(likely) = digits::transposed(now, then, usual)
    {
        let message = Message::new("check.transposed").with("likely", likely);
        return Some((TRANSPOSED, message));
    }
    let percent = trend.percent?;
    if digits::near(now, then, percent)? {
        return None;
    }
    let change = Ratio::new(now, then, 100)?.minus(&Ratio::from_decimal(Decimal::whole(100)))?;
    let key = if now > then {
        "check.trend.up"
    } else {
        "check.trend.down"
    };
    let message = Message::new(key).with("change", Arg::Ratio(change.abs(), 1));
    Some(("trend", message))
}

fn slipped(slip: DigitSlip, now: Decimal, then: Decimal) -> Option<Message> {
    let times = Ratio::new(now, then, 1)?;
    Some(match slip {
        DigitSlip::Extra(Some(likely)) => Message::new("check.slipped.extra")
            .with("times", Arg::Ratio(times, 1))
            .with("likely", likely),
        DigitSlip::Extra(None) => {
            Message::new("check.slipped.extra_unknown").with("times", Arg::Ratio(times, 1))
        }
        DigitSlip::Missing => Message::new("check.slipped.missing")
            .with("share", Arg::Ratio(Ratio::new(now, then, 100)?, 1)),
    })
}

/// Small counts double and halve by themselves; only a change in number is asked about.
fn small(trend: &TrendParams, now: Decimal, then: Decimal) -> Option<Message> {
    let change = now.checked_add(then.checked_mul(-1)?)?;
    let more = change >= Decimal::ZERO;
    let size = if more {
        change
    } else {
        change.checked_mul(-1)?
    };
    let key = if more {
        "check.small_jump.up"
    } else {
        "check.small_jump.down"
    };
    (size >= trend.small_jump?).then(|| Message::new(key).with("change", size))
}
