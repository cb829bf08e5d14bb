//! The room `figures` on the shipped plan: exact rates, verdicts before rounding, what is missing.

#![cfg(test)]

mod support;

use std::collections::BTreeSet;

use nhaplieu::base::{Decimal, Lang};
use nhaplieu::check;
use nhaplieu::figures::Verdict::{
    self, Incomplete, Met, None as CountsOnly, NotMet, SmallSample, Undefined, Withheld,
};
use nhaplieu::figures::{
    Figure, FigureSource, MissingInput, display, gap, unit_figure, unit_figures,
};
use nhaplieu::ledger::{Content, Context};
use nhaplieu::plan::{FieldId, MeasureId, PeriodId, UnitId, measures_on};
use support::{Desk, shipped};

fn figure(desk: &Desk, measure: &str) -> (Figure, String) {
    with_doubts(desk, measure, |_| BTreeSet::new())
}

/// The figure as it is shown beside the findings of its form.
fn with_findings(desk: &Desk, measure: &str) -> (Figure, String) {
    with_doubts(desk, measure, |ctx| check::doubted(&check::findings(ctx)))
}

fn with_doubts(
    desk: &Desk,
    measure: &str,
    doubted: impl Fn(&Context<'_>) -> BTreeSet<FieldId>,
) -> (Figure, String) {
    seen_on(LATER, desk, measure, doubted)
}

/// A day on which every period of the shipped plan has ended.
const LATER: &str = "2026-11-24";

fn seen_on(
    today: &str,
    desk: &Desk,
    measure: &str,
    doubted: impl Fn(&Context<'_>) -> BTreeSet<FieldId>,
) -> (Figure, String) {
    desk.look(|ctx| {
        let measures = measures_on(ctx.plan, ctx.unit, ctx.period);
        let found = measures.into_iter().find(|m| m.id.as_str() == measure);
        let measure = found.unwrap_or_else(|| panic!("{measure} is not on this form"));
        let figure = unit_figure(ctx, measure, &doubted(ctx), today.parse().unwrap());
        let shown = display(&figure, measure, Lang::Vi);
        (figure, shown)
    })
}

const COMMUNE: &str = "ngoc-thien 2023";
const HALF: &str = "ngoc-thien 2023-6T";
const SCHOOL: &str = "P-GDDT 2023";

/// Unit and period, what is typed, the measure, how it prints, its verdict.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Verdict,
);

#[rustfmt::skip]
const OF_ONE_UNIT: &[Row] = &[
    // sums over sums, exact fractions
    (COMMUNE, "ld_nu_co_viec_lam=102 ld_nu_lam_cong=91", "2.1", "89,2%", Met),
    (COMMUNE, "ld_nu_co_viec_lam=2 ld_nu_lam_cong=1", "2.1", "50,0%", Met),
    (COMMUNE, "ld_nu_co_viec_lam=2001 ld_nu_lam_cong=1000", "2.1", "50,0%", NotMet),
    (COMMUNE, "ld_nu_co_viec_lam=2160 ld_nu_lam_cong=10370", "2.1", "480,1%", Met),
    (COMMUNE, "be_trai=110 be_gai=105", "4.1", "104,8 bé trai/100 bé gái", SmallSample),
    (COMMUNE, "be_trai=160 be_gai=140", "4.1", "114,3 bé trai/100 bé gái", Met),
    (COMMUNE, "be_trai=160 be_gai=139", "4.1", "115,1 bé trai/100 bé gái", SmallSample),
    (COMMUNE, "be_trai=200 be_gai=170", "4.1", "117,6 bé trai/100 bé gái", NotMet),
    // one maternal death; half-years only count
    (COMMUNE, "be_trai=70 be_gai=50 tu_vong_me=1", "4.2", "1/120", SmallSample),
    (COMMUNE, "be_trai=70 be_gai=50 tu_vong_me=-", "4.2", "0/120", SmallSample),
    (COMMUNE, "be_trai=170 be_gai=150 tu_vong_me=1", "4.2", "312,5/100.000 trẻ sinh sống", NotMet),
    // few are counted: the counts stand beside the rate, and nothing is concluded
    ("P-LDTBXH 2023", "mbn_nhu_cau=3 mbn_ho_tro=2", "3.3", "66,7% (2/3)", SmallSample),
    ("P-LDTBXH 2023", "tgxh_tong=2 tgxh_trien_khai=1", "3.4", "50,0% (1/2)", SmallSample),
    ("CCTK 2023", "tien_si=4 tien_si_nu=1", "5.4b", "25,0% (1/4)", SmallSample),
    ("CCTK 2023", "tien_si=11 tien_si_nu=4", "5.4b", "36,4%", Met),
    (HALF, "be_trai=70 be_gai=50 tu_vong_me=1", "4.2", "1/120", CountsOnly),
    // strict targets: 95 exactly is not above 95, 30 exactly is not below 30
    (COMMUNE, "ld_nu_co_viec_lam=1000 ld_nu_nong_nghiep=300", "2.2", "30,0%", NotMet),
    (COMMUNE, "ld_nu_co_viec_lam=1000 ld_nu_nong_nghiep=299", "2.2", "29,9%", Met),
    (SCHOOL, "th_dtts_ht_nam=9496 th_dtts_vao_nam=10000", "5.2a.nam", "95,0%", NotMet),
    (SCHOOL, "th_dtts_ht_nam=95 th_dtts_vao_nam=100", "5.2a.nam", "95,0%", NotMet),
    (SCHOOL, "th_dtts_ht_nam=9501 th_dtts_vao_nam=10000", "5.2a.nam", "95,0%", Met),
    // nothing to divide by
    (COMMUNE, "blgd_bi_nam=- blgd_bi_nu=0 blgd_ho_tro_nam=- blgd_ho_tro_nu=0", "3.2a.blgd", "-", Undefined),
    ("P-LDTBXH 2023", "tgxh_tong=x tgxh_trien_khai=x", "3.4", "-", Undefined),
    // anything missing, and what is missing
    (COMMUNE, "", "2.1", "·", Incomplete),
    (COMMUNE, "ld_nu_co_viec_lam=100 ld_nu_lam_cong=…", "2.1", "·", Incomplete),
    (COMMUNE, "ld_nu_co_viec_lam=100 ld_nu_lam_cong=1.5", "2.1", "·", Incomplete),
    // agencies: three women count once, vacant posts stay below, x is no agency
    (COMMUNE, "hdnd_ld=3 hdnd_ld_nu=3 ubnd_ld=3 ubnd_ld_nu=0", "1.1", "50,0%", NotMet),
    (COMMUNE, "hdnd_ld=0 hdnd_ld_nu=0 ubnd_ld=3 ubnd_ld_nu=1", "1.1", "50,0%", NotMet),
    (COMMUNE, "hdnd_ld=x hdnd_ld_nu=x ubnd_ld=3 ubnd_ld_nu=1", "1.1", "100,0%", Met),
    (COMMUNE, "hdnd_ld=2 ubnd_ld=3 ubnd_ld_nu=1", "1.1", "·", Incomplete),
    // a level of school that does not exist is left out
    (SCHOOL, "truong_mn=9 truong_mn_gioi=9 truong_th=9 truong_th_gioi=9 truong_thcs=8 truong_thcs_gioi=8 truong_thpt=x truong_thpt_gioi=x", "5.1", "100,0%", Met),
    // 101 % of one level does not make up for 99 % of another
    (SCHOOL, "truong_mn=9 truong_mn_gioi=10 truong_th=9 truong_th_gioi=8 truong_thcs=8 truong_thcs_gioi=8 truong_thpt=2 truong_thpt_gioi=2", "5.1", "100,0%", NotMet),
    ("CCTK 2023", "gio_nu=16,13 gio_nam=8,75", "3.1", "1,84 lần", NotMet),
    ("CCTK 2023", "gio_nu=17 gio_nam=10", "3.1", "1,70 lần", Met),
];

#[test]
fn figures_of_one_unit() {
    for (form, cells, measure, shown, verdict) in OF_ONE_UNIT {
        let (unit, period) = form.split_once(' ').unwrap();
        let desk = Desk::new(unit, period).types(cells);
        let (figure, prints) = figure(&desk, measure);
        assert_eq!(
            (prints.as_str(), figure.verdict),
            (*shown, *verdict),
            "{measure}: {cells}"
        );
    }
}

#[test]
fn both_sexes_must_pass() {
    let pupils = |boys: &str, girls: &str| {
        let cells = format!(
            "th_dtts_vao_nam=100 th_dtts_ht_nam={boys} th_dtts_vao_nu=100 th_dtts_ht_nu={girls}"
        );
        figure(&Desk::new("P-GDDT", "2023").types(&cells), "5.2a")
            .0
            .verdict
    };
    assert_eq!(pupils("96", "96"), Verdict::Met);
    assert_eq!(pupils("100", "94"), Verdict::NotMet);
    assert_eq!(pupils("90", "91"), Verdict::NotMet);
    let no_girls = Desk::new("P-GDDT", "2023")
        .types("th_dtts_vao_nam=100 th_dtts_ht_nam=96 th_dtts_vao_nu=- th_dtts_ht_nu=-");
    assert_eq!(figure(&no_girls, "5.2a").0.verdict, Verdict::Met);
}

#[test]
fn a_published_value_stands_in_until_the_components_are_complete() {
    // P-LDTBXH enters the published value of what the communes count.
    let desk = Desk::new("P-LDTBXH", "2023");
    let (blank, shown) = figure(&desk, "2.1");
    assert_eq!((blank.verdict, shown.as_str()), (Verdict::Incomplete, "·"));
    assert_eq!(blank.missing.len(), 1);
    let (direct, shown) = figure(&desk.types("m2_1_truc_tiep=50,9"), "2.1");
    assert_eq!((direct.verdict, shown.as_str()), (Verdict::Met, "50,9%"));
    assert_eq!(direct.source, FigureSource::Direct);
    assert_eq!((direct.numerator, direct.denominator), (None, None));

    // CCTK has both: the computed one is judged once it is complete, the other is kept beside it.
    let desk = Desk::new("CCTK", "2023").types("m2_3_truc_tiep=28,2 dn_tong=100 dn_nu=20");
    let (stand_in, shown) = figure(&desk, "2.3");
    assert_eq!(
        (stand_in.source, shown.as_str()),
        (FigureSource::Direct, "28,2%")
    );
    assert_eq!(stand_in.missing.len(), 2);
    let (computed, shown) = figure(&desk.types("htx_tong=- htx_nu=-"), "2.3");
    assert_eq!(
        (computed.source, shown.as_str()),
        (FigureSource::Computed, "20,0%")
    );
    assert_eq!(computed.verdict, Verdict::NotMet);
    assert_eq!(computed.published, Decimal::parse("28.2"));
}

/// The figure of 6.3 on a day: what the unit reported in the year's quarters.
fn quarters(today: &str, period: &str, cells: &[&str]) -> (Verdict, Vec<String>) {
    let mut desk = Desk::new("ngoc-thien", period);
    for (quarter, items) in cells.iter().enumerate() {
        let quarter = format!("2023-Q{}", quarter + 1);
        desk = desk.typed_in(&quarter, &format!("tin_bai={items}"));
    }
    let (figure, _) = seen_on(today, &desk, "6.3", |_| BTreeSet::new());
    let missing = figure.missing.iter().map(|input| match input {
        MissingInput::Period(period) => period.to_string(),
        MissingInput::Field(field) => field.to_string(),
    });
    (figure.verdict, missing.collect())
}

#[test]
fn every_quarter_that_has_ended_counts_for_itself() {
    for (today, period, cells, verdict, missing) in [
        // While the year runs, those count that have ended.
        ("2023-11-22", "2023", &["4", "4", "5", ""][..], Met, ""),
        ("2023-11-22", "2023", &["16", "3", "5", ""], NotMet, ""),
        // The year's own cut-off day says nothing of its last quarter.
        ("2023-12-31", "2023", &["4", "4", "5", ""], Met, ""),
        (
            "2024-01-01",
            "2023",
            &["4", "4", "5", ""],
            Incomplete,
            "2023-Q4",
        ),
        ("2025-06-01", "2023", &["4", "4", "5", "0"], NotMet, ""),
        ("2025-06-01", "2023", &["4", "4", "5", "4"], Met, ""),
        // A blank one leaves open only what no other has decided.
        (
            "2025-06-01",
            "2023",
            &["4", "", "4", "4"],
            Incomplete,
            "2023-Q2",
        ),
        (
            "2025-06-01",
            "2023",
            &["3", "", "4", "4"],
            NotMet,
            "2023-Q2",
        ),
        ("2023-06-05", "2023-6T", &["4"], Met, ""),
        ("2023-07-01", "2023-6T", &["4"], Incomplete, "2023-Q2"),
        ("2023-07-01", "2023-6T", &["4", "4"], Met, ""),
        ("2023-02-01", "2023", &[], Undefined, ""),
    ] {
        let (found, without) = quarters(today, period, cells);
        assert_eq!(
            (found, without.join(" ").as_str()),
            (verdict, missing),
            "{today} {period} {cells:?}"
        );
    }
    let quarter = Desk::new("ngoc-thien", "2023-Q2").types("tin_bai=4");
    assert_eq!(figure(&quarter, "6.3").0.verdict, Met);
}

#[test]
fn months_with_a_programme_over_the_months_that_have_ended() {
    let desk = |months: u32| {
        (1..=months).fold(Desk::new("P-VHTT", "2023"), |desk, month| {
            desk.typed_in(&format!("2023-M{month:02}"), "chuyen_muc=1")
        })
    };
    let seen = |today: &str, months: u32| seen_on(today, &desk(months), "6.4", |_| BTreeSet::new());
    let (running, shown) = seen("2023-10-02", 9);
    assert_eq!((running.verdict, shown.as_str()), (Met, "100,0%"));
    let (open, shown) = seen("2023-12-01", 9);
    assert_eq!((open.verdict, shown.as_str()), (Incomplete, "·"));
    let missing = ["2023-M10", "2023-M11"].map(|id| MissingInput::Period(PeriodId::new(id)));
    assert_eq!(open.missing, missing);
    let nothing = desk(9)
        .typed_in("2023-M10", "chuyen_muc=0")
        .typed_in("2023-M11", "chuyen_muc=-")
        .typed_in("2023-M12", "chuyen_muc=2");
    let (figure, shown) = figure(&nothing, "6.4");
    assert_eq!((figure.verdict, shown.as_str()), (NotMet, "83,3%"));
    assert_eq!(figure.numerator, Some(Decimal::whole(10)));
    assert_eq!(figure.denominator, Some(Decimal::whole(12)));
}

#[test]
fn a_conflict_is_left_out_of_every_sum() {
    let two = |text: &str| Content::Value(Decimal::parse(text).unwrap());
    let desk = Desk::new("ngoc-thien", "2023")
        .types("be_gai=200")
        .disputes("be_trai", &[two("210"), two("211")]);
    let (figure, shown) = figure(&desk, "4.1");
    assert_eq!((figure.verdict, shown.as_str()), (Verdict::Incomplete, "·"));
    assert!(figure.in_conflict);
    assert_eq!(figure.numerator, None);
}

#[test]
fn a_sub_period_in_conflict_is_missing() {
    let items = [5, 6].map(|n| Content::Value(Decimal::whole(n)));
    let desk = Desk::new("ngoc-thien", "2023-6T")
        .disputed_in("2023-Q1", "tin_bai", &items)
        .typed_in("2023-Q2", "tin_bai=4");
    let (figure, _) = figure(&desk, "6.3");
    assert_eq!(figure.verdict, Verdict::Incomplete);
    assert_eq!(
        figure.missing,
        [MissingInput::Period(PeriodId::new("2023-Q1"))]
    );
    assert!(figure.in_conflict);
}

/// What a hard finding speaks about is shown and not judged (`settled.md` 34).
#[test]
fn a_hard_finding_withholds_the_verdict() {
    let commune = |cells: &str| Desk::new("ngoc-thien", "2023").types(cells);
    let schools = |cells: &str| {
        let others = "truong_mn=9 truong_th=10 truong_th_gioi=9 truong_thcs=10 truong_thcs_gioi=10 \
                      truong_thpt=12 truong_thpt_gioi=12";
        Desk::new("P-GDDT", "2023").types(&format!("{others} {cells}"))
    };
    let broken = "ld_nu_co_viec_lam=2160 ld_nu_lam_cong=10370";
    for (desk, measure, shown, verdict) in [
        (commune(broken), "2.1", "480,1%", Withheld),
        // Another measure over the same denominator, which may be the wrong one of the two.
        (
            commune(&format!("{broken} ld_nu_nong_nghiep=300")),
            "2.2",
            "13,9%",
            Withheld,
        ),
        (
            commune(&format!(
                "{broken} hdnd_ld=3 hdnd_ld_nu=1 ubnd_ld=3 ubnd_ld_nu=1"
            )),
            "1.1",
            "100,0%",
            Met,
        ),
        (schools("truong_mn_gioi=10"), "5.1", "100,0%", Withheld),
        (schools("truong_mn_gioi=9"), "5.1", "97,6%", NotMet),
    ] {
        let (figure, display) = with_findings(&desk, measure);
        assert_eq!(
            (display.as_str(), figure.verdict),
            (shown, verdict),
            "{measure}"
        );
    }
}

#[test]
fn a_published_value_without_its_source_is_not_judged() {
    let desk = Desk::new("P-LDTBXH", "2023").types("m2_1_truc_tiep=52");
    let (figure, shown) = with_findings(&desk, "2.1");
    assert_eq!((shown.as_str(), figure.verdict), ("52,0%", Withheld));
    let desk = desk.notes("m2_1_truc_tiep", "Niên giám 2023");
    assert_eq!(with_findings(&desk, "2.1").0.verdict, Met);
}

#[test]
fn the_distance_to_the_target_in_words() {
    for (cells, words) in [
        (
            "ld_nu_co_viec_lam=1000 ld_nu_lam_cong=453",
            "thấp hơn mục tiêu 4,7%",
        ),
        (
            "ld_nu_co_viec_lam=1000 ld_nu_lam_cong=500",
            "đúng bằng mục tiêu",
        ),
        (
            "ld_nu_co_viec_lam=1000 ld_nu_lam_cong=625",
            "cao hơn mục tiêu 12,5%",
        ),
    ] {
        let desk = Desk::new("ngoc-thien", "2023").types(cells);
        let (figure, _) = figure(&desk, "2.1");
        let measure = desk.plan.measure(&MeasureId::new("2.1")).unwrap();
        assert_eq!(desk.say(&gap(&figure, measure).unwrap()), words);
    }
}

#[test]
fn the_measures_a_form_speaks_of() {
    let plan = shipped();
    for (unit, period, expected) in [
        (
            "ngoc-thien",
            "2023",
            "1.1 2.1 2.2 3.2a.blgd 3.2b.blgd 3.2a.bltcsg 3.2b.bltcsg 4.1 4.2 4.3 6.1 6.2 6.3",
        ),
        ("ngoc-thien", "2023-Q1", "6.3"),
        ("ngoc-thien", "2023-M01", ""),
        ("P-VHTT", "2023-M01", "6.4"),
        ("P-VHTT", "2023-Q1", ""),
        ("P-VHTT", "2023", "6.4"),
        ("P-NV", "2023-6T", "1.1"),
        ("P-LDTBXH", "2023", "2.1 2.2 3.3 3.4 5.3 6.2"),
        ("CCTK", "2023", "2.3 3.1 5.4a 5.4b"),
        (
            "P-GDDT",
            "2023",
            "5.1 5.2a.nam 5.2a.nu 5.2a 5.2b.nam 5.2b.nu 5.2b",
        ),
    ] {
        let unit = plan.unit(&UnitId::new(unit)).unwrap();
        let period = plan.period(&PeriodId::new(period)).unwrap();
        let on: Vec<&str> = measures_on(&plan, unit, period)
            .iter()
            .map(|measure| measure.id.as_str())
            .collect();
        assert_eq!(on.join(" "), expected, "{} {}", unit.id, period.id);
    }
}

#[test]
fn an_empty_form_has_no_rate_anywhere() {
    for (unit, period) in [("ngoc-thien", "2023"), ("P-GDDT", "2022"), ("CCTK", "2024")] {
        let figures = Desk::new(unit, period)
            .look(|ctx| unit_figures(ctx, &BTreeSet::new(), LATER.parse().unwrap()));
        for figure in figures {
            let counted = matches!(figure.missing.first(), Some(MissingInput::Period(_)));
            assert!(counted || figure.rate.is_none(), "{figure:?}");
            assert!(!figure.missing.is_empty(), "{figure:?}");
        }
    }
}
