//! What a figure's past lets expect of it, by the plan's parameters for the field.

use std::collections::HashMap;

use crate::base::Decimal;
use crate::ledger::Context;
use crate::plan::{Field, FieldId, Period, TrendBase, UsualChange};

/// A change in per cent that is unremarkable where the plan says nothing of a field.
const USUAL_PERCENT: u32 = 30;

/// What earlier figures let expect.
pub(super) struct Expected<'a> {
    /// The earlier figures with their periods, the latest first; at least one.
    pub(super) earlier: Vec<(&'a Period, Decimal)>,
    /// Their sum.
    pub(super) sum: Decimal,
    /// Which change is remarkable; `None` where the plan asks about none.
    pub(super) usual: Option<UsualChange>,
}

/// What the form's past lets expect of each of its figures.
pub(super) struct Expectations<'a> {
    by_field: HashMap<&'a FieldId, Expected<'a>>,
}

impl<'a> Expectations<'a> {
    /// Looks back once for all fields of a form.
    pub(super) fn of(ctx: &Context<'a>, fields: &[&'a Field]) -> Self {
        let first = ctx.plan.year_earlier(ctx.period);
        let years = std::iter::successors(first, |earlier| ctx.plan.year_earlier(earlier));
        let past = PastPeriods {
            years: years.collect(),
            latest: ctx.plan.latest_before(ctx.period),
        };
        let numbers = fields.iter().filter(|field| field.kind.is_numeric());
        let expected = numbers.filter_map(|field| {
            let expected = Expected::of(ctx, &past, field)?;
            Some((&field.id, expected))
        });
        Self {
            by_field: expected.collect(),
        }
    }

    /// What the past lets expect of a field; `None` without an earlier figure.
    pub(super) fn get(&self, field: &FieldId) -> Option<&Expected<'a>> {
        self.by_field.get(field)
    }
}

/// The periods that a form looks back on.
struct PastPeriods<'a> {
    /// The same kind of period in the years before, the latest first.
    years: Vec<&'a Period>,
    /// The half or year that ended last.
    latest: Option<&'a Period>,
}

impl<'a> Expected<'a> {
    fn of(ctx: &Context<'a>, past: &PastPeriods<'a>, field: &Field) -> Option<Self> {
        let own = ctx.plan.trend_of(&field.id);
        let figure = |period: &&'a Period| Some((*period, ctx.figure_in(&field.id, period)?));
        let years = |most: u32| {
            let periods = past.years.iter().take(usize::try_from(most).unwrap_or(0));
            // A year without the figure ends what can be compared.
            periods.map_while(figure).collect::<Vec<_>>()
        };
        let earlier = match own.map(|trend| trend.against) {
            Some(TrendBase::YearsBefore(most)) => years(most),
            // Where the latest period does not ask for it, the year before does.
            Some(TrendBase::Latest) => {
                let latest = past.latest.iter().chain(past.years.first());
                latest.filter_map(figure).take(1).collect()
            }
            None => years(1),
        };
        let sum = earlier
            .iter()
            .try_fold(Decimal::ZERO, |sum, (_, value)| sum.checked_add(*value))?;
        let usual = match own {
            Some(trend) => Some(trend.usual),
            None => ctx.plan.trend.percent.map(UsualChange::Percent),
        };
        (!earlier.is_empty()).then_some(Self {
            earlier,
            sum,
            usual,
        })
    }

    /// How many earlier figures there are.
    pub(super) fn count(&self) -> i64 {
        i64::try_from(self.earlier.len()).unwrap_or(i64::MAX)
    }

    /// The latest of them.
    pub(super) fn latest(&self) -> Option<(&'a Period, Decimal)> {
        self.earlier.first().copied()
    }

    /// The change in per cent that passes, for guesses of what was meant.
    pub(super) fn percent(&self) -> u32 {
        match self.usual {
            Some(UsualChange::Percent(percent)) => percent,
            _ => USUAL_PERCENT,
        }
    }

    /// True where the mean of the earlier figures is below `base`.
    pub(super) fn is_small(&self, base: Decimal) -> Option<bool> {
        Some(self.sum < base.checked_mul(self.count())?)
    }

    /// True where `now` is further from what was before than usual; in whole numbers throughout.
    pub(super) fn is_remarkable(&self, now: Decimal) -> Option<bool> {
        let count = self.count();
        let gap = now
            .checked_mul(count)?
            .checked_add(self.sum.checked_mul(-1)?)?;
        match self.usual? {
            // |n·x − S|·100 > p·S
            UsualChange::Percent(percent) => {
                let moved = gap.checked_mul(100)?;
                let moved = if moved < Decimal::ZERO {
                    moved.checked_mul(-1)?
                } else {
                    moved
                };
                Some(moved > self.sum.checked_mul(i64::from(percent))?)
            }
            // (n·x − S)² > sigmas² · spread · (n²·x + S)
            UsualChange::Events { spread, sigmas } => {
                let gap = i128::from(gap.as_whole()?);
                let spread_of = i128::from(now.as_whole()?)
                    .checked_mul(i128::from(count) * i128::from(count))?
                    .checked_add(i128::from(self.sum.as_whole()?))?;
                let ten = 10i128.checked_pow(u32::from(spread.scale()))?;
                let limit = spread_of
                    .checked_mul(i128::from(spread.mantissa()))?
                    .checked_mul(i128::from(sigmas).pow(2))?;
                Some(gap.checked_pow(2)?.checked_mul(ten)? > limit)
            }
        }
    }
}
