//! What the shipped plan promises beyond the design's tables.

use std::collections::BTreeSet;

use nhaplieu::base::Lang;
use nhaplieu::plan::{self, PeriodId, PeriodKind, RuleKind, Severity, UnitId};

use crate::shipped;

#[test]
fn the_shipped_plan_has_no_problem_at_all() {
    assert_eq!(plan::check(plan::embedded()), []);
}

#[test]
fn it_is_as_large_as_the_issue_says() {
    let plan = shipped();
    let numbers: BTreeSet<_> = plan.indicators.iter().map(|i| i.number.as_str()).collect();
    let objectives = plan.objectives.iter().filter(|o| o.number > 0).count();
    let counts = (
        plan.fields.len(),
        plan.measures.len(),
        numbers.len(),
        objectives,
    );
    assert_eq!(counts, (106, 28, 19, 6));
    let kinds = |kind| plan.periods.iter().filter(|p| p.kind == kind).count();
    let all = [
        PeriodKind::Year,
        PeriodKind::Half,
        PeriodKind::Quarter,
        PeriodKind::Month,
    ];
    assert_eq!(all.map(kinds), [4, 4, 18, 54]);
    assert!((6..=8).contains(&plan.reasons.len()));
    for (period, communes) in [("2021", 22), ("2023", 22), ("2024", 22), ("2025-6T", 19)] {
        let period = plan.period(&PeriodId::new(period)).unwrap();
        let units = plan.units_in_force(period).into_iter();
        let group = |u: &&plan::Unit| plan.kind_of(u).unwrap().group.as_deref() == Some("commune");
        assert_eq!(units.filter(group).count(), communes, "{}", period.id);
    }
    let unit = plan.unit(&UnitId::new("ngoc-thien")).unwrap();
    let year = plan.period(&PeriodId::new("2023")).unwrap();
    let form = plan.form_fields(unit, year);
    assert_eq!(form.iter().filter(|f| f.kind.is_numeric()).count(), 54);
}

#[test]
fn every_field_can_be_read_on_a_narrow_form_in_both_languages() {
    let mut seen = BTreeSet::new();
    for field in shipped().fields {
        for lang in [Lang::Vi, Lang::En] {
            let short = field.short.get(lang);
            // The column of the form at 80 columns, beside the numbers of the rows.
            assert!(short.chars().count() <= 35, "{}: {short}", field.id);
            assert!(
                seen.insert((lang == Lang::Vi, short.to_owned())),
                "two rows: {short}"
            );
            assert!(
                !short.to_lowercase().starts_with("trong đó"),
                "{}",
                field.id
            );
        }
        assert!(
            !field.label.en.is_empty() && !field.short.en.is_empty(),
            "{}",
            field.id
        );
        assert_eq!(
            field.note.vi.is_empty(),
            field.note.en.is_empty(),
            "{}",
            field.id
        );
    }
}

#[test]
fn published_figures_block_until_their_source_is_noted() {
    let plan = shipped();
    let zero = nhaplieu::base::Decimal::ZERO;
    let noted: BTreeSet<String> = plan
        .rules
        .iter()
        .filter_map(|rule| match &rule.kind {
            RuleKind::NoteFrom { field, at_least }
                if *at_least == zero && rule.severity == Severity::Hard =>
            {
                Some(field.to_string())
            }
            _ => None,
        })
        .collect();
    let mut wanted: BTreeSet<String> = plan
        .measures
        .iter()
        .filter_map(|m| m.direct.as_ref().map(ToString::to_string))
        .collect();
    wanted.extend(["gio_nu".to_owned(), "gio_nam".to_owned()]);
    assert_eq!(noted, wanted);
    let unsourced = plan
        .rules
        .iter()
        .find(|r| r.note.vi.is_empty() || r.note.en.is_empty());
    assert_eq!(
        unsourced.map(|r| r.id.as_str()),
        None,
        "a rule's note names its source"
    );
}

#[test]
fn deadlines_and_cut_offs_follow_the_plan() {
    let plan = shipped();
    for (id, from, to, cut_off, due) in [
        (
            "2023",
            "2023-01-01",
            "2023-12-31",
            "2023-11-30",
            "2023-11-30",
        ),
        (
            "2023-6T",
            "2023-01-01",
            "2023-06-30",
            "2023-06-09",
            "2023-06-09",
        ),
        (
            "2023-Q4",
            "2023-10-01",
            "2023-12-31",
            "2023-12-31",
            "2024-01-05",
        ),
        (
            "2024-M02",
            "2024-02-01",
            "2024-02-29",
            "2024-02-29",
            "2024-03-05",
        ),
    ] {
        let period = plan.period(&PeriodId::new(id)).unwrap();
        let dates = [period.from, period.to, period.cut_off, period.due];
        assert_eq!(
            dates.map(|d| d.to_string()),
            [from, to, cut_off, due],
            "{id}"
        );
    }
    let last = plan.periods.iter().map(|p| p.to).max().unwrap();
    assert_eq!(last.to_string(), "2025-06-30");
}

#[test]
fn every_series_has_one_owner_on_every_day_it_is_judged() {
    let plan = shipped();
    let period = plan.period(&PeriodId::new("2023")).unwrap();
    for measure in &plan.measures {
        assert!(
            plan.owner_on(measure, period.cut_off).is_some(),
            "{}",
            measure.id
        );
    }
    let measure = plan
        .measures
        .iter()
        .find(|m| m.id.as_str() == "3.2a.blgd")
        .unwrap();
    assert_eq!(
        plan.owner_on(measure, period.cut_off),
        Some(&UnitId::new("P-VHTT"))
    );
    assert_eq!(plan.owner_on(measure, "2025-07-01".parse().unwrap()), None);
}
