//! The program and its terminal: what it settles, what it survives, how it ends.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[path = "support/pty.rs"]
mod pty;

use std::path::{Path, PathBuf};

use pty::{CTRL_Q, DOWN, ENTER, ESC, Terminal, commune, figure, sound};
use rustix::process::Signal;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use tempfile::{TempDir, tempdir};

fn store() -> (TempDir, PathBuf) {
    let dir = tempdir().unwrap();
    let store = dir.path().join("kho");
    commune(&store);
    (dir, store)
}

fn leave(mut terminal: Terminal, store: &Path) {
    terminal.press(CTRL_Q);
    assert!(terminal.ended().success());
    sound(store);
}

#[test]
fn what_a_program_before_left_on_is_turned_off() {
    let (_dir, store) = store();
    let mut terminal = Terminal::start(&store, &[]);
    terminal.left_behind(b"\x1b=\x1b[?1h\x1b[?1003h");
    terminal.until("VIỆC CẦN LÀM");
    let screen = terminal.screen();
    assert!(!screen.application_keypad() && !screen.application_cursor());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    assert!(screen.bracketed_paste() && screen.alternate_screen());
    terminal.press(CTRL_Q);
    assert!(terminal.ended().success());
    let screen = terminal.screen();
    assert!(!screen.bracketed_paste() && !screen.alternate_screen());
    assert!(!screen.hide_cursor());
}

#[test]
fn a_figure_from_the_keypad_in_application_mode_is_the_figure() {
    let (_dir, store) = store();
    let mut terminal = Terminal::on_form(&store, &[]);
    terminal.press("\x1bOt\x1bOt\x1bOq\x1bOp\x1bOM");
    terminal.until("1/54");
    terminal.until("đã lưu");
    leave(terminal, &store);
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nam"), "4410");
}

#[test]
fn a_block_is_not_pasted_into_one_cell_and_what_is_typed_stays() {
    let (_dir, store) = store();
    let mut terminal = Terminal::on_form(&store, &[]);
    terminal.press("44");
    terminal.until("[44");
    terminal.press("\x1b[200~12\t340\r\n\x1b[201~");
    terminal.until("hãy dán từng số");
    terminal.press("10");
    terminal.until("[4410");
    // One cell of a spreadsheet comes with the end of its line.
    terminal.press(ENTER);
    terminal.press("\x1b[200~4380\r\n\x1b[201~\r");
    terminal.until("2/54");
    // Without its end it is over after two seconds, and nothing of it is taken.
    terminal.press("\x1b[200~77");
    terminal.until("hãy dán lại");
    terminal.press("3\r");
    terminal.until("3/54");
    leave(terminal, &store);
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nam"), "4410");
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nu"), "4380");
    assert_eq!(figure(&store, "ngoc-thien", "hdnd_ld"), "3");
}

#[test]
fn the_cursor_stands_at_the_caret_or_unseen_at_the_cell() {
    let (_dir, store) = store();
    let mut terminal = Terminal::on_form(&store, &[]);
    // The row of the cursor up to it, once a whole frame is there.
    let at_cursor = |screen: &vt100::Screen| {
        let (row, column) = screen.cursor_position();
        screen.contents_between(row, 0, row, column)
    };
    let selected = |screen: &vt100::Screen| screen.hide_cursor() && at_cursor(screen).contains('▸');
    terminal.until_screen("unseen at the cell", selected);
    terminal.press("44");
    terminal.until_screen("behind what is typed", |screen| {
        !screen.hide_cursor() && at_cursor(screen).ends_with("[44")
    });
    terminal.press(ESC);
    terminal.until_screen("unseen at the cell again", |screen| {
        !screen.contents().contains("[44") && selected(screen)
    });
    leave(terminal, &store);
}

/// The state of a process by its letter: R, S, T.
fn state(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let behind_name = stat.rsplit(')').next().unwrap();
    behind_name.trim().chars().next().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_session_that_was_stopped_goes_on_raw_and_drawn_anew() {
    for signal in [Signal::TSTP, Signal::STOP] {
        let (_dir, store) = store();
        let mut terminal = Terminal::on_form(&store, &[]);
        terminal.press("44");
        terminal.until("[44");
        terminal.signal(signal);
        while state(terminal.pid()) != 'T' {
            std::thread::sleep(std::time::Duration::from_millis(3));
        }
        if signal == Signal::TSTP {
            assert!(!terminal.screen().alternate_screen(), "given back");
        }
        // A shell sets the line as it likes it and writes on the screen.
        let mut modes = tcgetattr(terminal.line_of()).unwrap();
        modes.local_modes |= LocalModes::ICANON | LocalModes::ECHO;
        tcsetattr(terminal.line_of(), OptionalActions::Now, &modes).unwrap();
        terminal.left_behind(b"\x1b[?1049l\x1b[31;4m\x1b[2J\x1b[?25h$ fg\r\n");
        terminal.signal(Signal::CONT);
        terminal.until("[44");
        terminal.until("Xã Ngọc Thiện");
        assert!(terminal.screen().alternate_screen());
        let modes = tcgetattr(terminal.line_of()).unwrap();
        let cooked = LocalModes::ICANON | LocalModes::ECHO;
        assert!(!modes.local_modes.intersects(cooked), "raw again");
        terminal.press("10\r");
        terminal.until("1/54");
        leave(terminal, &store);
        assert_eq!(figure(&store, "ngoc-thien", "dan_so_nam"), "4410");
    }
}

#[test]
fn a_session_ends_with_its_input_though_nobody_told_it() {
    let (_dir, store) = store();
    let mut terminal = Terminal::start_unowned(&store, &[]);
    terminal.until("VIỆC CẦN LÀM");
    terminal.press(ENTER);
    terminal.until("/54");
    terminal.press("4410\r");
    terminal.until("đã lưu");
    terminal.press("73");
    terminal.until("[73");
    terminal.hang_up();
    terminal.ended();
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nam"), "4410");
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nu"), "blank");
    sound(&store);
}

#[test]
fn a_window_that_claims_to_be_huge_or_tiny_is_lived_with() {
    let (_dir, store) = store();
    let mut terminal = Terminal::on_form(&store, &[]);
    for (rows, columns) in [
        (1_500, 1_500),
        (1, 1),
        (u16::MAX, u16::MAX),
        (2, 500),
        (1_500, 2),
    ] {
        let before = terminal.written();
        terminal.resize(rows, columns);
        terminal.until_written(before);
        terminal.press(DOWN);
    }
    terminal.resize(24, 80);
    terminal.until("/54");
    terminal.press("4410\r");
    terminal.until("1/54");
    leave(terminal, &store);
}

/// The most memory a process has had, in KiB.
#[cfg(target_os = "linux")]
fn peak(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let digits = line.chars().filter(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_poured_in_takes_little_memory_and_does_not_outlive_the_line() {
    let (_dir, store) = store();
    let mut terminal = Terminal::on_form(&store, &[]);
    let before = peak(terminal.pid());
    // As keys, as pastes that are taken and refused, as sequences without an end.
    terminal.press(&"7".repeat(60_000));
    let paste = format!("\x1b[200~{}\x1b[201~", "1 ".repeat(500_000));
    for _ in 0..3 {
        terminal.press(&paste);
    }
    terminal.press(&format!("\x1b[200~{}\x1b[201~", "1".repeat(3 << 20)));
    terminal.press(&format!("\x1b]{}\x07", "1".repeat(1 << 20)));
    terminal.press(&format!("\x1b[{}~", "1;".repeat(1 << 18)));
    terminal.press("\x1b");
    terminal.until_that("left", |screen| !screen.contains("[777"));
    terminal.press(DOWN);
    let after = peak(terminal.pid());
    assert!(after < before + 24 * 1024, "{before} KiB, then {after} KiB");
    // What still waits when the line is lost is not worked off first.
    let mut more = "8\r".repeat(2_000);
    more.push_str(&"9".repeat(200_000));
    terminal.pour(more.as_bytes());
    terminal.hang_up();
    terminal.ended();
    sound(&store);
}
