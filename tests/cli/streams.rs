//! Bundles through standard output and standard input, so that any other program can stand between.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::bundles::District;
use crate::run::{Desk, cell};

/// Runs the program with `input` as its standard input.
fn fed(desk: &Desk, words: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_nhaplieu"));
    program
        .args(["--store", desk.store().to_str().unwrap()])
        .args(["--today", desk.today])
        .args(words)
        .env_clear()
        .env("HOME", desk.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    // A program that refuses before it has read everything closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// What stands for encryption here: its own reverse.
fn scrambled(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ 0x5a).collect()
}

/// The district after its commune has written one figure.
fn with_a_figure() -> District {
    let district = District::new();
    district
        .commune
        .run(&["set", "--unit", "nt", "--period", "2023", "be_trai=62"])
        .expects(0);
    district
}

#[test]
fn a_bundle_goes_through_a_pipe_and_another_program() {
    let district = with_a_figure();
    let (commune, office) = (&district.commune, &district.office);
    for encoding in [&[][..], &["--armour"]] {
        let words = [&["export", "--to", "P-LDTBXH", "-o", "-"][..], encoding].concat();
        let written = fed(commune, &words, b"");
        assert_eq!(written.status.code(), Some(0));
        let said = String::from_utf8(written.stderr).unwrap();
        assert!(said.contains("đầu ra chuẩn"), "{said}");
        // The bundle and nothing else stands in standard output.
        let file = office.file("a.nlb", &written.stdout);
        let inside = office.json(&["inspect", file.to_str().unwrap(), "--json"]);
        assert_eq!(inside["to"], "P-LDTBXH");
        let arrived = scrambled(&scrambled(&written.stdout));
        let looked = fed(office, &["inspect", "-", "--json"], &arrived);
        assert_eq!(looked.status.code(), Some(0));
        let taken = fed(office, &["import", "-"], &arrived);
        assert_eq!(taken.status.code(), Some(0), "{taken:?}");
    }
    let shown = office.json(&["show", "--unit", "nt", "--period", "2023", "--json"]);
    assert_eq!(cell(&shown, "be_trai")["value"], "62");
}

#[test]
fn what_comes_through_a_pipe_and_is_no_bundle_changes_nothing() {
    let district = with_a_figure();
    let office = &district.office;
    let before = office.state();
    let bundle = fed(&district.commune, &["export", "-o", "-"], b"").stdout;
    let cut = &bundle[..bundle.len() - 1];
    let inputs: [(&[u8], &str); 4] = [
        (b"", "rỗng"),
        (cut, "cụt"),
        (&scrambled(&bundle), "không phải tệp số liệu"),
        (b"age-encryption.org/v1\n-> X25519 abc\n", "mã hoá (age)"),
    ];
    for (input, why) in inputs {
        let done = fed(office, &["import", "-"], input);
        assert_eq!(done.status.code(), Some(3));
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(said.contains(why), "{said}");
        assert!(said.contains("Không có gì bị thay đổi"), "{said}");
    }
    assert_eq!(office.state(), before);
}

#[test]
fn an_encrypted_file_is_named_for_what_it_is() {
    let desk = Desk::commune();
    let before = desk.state();
    let file = desk.file("a.nlb", b"-----BEGIN PGP MESSAGE-----\n\nhF4D\n");
    for command in ["import", "inspect"] {
        let done = desk.run(&[command, file.to_str().unwrap()]).expects(3);
        assert!(done.err.contains("mã hoá (OpenPGP)"), "{}", done.err);
    }
    assert_eq!(desk.state(), before);
}

#[test]
fn a_key_goes_through_a_pipe() {
    let desk = Desk::commune();
    let written = fed(&desk, &["export", "--key", "-o", "-"], b"");
    assert_eq!(written.status.code(), Some(0));
    assert!(written.stdout.starts_with(b"NHAPLIEU KEY 1\n"));
}
