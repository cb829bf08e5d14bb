//! The terminal's cursor stands where a person is, for screen readers and braille lines: behind
//! what is typed, shown; else on the line under the selection, unseen.

use nhaplieu::app::Msg;
use nhaplieu::app::state::Tone;
use nhaplieu::ui::TerminalCursor;

use super::harness::{LARGE, SMALL, ScreenSession};
use super::office::Office;
use super::pictures::{begun, sitting};

/// The text on the screen before the caret.
#[track_caller]
fn before_caret(desk: &ScreenSession) -> String {
    let (cursor, row) = desk.cursor();
    let Some(TerminalCursor::Caret(place)) = cursor else {
        unreachable!("no caret but {cursor:?} in {row}");
    };
    row.chars().take(usize::from(place.x)).collect()
}

#[track_caller]
fn typed(desk: &ScreenSession, text: &str, place: &str) {
    let before = before_caret(desk);
    assert!(before.ends_with(text), "{place}: {before}");
}

/// The row with the unseen cursor.
#[track_caller]
fn selected(desk: &ScreenSession, place: &str) -> String {
    let (cursor, row) = desk.cursor();
    assert!(
        matches!(cursor, Some(TerminalCursor::Selection(_))),
        "{place}: {cursor:?}"
    );
    row
}

#[test]
fn where_text_is_typed_the_caret_is_behind_it() {
    for size in [SMALL, LARGE] {
        let mut desk = Office::bare().desk_with("lan", sitting(size));
        desk.keys("ngoc th");
        typed(&desk, "ngoc th", "the unit");
        desk.keys("ien<Enter>Lan");
        typed(&desk, "Lan", "the name");
        let mut desk = begun(size);
        for (keys, text) in [
            ("44", "[44"),
            ("<Esc><F2>", "[2.07"),
            ("<Esc><Ctrl+N>hỏi trạm", "hỏi trạm"),
            ("<Esc><Ctrl+F>be g", "be g"),
            ("<Esc><F5>nt", "nt"),
            ("<Esc><Ctrl+P>hoan", "hoan"),
            ("<Esc><F9>kh", "kh"),
            ("<Esc><Ctrl+End>Đã họp", "Đã họp"),
        ] {
            if text == "[2.07" {
                desk.at("ld_lam_cong").keys("<Esc><F2><Left>");
                let before = before_caret(&desk);
                assert!(before.contains('['), "{keys}: {before}");
                continue;
            }
            desk.keys(keys);
            typed(&desk, text, keys);
        }
        desk.keys("<Left><Left>");
        typed(&desk, "Đã h", "two to the left");
        desk.keys(&"x".repeat(300));
        typed(&desk, "xxx", "in the last of many lines");
    }
}

#[test]
fn where_nothing_is_typed_the_cursor_is_on_the_line_selected() {
    for size in [SMALL, LARGE] {
        let mut desk = begun(size);
        for keys in ["", "<Down>", "<PgDn>", "<Ctrl+Home>", "<Ctrl+End>"] {
            desk.keys(keys);
            assert!(selected(&desk, keys).contains('▸'), "{keys}");
        }
        for (keys, list) in [
            ("<Esc>", "the home page"),
            ("<Esc><F4>", "the log"),
            ("<Esc><F4><Down>", "the log"),
            ("<Up><F4>", "the log of a cell"),
            ("<Ctrl+A>", "the findings"),
        ] {
            let mut desk = begun(size);
            desk.keys("10370<Enter>").keys(keys);
            let row = selected(&desk, list);
            assert!(row.contains('▸'), "{list}: {row}");
        }
        // The coordinator sends to whom it has enrolled, a commune to the coordinator.
        let mut desk = Office::bare().desk_with("lan", sitting(size));
        desk.keys("ngoc thien<Enter>Lan<Enter>");
        for keys in ["<F6>", "<Down>"] {
            desk.keys(keys);
            let row = selected(&desk, "other stores");
            assert!(row.contains('▸'), "other stores: {row}");
        }
        // What asks something is read from its first line.
        for (keys, first) in [("<F10>", "trống"), ("<Esc><Esc>", "lưu")] {
            let mut desk = begun(size);
            desk.keys(keys);
            let row = selected(&desk, keys);
            assert!(row.contains(first), "{keys}: {row}");
        }
    }
}

#[test]
fn a_block_is_pasted_into_no_cell_whatever_is_open() {
    let mut desk = begun(SMALL);
    let block = || Msg::Paste("12\t340\r\n56\r\n".to_owned());
    for typed in ["", "7"] {
        desk.keys(typed).tell(block());
        let (tone, said) = desk.said().unwrap();
        assert_eq!(tone, Tone::Warning);
        assert!(said.contains("chưa dán gì") && said.contains("hãy dán từng số"));
        assert_eq!(desk.typed(), typed);
    }
    desk.tell(Msg::Paste("8\r\n".to_owned()));
    assert_eq!(desk.typed(), "78");
    assert_eq!(desk.said(), None);
    // Words have lines; a figure does not.
    desk.keys("<Esc><Ctrl+N>")
        .tell(Msg::Paste("một\nhai".to_owned()));
    typed(&desk, "một hai", "a note");
}

#[test]
fn a_paste_that_came_while_work_goes_on_is_not_meant_for_what_comes() {
    let mut desk = begun(SMALL);
    desk.keys("<Esc><F6>").hold();
    desk.keys("<F10>");
    if desk.app.state.running.is_some() {
        desk.tell(Msg::Paste("4410".to_owned()));
        desk.keys("<Esc>").release();
        assert!(!desk.screen().contains("4410"));
    }
}
