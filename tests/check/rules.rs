//! Every soft rule that looks at what is plausible can ask, at a planted error, and can stay silent.

use std::collections::BTreeSet;

use nhaplieu::plan::{RuleKind, Severity};

use crate::support::{Desk, shipped};
use crate::{all, commune, tags};

/// A rule, what other periods hold (`PERIOD CELLS`, joined by `;`), what is typed where it asks,
/// and what is typed where it does not.
type Planted = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const PLANTED: &[Planted] = &[
    // shares that lie in usual limits (P1)
    ("P-nam-nu@dan_so_nam", "", "dan_so_nam=4000 dan_so_nu=3000", "dan_so_nam=4000 dan_so_nu=3900"),
    ("P-nu-10-14@nu_10_14", "", "dan_so_nu=4000 nu_10_14=30", "dan_so_nu=4000 nu_10_14=300"),
    ("P-nu-15-19@nu_15_19", "", "dan_so_nu=4000 nu_15_19=500", "dan_so_nu=4000 nu_15_19=280"),
    ("P-viec-lam@ld_co_viec_lam", "", "dan_so_nam=4000 dan_so_nu=4100 ld_co_viec_lam=980", "dan_so_nam=4000 dan_so_nu=4100 ld_co_viec_lam=4300"),
    ("P-viec-lam-nu@ld_nu_co_viec_lam", "", "ld_co_viec_lam=4300 ld_nu_co_viec_lam=1200", "ld_co_viec_lam=4300 ld_nu_co_viec_lam=2100"),
    ("P-lam-cong-nu@ld_nu_lam_cong", "", "ld_lam_cong=2000 ld_nu_lam_cong=300", "ld_lam_cong=2000 ld_nu_lam_cong=950"),
    ("P-sinh@be_trai", "", "dan_so_nam=4000 dan_so_nu=4100 be_trai=600 be_gai=570", "dan_so_nam=4000 dan_so_nu=4100 be_trai=60 be_gai=57"),
    ("P-sinh-6T@be_trai", "", "2023-6T dan_so_nam=4000 dan_so_nu=4100 be_trai=100 be_gai=97", "2023-6T dan_so_nam=4000 dan_so_nu=4100 be_trai=30 be_gai=27"),
    ("P-tiep-can-nam@tiep_can_nam", "", "dan_so_nam=4000 tiep_can_nam=120", "dan_so_nam=4000 tiep_can_nam=1200"),
    ("P-tiep-can-nu@tiep_can_nu", "", "dan_so_nu=4000 tiep_can_nu=45", "dan_so_nu=4000 tiep_can_nu=1450"),
    ("P-tiep-can@tiep_can_nu", "", "tiep_can_nam=1200 tiep_can_nu=145", "tiep_can_nam=1200 tiep_can_nu=1450"),
    ("S-blgd-nam@blgd_bi_nam", "", "blgd_bi_nam=6 blgd_bi_nu=1", "blgd_bi_nam=1 blgd_bi_nu=6"),
    ("S-blgd-gay@blgd_gay_nam", "", "blgd_bi_nam=0 blgd_bi_nu=3 blgd_gay_nam=9 blgd_gay_nu=0", "blgd_bi_nam=0 blgd_bi_nu=3 blgd_gay_nam=3 blgd_gay_nu=1"),
    ("S-blgd-tu-van@blgd_luot_tu_van", "", "blgd_ho_tro_nam=0 blgd_ho_tro_nu=2 blgd_luot_tu_van=12", "blgd_ho_tro_nam=0 blgd_ho_tro_nu=2 blgd_luot_tu_van=8"),
    ("S-blgd-y-te@blgd_luot_y_te", "", "blgd_ho_tro_nam=0 blgd_ho_tro_nu=2 blgd_luot_y_te=7", "blgd_ho_tro_nam=0 blgd_ho_tro_nu=2 blgd_luot_y_te=6"),
    ("S-blgd-tam-lanh@blgd_luot_tam_lanh", "", "blgd_ho_tro_nam=0 blgd_ho_tro_nu=- blgd_luot_tam_lanh=1", "blgd_ho_tro_nam=0 blgd_ho_tro_nu=1 blgd_luot_tam_lanh=2"),
    ("S-blgd-phap-ly@blgd_luot_phap_ly", "", "blgd_ho_tro_nam=0 blgd_ho_tro_nu=2 blgd_luot_phap_ly=5", "blgd_ho_tro_nam=0 blgd_ho_tro_nu=2 blgd_luot_phap_ly=4"),
    ("S-bltcsg-gay@bltcsg_gay_nam", "", "bltcsg_bi_nam=0 bltcsg_bi_nu=1 bltcsg_gay_nam=4 bltcsg_gay_nu=0", "bltcsg_bi_nam=0 bltcsg_bi_nu=1 bltcsg_gay_nam=2 bltcsg_gay_nu=0"),
    ("S-bltcsg-tu-van@bltcsg_luot_tu_van", "", "bltcsg_ho_tro_nam=0 bltcsg_ho_tro_nu=1 bltcsg_luot_tu_van=5", "bltcsg_ho_tro_nam=0 bltcsg_ho_tro_nu=1 bltcsg_luot_tu_van=4"),
    ("S-bltcsg-y-te@bltcsg_luot_y_te", "", "bltcsg_ho_tro_nam=0 bltcsg_ho_tro_nu=1 bltcsg_luot_y_te=4", "bltcsg_ho_tro_nam=0 bltcsg_ho_tro_nu=1 bltcsg_luot_y_te=3"),
    ("S-bltcsg-tam-lanh@bltcsg_luot_tam_lanh", "", "bltcsg_ho_tro_nam=0 bltcsg_ho_tro_nu=1 bltcsg_luot_tam_lanh=3", "bltcsg_ho_tro_nam=0 bltcsg_ho_tro_nu=1 bltcsg_luot_tam_lanh=2"),
    ("S-bltcsg-phap-ly@bltcsg_luot_phap_ly", "", "bltcsg_ho_tro_nam=0 bltcsg_ho_tro_nu=1 bltcsg_luot_phap_ly=3", "bltcsg_ho_tro_nam=0 bltcsg_ho_tro_nu=1 bltcsg_luot_phap_ly=2"),
    ("R-1.1-HDND-xa@hdnd_ld", "", "hdnd_ld=3", "hdnd_ld=2"),
    ("R-1.1-UBND-xa@ubnd_ld", "", "ubnd_ld=4", "ubnd_ld=3"),
    ("R-1.1-HDND@hdnd_ld", "", "P-NV hdnd_ld=6", "P-NV hdnd_ld=3"),
    ("R-1.1-UBND@ubnd_ld", "", "P-NV ubnd_ld=6", "P-NV ubnd_ld=4"),
    // the district's own row is not asked about a commune's range
    ("R-6.2@tc_tong", "", "tc_tong=60", "P-LDTBXH tc_tong=60"),
    ("J-1.1@hdnd_ld", "2022 hdnd_ld=3 hdnd_ld_nu=1 ubnd_ld=3 ubnd_ld_nu=1", "P-NV hdnd_ld=3 hdnd_ld_nu=0 ubnd_ld=3 ubnd_ld_nu=1", "P-NV hdnd_ld=3 hdnd_ld_nu=1 ubnd_ld=3 ubnd_ld_nu=2"),
    ("K-3.2-BLGD@blgd_bi_nam", "2022 blgd_bi_nam=0 blgd_bi_nu=-;2021 blgd_bi_nam=0 blgd_bi_nu=0", "blgd_bi_nam=- blgd_bi_nu=0", "blgd_bi_nam=0 blgd_bi_nu=1"),
    // change by size (P2) and uneven halves (P5)
    ("trend@be_trai", "2022 be_trai=60;2021 be_trai=64", "be_trai=100", "be_trai=80"),
    ("trend@tiep_can_nam", "2022 tiep_can_nam=1000;2021 tiep_can_nam=1200", "tiep_can_nam=1700", "tiep_can_nam=1600"),
    ("trend@nu_10_14", "2022 nu_10_14=300", "nu_10_14=331", "nu_10_14=330"),
    ("small_jump@blgd_bi_nu", "2022 blgd_bi_nu=5", "blgd_bi_nu=27", "blgd_bi_nu=12"),
    ("uneven_halves@be_gai", "2023-6T be_gai=30", "be_gai=110", "be_gai=63"),
    // whole forms (P3, P5) and rows (P4)
    ("same_as_year_before@dan_so_nam", LAST_YEAR, SAME_FORM, OTHER_FORM),
    ("same_as_own_half@be_trai", "2023-6T be_trai=30 be_gai=28 tiep_can_nam=400 tiep_can_nu=420", "be_trai=30 be_gai=28 tiep_can_nam=400 tiep_can_nu=420", "be_trai=58 be_gai=57 tiep_can_nam=900 tiep_can_nu=920"),
    ("below_own_half@be_trai", "2023-6T be_trai=30 be_gai=28 tiep_can_nam=400", "be_trai=26 be_gai=25 tiep_can_nam=420", "be_trai=58 be_gai=55 tiep_can_nam=900"),
    ("same_as_row_above@dan_so_nu", "", "dan_so_nam=4410 dan_so_nu=4410", "dan_so_nam=4410 dan_so_nu=4411"),
    ("shifted_rows@ld_nu_co_viec_lam", LAST_YEAR, "ld_nu_co_viec_lam=4310 ld_lam_cong=2140 ld_nu_lam_cong=1730", "ld_nu_co_viec_lam=2140 ld_lam_cong=1730 ld_nu_lam_cong=905"),
];

const LAST_YEAR: &str = "2022 dan_so_nam=4010 dan_so_nu=4120 ld_co_viec_lam=4300 ld_nu_co_viec_lam=2130 ld_lam_cong=1720 ld_nu_lam_cong=900 nu_10_14=310 nu_15_19=280";
const SAME_FORM: &str = "dan_so_nam=4010 dan_so_nu=4120 ld_co_viec_lam=4300 ld_nu_co_viec_lam=2130 ld_lam_cong=1720 ld_nu_lam_cong=900 nu_10_14=315 nu_15_19=281";
const OTHER_FORM: &str = "dan_so_nam=4030 dan_so_nu=4131 ld_co_viec_lam=4300 ld_nu_co_viec_lam=2130 ld_lam_cong=1751 ld_nu_lam_cong=911 nu_10_14=315 nu_15_19=280";

/// The form that a row of the table types: of a commune in 2023 where it names nothing else.
fn desk(past: &str, typed: &str) -> Desk {
    let (place, cells) = typed.split_once(' ').unwrap_or(("", typed));
    let mut desk = match place {
        "2023-6T" => commune(place),
        unit if unit.starts_with("P-") => Desk::new(unit, "2023"),
        _ => commune("2023"),
    };
    for earlier in past.split(';') {
        if let Some((period, cells)) = earlier.split_once(' ') {
            desk = desk.typed_in(period, cells);
        }
    }
    desk.types(if place.contains('=') { typed } else { cells })
}

#[test]
fn every_rule_can_ask_and_can_stay_silent() {
    let mut wrong = Vec::new();
    for (rule, past, asks, silent) in PLANTED {
        let asked = tags(&all(&desk(past, asks)));
        if !asked.iter().any(|tag| tag == rule) {
            wrong.push(format!("{rule} does not ask: {asked:?}"));
        }
        let quiet = tags(&all(&desk(past, silent)));
        if quiet.iter().any(|tag| tag == rule) {
            wrong.push(format!("{rule} does not stay silent"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// A share, range or row of the shipped plan that no planted error makes ask is one too many.
#[test]
fn every_rule_of_plausibility_has_its_planted_error() {
    let plan = shipped();
    let planted: BTreeSet<&str> = PLANTED
        .iter()
        .filter_map(|(tag, ..)| tag.split_once('@'))
        .map(|(rule, _)| rule)
        .collect();
    let rules = plan.rules.iter().filter(|rule| {
        matches!(
            rule.kind,
            RuleKind::ShareRange { .. } | RuleKind::NoneInRow { .. } | RuleKind::RateJump { .. }
        ) || !rule.units.is_empty()
    });
    let relations = plan.relations.iter().filter(|relation| {
        relation.severity == Severity::Soft && relation.id.as_str().starts_with("S-")
    });
    let ids = rules
        .map(|rule| rule.id.as_str())
        .chain(relations.map(|relation| relation.id.as_str()));
    let without: Vec<&str> = ids.filter(|id| !planted.contains(id)).collect();
    assert_eq!(without, [""; 0]);
}

/// One slip that several checks see is one finding, which counts the others.
#[test]
fn one_slip_is_one_finding() {
    let desk = commune("2023")
        .typed_in("2022", LAST_YEAR.trim_start_matches("2022 "))
        .types("dan_so_nam=40100 dan_so_nu=4130 ld_co_viec_lam=4310");
    let found = all(&desk);
    assert_eq!(tags(&found), ["slipped@dan_so_nam"]);
    assert_eq!(
        desk.say(&found[0].message),
        "Gấp 10,0 lần năm 2022 (4.010). Có thể thừa một chữ số: 4.010? (và 2 kiểm tra khác cũng hỏi)"
    );
}

/// What the whole-form checks say.
#[test]
fn whole_forms_are_told_in_words() {
    for (past, typed, words) in [
        (
            LAST_YEAR,
            SAME_FORM,
            "6/8 số trùng y năm 2022: có phải đang gõ lại phiếu cũ?",
        ),
        (
            "2023-6T be_trai=30 be_gai=28",
            "be_trai=26 be_gai=25",
            "2 số nhỏ hơn 6 tháng 2023: chưa cộng 6 tháng đầu năm?",
        ),
        (
            "",
            "dan_so_nam=4000 dan_so_nu=4100 ld_co_viec_lam=980",
            "Lao động có việc làm, tổng số (980) bằng 12,1% dân số",
        ),
    ] {
        let desk = desk(past, typed);
        let said = desk.say(&all(&desk)[0].message);
        assert!(said.starts_with(words), "{said}");
    }
}

/// A death is answered by its note and by nothing else.
#[test]
fn a_note_that_is_due_cannot_be_answered_by_a_reason() {
    let desk = || commune("2023").types("tu_vong_me=1");
    let judged = all(&desk())[0].judged.clone();
    let confirmed = desk().confirms("tu_vong_me", "N-4.2", &judged, "da_kiem_tra");
    assert_eq!(tags(&all(&confirmed)), ["N-4.2@tu_vong_me"]);
    let noted = desk().notes("tu_vong_me", "Sản phụ 34 tuổi, băng huyết");
    assert_eq!(tags(&all(&noted)), [""; 0]);
}
