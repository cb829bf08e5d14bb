//! The program as a person has it: a terminal, keys, and what is on the disk afterwards.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[path = "support/pty.rs"]
mod pty;

use std::path::PathBuf;

use pty::{
    CTRL_N, CTRL_Q, DOWN, ENTER, ESC, F10, Terminal, UP, figure, json, run, sound, until_kept,
};
use tempfile::{TempDir, tempdir};

fn folder() -> (TempDir, PathBuf) {
    let dir = tempdir().unwrap();
    let store = dir.path().join("kho");
    (dir, store)
}

/// From an empty folder to the form of the period, keys only.
fn first_run(store: &std::path::Path) -> Terminal {
    let mut terminal = Terminal::start(store, &[]);
    terminal.until("chưa có bộ số liệu");
    terminal.press("ngoc thien");
    terminal.until("▸ Xã Ngọc Thiện");
    terminal.press(ENTER);
    terminal.until("2. Tên người nhập");
    terminal.press("Nguyễn Thị Lan");
    terminal.until("Nguyễn Thị Lan");
    terminal.press(ENTER);
    terminal.until("0/54");
    terminal
}

#[test]
fn from_an_empty_folder_to_a_form_that_is_handed_in() {
    let (_dir, store) = folder();
    let mut terminal = first_run(&store);
    terminal.press("4410\r4380\r3\r1\r3\r");
    terminal.until("5/54");
    // One woman more than there are leaders: said while typing, before the cell is left.
    terminal.press("4");
    terminal.until("[4");
    terminal.until("✖");
    assert_eq!(figure(&store, "ngoc-thien", "ubnd_ld_nu"), "blank");
    terminal.press(ENTER);
    terminal.until("6/54");
    terminal.press(F10);
    terminal.until("Chưa nộp được");
    terminal.press(ESC);
    terminal.until_that("closed", |screen| !screen.contains("Chưa nộp được"));
    // Back to the cell, put right, handed in.
    terminal.press("\x1b[19~");
    terminal.until_that("at the cell", |screen| {
        screen
            .lines()
            .any(|line| line.contains("▸ 6") && line.contains("UBND, trong đó nữ"))
    });
    terminal.press("1\r");
    terminal.until_that("no finding", |screen| !screen.contains('✖'));
    // What is still being saved is not handed in.
    terminal.until("7 thay đổi chưa gửi");
    terminal.press(F10);
    terminal.until("chưa thu thập được (…)");
    terminal.press("2");
    terminal.until("Enter nộp");
    terminal.press(ENTER);
    terminal.until("đã nộp");
    terminal.press(CTRL_Q);
    assert!(terminal.ended().success());
    let form = json(
        &store,
        &["show", "--json", "--unit", "ngoc-thien", "--period", "2023"],
    );
    assert_eq!(form["status"], "submitted");
    for (field, value) in [
        ("dan_so_nam", "4410"),
        ("dan_so_nu", "4380"),
        ("hdnd_ld", "3"),
        ("hdnd_ld_nu", "1"),
        ("ubnd_ld", "3"),
        ("ubnd_ld_nu", "1"),
    ] {
        assert_eq!(figure(&store, "ngoc-thien", field), value, "{field}");
    }
    sound(&store);
}

/// The 54 numeric fields of a commune's year in the order of the form, with invented figures that
/// fit together.
fn year() -> Vec<(String, String)> {
    let sizes: toml::Table = include_str!("../plans/demo.toml").parse().unwrap();
    let plan = nhaplieu::plan::parse(nhaplieu::plan::embedded()).unwrap();
    let unit = plan
        .unit(&nhaplieu::plan::UnitId::new("ngoc-thien"))
        .unwrap();
    let period = plan.period(&nhaplieu::plan::PeriodId::new("2023")).unwrap();
    let fields = plan.form_fields(unit, period);
    fields
        .into_iter()
        .filter(|field| field.kind.is_numeric())
        .map(|field| {
            let id = field.id.to_string();
            let size = sizes["typical"][&id].as_integer().unwrap();
            (id, size.to_string())
        })
        .collect()
}

#[test]
fn a_whole_year_is_typed_with_two_mistakes_one_put_right_and_one_confirmed() {
    let (_dir, store) = folder();
    let mut terminal = first_run(&store);
    terminal.press(CTRL_Q);
    assert!(terminal.ended().success());
    let before = [
        "set",
        "--unit",
        "nt",
        "--period",
        "2022",
        "ld_nu_nong_nghiep=72",
    ];
    assert!(run(&store, &before).status.success());
    let mut terminal = Terminal::on_form(&store, &[]);
    let year = year();
    assert_eq!(year.len(), 54);
    for (at, (field, figure)) in year.iter().enumerate() {
        match field.as_str() {
            // A woman too many, seen while typing and put right at once.
            "ubnd_ld_nu" => {
                terminal.press("4");
                terminal.until("✖");
                terminal.press("\x7f");
                terminal.press(figure);
                terminal.press(ENTER);
            }
            // Ten times the year before, seen while typing; it is right all the same.
            "ld_nu_nong_nghiep" => {
                terminal.press(figure);
                terminal.until("! Gấp 10");
                terminal.press(ENTER);
                terminal.press(UP);
                terminal.press("\x1bOQ");
                terminal.until("Xác nhận");
                terminal.press(ENTER);
                terminal.until("đã xác nhận");
                terminal.press(DOWN);
            }
            _ => {
                terminal.press(figure);
                terminal.press(ENTER);
            }
        }
        terminal.until(&format!("{}/54", at + 1));
    }
    terminal.press(CTRL_Q);
    assert!(terminal.ended().success());

    let form = json(
        &store,
        &["show", "--json", "--unit", "nt", "--period", "2023"],
    );
    let cells = form["cells"].as_array().unwrap();
    for (field, figure) in &year {
        let cell = cells.iter().find(|cell| cell["field"] == **field).unwrap();
        assert_eq!(cell["value"], **figure, "{field}");
    }
    let log = json(
        &store,
        &["log", "--json", "--unit", "nt", "--period", "2023"],
    );
    let entries = log["entries"].as_array().unwrap();
    let typed = entries.iter().filter(|entry| entry["kind"] == "set_value");
    assert_eq!(
        typed.count(),
        54,
        "what was put right before Enter was never written"
    );
    let confirmed = entries.iter().find(|e| e["kind"] == "confirm").unwrap();
    assert_eq!(confirmed["field"], "ld_nu_nong_nghiep");
    assert!(!confirmed["reason"].as_str().unwrap().is_empty());
    assert!(
        entries
            .iter()
            .all(|e| e["actor"] == entries[0]["actor"] && e["at"] != "")
    );
    sound(&store);
}

/// What `UniKey` sends for "hộ tịch" and "được" typed letter by letter (Telex): the letter is taken
/// back and sent anew, backspaces and letter in one write.
fn unikey(backspace: u8) -> Vec<Vec<u8>> {
    let again = |back: usize, text: &str| {
        let mut bytes = vec![backspace; back];
        bytes.extend(text.as_bytes());
        bytes
    };
    let plain = |text: &str| text.as_bytes().to_vec();
    vec![
        plain("h"),
        plain("o"),
        again(1, "ô"),
        again(1, "ộ"),
        plain(" "),
        plain("t"),
        plain("i"),
        plain("c"),
        plain("h"),
        again(3, "ịch"),
        plain(" "),
        plain("d"),
        again(1, "đ"),
        plain("u"),
        plain("o"),
        again(2, "ươ"),
        plain("c"),
        again(2, "ợc"),
    ]
}

#[test]
fn vietnamese_as_an_input_method_sends_it_arrives_as_words() {
    for backspace in [0x7f, 0x08] {
        let (_dir, store) = folder();
        let mut terminal = first_run(&store);
        terminal.press(CTRL_N);
        terminal.until("Ghi chú cho ô");
        for bytes in unikey(backspace) {
            terminal.send(&bytes);
        }
        terminal.until("hộ tịch được");
        terminal.press(ENTER);
        terminal.until_that("closed", |screen| !screen.contains("Ghi chú cho ô"));
        terminal.press(CTRL_Q);
        assert!(terminal.ended().success());
        let log = json(&store, &["log", "--json"]);
        let text = log.to_string();
        assert!(text.contains("hộ tịch được"), "{backspace:#x}: {text}");
    }
}

fn unfinished_text_survives(lose: impl Fn(&mut Terminal)) {
    let (_dir, store) = folder();
    let mut terminal = first_run(&store);
    terminal.press("4410\r");
    terminal.until("1/54");
    terminal.until("đã lưu");
    terminal.press(DOWN);
    terminal.until("▸ 3 Lãnh đạo chủ chốt HĐND, tổng số ");
    terminal.press("73");
    terminal.until("[73");
    // It is kept right after the frame that shows it.
    until_kept(&store, "73");
    lose(&mut terminal);
    terminal.ended();
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nam"), "4410");
    assert_eq!(
        figure(&store, "ngoc-thien", "hdnd_ld"),
        "blank",
        "not entered yet"
    );
    let mut terminal = Terminal::start(&store, &[]);
    terminal.until("[73");
    assert!(
        terminal.line("[73").contains("Lãnh đạo chủ chốt HĐND"),
        "{}",
        terminal.text()
    );
    terminal.press(ENTER);
    terminal.until("2/54");
    terminal.press(CTRL_Q);
    terminal.ended();
    assert_eq!(figure(&store, "ngoc-thien", "hdnd_ld"), "73");
    sound(&store);
}

#[test]
fn a_terminal_that_is_closed_ends_the_program_and_keeps_the_unfinished_text() {
    unfinished_text_survives(Terminal::hang_up);
}

#[test]
fn a_system_that_shuts_down_ends_the_program_and_keeps_the_unfinished_text() {
    unfinished_text_survives(Terminal::terminate);
}

#[test]
fn a_killed_program_keeps_the_unfinished_text() {
    unfinished_text_survives(|terminal| terminal.signal(rustix::process::Signal::KILL));
}

#[test]
fn figures_typed_while_the_file_is_away_are_saved_once_it_is_back() {
    let (_dir, store) = folder();
    let mut terminal = first_run(&store);
    terminal.press("4410\r");
    terminal.until("đã lưu");
    let (data, away) = (store.join("data.redb"), store.join("away"));
    std::fs::rename(&data, &away).unwrap();
    terminal.press("4380\r");
    terminal.until("CHƯA lưu");
    // Commands and another start say what is missing, and make nothing in its place.
    let output = run(&store, &["status"]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let mut other = Terminal::start(&store, &[]);
    other.until("thiếu data.redb");
    std::fs::rename(&away, &data).unwrap();
    // Nobody presses a key.
    terminal.until_that("saved", |screen| !screen.contains("CHƯA lưu"));
    other.until("VIỆC CẦN LÀM");
    for session in [&mut terminal, &mut other] {
        session.press(CTRL_Q);
        assert!(session.ended().success());
    }
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nam"), "4410");
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nu"), "4380");
    sound(&store);
}

#[test]
fn without_a_terminal_it_says_so() {
    let (_dir, store) = folder();
    let output = run(&store, &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("terminal") || said.contains("màn hình"),
        "{said}"
    );
    assert!(!store.exists(), "nothing was made");
}

#[test]
fn nothing_is_written_and_nothing_runs_while_nobody_types() {
    let (_dir, store) = folder();
    let mut terminal = first_run(&store);
    terminal.press("4410\r");
    terminal.until("đã lưu");
    std::thread::sleep(std::time::Duration::from_millis(300));
    terminal.look();
    let before = (terminal.text(), terminal.written());
    std::thread::sleep(std::time::Duration::from_secs(3));
    let after = (terminal.text(), terminal.written());
    assert_eq!(before, after);
}
