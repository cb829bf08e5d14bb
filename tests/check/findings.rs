//! What is found in a form, and what is left alone.

use nhaplieu::check::{Finding, findings_at, needed_periods};
use nhaplieu::ledger::CellId;
use nhaplieu::plan::{FieldId, PeriodId, UnitId};

use crate::support::{Desk, shipped};
use crate::{all, commune, tags, typed_at, value};

#[test]
fn the_sketch_of_the_form_walk() {
    let desk = commune("2023")
        .typed_in("2022", "ld_nu_lam_cong=991")
        .types("ld_nu_co_viec_lam=2.160 ld_lam_cong=2.074");
    let field = FieldId::new("ld_nu_lam_cong");
    let found = desk.look(|ctx| typed_at(ctx, &field, &value("10370")));
    let said: Vec<String> = found.iter().map(|f| desk.say(&f.message)).collect();
    assert_eq!(
        tags(&found),
        [
            "!H04@ld_nu_lam_cong",
            "!H06@ld_nu_lam_cong",
            "slipped@ld_nu_lam_cong"
        ]
    );
    assert_eq!(
        said,
        [
            "Làm công hưởng lương, trong đó nữ (10.370) lớn hơn làm công hưởng lương, tổng số (2.074).",
            "Làm công hưởng lương, trong đó nữ (10.370) lớn hơn lao động có việc làm, trong đó nữ (2.160).",
            "Gấp 10,5 lần năm 2022 (991). Có thể thừa một chữ số: 1.037?",
        ]
    );
}

/// Period of the form, what another period holds, what is typed, what is asked.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

#[rustfmt::skip]
const OF_A_COMMUNE: &[Row] = &[
    // relations: every operand must be a figure, none counts as 0
    ("2023", "", "hdnd_ld=3 hdnd_ld_nu=4", &["!H01@hdnd_ld_nu"]),
    ("2023", "", "hdnd_ld=2 hdnd_ld_nu=2", &[]),
    ("2023", "", "hdnd_ld_nu=4", &[]),
    ("2023", "", "hdnd_ld=… hdnd_ld_nu=4", &[]),
    ("2023", "", "hdnd_ld=x hdnd_ld_nu=4", &[]),
    ("2023", "", "blgd_bi_nam=- blgd_ho_tro_nam=1", &["!H36@blgd_ho_tro_nam"]),
    ("2023", "", "blgd_bi_nam=- blgd_ho_tro_nam=0", &[]),
    ("2023", "", "be_trai=3 be_gai=4 tu_vong_me=-", &[]),
    // an operand outside the form leaves a relation unjudged (half-years have no nu_10_14)
    ("2023-6T", "", "dan_so_nu=10 nu_10_14=50 nu_15_19=50", &[]),
    // unreadable text is hard, and nothing else is asked about it
    ("2023", "", "hdnd_ld=2 hdnd_ld_nu=4.5", &["!invalid@hdnd_ld_nu"]),
    // ranges
    ("2023", "", "hdnd_ld=6", &["R-1.1-HDND-xa@hdnd_ld"]),
    ("2023", "", "hdnd_ld=0", &["R-1.1-HDND-xa@hdnd_ld"]),
    ("2023-Q1", "", "tin_bai=60", &[]),
    ("2023-Q1", "", "tin_bai=61", &["R-6.3@tin_bai"]),
    // a note that is due
    ("2023", "", "tu_vong_me=1", &["N-4.2@tu_vong_me"]),
    ("2023", "", "tu_vong_me=0", &[]),
    // chance: 120 births at three standard errors
    ("2023", "", "be_trai=80 be_gai=40", &[]),
    ("2023", "", "be_trai=81 be_gai=39", &["B-4.1@be_trai"]),
    // trend by size: 5 % of people exactly is not asked, of births what chance does not explain
    ("2023", "2022 dan_so_nam=4000", "dan_so_nam=4200", &[]),
    ("2023", "2022 dan_so_nam=4000", "dan_so_nam=4201", &["trend@dan_so_nam"]),
    ("2023", "2022 dan_so_nam=4000", "dan_so_nam=2799", &["trend@dan_so_nam"]),
    ("2023", "2022 be_trai=20", "be_trai=44", &[]),
    ("2023", "2022 be_trai=20", "be_trai=45", &["trend@be_trai"]),
    ("2023", "2022 be_trai=19", "be_trai=41", &[]),
    ("2023", "2022 be_trai=19", "be_trai=43", &["small_jump@be_trai"]),
    ("2023", "2022 be_trai=-", "be_trai=9", &[]),
    ("2023", "2022 be_trai=-", "be_trai=10", &["small_jump@be_trai"]),
    ("2023", "2022 be_trai=60;2021 be_trai=64", "be_trai=100", &["trend@be_trai"]),
    ("2023", "2022 be_trai=60;2021 be_trai=80", "be_trai=90", &[]),
    // the latest form of any kind: the own half before last year
    ("2023", "2022 dan_so_nam=4000;2023-6T dan_so_nam=4400", "dan_so_nam=4400", &[]),
    ("2023", "2022 dan_so_nam=4400;2023-6T dan_so_nam=4000", "dan_so_nam=4400", &["trend@dan_so_nam"]),
    ("2023-6T", "2022 dan_so_nam=4000", "dan_so_nam=4400", &["trend@dan_so_nam"]),
    // fields without parameters of their own: in number below the base
    ("2023", "2022 tc_tong=15", "tc_tong=24", &[]),
    ("2023", "2022 tc_tong=15", "tc_tong=25", &["small_jump@tc_tong"]),
    ("2023", "2022 tc_tong=20", "tc_tong=27", &["trend@tc_tong"]),
    ("2023", "2022 be_trai=…", "be_trai=500", &[]),
    ("2023", "2022-6T be_trai=20", "be_trai=500", &[]),
    // slips replace the trend
    ("2023", "2022 dan_so_nam=4000", "dan_so_nam=41000", &["slipped@dan_so_nam"]),
    ("2023", "2022 dan_so_nam=4000", "dan_so_nam=410", &["slipped@dan_so_nam"]),
    ("2023", "2022 dan_so_nam=4123", "dan_so_nam=4213", &["transposed@dan_so_nam"]),
    // identical: flows and averages from 20 on, where the form is too small to be judged as a whole
    ("2023", "2022 dan_so_nam=4000", "dan_so_nam=4000", &[]),
    ("2023", "2022 be_trai=19", "be_trai=19", &[]),
    ("2023", "2022 tc_tong=25", "tc_tong=25", &[]),
    ("2023-Q2", "2023-Q1 tin_bai=25", "tin_bai=25", &["identical@tin_bai"]),
    ("2023", "2023-6T dan_so_nam=4000", "dan_so_nam=4000", &[]),
    // a year covers its own half, for flows only
    ("2023", "2023-6T be_trai=40", "be_trai=39", &["year_covers_half@be_trai"]),
    ("2023", "2023-6T be_trai=40", "be_trai=40", &["uneven_halves@be_trai"]),
    ("2023", "2023-6T be_trai=40", "be_trai=60", &[]),
    ("2023", "2023-6T dan_so_nam=40", "dan_so_nam=39", &[]),
    // rates: not while their components are in doubt
    ("2023", "", "ld_nu_co_viec_lam=1000 ld_nu_lam_cong=190", &["R-2.1@ld_nu_lam_cong"]),
    ("2023", "", "ld_nu_co_viec_lam=1000 ld_nu_lam_cong=200", &[]),
    ("2023", "", "ld_nu_co_viec_lam=1000 ld_nu_lam_cong=1001", &["!H06@ld_nu_lam_cong"]),
    ("2023", "2022 ld_nu_lam_cong=90", "ld_nu_co_viec_lam=1000 ld_nu_lam_cong=900", &["slipped@ld_nu_lam_cong"]),
    ("2023", "", "blgd_bi_nam=0 blgd_bi_nu=20 blgd_ho_tro_nam=0 blgd_ho_tro_nu=20", &["E-3.2a.blgd@blgd_ho_tro_nam"]),
    ("2023", "", "blgd_bi_nam=0 blgd_bi_nu=19 blgd_ho_tro_nam=0 blgd_ho_tro_nu=19", &[]),
];

#[test]
fn findings_of_a_commune() {
    let mut wrong = Vec::new();
    for (period, before, now, expected) in OF_A_COMMUNE {
        let mut desk = commune(period);
        for past in before.split(';') {
            if let Some((earlier, cells)) = past.split_once(' ') {
                desk = desk.typed_in(earlier, cells);
            }
        }
        let found = tags(&all(&desk.types(now)));
        if found != *expected {
            wrong.push(format!("{period} {before} | {now}: {found:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn four_quarters_alike_are_asked_about() {
    let three = commune("2023-Q3")
        .typed_in("2022-Q4", "tin_bai=5")
        .typed_in("2023-Q1", "tin_bai=5")
        .typed_in("2023-Q2", "tin_bai=5");
    let same = three.types("tin_bai=5");
    assert_eq!(tags(&all(&same)), ["S-6.3@tin_bai"]);
    let broken = same.typed_in("2023-Q1", "tin_bai=6");
    assert_eq!(tags(&all(&broken)), [] as [&str; 0]);
}

#[test]
fn a_published_figure_needs_its_source() {
    let desk = Desk::new("P-LDTBXH", "2023").types("m2_1_truc_tiep=43,4");
    assert_eq!(tags(&all(&desk)), ["!N-2.1@m2_1_truc_tiep"]);
    let with_source = desk.notes("m2_1_truc_tiep", "Niên giám 2023, 30/6/2024");
    assert_eq!(tags(&all(&with_source)), [] as [&str; 0]);
}

#[test]
fn a_cohort_may_grow_to_105_per_cent() {
    let school = |done: &str| {
        let cells = format!("th_dtts_vao_nam=100 th_dtts_ht_nam={done}");
        Desk::new("P-GDDT", "2023").types(&cells)
    };
    assert_eq!(tags(&all(&school("105"))), [] as [&str; 0]);
    let desk = school("106");
    let found = all(&desk);
    assert_eq!(tags(&found), ["S50@th_dtts_ht_nam"]);
    assert_eq!(
        desk.say(&found[0].message),
        "HS DTTS hoàn thành tiểu học, nam (106) vượt 105% của HS DTTS vào lớp 1 trước 4 năm, nam (100)."
    );
}

#[test]
fn a_conflict_blocks_and_leaves_relations_unjudged_until_something_is_typed() {
    let desk = commune("2023")
        .types("hdnd_ld=2")
        .disputes("hdnd_ld_nu", &[value("4"), value("2")]);
    let found = all(&desk);
    assert_eq!(tags(&found), ["!conflict@hdnd_ld_nu"]);
    assert_eq!(
        desk.say(&found[0].message),
        "Ô này có 2 số không khớp (2; 4). Chưa tính vào tổng cho đến khi có người chọn; không số nào bị mất."
    );
    let field = FieldId::new("hdnd_ld_nu");
    let typed = desk.look(|ctx| typed_at(ctx, &field, &value("4")));
    assert_eq!(tags(&typed), ["!H01@hdnd_ld_nu"]);
    let agreed = commune("2023")
        .types("hdnd_ld=2")
        .disputes("hdnd_ld_nu", &[value("2"), value("2")]);
    assert_eq!(tags(&all(&agreed)), [] as [&str; 0]);
}

#[test]
fn a_soft_finding_rests_until_a_judged_value_changes() {
    let desk = || {
        commune("2023")
            .typed_in("2022", "dan_so_nam=4000")
            .types("dan_so_nam=41000")
    };
    let asked = all(&desk());
    let judged = asked[0].judged.clone();
    assert_eq!(judged, "dan_so_nam=41000;2022:dan_so_nam=4000");

    let confirmed = desk().confirms("dan_so_nam", "slipped", &judged, "da_kiem_tra");
    let found = all(&confirmed);
    assert_eq!(tags(&found), ["+slipped@dan_so_nam"]);
    assert_eq!(found[0].overridden.as_ref().unwrap().reason, "da_kiem_tra");

    // another value now, another value then, a withdrawn reason: it comes back
    for back in [
        desk()
            .confirms("dan_so_nam", "slipped", &judged, "")
            .types("hdnd_ld=2"),
        desk()
            .confirms("dan_so_nam", "slipped", &judged, "da_kiem_tra")
            .types("dan_so_nam=41001"),
        desk()
            .confirms("dan_so_nam", "slipped", &judged, "da_kiem_tra")
            .typed_in("2022", "dan_so_nam=4001"),
    ] {
        assert_eq!(tags(&all(&back)), ["slipped@dan_so_nam"]);
    }
}

#[test]
fn a_hard_finding_cannot_be_confirmed() {
    let desk = commune("2023").types("hdnd_ld=3 hdnd_ld_nu=4");
    let judged = all(&desk)[0].judged.clone();
    let desk = desk.confirms("hdnd_ld_nu", "H01", &judged, "da_kiem_tra");
    assert_eq!(tags(&all(&desk)), ["!H01@hdnd_ld_nu"]);
}

#[test]
fn a_disputed_past_is_no_past() {
    let both = ["4000", "4001"].map(value);
    let desk = commune("2023")
        .disputed_in("2022", "dan_so_nam", &both)
        .types("dan_so_nam=41000");
    assert_eq!(tags(&all(&desk)), [] as [&str; 0]);
}

/// `findings` does not look at a form without entries; that no check would have spoken is held on a form
/// in which every cell was emptied again, at which all of them look.
#[test]
fn a_form_not_yet_begun_has_no_findings_whatever_its_past() {
    for period in ["2023", "2023-6T", "2023-Q2"] {
        let desk = commune(period);
        let fields: Vec<String> = desk.look(|ctx| {
            let fields = ctx.plan.form_fields(ctx.unit, ctx.period).into_iter();
            let numeric = fields.filter(|field| field.kind.is_numeric());
            numeric.map(|field| field.id.to_string()).collect()
        });
        let each = |to: &str| -> String {
            let cells = fields.iter().map(|field| format!("{field}={to}"));
            cells.collect::<Vec<_>>().join(" ")
        };
        let past = each("420");
        let desk = ["2022", "2022-6T", "2022-Q2", "2023-Q1"]
            .iter()
            .filter(|before| **before != period)
            .fold(desk, |desk, before| desk.typed_in(before, &past));
        assert_eq!(all(&desk), [], "{period}, untouched");
        assert_eq!(all(&desk.types(&each(""))), [], "{period}, emptied");
    }
}

/// What is asked at every keystroke is what the whole form says about that cell.
#[test]
fn the_findings_at_a_cell_are_those_of_the_form_that_touch_it() {
    let desk = commune("2023")
        .typed_in(
            "2022",
            "ld_nu_lam_cong=991 be_trai=60 dan_so_nam=4000 dan_so_nu=4100",
        )
        .typed_in("2023-6T", "be_trai=40 tiep_can_nu=900")
        .types(
            "dan_so_nam=4000 dan_so_nu=410 hdnd_ld=3 hdnd_ld_nu=4 ld_co_viec_lam=4412 \
             ld_nu_co_viec_lam=2160 ld_lam_cong=2074 ld_nu_lam_cong=10370 ld_nu_nong_nghiep=2.5 \
             be_trai=39 be_gai=3 tu_vong_me=2 tiep_can_nam=4000 tiep_can_nu=410 tc_tong=60",
        );
    let whole = all(&desk);
    assert!(whole.len() > 10, "{:?}", tags(&whole));
    desk.look(|ctx| {
        for field in ctx.plan.form_fields(ctx.unit, ctx.period) {
            let at = findings_at(ctx, &CellId::figure(&field.id));
            let touching: Vec<Finding> = whole
                .iter()
                .filter(|f| {
                    f.cell == CellId::figure(&field.id)
                        || f.also.contains(&CellId::figure(&field.id))
                })
                .cloned()
                .collect();
            assert_eq!(at, touching, "{}", field.id);
        }
    });
}

#[test]
fn findings_come_in_the_order_of_the_form_hard_ones_first() {
    let desk = commune("2023")
        .typed_in("2022", "be_trai=400")
        .types("be_trai=4000 be_gai=10 hdnd_ld=6 hdnd_ld_nu=7 ubnd_ld=1,5");
    assert_eq!(
        tags(&all(&desk)),
        ["!H01@hdnd_ld_nu", "!invalid@ubnd_ld", "slipped@be_trai"]
    );
}

#[test]
fn the_forms_to_load_for_a_form() {
    let plan = shipped();
    for (unit, period, expected) in [
        (
            "ngoc-thien",
            "2023",
            "2021 2022 2023-6T 2023-Q1 2023-Q2 2023-Q3 2023-Q4",
        ),
        ("ngoc-thien", "2023-6T", "2022 2022-6T 2023-Q1 2023-Q2"),
        ("ngoc-thien", "2023-Q2", "2022-Q2 2022-Q3 2022-Q4 2023-Q1"),
        ("ngoc-thien", "2021", "2021-Q1 2021-Q2 2021-Q3 2021-Q4"),
        ("P-YT", "2023", "2022 2023-6T"),
        ("lam-son-2025-01", "2025-6T", "2025-Q1 2025-Q2"),
    ] {
        let unit = plan.unit(&UnitId::new(unit)).unwrap();
        let period = plan.period(&PeriodId::new(period)).unwrap();
        let mut needed: Vec<String> = needed_periods(&plan, unit, period)
            .iter()
            .map(ToString::to_string)
            .collect();
        needed.sort();
        assert_eq!(needed.join(" "), expected, "{} {}", unit.id, period.id);
    }
}

#[test]
fn a_rate_is_asked_about_once_its_slip_is_confirmed() {
    let desk = |cells: &str| {
        commune("2023")
            .typed_in("2022", "ld_nu_lam_cong=90")
            .types("ld_nu_co_viec_lam=1000 ld_nu_lam_cong=900")
            .types(cells)
    };
    let judged = all(&desk(""))[0].judged.clone();
    let confirmed = desk("").confirms("ld_nu_lam_cong", "slipped", &judged, "ky_truoc_sai");
    assert_eq!(
        tags(&all(&confirmed)),
        ["+slipped@ld_nu_lam_cong", "R-2.1@ld_nu_lam_cong"]
    );
}
