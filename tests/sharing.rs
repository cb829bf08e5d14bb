//! Several sessions on one store: two people in two terminals, and many processes that commit at
//! once while some of them are killed.
//!
//! `NHAPLIEU_TORTURE=full cargo test --test sharing` runs 16 processes with 200 commits each
//! instead of 4 with 25.

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
mod world;

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chance::{Chance, rounds};
use nhaplieu::ledger::{ActionId, Actor, Body, Role, Subject};
use nhaplieu::plan::{self, UnitId};
use nhaplieu::store::StoreReader;
use nhaplieu::store::{Init, LogFilter, Store, create};
use pty::{CTRL_Q, F4, Terminal, figure, json, sound};
use tempfile::tempdir;
use world::{action, cell, edge, id, number, peopled, reopened, set};

/// A store of the shipped plan for a commune, with two clerks.
fn two_clerks(store: &Path) {
    let bytes = plan::embedded().to_vec();
    let plan = Arc::new(plan::parse(&bytes).unwrap());
    let phong = Actor {
        id: id("phong"),
        name: "Phòng".to_owned(),
        role: Role::Coordinator,
        units: vec![plan.coordinator.clone()],
    };
    let init = Init {
        unit: UnitId::new("ngoc-thien"),
        actor: phong,
        plan,
        plan_bytes: bytes,
        seed: [3; 32],
        action: ActionId([1; 16]),
    };
    // The machine's own name, as the program finds it: the store is no copy.
    let mut edge = edge();
    edge.machine = machine();
    let mut made = create(store, &init, &edge).unwrap();
    for (n, who) in (1..).zip(["lan", "hoa"]) {
        let change = nhaplieu::store::Change {
            subject: Subject::Actor(id(who)),
            body: Body::Actor {
                name: who.to_owned(),
                role: Role::Clerk,
                units: vec![UnitId::new("ngoc-thien")],
                disabled: false,
            },
            reason: String::new(),
            seen: nhaplieu::store::Seen::Current,
        };
        made.commit(&action("phong", n, vec![change])).unwrap();
    }
}

fn machine() -> String {
    std::fs::read_to_string("/etc/machine-id")
        .or_else(|_| std::fs::read_to_string("/proc/sys/kernel/hostname"))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

#[test]
fn two_people_type_and_each_sees_the_others_figures() {
    let dir = tempdir().unwrap();
    let store = dir.path().join("kho");
    two_clerks(&store);
    let mut lan = Terminal::on_form(&store, &["--actor", "lan"]);
    let mut hoa = Terminal::on_form(&store, &["--actor", "hoa"]);
    lan.until("hoa");
    hoa.until("lan");
    lan.press("4411\r");
    hoa.until("4.411");
    // Two cells further down, while lan goes on.
    hoa.press("\x1b[B\x1b[B");
    hoa.until("▸ 3 Lãnh đạo chủ chốt HĐND, tổng số ");
    for (at, figure) in ["4380\r", "3\r"].into_iter().enumerate() {
        lan.press(figure);
        hoa.press(["7\r", "2\r"][at]);
    }
    lan.until("4.380");
    hoa.until("4.380");
    lan.press(CTRL_Q);
    hoa.press(CTRL_Q);
    assert!(lan.ended().success());
    assert!(hoa.ended().success());
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nam"), "4411");
    assert_eq!(figure(&store, "ngoc-thien", "dan_so_nu"), "4380");
    assert_eq!(figure(&store, "ngoc-thien", "hdnd_ld_nu"), "2");
    let log = json(&store, &["log", "--json"]).to_string();
    for text in ["4411", "4380", "\"7\"", "\"3\"", "\"2\""] {
        assert!(log.contains(text), "{text} is lost: {log}");
    }
    sound(&store);
}

#[test]
fn the_same_cell_typed_by_both_keeps_both_entries() {
    let dir = tempdir().unwrap();
    let store = dir.path().join("kho");
    two_clerks(&store);
    let mut lan = Terminal::on_form(&store, &["--actor", "lan"]);
    let mut hoa = Terminal::on_form(&store, &["--actor", "hoa"]);
    // Both have begun to type before either has entered.
    lan.press("4411");
    hoa.press("4422");
    lan.until("[4411");
    hoa.until("[4422");
    lan.press("\r");
    lan.until("đã lưu");
    hoa.press("\r");
    hoa.until("đã lưu");
    hoa.press("\x1b[1;5H");
    hoa.press(F4);
    hoa.until_that("both in the history", |screen| {
        screen.contains("4.411") && screen.contains("4.422")
    });
    let log = json(&store, &["log", "--json"]).to_string();
    assert!(log.contains("4411") && log.contains("4422"), "{log}");
    sound(&store);
}

/// How a process of the torture learns what to do.
const WORKER: &str = "NHAPLIEU_TEST_WORKER";

/// One process that commits; started by the torture, nothing by itself.
#[test]
fn worker() {
    let Ok(told) = std::env::var(WORKER) else {
        return;
    };
    let mut told = told.splitn(3, ' ');
    let who: u64 = told.next().unwrap().parse().unwrap();
    let commits: u64 = told.next().unwrap().parse().unwrap();
    let dir = PathBuf::from(told.next().unwrap());
    let mut store = reopened(&dir);
    let mut answered = OpenOptions::new()
        .append(true)
        .create(true)
        .open(answers(&dir, who))
        .unwrap();
    let mine = form_of(who);
    for n in 0..commits {
        let n = who * 1_000_000 + n;
        let fields = [0, 1, 2].map(|at| format!("so_{:02}", (n + at * 7) % 40));
        let changes = fields
            .iter()
            .map(|field| set(&cell(mine.0, mine.1, field), number(&n.to_string())))
            .collect();
        store.commit(&action("phong", n, changes)).unwrap();
        // Into the system's hands before anything else: that outlives kill -9.
        answered.write_all(format!("{n}\n").as_bytes()).unwrap();
        // What others are just writing must never show by halves.
        let other = form_of(n);
        store.form(&world::form(other.0, other.1)).unwrap();
    }
}

fn form_of(n: u64) -> (&'static str, &'static str) {
    [("xa-a", "2023"), ("xa-b", "2023"), ("xa-a", "2023-6T")][usize::try_from(n % 3).unwrap()]
}

fn answers(dir: &Path, who: u64) -> PathBuf {
    dir.with_extension(format!("answered-{who}"))
}

fn start(dir: &Path, who: u64, commits: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["worker", "--exact", "--nocapture"])
        .env(WORKER, format!("{who} {commits} {}", dir.display()))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn many_processes_commit_at_once_and_some_are_killed() {
    let outer = tempdir().unwrap();
    let dir = outer.path().join("kho");
    drop(peopled(&dir));
    let processes = rounds(4, 16) as u64;
    let commits = rounds(25, 200) as u64;
    let mut chance = Chance::new(8);
    let mut living: Vec<Child> = (1..=processes)
        .map(|who| start(&dir, who, commits))
        .collect();
    // Half of them are killed at some moment, and others begin in their place.
    let mut who = processes;
    for at in 0..living.len() / 2 {
        std::thread::sleep(Duration::from_millis(chance.next() % (commits * 4)));
        living[at].kill().unwrap();
        living[at].wait().unwrap();
        who += 1;
        living.push(start(&dir, who, commits));
    }
    let killed = living.len() / 3;
    for child in living.iter_mut().skip(killed) {
        assert!(child.wait().unwrap().success(), "a process failed");
    }
    let answered: BTreeSet<u64> = (1..=who)
        .filter_map(|who| std::fs::read_to_string(answers(&dir, who)).ok())
        .flat_map(|text| {
            text.lines()
                .map(|line| line.parse().unwrap())
                .collect::<Vec<_>>()
        })
        .collect();
    let store = reopened(&dir);
    let log = store.log(&LogFilter::default()).unwrap();
    let mut written = std::collections::BTreeMap::new();
    for line in &log {
        *written.entry(line.recorded.entry.action).or_insert(0) += 1;
    }
    for n in &answered {
        let id = action("phong", *n, Vec::new()).id;
        assert_eq!(written.get(&id), Some(&3), "{n} was answered for");
    }
    println!("{} actions answered for by {who} processes", answered.len());
    assert!(answered.len() as u64 >= (processes - processes / 2) * commits);
    let epochs = log
        .iter()
        .filter(|line| line.recorded.entry.body.kind() == "epoch_start")
        .count();
    assert_eq!(epochs, 1, "none of this was a copy");
    let numbers: BTreeSet<u64> = log.iter().map(|line| line.recorded.seq).collect();
    assert_eq!(numbers.len(), log.len(), "a number was given twice");
    let report = store.verify().unwrap();
    assert_eq!(report.differences, Vec::<String>::new());
}
