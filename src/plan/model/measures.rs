//! What is computed: indicators, their measures, how they add up and who answers for them.

use super::checks::Op;
use super::time::{PeriodKind, Validity};
use crate::base::{Decimal, Label};
use crate::plan::id::{FieldId, MeasureId, UnitId};

/// An indicator in the plan's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// `4.1`, `3.2a`.
    pub id: String,
    /// Its number in the plan (`3.2`); the two parts of one indicator share it.
    pub number: String,
    /// Number of its objective.
    pub objective: u8,
    /// A few words for lists.
    pub short: Label,
    /// The plan's sentence.
    pub text: Label,
    /// The plan's words for the target (`xuống dưới 30%`).
    pub target_words: String,
    /// How it is defined and by whom.
    pub definition: String,
    /// How certain that definition is.
    pub certainty: String,
    /// What the plan leaves open about it; empty where nothing.
    pub open_question: String,
}

/// How a measure is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Sums of fields over sums of fields.
    Sums {
        /// Fields added above.
        numerator: Vec<FieldId>,
        /// Fields added below.
        denominator: Vec<FieldId>,
    },
    /// Agencies with at least one woman over agencies: pairs of (leaders, women leaders).
    Agencies(Vec<(FieldId, FieldId)>),
    /// Units whose field reaches `at_least` in every finished sub-period, over units.
    UnitsEvery {
        /// The sub-periods looked at.
        kind: PeriodKind,
        /// The field counted.
        field: FieldId,
        /// What each sub-period must reach.
        at_least: Decimal,
    },
    /// Finished sub-periods whose field reaches `at_least`, over finished sub-periods.
    SubPeriods {
        /// The sub-periods looked at.
        kind: PeriodKind,
        /// The field counted.
        field: FieldId,
        /// What a sub-period must reach.
        at_least: Decimal,
    },
}

/// How the values of many units become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollUp {
    /// Sum of numerators over sum of denominators.
    RatioOfSums,
    /// Counted over units.
    Count,
    /// One unit has it; never added.
    Single,
}

/// Who answers for a measure, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The department.
    pub unit: UnitId,
    /// While it does.
    pub valid: Validity,
}

/// One computed series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its key (`3.2a.blgd`).
    pub id: MeasureId,
    /// Id of its indicator (`3.2a`).
    pub indicator: String,
    /// A few words for the result line.
    pub short: Label,
    /// How it is computed.
    pub formula: Formula,
    /// 100 for per cent, 1 for a ratio, 1000, 100000.
    pub scale: u32,
    /// What follows the figure (`%`, ` lần`).
    pub suffix: Label,
    /// Decimals shown.
    pub places: u8,
    /// How the target is compared with.
    pub op: Op,
    /// The target.
    pub target: Decimal,
    /// Who answers for it.
    pub owners: Vec<Owner>,
    /// How units become one.
    pub roll_up: RollUp,
    /// A published value that may stand in where components are missing.
    pub direct: Option<FieldId>,
    /// Kinds of period in which the rate is shown; in others only the counts.
    pub rate_in: Vec<PeriodKind>,
    /// Below this denominator no verdict is given ("mẫu nhỏ").
    pub small_below: Option<Decimal>,
    /// The verdict is `met` only when all these are.
    pub met_when_all: Vec<MeasureId>,
    /// Also met only where each pair of numerator and denominator field is equal (5.1).
    pub met_when_each: bool,
    /// Conventions of this project, for help.
    pub note: Label,
}

impl Measure {
    /// The fields of a form that the measure is made of, in order; none for measures counted over
    /// sub-periods.
    pub fn components(&self) -> Vec<&FieldId> {
        match &self.formula {
            Formula::Sums {
                numerator,
                denominator,
            } => numerator.iter().chain(denominator).collect(),
            Formula::Agencies(pairs) => {
                pairs.iter().flat_map(|(all, women)| [all, women]).collect()
            }
            Formula::UnitsEvery { .. } | Formula::SubPeriods { .. } => Vec::new(),
        }
    }
}
