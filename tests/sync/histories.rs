//! Seeded histories of six stores against an oracle that knows nothing of bundles.
#![allow(
    clippy::print_stdout,
    reason = "figures for those who ask with --nocapture"
)]

use std::collections::BTreeMap;

use nhaplieu::ledger::{Hash, Heads, Subject};
use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::Exchange;
use nhaplieu::sync::held::status;
use nhaplieu::sync::{ImportContext, NoProgress, Scope, VerifiedBundle, import};

use crate::district::{World, bundle, take};
use crate::model::{Fault, Model};
use crate::oracle::{Tally, cells, judge};
use crate::pen::rounds;
use crate::site::{DAY, START, Site};
use crate::world::{id, plan};

/// A bug of the merge must show within the histories that every change is tried on.
const IN_CI: usize = 1_000;
const STEPS: usize = 60;

fn history(seed: u64, fault: Fault) -> Result<Tally, String> {
    let mut world = World::with(seed, fault);
    for _ in 0..STEPS {
        world.step();
    }
    judge(&mut world)
}

#[test]
fn six_stores_end_alike_and_hold_nothing_of_others_whatever_the_courier_does() {
    let end = rounds(IN_CI, 100_000) as u64;
    let tallies = std::thread::scope(|scope| {
        let run = |first: u64| {
            scope.spawn(move || {
                let mut sum = Tally::default();
                for seed in (first..end).step_by(2) {
                    if seed / 2 % 500 == 0 {
                        println!("{seed} histories of {end}");
                    }
                    match history(seed, Fault::None) {
                        Ok(tally) => {
                            sum.closed += tally.closed;
                            sum.late += tally.late;
                            sum.unprovable += tally.unprovable;
                            sum.of_owners += tally.of_owners;
                            sum.withheld += tally.withheld;
                            sum.merged += tally.merged;
                        }
                        Err(what) => panic!("seed {seed}: {what}"),
                    }
                }
                sum
            })
        };
        [run(0), run(1)].map(|thread| thread.join().unwrap())
    });
    println!("{end} histories: {tallies:?}");
    // A run without approvals that something came after would show nothing of them.
    assert!(tallies.iter().all(|tally| tally.late > 20));
    assert!(tallies.iter().all(|tally| tally.of_owners > 10));
    assert!(
        tallies
            .iter()
            .all(|tally| tally.withheld > 20 && tally.merged > 20)
    );
}

/// Seeds that found something, and what.
const FOUND: [(u64, &str); 1] = [(
    87_606,
    "a store put back unnoticed learnt that numbers it was yet to give were rejected, and gave them",
)];

#[test]
fn histories_that_found_something_agree() {
    for (seed, what) in FOUND {
        if let Err(error) = history(seed, Fault::None) {
            panic!("seed {seed}, {what}: {error}");
        }
    }
}

#[test]
fn each_planted_bug_is_caught() {
    for fault in Fault::ALL {
        // The rarest shows after more histories than agree in a normal run.
        let caught = (0..2 * IN_CI as u64).find(|seed| {
            // A bug may also show as a panic of the model.
            !matches!(
                std::panic::catch_unwind(|| history(*seed, fault)),
                Ok(Ok(_))
            )
        });
        println!("{fault:?}: history {caught:?}");
        assert!(caught.is_some(), "{fault:?} was not caught");
    }
}

#[test]
fn real_stores_make_the_same_of_the_same_histories() {
    for seed in 0..rounds(8, 200) as u64 {
        let mut world = World::new(1_000_000 + seed);
        for _ in 0..60 {
            world.step();
        }
        let wall = world.wall;
        let mut site = Site::commune("xa-a", 77);
        site.wall = wall + 3 * DAY;
        site.store.pin(&world.stores[0].public(), wall).unwrap();
        let mut model = Model::new("xa-a", 78);
        model.pins(world.stores[0].author());
        for from in [3, 0, 4, 1, 2, 0, 3] {
            let bytes = bundle(&world.stores[from], "xa-a", Scope::All, wall + from as u64);
            let read = VerifiedBundle::read(bytes).unwrap();
            site.imports(std::slice::from_ref(&read));
            take(&mut model, &[read], wall + 3 * DAY);
        }
        for (cell, heads) in cells(&model) {
            let form = site.store.form(&cell.form).unwrap();
            let real = form.cells.get(&cell.id).map(Heads::references);
            assert_eq!(real, Some(heads), "seed {seed}: {cell:?}");
        }
    }
}

/// What a store is, but for what differs from store to store by nature.
fn state(store: &Model) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for (author, seq, hash) in store.entries.keys().filter(|at| at.0 != store.author()) {
        hasher.update(&author.0);
        hasher.update(&seq.to_le_bytes());
        hasher.update(&hash.0);
    }
    hasher.update(format!("{:?}{:?}", cells(store), store.early).as_bytes());
    Hash(*hasher.finalize().as_bytes())
}

/// Five bundles, each with its own log alone, full of citations of the others'; and a fresh store
/// that has taken them all at once.
fn five_bundles(seed: u64) -> (Model, Vec<Vec<u8>>, Model) {
    let mut world = World::new(seed);
    for _ in 0..200 {
        world.step();
    }
    let wall = world.wall + DAY;
    let bytes: Vec<Vec<u8>> = world
        .stores
        .iter()
        .take(5)
        .map(|store| bundle(&store.alone(), "phong", Scope::All, wall))
        .collect();
    let mut fresh = Model::new("phong", 90);
    fresh.pins(world.stores[0].author());
    let mut at_once = fresh.clone();
    let read = |bytes: &Vec<u8>| VerifiedBundle::read(bytes.clone()).unwrap();
    let all: Vec<VerifiedBundle> = bytes.iter().map(read).collect();
    take(&mut at_once, &all, wall + 3 * DAY);
    (fresh, bytes, at_once)
}

fn disputes(store: &Model) -> usize {
    let figure = |key: &[u8]| matches!(Subject::from_key(key), Ok(Subject::Cell(_)));
    let disputed = |(key, heads): &(&Vec<u8>, &Heads)| figure(key) && heads.in_conflict();
    store.views.iter().filter(disputed).count()
}

#[test]
fn all_orders_of_five_bundles_with_duplicates_end_in_one_state() {
    // A history without a dispute shows little, and one in which nothing is cited before it comes.
    let disputed = (0..)
        .map(five_bundles)
        .filter(|(.., all)| disputes(all) > 0);
    let (mut telling, mut waited) = (0, 0);
    for (fresh, bytes, at_once) in disputed {
        let read = |at: usize| VerifiedBundle::read(bytes[at].clone()).unwrap();
        let wall = START + 90 * DAY;
        let mut states = BTreeMap::new();
        let mut early = 0;
        for order in orders(5) {
            let mut model = fresh.clone();
            for at in &order {
                take(&mut model, &[read(*at)], wall);
                early += model.early.len();
                waited += says_the_same_without_the_bytes(&model, wall);
            }
            take(&mut model, &[read(order[0]), read(order[3])], wall);
            states.insert(state(&model), order);
        }
        assert_eq!(states.len(), 1, "{states:?}");
        assert!(states.contains_key(&state(&at_once)));
        telling += usize::from(early > 0);
        if telling == 3 {
            break;
        }
    }
    assert!(waited > 0, "no bundle ever waited");
}

/// Compares what is said of the bundles that wait with what weighing all of their bytes gives; how
/// many they are.
fn says_the_same_without_the_bytes(model: &Model, wall: u64) -> usize {
    let (plan, by) = (plan(), id("ai-do"));
    let context = ImportContext {
        plan: &plan,
        unit: &model.unit,
        by: &by,
        wall,
        progress: &NoProgress,
    };
    let read = model.bytes_read.get();
    let held = status::held(model, &context).unwrap();
    assert_eq!(model.bytes_read.get(), read);
    if held.is_empty() {
        return 0;
    }
    let whole = import::plan(model, &context, &[]).unwrap();
    for one in &held {
        let weighed = whole.bundles.iter().find(|it| it.root == one.bundle.root);
        assert_eq!(one.outcome.as_ref(), weighed.map(|it| &it.outcome));
    }
    held.len()
}

fn orders(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders(of - 1) {
        for at in 0..=shorter.len() {
            let mut order = shorter.clone();
            order.insert(at, of - 1);
            all.push(order);
        }
    }
    all
}
