//! Is a share further from the usual one than chance explains? (`domain.md` 2.5)

use super::finding::{Finding, FindingBuilder};
use super::words::inside;
use crate::base::{Decimal, Message, Ratio};
use crate::ledger::Context;
use crate::plan::{FieldId, Rule};

/// `part` of `part + rest` lies more than `sigmas` standard errors from `expected` per cent.
pub(super) fn judge(
    ctx: &Context<'_>,
    rule: &Rule,
    (part, rest): (&FieldId, &FieldId),
    expected: Decimal,
    sigmas: u32,
) -> Option<Finding> {
    let (k, others) = (ctx.figure(part)?, ctx.figure(rest)?);
    if !beyond(k.as_whole()?, others.as_whole()?, expected, sigmas)? {
        return None;
    }
    let share = Ratio::new(k, k.checked_add(others)?, 100)?;
    let plan = ctx.plan;
    let message = Message::new("check.binomial")
        .with("part", plan.field(part)?.short.clone())
        .with("part_value", k)
        .with("rest", inside(&plan.field(rest)?.short))
        .with("rest_value", others)
        .with("share", crate::base::Arg::Ratio(share, 1))
        .with("expected", expected);
    let draft = FindingBuilder::of_rule(rule, part)
        .value(part, k)
        .value(rest, others);
    Some(draft.finish(ctx, message))
}

/// `|k - n·p| > s·√(n·p·(1-p))` with both sides squared, in whole numbers; `None` where the
/// products would not fit.
fn beyond(k: i64, others: i64, expected: Decimal, sigmas: u32) -> Option<bool> {
    let n = i128::from(k).checked_add(i128::from(others))?;
    let share = i128::from(expected.mantissa());
    let hundred = 100 * 10i128.checked_pow(u32::from(expected.scale()))?;
    let gap = i128::from(k)
        .checked_mul(hundred)?
        .checked_sub(n.checked_mul(share)?)?;
    let spread = n.checked_mul(share)?.checked_mul(hundred - share)?;
    let limit = i128::from(sigmas).checked_pow(2)?.checked_mul(spread)?;
    Some(gap.checked_pow(2)? > limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bands of `domain.md` 2.5 for a true ratio of 115 boys to 100 girls.
    #[test]
    fn three_standard_errors_in_whole_numbers() {
        let expected = Decimal::parse("53.488372").unwrap();
        for (boys, girls, asked) in [
            (48, 72, false),
            (47, 73, true),
            (80, 40, false),
            (81, 39, true),
            (1367, 1333, false),
            (1366, 1334, true),
            (1521, 1179, false),
            (1522, 1178, true),
            (0, 0, false),
        ] {
            let found = beyond(boys, girls, expected, 3);
            assert_eq!(found, Some(asked), "{boys}/{girls}");
        }
        assert_eq!(beyond(i64::MAX, 1, expected, 3), None);
    }
}
