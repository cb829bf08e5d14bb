//! kill -9 while the program imports or exports a bundle of some thousand entries: the store is
//! what it was or what it was to become, `verify` is clean, a bundle's name stands for a whole one,
//! and doing it again ends it.
//!
//! `NHAPLIEU_TORTURE=full cargo test --test crash_bundles` kills 200 times each instead of 8.

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

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use chance::{Chance, rounds};
use pty::{json, program, run, sound};
use tempfile::{TempDir, tempdir};

/// Everything an import changes that people see, but the moment at which it did: the log, the forms
/// it writes, what it was, and what the sender said it has.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    log: String,
    forms: Vec<String>,
    bundles: String,
}

/// Where a store stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Before,
    After,
}

const PERIODS: [&str; 2] = ["2021", "2022"];

fn state(store: &Path) -> State {
    let answer = |words: &[&str]| String::from_utf8(run(store, words).stdout).unwrap();
    let mut forms = Vec::new();
    for unit in ["ngoc-thien", "cao-xa", "viet-ngoc"] {
        for period in PERIODS {
            let words = ["show", "--unit", unit, "--period", period, "--json"];
            forms.push(answer(&words));
        }
    }
    let kept = json_of(&run(store, &["bundles", "--json"]));
    let imported = kept["imported"].as_array().unwrap().iter();
    let imported: Vec<_> = imported.map(|one| (&one["root"], &one["counts"])).collect();
    let bundles = format!("{imported:?} {}", kept["confirmed"]);
    State {
        log: answer(&["log", "--json"]),
        forms,
        bundles,
    }
}

fn json_of(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The judge: before or after, in every part of it.
fn stands(found: &State, before: &State, after: &State) -> Result<Stands, &'static str> {
    if found == before {
        return Ok(Stands::Before);
    }
    if found == after {
        return Ok(Stands::After);
    }
    Err("between before and after")
}

/// A district whose coordinator has figures of all units, and a store above it that takes all of them.
struct Scene {
    dir: TempDir,
    entries: u64,
}

impl Scene {
    fn new() -> Self {
        let scene = Self {
            dir: tempdir().unwrap(),
            entries: 0,
        };
        let (office, commune) = (scene.at("huyen"), scene.at("xa"));
        done(&office, &["--today", "2023-03-01", "demo"]);
        done(
            &office,
            &[
                "export",
                "--since-all",
                "-o",
                scene.file("older.nlb").to_str().unwrap(),
            ],
        );
        let words = ["set", "--unit", "ngoc-thien", "--period", "2022"];
        let figures = ["be_trai=41", "be_gai=43", "--reason", "đính chính"];
        done(&office, &[&words[..], &figures].concat());
        let bundle = scene.file("all.nlb");
        let whole = ["export", "--since-all", "-o", bundle.to_str().unwrap()];
        done(&office, &whole);
        done(
            &commune,
            &["init", "--unit", "huyen-tan-yen", "--as", "Lan"],
        );
        done(&commune, &["enrol", bundle.to_str().unwrap(), "--yes"]);
        let inside = json(&commune, &["inspect", bundle.to_str().unwrap(), "--json"]);
        let entries = inside["entries"].as_u64().unwrap();
        assert!(entries > 2_000, "{entries}");
        Self { entries, ..scene }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.at(name)
    }

    /// A copy of a store to be ill-treated; without its witness, which would know that it is one.
    fn copy(&self, of: &str, round: usize) -> PathBuf {
        let to = self.at(&format!("{of}-{round}"));
        let mut builder = std::fs::DirBuilder::new();
        builder.mode(0o700).create(&to).unwrap();
        for name in ["data.redb", "key"] {
            std::fs::copy(self.at(of).join(name), to.join(name)).unwrap();
        }
        to
    }
}

fn done(store: &Path, words: &[&str]) {
    let output = run(store, words);
    assert!(output.status.success(), "{words:?}: {output:?}");
}

/// Runs a command and kills it after so long; true when it had ended by itself.
fn killed(store: &Path, words: &[&str], after: &mut dyn FnMut() -> bool) -> bool {
    let mut child = program(store, words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !after() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    // Fails where it has ended.
    let _ = child.kill();
    child.wait().unwrap().success()
}

/// How long the command takes undisturbed, here and today: the moments to kill it at.
fn takes(store: &Path, words: &[&str]) -> Duration {
    let begun = Instant::now();
    done(store, words);
    begun.elapsed()
}

/// True from a seeded moment on, a little past the end at the latest.
fn moment(chance: &mut Chance, takes: Duration) -> impl FnMut() -> bool + use<> {
    let micros = usize::try_from(takes.as_micros()).unwrap();
    let wait = Duration::from_micros(chance.below(micros + micros / 20) as u64);
    let begun = Instant::now();
    move || begun.elapsed() >= wait
}

#[test]
fn an_import_that_is_killed_is_before_or_after_and_can_be_done_again() {
    let scene = Scene::new();
    let bundle = scene.file("all.nlb");
    let words = ["import", bundle.to_str().unwrap()];
    let before = state(&scene.at("xa"));
    let whole = scene.copy("xa", 1_000);
    let takes = takes(&whole, &words);
    let after = state(&whole);
    assert_ne!(before, after);

    // The planted bug: a store that took all but the last entries is neither.
    let partly = scene.copy("xa", 1_001);
    done(
        &partly,
        &["import", scene.file("older.nlb").to_str().unwrap()],
    );
    assert!(stands(&state(&partly), &before, &after).is_err());
    // And one where only what is kept of bundles is missing, while every figure is there.
    let unreported = State {
        bundles: before.bundles.clone(),
        ..after.clone()
    };
    assert!(stands(&unreported, &before, &after).is_err());

    let mut chance = Chance::new(71);
    let (mut early, mut late, mut ends) = (0, 0, 0);
    for round in 0..rounds(8, 200) {
        let store = scene.copy("xa", round);
        let ended = killed(&store, &words, &mut moment(&mut chance, takes));
        ends += usize::from(ended);
        sound(&store);
        let stood = stands(&state(&store), &before, &after)
            .unwrap_or_else(|wrong| panic!("round {round}: {wrong}"));
        match stood {
            Stands::Before => early += 1,
            Stands::After => late += 1,
        }
        assert!(!ended || stood == Stands::After, "round {round}: said done");
        done(&store, &words);
        assert_eq!(state(&store), after, "round {round}: done again");
        std::fs::remove_dir_all(&store).unwrap();
    }
    println!("import killed: {early} before, {late} after, of which {ends} had ended");
}

#[test]
fn an_export_that_is_killed_leaves_a_whole_bundle_under_its_name() {
    let scene = Scene::new();
    let office = scene.at("huyen");
    let older = std::fs::read(scene.file("older.nlb")).unwrap();
    let stick = scene.at("usb");
    std::fs::create_dir(&stick).unwrap();
    let (file, part) = (stick.join("a.nlb"), stick.join("a.nlb.part"));
    let words = ["export", "--since-all", "-o", file.to_str().unwrap()];
    let takes = takes(&office, &words);
    let log = run(&office, &["log", "--json"]).stdout;
    let mut chance = Chance::new(72);
    let (mut olds, mut news, mut parts, mut ends) = (0, 0, 0, 0);
    for round in 0..rounds(8, 200) {
        std::fs::write(&file, &older).unwrap();
        // Writing is the shortest part: every other kill waits for its first sign.
        let mut late = moment(&mut chance, takes);
        let mut since = None;
        let pause = Duration::from_micros(chance.below(3_000) as u64);
        let mut while_writing = || {
            if since.is_none() && part.exists() {
                since = Some(Instant::now());
            }
            since.is_some_and(|since: Instant| since.elapsed() >= pause)
        };
        let wait: &mut dyn FnMut() -> bool = if round % 2 == 0 {
            &mut late
        } else {
            &mut while_writing
        };
        let ended = killed(&office, &words, wait);
        parts += usize::from(part.exists());
        ends += usize::from(ended);
        let found = judged(&office, &file, &older, scene.entries)
            .unwrap_or_else(|wrong| panic!("round {round}: {wrong}"));
        match found {
            Stands::Before => olds += 1,
            Stands::After => news += 1,
        }
        assert!(!ended || found == Stands::After, "round {round}: said done");
        sound(&office);
        assert_eq!(
            run(&office, &["log", "--json"]).stdout,
            log,
            "round {round}"
        );
        done(&office, &words);
        let again = judged(&office, &file, &older, scene.entries);
        assert_eq!(again, Ok(Stands::After), "round {round}");
        assert!(!part.exists(), "round {round}: half a bundle stayed");
    }
    println!(
        "export killed: {olds} older, {news} new, of which {ends} had ended; {parts} half under another name"
    );

    // The planted bug: what writing straight over the older file leaves when it is killed.
    let new = std::fs::read(&file).unwrap();
    for cut in [0, 100, new.len() / 2, new.len() - 1] {
        std::fs::write(&file, &new[..cut]).unwrap();
        assert!(
            judged(&office, &file, &older, scene.entries).is_err(),
            "{cut}"
        );
    }
}

/// The judge: the older file as it was, or a whole new one with every entry.
fn judged(office: &Path, file: &Path, older: &[u8], entries: u64) -> Result<Stands, String> {
    if std::fs::read(file).unwrap() == older {
        return Ok(Stands::Before);
    }
    let output = run(office, &["inspect", file.to_str().unwrap(), "--json"]);
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let found = json_of(&output)["entries"].as_u64();
    if found == Some(entries) {
        Ok(Stands::After)
    } else {
        Err(format!("{found:?} of {entries} entries"))
    }
}
