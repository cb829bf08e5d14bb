//! The store's own files as commands meet them: taken away, cut, from another time, open to others.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::run::{Desk, cell};

const FORM: [&str; 4] = ["--unit", "nt", "--period", "2023"];

fn sets<'a>(figures: &[&'a str]) -> Vec<&'a str> {
    [&["set"], &FORM[..], figures].concat()
}

/// The commands that open a store, and one that makes one.
fn commands() -> Vec<Vec<&'static str>> {
    vec![
        vec!["init", "--unit", "cao-xa", "--as", "Hoa"],
        vec!["demo"],
        sets(&["be_trai=62"]),
        [&["show"], &FORM[..]].concat(),
        [&["submit"], &FORM[..]].concat(),
        vec!["status"],
        vec!["log"],
        vec!["check"],
        vec!["verify"],
        vec!["export", "--armour", "-o", "-"],
        vec!["import"],
        vec!["bundles"],
        vec!["conflicts"],
        vec!["plan", "show"],
    ]
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn a_store_without_its_figures_is_no_empty_folder() {
    let desk = Desk::commune();
    desk.run(&sets(&["be_trai=62"])).expects(0);
    let before = desk.state();
    let (data, away) = (desk.store().join("data.redb"), desk.path().join("away"));
    fs::rename(&data, &away).unwrap();
    let kept = files(&desk.store());
    for words in commands() {
        let done = desk.run(&words).expects(5);
        for said in ["thiếu data.redb", "key, witness", "bản sao lưu"] {
            assert!(done.err.contains(said), "{words:?}: {}", done.err);
        }
        assert_eq!(done.out, "", "{words:?}");
    }
    assert_eq!(
        files(&desk.store()),
        kept,
        "nothing was made or written over"
    );
    fs::rename(&away, &data).unwrap();
    let done = desk.run(&sets(&["be_gai=57"])).expects(0);
    assert!(!done.err.contains("mã mới"), "{}", done.err);
    assert_eq!(desk.state().matches("epoch_start").count(), 1);
    assert!(desk.state().len() > before.len());
    desk.run(&["verify"]).expects(0);
}

#[test]
fn a_key_that_cannot_be_used_stops_every_write_and_is_left_as_it_is() {
    let desk = Desk::commune();
    let path = desk.store().join("key");
    let good = fs::read(&path).unwrap();
    for (bytes, said) in [
        (&good[..20], "dài 20 byte"),
        (&[7; 32], "của bộ số liệu khác"),
    ] {
        fs::write(&path, bytes).unwrap();
        let done = desk.run(&sets(&["be_trai=62"])).expects(5);
        assert!(done.err.contains(said), "{}", done.err);
        assert!(done.err.contains("bản sao lưu"), "{}", done.err);
        desk.run(&["export", "--armour", "-o", "-"]).expects(5);
        desk.run(&[&["show"], &FORM[..]].concat()).expects(0);
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    // Moved away, as the words say: the next figure begins a new code, and says so.
    fs::remove_file(&path).unwrap();
    desk.run(&["status"]).expects(0);
    desk.run(&["export", "--armour", "-o", "-"]).expects(5);
    let done = desk.run(&sets(&["be_trai=62"])).expects(0);
    assert!(done.err.contains("ghi dưới mã mới"), "{}", done.err);
    desk.run(&["export", "--armour", "-o", "-"]).expects(0);
    let done = desk.run(&sets(&["be_gai=57"])).expects(0);
    assert!(!done.err.contains("mã mới"), "said once: {}", done.err);
    desk.run(&["verify"]).expects(0);
}

#[test]
fn a_copy_says_so_with_its_first_change_and_forgets_nothing_that_is_unsent() {
    let desk = Desk::commune();
    desk.run(&sets(&["be_trai=62"])).expects(0);
    let copy = Desk::copy(&desk);
    let witness = |desk: &Desk| desk.store().join("witness");
    fs::copy(witness(&desk), witness(&copy)).unwrap();
    for _ in 0..3 {
        copy.run(&["status"]).expects(0);
        copy.run(&["export", "--armour", "-o", "-"]).expects(0);
    }
    assert_eq!(copy.state(), desk.state(), "only looked at");
    let done = copy.run(&sets(&["be_gai=57"])).expects(0);
    assert!(done.err.contains("bản chép"), "{}", done.err);
    let status = copy.json(&["status", "--period", "2023", "--json"]);
    let units = status["units"].as_array().unwrap();
    let own = units
        .iter()
        .find(|unit| unit["unit"] == "ngoc-thien")
        .unwrap();
    assert_eq!(own["unsent"], 2, "one under each code");
    let shown = copy.json(&[&["show"], &FORM[..], &["--json"]].concat());
    assert_eq!(cell(&shown, "be_trai")["value"], "62");
    copy.run(&["verify"]).expects(0);
}

#[test]
fn an_older_copy_under_the_same_folder_is_said_and_gives_no_number_twice() {
    let desk = Desk::commune();
    let data = desk.store().join("data.redb");
    let image = fs::read(&data).unwrap();
    desk.run(&sets(&["be_trai=62"])).expects(0);
    fs::write(&data, image).unwrap();
    let done = desk.run(&sets(&["be_trai=63"])).expects(0);
    assert!(done.err.contains("cũ hơn lần ghi cuối"), "{}", done.err);
    assert_eq!(desk.state().matches("epoch_start").count(), 2);
    desk.run(&["verify"]).expects(0);
}

#[test]
fn what_others_may_read_is_refused_with_the_command_that_mends_it() {
    let desk = Desk::commune();
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for (path, bits) in [(desk.store(), 0o755), (desk.store().join("key"), 0o644)] {
        mode(&path, bits);
        for words in [&["status"][..], &["verify"], &sets(&["be_trai=62"])] {
            let done = desk.run(words).expects(5);
            let (_, mend) = done.err.split_once("Chạy: ").unwrap();
            let mend = mend.lines().next().unwrap();
            assert!(mend.starts_with("chmod ") && mend.contains(path.to_str().unwrap()));
        }
        mode(&path, if path.is_dir() { 0o700 } else { 0o600 });
        desk.run(&["status"]).expects(0);
    }
}
