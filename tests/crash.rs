//! kill -9 while somebody types: what the screen had answered for is there, `verify` is clean,
//! and the text that was not entered yet is in its cell again.
//!
//! `NHAPLIEU_TORTURE=full cargo test --test crash` kills 200 times instead of 12.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper that fails fails its test; what was counted is said"
)]

#[path = "store_bad_day/chance.rs"]
mod chance;
#[path = "support/pty.rs"]
mod pty;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chance::{Chance, rounds};
use pty::{ESC, Terminal, commune, json, sound, until_kept};
use tempfile::tempdir;

const CTRL_HOME: &str = "\x1b[1;5H";
/// Cells typed in one round at most.
const CELLS: usize = 30;

/// The figure of a cell in a round: no other ever has it.
fn number(round: usize, cell: usize) -> usize {
    100_000 + round * 100 + cell
}

/// As the screen writes it.
fn shown(number: usize) -> String {
    format!("{}.{:03}", number / 1000, number % 1000)
}

/// The figure stands in its cell, and is no longer on its way to the disk.
fn is_answered(screen: &str, number: usize) -> bool {
    let shown = shown(number);
    // Below the form findings name figures too, also those still on their way.
    let mut form = screen.lines().skip(2).take(17);
    form.any(|line| {
        let Some((before, after)) = line.split_once(&shown) else {
            return false;
        };
        !before.ends_with('[') && !after.starts_with('…')
    })
}

/// The form's figures, by field.
fn figures(store: &Path) -> BTreeMap<String, String> {
    let form = json(
        store,
        &["show", "--json", "--unit", "ngoc-thien", "--period", "2023"],
    );
    let cells = form["cells"].as_array().unwrap();
    cells
        .iter()
        .map(|cell| {
            let value = cell["value"].as_str().unwrap_or_default();
            (cell["field"].as_str().unwrap().to_owned(), value.to_owned())
        })
        .collect()
}

/// Fields in the order of the form.
fn fields(store: &Path) -> Vec<String> {
    let form = json(
        store,
        &["show", "--json", "--unit", "ngoc-thien", "--period", "2023"],
    );
    let cells = form["cells"].as_array().unwrap();
    cells
        .iter()
        .map(|cell| cell["field"].as_str().unwrap().to_owned())
        .collect()
}

/// Opens the form with the cursor in its first cell; tells which text had been left. Where one must
/// have been, it is waited for: a pseudo terminal gives a frame in parts, the head before the cells.
fn at_the_top(store: &Path, unfinished: Option<&str>) -> (Terminal, Option<String>) {
    let mut terminal = Terminal::start(store, &[]);
    terminal.until_that("started", |screen| match unfinished {
        Some(_) => screen.contains('['),
        None => screen.contains("VIỆC CẦN LÀM") || screen.contains("/54"),
    });
    let mut left = None;
    if terminal.text().contains("VIỆC CẦN LÀM") {
        terminal.press("\r");
        terminal.until("/54");
    } else {
        let line = terminal.line("[");
        left = line
            .split_once('[')
            .map(|(_, rest)| rest.split([']', ' ']).next().unwrap().to_owned());
        terminal.press(ESC);
        terminal.until_that("left alone", |screen| !screen.contains('['));
    }
    terminal.press(CTRL_HOME);
    terminal.until("▸ 1 Dân số trung bình, nam");
    (terminal, left)
}

/// What one round of typing came to.
struct Round {
    /// Cells whose figures the screen had answered for.
    answered: Vec<usize>,
    /// Cells whose figures had been sent to the program.
    sent: usize,
    /// Text that stood unentered in a cell for a while.
    unfinished: Option<String>,
}

fn typed(mut terminal: Terminal, store: &Path, round: usize, chance: &mut Chance) -> Round {
    let until = chance.below(CELLS);
    let mut answered = vec![false; CELLS];
    let mut sent = 0;
    let look = |terminal: &mut Terminal, answered: &mut Vec<bool>, sent: usize| {
        let screen = terminal.text();
        for (cell, answered) in answered.iter_mut().enumerate().take(sent) {
            *answered |= is_answered(&screen, number(round, cell));
        }
    };
    while sent < until {
        let ahead = (1 + chance.below(6)).min(until - sent);
        let typed: Vec<String> = (sent..sent + ahead)
            .map(|cell| number(round, cell).to_string())
            .collect();
        let burst = typed.join("\r") + "\r";
        terminal.press(&burst);
        sent += ahead;
        for _ in 0..chance.below(8) {
            look(&mut terminal, &mut answered, sent);
            std::thread::sleep(Duration::from_micros(500));
        }
    }
    let mut unfinished = None;
    if chance.once_in(2) {
        let text = number(round, 77).to_string();
        terminal.press(&text);
        terminal.until(&format!("[{text}"));
        until_kept(store, &text);
        unfinished = Some(text);
    } else {
        std::thread::sleep(Duration::from_micros(chance.next() % 8_000));
    }
    look(&mut terminal, &mut answered, sent);
    terminal.kill();
    let answered = (0..sent).filter(|cell| answered[*cell]).collect();
    Round {
        answered,
        sent,
        unfinished,
    }
}

#[test]
fn what_was_answered_is_there_after_kill_9() {
    let dir = tempdir().unwrap();
    let store = dir.path().join("kho");
    commune(&store);
    let fields = fields(&store);
    let mut chance = Chance::new(31);
    let mut before = figures(&store);
    let (mut answers, mut open) = (0, 0);
    let (mut terminal, _) = at_the_top(&store, None);
    for round in 0..rounds(12, 200) {
        let typed = typed(terminal, &store, round, &mut chance);
        let found = figures(&store);
        for (cell, field) in fields.iter().enumerate().take(CELLS) {
            let (old, new) = (&before[field], number(round, cell).to_string());
            let what = format!("round {round}, {field}: {} was {old}", found[field]);
            if typed.answered.contains(&cell) {
                assert_eq!(found[field], new, "{what}, answered for");
            } else if cell < typed.sent {
                assert!(
                    found[field] == new || found[field] == *old,
                    "{what}, on its way"
                );
            } else {
                assert_eq!(found[field], *old, "{what}, not typed");
            }
        }
        answers += typed.answered.len();
        open += typed.sent - typed.answered.len();
        before = found;
        sound(&store);
        let left;
        (terminal, left) = at_the_top(&store, typed.unfinished.as_deref());
        if let Some(text) = typed.unfinished {
            assert_eq!(
                left.as_deref(),
                Some(text.as_str()),
                "round {round}: unfinished text"
            );
        }
    }
    println!("{answers} figures answered for, {open} on their way");
    assert!(answers > 0, "nothing was ever answered for");
}
