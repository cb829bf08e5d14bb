//! No size makes a screen panic, and hostile text never reaches a cell or breaks a column.

use std::fmt::Write as _;

use nhaplieu::app::Msg;
use nhaplieu::base::text::is_hostile;
use unicode_width::UnicodeWidthStr;

use super::harness::{SMALL, ScreenSession};
use super::office::Office;
use super::pictures::begun;

const SIZES: [(u16, u16); 9] = [
    (0, 0),
    (1, 1),
    (59, 15),
    (60, 16),
    (61, 17),
    (80, 24),
    (120, 40),
    (300, 100),
    (60, 100),
];

/// Keys that lead from the begun form to every screen and overlay.
const PLACES: [&str; 22] = [
    "",
    "10370",
    "10370<Enter>",
    "99<Enter><Up><F2>",
    "99<Enter><Up><F2><End><Ctrl+End><Enter>",
    "<F7>",
    "<F9>",
    "<Ctrl+N>abc",
    "<Ctrl+P>",
    "<F5>zzz",
    "<F5>",
    "<Ctrl+F>",
    "<F10>",
    "10370<Enter><F10>",
    "<F4>",
    "<Ctrl+A>",
    "10370<Enter><Ctrl+A>",
    "<F1>",
    "<Ctrl+End>",
    "<Ctrl+End>abc",
    "<Esc>",
    "<Esc><Esc>",
];

#[test]
fn every_screen_stands_every_size() {
    for place in PLACES {
        let mut desk = begun(SMALL);
        desk.keys(place);
        for (width, height) in SIZES {
            desk.resize(width, height);
            desk.screen();
            desk.keys("<Down><Up>");
            desk.screen();
        }
    }
    let mut desk = Office::bare().desk("lan");
    for keys in ["", "ngoc<Enter>", "Lan"] {
        desk.keys(keys);
        for (width, height) in SIZES {
            desk.resize(width, height);
            desk.screen();
        }
    }
}

/// Control characters, bidi, zero width, wide and decomposed letters, 10,000 of them.
fn hostile() -> String {
    let mut text =
        "x\u{1b}[2J\u{7}\u{202e}tên\u{200b}\u{feff}中文 Vie\u{302}\u{323}t\u{9b}31m ".to_owned();
    let once = text.clone();
    while text.chars().count() < 10_000 {
        text.push_str(&once);
    }
    text
}

fn unharmed(desk: &mut ScreenSession, place: &str) {
    let mut problems = String::new();
    for symbol in desk.symbols() {
        if symbol.chars().any(is_hostile) || symbol.width() > 2 {
            let _ = write!(problems, "{symbol:?} ");
        }
    }
    assert_eq!(problems, "", "{place}");
}

#[test]
fn hostile_notes_reasons_and_words_never_reach_the_screen_raw() {
    let mut desk = begun(SMALL);
    desk.keys("99<Enter><Up><Ctrl+N>")
        .tell(Msg::Paste(hostile()));
    unharmed(&mut desk, "note box");
    desk.keys("<Enter>");
    unharmed(&mut desk, "note");
    desk.keys("<F2><Ctrl+End>");
    desk.keys("<Enter>").tell(Msg::Paste(hostile()));
    unharmed(&mut desk, "reason box");
    desk.keys("<Enter>");
    unharmed(&mut desk, "reason");
    desk.keys("<Ctrl+End>").tell(Msg::Paste(hostile()));
    desk.keys("<Enter><Up>");
    unharmed(&mut desk, "words");
    desk.at("be_trai").tell(Msg::Paste(hostile()));
    unharmed(&mut desk, "cell being typed into");
    desk.keys("<Enter><Up>");
    unharmed(&mut desk, "kept text");
    for place in [
        "<F4>",
        "<Esc><Ctrl+A>",
        "<Esc><F10>",
        "<Esc><Ctrl+F>",
        "<Esc><Esc><F4>",
    ] {
        desk.keys(place);
        unharmed(&mut desk, place);
    }
}

#[test]
fn a_hostile_name_never_reaches_the_screen_raw() {
    let mut desk = Office::bare().desk("lan");
    desk.keys("ngoc thien<Enter>").tell(Msg::Paste(hostile()));
    unharmed(&mut desk, "name");
    desk.keys("<Enter>");
    unharmed(&mut desk, "form");
    desk.keys("<Esc>");
    unharmed(&mut desk, "home");
}

#[test]
fn hostile_labels_of_a_plan_never_reach_the_screen_raw() {
    use nhaplieu::base::Label;
    let bytes = nhaplieu::plan::embedded().to_vec();
    let mut plan = nhaplieu::plan::parse(&bytes).unwrap();
    let label = Label::same(&hostile());
    plan.title = label.clone();
    for unit in &mut plan.units {
        unit.name = label.clone();
    }
    for field in &mut plan.fields {
        field.label = label.clone();
        field.short = label.clone();
        field.unit = label.clone();
        field.note = label.clone();
    }
    for reason in &mut plan.reasons {
        reason.label = label.clone();
    }
    for measure in &mut plan.measures {
        measure.short = label.clone();
        measure.suffix = label.clone();
    }
    for objective in &mut plan.objectives {
        objective.name = label.clone();
    }
    let mut desk = Office::of(plan, bytes).desk("lan");
    desk.keys("<Enter>")
        .at("ld_lam_cong")
        .keys("5<Enter>10370<Enter>");
    unharmed(&mut desk, "form");
    for place in [
        "<F1>",
        "<Esc><F10>",
        "<Esc><F9>",
        "<Esc><F5>",
        "<Esc><Ctrl+A>",
        "<Esc><F4>",
        "<Esc><Esc>",
    ] {
        desk.keys(place);
        unharmed(&mut desk, place);
        let lines: Vec<usize> = desk.screen().lines().map(UnicodeWidthStr::width).collect();
        assert!(lines.iter().all(|wide| *wide <= 80), "{place}");
    }
}
