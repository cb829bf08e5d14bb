//! Typing: the cursor, findings, confirmations, the keypad, a Vietnamese input method.

use nhaplieu::app::Msg;
use nhaplieu::app::input::key::{Code, Key, Mods};
use nhaplieu::app::input::keymap::Keymap;
use nhaplieu::app::overlays::Overlay;
use nhaplieu::app::screens::Screen;
use nhaplieu::app::state::Tone;
use nhaplieu::ledger::{Content, FormStatus};
use nhaplieu::plan::FieldId;

use super::harness::{SMALL, ScreenSession, Sitting};
use super::office::Office;
use super::pictures::begun;

fn value(text: &str) -> Content {
    Content::Value(nhaplieu::base::Decimal::parse(text).unwrap())
}

#[test]
fn enter_moves_on_whatever_a_finding_says_and_f8_leads_back() {
    let mut desk = begun(SMALL);
    desk.keys("10370");
    assert!(
        desk.screen().contains("✖ 10.370 lớn hơn"),
        "said while typing"
    );
    desk.keys("<Enter>");
    assert_eq!(desk.field(), "ld_nu_nong_nghiep");
    assert!(
        desk.screen()
            .contains("✖ Làm công hưởng lương, trong đó nữ (10.370)"),
        "still to be read at the next cell"
    );
    // What the next cell has to say itself comes first; the rest is counted.
    desk.keys("72");
    let screen = desk.screen();
    assert!(screen.contains("! Chỉ bằng 10,0%"), "{screen}");
    assert!(screen.contains("(+"), "{screen}");
    desk.keys("<Esc><F8>");
    assert_eq!(desk.field(), "ld_nu_lam_cong", "back to the finding");
    desk.keys("1037<Enter>");
    assert_eq!(desk.content("ld_nu_lam_cong"), value("1037"));
    assert!(!desk.screen().contains('✖'));
    desk.keys("<F8>");
    assert_eq!(
        desk.field(),
        "blgd_bi_nam",
        "no finding left: the next blank"
    );
}

#[test]
fn a_soft_finding_is_confirmed_and_comes_back_with_another_value() {
    let mut desk = begun(SMALL);
    desk.keys("99<Enter><Up>");
    let open = |desk: &ScreenSession| {
        let form = desk.view();
        let field = FieldId::new("ld_nu_lam_cong");
        form.findings_at(&field)
            .filter(|finding| finding.overridden.is_none())
            .count()
    };
    assert!(open(&desk) >= 1);
    let mut rules = Vec::new();
    while open(&desk) > 0 {
        desk.keys("<F2>");
        let Some(Overlay::Reasons { asked, .. }) = &desk.app.state.overlay else {
            panic!("a reason is asked for");
        };
        assert!(
            !rules.contains(&asked.rule),
            "each F2 takes the next: {rules:?}"
        );
        rules.push(asked.rule.clone());
        desk.keys("<Enter>");
    }
    assert!(desk.screen().contains("99✓"));
    desk.keys("<F2>");
    assert!(
        desk.app.state.overlay.is_none(),
        "nothing left to confirm: edited in place"
    );
    desk.keys("<Esc>98<Enter><Up>");
    assert!(open(&desk) >= 1, "the value changed: asked again");
    assert!(desk.screen().contains("98!"));
}

#[test]
fn handing_in_is_bound_to_the_content() {
    let mut desk = begun(SMALL);
    let status = |desk: &ScreenSession| desk.view().status;
    desk.keys("10370<Enter><F10><Enter>");
    assert_eq!(status(&desk), FormStatus::Draft, "a hard finding blocks");
    desk.keys("<Esc>")
        .at("ld_nu_lam_cong")
        .keys("1037<Enter><F10>2<Enter>");
    assert_eq!(status(&desk), FormStatus::Submitted);
    desk.keys("722<Enter>");
    assert_eq!(status(&desk), FormStatus::ChangedAfterSubmit);
    assert!(desk.screen().contains("đã sửa sau khi nộp"));
    desk.keys("<Ctrl+Z>");
    assert_eq!(
        status(&desk),
        FormStatus::Submitted,
        "undone: as it was handed in"
    );
}

#[test]
fn esc_drops_only_what_is_being_typed_and_undo_recalls_it() {
    let mut desk = begun(SMALL);
    desk.keys("123<Esc>");
    assert_eq!(desk.content("ld_nu_lam_cong"), Content::Blank);
    desk.keys("<Ctrl+Z>");
    let edit = desk.typed();
    assert_eq!(edit, "123");
    desk.keys("<Enter>");
    assert_eq!(desk.content("ld_nu_lam_cong"), value("123"));
}

/// Types every numeric cell of the form with these keys only; returns what should stand there.
fn whole_form(desk: &mut ScreenSession) -> Vec<(FieldId, Content)> {
    let plan = desk.app.state.plan.clone();
    let cells = desk.view().layout.cells.clone();
    let mut expected = Vec::new();
    for (at, id) in cells.iter().enumerate() {
        let field = plan.field(id).unwrap();
        if !field.kind.is_numeric() {
            continue;
        }
        assert_eq!(desk.field(), id.to_string());
        let (typed, content) = match at % 9 {
            6 => ("-", Content::NoneOccurred),
            7 => ("..", Content::Unavailable),
            8 => ("*", Content::NotApplicable),
            n => {
                let typed = ["1", "20", "3", "4", "50", "6"][n];
                (typed, value(typed))
            }
        };
        desk.keys(typed).keys("<Enter>");
        expected.push((id.clone(), content));
    }
    expected
}

#[test]
fn the_whole_year_is_typed_on_the_numeric_keypad() {
    let mut desk = Office::new().desk_with(
        "lan",
        Sitting {
            keymap: Keymap::shipped("numpad").unwrap(),
            ..Sitting::default()
        },
    );
    desk.keys("<Enter>");
    let expected = whole_form(&mut desk);
    assert_eq!(expected.len(), 54);
    for (id, content) in &expected {
        assert_eq!(desk.content(id.as_str()), *content, "{id}");
    }
    assert_eq!(desk.view().filled, (54, 54));
    // + leads to what is to be looked at, / one cell back.
    desk.keys("+");
    let (there, cursor) = (desk.view(), desk.form().cursor);
    let here = &there.layout.cells[cursor];
    assert!(there.findings_at(here).count() > 0);
    desk.keys("/");
    assert_eq!(desk.form().cursor, cursor.saturating_sub(1));
}

#[test]
fn the_keypads_point_is_a_comma_in_a_decimal_field() {
    let mut desk = Office::new().desk_with(
        "dau-moi",
        Sitting {
            keymap: Keymap::shipped("numpad").unwrap(),
            ..Sitting::default()
        },
    );
    desk.keys("<F5>2023<Enter>")
        .at("m2_1_truc_tiep")
        .keys("48.");
    let edit = desk.typed();
    assert_eq!(edit, "48,", "at once and visibly");
    desk.keys("5<Enter>");
    assert_eq!(desk.content("m2_1_truc_tiep"), value("48.5"));
}

#[test]
fn a_unikey_stream_writes_the_right_words_into_a_note() {
    // What UniKey sends for Telex "Tieengs Vieetj": backspaces fused with composed letters.
    let stream = "Tie\u{8}êng\u{8}\u{8}\u{8}ếng Vie\u{8}êt\u{8}\u{8}ệt";
    for back in [
        Key::new(Code::Char('h'), Mods::CTRL),
        Key::plain(Code::Backspace),
        Key::plain(Code::Char('\u{7f}')),
    ] {
        let mut desk = begun(SMALL);
        desk.keys("<Ctrl+N>");
        for c in stream.chars() {
            let key = match c {
                '\u{8}' => back,
                c => Key::plain(Code::Char(c)),
            };
            desk.tell(Msg::Key(key));
        }
        desk.keys("<Enter>");
        let form = desk.view();
        let note = form.base.note(FieldId::new("ld_nu_lam_cong"));
        assert_eq!(note, "Tiếng Việt");
    }
}

#[test]
fn f9_lists_what_may_stand_in_the_cell_and_a_line_can_be_taken() {
    let mut desk = begun(SMALL);
    desk.at("be_gai").keys("<F9>");
    let screen = desk.screen();
    assert!(screen.contains("Số nguyên (trẻ)"), "{screen}");
    assert!(
        screen.contains("Chép 27") && screen.contains("Chép 55"),
        "{screen}"
    );
    desk.keys("<Down><Enter>");
    assert_eq!(desk.content("be_gai"), Content::NoneOccurred);
    desk.at("be_gai").keys("<F9><Enter>");
    assert!(desk.form().edit.is_some(), "the first line begins typing");
}

#[test]
fn a_reader_is_refused_clearly_and_changes_nothing() {
    let mut desk = Office::new().desk("xem");
    desk.keys("<Enter>5");
    let (tone, said) = desk.said().unwrap();
    assert_eq!(tone, Tone::Warning);
    assert!(said.contains("chỉ được xem"), "{said}");
    for keys in [
        "<Enter>", "<F7>", "<Ctrl+N>", "<Ctrl+D>", "<Delete>", "<F2>",
    ] {
        desk.keys(keys);
        assert!(
            desk.form().edit.is_none() && desk.app.state.outbox.is_empty(),
            "{keys}"
        );
        assert!(desk.app.state.overlay.is_none(), "{keys}");
    }
    desk.keys("<F10>2<Enter>");
    assert_eq!(desk.view().status, FormStatus::Draft);
}

#[test]
fn ten_thousand_characters_of_words_wrap_and_are_kept() {
    let mut desk = begun(SMALL);
    let long = "Xã đã tổ chức 12 buổi truyền thông về bình đẳng giới. ".repeat(200);
    desk.keys("<Ctrl+End>").tell(Msg::Paste(long.clone()));
    let field = desk.field();
    desk.screen();
    assert!(desk.screen().contains("Đã đầy"), "the limit is said");
    desk.keys("<Backspace><Backspace><Home>a<End>b<Ctrl+Left><Backspace>");
    desk.screen();
    desk.keys("<Enter>");
    let Content::Text(kept) = desk.content(&field) else {
        panic!("no words: {:?}", desk.content(&field));
    };
    assert!(kept.starts_with("aXã đã tổ chức"));
    assert!(kept.chars().count() > 3_900, "{}", kept.chars().count());
    desk.at(&field);
    assert!(desk.screen().lines().all(|line| line.chars().count() <= 80));
    desk.keys("<F2>");
    assert!(matches!(desk.app.state.overlay, Some(Overlay::Prompt(_))));
    assert!(matches!(desk.app.screen(), Screen::Form(_)));
}

#[test]
fn an_empty_part_is_answered_with_two_keys() {
    let mut desk = begun(SMALL);
    desk.at("bltcsg_bi_nam").keys("2<Enter>").at("blgd_bi_nam");
    let before = desk.view().filled.0;
    // F7 stays below its cell, which can be read beside it.
    desk.keys("<F7>");
    let screen = desk.screen();
    let row = |words: &str| screen.lines().position(|line| line.contains(words));
    assert!(row("▸12 BLGĐ") < row("Ô này không có số vì"), "{screen}");
    assert!(screen.contains("5  Cả phần này: 29 ô"), "{screen}");
    desk.keys("5");
    assert_eq!(desk.view().filled.0, before + 29);
    assert_eq!(desk.content("blgd_bi_nam"), Content::NoneOccurred);
    assert_eq!(desk.content("bltcsg_bi_nam"), value("2"), "not overwritten");
    assert_eq!(desk.content("be_trai"), Content::Blank, "another part");
    assert_eq!(desk.field(), "be_trai", "behind the part");
    desk.keys("<Ctrl+Z>");
    assert_eq!(desk.view().filled.0, before, "one action");
}

#[test]
fn f7_takes_the_number_of_a_choice() {
    let mut desk = begun(SMALL);
    for (number, content) in [
        ("1", Content::NoneOccurred),
        ("2", Content::Unavailable),
        ("3", Content::NotApplicable),
        ("4", Content::Blank),
    ] {
        desk.at("be_trai").keys("<F7>").keys(number);
        assert_eq!(desk.content("be_trai"), content, "{number}");
    }
    desk.at("be_trai").keys("<F7>9<Esc>");
    assert!(desk.app.state.overlay.is_none());
    // In a row near the bottom the list stands above it.
    desk.keys("<End><F7>");
    let screen = desk.screen();
    let row = |words: &str| screen.lines().position(|line| line.contains(words));
    assert!(row("Ô này không có số vì") < row("▸57"), "{screen}");
}

#[test]
fn victims_have_a_total_that_nobody_types() {
    let mut desk = begun(SMALL);
    desk.at("blgd_bi_nam").keys("1<Enter>3<Enter>");
    let screen = desk.screen();
    let total = screen
        .lines()
        .find(|line| line.contains("BLGĐ: bị bạo lực, tổng số"));
    assert!(
        total.is_some_and(|line| line.trim_end().ends_with(" 4")),
        "{screen}"
    );
}

#[test]
fn the_last_cell_and_a_refused_form_say_how_to_go_on() {
    let mut desk = begun(SMALL);
    desk.keys("<End><Enter>");
    assert!(desk.said().unwrap().1.contains("Đã tới ô cuối"));
    desk.at("ld_nu_lam_cong").keys("10370<Enter><F10><Enter>");
    assert!(desk.app.state.overlay.is_some(), "it stays");
    assert!(
        desk.screen().contains("! Chưa nộp: còn lỗi ✖"),
        "{}",
        desk.screen()
    );
}

#[test]
fn page_keys_scroll_for_somebody_with_one_unit() {
    let mut desk = begun(SMALL);
    let form = desk.form().key.clone();
    desk.keys("<Home><PgDn>");
    assert_eq!(
        (desk.form().cursor, desk.form().key.clone()),
        (10, form.clone())
    );
    desk.keys("<PgDn><PgUp><PgUp><PgUp>");
    assert_eq!((desk.form().cursor, desk.form().key.clone()), (0, form));
}
