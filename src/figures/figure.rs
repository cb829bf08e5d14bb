//! The figure of one measure: its parts, its rate, how it stands to the target, what is missing.

use crate::base::{Decimal, Ratio};
use crate::plan::{FieldId, MeasureId, PeriodId};

/// The figure of one measure in one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The measure.
    pub measure: MeasureId,
    /// The numerator; `None` where it is not complete, and for a direct value.
    pub numerator: Option<Decimal>,
    /// The denominator; `None` where it is not complete, and for a direct value.
    pub denominator: Option<Decimal>,
    /// The exact rate, where there is one to show.
    pub rate: Option<Ratio>,
    /// How it stands to the target, decided by the exact rate.
    pub verdict: Verdict,
    /// Where the rate comes from.
    pub source: FigureSource,
    /// The published value, where one was entered; printed beside a computed rate.
    pub published: Option<Decimal>,
    /// The inputs that are missing.
    pub missing: Vec<MissingInput>,
    /// True when one of them is missing because its cell is in conflict.
    pub in_conflict: bool,
}

/// How a figure stands to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The target is reached.
    Met,
    /// The target is not reached.
    NotMet,
    /// Nothing to divide by: nothing occurred, or it does not apply.
    Undefined,
    /// So few are counted that the rate says nothing ("mẫu nhỏ").
    SmallSample,
    /// A component is still missing.
    Incomplete,
    /// A hard finding speaks about one of its fields: the rate is shown and not judged.
    Withheld,
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
            Self::Withheld | Self::None => "none",
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
            Self::Withheld => "figure.verdict.withheld",
            Self::None => "figure.verdict.none",
        }
    }
}

/// Where a rate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureSource {
    /// Computed from the form's figures.
    Computed,
    /// A published value, entered as such ("trực tiếp").
    Direct,
}

/// An input that a figure waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissingInput {
    /// A cell of this form.
    Field(FieldId),
    /// A finished sub-period that was not reported.
    Period(PeriodId),
}
