//! Who reports and when: units, their changes, periods.

use chrono::NaiveDate;

use crate::base::{Decimal, Label};
use crate::plan::id::{PeriodId, UnitId};

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
