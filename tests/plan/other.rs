//! The program knows nothing of the shipped plan: an invented one works as well.

use std::collections::BTreeSet;

use nhaplieu::base::{Lang, Message};
use nhaplieu::plan::{self, PeriodId};
use nhaplieu::ui::texts::Texts;

use crate::{CHAN_NUOI, SONG_HO, joined};

#[test]
fn another_districts_plan_works_as_well() {
    assert_eq!(plan::check(SONG_HO.as_bytes()), []);
    let plan = plan::parse(SONG_HO.as_bytes()).unwrap();
    assert_eq!((plan.fields.len(), plan.measures.len()), (6, 2));
    let autumn = plan.period(&PeriodId::new("2026-Q3")).unwrap();
    let unit = plan.find_unit("S02", Some(autumn)).unwrap();
    assert_eq!(unit.as_str(), "dong-gio-moi");
    let unit = plan.unit(&unit).unwrap();
    assert_eq!(
        joined(plan.periods_of(unit).iter().map(|p| &p.id), " "),
        "2026 2026-Q3"
    );
    let current = plan
        .current_period(unit, "2026-10-02".parse().unwrap())
        .unwrap();
    assert_eq!(
        (current.period.id.as_str(), current.plan_over),
        ("2026-Q3", false)
    );
}

#[test]
fn the_worked_example_of_the_documentation_has_no_problem() {
    assert_eq!(plan::check(CHAN_NUOI.as_bytes()), []);
    let plan = plan::parse(CHAN_NUOI.as_bytes()).unwrap();
    let march = plan.period(&PeriodId::new("2027-M03")).unwrap();
    let reporting = |unit: &&plan::Unit| !plan.form_fields(unit, march).is_empty();
    assert_eq!(plan.units.iter().filter(reporting).count(), 12);
    assert_eq!(plan.periods.len(), 12);
    // Its page names it and says what it comes to.
    let page = include_str!("../../docs/plan-file.md");
    assert!(page.contains("chan-nuoi-ha-lam-2027.toml"));
}

#[test]
fn a_day_is_that_of_the_plans_time_zone() {
    // 29/11/2023 17:30 UTC.
    let moment = 1_701_279_000_000;
    let plan = plan::parse(SONG_HO.as_bytes()).unwrap();
    assert_eq!(plan.day(moment), "2023-11-30".parse().ok());
    assert_eq!(plan.short_day(moment), "30/11/2023");
    assert_eq!(plan.short_time(moment), "30/11/2023 00:30");
    let elsewhere = SONG_HO.replace("version = 3", "version = 3\nutc_offset = \"-05:00\"");
    let plan = plan::parse(elsewhere.as_bytes()).unwrap();
    assert_eq!(plan.short_time(moment), "29/11/2023 12:30");
}

#[test]
fn windows_and_decomposed_files_are_the_same_plan() {
    use unicode_normalization::UnicodeNormalization;
    let decomposed: String = SONG_HO.nfd().collect();
    let windows = format!("\u{feff}{}", decomposed.replace('\n', "\r\n"));
    let ours = plan::parse(SONG_HO.as_bytes()).unwrap();
    let theirs = plan::parse(windows.as_bytes()).unwrap();
    assert_eq!(ours.fields, theirs.fields);
    assert_eq!(ours.units, theirs.units);
    assert_ne!(ours.hash, theirs.hash, "the hash is of the bytes");
}

#[test]
fn problems_have_words_in_both_languages() {
    let (vi, en) = (Texts::load(Lang::Vi), Texts::load(Lang::En));
    let keys = |texts: &Texts| -> BTreeSet<String> {
        let ours = texts.keys().filter(|key| key.starts_with("plan."));
        ours.map(str::to_owned).collect()
    };
    assert_eq!(keys(&vi), keys(&en));
    let message = Message::new("plan.problem.missing").with("key", "label");
    assert_eq!(
        vi.say(&message),
        "Thiếu mục \"label\". Viết thêm label = … vào đây."
    );
}
