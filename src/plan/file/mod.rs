//! A plan file read section by section into a draft: every list with the location of each item, so
//! that cross-checks can point into the file. How a file is written: `docs/plan-file.md`.

mod checks;
mod form;
mod measures;
mod trends;
mod units;

use std::collections::HashSet;

use chrono::FixedOffset;
use toml::de::DeTable;

use super::id::UnitId;
use super::model::{
    Collector, Field, FieldTrend, FormChecks, Index, Indicator, Measure, Objective, Period, Plan,
    Reason, Relation, Rule, TrendParams, Unit, UnitChange, UnitKind,
};

use super::reader::{Location, ReadContext, TableReader};
use crate::base::{Label, Message};

/// The form of plan files this program reads.
const FORMAT: i64 = 1;
/// The time zone of a plan that names none.
const VIETNAM: &str = "+07:00";

/// A list of the plan with the location of every item.
pub(super) struct LocatedList<'d, T> {
    items: Vec<(T, Location<'d>)>,
    /// Items that could not be read, or not wholly: mentioning them is no further problem.
    unread: Vec<Location<'d>>,
    /// False where the list itself could not be read: then anything may have stood in it.
    whole: bool,
}

impl<'d, T> LocatedList<'d, T> {
    fn read<'p>(
        readers: Option<Vec<TableReader<'d, 'p>>>,
        mut read: impl FnMut(&TableReader<'d, 'p>) -> Option<T>,
    ) -> Self {
        let whole = readers.is_some();
        let readers = readers.unwrap_or_default();
        let mut list = Self {
            items: Vec::with_capacity(readers.len()),
            unread: Vec::new(),
            whole,
        };
        for reader in readers {
            let item = read(&reader);
            // A key under another name is a part that was not read.
            if item.is_none() || reader.has_misspelt() {
                list.unread.push(reader.location());
            }
            list.items
                .extend(item.map(|item| (item, reader.location())));
        }
        list
    }

    /// The items that could be read, each with its location.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&T, &Location<'d>)> + Clone {
        self.items.iter().map(|(item, location)| (item, location))
    }

    /// The items that could be read.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> + Clone {
        self.items.iter().map(|(item, _)| item)
    }

    /// True for the id of an item that stands, or may stand, in the file but could not be read.
    pub(super) fn is_unread(&self, id: &str) -> bool {
        self.may_hold("id", id)
    }

    /// True when an item that could not be read has, or may have, this text under this key.
    pub(super) fn may_hold(&self, key: &str, text: &str) -> bool {
        // What is no id is an id that was meant otherwise, perhaps as this text.
        let unsure = |own: &str| own == text || !own.is_ascii() || own.contains(' ');
        let holds = |item: &Location<'_>| item.text(key).is_none_or(unsure);
        !self.whole || self.unread.iter().any(holds)
    }

    /// True when every item that stands in the file could be read.
    pub(super) fn is_complete(&self) -> bool {
        self.whole && self.unread.is_empty()
    }

    fn into_values(self) -> Vec<T> {
        self.items.into_iter().map(|(item, _)| item).collect()
    }
}

/// What the plan says of itself.
pub(super) struct PlanHeader {
    id: String,
    version: u32,
    title: Label,
    /// The whole that the plan serves.
    pub(super) district: UnitId,
    /// Who consolidates.
    pub(super) coordinator: UnitId,
    utc_offset: FixedOffset,
}

/// A plan file as far as it could be read.
pub(super) struct PlanDraft<'d> {
    pub(super) head: Option<(PlanHeader, Location<'d>)>,
    pub(super) kinds: LocatedList<'d, UnitKind>,
    pub(super) units: LocatedList<'d, Unit>,
    pub(super) changes: LocatedList<'d, UnitChange>,
    pub(super) periods: LocatedList<'d, Period>,
    pub(super) objectives: LocatedList<'d, Objective>,
    pub(super) indicators: LocatedList<'d, Indicator>,
    pub(super) fields: LocatedList<'d, Field>,
    pub(super) measures: LocatedList<'d, Measure>,
    pub(super) relations: LocatedList<'d, Relation>,
    pub(super) rules: LocatedList<'d, Rule>,
    pub(super) reasons: LocatedList<'d, Reason>,
    pub(super) trends: LocatedList<'d, FieldTrend>,
    trend: Option<TrendParams>,
    form_checks: Option<FormChecks>,
}

const ROOT: [&str; 8] = [
    "plan",
    "units",
    "periods",
    "form",
    "indicator",
    "field",
    "measure",
    "checks",
];

const CHECKS: [&str; 9] = [
    "relations",
    "rules",
    "trend",
    "trends",
    "same_as_year_before",
    "same_as_own_half",
    "same_as_row_above",
    "shifted_rows",
    "reasons",
];

impl<'d> PlanDraft<'d> {
    /// Reads every section; what cannot be read is left out and noted as a problem.
    pub(super) fn read(document: &'d DeTable<'d>, context: ReadContext<'_>) -> Self {
        let root = TableReader::root(document, &ROOT, context);
        let units = root.inner("units", &["kinds", "list", "changes"]);
        let periods = root.inner("periods", &["list"]);
        let form = root.inner("form", &["objectives"]);
        let checks = root.inner("checks", &CHECKS);
        let mut draft = Self {
            head: root
                .inner("plan", &HEAD)
                .and_then(|r| Some((head(&r)?, r.location()))),
            kinds: LocatedList::read(list(units.as_ref(), "kinds", &units::KIND), units::kind),
            units: LocatedList::read(list(units.as_ref(), "list", &units::UNIT), units::unit),
            changes: LocatedList::read(
                opt_list(units.as_ref(), "changes", &units::CHANGE),
                units::change,
            ),
            periods: LocatedList::read(
                list(periods.as_ref(), "list", &units::PERIOD),
                units::period,
            ),
            objectives: LocatedList::read(
                list(form.as_ref(), "objectives", &form::OBJECTIVE),
                form::objective,
            ),
            indicators: LocatedList::read(
                root.opt_items("indicator", &form::INDICATOR),
                form::indicator,
            ),
            fields: LocatedList::read(root.items("field", &form::FIELD), form::field),
            measures: LocatedList::read(
                root.opt_items("measure", &measures::KEYS),
                measures::measure,
            ),
            relations: LocatedList::read(
                opt_list(checks.as_ref(), "relations", &checks::RELATION),
                checks::relation,
            ),
            rules: LocatedList::read(
                opt_list(checks.as_ref(), "rules", &checks::RULE),
                checks::rule,
            ),
            reasons: LocatedList::read(
                list(checks.as_ref(), "reasons", &checks::REASON),
                checks::reason,
            ),
            trend: checks
                .as_ref()
                .and_then(|c| c.inner("trend", &trends::TREND))
                .and_then(|r| trends::trend(&r)),
            trends: LocatedList::read(
                opt_list(checks.as_ref(), "trends", &trends::FIELD_TREND),
                trends::field_trend,
            ),
            form_checks: checks.as_ref().and_then(trends::form_checks),
        };
        draft.periods.items.sort_by_key(|(p, _)| (p.from, p.to));
        draft
    }

    /// Tells the names of groups under `collected_by` and `units` from the ids of units.
    pub(super) fn settle_collectors(&mut self) {
        let groups: HashSet<&str> = self
            .kinds
            .values()
            .filter_map(|k| k.group.as_deref())
            .collect();
        let fields = self.fields.items.iter_mut();
        let fields = fields.flat_map(|(field, _)| &mut field.collected_by);
        let rules = self.rules.items.iter_mut();
        let rules = rules.flat_map(|(rule, _)| &mut rule.units);
        for collector in fields.chain(rules) {
            if let Collector::Unit(id) = collector
                && groups.contains(id.as_str())
            {
                *collector = Collector::Group(id.to_string());
            }
        }
    }

    /// The plan, when nothing is missing.
    pub(super) fn into_plan(self, hash: [u8; 32]) -> Option<Plan> {
        let (head, _) = self.head?;
        let plan = Plan {
            id: head.id,
            version: head.version,
            title: head.title,
            hash,
            district: head.district,
            coordinator: head.coordinator,
            utc_offset: head.utc_offset,
            unit_kinds: self.kinds.into_values(),
            units: self.units.into_values(),
            changes: self.changes.into_values(),
            objectives: self.objectives.into_values(),
            indicators: self.indicators.into_values(),
            fields: self.fields.into_values(),
            measures: self.measures.into_values(),
            periods: self.periods.into_values(),
            relations: self.relations.into_values(),
            rules: self.rules.into_values(),
            trend: self.trend?,
            trends: self.trends.into_values(),
            form_checks: self.form_checks?,
            reasons: self.reasons.into_values(),
            index: Index::default(),
        };
        Some(plan.reindex())
    }
}

/// The tables of a section's list; `None` where the list or the section itself is missing.
fn list<'d, 'p>(
    section: Option<&TableReader<'d, 'p>>,
    key: &str,
    keys: &[&str],
) -> Option<Vec<TableReader<'d, 'p>>> {
    section.and_then(|section| section.items(key, keys))
}

/// Like [`list`], where the list may be left out.
fn opt_list<'d, 'p>(
    section: Option<&TableReader<'d, 'p>>,
    key: &str,
    keys: &[&str],
) -> Option<Vec<TableReader<'d, 'p>>> {
    section.and_then(|section| section.opt_items(key, keys))
}

const HEAD: [&str; 8] = [
    "format",
    "id",
    "version",
    "title",
    "title_en",
    "district",
    "coordinator",
    "utc_offset",
];

fn head(reader: &TableReader<'_, '_>) -> Option<PlanHeader> {
    let format = reader.whole("format", 1..=i64::from(u32::MAX))?;
    if format != FORMAT {
        let message = Message::new("plan.problem.newer_format");
        reader
            .problems()
            .error(reader.location().of("format"), message);
        return None;
    }
    let id = reader.id("id");
    let version = reader.whole("version", 1..=i64::from(u32::MAX));
    let title = reader.label("title", "title_en");
    let district = reader.id("district");
    let coordinator = reader.id("coordinator");
    let utc_offset = utc_offset(reader);
    Some(PlanHeader {
        id: id?.to_owned(),
        version: u32::try_from(version?).ok()?,
        title: title?,
        district: UnitId::new(district?),
        coordinator: UnitId::new(coordinator?),
        utc_offset: utc_offset?,
    })
}

/// The offset from UTC, `+07:00`; that of Viet Nam where the file does not name one.
fn utc_offset(reader: &TableReader<'_, '_>) -> Option<FixedOffset> {
    let text = match reader.given("utc_offset") {
        Some(_) => reader.text("utc_offset")?,
        None => VIETNAM.to_owned(),
    };
    let offset = offset_of(&text);
    if offset.is_none() {
        reader.wrong(
            reader.location().of("utc_offset"),
            "plan.problem.not_an_offset",
            "utc_offset",
        );
    }
    offset
}

/// Reads `+HH:MM` or `-HH:MM`, at most 14 hours.
fn offset_of(text: &str) -> Option<FixedOffset> {
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let number = |digits: &str| match digits.as_bytes() {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => digits.parse::<i32>().ok(),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = hours * 3600 + minutes * 60;
    if minutes > 59 || seconds > 14 * 3600 {
        return None;
    }
    match text.get(..1)? {
        "+" => FixedOffset::east_opt(seconds),
        "-" => FixedOffset::west_opt(seconds),
        _ => None,
    }
}
