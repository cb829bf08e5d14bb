//! The README's tables are what the program says of itself. To write them anew after a change:
//! `NHAPLIEU_README=write cargo test --test readme`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

use std::process::Command;

fn said_by_the_program(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_nhaplieu"))
        .args(words)
        .env_clear()
        .env("HOME", std::env::temp_dir().join("nhaplieu-no-such-home"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands as a table, from the help page's own lines.
fn commands() -> String {
    let page = said_by_the_program(&["--help"]);
    let lines = page
        .lines()
        .skip_while(|line| *line != "Lệnh:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let rows = lines.map(|line| {
        let (name, words) = line.trim().split_once("  ").unwrap();
        format!("| `{name}` | {} |", words.trim())
    });
    let head = "| lệnh | làm gì |\n|---|---|".to_owned();
    let all: Vec<String> = std::iter::once(head).chain(rows).collect();
    all.join("\n")
}

/// The picture of a screen that the screens' own tests hold.
fn picture() -> String {
    let path = "/tests/screens/snapshots/screens__pictures__form_typing@80x24.snap";
    let snapshot =
        std::fs::read_to_string(format!("{}{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let screen = snapshot.splitn(3, "---\n").nth(2).unwrap();
    format!("```\n{}\n```", screen.trim_end())
}

#[test]
fn the_readmes_tables_are_the_programs_own() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let mut readme = std::fs::read_to_string(path).unwrap();
    let before = readme.clone();
    for (name, now) in [
        ("keys", said_by_the_program(&["keys", "--markdown"])),
        ("commands", commands()),
        ("screen", picture()),
    ] {
        let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let start = readme.find(&open).unwrap() + open.len();
        let end = readme.find(&close).unwrap();
        readme.replace_range(start..end, &format!("{}\n", now.trim()));
    }
    if std::env::var("NHAPLIEU_README").is_ok_and(|word| word == "write") {
        std::fs::write(path, &readme).unwrap();
    } else {
        assert_eq!(before, readme, "write them anew: see this file's head");
    }
}
