//! Each kind of bad input: its own message, its own exit code, and nothing changed.

use std::fs;

use crate::run::{Desk, run};

#[test]
fn wrong_words_are_wrong_usage() {
    let desk = Desk::commune();
    let before = desk.state();
    for (words, told) in [
        (
            &["set", "--unit", "xyz", "--period", "2023", "be_trai=1"][..],
            "xyz",
        ),
        (
            &["set", "--unit", "lc", "--period", "2023", "be_trai=1"],
            "lien-chung",
        ),
        (
            &["set", "--unit", "nt", "--period", "2019", "be_trai=1"],
            "2019",
        ),
        (
            &["set", "--unit", "nt", "--period", "2023", "be_tria=1"],
            "be_trai",
        ),
        (
            &["set", "--unit", "nt", "--period", "2023", "gio_nu=1"],
            "gio_nu",
        ),
        (&["set", "--unit", "nt", "--period", "2023", "be_trai"], "="),
        (
            &[
                "set",
                "--unit",
                "nt",
                "--period",
                "2023",
                "be_trai=1",
                "be_trai=2",
            ],
            "be_trai",
        ),
        (&["set", "--unit", "nt", "--period", "2023"], "FIELD=VALUE"),
        (&["set", "--period", "2023", "be_trai=1"], "--unit"),
        (
            &[
                "set",
                "--unit",
                "nt",
                "--period",
                "2023",
                "be_trai=1",
                "--frob",
            ],
            "--frob",
        ),
        (&["show", "--unit", "MTTQ", "--period", "2023"], "Mặt trận"),
        (
            &["show", "--unit", "lan-gioi", "--period", "2025-6T"],
            "Lan Giới",
        ),
        (&["frob"], "frob"),
        (&["--today", "22/11/2023", "status"], "22/11/2023"),
        (&["--lang", "fr", "status"], "fr"),
        (&["--keymap", "emacs", "keys"], "emacs"),
        (&["--actor", "Nguyễn Lan", "status"], "Nguyễn Lan"),
        (&["plan", "check", "khong-co.toml"], "khong-co.toml"),
        (&["init", "--unit", "nt", "--as", "Lan"], "bộ số liệu"),
    ] {
        let done = desk.run(words).expects(2);
        assert!(done.err.contains(told), "{words:?}: {}", done.err);
        assert!(done.out.is_empty(), "{words:?}: {}", done.out);
    }
    assert_eq!(desk.state(), before);
}

#[test]
fn without_a_store_every_command_says_how_to_make_one() {
    let desk = Desk::empty();
    for words in [
        &["show", "--unit", "nt", "--period", "2023"][..],
        &["set", "--unit", "nt", "--period", "2023", "be_trai=1"],
        &["submit", "--unit", "nt", "--period", "2023"],
        &["check"],
        &["status"],
        &["log"],
        &["verify"],
    ] {
        let done = desk.run(words).expects(2);
        assert!(
            done.err.contains("nhaplieu init"),
            "{words:?}: {}",
            done.err
        );
    }
    assert!(!desk.store().exists(), "a question makes no store");
}

#[test]
fn without_a_terminal_the_screens_say_so() {
    let desk = Desk::commune();
    let done = desk.run(&[]).expects(2);
    assert!(done.err.contains("terminal"), "{}", done.err);
}

#[test]
fn a_plan_with_errors_is_refused_with_every_line() {
    let desk = Desk::empty();
    let plan = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/plans/tan-yen-2021-2025.toml"
    ))
    .unwrap();
    let broken = desk.file(
        "ke-hoach.toml",
        plan.replacen("be_gai", "be_gaii", 1).as_bytes(),
    );
    let broken = broken.to_str().unwrap();
    let done = desk.run(&["plan", "check", broken]).expects(3);
    assert!(done.out.contains("ke-hoach.toml:"), "{}", done.out);
    let done = desk
        .run(&["--plan", broken, "init", "--unit", "nt", "--as", "Lan"])
        .expects(3);
    assert!(done.err.contains("plan check"), "{}", done.err);
    assert!(!desk.store().join("data.redb").exists());
}

#[test]
fn a_keymap_with_errors_is_refused_and_checked_by_line() {
    let desk = Desk::commune();
    let file = desk.file(
        "phim.toml",
        b"[form]\nf5 = \"no.such\"\n\"ctrl+h\" = \"undo\"\n",
    );
    let file = file.to_str().unwrap();
    let done = desk.run(&["keys", "check", file]).expects(3);
    assert!(
        done.out.contains("phim.toml:2:") && done.out.contains("phim.toml:3:"),
        "{}",
        done.out
    );
    desk.run(&["--keymap", file, "keys"]).expects(3);
    let good = desk.file("tot.toml", b"[form]\nf12 = \"form.finish\"\n");
    desk.run(&["keys", "check", good.to_str().unwrap()])
        .expects(0);
}

#[test]
fn a_damaged_store_is_the_disks_failure_and_is_left_as_it_is() {
    let desk = Desk::commune();
    let data = desk.store().join("data.redb");
    let whole = fs::read(&data).unwrap();
    for damaged in [
        whole[..whole.len() / 2].to_vec(),
        vec![7; whole.len()],
        Vec::new(),
    ] {
        fs::write(&data, &damaged).unwrap();
        let done = desk
            .run(&["show", "--unit", "nt", "--period", "2023"])
            .expects(5);
        assert!(done.err.contains("nhaplieu verify"), "{}", done.err);
        assert_eq!(fs::read(&data).unwrap(), damaged);
    }
}

#[test]
fn a_folder_that_takes_nothing_is_said_to() {
    let desk = Desk::empty();
    // A file stands where the folder should be.
    let file = desk.file("tep", b"");
    let inside = file.join("kho");
    let words = [
        "--store",
        inside.to_str().unwrap(),
        "init",
        "--unit",
        "nt",
        "--as",
        "Lan",
    ];
    let done = run(&words, desk.path()).expects(5);
    assert!(!done.err.is_empty());
}
