//! What the past lets expect of a figure, and of a form as a whole.

use crate::base::Decimal;
use crate::plan::id::FieldId;

/// Parameters of the checks against the past that hold for every field without ones of its own;
/// `None` switches a check off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrendParams {
    /// Percentage change against a year earlier that is asked about (30).
    pub percent: Option<u32>,
    /// Smallest former value for the percentage trend (20).
    pub base: Decimal,
    /// Below `base`: absolute change that is asked about (the project's choice).
    pub small_jump: Option<Decimal>,
    /// Ask about a value ten times or a tenth of the former one.
    pub slipped_digit: bool,
    /// Ask about two neighbouring digits changed places.
    pub transposed_digits: bool,
    /// Smallest value for "identical to last time" (20).
    pub identical_from: Option<Decimal>,
    /// Ask when a year's flow is below its own first half.
    pub year_covers_half: bool,
}

/// How much some fields change from one time to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTrend {
    /// The fields.
    pub fields: Vec<FieldId>,
    /// Which change is remarkable.
    pub usual: UsualChange,
    /// What they are compared with.
    pub against: TrendBase,
    /// A year's figure `Y` and its first half's `H` are asked about where `(H - Y/2)² > this · Y`.
    pub half_spread: Option<Decimal>,
}

/// Which change of a figure is remarkable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsualChange {
    /// Events that happen by chance: with the mean `m` of `n` earlier figures, `x` is remarkable
    /// where `(x - m)² > sigmas² · spread · (x + m/n)`.
    Events {
        /// 1 for events that happen apart from each other; more where they come in groups.
        spread: Decimal,
        /// How many standard errors are usual.
        sigmas: u32,
    },
    /// More than this share of what it is compared with, in per cent.
    Percent(u32),
}

/// What a figure is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrendBase {
    /// The mean of the same kind of period in up to so many years before.
    YearsBefore(u32),
    /// The latest earlier period of any kind that has the figure.
    Latest,
}

/// Parameters of the checks of a whole form; `None` switches a check off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormChecks {
    /// As many figures are those of a year earlier.
    pub same_as_year_before: Option<SameFigures>,
    /// As many of a year's flows are those of its own first half.
    pub same_as_own_half: Option<SameFigures>,
    /// A figure of at least this is that of the row above.
    pub same_as_row_above: Option<Decimal>,
    /// Figures stand one row too high or too low.
    pub shifted_rows: Option<ShiftedRows>,
}

/// How many same figures make a form another form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameFigures {
    /// Figures below this do not count: small ones are the same by chance.
    pub from: Decimal,
    /// At least so many must be the same.
    pub least: u32,
    /// At least this share of those that can be compared, in per cent.
    pub percent: u32,
}

/// When rows look shifted: how much better their figures suit the row beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShiftedRows {
    /// The most rows that are looked at together.
    pub rows: u32,
    /// How much better all of them together suit it (in units of half a squared standard error).
    pub gain: u32,
    /// How much better at least two of them suit it.
    pub each: u32,
}
