//! Pictures of what lies on top of the form, and of lists, histories and help.

use nhaplieu::app::Msg;
use nhaplieu::ledger::{CellKey, Content, FormStatus};
use nhaplieu::plan::{FieldId, PeriodId, UnitId};

use super::harness::{SMALL, Sitting};
use super::office::Office;
use super::pictures::{begun, lan, picture};

#[test]
fn lists_of_reasons_and_emptiness_and_allowed_values() {
    picture("reasons", |size| {
        let mut desk = begun(size);
        desk.keys("99<Enter><Up><F2>");
        desk
    });
    picture("emptiness", |size| {
        let mut desk = begun(size);
        desk.keys("<F7>");
        desk
    });
    picture("allowed", |size| {
        let mut desk = begun(size);
        desk.at("hdnd_ld").keys("<F9>");
        desk
    });
}

#[test]
fn palette_and_go_to_and_find() {
    picture("palette", |size| {
        let mut desk = begun(size);
        desk.keys("<Ctrl+P>");
        desk
    });
    picture("palette_filtered", |size| {
        let mut desk = begun(size);
        desk.keys("<Ctrl+P>hoan tat");
        desk
    });
    picture("go_to", |size| {
        let mut desk = begun(size);
        desk.keys("<F5>nt");
        desk
    });
    picture("find", |size| {
        let mut desk = begun(size);
        desk.keys("<Ctrl+F>be gai");
        desk
    });
}

#[test]
fn note_box_and_words_box() {
    picture("note", |size| {
        let mut desk = begun(size);
        desk.keys("<Ctrl+N>đã hỏi lại trạm y tế");
        desk
    });
    picture("words", |size| {
        let mut desk = begun(size);
        desk.keys("<Ctrl+End>").tell(Msg::Paste(
            "Xã đã tổ chức 12 buổi truyền thông. ".repeat(12),
        ));
        desk
    });
}

#[test]
fn summaries_before_handing_in() {
    picture("finish_may_not", |size| {
        let mut desk = begun(size);
        desk.keys("10370<Enter><F10>");
        desk
    });
    picture("finish_unanswered", |size| {
        let mut desk = begun(size);
        desk.keys("99<Enter><F10>");
        desk
    });
    picture("finish_may", |size| {
        let mut desk = begun(size);
        desk.keys("99<Enter><F10>2");
        desk
    });
}

/// All that is left blank is one action: taken back by one key.
#[test]
fn blanks_are_answered_together_and_taken_back_together() {
    let mut desk = begun(SMALL);
    let ninety_nine = Content::Value(nhaplieu::base::Decimal::whole(99));
    desk.keys("99<Enter><F10><Enter>");
    assert_eq!(desk.view().status, FormStatus::Draft, "44 are unanswered");
    desk.keys("1");
    assert_eq!(desk.content("be_trai"), Content::NoneOccurred);
    assert_eq!(desk.content("ld_nu_lam_cong"), ninety_nine, "typed before");
    assert!(desk.screen().contains("Nộp được"), "{}", desk.screen());
    desk.keys("<Esc><Ctrl+Z>");
    assert_eq!(desk.content("be_trai"), Content::Blank);
    assert_eq!(desk.content("ld_nu_lam_cong"), ninety_nine);
}

#[test]
fn handed_in_and_changed_afterwards() {
    picture("submitted", |size| {
        let mut desk = begun(size);
        desk.keys("1037<Enter><F10>2<Enter>");
        desk
    });
    picture("changed_after_submit", |size| {
        let mut desk = begun(size);
        desk.keys("1037<Enter><F10>2<Enter>")
            .at("be_trai")
            .keys("61<Enter>");
        desk
    });
}

#[test]
fn list_of_findings() {
    picture("findings", |size| {
        let mut desk = begun(size);
        desk.keys("10370<Enter><Ctrl+A>");
        desk
    });
    picture("findings_all", |size| {
        let mut desk = begun(size);
        desk.keys("10370<Enter><Esc><F8>");
        desk
    });
}

#[test]
fn histories() {
    picture("history_cell", |size| {
        let mut desk = begun(size);
        desk.keys("1036<Enter><Up>1037<Enter><Up><F4>");
        desk
    });
    picture("history_all", |size| {
        let mut desk = begun(size);
        desk.keys("1037<Enter><Ctrl+Z><Esc><F4>");
        desk
    });
}

#[test]
fn help_pages() {
    picture("help_form", |size| {
        let mut desk = begun(size);
        desk.keys("<F1>");
        desk
    });
    picture("help_home", |size| {
        let mut desk = lan(size);
        desk.keys("<F1>");
        desk
    });
}

#[test]
fn question_whether_to_leave() {
    picture("leave", |size| {
        let mut desk = lan(size);
        desk.keys("<Esc>");
        desk
    });
}

#[test]
fn store_without_locks_and_plan_past_its_end() {
    picture("sole_and_over", |size| {
        Office::new().desk_with(
            "lan",
            Sitting {
                size,
                sole: true,
                today: chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
                ..Sitting::default()
            },
        )
    });
}

#[test]
fn smallest_and_too_small() {
    for size in [(60, 16), (59, 15), (20, 3)] {
        let mut desk = begun(size);
        let screen = desk.keys("10370").screen();
        insta::assert_snapshot!(format!("small@{}x{}", size.0, size.1), screen);
    }
    let mut desk = lan((60, 16));
    insta::assert_snapshot!("small_home@60x16", desk.screen());
}

/// The content hash leaves notes out: a note after handing in changes nothing.
#[test]
fn a_note_after_handing_in_is_no_change() {
    let mut desk = begun(SMALL);
    desk.keys("1037<Enter><F10>2<Enter><Ctrl+N>hỏi lại<Enter>");
    assert!(desk.screen().contains("· đã nộp"), "{}", desk.screen());
    let key = CellKey::new(
        &UnitId::new("ngoc-thien"),
        &PeriodId::new("2023"),
        &FieldId::new("be_trai"),
    );
    assert_eq!(desk.content("be_trai"), Content::Unavailable, "{key:?}");
}
