//! The catalogue as the other rooms read it: plain data, already cross-checked.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::id::{FieldId, MeasureId, PeriodId, ReasonId, RuleId, UnitId};
use crate::base::{Decimal, Label};

/// First and last day on which something holds; open at the end when `to` is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl Validity {
    /// True on a day from `from` to `to`, both included.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// A whole plan file, parsed and cross-checked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The plan's own id (`tan-yen-2021-2025`).
    pub id: String,
    /// Counts up with every published change of the file.
    pub version: u32,
    /// What the plan is called.
    pub title: Label,
    /// BLAKE3 of the file's bytes.
    pub hash: [u8; 32],
    /// The unit whose district (or other whole) the plan serves; it never holds cells.
    pub district: UnitId,
    /// The unit that consolidates, enrols and locks.
    pub coordinator: UnitId,
    /// Kinds of units and the groups they form.
    pub unit_kinds: Vec<UnitKind>,
    /// Every unit version.
    pub units: Vec<Unit>,
    /// Mergers, splits, renamings.
    pub changes: Vec<UnitChange>,
    /// Headings of the form, in order.
    pub objectives: Vec<Objective>,
    /// The plan's indicators with their own words, in order.
    pub indicators: Vec<Indicator>,
    /// What is typed, in the order of the form.
    pub fields: Vec<Field>,
    /// What is computed, in the plan's order.
    pub measures: Vec<Measure>,
    /// Every period, listed; in order of (`from`, `to`).
    pub periods: Vec<Period>,
    /// Relations between fields.
    pub relations: Vec<Relation>,
    /// Further checks: ranges, notes, small numbers.
    pub rules: Vec<Rule>,
    /// Parameters of the checks against the past.
    pub trend: TrendParams,
    /// Reasons offered for an unusual figure.
    pub reasons: Vec<Reason>,
    /// Indexes over the lists above.
    pub index: Index,
}

/// Positions of ids in the lists of a [`Plan`]; built once by [`Plan::reindex`].
#[derive(Clone, Debug, Default)]
pub struct Index {
    units: HashMap<UnitId, usize>,
    fields: HashMap<FieldId, usize>,
    measures: HashMap<MeasureId, usize>,
    periods: HashMap<PeriodId, usize>,
}

/// A kind of unit (`xa`) and the group whose fields it collects (`commune`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitKind {
    /// `xa`, `thi_tran`, `phong`, …
    pub id: String,
    /// The name of the kind.
    pub label: Label,
    /// The name that `collected_by` uses for all units of this kind; `None`: only by id.
    pub group: Option<String>,
}

/// A reporting unit in one version of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its own key.
    pub id: UnitId,
    /// The official code while this version is in force.
    pub code: Option<String>,
    /// The official name while this version is in force.
    pub name: Label,
    /// Id of its [`UnitKind`].
    pub kind: String,
    /// When this version is in force.
    pub valid: Validity,
    /// Where the facts come from and what to know.
    pub note: String,
}

/// One edge of a merger, split or renaming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitChange {
    /// First day of the new state.
    pub date: NaiveDate,
    /// The decree.
    pub basis: String,
    /// `merge`, `rename`, `split`, `reparent`.
    pub kind: String,
    /// The ending unit.
    pub from: UnitId,
    /// The unit it goes into.
    pub to: UnitId,
    /// Which share of `from` goes there, above 0, at most 1.
    pub share: Decimal,
}

/// A heading of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objective {
    /// 0 is what belongs to no objective (population, the report's words).
    pub number: u8,
    /// Its name in the plan.
    pub name: Label,
    /// A few words for headings; equal to `name` where the plan gives none.
    pub short: Label,
}

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

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A whole number from 0.
    Count,
    /// A number from 0 with at most this many decimals.
    Decimal(u8),
    /// Words.
    Text,
}

impl FieldType {
    /// True for counts and decimals.
    pub fn is_numeric(self) -> bool {
        self != Self::Text
    }
}

/// What kind of quantity a field is over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// A state on the cut-off day.
    Stock,
    /// What happened from 01/01 to the cut-off day.
    Flow,
    /// A mean over the period.
    Average,
}

/// Who types a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Collector {
    /// Every unit whose kind belongs to this group (`commune`).
    Group(String),
    /// One unit.
    Unit(UnitId),
}

/// The kinds of period, shortest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodKind {
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// The first six months.
    Half,
    /// A calendar year.
    Year,
}

/// One thing a person types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub id: FieldId,
    /// Number of its objective.
    pub objective: u8,
    /// The full official wording.
    pub label: Label,
    /// Words that fit a narrow column; equal to `label` where that is short enough.
    pub short: Label,
    /// What it holds.
    pub kind: FieldType,
    /// Unit of measurement (`người`).
    pub unit: Label,
    /// Who types it.
    pub collected_by: Vec<Collector>,
    /// In which kinds of period.
    pub periods: Vec<PeriodKind>,
    /// What it is over time, where the plan says.
    pub nature: Option<Nature>,
    /// How it is counted.
    pub note: Label,
}

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

/// One reporting period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// `2023-6T`.
    pub id: PeriodId,
    /// Its kind.
    pub kind: PeriodKind,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// The day the figures speak of, and whose units are asked.
    pub cut_off: NaiveDate,
    /// Last day to submit.
    pub due: NaiveDate,
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
    /// The same value of at least 1 in this many periods of the same kind in a row.
    SameInRow {
        /// The field.
        field: FieldId,
        /// How many in a row are asked about.
        times: u32,
    },
}

/// Parameters of the checks against the past; `None` switches a check off.
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

/// One reason on the list a clerk picks from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its key.
    pub id: ReasonId,
    /// Its words.
    pub label: Label,
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

impl Plan {
    /// Builds the indexes; to be called once after the lists are filled.
    #[must_use]
    pub fn reindex(mut self) -> Self {
        let at = |i: usize| i;
        self.index = Index {
            units: self
                .units
                .iter()
                .enumerate()
                .map(|(i, u)| (u.id.clone(), at(i)))
                .collect(),
            fields: self
                .fields
                .iter()
                .enumerate()
                .map(|(i, f)| (f.id.clone(), at(i)))
                .collect(),
            measures: self
                .measures
                .iter()
                .enumerate()
                .map(|(i, m)| (m.id.clone(), at(i)))
                .collect(),
            periods: self
                .periods
                .iter()
                .enumerate()
                .map(|(i, p)| (p.id.clone(), at(i)))
                .collect(),
        };
        self
    }

    /// A unit by id.
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.index.units.get(id).and_then(|i| self.units.get(*i))
    }

    /// A field by id.
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.index.fields.get(id).and_then(|i| self.fields.get(*i))
    }

    /// A field's place in the form's order.
    pub fn field_position(&self, id: &FieldId) -> Option<usize> {
        self.index.fields.get(id).copied()
    }

    /// A measure by id.
    pub fn measure(&self, id: &MeasureId) -> Option<&Measure> {
        self.index
            .measures
            .get(id)
            .and_then(|i| self.measures.get(*i))
    }

    /// A period by id.
    pub fn period(&self, id: &PeriodId) -> Option<&Period> {
        self.index
            .periods
            .get(id)
            .and_then(|i| self.periods.get(*i))
    }

    /// The kind of a unit.
    pub fn kind_of(&self, unit: &Unit) -> Option<&UnitKind> {
        self.unit_kinds.iter().find(|k| k.id == unit.kind)
    }

    /// True when `unit` is in force on the period's cut-off day.
    pub fn in_force(&self, unit: &Unit, period: &Period) -> bool {
        unit.valid.holds_on(period.cut_off)
    }

    /// True when `unit` is the one, or of the group, that types `field`.
    pub fn collects(&self, unit: &Unit, field: &Field) -> bool {
        let group = self.kind_of(unit).and_then(|kind| kind.group.as_deref());
        field.collected_by.iter().any(|by| match by {
            Collector::Group(name) => group == Some(name.as_str()),
            Collector::Unit(id) => *id == unit.id,
        })
    }

    /// The fields of the form (unit, period), in order; empty when the unit owes none or is not
    /// in force.
    pub fn form_fields<'a>(&'a self, unit: &'a Unit, period: &'a Period) -> Vec<&'a Field> {
        if !self.in_force(unit, period) {
            return Vec::new();
        }
        self.fields
            .iter()
            .filter(|f| f.periods.contains(&period.kind) && self.collects(unit, f))
            .collect()
    }

    /// The period of the same kind just before, for a year's form its own first half first.
    pub fn previous(&self, period: &Period) -> Option<&Period> {
        self.periods
            .iter()
            .filter(|p| p.kind == period.kind && p.to < period.from)
            .max_by_key(|p| p.to)
    }

    /// The period of the same kind one year earlier.
    pub fn year_earlier(&self, period: &Period) -> Option<&Period> {
        use chrono::Datelike;
        self.periods.iter().find(|p| {
            p.kind == period.kind
                && p.from.year() == period.from.year() - 1
                && p.from.month() == period.from.month()
        })
    }

    /// The first half of the same year, for a year.
    pub fn own_half(&self, period: &Period) -> Option<&Period> {
        (period.kind == PeriodKind::Year)
            .then(|| {
                self.periods
                    .iter()
                    .find(|p| p.kind == PeriodKind::Half && p.from == period.from)
            })
            .flatten()
    }

    /// The sub-periods of `kind` that lie inside `period`, in order.
    pub fn sub_periods(&self, period: &Period, kind: PeriodKind) -> Vec<&Period> {
        self.periods
            .iter()
            .filter(|p| p.kind == kind && p.from >= period.from && p.to <= period.to)
            .collect()
    }

    /// The indicator a measure belongs to.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|i| i.id == id)
    }
}
