//! A year of the district: every commune and department, a bundle each week over a courier that
//! loses a fifth, doubles a tenth and reorders; a store put back from an old image; communes that
//! end and begin on 01/01/2025. The oracle is what people last typed, or settled, in the order in
//! which they did, and knows nothing of bundles.
#![allow(
    clippy::print_stdout,
    reason = "figures for those who ask with --nocapture"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use nhaplieu::base::Decimal;
use nhaplieu::ledger::actor::Right;
use nhaplieu::ledger::entry::FLAG_ON_BEHALF;
use nhaplieu::ledger::{
    ActionId, Actor, AuthorId, Body, CellKey, Content, Heads, Origin, Role, Subject,
};
use nhaplieu::plan::{FieldType, Period, Plan, Unit, UnitId, embedded, parse};
use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::ExchangeReader;
use nhaplieu::store::exchange::{Exchange, Snapshot};
use nhaplieu::store::{Action, Change, Init, RedbStore, Seen, Store, create, open};
use nhaplieu::sync::export::{self, ExportRequest};
use nhaplieu::sync::{ImportContext, Scope, VerifiedBundle, import};
use tempfile::TempDir;

use crate::model::{Fault, Model};
use crate::pen::{Pen, rounds};
use crate::site::{DAY, Site};
use crate::world::id;

/// Monday of the first week.
const FIRST: (i32, u32, u32) = (2024, 7, 1);

/// Whose store is put back from an old image.
const UNLUCKY: &str = "ngoc-thien";

/// One unit's store and the person at it.
trait Desk: Sized {
    type S: Exchange;
    type Image;
    fn begin(plan: &Arc<Plan>, unit: &UnitId, role: Role, seed: u8) -> Self;
    fn store(&self) -> &Self::S;
    fn store_mut(&mut self) -> &mut Self::S;
    fn heads(&self, cell: &CellKey) -> Heads;
    /// Says something of a subject, having seen all there is here.
    fn says(&mut self, subject: Subject, body: Body, right: Right, wall: u64);
    fn image(&self) -> Self::Image;
    fn put_back(self, image: &Self::Image, plan: &Arc<Plan>, wall: u64) -> Self;
}

impl Desk for Model {
    type S = Self;
    type Image = Self;

    fn begin(_: &Arc<Plan>, unit: &UnitId, _: Role, seed: u8) -> Self {
        Self::new(unit.as_str(), seed)
    }
    fn store(&self) -> &Self {
        self
    }
    fn store_mut(&mut self) -> &mut Self {
        self
    }
    fn heads(&self, cell: &CellKey) -> Heads {
        Snapshot::heads(self, &Subject::Cell(cell.clone()).key()).unwrap()
    }
    fn says(&mut self, subject: Subject, body: Body, right: Right, wall: u64) {
        let seen = Snapshot::heads(self, &subject.key()).unwrap().references();
        let flags = match right {
            Right::Own => 0,
            Right::OnBehalf => FLAG_ON_BEHALF,
        };
        Self::says(self, subject, body, seen, flags, wall, "đã hỏi lại");
    }
    fn image(&self) -> Self {
        self.clone()
    }
    fn put_back(self, image: &Self, _: &Arc<Plan>, wall: u64) -> Self {
        let mut back = image.clone();
        back.turns(wall);
        back
    }
}

struct OnDisk {
    folder: TempDir,
    store: RedbStore,
    seed: u8,
    actions: u64,
}

impl Desk for OnDisk {
    type S = RedbStore;
    type Image = Vec<u8>;

    fn begin(plan: &Arc<Plan>, unit: &UnitId, role: Role, seed: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let init = Init {
            unit: unit.clone(),
            actor: Actor {
                id: id("can-bo"),
                name: "Cán bộ (thử)".to_owned(),
                role,
                units: vec![unit.clone()],
            },
            plan: plan.clone(),
            plan_bytes: embedded().to_vec(),
            seed: [seed; 32],
            action: ActionId([seed; 16]),
        };
        let store = create(&folder.path().join("kho"), &init, &Site::edge(seed)).unwrap();
        Self {
            folder,
            store,
            seed,
            actions: 0,
        }
    }
    fn store(&self) -> &RedbStore {
        &self.store
    }
    fn store_mut(&mut self) -> &mut RedbStore {
        &mut self.store
    }
    fn heads(&self, cell: &CellKey) -> Heads {
        let form = self.store.form(&cell.form).unwrap();
        form.cells.get(&cell.id).cloned().unwrap_or_default()
    }
    fn says(&mut self, subject: Subject, body: Body, _: Right, wall: u64) {
        self.actions += 1;
        let mut action = [self.seed; 16];
        action[..8].copy_from_slice(&self.actions.to_le_bytes());
        let change = Change {
            subject,
            body,
            reason: "đã hỏi lại".to_owned(),
            seen: Seen::Current,
        };
        let action = Action {
            id: ActionId(action),
            actor: id("can-bo"),
            origin: Origin::Typed,
            wall,
            changes: vec![change],
        };
        self.store.commit(&action).unwrap();
    }
    fn image(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("kho/data.redb")).unwrap()
    }
    fn put_back(self, image: &Vec<u8>, plan: &Arc<Plan>, _: u64) -> Self {
        let Self {
            folder,
            store,
            seed,
            actions,
        } = self;
        drop(store);
        let dir = folder.path().join("kho");
        std::fs::write(dir.join("data.redb"), image).unwrap();
        let seed = seed.wrapping_add(100);
        // The witness beside it is ahead: the store goes on under a new key.
        let mut store = open(&dir, &Site::edge(seed)).unwrap();
        store.use_plan(plan.clone()).unwrap();
        Self {
            folder,
            store,
            seed,
            actions,
        }
    }
}

/// What the year came to.
#[derive(Clone, Debug, Default)]
struct Told {
    stores: usize,
    typed: usize,
    settled: usize,
    put_back: usize,
    bundles: usize,
    lost: usize,
    bytes: usize,
    largest: usize,
    export: Duration,
    import: Duration,
}

struct District<D: Desk> {
    plan: Arc<Plan>,
    pen: Pen,
    wall: u64,
    today: NaiveDate,
    office: UnitId,
    desks: BTreeMap<UnitId, D>,
    courier: Vec<(UnitId, Vec<u8>)>,
    oracle: BTreeMap<CellKey, Content>,
    fresh: Box<dyn FnMut(&mut D)>,
    told: Told,
}

impl<D: Desk> District<D> {
    fn new(seed: u64, fresh: Box<dyn FnMut(&mut D)>) -> Self {
        let plan = Arc::new(parse(embedded()).unwrap());
        let today = NaiveDate::from_ymd_opt(FIRST.0, FIRST.1, FIRST.2).unwrap();
        let office = plan.coordinator.clone();
        let mut district = Self {
            pen: Pen::new(seed),
            wall: 1_719_792_000_000,
            today,
            office: office.clone(),
            desks: BTreeMap::new(),
            courier: Vec::new(),
            oracle: BTreeMap::new(),
            told: Told::default(),
            fresh,
            plan,
        };
        let mut desk = D::begin(&district.plan, &office, Role::Coordinator, 1);
        (district.fresh)(&mut desk);
        district.desks.insert(office, desk);
        district
    }

    /// Units that have begun open a store and are enrolled; those that ended hand in no more.
    fn open_stores(&mut self, most: usize) {
        let mut owing: Vec<Unit> = self
            .plan
            .units
            .iter()
            .filter(|unit| unit.valid.holds_on(self.today) && unit.id != self.plan.district)
            .filter(|unit| !self.periods(unit).is_empty())
            .cloned()
            .collect();
        // A small district still has those that end and begin, the one put back, a department.
        let mergers = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        owing.sort_by_key(|unit| {
            let ends = unit.valid.to.is_some_and(|to| to < mergers);
            let changes = ends || unit.valid.from == mergers;
            (!changes, unit.id.as_str() != UNLUCKY, unit.kind != "phong")
        });
        for unit in owing.into_iter().take(most) {
            if self.desks.contains_key(&unit.id) {
                continue;
            }
            let seed = self.desks.len() as u8 + 1;
            let role = if unit.kind == "phong" {
                Role::Owner
            } else {
                Role::Clerk
            };
            let mut desk = D::begin(&self.plan, &unit.id, role, seed);
            (self.fresh)(&mut desk);
            let (key, _) = desk.store().sign(b"").unwrap();
            let office = self.desks.get_mut(&self.office).unwrap();
            let (root, _) = office.store().sign(b"").unwrap();
            desk.store_mut().pin(&root, self.wall).unwrap();
            let enrol = Body::Enrol {
                units: vec![unit.id.clone()],
                roles: vec![role],
                name: unit.id.to_string(),
            };
            let author = Subject::Author(AuthorId::of_key(&key));
            office.says(author, enrol, Right::Own, self.wall);
            self.desks.insert(unit.id.clone(), desk);
            self.told.stores += 1;
        }
    }

    /// The forms a unit fills in these days.
    fn periods(&self, unit: &Unit) -> Vec<Period> {
        let open = |period: &&Period| {
            period.from <= self.today && self.today <= period.due + Days::new(40)
        };
        let periods = self.plan.periods_of(unit).into_iter();
        periods.filter(open).cloned().collect()
    }

    fn cell(&mut self, unit: &UnitId) -> Option<CellKey> {
        let unit = self.plan.unit(unit)?.clone();
        let periods = self.periods(&unit);
        let period = periods.get(self.pen.below(periods.len()))?;
        let fields: Vec<_> = self
            .plan
            .form_fields(&unit, period)
            .into_iter()
            .filter(|field| field.kind == FieldType::Count)
            .collect();
        let at = self.pen.below(fields.len());
        let field = fields.get(at)?;
        Some(CellKey::new(&unit.id, &period.id, &field.id))
    }

    /// Somebody at `desk` types a figure of `unit`, by a clock that is up to two days wrong.
    fn types(&mut self, desk: &UnitId, unit: &UnitId) {
        let Some(cell) = self.cell(unit) else { return };
        self.wall += 60_000;
        let wall = self.wall + self.pen.below(4 * DAY as usize) as u64 - 2 * DAY;
        let content = Content::Value(Decimal::whole(self.pen.below(500) as i64));
        let at = self.desks.get_mut(desk).unwrap();
        if at.heads(&cell).in_conflict() {
            return;
        }
        let body = Body::SetValue(content.clone());
        let right = if desk == unit {
            Right::Own
        } else {
            Right::OnBehalf
        };
        at.says(Subject::Cell(cell.clone()), body, right, wall);
        self.oracle.insert(cell, content);
        self.told.typed += 1;
    }

    fn sends(&mut self, from: &UnitId, to: &UnitId, scope: Scope) -> Vec<u8> {
        self.wall += 1_000;
        let order = ExportRequest {
            plan: &self.plan,
            to: Some(to),
            scope,
            wall: self.wall,
        };
        let store = self.desks[from].store();
        let started = Instant::now();
        let planned = export::plan(store, &order).unwrap();
        let bytes = crate::district::only(export::bundles(store, &order, &planned).unwrap());
        self.told.export += started.elapsed();
        self.told.bundles += 1;
        self.told.bytes += bytes.len();
        self.told.largest = self.told.largest.max(bytes.len());
        bytes
    }

    /// Gives a bundle to the courier, who loses a fifth and doubles a tenth.
    fn posts(&mut self, from: &UnitId, to: &UnitId) {
        let bytes = self.sends(from, to, Scope::Since);
        if self.pen.below(5) == 0 {
            self.told.lost += 1;
            return;
        }
        if self.pen.below(10) == 0 {
            self.courier.push((to.clone(), bytes.clone()));
        }
        self.courier.push((to.clone(), bytes));
    }

    /// Half of what is under way arrives, in whatever order.
    fn arrives(&mut self) {
        for _ in 0..self.courier.len().div_ceil(2) {
            let at = self.pen.below(self.courier.len());
            let (to, bytes) = self.courier.swap_remove(at);
            self.takes(&to, bytes);
        }
    }

    fn takes(&mut self, to: &UnitId, bytes: Vec<u8>) {
        let by = id("can-bo");
        let scene = ImportContext {
            plan: &self.plan,
            unit: to,
            by: &by,
            wall: self.wall + 3 * DAY,
            progress: &nhaplieu::sync::NoProgress,
        };
        let desk = self.desks.get_mut(to).unwrap();
        let started = Instant::now();
        let bundle = VerifiedBundle::read(bytes).unwrap();
        let done = import::apply(desk.store_mut(), &scene, &[bundle]).unwrap();
        self.told.import += started.elapsed();
        assert_eq!(done.refusals().count(), 0, "{:?}", done.bundles);
    }

    /// The office asks by telephone which figure was the last, and settles by that.
    fn settles(&mut self) {
        let cells: Vec<CellKey> = self.oracle.keys().cloned().collect();
        let wall = self.wall;
        let office = self.desks.get_mut(&self.office).unwrap();
        for cell in cells {
            if office.heads(&cell).in_conflict() {
                let body = Body::Resolve(self.oracle[&cell].clone());
                office.says(Subject::Cell(cell), body, Right::OnBehalf, wall);
                self.told.settled += 1;
            }
        }
    }

    /// After a store went back: its clerk compares the screen with the paper.
    fn retypes(&mut self, unit: &UnitId) {
        let mine: Vec<(CellKey, Content)> = self
            .oracle
            .iter()
            .filter(|(cell, _)| cell.form.unit == *unit)
            .map(|(cell, content)| (cell.clone(), content.clone()))
            .collect();
        let desk = self.desks.get_mut(unit).unwrap();
        for (cell, content) in mine {
            if desk.heads(&cell).content() != content && !desk.heads(&cell).in_conflict() {
                desk.says(
                    Subject::Cell(cell),
                    Body::SetValue(content),
                    Right::Own,
                    self.wall,
                );
            }
        }
    }

    fn week(&mut self) {
        let office = self.office.clone();
        let units: Vec<UnitId> = self.desks.keys().cloned().collect();
        for unit in &units {
            let goes_on = self
                .plan
                .unit(unit)
                .is_some_and(|u| u.valid.holds_on(self.today));
            for _ in 0..3 + self.pen.below(6) {
                if goes_on {
                    self.types(unit, unit);
                }
            }
            if *unit != office {
                self.posts(unit, &office);
                self.posts(&office, unit);
            }
        }
        for _ in 0..3 {
            let unit = units[self.pen.below(units.len())].clone();
            self.types(&office, &unit);
        }
        self.arrives();
        self.settles();
        self.wall += 7 * DAY;
        self.today = self.today + Days::new(7);
    }

    /// At the end everybody meets the office in person, until nothing is in dispute.
    fn ends(&mut self) {
        let office = self.office.clone();
        let units: Vec<UnitId> = self
            .desks
            .keys()
            .filter(|u| **u != office)
            .cloned()
            .collect();
        for _ in 0..2 {
            for unit in &units {
                let bytes = self.sends(unit, &office, Scope::Since);
                self.takes(&office, bytes);
            }
            self.settles();
            for unit in &units {
                let bytes = self.sends(&office, unit, Scope::Since);
                self.takes(unit, bytes);
            }
        }
    }

    /// The first cell in which the office shows something else than people last said.
    fn differs(&self) -> Option<(CellKey, Content)> {
        let office = &self.desks[&self.office];
        let wrong = |(cell, content): &(&CellKey, &Content)| {
            let heads = office.heads(cell);
            heads.in_conflict() || heads.content() != **content
        };
        let found = self.oracle.iter().find(wrong);
        found.map(|(cell, _)| (cell.clone(), office.heads(cell).content()))
    }
}

/// So many weeks of so many units, across the mergers; gives the first wrong figure.
fn year<D: Desk>(
    seed: u64,
    weeks: usize,
    units: usize,
    fresh: Box<dyn FnMut(&mut D)>,
) -> (Option<(CellKey, Content)>, Told) {
    let mut district = District::<D>::new(seed, fresh);
    let mergers = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
    // A short year lies around the mergers.
    let before = (weeks / 2) as u64;
    district.today = mergers - Days::new(7 * before);
    district.wall += 7 * DAY * (26 - before.min(26));
    let unlucky = UnitId::new(UNLUCKY);
    let mut image = None;
    for week in 0..weeks {
        district.open_stores(units);
        if week == weeks / 3 {
            image = district.desks.get(&unlucky).map(Desk::image);
        }
        if week == weeks * 2 / 3
            && let (Some(image), Some(desk)) = (&image, district.desks.remove(&unlucky))
        {
            let back = desk.put_back(image, &district.plan, district.wall);
            district.desks.insert(unlucky.clone(), back);
            let office = district.office.clone();
            let bytes = district.sends(&office, &unlucky, Scope::All);
            district.takes(&unlucky, bytes);
            district.retypes(&unlucky);
            district.told.put_back += 1;
        }
        district.week();
    }
    district.ends();
    (district.differs(), district.told)
}

fn healthy<D>() -> Box<dyn FnMut(&mut D)> {
    Box::new(|_| ())
}

#[test]
fn a_year_ends_with_the_figures_people_last_gave() {
    let (weeks, units) = (rounds(6, 52), rounds(9, 100));
    let (wrong, told) = year::<Model>(1, weeks, units, healthy());
    println!("in memory, {weeks} weeks: {told:?}");
    assert_eq!(wrong, None);
    assert!(told.settled > 0 && told.lost > 0 && told.put_back == 1);
}

#[test]
fn a_year_of_real_stores_does() {
    let (weeks, units) = (rounds(4, 52), rounds(6, 100));
    let (wrong, told) = year::<OnDisk>(2, weeks, units, healthy());
    println!("on disk, {weeks} weeks: {told:?}");
    assert_eq!(wrong, None);
    assert_eq!(told.put_back, 1);
}

#[test]
fn a_year_with_a_planted_bug_does_not() {
    for fault in [Fault::LaterClockWins, Fault::PieceIgnored] {
        let broken = |seed: u64| {
            let plant = Box::new(move |desk: &mut Model| desk.fault = fault);
            year::<Model>(seed, 6, 9, plant).0
        };
        // A year this small has few disputes; a bug may also show as a panic of the model.
        let shown = (1..=8).any(|seed| {
            std::panic::catch_unwind(|| broken(seed)).map_or(true, |wrong| wrong.is_some())
        });
        assert!(shown, "{fault:?}");
    }
}
