//! The trial: right forms and forms with one slip are checked, and what was said is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use nhaplieu::base::Decimal;
use nhaplieu::check::{self, Context, Finding, PastForms};
use nhaplieu::ledger::{
    ActorId, AuthorId, Body, CellId, Clock, Content, EntryRef, Form, Head, Heads, Origin,
};
use nhaplieu::plan::{FieldId, Period, PeriodId, Plan, Unit};

use crate::chance::Chance;
use crate::district::{Figures, Forms, district};
use crate::slips::{SLIPS, Sheets, Slip, slip};

/// How many of how many.
#[derive(Clone, Copy, Default)]
pub(crate) struct Share {
    pub(crate) of: usize,
    pub(crate) all: usize,
}

impl Share {
    fn count(&mut self, one: bool) {
        self.all += 1;
        self.of += usize::from(one);
    }

    /// In tenths of a per cent.
    pub(crate) fn permille(self) -> usize {
        (1_000 * self.of + self.all / 2) / self.all.max(1)
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.all == 0 {
            return f.pad("-");
        }
        f.pad(&format!(
            "{}.{}",
            self.permille() / 10,
            self.permille() % 10
        ))
    }
}

/// What a trial counted.
#[derive(Default)]
pub(crate) struct Counts {
    /// Slips that were seen, by kind and years of history.
    seen: BTreeMap<(Slip, usize), Share>,
    /// Slips that were seen.
    pub(crate) caught: Share,
    /// Of those that move a total of the district by 1 % or more.
    pub(crate) influential: Share,
    /// Cells of right forms with a finding.
    pub(crate) cells: Share,
    /// Right forms with a finding.
    pub(crate) forms: Share,
    /// The same by years of history.
    forms_by_history: BTreeMap<usize, Share>,
    /// How many findings of right forms each rule made.
    pub(crate) loud: BTreeMap<String, usize>,
}

/// One commune's place in the trial.
struct Desk<'a> {
    plan: &'a Plan,
    unit: &'a Unit,
    forms: &'a Forms,
    past: &'a PastForms,
}

/// Runs a district from each seed; every `thin`-th form gets slips.
pub(crate) fn run(plan: &Plan, seeds: std::ops::Range<u64>, thin: usize) -> Counts {
    let mut counts = Counts::default();
    let units: Vec<&Unit> = {
        let year = plan.period(&PeriodId::new("2023")).unwrap();
        let all = plan.units_in_force(year).into_iter();
        let group = |unit: &&Unit| plan.kind_of(unit).unwrap().group.as_deref() == Some("commune");
        all.filter(group).collect()
    };
    for seed in seeds {
        let district = district(seed, units.len());
        let totals = totals(&district);
        let mut chance = Chance::new(seed ^ 0x5EED);
        for (at, forms) in district.iter().enumerate() {
            let past = PastForms {
                forms: forms
                    .iter()
                    .map(|(period, figures)| (PeriodId::new(period), Arc::new(typed(figures))))
                    .collect(),
            };
            let desk = Desk {
                plan,
                unit: units[at],
                forms,
                past: &past,
            };
            let other = &district[(at + 1 + chance.below(district.len() - 1)) % district.len()];
            for (number, period) in forms.keys().enumerate() {
                let slips = (number + at) % thin == 0;
                one_form(
                    &desk,
                    period,
                    (other, &totals),
                    slips,
                    (&mut chance, &mut counts),
                );
            }
        }
    }
    counts
}

fn totals(district: &[Forms]) -> BTreeMap<(String, &'static str), i64> {
    let mut totals = BTreeMap::new();
    for (period, figures) in district.iter().flatten() {
        for (field, value) in figures {
            *totals.entry((period.clone(), *field)).or_insert(0) += value;
        }
    }
    totals
}

fn one_form(
    desk: &Desk<'_>,
    id: &str,
    (other, totals): (&Forms, &BTreeMap<(String, &'static str), i64>),
    slips: bool,
    (chance, counts): (&mut Chance, &mut Counts),
) {
    let period = desk.plan.period(&PeriodId::new(id)).unwrap();
    let figures = &desk.forms[id];
    let before = |year: &String| **year < *id && year.len() == id.len();
    let history = desk.forms.keys().filter(|year| before(year)).count();
    let right = desk.findings(period, figures);
    let flagged: BTreeSet<&CellId> = right.iter().map(|finding| &finding.cell).collect();
    for field in figures.keys() {
        let cell = CellId::figure(&FieldId::new(field));
        counts.cells.count(flagged.contains(&cell));
    }
    counts.forms.count(!right.is_empty());
    counts
        .forms_by_history
        .entry(history)
        .or_default()
        .count(!right.is_empty());
    for finding in &right {
        *counts.loud.entry(finding.rule.to_string()).or_default() += 1;
    }
    if !slips {
        return;
    }
    let known: BTreeSet<(String, String)> = right.iter().map(name).collect();
    let order: Vec<&'static str> = desk
        .plan
        .form_fields(desk.unit, period)
        .into_iter()
        .filter_map(|field| {
            figures
                .get_key_value(field.id.as_str())
                .map(|(name, _)| *name)
        })
        .collect();
    let sheets = Sheets {
        own: desk.forms,
        other,
        period: id,
        order: &order,
    };
    for (kind, _) in SLIPS {
        let Some(wrong) = slip(kind, figures, &sheets, chance) else {
            continue;
        };
        let cells: BTreeSet<CellId> = figures
            .iter()
            .filter(|(field, value)| wrong[*field] != **value)
            .map(|(field, _)| CellId::figure(&FieldId::new(field)))
            .collect();
        let touches = |finding: &Finding| {
            cells.contains(&finding.cell) || finding.also.iter().any(|cell| cells.contains(cell))
        };
        let found = desk.findings(period, &wrong);
        let seen = found
            .iter()
            .any(|f| touches(f) && !known.contains(&name(f)));
        let moves = |(field, value): (&&'static str, &i64)| {
            let total = totals[&(id.to_owned(), *field)];
            100 * (wrong[*field] - value).abs() >= total.max(1)
        };
        counts.seen.entry((kind, history)).or_default().count(seen);
        counts.caught.count(seen);
        if figures.iter().any(moves) {
            counts.influential.count(seen);
        }
    }
}

fn name(finding: &Finding) -> (String, String) {
    (finding.rule.to_string(), finding.cell.to_string())
}

impl Desk<'_> {
    fn findings(&self, period: &Period, figures: &Figures) -> Vec<Finding> {
        // The past that is known is what came before.
        let past = PastForms {
            forms: self
                .past
                .forms
                .iter()
                .filter(|(id, _)| {
                    self.plan.period(id).is_some_and(|p| {
                        p.to < period.to || (p.to <= period.to && p.kind < period.kind)
                    })
                })
                .map(|(id, form)| (id.clone(), Arc::clone(form)))
                .collect(),
        };
        check::findings(&Context {
            plan: self.plan,
            unit: self.unit,
            period,
            form: &typed(figures),
            past: &past,
        })
    }
}

/// The form as somebody typed it, with the notes that are due.
fn typed(figures: &Figures) -> Form {
    let heads = |body| {
        Heads::new(vec![Head {
            entry: EntryRef {
                author: AuthorId([0; 16]),
                seq: 1,
                h8: [0; 8],
            },
            body,
            clock: Clock::default(),
            actor: ActorId::fold("thu"),
            origin: Origin::Typed,
            flags: 0,
            note: String::new(),
            wall: 0,
        }])
    };
    let cell = |field: &str| CellId::figure(&FieldId::new(field));
    let value = |value: &i64| Body::SetValue(Content::Value(Decimal::whole(*value)));
    let noted = figures
        .iter()
        .filter(|(field, value)| **field == "tu_vong_me" && **value > 0);
    Form {
        cells: figures
            .iter()
            .map(|(field, v)| (cell(field), heads(value(v))))
            .collect(),
        notes: noted
            .map(|(field, _)| (cell(field), heads(Body::Note("đã ghi".to_owned()))))
            .collect(),
        ..Form::default()
    }
}

impl Counts {
    /// The table: per kind of slip and years of history the share that was seen, and below it what
    /// right forms were asked.
    pub(crate) fn table(&self) -> String {
        let mut out =
            String::from("% seen by years of history      0      1      2      3    all\n");
        for (kind, label) in SLIPS {
            let mut all = Share::default();
            let _ = write!(out, "{label:<26}");
            for history in 0..4 {
                let share = self.seen.get(&(kind, history)).copied().unwrap_or_default();
                all.of += share.of;
                all.all += share.all;
                let _ = write!(out, "{share:>7}");
            }
            let _ = writeln!(out, "{all:>7}");
        }
        let _ = write!(out, "{:<26}", "right forms asked");
        for history in 0..4 {
            let share = self
                .forms_by_history
                .get(&history)
                .copied()
                .unwrap_or_default();
            let _ = write!(out, "{share:>7}");
        }
        let _ = writeln!(out, "{:>7}", self.forms);
        let _ = writeln!(
            out,
            "slips {} · seen {} % · influential {}: seen {} % · right forms {} · cells asked {} %",
            self.caught.all,
            self.caught,
            self.influential.all,
            self.influential,
            self.forms.all,
            self.cells,
        );
        let mut loud: Vec<_> = self.loud.iter().collect();
        loud.sort_by_key(|(rule, count)| (std::cmp::Reverse(**count), *rule));
        for (rule, count) in loud.into_iter().take(12) {
            let _ = writeln!(out, "  {rule:<26}{count:>5} findings in right forms");
        }
        out
    }
}
