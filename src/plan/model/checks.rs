//! What is asked about figures: relations between fields, further rules, trends.

use super::form::Collector;
use super::time::PeriodKind;
use crate::base::{Decimal, Label};
use crate::plan::id::{FieldId, MeasureId, RuleId};

/// One term of a relation or a sum: `factor * field`, or a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `factor * field`.
    Field(i64, FieldId),
    /// A number.
    Constant(Decimal),
}

/// How two sides are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Op {
    /// True when `ordering` of left against right satisfies the comparison.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Equal => ordering.is_eq(),
            Self::AtLeast => ordering.is_ge(),
            Self::More => ordering.is_gt(),
        }
    }

    /// The sign as people read it (`≥`).
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "≤",
            Self::Equal => "=",
            Self::AtLeast => "≥",
            Self::More => ">",
        }
    }

    /// The sign as files and JSON carry it (`>=`).
    pub fn ascii(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }
}

/// Whether a finding blocks submitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Blocks submitting.
    Hard,
    /// Asks for a reason.
    Soft,
}

/// A relation that must or should hold between fields of one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Its key (`H07`).
    pub id: RuleId,
    /// Left side, a sum.
    pub left: Vec<Term>,
    /// How the sides compare when all is well.
    pub op: Op,
    /// Right side, a sum.
    pub right: Vec<Term>,
    /// Whether breaking it blocks submitting.
    pub severity: Severity,
    /// What it may mean.
    pub note: Label,
}

/// A check beyond relations and trends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its key (`R-2.1`).
    pub id: RuleId,
    /// What it looks at.
    pub kind: RuleKind,
    /// Whether it blocks submitting.
    pub severity: Severity,
    /// In which kinds of period; empty: all.
    pub periods: Vec<PeriodKind>,
    /// On whose forms; empty: everybody's.
    pub units: Vec<Collector>,
    /// What it may mean and where the limits come from.
    pub note: Label,
}

/// The kinds of further checks a plan may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// A field's value outside `min..=max`.
    FieldRange {
        /// The field.
        field: FieldId,
        /// Smallest usual value.
        min: Option<Decimal>,
        /// Largest usual value.
        max: Option<Decimal>,
    },
    /// A measure's rate outside `min..=max`.
    RateRange {
        /// The measure.
        measure: MeasureId,
        /// Smallest usual rate.
        min: Option<Decimal>,
        /// Largest usual rate.
        max: Option<Decimal>,
    },
    /// A sum of fields as a share of another sum, outside `min..=max`.
    ShareRange {
        /// Fields added above.
        part: Vec<FieldId>,
        /// Fields added below.
        whole: Vec<FieldId>,
        /// 100 for per cent, 1000 for "per 1,000".
        scale: u32,
        /// Smallest usual share.
        min: Option<Decimal>,
        /// Largest usual share.
        max: Option<Decimal>,
    },
    /// A measure's rate of exactly this value.
    RateExactly {
        /// The measure.
        measure: MeasureId,
        /// The rate that is asked about.
        value: Decimal,
        /// Below this denominator it is not asked.
        from_denominator: Decimal,
    },
    /// A measure's rate moved by more than `points` since the same period a year before.
    RateJump {
        /// The measure.
        measure: MeasureId,
        /// Percentage points.
        points: Decimal,
    },
    /// A note is due when the field's value is at least this (0: whenever there is one).
    NoteFrom {
        /// The field.
        field: FieldId,
        /// The smallest value that asks for a note.
        at_least: Decimal,
    },
    /// `part` of `whole` lies further than `sigmas` standard errors from `expected` per cent.
    Binomial {
        /// The part (boys).
        part: FieldId,
        /// The rest of the whole (girls).
        rest: FieldId,
        /// The usual share, in per cent.
        expected: Decimal,
        /// How many standard errors are usual.
        sigmas: u32,
    },
    /// A sum of 0 in this many periods of the same kind in a row.
    NoneInRow {
        /// The fields added.
        fields: Vec<FieldId>,
        /// How many in a row are asked about.
        times: u32,
    },
    /// The same value of at least 1 in this many periods of the same kind in a row.
    SameInRow {
        /// The field.
        field: FieldId,
        /// How many in a row are asked about.
        times: u32,
    },
}
