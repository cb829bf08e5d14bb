//! What could drive a terminal never reaches it: not from arguments, plan files or stored words.

use crate::run::{Desk, Done};

/// Escape sequences, bidi overrides, zero-width characters, a bell, a backspace.
const HOSTILE: &str = "Lan\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}nab\u{200b}\u{2066}\u{8}";

#[track_caller]
fn clean(done: &Done) {
    for text in [&done.out, &done.err] {
        for c in text.chars() {
            assert!(
                c == '\n' || !nhaplieu::base::text::is_hostile(c),
                "U+{:04X} in {text:?}",
                c as u32
            );
        }
    }
}

#[test]
fn hostile_arguments_are_shown_harmless() {
    let desk = Desk::commune();
    for words in [
        &["show", "--unit", HOSTILE, "--period", "2023"][..],
        &["show", "--unit", "nt", "--period", HOSTILE],
        &["set", "--unit", "nt", "--period", "2023", HOSTILE],
        &["--actor", HOSTILE, "status"],
        &["--keymap", HOSTILE, "keys"],
        &[HOSTILE],
    ] {
        clean(&desk.run(words));
    }
}

#[test]
fn hostile_names_and_notes_are_stored_clean() {
    let desk = Desk::empty();
    clean(
        &desk
            .run(&["init", "--unit", "nt", "--as", HOSTILE])
            .expects(0),
    );
    let note = format!("be_trai={HOSTILE}");
    let words = format!("danh_gia={}", HOSTILE.repeat(2_000));
    let form = ["--unit", "nt", "--period", "2023"];
    let set = [
        "set", form[0], form[1], form[2], form[3], "--note", &note, &words,
    ];
    clean(&desk.run(&set).expects(0));
    for words in [
        &["show"][..],
        &["show", "--json"],
        &["log"],
        &["log", "--json"],
    ] {
        let mut words = words.to_vec();
        words.extend(form);
        clean(&desk.run(&words).expects(0));
    }
}

#[test]
fn a_hostile_plan_is_refused_where_it_is_hostile() {
    let desk = Desk::empty();
    let plan = format!("format = 1\n# {HOSTILE}\n");
    let plan = desk.file("ke-hoach.toml", plan.as_bytes());
    let done = desk
        .run(&["plan", "check", plan.to_str().unwrap()])
        .expects(3);
    clean(&done);
    assert!(done.out.contains("ke-hoach.toml:2:"), "{}", done.out);
}

#[test]
fn decomposed_words_find_and_store_the_composed_ones() {
    use unicode_normalization::UnicodeNormalization;
    let desk = Desk::commune();
    let unit: String = "Ngọc Thiện".nfd().collect();
    let words: String = "danh_gia=Đã tuyên truyền".nfd().collect();
    desk.run(&["set", "--unit", &unit, "--period", "2023", &words])
        .expects(0);
    let shown = desk
        .run(&["show", "--unit", "nt", "--period", "2023"])
        .expects(0);
    assert!(shown.out.contains("Đã tuyên truyền"), "{}", shown.out);
}

#[test]
fn ascii_is_ascii_and_keeps_the_meaning_of_targets() {
    let desk = Desk::commune();
    let shown = desk
        .run(&["--ascii", "show", "--unit", "nt", "--period", "2023"])
        .expects(0);
    assert!(shown.out.is_ascii(), "{}", shown.out);
    assert!(shown.out.contains(">= 50"), "{}", shown.out);
    let failed = desk
        .run(&["--ascii", "show", "--unit", "lc", "--period", "2023"])
        .expects(2);
    assert!(failed.err.is_ascii(), "{}", failed.err);
}
