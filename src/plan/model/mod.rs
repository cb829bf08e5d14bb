//! The catalogue as the other rooms read it: plain data, already cross-checked.

mod checks;
mod form;
mod measures;
mod time;
mod trends;

use std::collections::HashMap;

use chrono::FixedOffset;

use crate::base::Label;
use crate::plan::id::{FieldId, MeasureId, PeriodId, UnitId};

pub use checks::{Op, Relation, Rule, RuleKind, Severity, Term};
pub use form::{Collector, Field, FieldType, Nature, Objective, Reason};
pub use measures::{Formula, Indicator, Measure, Owner, RollUp};
pub use time::{Period, PeriodKind, Unit, UnitChange, UnitKind, Validity};
pub use trends::{
    FieldTrend, FormChecks, SameFigures, ShiftedRows, TrendBase, TrendParams, UsualChange,
};

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
    /// The time zone of the plan's days, as an offset from UTC.
    pub utc_offset: FixedOffset,
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
    /// Fields whose change has parameters of its own.
    pub trends: Vec<FieldTrend>,
    /// Parameters of the checks of a whole form.
    pub form_checks: FormChecks,
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

impl Plan {
    /// Builds the indexes; to be called once after the lists are filled.
    #[must_use]
    pub fn reindex(mut self) -> Self {
        self.index = Index {
            units: positions(&self.units, |unit| &unit.id),
            fields: positions(&self.fields, |field| &field.id),
            measures: positions(&self.measures, |measure| &measure.id),
            periods: positions(&self.periods, |period| &period.id),
        };
        self
    }

    /// Looks a unit up by id.
    pub fn unit(&self, id: &UnitId) -> Option<&Unit> {
        self.index.units.get(id).and_then(|i| self.units.get(*i))
    }

    /// Looks a field up by id.
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.index.fields.get(id).and_then(|i| self.fields.get(*i))
    }

    /// A field's place in the form's order.
    pub fn field_position(&self, id: &FieldId) -> Option<usize> {
        self.index.fields.get(id).copied()
    }

    /// Looks a measure up by id.
    pub fn measure(&self, id: &MeasureId) -> Option<&Measure> {
        self.index
            .measures
            .get(id)
            .and_then(|i| self.measures.get(*i))
    }

    /// Looks a period up by id.
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
        self.is_among(unit, &field.collected_by)
    }

    /// True when `unit` is one of these, or of one of these groups.
    pub fn is_among(&self, unit: &Unit, these: &[Collector]) -> bool {
        let group = self.kind_of(unit).and_then(|kind| kind.group.as_deref());
        these.iter().any(|by| match by {
            Collector::Group(name) => group == Some(name.as_str()),
            Collector::Unit(id) => *id == unit.id,
        })
    }

    /// The parameters of a field's change, where it has ones of its own.
    pub fn trend_of(&self, field: &FieldId) -> Option<&FieldTrend> {
        self.trends
            .iter()
            .find(|trend| trend.fields.contains(field))
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

    /// The period of the same kind just before.
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

    /// The half or year that ended last before this one, for halves and years: averages are
    /// compared with it, of whatever kind it is.
    pub fn latest_before(&self, period: &Period) -> Option<&Period> {
        let long = |kind| matches!(kind, PeriodKind::Half | PeriodKind::Year);
        let before = |p: &&Period| long(p.kind) && p.to < period.to && p.from <= period.from;
        let periods = self.periods.iter().filter(before);
        periods
            .filter(|p| long(period.kind) && p.id != period.id)
            .max_by_key(|p| (p.to, p.kind))
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

/// The position of each item by its id.
fn positions<T, Id: Clone + Eq + std::hash::Hash>(
    items: &[T],
    id: impl Fn(&T) -> &Id,
) -> HashMap<Id, usize> {
    let ids = items.iter().map(|item| id(item).clone());
    ids.zip(0..).collect()
}
