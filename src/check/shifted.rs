//! Figures that stand one row too high or too low: the past of the row beside suits them better.
//!
//! How far a count `x` lies from what was expected, `m`, is measured on the scale of square roots,
//! where chance moves large and small counts alike: `z = (√(x+⅜) − √(m+⅜)) / √(φ/4·(1+1/n) +
//! ρ²·m/4)`, with `φ` the spread of events and `ρ` the usual change of what only drifts. All in
//! whole numbers, in thousandths.

use super::expected::{Expectations, Expected};
use super::finding::{Finding, FindingBuilder};
use crate::base::{Decimal, Message};
use crate::ledger::Context;
use crate::plan::{Field, Severity, ShiftedRows, UsualChange};

/// Rows stand shifted.
pub(super) const SHIFTED_ROWS: &str = "shifted_rows";

/// What one row suits at most badly: more is no better evidence.
const MOST: i64 = 12_500;

/// Rows of the form that suit the row above or below better than their own.
pub(super) fn rows(
    ctx: &Context<'_>,
    expected: &Expectations<'_>,
    fields: &[&Field],
) -> Option<Finding> {
    let limits = ctx.plan.form_checks.shifted_rows?;
    let rows: Vec<Row> = fields
        .iter()
        .filter(|field| field.kind.is_numeric())
        .map(|field| Row {
            now: ctx.figure(&field.id).and_then(Decimal::as_whole),
            expected: expected.get(&field.id).and_then(Past::of),
        })
        .collect();
    let found = [Beside::Above, Beside::Below]
        .into_iter()
        .filter_map(|beside| Some((best(&rows, beside, limits)?, beside)))
        .max_by_key(|(window, _)| window.gain)?;
    let (window, beside) = found;
    let numbers: Vec<&&Field> = fields.iter().filter(|f| f.kind.is_numeric()).collect();
    let shifted = numbers.get(window.first..=window.last)?;
    let (first, last) = (shifted.first()?, shifted.last()?);
    let key = match beside {
        Beside::Above => "check.shifted_rows.above",
        Beside::Below => "check.shifted_rows.below",
    };
    let message = Message::new(key)
        .with("first", first.short.clone())
        .with("last", last.short.clone());
    let mut draft = FindingBuilder::of_check(SHIFTED_ROWS, Severity::Soft, &first.id);
    for field in shifted {
        draft = draft.value(&field.id, ctx.figure(&field.id)?);
    }
    Some(draft.finish(ctx, message))
}

/// The row whose past is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Above,
    Below,
}

/// A row's figure and what its past lets expect.
struct Row {
    now: Option<i64>,
    expected: Option<Past>,
}

/// The past of a row, ready for measuring.
#[derive(Clone, Copy)]
struct Past {
    sum: i64,
    count: i64,
    /// `φ/4·(1+1/n) + ρ²·m/4`, in millionths.
    variance: i64,
}

impl Past {
    fn of(expected: &Expected<'_>) -> Option<Self> {
        let (sum, count) = (expected.sum.as_whole()?, expected.count());
        let spread = |spread: Decimal| {
            let millionths = i128::from(spread.mantissa()) * 1_000_000;
            millionths.checked_div(10i128.checked_pow(u32::from(spread.scale()))?)
        };
        let (events, drift) = match expected.usual? {
            UsualChange::Events { spread: own, .. } => (spread(own)?, 0),
            // What is asked about is three times what is usual.
            UsualChange::Percent(percent) => {
                let third = i128::from(percent) * 1_000_000 / 300;
                (1_000_000, third * third / 1_000_000)
            }
        };
        let (n, mean_times) = (i128::from(count), i128::from(sum));
        let variance = events * (n + 1) / (4 * n) + drift * mean_times / (4 * n);
        Some(Self {
            sum,
            count,
            variance: i64::try_from(variance.max(1)).ok()?,
        })
    }

    /// How badly a figure suits this past: half its squared distance in standard errors, in
    /// thousandths.
    fn loss(self, now: i64) -> Option<i64> {
        let x = root(8 * i128::from(now) + 3, 8)?;
        let m = root(
            8 * i128::from(self.sum) + 3 * i128::from(self.count),
            8 * i128::from(self.count),
        )?;
        let squared = (x - m).checked_mul(x - m)?;
        let loss = squared.checked_mul(1_000)? / (2 * self.variance);
        Some(loss.min(MOST))
    }
}

/// The square root of a fraction, in thousandths.
fn root(above: i128, below: i128) -> Option<i64> {
    let millionths = above.checked_mul(1_000_000)?.checked_div(below)?;
    i64::try_from(u128::try_from(millionths).ok()?.isqrt()).ok()
}

/// Rows from `first` to `last` and how much better they suit the rows beside.
#[derive(Clone, Copy)]
struct Window {
    first: usize,
    last: usize,
    gain: i64,
}

/// The window with the largest gain that is enough.
fn best(rows: &[Row], beside: Beside, limits: ShiftedRows) -> Option<Window> {
    let gains: Vec<Option<i64>> = (0..rows.len()).map(|at| gain(rows, at, beside)).collect();
    let most = usize::try_from(limits.rows).ok()?;
    let (enough, each) = (
        1_000 * i64::from(limits.gain),
        1_000 * i64::from(limits.each),
    );
    let mut found: Option<Window> = None;
    for first in 0..rows.len() {
        let (mut sum, mut clear) = (0, 0);
        for (last, gain) in gains.iter().enumerate().skip(first).take(most) {
            let Some(gain) = gain else { break };
            sum += gain;
            clear += usize::from(*gain > each);
            let better = found.is_none_or(|window| sum > window.gain);
            if last > first && clear >= 2 && sum > enough && better {
                found = Some(Window {
                    first,
                    last,
                    gain: sum,
                });
            }
        }
    }
    found
}

/// How much better one row suits the past of the row beside it than its own.
fn gain(rows: &[Row], at: usize, beside: Beside) -> Option<i64> {
    let other = match beside {
        Beside::Above => at.checked_sub(1)?,
        Beside::Below => at + 1,
    };
    let now = rows.get(at)?.now?;
    let own = rows.get(at)?.expected?.loss(now)?;
    Some(own - rows.get(other)?.expected?.loss(now)?)
}
