//! Sticks through the whole program: one that is full, one that is read-only, one that is not
//! there. One that is pulled while it is being written is beyond a test without a device: that
//! stands at the seam, in `tests/sync/sticks.rs`.

#[cfg(target_os = "linux")]
use crate::run::Done;
use crate::run::{Desk, run};

/// Runs a script in which `$STICK` is a file system of its own, where the system lets an ordinary
/// user mount one; `None` where it does not, and then only the seam of `tests/sync/sticks.rs` has
/// tried it.
#[cfg(target_os = "linux")]
fn on_a_stick(desk: &Desk, options: &str, script: &str) -> Option<Done> {
    let stick = desk.path().join("usb");
    std::fs::create_dir_all(&stick).unwrap();
    let mount = format!("mount -t tmpfs -o {options} stick \"$STICK\" || exit 99\n{script}");
    let output = std::process::Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &mount])
        .env("STICK", &stick)
        .env("NHAPLIEU_STORE", desk.store())
        .env("NHAPLIEU", env!("CARGO_BIN_EXE_nhaplieu"))
        .output()
        .ok()?;
    let done = Done {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    let ran = done.code != 99 && !done.err.starts_with("unshare:");
    ran.then_some(done)
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stick_and_one_that_is_read_only_say_so_and_keep_what_they_had() {
    let desk = Desk::commune();
    let before = desk.state();
    // The older bundle lies there, then the stick is filled to its end.
    let full = "\"$NHAPLIEU\" export -o \"$STICK/a.nlb\" >/dev/null || exit 98
        cat \"$STICK/a.nlb\" >\"$STICK/../older\"
        dd if=/dev/zero of=\"$STICK/z\" bs=1k count=64 2>/dev/null
        \"$NHAPLIEU\" export -o \"$STICK/a.nlb\"; code=$?
        cmp \"$STICK/a.nlb\" \"$STICK/../older\" || exit 97
        ls -A \"$STICK\"; exit $code";
    if let Some(done) = on_a_stick(&desk, "size=16k", full) {
        let done = done.expects(5);
        assert!(done.err.contains("Hết chỗ"), "{}", done.err);
        assert_eq!(done.out, "a.nlb\nz\n", "nothing half written stays");
    }
    let locked = "\"$NHAPLIEU\" export -o \"$STICK/a.nlb\"; code=$?; ls -A \"$STICK\"; exit $code";
    if let Some(done) = on_a_stick(&desk, "ro", locked) {
        let done = done.expects(5);
        assert!(done.err.contains("không cho ghi"), "{}", done.err);
        assert_eq!(done.out, "");
    }
    assert_eq!(desk.state(), before);
}

#[test]
fn nowhere_to_write_and_what_is_no_file_are_named_before_anything_is_replaced() {
    let desk = Desk::commune();
    let away = desk.path().join("khong-co/a.nlb");
    let done = desk
        .run(&["export", "-o", away.to_str().unwrap()])
        .expects(5);
    assert!(done.err.contains("USB chưa cắm"), "{}", done.err);
    // Root writes anywhere but here: no file can be made in /sys.
    #[cfg(target_os = "linux")]
    for words in [vec!["export"], vec!["export", "--key"]] {
        let words = [words, vec!["-o", "/sys/goi.nlb"]].concat();
        let done = desk.run(&words).expects(5);
        assert!(done.err.contains("không cho ghi"), "{}", done.err);
    }
    #[cfg(unix)]
    {
        let pipe = desk.path().join("ong");
        let pipe = pipe.to_str().unwrap();
        let made = std::process::Command::new("mkfifo").arg(pipe).status();
        assert!(made.unwrap().success());
        desk.run(&["export", "-o", pipe]).expects(2);
        desk.run(&["export", "--key", "-o", pipe]).expects(2);
        let still = std::fs::symlink_metadata(pipe).unwrap().file_type();
        assert!(!still.is_file(), "the pipe was replaced");
    }
    let done = run(&["inspect", "khong-co.nlb"], desk.path()).expects(2);
    assert!(done.err.contains("khong-co.nlb"), "{}", done.err);
}
