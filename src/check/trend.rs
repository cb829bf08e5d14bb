//! Against what was before: slipped and exchanged digits, and changes beyond what is usual for the
//! field (`settled.md` 17).

use super::digits::{self, DigitSlip};
use super::expected::{Expectations, Expected};
use super::finding::{Finding, FindingBuilder};
use crate::base::{Arg, Decimal, Message, Ratio};
use crate::ledger::Context;
use crate::plan::{Field, Severity, TrendParams};

/// At most one finding per cell: the most telling of a slipped digit, exchanged digits, a large
/// change in per cent, and, for small counts, a large change in number.
pub(super) fn against_past(
    ctx: &Context<'_>,
    expected: &Expectations<'_>,
    field: &Field,
) -> Option<Finding> {
    let expected = expected.get(&field.id)?;
    let now = ctx.figure(&field.id)?;
    let has_own = ctx.plan.trend_of(&field.id).is_some();
    let (rule, message) = judge(&ctx.plan.trend, expected, has_own, now)?;
    let mut draft = FindingBuilder::of_check(rule, Severity::Soft, &field.id).value(&field.id, now);
    for (period, value) in &expected.earlier {
        draft = draft.past_value(&period.id, &field.id, *value);
    }
    Some(draft.finish(ctx, message))
}

/// A digit too many or too few.
pub(super) const SLIPPED: &str = "slipped";
/// Two neighbouring digits exchanged.
pub(super) const TRANSPOSED: &str = "transposed";
/// A change beyond the usual one.
pub(super) const TREND: &str = "trend";
/// The same of a small count.
pub(super) const SMALL_JUMP: &str = "small_jump";

fn judge(
    trend: &TrendParams,
    expected: &Expected<'_>,
    has_own: bool,
    now: Decimal,
) -> Option<(&'static str, Message)> {
    let (period, then) = expected.latest()?;
    let named = |message: Message| {
        message
            .with("when", period.name_inside())
            .with("then", then)
    };
    if expected.is_small(trend.base)? {
        let asked = if has_own {
            expected.is_remarkable(now)?
        } else {
            trend
                .small_jump
                .is_some_and(|limit| change(now, then).is_some_and(|c| c >= limit))
        };
        return asked.then(|| (SMALL_JUMP, named(small(now, then))));
    }
    let percent = expected.percent();
    if trend.slipped_digit
        && then >= trend.base
        && let Some(slip) = digits::slip(now, then, percent)
    {
        return Some((SLIPPED, named(slipped(slip, now, then)?)));
    }
    let likely = trend
        .transposed_digits
        .then(|| digits::transposed(now, then, percent))
        .flatten();
    if expected.is_remarkable(now) == Some(true) {
        let message = large(expected, now)?;
        // The guess is only a hint at what the change may come from.
        return Some((
            TREND,
            match likely {
                Some(likely) => Message::new("check.trend.transposed")
                    .with("finding", message)
                    .with("likely", likely),
                None => message,
            },
        ));
    }
    let exact = likely.filter(|likely| *likely == then && digits::far_apart(now, then))?;
    let message = Message::new("check.transposed").with("likely", exact);
    Some((TRANSPOSED, named(message)))
}

/// A change in per cent, against one earlier figure or the mean of several.
fn large(expected: &Expected<'_>, now: Decimal) -> Option<Message> {
    let all = now.checked_mul(expected.count())?;
    let change = Ratio::new(all, expected.sum, 100)?
        .minus(&Ratio::from_decimal(Decimal::whole(100)))?
        .abs();
    let up = all > expected.sum;
    let (period, then) = expected.latest()?;
    if expected.earlier.len() == 1 {
        let key = if up {
            "check.trend.up"
        } else {
            "check.trend.down"
        };
        let message = Message::new(key).with("change", Arg::Ratio(change, 1));
        return Some(
            message
                .with("when", period.name_inside())
                .with("then", then),
        );
    }
    let key = if up {
        "check.trend.up_mean"
    } else {
        "check.trend.down_mean"
    };
    let whole = i64::from(expected.sum > Decimal::ZERO) * expected.count();
    let mean = Ratio::new(expected.sum, Decimal::whole(whole), 1)?;
    Some(
        Message::new(key)
            .with("change", Arg::Ratio(change, 1))
            .with("years", expected.earlier.len())
            .with("mean", Arg::Ratio(mean, 0)),
    )
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
fn small(now: Decimal, then: Decimal) -> Message {
    let key = if now >= then {
        "check.small_jump.up"
    } else {
        "check.small_jump.down"
    };
    Message::new(key).with("change", change(now, then).unwrap_or(Decimal::ZERO))
}

/// How far two figures lie apart.
fn change(now: Decimal, then: Decimal) -> Option<Decimal> {
    let change = now.checked_add(then.checked_mul(-1)?)?;
    if change >= Decimal::ZERO {
        Some(change)
    } else {
        change.checked_mul(-1)
    }
}
