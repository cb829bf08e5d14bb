//! Power cuts. A run of commits is written down operation by operation; then, for every point
//! between two of them, a disk is imagined that lost any of the writes since the last sync,
//! whole or by sectors, and the store must still say everything it had answered for.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use nhaplieu::store::OpenFor;
use nhaplieu::store::StoreReader;
use nhaplieu::store::{Store, open, open_on};
use tempfile::tempdir;

use crate::chance::{Chance, rounds};
use crate::disk::{Gated, Op, Recorder};
use crate::state::{Figures, after, busy, figures};
use crate::world::{edge, plan};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// After which operation an answer was given, and what it vouched for.
struct Answer {
    ops: usize,
    figures: Figures,
    witness: Vec<u8>,
}

struct Run {
    /// The file before the first operation.
    base: Vec<u8>,
    ops: Vec<Op>,
    answers: Vec<Answer>,
}

fn witness(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("witness")).unwrap_or_default()
}

/// Commits through a recorder; the store lives on in `dir`.
fn recorded(dir: &Path, seed: u64, commits: u64) -> Run {
    drop(crate::world::peopled(dir));
    let base = fs::read(dir.join("data.redb")).unwrap();
    let recorder = Arc::new(Recorder::default());
    let gate = Box::new(Gated(Arc::clone(&recorder)));
    let mut store = open_on(dir, &edge(), gate, OpenFor::Writing).unwrap();
    store.use_plan(plan()).unwrap();
    let mut chance = Chance::new(seed);
    let mut known = figures(&store).unwrap();
    let mut answers = vec![Answer {
        ops: 0,
        figures: known.clone(),
        witness: witness(dir),
    }];
    for n in 1..=commits {
        let action = busy(&mut chance, n);
        store.commit(&action).unwrap();
        known = after(known, &action);
        answers.push(Answer {
            ops: recorder.count(),
            figures: known.clone(),
            witness: witness(dir),
        });
    }
    assert_eq!(figures(&store).unwrap(), known);
    drop(store);
    let ops = recorder.0.lock().unwrap().clone();
    Run { base, ops, answers }
}

fn apply(file: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write(offset, data) => {
            let end = offset + data.len();
            if file.len() < end {
                file.resize(end, 0);
            }
            file[*offset..end].copy_from_slice(data);
        }
        Op::Length(length) => file.resize(*length, 0),
        Op::Sync => {}
    }
}

/// Writes only some sectors.
fn apply_torn(file: &mut Vec<u8>, offset: usize, data: &[u8], chance: &mut Chance) {
    let mut at = 0;
    while at < data.len() {
        let until_border = SECTOR - (offset + at) % SECTOR;
        let end = (at + until_border).min(data.len());
        if chance.once_in(2) {
            apply(file, &Op::Write(offset + at, data[at..end].to_vec()));
        }
        at = end;
    }
}

/// The disk after the power went at `cut`: what was synced, and of the rest what chance kept.
fn image(base: &[u8], ops: &[Op], cut: usize, chance: &mut Chance) -> Vec<u8> {
    let synced = ops[..cut]
        .iter()
        .rposition(|op| matches!(op, Op::Sync))
        .map_or(0, |at| at + 1);
    let mut file = base.to_vec();
    for op in &ops[..synced] {
        apply(&mut file, op);
    }
    let kept = chance.below(4);
    for op in &ops[synced..cut] {
        match (kept, op) {
            (0, _) => {}
            (1, _) => apply(&mut file, op),
            (_, _) if chance.once_in(3) => {}
            (_, Op::Write(offset, data)) if chance.once_in(2) => {
                apply_torn(&mut file, *offset, data, chance);
            }
            _ => apply(&mut file, op),
        }
    }
    file
}

/// Everything that was answered for before `cut`, and perhaps what was just being written.
fn vouched(run: &Run, cut: usize) -> (&Answer, Option<&Answer>) {
    let last = run.answers.iter().rposition(|answer| answer.ops <= cut);
    let last = last.unwrap();
    (&run.answers[last], run.answers.get(last + 1))
}

fn check(dir: &Path, run: &Run, cut: usize, what: &str) {
    let mut store = open(dir, &edge()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let found = figures(&store).unwrap_or_else(|error| panic!("{what}: {error}"));
    let (sure, perhaps) = vouched(run, cut);
    assert!(
        found == sure.figures || perhaps.is_some_and(|answer| found == answer.figures),
        "{what}: figures are lost or wrong"
    );
    let report = store.verify().unwrap();
    assert_eq!(report.differences, Vec::<String>::new(), "{what}");
    store.use_plan(plan()).unwrap();
    let mut chance = Chance::new(9);
    store.commit(&busy(&mut chance, 9_999)).unwrap();
}

fn epochs(dir: &Path) -> usize {
    let store = open(dir, &edge()).unwrap();
    store
        .log(&nhaplieu::store::LogFilter::default())
        .unwrap()
        .iter()
        .filter(|line| line.recorded.entry.body.kind() == "epoch_start")
        .count()
}

#[test]
fn what_was_answered_survives_a_power_cut_at_any_point() {
    let dir = tempdir().unwrap();
    let mut chance = Chance::new(1);
    for seed in 0..rounds(1, 20) as u64 {
        let dir = dir.path().join(seed.to_string());
        let run = recorded(&dir, seed, rounds(12, 60) as u64);
        for round in 0..rounds(160, 2_000) {
            // Every operation has its turn at least where the rounds allow it.
            let cut = if round <= run.ops.len() && round % 2 == 0 {
                round * run.ops.len() / rounds(160, 2_000)
            } else {
                chance.below(run.ops.len() + 1)
            };
            let what = format!("seed {seed}, cut {cut}/{}, round {round}", run.ops.len());
            // Written in place, as a disk does: the file keeps its number.
            fs::write(
                dir.join("data.redb"),
                image(&run.base, &run.ops, cut, &mut chance),
            )
            .unwrap();
            let (sure, _) = vouched(&run, cut);
            fs::write(dir.join("witness"), lagging(&run, sure, &mut chance)).unwrap();
            check(&dir, &run, cut, &what);
            assert_eq!(epochs(&dir), 1, "{what}: a power cut is no copy");
        }
    }
}

/// The witness is written without waiting for the disk: an older one may be what is left.
fn lagging(run: &Run, sure: &Answer, chance: &mut Chance) -> Vec<u8> {
    let older = run
        .answers
        .iter()
        .take_while(|answer| answer.ops < sure.ops);
    let older: Vec<&Answer> = older.chain([sure]).collect();
    older[chance.below(older.len())].witness.clone()
}

#[test]
fn a_second_cut_while_the_first_is_being_recovered_loses_nothing_either() {
    let dir = tempdir().unwrap();
    let run = recorded(dir.path(), 77, 10);
    let mut chance = Chance::new(2);
    for round in 0..rounds(40, 2_000) {
        let cut = chance.below(run.ops.len() + 1);
        let what = format!("cut {cut}/{}, round {round}", run.ops.len());
        let base = image(&run.base, &run.ops, cut, &mut chance);
        fs::write(dir.path().join("data.redb"), &base).unwrap();
        fs::write(dir.path().join("witness"), &run.answers[0].witness).unwrap();
        let recorder = Arc::new(Recorder::default());
        let gate = Box::new(Gated(Arc::clone(&recorder)));
        drop(open_on(dir.path(), &edge(), gate, OpenFor::Writing).unwrap());
        let ops = recorder.0.lock().unwrap().clone();
        let again = chance.below(ops.len() + 1);
        fs::write(
            dir.path().join("data.redb"),
            image(&base, &ops, again, &mut chance),
        )
        .unwrap();
        check(dir.path(), &run, cut, &what);
    }
}
