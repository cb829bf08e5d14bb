//! What a person types: fields, by objective, and the reasons to pick from.

use super::time::PeriodKind;
use crate::base::Label;
use crate::plan::id::{FieldId, ReasonId, UnitId};

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
    /// Whether a form may be handed in only once this is answered: with a figure, or as one of the
    /// kinds of emptiness (`settled.md` 30).
    pub required: bool,
}

/// One reason on the list a clerk picks from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its key.
    pub id: ReasonId,
    /// Its words.
    pub label: Label,
}
