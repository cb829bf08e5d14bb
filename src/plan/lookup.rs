//! Finds what people name: units by name, code or initials, periods, fields; the current period.

use chrono::NaiveDate;

use super::id::{FieldId, PeriodId, UnitId};
use super::model::{Measure, Period, Plan, Unit};
use super::near::near;
use crate::base::text::{self, fold, initials};

/// How many suggestions are given for an unknown name.
const SUGGESTIONS: usize = 5;

/// The error for a name that finds nothing or too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupError<Id = UnitId> {
    /// Nothing has that name; these come nearest, the best first.
    Unknown {
        /// What may have been meant; at most five.
        near: Vec<Id>,
    },
    /// Several have that name, in the plan's order.
    Ambiguous(Vec<Id>),
}

/// The period whose form a unit should see first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrentPeriod<'p> {
    /// The period.
    pub period: &'p Period,
    /// No later period asks this unit: "kế hoạch đã hết kỳ".
    pub plan_over: bool,
}

/// How a query names a unit, the weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NameMatch {
    /// It is the initials of the name's last words.
    Initials,
    /// It is the name's last words, without marks.
    Tail,
    /// It is the name with or without its kind, or the id, without marks.
    Whole,
    /// It is all that, with the right marks.
    Marked,
}

impl Plan {
    /// The unit a person means: an exact id of any time; else, among the units in force in the
    /// period (the plan's last one where none is given), an official code, a name without
    /// marks, or initials (`interface.md` 2, `settled.md` 24).
    ///
    /// # Errors
    /// Unknown with suggestions, or ambiguous with all candidates.
    pub fn find_unit(&self, query: &str, in_force: Option<&Period>) -> Result<UnitId, LookupError> {
        let query = query.trim();
        if let Some(unit) = self.unit(&UnitId::new(query)) {
            return Ok(unit.id.clone());
        }
        let period = in_force.or_else(|| self.periods.iter().max_by_key(|p| p.cut_off));
        let units = period.map_or_else(|| self.units.iter().collect(), |p| self.units_in_force(p));
        if let Some(unit) = units.iter().find(|u| u.code.as_deref() == Some(query)) {
            return Ok(unit.id.clone());
        }
        let mut found: Vec<(NameMatch, UnitId)> = units
            .iter()
            .filter_map(|u| Some((self.named(query, u)?, u.id.clone())))
            .collect();
        let best = found.iter().map(|(named, _)| *named).max();
        found.retain(|(named, _)| Some(*named) == best);
        let mut ids: Vec<UnitId> = found.into_iter().map(|(_, id)| id).collect();
        match ids.len() {
            0 => Err(LookupError::Unknown {
                near: self.near_units(query, &units),
            }),
            1 => Ok(ids.swap_remove(0)),
            _ => Err(LookupError::Ambiguous(ids)),
        }
    }

    fn named(&self, query: &str, unit: &Unit) -> Option<NameMatch> {
        let (wanted, name) = (fold(query), fold(&unit.name.vi));
        if wanted.is_empty() {
            return None;
        }
        let kind = self
            .kind_of(unit)
            .map(|kind| fold(&kind.label.vi))
            .unwrap_or_default();
        let bare = name
            .strip_prefix(&kind)
            .map_or(name.as_str(), str::trim_start);
        let joined = |text: &str| text.replace(' ', "");
        if wanted == name || wanted == bare || joined(&wanted) == joined(&fold(unit.id.as_str())) {
            let typed = text::nfc(query).to_lowercase();
            let marked = unit.name.vi.to_lowercase().ends_with(&typed);
            return Some(if marked {
                NameMatch::Marked
            } else {
                NameMatch::Whole
            });
        }
        if name.ends_with(&format!(" {wanted}")) {
            return Some(NameMatch::Tail);
        }
        let initial = wanted.chars().count() > 1 && initials(&name).ends_with(&wanted);
        initial.then_some(NameMatch::Initials)
    }

    /// What an unknown query may have meant: the start of a name, a name or code of another
    /// time, a slip of the finger.
    fn near_units(&self, query: &str, in_force: &[&Unit]) -> Vec<UnitId> {
        let started = in_force
            .iter()
            .filter(|u| text::find(query, &u.name.vi).is_some());
        let elsewhen = self
            .units
            .iter()
            .filter(|u| u.code.as_deref() == Some(query) || self.named(query, u).is_some());
        let folded: Vec<(String, &UnitId)> = in_force
            .iter()
            .flat_map(|u| {
                let name = fold(&u.name.vi);
                let kind = self
                    .kind_of(u)
                    .map(|k| fold(&k.label.vi))
                    .unwrap_or_default();
                let bare = name.strip_prefix(&kind).unwrap_or(&name).trim().to_owned();
                [(name, &u.id), (bare, &u.id), (u.id.to_string(), &u.id)]
            })
            .collect();
        let slips = near(query, folded.iter().map(|(name, _)| name.as_str()));
        let slips = slips.into_iter().filter_map(|slip| {
            let found = folded.iter().find(|(name, _)| name == slip);
            found.map(|(_, id)| *id)
        });
        let all = started
            .map(|u| &u.id)
            .chain(elsewhen.map(|u| &u.id))
            .chain(slips);
        distinct(all)
    }

    /// The period a person means by `2023`, `2023-6t`, `2023-q1`, `2023-m3`.
    ///
    /// # Errors
    /// Unknown with suggestions.
    pub fn find_period(&self, query: &str) -> Result<PeriodId, LookupError<PeriodId>> {
        let upper = query.trim().to_uppercase();
        let padded = match upper.split_once("-M") {
            Some((year, month)) if month.len() == 1 => format!("{year}-M0{month}"),
            _ => upper,
        };
        if let Some(period) = self.period(&PeriodId::new(&padded)) {
            return Ok(period.id.clone());
        }
        let ids = || self.periods.iter().map(|p| p.id.as_str());
        let year = padded.get(..4).unwrap_or_default();
        let started = ids().filter(|id| year.len() == 4 && id.starts_with(year));
        let near = near(&padded, ids()).into_iter().chain(started);
        let found = near.filter_map(|id| self.period(&PeriodId::new(id)).map(|p| &p.id));
        Err(LookupError::Unknown {
            near: distinct(found),
        })
    }

    /// The field with exactly this id.
    ///
    /// # Errors
    /// Unknown with the ids that look alike.
    pub fn find_field(&self, query: &str) -> Result<FieldId, LookupError<FieldId>> {
        let query = query.trim();
        if let Some(field) = self.field(&FieldId::new(query)) {
            return Ok(field.id.clone());
        }
        let alike = near(query, self.fields.iter().map(|f| f.id.as_str()));
        let found = alike
            .into_iter()
            .filter_map(|id| self.field(&FieldId::new(id)));
        Err(LookupError::Unknown {
            near: distinct(found.map(|f| &f.id)),
        })
    }

    /// The units in force on the period's cut-off day, in the plan's order.
    pub fn units_in_force(&self, period: &Period) -> Vec<&Unit> {
        self.units
            .iter()
            .filter(|unit| self.in_force(unit, period))
            .collect()
    }

    /// The periods in which the unit owes a form, the earliest first.
    pub fn periods_of<'a>(&'a self, unit: &Unit) -> Vec<&'a Period> {
        self.periods
            .iter()
            .filter(|period| self.owes(unit, period))
            .collect()
    }

    fn owes(&self, unit: &Unit, period: &Period) -> bool {
        let asked = |f: &super::Field| f.periods.contains(&period.kind) && self.collects(unit, f);
        self.in_force(unit, period) && self.fields.iter().any(asked)
    }

    /// The period whose form the unit should see first: of those begun and not yet due, the one
    /// due next, before all others one that asks for figures; between two periods, the one that was due last; after the last, the latest one
    /// (`settled.md` 13), the longest where several end on that day. `None`: the unit owes none.
    pub fn current_period<'a>(
        &'a self,
        unit: &Unit,
        today: NaiveDate,
    ) -> Option<CurrentPeriod<'a>> {
        let owed = self.periods_of(unit);
        let begun = |period: &&&Period| period.from <= today;
        let open = owed
            .iter()
            .filter(begun)
            .filter(|period| period.due >= today);
        let in_words = |period: &Period| {
            let fields = self.form_fields(unit, period);
            !fields.iter().any(|field| field.kind.is_numeric())
        };
        if let Some(period) = open.min_by_key(|p| (in_words(p), p.due, p.kind)) {
            return Some(CurrentPeriod {
                period,
                plan_over: false,
            });
        }
        let still_to_come = owed.iter().any(|period| period.from > today);
        let period = if still_to_come {
            let last = owed.iter().filter(begun).max_by_key(|p| (p.due, p.kind));
            last.or_else(|| owed.iter().min_by_key(|p| (p.due, p.kind)))
        } else {
            owed.iter().max_by_key(|period| (period.to, period.kind))
        };
        period.map(|period| CurrentPeriod {
            period,
            plan_over: !still_to_come,
        })
    }

    /// The owner of a measure on a day.
    pub fn owner_on<'a>(&self, measure: &'a Measure, day: NaiveDate) -> Option<&'a UnitId> {
        let owner = measure
            .owners
            .iter()
            .find(|owner| owner.valid.holds_on(day));
        owner.map(|owner| &owner.unit)
    }
}

/// The first few different ids.
fn distinct<'a, Id: Clone + PartialEq + 'a>(ids: impl Iterator<Item = &'a Id>) -> Vec<Id> {
    let mut kept: Vec<Id> = Vec::new();
    for id in ids {
        if kept.len() < SUGGESTIONS && !kept.contains(id) {
            kept.push(id.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{embedded, parse};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn ids(names: &[&str]) -> Vec<UnitId> {
        names.iter().map(|name| UnitId::new(name)).collect()
    }

    #[test]
    fn units_are_found_by_id_code_name_and_initials() {
        let plan = parse(embedded()).unwrap();
        let year = |id| plan.period(&PeriodId::new(id));
        for (query, period, wanted) in [
            ("ngoc-thien", "2023", "ngoc-thien"),
            ("07360", "2023", "ngoc-thien"),
            ("Ngọc Thiện", "2023", "ngoc-thien"),
            ("xa ngoc thien", "2023", "ngoc-thien"),
            ("nt", "2023", "ngoc-thien"),
            ("đại hoá", "2023", "dai-hoa"),
            ("nha nam", "2023", "nha-nam"),
            ("p-ldtbxh", "2023", "P-LDTBXH"),
            ("P LDTBXH", "2023", "P-LDTBXH"),
            ("07333", "2023", "lam-cot"),
            ("07333", "2025-6T", "lam-son-2025-01"),
            ("quang-trung-2025-07", "2023", "quang-trung-2025-07"),
        ] {
            let found = plan.find_unit(query, year(period));
            assert_eq!(found, Ok(UnitId::new(wanted)), "{query} in {period}");
        }
        let both = LookupError::Ambiguous(ids(&["lam-cot", "lien-chung"]));
        assert_eq!(plan.find_unit("LC", year("2023")), Err(both));
        let gone = plan.find_unit("Lan Giới", year("2025-6T"));
        assert_eq!(
            gone,
            Err(LookupError::Unknown {
                near: ids(&["lan-gioi"])
            })
        );
        let slip = plan.find_unit("ngoc thein", year("2023"));
        assert_eq!(
            slip,
            Err(LookupError::Unknown {
                near: ids(&["ngoc-thien"])
            })
        );
        let start = plan.find_unit("cao x", year("2023"));
        assert_eq!(
            start,
            Err(LookupError::Unknown {
                near: ids(&["cao-xa"])
            })
        );
        assert!(matches!(
            plan.find_unit("", None),
            Err(LookupError::Unknown { .. })
        ));
    }

    #[test]
    fn periods_and_fields_are_found_or_suggested() {
        let plan = parse(embedded()).unwrap();
        for (query, wanted) in [
            ("2023", "2023"),
            (" 2023-6t ", "2023-6T"),
            ("2023-m3", "2023-M03"),
        ] {
            assert_eq!(plan.find_period(query), Ok(PeriodId::new(wanted)));
        }
        let Err(LookupError::Unknown { near }) = plan.find_period("2023-Q5") else {
            panic!("there is no fifth quarter");
        };
        assert!(near.contains(&PeriodId::new("2023-Q1")), "{near:?}");
        let near = vec![FieldId::new("be_trai")];
        assert_eq!(
            plan.find_field("be_tria"),
            Err(LookupError::Unknown { near })
        );
    }

    #[test]
    fn the_form_that_is_due_next_opens_first() {
        let plan = parse(embedded()).unwrap();
        for (unit, today, period, plan_over) in [
            ("ngoc-thien", "2023-11-22", "2023", false),
            ("ngoc-thien", "2023-11-30", "2023", false),
            ("ngoc-thien", "2023-12-01", "2023-Q4", false),
            ("ngoc-thien", "2023-02-01", "2023-Q1", false),
            ("ngoc-thien", "2023-05-02", "2023-6T", false),
            ("P-YT", "2023-12-15", "2023", false),
            ("P-YT", "2020-06-01", "2021", false),
            ("P-VHTT", "2023-03-03", "2023-M02", false),
            ("ngoc-thien", "2026-11-24", "2025-6T", true),
            ("lan-gioi", "2026-11-24", "2024", true),
        ] {
            let unit = plan.unit(&UnitId::new(unit)).unwrap();
            let current = plan.current_period(unit, day(today)).unwrap();
            let got = (current.period.id.as_str(), current.plan_over);
            assert_eq!(got, (period, plan_over), "{} {today}", unit.id);
        }
        let nobody = plan.unit(&UnitId::new("MTTQ")).unwrap();
        assert_eq!(plan.current_period(nobody, day("2023-11-22")), None);
    }
}
