//! What the store costs beside its floor: a commit against one row in a two-phase redb commit, an
//! open against a store with nothing in it, reads against the length of the history. Prints
//! medians and ratios, no verdict. `cargo bench --bench store` (about a minute).

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench says what it measured, and ends where it cannot"
)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nhaplieu::plan::{Plan, Unit, UnitId};
use nhaplieu::store::StoreReader;
use nhaplieu::store::{
    Action, Direction, Init, LogFilter, RedbStore, Store, create, open, open_read_only,
};
use redb::{ConcurrencyMode, Database, TableDefinition};
use world::{action, cell, edge, form, id, init, number, set};

/// Units of the measured store: with 3 periods and 40 fields each, the cells of several years.
const UNITS: usize = 200;
/// Units of a district: what one screen shows of a period (the goal is 20 ms at 10^5 entries).
const DISTRICT: usize = 22;
/// Repetitions of what is quick.
const TIMES: usize = 200;
/// Commits one after the other, to see the file grow.
const GROWTH: u64 = 5_000;

/// The middle one, in microseconds.
fn median(mut times: Vec<Duration>) -> u128 {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    middle.as_micros()
}

fn timed(times: usize, mut work: impl FnMut(u64)) -> u128 {
    let one = |n| {
        let begin = Instant::now();
        work(n);
        begin.elapsed()
    };
    median((0..times as u64).map(one).collect())
}

fn say(what: &str, micros: u128) {
    println!("  {what:20}{micros:9} µs");
}

/// Hundredths of `base`, as a factor.
fn times_floor(micros: u128, base: u128) -> String {
    let hundredths = micros * 100 / base.max(1);
    format!("{}.{:02} x floor", hundredths / 100, hundredths % 100)
}

/// The invented plan, with many communes.
fn plan() -> Arc<Plan> {
    let mut plan = Plan::clone(&world::plan());
    let like: Unit = plan
        .units
        .iter()
        .find(|unit| unit.id.as_str() == "xa-a")
        .unwrap()
        .clone();
    for at in 0..UNITS {
        plan.units.push(Unit {
            id: UnitId::new(&format!("xa-{at:03}")),
            ..like.clone()
        });
    }
    Arc::new(plan.reindex())
}

fn opened(dir: &Path) -> RedbStore {
    let mut store = open(dir, &edge()).unwrap();
    store.use_plan(plan()).unwrap();
    store
}

fn typed(n: u64) -> Action {
    let at = usize::try_from(n).unwrap();
    let (field, at) = (at % 40, at / 40);
    let (period, at) = (["2022", "2023-6T", "2023"][at % 3], at / 3);
    let unit = format!("xa-{:03}", at % UNITS);
    let place = cell(&unit, period, &format!("so_{field:02}"));
    action("phong", n, vec![set(&place, number(&n.to_string()))])
}

/// A store with so many entries.
fn filled(dir: &Path, entries: u64) {
    let init = Init {
        plan: plan(),
        ..init()
    };
    let mut store = create(dir, &init, &edge()).unwrap();
    let all: Vec<u64> = (0..entries).collect();
    for chunk in all.chunks(5_000) {
        let actions: Vec<Action> = chunk.iter().map(|n| typed(*n)).collect();
        for outcome in store.commit_all(&actions).unwrap() {
            outcome.unwrap();
        }
    }
}

fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

fn floor(dir: &Path) -> u128 {
    const ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("rows");
    let mut builder = Database::builder();
    builder.set_concurrency_mode(ConcurrencyMode::MultiWriter);
    let database = builder.create(dir.join("floor.redb")).unwrap();
    let commit = |n: u64| {
        let mut transaction = database.begin_write().unwrap();
        transaction.set_two_phase_commit(true);
        let key = n.to_be_bytes();
        let mut table = transaction.open_table(ROWS).unwrap();
        table.insert(key.as_slice(), [7; 200].as_slice()).unwrap();
        drop(table);
        transaction.commit().unwrap();
    };
    timed(TIMES, commit)
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let base = floor(dir.path());
    println!("one row, two-phase, shared: the floor {base} µs");
    for entries in [100, 10_000, 100_000] {
        let at = dir.path().join(entries.to_string());
        let begin = Instant::now();
        filled(&at, entries);
        let filling = begin.elapsed().as_millis();
        println!("\n{entries} entries, written in {filling} ms");
        starts(&at, dir.path());
        commits(&at, base, entries);
        reads(&at);
    }
    growth(&dir.path().join("100"));
}

fn length(at: &Path) -> u64 {
    fs::metadata(at.join("data.redb")).unwrap().len() / 1024
}

fn starts(at: &Path, dir: &Path) {
    let before = resident();
    let begin = |_| {
        let begin = Instant::now();
        let store = opened(at);
        let time = begin.elapsed();
        drop(store);
        time
    };
    say("open", median((0..21).map(begin).collect()));
    say("open and close", timed(21, |_| drop(opened(at))));
    let reading = timed(21, |_| drop(open_read_only(at, &edge()).unwrap()));
    say("open for reading", reading);
    let more = resident().saturating_sub(before);
    println!("  {more} KiB of memory more, file {} KiB", length(at));
    say("open after a kill", after_a_kill(at, &dir.join("killed")));
}

/// What a kill leaves is what stands in the file while it is open.
fn after_a_kill(at: &Path, killed: &Path) -> u128 {
    let living = opened(at);
    let image = fs::read(at.join("data.redb")).unwrap();
    drop(living);
    let _ = fs::remove_dir_all(killed);
    fs::create_dir_all(killed.join("sessions")).unwrap();
    fs::copy(at.join("key"), killed.join("key")).unwrap();
    let mut times = Vec::new();
    for _ in 0..11 {
        fs::write(killed.join("data.redb"), &image).unwrap();
        world::private(killed);
        // Else the open would wait for the whole copy to reach the disk.
        let data = fs::File::open(killed.join("data.redb")).unwrap();
        data.sync_all().unwrap();
        let begin = Instant::now();
        let store = opened(killed);
        times.push(begin.elapsed());
        drop(store);
    }
    median(times)
}

fn commits(at: &Path, base: u128, entries: u64) {
    let mut store = opened(at);
    let commit = timed(TIMES, |n| {
        store.commit(&typed(entries + n * 13)).unwrap();
    });
    say("commit", commit);
    println!("  {:>32}", times_floor(commit, base));
    let key = form("xa-000", "2023");
    let both = timed(50, |n| {
        store.commit(&typed(entries + 100_000 + n)).unwrap();
        black_box(store.form(&key).unwrap());
    });
    say("commit and form", both);
    println!("  {:>32}", times_floor(both, base));
}

fn reads(at: &Path) {
    let store = opened(at);
    let before = resident();
    let key = form("xa-000", "2023");
    say(
        "form, the first",
        timed(1, |_| drop(black_box(store.form(&key).unwrap()))),
    );
    say(
        "form",
        timed(TIMES, |_| drop(black_box(store.form(&key).unwrap()))),
    );
    let keys: Vec<_> = (0..DISTRICT)
        .map(|at| form(&format!("xa-{at:03}"), "2023"))
        .collect();
    let forms = timed(50, |_| drop(black_box(store.forms(&keys).unwrap())));
    say("22 forms of a period", forms);
    say(
        "keys of all forms",
        timed(50, |_| drop(black_box(store.form_keys().unwrap()))),
    );
    let latest = LogFilter {
        limit: Some(20),
        ..LogFilter::default()
    };
    say(
        "log, 20 lines",
        timed(50, |_| drop(black_box(store.log(&latest).unwrap()))),
    );
    let undo = |_| drop(black_box(store.undo_plan(&id("phong"), Direction::Undo)));
    let of_form = LogFilter {
        unit: Some(key.unit.clone()),
        period: Some(key.period.clone()),
        ..LogFilter::default()
    };
    say(
        "log of a form",
        timed(20, |_| drop(black_box(store.log(&of_form).unwrap()))),
    );
    say("what undo would do", timed(50, undo));
    let counter = |_| {
        black_box(store.counter().unwrap());
    };
    say("counter", timed(TIMES, counter));
    let verify = |_| {
        assert!(store.verify().unwrap().differences.is_empty());
    };
    say("verify", timed(1, verify));
    println!("  {} KiB of memory more", resident().saturating_sub(before));
}

fn growth(at: &Path) {
    let mut store = opened(at);
    let before = length(at);
    for n in 0..GROWTH {
        store.commit(&typed(1_000_000 + n)).unwrap();
    }
    println!("\n{GROWTH} commits: file {before} -> {} KiB", length(at));
}
