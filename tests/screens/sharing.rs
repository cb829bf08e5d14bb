//! Two sessions on one store.

use nhaplieu::ledger::{CellId, Content};
use nhaplieu::plan::FieldId;

use super::harness::{ScreenSession, Sitting};
use super::office::Office;

fn value(text: &str) -> Content {
    Content::Value(nhaplieu::base::Decimal::parse(text).unwrap())
}

fn two() -> (ScreenSession, ScreenSession) {
    let office = Office::new();
    let hoa = Sitting {
        pid: 200,
        ..Sitting::default()
    };
    let (mut lan, mut hoa) = (office.desk("lan"), office.desk_with("hoa", hoa));
    lan.keys("<Enter>");
    hoa.keys("<Enter>");
    (lan, hoa)
}

#[test]
fn others_figures_come_without_disturbing_what_is_being_typed() {
    let (mut lan, mut hoa) = two();
    lan.at("be_trai").keys("6");
    hoa.at("be_gai").keys("57<Enter>");
    lan.a_second_later();
    assert_eq!(lan.content("be_gai"), value("57"));
    assert_eq!(lan.field(), "be_trai");
    lan.keys("3<Enter>");
    hoa.a_second_later();
    assert_eq!(hoa.content("be_trai"), value("63"));
}

#[test]
fn who_else_is_here_follows_them_to_other_forms_and_away() {
    let (mut lan, mut hoa) = two();
    lan.a_second_later();
    assert!(lan.screen().contains("Lê Thị Hoa cũng đang mở biểu này"));
    hoa.keys("<Ctrl+PgUp>");
    lan.a_second_later();
    assert!(!lan.screen().contains("Hoa cũng"), "in another form now");
    hoa.keys("<Ctrl+PgDn>");
    lan.a_second_later();
    assert!(lan.screen().contains("Lê Thị Hoa cũng đang mở biểu này"));
    hoa.keys("<Esc>");
    lan.a_second_later();
    assert!(!lan.screen().contains("hoa"), "on the home page");
    hoa.keys("<Enter>");
    lan.a_second_later();
    hoa.close();
    lan.a_second_later();
    assert!(!lan.screen().contains("hoa"), "gone");
}

#[test]
fn the_same_cell_typed_by_both_keeps_both_until_a_person_chooses() {
    let (mut lan, mut hoa) = two();
    lan.at("be_trai").keys("63");
    hoa.at("be_trai").keys("64<Enter>");
    // It comes in while this cell is being typed into: not seen, so not superseded.
    lan.a_second_later().keys("<Enter>");
    let heads = |desk: &ScreenSession| {
        let form = desk.view();
        form.base.cells[&CellId::from(FieldId::new("be_trai"))]
            .all()
            .len()
    };
    assert_eq!(heads(&lan), 2);
    lan.at("be_trai").keys("65<Enter>");
    assert!(
        lan.screen().contains("Lý do chọn số 65"),
        "a reason is asked for"
    );
    lan.keys("hỏi lại trạm y tế<Enter>");
    assert_eq!((heads(&lan), lan.content("be_trai")), (1, value("65")));
    hoa.a_second_later();
    assert_eq!(hoa.content("be_trai"), value("65"));
}

#[test]
fn an_idle_second_says_and_asks_nothing() {
    let (mut lan, _hoa) = two();
    lan.a_second_later();
    let before = lan.screen();
    lan.hold().a_second_later();
    assert!(!lan.waits());
    assert_eq!(lan.screen(), before);
}

#[test]
fn unsent_changes_are_always_on_the_form() {
    let (mut lan, _hoa) = two();
    lan.at("be_trai").keys("63<Enter>57<Enter>");
    assert!(lan.screen().contains("2 thay đổi chưa gửi"));
}
