//! Seeded histories of five stores against an oracle that knows nothing of bundles.

use std::collections::{BTreeMap, BTreeSet};

use nhaplieu::ledger::entry::FLAG_ON_BEHALF;
use nhaplieu::ledger::{AuthorId, Body, CellKey, EntryRef, Hash, Heads, Recorded, Role, Subject};
use nhaplieu::plan::UnitId;
use nhaplieu::store::Store;
use nhaplieu::store::exchange::{Exchange, Ground};
use nhaplieu::sync::export::{self, Order};
use nhaplieu::sync::plan::Fate;
use nhaplieu::sync::{Checked, Scene, Scope, import};

use crate::model::Model;
use crate::pen::{Pen, rounds};
use crate::site::{DAY, START, Site};
use crate::world::{cell, id, plan};

const UNITS: [&str; 5] = ["phong", "xa-a", "xa-a", "xa-b", "xa-b"];

struct World {
    pen: Pen,
    wall: u64,
    stores: Vec<Model>,
    images: Vec<Model>,
    /// Bundles under way, by whom they are for.
    courier: Vec<(usize, Vec<u8>)>,
    /// Every entry that has left the store it was written in, or is there still.
    rejected: BTreeSet<(AuthorId, u64)>,
}

pub(crate) fn bundle(store: &Model, to: &str, scope: Scope, wall: u64) -> Vec<u8> {
    let plan = plan();
    let unit = UnitId::new(to);
    let order = Order {
        plan: &plan,
        to: Some(&unit),
        scope,
        wall,
    };
    let planned = export::plan(store, &order).unwrap();
    export::bundle(store, &order, &planned).unwrap()
}

fn take(store: &mut Model, bundles: &[Checked], wall: u64) -> nhaplieu::sync::ImportPlan {
    let plan = plan();
    let (unit, by) = (store.unit.clone(), id("ai-do"));
    let scene = Scene {
        plan: &plan,
        unit: &unit,
        by: &by,
        wall,
        watch: &nhaplieu::sync::Unwatched,
    };
    import::apply(store, &scene, bundles).unwrap()
}

impl World {
    fn new(seed: u64) -> Self {
        let mut stores: Vec<Model> = (0_u8..)
            .zip(UNITS)
            .map(|(at, unit)| Model::new(unit, at + 1))
            .collect();
        let root = stores[0].author();
        for at in 1..stores.len() {
            let author = stores[at].author();
            let body = Body::Enrol {
                units: vec![UnitId::new(UNITS[at])],
                roles: vec![Role::Clerk],
                name: UNITS[at].to_owned(),
            };
            stores[0].writes(Subject::Author(author), body, Vec::new(), 1, START);
            stores[at].pins(root);
        }
        Self {
            pen: Pen::new(seed),
            wall: START,
            images: stores.clone(),
            stores,
            courier: Vec::new(),
            rejected: BTreeSet::new(),
        }
    }

    fn step(&mut self) {
        self.wall += 1 + self.pen.below(7_200_000) as u64;
        match self.pen.below(20) {
            0..=7 => self.edit(),
            8..=12 => self.send(),
            13..=17 => self.deliver(),
            18 => self.image(),
            _ => self.reject(),
        }
    }

    fn edit(&mut self) {
        let at = self.pen.below(5);
        let unit = if at == 0 {
            UNITS[1 + self.pen.below(4)]
        } else {
            UNITS[at]
        };
        let cell: CellKey = cell(unit, "2023", &format!("so_0{}", self.pen.below(3)));
        let skew = self.pen.below(4 * DAY as usize) as u64;
        let wall = self.wall + skew - 2 * DAY;
        let figure = self.pen.below(50) as i64;
        let store = &mut self.stores[at];
        let heads = store.heads(&Subject::Cell(cell.clone()).key()).unwrap();
        // What the clerk saw: all of it, or one of two that are disputed.
        let mut seen: Vec<EntryRef> = heads.references();
        if self.pen.below(3) == 0 {
            seen.truncate(1);
        }
        let flags = if at == 0 { FLAG_ON_BEHALF } else { 0 };
        store.sets(&cell, figure, seen, flags, wall);
    }

    fn send(&mut self) {
        let (from, to) = (self.pen.below(5), self.pen.below(5));
        if from == to {
            return;
        }
        let bytes = bundle(&self.stores[from], UNITS[to], Scope::Since, self.wall);
        if self.pen.below(5) > 0 {
            self.courier.push((to, bytes.clone()));
        }
        if self.pen.below(10) == 0 {
            self.courier.push((to, bytes));
        }
    }

    fn deliver(&mut self) {
        let mut bundles = Vec::new();
        let to = self.pen.below(5);
        for _ in 0..=self.pen.below(3) {
            let mine: Vec<usize> = (0..self.courier.len())
                .filter(|at| self.courier[*at].0 == to)
                .collect();
            if mine.is_empty() {
                break;
            }
            let at = mine[self.pen.below(mine.len())];
            let (_, bytes) = self.courier.swap_remove(at);
            if self.pen.below(12) == 0 {
                // Cut on the way.
                assert!(Checked::read(bytes[..bytes.len() - 5].to_vec()).is_err());
                continue;
            }
            bundles.push(Checked::read(bytes).unwrap());
        }
        let wall = self.wall + 3 * DAY;
        take(&mut self.stores[to], &bundles, wall);
    }

    /// An image is taken, or put back: noticed, which begins a new epoch, or not.
    fn image(&mut self) {
        let at = self.pen.below(5);
        match self.pen.below(3) {
            0 => self.images[at] = self.stores[at].clone(),
            1 => {
                self.stores[at] = self.images[at].clone();
                let wall = self.wall;
                self.stores[at].turns(wall);
            }
            _ => {
                self.stores[at] = self.images[at].clone();
                // Something else is written under the same number.
                if at > 0 {
                    self.edit();
                }
            }
        }
    }

    fn reject(&mut self) {
        if self.pen.below(3) > 0 {
            return;
        }
        let office = &mut self.stores[0];
        let authors = office.authors().unwrap();
        let author = authors[self.pen.below(authors.len())];
        let last = office.tips(&author).unwrap()[0].0;
        if author == office.author() || last < 2 {
            return;
        }
        let from = 2 + self.pen.below(last as usize - 1) as u64;
        let to = from + self.pen.below(2) as u64;
        self.rejected.extend((from..=to).map(|seq| (author, seq)));
        let body = Body::RejectRange { from, to };
        let wall = self.wall;
        office.writes(Subject::Author(author), body, Vec::new(), 1, wall);
        office.rebuild();
    }

    /// Everybody hands everything to the office and the office to everybody, until nothing moves:
    /// the second time brings what new epochs have to say, the third nothing.
    fn settle(&mut self) {
        for _ in 0..3 {
            for (from, to) in [
                (1, 0),
                (2, 0),
                (3, 0),
                (4, 0),
                (0, 1),
                (0, 2),
                (0, 3),
                (0, 4),
            ] {
                self.wall += 1_000;
                let bytes = bundle(&self.stores[from], UNITS[to], Scope::All, self.wall);
                let read = Checked::read(bytes).unwrap();
                let wall = self.wall + 3 * DAY;
                let done = take(&mut self.stores[to], &[read], wall);
                for bundle in &done.bundles {
                    let refused = matches!(bundle.fate, Fate::Refused(_));
                    assert!(!refused, "{:?}", bundle.fate);
                }
            }
        }
    }
}

/// Heads of every cell from all entries there are, by the words of the design and nothing else:
/// those that no other entry on the same subject lists; what is rejected never was.
fn oracle(
    entries: &BTreeMap<(AuthorId, u64, Hash), Recorded>,
    rejected: &BTreeSet<(AuthorId, u64)>,
) -> BTreeMap<CellKey, Vec<EntryRef>> {
    let mut by_cell: BTreeMap<CellKey, Vec<&Recorded>> = BTreeMap::new();
    for recorded in entries.values() {
        if let Subject::Cell(cell) = &recorded.entry.subject
            && !rejected.contains(&(recorded.author, recorded.seq))
        {
            by_cell.entry(cell.clone()).or_default().push(recorded);
        }
    }
    let mut heads = BTreeMap::new();
    for (cell, all) in by_cell {
        let mut standing: Vec<&Recorded> = all
            .iter()
            .filter(|one| {
                let cites = |other: &&&Recorded| other.entry.replaces.contains(&one.reference());
                !all.iter().any(|other| cites(&other))
            })
            .copied()
            .collect();
        standing.sort_by(|a, b| {
            let on_behalf = |r: &Recorded| r.entry.flags & FLAG_ON_BEHALF != 0;
            let order = |r: &Recorded| (r.entry.clock, r.author, r.seq, r.hash.short());
            on_behalf(a)
                .cmp(&on_behalf(b))
                .then_with(|| order(b).cmp(&order(a)))
        });
        heads.insert(cell, standing.iter().map(|r| r.reference()).collect());
    }
    heads
}

fn cells(store: &Model) -> BTreeMap<CellKey, Vec<EntryRef>> {
    let of = |(key, heads): (&Vec<u8>, &Heads)| match Subject::from_key(key) {
        Ok(Subject::Cell(cell)) if !heads.all().is_empty() => Some((cell, heads.references())),
        _ => None,
    };
    store.views.iter().filter_map(of).collect()
}

fn judge(world: &mut World, seed: u64) {
    let mut alive = BTreeMap::new();
    for store in &world.stores {
        alive.extend(store.entries.clone());
    }
    world.settle();
    let expected = oracle(&world.stores[0].entries, &world.rejected);
    for (at, store) in world.stores.iter().enumerate() {
        assert!(
            store.early.is_empty(),
            "seed {seed}: store {at} still waits for what was cited"
        );
        assert_eq!(cells(store), expected, "seed {seed}: heads of store {at}");
        for at_entry in alive.keys() {
            assert!(
                store.entries.contains_key(at_entry),
                "seed {seed}: store {at} lost {at_entry:?}"
            );
        }
    }
}

#[test]
fn five_stores_end_alike_whatever_the_courier_does() {
    let end = rounds(1_000, 100_000) as u64;
    std::thread::scope(|scope| {
        for first in 0..2 {
            scope.spawn(move || {
                for seed in (first..end).step_by(2) {
                    let mut world = World::new(seed);
                    for _ in 0..30 {
                        world.step();
                    }
                    judge(&mut world, seed);
                }
            });
        }
    });
}

#[test]
fn real_stores_make_the_same_of_the_same_histories() {
    for seed in 0..rounds(8, 200) as u64 {
        let mut world = World::new(1_000_000 + seed);
        for _ in 0..60 {
            world.step();
        }
        let wall = world.wall;
        let mut site = Site::commune("xa-cu", 77);
        site.wall = wall + 3 * DAY;
        site.store.pin(&world.stores[0].public(), wall).unwrap();
        let mut model = Model::new("xa-cu", 78);
        model.pins(world.stores[0].author());
        for from in [3, 0, 4, 1, 2, 0, 3] {
            let bytes = bundle(&world.stores[from], "xa-cu", Scope::All, wall + from as u64);
            let read = Checked::read(bytes).unwrap();
            site.imports(std::slice::from_ref(&read));
            take(&mut model, &[read], wall + 3 * DAY);
        }
        for (cell, heads) in cells(&model) {
            let form = site.store.form(&cell.form).unwrap();
            let real = form.cells.get(&cell.field).map(Heads::references);
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
        .map(|store| bundle(&store.alone(), "xa-cu", Scope::All, wall))
        .collect();
    let mut fresh = Model::new("xa-cu", 90);
    fresh.pins(world.stores[0].author());
    let mut at_once = fresh.clone();
    let read = |bytes: &Vec<u8>| Checked::read(bytes.clone()).unwrap();
    let all: Vec<Checked> = bytes.iter().map(read).collect();
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
    // A history without a dispute shows little.
    let telling = (0..)
        .map(five_bundles)
        .filter(|(.., all)| disputes(all) > 0);
    for (fresh, bytes, at_once) in telling.take(3) {
        let read = |at: usize| Checked::read(bytes[at].clone()).unwrap();
        let wall = START + 90 * DAY;
        let mut states = BTreeMap::new();
        let mut early = 0;
        for order in orders(5) {
            let mut model = fresh.clone();
            for at in &order {
                take(&mut model, &[read(*at)], wall);
                early += model.early.len();
            }
            take(&mut model, &[read(order[0]), read(order[3])], wall);
            states.insert(state(&model), order);
        }
        assert_eq!(states.len(), 1, "{states:?}");
        assert!(states.contains_key(&state(&at_once)));
        assert!(early > 0, "nothing was cited before it came");
    }
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
