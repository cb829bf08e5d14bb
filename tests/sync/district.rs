//! Six stores that live apart: what their people do, and a courier that loses, doubles, cuts and
//! reorders; stores copied and put back; an office that rejects, approves, locks and reopens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use nhaplieu::ledger::entry::FLAG_ON_BEHALF;
use nhaplieu::ledger::{
    Body, CellId, CellKey, Content, ContentPart, EntryRef, Form, FormKey, Hash, Heads, Role,
    Subject, workflow,
};
use nhaplieu::plan::{Plan, UnitId};
use nhaplieu::store::exchange::{ExchangeReader, Snapshot};
use nhaplieu::sync::export::{self, ExportRequest};
use nhaplieu::sync::import::plan::BundleOutcome;
use nhaplieu::sync::{ImportContext, Scope, VerifiedBundle, import};

use crate::model::{Fault, Model};
use crate::pen::Pen;
use crate::site::{DAY, START};
use crate::world::{cell, form, id, plan, plan_after_merger};

/// The office, two stores of each commune, and one of an owner that types nothing and owns a measure.
pub(crate) const UNITS: [&str; 6] = ["phong", "xa-a", "xa-a", "xa-b", "xa-b", "ban"];
/// Those who type.
const WRITERS: usize = 5;

pub(crate) struct World {
    pen: Pen,
    pub(crate) wall: u64,
    pub(crate) stores: Vec<Model>,
    images: Vec<Model>,
    /// Bundles under way, by whom they are for.
    courier: Vec<(usize, Vec<u8>)>,
    /// What the office closed, as it stood on its screen at that moment, by the entry that did.
    pub(crate) given: BTreeMap<Hash, Given>,
    /// The plan in force: two communes may become one during a history.
    pub(crate) plan: Arc<Plan>,
    /// The steps until they do.
    merger: usize,
    /// When each figure was typed, by the clock on that desk.
    pub(crate) walls: BTreeMap<Hash, u64>,
}

/// What stood on the office's screen when it approved or locked a form.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) form: FormKey,
    /// The fields it speaks for that held something.
    pub(crate) figures: BTreeMap<CellId, Content>,
    /// The returns and reopenings of the form that the office knew of.
    pub(crate) steps: BTreeSet<Hash>,
}

pub(crate) fn bundle(store: &Model, to: &str, scope: Scope, wall: u64) -> Vec<u8> {
    bundle_by(&plan(), store, to, scope, wall)
}

/// The same by another plan.
fn bundle_by(plan: &Plan, store: &Model, to: &str, scope: Scope, wall: u64) -> Vec<u8> {
    let unit = UnitId::new(to);
    let order = ExportRequest {
        plan,
        to: Some(&unit),
        scope,
        wall,
    };
    let planned = export::plan(store, &order).unwrap();
    only(export::bundles(store, &order, &planned).unwrap())
}

/// The bundle, where there is one.
pub(crate) fn only(mut bundles: Vec<Vec<u8>>) -> Vec<u8> {
    assert_eq!(bundles.len(), 1);
    bundles.remove(0)
}

pub(crate) fn take(
    store: &mut Model,
    bundles: &[VerifiedBundle],
    wall: u64,
) -> nhaplieu::sync::ImportPlan {
    let plan = plan();
    let (unit, by) = (store.unit.clone(), id("ai-do"));
    store.now = wall;
    let scene = ImportContext {
        plan: &plan,
        unit: &unit,
        by: &by,
        wall,
        progress: &nhaplieu::sync::NoProgress,
    };
    import::apply(store, &scene, bundles).unwrap()
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with(seed, Fault::None)
    }

    /// A history whose stores all have the same bug.
    pub(crate) fn with(seed: u64, fault: Fault) -> Self {
        let mut stores: Vec<Model> = (0_u8..)
            .zip(UNITS)
            .map(|(at, unit)| Model::new(unit, at + 1))
            .collect();
        for store in &mut stores {
            store.fault = fault;
        }
        let root = stores[0].author();
        for at in 1..stores.len() {
            let author = stores[at].author();
            let body = Body::Enrol {
                units: vec![UnitId::new(UNITS[at])],
                roles: vec![if at < WRITERS {
                    Role::Clerk
                } else {
                    Role::Owner
                }],
                name: UNITS[at].to_owned(),
            };
            stores[0].writes(Subject::Author(author), body, Vec::new(), 1, START);
            stores[at].pins(root);
        }
        Self {
            pen: Pen::new(seed),
            plan: plan(),
            merger: Pen::new(seed ^ 0x6d65_7267).below(90),
            wall: START,
            images: stores.clone(),
            stores,
            courier: Vec::new(),
            given: BTreeMap::new(),
            walls: BTreeMap::new(),
        }
    }

    pub(crate) fn step(&mut self) {
        self.wall += 1 + self.pen.below(7_200_000) as u64;
        match self.merger.checked_sub(1) {
            Some(left) => self.merger = left,
            None => self.plan = plan_after_merger(),
        }
        match self.pen.below(22) {
            0..=7 => self.edit(),
            8..=12 => self.send(),
            13..=17 => self.deliver(),
            18 => self.image(),
            19 => self.reject(),
            _ => self.close(),
        }
    }

    fn edit(&mut self) {
        let at = self.pen.below(WRITERS);
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
        let typed = store.sets(&cell, figure, seen, flags, wall);
        self.walls.insert(typed.hash, wall);
    }

    fn send(&mut self) {
        let (from, to) = (self.pen.below(UNITS.len()), self.pen.below(UNITS.len()));
        if from == to {
            return;
        }
        let store = &self.stores[from];
        // Now and then only its own log: what it cites of others comes later, or has come.
        let alone = (self.pen.below(3) == 0).then(|| store.alone());
        let store = alone.as_ref().unwrap_or(store);
        let bytes = self.exports(store, to, Scope::Since);
        if self.pen.below(5) > 0 {
            self.courier.push((to, bytes.clone()));
        }
        if self.pen.below(10) == 0 {
            self.courier.push((to, bytes));
        }
    }

    fn deliver(&mut self) {
        let mut bundles = Vec::new();
        let to = self.pen.below(UNITS.len());
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
                assert!(VerifiedBundle::read(bytes[..bytes.len() - 5].to_vec()).is_err());
                continue;
            }
            bundles.push(VerifiedBundle::read(bytes).unwrap());
        }
        let wall = self.wall + 3 * DAY;
        take(&mut self.stores[to], &bundles, wall);
    }

    fn exports(&self, store: &Model, to: usize, scope: Scope) -> Vec<u8> {
        let leaks = store.fault == Fault::ForeignEntrySent;
        let plan = if leaks {
            plan_after_merger()
        } else {
            self.plan.clone()
        };
        bundle_by(&plan, store, UNITS[to], scope, self.wall)
    }

    /// An image is taken, or put back: noticed, which begins a new epoch, or not.
    fn image(&mut self) {
        let at = self.pen.below(UNITS.len());
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
                if (1..WRITERS).contains(&at) {
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
        let body = Body::RejectRange { from, to };
        let wall = self.wall;
        office.writes(Subject::Author(author), body, Vec::new(), 1, wall);
        office.rebuild();
    }

    /// The office approves, locks, returns or reopens a form as it stands on its screen.
    fn close(&mut self) {
        if self.pen.below(3) == 0 {
            return self.submit();
        }
        let form = form(UNITS[1 + 2 * self.pen.below(2)], "2023");
        let office = &self.stores[0];
        let now = office.form_of(&form);
        let locked = workflow::lock(&now.workflow).is_some();
        let disputed = now.cells.values().any(Heads::in_conflict);
        let on_form = Subject::Form(form.clone());
        let (subject, body) = match (self.pen.below(6), locked) {
            (0..=2, false) if !disputed => (on_form, Closing::Lock),
            (3, false) if !disputed => {
                let owner = UnitId::new("phong");
                (Subject::Approval(form.clone(), owner), Closing::Approve)
            }
            (4, false) => (on_form, Closing::Return),
            (5, true) => (on_form, Closing::Reopen),
            _ => return,
        };
        let heads = office.heads(&subject.key()).unwrap();
        let (content, frontier) = (
            office.content_hash(&form),
            import::frontier(office).unwrap(),
        );
        let given = Given {
            figures: spoken_for(&now, &body),
            steps: office.steps(&form),
            form,
        };
        let (body, given) = match body {
            Closing::Lock => (Body::Lock { content, frontier }, Some(given)),
            Closing::Approve => {
                let part = content.parts()[&ContentPart::Owner(UnitId::new("phong"))];
                (Body::Approve { part, frontier }, Some(given))
            }
            Closing::Return => (Body::Return, None),
            Closing::Reopen => (Body::Reopen, None),
        };
        let wall = self.wall;
        let office = &mut self.stores[0];
        let step = office.says(subject, body, heads.references(), 0, wall, "có lý do");
        self.given.extend(given.map(|given| (step.hash, given)));
    }

    /// A commune hands its form in, whatever it has heard of the office meanwhile.
    fn submit(&mut self) {
        let at = 1 + self.pen.below(4);
        let form = form(UNITS[at], "2023");
        let store = &mut self.stores[at];
        let body = Body::Submit {
            content: store.content_hash(&form),
            blanks: 0,
            unconfirmed: 0,
            overridden: 0,
        };
        let subject = Subject::Form(form);
        let seen = store.heads(&subject.key()).unwrap().references();
        let wall = self.wall;
        store.writes(subject, body, seen, 0, wall);
    }

    /// Everybody hands everything to the office and the office to everybody, until nothing moves:
    /// the second time brings what new epochs have to say, the third nothing.
    pub(crate) fn settle(&mut self) {
        for _ in 0..3 {
            for (from, to) in [
                (1, 0),
                (2, 0),
                (3, 0),
                (4, 0),
                (5, 0),
                (0, 1),
                (0, 2),
                (0, 3),
                (0, 4),
                (0, 5),
            ] {
                self.wall += 1_000;
                let bytes = self.exports(&self.stores[from], to, Scope::All);
                let read = VerifiedBundle::read(bytes).unwrap();
                let wall = self.wall + 3 * DAY;
                let done = take(&mut self.stores[to], &[read], wall);
                for bundle in &done.bundles {
                    let refused = matches!(bundle.outcome, BundleOutcome::Refused(_));
                    assert!(!refused, "{:?}", bundle.outcome);
                }
            }
        }
    }
}

/// What the office does with a form.
enum Closing {
    Approve,
    Lock,
    Return,
    Reopen,
}

/// The figures on the screen that an approval or lock speaks for: the owner's measure is made of
/// two of the three fields.
fn spoken_for(now: &Form, closing: &Closing) -> BTreeMap<CellId, Content> {
    let owners = |cell: &CellId| ["so_00", "so_01"].contains(&cell.field.as_str());
    let mine = |cell: &CellId| matches!(closing, Closing::Lock) || owners(cell);
    now.cells
        .iter()
        .map(|(cell, heads)| (cell.clone(), heads.content()))
        .filter(|(cell, content)| mine(cell) && *content != Content::Blank)
        .collect()
}
