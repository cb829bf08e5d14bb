//! Every screen and overlay as text, at the two sizes that matter.

use nhaplieu::base::Lang;
use nhaplieu::ledger::{Body, FormKey, Origin, Subject};
use nhaplieu::plan::{PeriodId, UnitId};
use nhaplieu::store::{Change, Seen};
use nhaplieu::ui::Glyphs;

use nhaplieu::app::screens::Screen;

use super::harness::{LANGUAGE, LARGE, SMALL, ScreenSession, Sitting};
use super::office::Office;

pub(crate) type Size = (u16, u16);

/// Compares a screen at both sizes and in both languages with its stored pictures.
pub(crate) fn picture(name: &str, set: impl Fn(Size) -> ScreenSession) {
    for (lang, named) in [
        (Lang::Vi, name.to_owned()),
        (Lang::En, format!("{name}_en")),
    ] {
        LANGUAGE.set(lang);
        for size in [SMALL, LARGE] {
            let screen = set(size).screen();
            insta::assert_snapshot!(format!("{named}@{}x{}", size.0, size.1), screen);
        }
    }
    LANGUAGE.set(Lang::Vi);
}

pub(crate) fn sitting(size: Size) -> Sitting {
    Sitting {
        size,
        ..Sitting::default()
    }
}

pub(crate) fn lan(size: Size) -> ScreenSession {
    Office::new().desk_with("lan", sitting(size))
}

fn first_run(size: Size) -> ScreenSession {
    Office::bare().desk_with("lan", sitting(size))
}

/// What was reported for the year before, and for the half-year.
const BEFORE: &str = "ld_co_viec_lam=4390 ld_nu_co_viec_lam=2151 ld_lam_cong=1998 \
    ld_nu_lam_cong=991 ld_nu_nong_nghiep=722 be_trai=60 be_gai=55";
/// What has been typed of this year.
const BEGUN: &str = "dan_so_nam=4410 dan_so_nu=4380 hdnd_ld=2 hdnd_ld_nu=1 ubnd_ld=3 \
    ubnd_ld_nu=1 ld_co_viec_lam=4412 ld_nu_co_viec_lam=2160 ld_lam_cong=2074";

pub(crate) fn filled(desk: &mut ScreenSession) {
    desk.figures("ngoc-thien", "2022", BEFORE)
        .figures("ngoc-thien", "2023-6T", "be_trai=31 be_gai=27")
        .figures("ngoc-thien", "2023", BEGUN);
}

/// The form of 2023, begun, the cursor on the women in paid work.
pub(crate) fn begun(size: Size) -> ScreenSession {
    let mut desk = lan(size);
    filled(&mut desk);
    desk.keys("<Enter>").at("ld_nu_lam_cong");
    desk
}

#[test]
fn first_run_asks_for_the_unit() {
    picture("first_run_unit", first_run);
}

#[test]
fn first_run_asks_for_the_name() {
    picture("first_run_name", |size| {
        let mut desk = first_run(size);
        desk.keys("ngoc thien<Enter>Nguyễn Thị Lan");
        desk
    });
}

#[test]
fn first_run_opens_the_form() {
    picture("first_run_form", |size| {
        let mut desk = first_run(size);
        desk.keys("ngoc thien<Enter>Nguyễn Thị Lan<Enter>");
        desk
    });
}

#[test]
fn home_of_a_new_store() {
    picture("home_empty", lan);
}

/// A step of the workflow by the coordinator.
fn step(office: &Office, period: &str, body: Body, reason: &str) {
    let mut desk = office.desk_with(
        "dau-moi",
        Sitting {
            pid: 200,
            ..Sitting::default()
        },
    );
    let form = FormKey {
        unit: UnitId::new("ngoc-thien"),
        period: PeriodId::new(period),
    };
    let change = Change {
        subject: Subject::Form(form),
        body,
        reason: reason.to_owned(),
        seen: Seen::Current,
    };
    desk.commit(Origin::Typed, vec![change]);
    desk.close();
}

#[test]
fn home_with_work_done_and_returned() {
    picture("home_busy", |size| {
        let office = Office::new();
        let mut desk = office.desk_with("lan", sitting(size));
        filled(&mut desk);
        desk.figures("ngoc-thien", "2023", "ld_nu_lam_cong=10370")
            .figures("ngoc-thien", "2023-Q3", "tin_bai=4");
        for period in ["2022", "2023-Q3", "2023-6T"] {
            desk.keys(&format!("<F5>{period}<Enter><F10>2<Enter>"));
            assert!(matches!(desk.app.screen(), Screen::Form(_)), "{period}");
        }
        step(&office, "2023-6T", Body::Return, "Xem lại số bé gái");
        desk.a_second_later().keys("<Esc>");
        desk
    });
}

#[test]
fn form_that_was_returned() {
    picture("form_returned", |size| {
        let office = Office::new();
        let mut desk = office.desk_with("lan", sitting(size));
        filled(&mut desk);
        desk.keys("<F5>2023-6T<Enter><F10>2<Enter>");
        let why = "Số bé gái chỉ bằng một phần ba sáu tháng trước: xem lại sổ của trạm y tế, sửa số và ghi chú rõ \
                   nguồn, rồi nộp lại cùng biểu quý";
        step(&office, "2023-6T", Body::Return, why);
        desk.a_second_later().keys("<Ctrl+End>");
        desk
    });
}

#[test]
fn form_walk_empty() {
    picture("form_empty", |size| {
        let mut desk = lan(size);
        desk.keys("<Enter>");
        desk
    });
}

#[test]
fn form_walk_while_typing() {
    picture("form_typing", |size| {
        let mut desk = begun(size);
        desk.keys("10370");
        desk
    });
}

#[test]
fn form_walk_after_a_hard_finding_was_left() {
    picture("form_left_hard", |size| {
        let mut desk = begun(size);
        desk.keys("10370<Enter>");
        desk
    });
}

#[test]
fn form_walk_with_a_soft_finding() {
    picture("form_soft", |size| {
        let mut desk = begun(size);
        desk.keys("99<Enter><Up>");
        desk
    });
}

#[test]
fn form_walk_confirmed() {
    picture("form_confirmed", |size| {
        let mut desk = begun(size);
        desk.keys("99<Enter><Up>");
        for _ in 0..4 {
            desk.keys("<F2>");
            if desk.app.state.overlay.is_none() {
                desk.keys("<Esc>");
                break;
            }
            desk.keys("<Enter>");
        }
        desk
    });
}

#[test]
fn form_walk_in_conflict() {
    picture("form_conflict", |size| {
        let office = Office::new();
        let mut desk = office.desk_with("lan", sitting(size));
        let mut other = office.desk_with(
            "hoa",
            Sitting {
                pid: 200,
                ..Sitting::default()
            },
        );
        desk.keys("<Enter>").at("be_trai");
        other.keys("<Enter>").at("be_trai");
        desk.keys("63<Enter>");
        other.keys("64<Enter>");
        desk.a_second_later().at("be_trai");
        desk
    });
}

#[test]
fn form_walk_with_a_note_and_empty_states() {
    picture("form_states", |size| {
        let mut desk = begun(size);
        desk.at("blgd_luot_tu_van")
            .keys("-<Enter>..<Enter>x<Enter>abc<Enter>12<Enter>")
            .at("blgd_luot_tu_van")
            .keys("<Ctrl+N>số của trạm y tế<Enter>");
        desk
    });
}

#[test]
fn form_walk_with_invalid_text_kept() {
    picture("form_invalid", |size| {
        let mut desk = begun(size);
        desk.keys("12,5<Enter><Up>");
        desk
    });
}

#[test]
fn form_walk_reading_a_thousand() {
    picture("form_echo", |size| {
        let mut desk = begun(size);
        desk.keys("1.037");
        desk
    });
}

#[test]
fn form_walk_when_the_disk_is_full() {
    picture("disk_full", |size| {
        let mut desk = begun(size);
        desk.disk_fails(true).keys("1037<Enter>722<Enter>");
        desk
    });
}

#[test]
fn form_walk_of_a_reader_and_on_behalf() {
    picture("reader", |size| {
        let mut desk = Office::new().desk_with("xem", sitting(size));
        desk.keys("<Enter>5");
        desk
    });
    picture("on_behalf", |size| {
        let mut desk = Office::new().desk_with("dau-moi", sitting(size));
        desk.keys("<F5>ngoc thien<Enter>");
        desk
    });
}

#[test]
fn form_walk_with_company() {
    picture("company", |size| {
        let office = Office::new();
        let mut desk = office.desk_with("lan", sitting(size));
        let mut other = office.desk_with(
            "hoa",
            Sitting {
                pid: 200,
                ..Sitting::default()
            },
        );
        desk.keys("<Enter>");
        other.keys("<Enter>12<Enter>");
        desk.a_second_later();
        desk
    });
}

#[test]
fn ascii_face() {
    picture("ascii", |size| {
        let mut desk = Office::new().desk_with(
            "lan",
            Sitting {
                size,
                glyphs: Glyphs::Ascii,
                ..Sitting::default()
            },
        );
        filled(&mut desk);
        desk.keys("<Enter>").at("ld_nu_lam_cong").keys("10370");
        desk
    });
}
