//! What is typed reaches the disk, in order, whatever the store's thread, the disk or the terminal
//! does.

use nhaplieu::app::Msg;
use nhaplieu::app::message::Request;
use nhaplieu::app::state::Tone;
use nhaplieu::ledger::{CellId, Content};
use nhaplieu::plan::FieldId;
use std::sync::atomic::Ordering;

use super::harness::{SMALL, ScreenSession};
use super::office::Office;
use super::pictures::begun;

fn value(text: &str) -> Content {
    Content::Value(nhaplieu::base::Decimal::parse(text).unwrap())
}

fn entries(desk: &ScreenSession, field: &str) -> usize {
    let form = desk.view();
    form.base
        .cells
        .get(&CellId::from(FieldId::new(field)))
        .map_or(0, |heads| heads.all().len())
}

/// Types twenty cells while the store is silent; returns their fields.
fn twenty_ahead(desk: &mut ScreenSession) -> Vec<String> {
    desk.keys("<Enter>").hold();
    (1..=20)
        .map(|n| {
            let field = desk.field();
            desk.keys(&format!("{n}<Enter>"));
            field
        })
        .collect()
}

/// Said when the program starts and when something is written, until an entry has the right time.
#[test]
fn a_clock_behind_the_last_entry_is_said_and_dates_nothing_else() {
    let office = Office::new();
    let in_2035 = 2_051_222_400_000;
    office.types_at(in_2035, "tu_vong_me");
    let behind = "Đồng hồ máy chậm hơn mục ghi cuối (01/01/2035 07:00)";
    let warned = |desk: &ScreenSession| {
        let said = desk.said();
        said.is_some_and(|(tone, words)| tone == Tone::Warning && words.starts_with(behind))
    };
    let mut desk = office.desk("lan");
    assert!(warned(&desk), "{:?}", desk.said());
    desk.keys("<Enter>").at("be_trai").keys("62<Enter>");
    assert!(warned(&desk), "{:?}", desk.said());
    desk.keys("57<Enter>");
    assert!(!warned(&desk), "the last entry is of today");
    let heads = &desk.view().base.cells[&CellId::from(FieldId::new("be_trai"))];
    let head = heads.shown().unwrap();
    assert!(head.wall < in_2035 && head.clock.millis >= in_2035);
    desk.at("be_trai").keys("<F4>");
    let screen = desk.screen();
    assert!(
        screen.contains("22/11/2023") && !screen.contains("2035"),
        "{screen}"
    );
    desk.close();
    let desk = office.desk("lan");
    assert!(!warned(&desk), "{:?}", desk.said());
}

#[test]
fn twenty_cells_typed_ahead_are_all_right_in_at_most_four_transactions() {
    let mut desk = Office::new().desk("lan");
    let fields = twenty_ahead(&mut desk);
    assert!(
        !desk.screen().contains("đã lưu"),
        "nothing is called saved yet"
    );
    let before = desk.faults.transactions.load(Ordering::SeqCst);
    desk.release();
    let spent = desk.faults.transactions.load(Ordering::SeqCst) - before;
    assert!(spent <= 4, "{spent}");
    for (n, field) in fields.iter().enumerate() {
        assert_eq!(desk.content(field), value(&(n + 1).to_string()), "{field}");
        assert_eq!(entries(&desk, field), 1);
    }
    assert!(desk.screen().contains("đã lưu 20 ô"));
}

#[test]
fn answers_that_come_in_batches_change_nothing_about_it() {
    let mut desk = Office::new().desk("lan");
    let fields = twenty_ahead(&mut desk);
    // The same cells again, before anything was answered.
    for field in &fields {
        desk.at(field).keys("7<Enter>");
    }
    while desk.waits() {
        desk.answer_one();
        desk.screen();
    }
    for field in &fields {
        assert_eq!(desk.content(field), value("7"), "{field}");
        assert_eq!(entries(&desk, field), 1, "no conflict of one's own making");
    }
}

#[test]
fn an_undo_follows_what_was_typed_before_it_and_precedes_what_comes_after() {
    let mut desk = begun(SMALL);
    desk.hold()
        .keys("1<Enter><Up>2<Enter>")
        .at("ld_nu_lam_cong");
    // Two writes of one cell: the second is held back until the first is answered.
    desk.keys("<Ctrl+Z>")
        .at("ld_nu_lam_cong")
        .keys("3<Enter>")
        .release();
    assert_eq!(desk.content("ld_nu_lam_cong"), value("3"));
    assert_eq!(
        entries(&desk, "ld_nu_lam_cong"),
        1,
        "no conflict of one's own making"
    );
    desk.keys("<Ctrl+Z>");
    assert_eq!(
        desk.content("ld_nu_lam_cong"),
        value("1"),
        "2 was undone before"
    );
    desk.keys("<Ctrl+Z>");
    assert_eq!(desk.content("ld_nu_lam_cong"), Content::Blank);
    desk.keys("<Ctrl+Y>");
    assert_eq!(desk.content("ld_nu_lam_cong"), value("1"));
}

#[test]
fn what_is_typed_while_an_undo_is_on_its_way_follows_it() {
    let mut desk = begun(SMALL);
    desk.keys("1<Enter>").at("ld_nu_lam_cong");
    desk.hold().keys("<Ctrl+Z>3<Enter>");
    let early = |request: &Request| matches!(request, Request::Commit { .. });
    assert!(
        !desk.orders().any(early),
        "what it supersedes is known only when the undo is answered"
    );
    desk.release();
    assert_eq!(desk.content("ld_nu_lam_cong"), value("3"));
    assert_eq!(
        entries(&desk, "ld_nu_lam_cong"),
        1,
        "no conflict with one's own undo"
    );
}

#[test]
fn an_undo_does_not_pull_the_cursor_from_under_what_is_being_typed() {
    let mut desk = begun(SMALL);
    desk.keys("1037<Enter>").hold().keys("<Ctrl+Z>72");
    let here = desk.field();
    desk.release();
    assert_eq!(desk.field(), here);
    desk.keys("2<Enter>");
    assert_eq!(desk.content(&here), value("722"));
    assert_eq!(desk.content("ld_nu_lam_cong"), Content::Blank);
}

#[test]
fn undo_and_redo_work_across_a_restart() {
    let office = Office::new();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>").at("be_trai").keys("63<Enter><Ctrl+Q>");
    assert!(desk.ended);
    desk.close();
    let mut desk = office.desk("lan");
    desk.keys("<Ctrl+Z>");
    assert_eq!(desk.field(), "be_trai", "the form of what was undone opens");
    assert_eq!(desk.content("be_trai"), Content::Blank);
    desk.keys("<Ctrl+Y>");
    assert_eq!(desk.content("be_trai"), value("63"));
}

#[test]
fn leaving_waits_for_what_is_on_its_way() {
    let office = Office::new();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>").at("be_trai").hold();
    desk.keys("62<Enter><Up>63<Enter><Ctrl+Q>");
    assert!(!desk.ended, "the second write waits for the first");
    desk.release();
    assert!(desk.ended);
    desk.close();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>").at("be_trai");
    assert_eq!(desk.content("be_trai"), value("63"));
}

#[test]
fn what_a_full_disk_refused_stays_and_is_saved_once_there_is_room() {
    let mut desk = begun(SMALL);
    desk.disk_fails(true).keys("1037<Enter>722<Enter>");
    let screen = desk.screen();
    assert!(
        screen.contains("1.037?") && screen.contains("722?"),
        "{screen}"
    );
    assert!(screen.contains("2 ô CHƯA lưu") && screen.contains("Đĩa đầy"));
    desk.keys("<Ctrl+Q>");
    assert!(!desk.ended, "unsaved figures are not left silently");
    desk.keys("<Esc>").disk_fails(false).keys("<Ctrl+R>");
    assert_eq!(desk.content("ld_nu_lam_cong"), value("1037"));
    assert_eq!(desk.content("ld_nu_nong_nghiep"), value("722"));
    assert!(!desk.screen().contains("CHƯA"), "{}", desk.screen());
}

#[test]
fn a_lost_terminal_leads_back_to_the_cell_with_the_text() {
    let office = Office::new();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>")
        .at("be_trai")
        .keys("63<Enter>12")
        .tell(Msg::Gone);
    assert!(desk.ended);
    desk.close();
    let mut desk = office.desk("lan");
    assert_eq!(desk.field(), "be_gai");
    let edit = desk.typed();
    assert_eq!(edit, "12");
    assert!(desk.said().unwrap().1.contains("khôi phục"));
    desk.keys("3<Enter>");
    assert_eq!(desk.content("be_gai"), value("123"));
}

#[test]
fn a_killed_session_leads_back_to_the_cell_with_the_text() {
    let office = Office::new();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>").at("be_gai").keys("12");
    // As after kill -9: nobody takes their leave.
    drop(desk);
    let mut desk = office.desk("lan");
    assert_eq!(desk.field(), "be_gai");
    desk.keys("3<Enter>");
    assert_eq!(desk.content("be_gai"), value("123"));
}

#[test]
fn a_terminal_lost_while_the_store_is_silent_loses_nothing() {
    let office = Office::new();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>")
        .at("be_trai")
        .hold()
        .keys("62<Enter><Up>63<Enter>");
    desk.tell(Msg::Gone);
    assert!(!desk.ended, "a held write is handed over first");
    desk.release();
    assert!(desk.ended);
    desk.close();
    let mut desk = office.desk("lan");
    desk.keys("<Enter>");
    assert_eq!(desk.content("be_trai"), value("63"));
}

#[test]
fn what_is_typed_before_the_form_is_there_waits_for_its_cell() {
    let mut desk = begun(SMALL);
    // Another period and back: the form is fetched again, its cells are not known yet.
    desk.hold()
        .keys("<Ctrl+PgUp><Ctrl+Home>111<Enter>222<Enter>")
        .release();
    assert_eq!(desk.content("dan_so_nam"), value("111"));
    assert_eq!(desk.content("dan_so_nu"), value("222"));
    // Esc goes elsewhere at once, and takes what was typed ahead with it.
    desk.hold().keys("<Ctrl+PgDn>999<Esc>").release();
    desk.keys("<Enter>");
    assert_ne!(desk.content("dan_so_nam"), value("999"));
}

#[test]
fn arrows_save_a_fresh_figure_and_move_inside_one_being_changed() {
    let mut desk = begun(SMALL);
    desk.at("be_trai").keys("60<Right>57<Left>");
    assert_eq!(desk.content("be_trai"), value("60"));
    assert_eq!(desk.content("be_gai"), value("57"));
    desk.at("ld_nu_nong_nghiep")
        .keys("722<Enter>")
        .at("ld_nu_nong_nghiep")
        .keys("<F2><Left><Backspace>3<Enter>");
    assert_eq!(desk.content("ld_nu_nong_nghiep"), value("732"));
}

#[test]
fn a_cell_with_a_finding_is_not_called_saved_before_it_is() {
    let mut desk = begun(SMALL);
    let sign = |desk: &mut ScreenSession| {
        let screen = desk.screen();
        let line = screen.lines().find(|line| line.contains("10.370")).unwrap();
        line.split_once("10.370").unwrap().1.chars().next().unwrap()
    };
    desk.hold().keys("10370<Enter>");
    assert_eq!(sign(&mut desk), '…', "its write is on its way");
    desk.release();
    assert_eq!(sign(&mut desk), '✖');
}
