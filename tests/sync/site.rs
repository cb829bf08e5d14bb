//! A store somewhere: a commune's or the coordinator's, with one person who types.

use std::path::Path;
use std::sync::Arc;

use nhaplieu::ledger::{ActionId, Actor, ActorId, Body, CellId, Role, Subject};
use nhaplieu::plan::{FieldId, Plan, UnitId};
use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::{Exchange, ExchangeReader, Held};
use nhaplieu::store::{
    Action, Change, Environment, Init, RedbStore, Seen, Store, StoreError, create, open,
};
use nhaplieu::sync::export::{self, ExportRequest};
use nhaplieu::sync::held::status::{self, HeldStatus};
use nhaplieu::sync::{ImportContext, ImportPlan, NoProgress, Scope, VerifiedBundle, import};
use tempfile::TempDir;

use crate::world::{PLAN_BYTES, cell, edge, form, id, number, plan, private, set};

/// A day in milliseconds.
pub(crate) const DAY: u64 = 86_400_000;
/// When every site begins.
pub(crate) const START: u64 = 1_700_000_000_000;

pub(crate) struct Site {
    pub(crate) folder: TempDir,
    pub(crate) store: RedbStore,
    pub(crate) unit: UnitId,
    pub(crate) actor: ActorId,
    pub(crate) wall: u64,
    /// The plan by which it exchanges bundles.
    pub(crate) plan: Arc<Plan>,
    seed: u8,
    actions: u64,
}

impl Site {
    /// A commune's store with its one clerk.
    pub(crate) fn commune(unit: &str, seed: u8) -> Self {
        Self::new(unit, &format!("can-bo-{seed}"), Role::Clerk, seed)
    }

    /// The coordinator's store.
    pub(crate) fn office() -> Self {
        Self::new("phong", "dau-moi", Role::Coordinator, 200)
    }

    pub(crate) fn new(unit: &str, actor: &str, role: Role, seed: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let unit = UnitId::new(unit);
        let init = Init {
            unit: unit.clone(),
            actor: Actor {
                id: id(actor),
                name: format!("{actor} (thử)"),
                role,
                units: vec![unit.clone()],
            },
            plan: plan(),
            plan_bytes: PLAN_BYTES.to_vec(),
            seed: [seed; 32],
            action: ActionId([seed; 16]),
        };
        let edge = Self::edge(seed);
        let store = create(&folder.path().join("kho"), &init, &edge).unwrap();
        Self {
            folder,
            store,
            unit,
            actor: id(actor),
            wall: START,
            plan: plan(),
            seed,
            actions: 0,
        }
    }

    pub(crate) fn edge(seed: u8) -> Environment {
        Environment {
            seed: [seed ^ 0x5a; 32],
            ..edge()
        }
    }

    pub(crate) fn dir(&self) -> std::path::PathBuf {
        self.folder.path().join("kho")
    }

    /// Closes and opens again, as after a new start; another seed, as any start has.
    pub(crate) fn restarted(self) -> Self {
        let dir = self.dir();
        let Self {
            folder,
            store,
            unit,
            actor,
            wall,
            plan,
            seed,
            actions,
        } = self;
        drop(store);
        let seed = seed.wrapping_add(50);
        Self {
            store: Self::opened(&dir, seed),
            folder,
            unit,
            actor,
            wall,
            plan,
            seed,
            actions,
        }
    }

    /// Its database in another file, as after a move to another disk: a new epoch begins.
    pub(crate) fn moved(self) -> Self {
        let dir = self.dir();
        std::fs::copy(dir.join("data.redb"), dir.join("other")).unwrap();
        std::fs::rename(dir.join("other"), dir.join("data.redb")).unwrap();
        self.restarted()
    }

    /// The whole folder on another disk, in a way that its witness does not notice: as when a
    /// virtual machine is cloned.
    pub(crate) fn twin(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("kho");
        std::fs::create_dir(&dir).unwrap();
        for name in ["data.redb", "key"] {
            std::fs::copy(self.dir().join(name), dir.join(name)).unwrap();
        }
        private(&dir);
        let seed = self.seed.wrapping_add(100);
        Self {
            store: Self::opened(&dir, seed),
            folder,
            unit: self.unit.clone(),
            actor: self.actor.clone(),
            wall: self.wall,
            plan: self.plan.clone(),
            seed,
            actions: self.actions,
        }
    }

    fn opened(dir: &Path, seed: u8) -> RedbStore {
        let mut store = open(dir, &Self::edge(seed)).unwrap();
        store.use_plan(plan()).unwrap();
        store
    }

    pub(crate) fn does(&mut self, changes: Vec<Change>) {
        self.tries(changes).unwrap();
    }

    pub(crate) fn tries(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let actor = self.actor.to_string();
        self.tries_as(&actor, changes)
    }

    pub(crate) fn tries_as(&mut self, who: &str, changes: Vec<Change>) -> Result<(), StoreError> {
        self.wall += 1_000;
        self.actions += 1;
        let mut action = [self.seed; 16];
        action[..8].copy_from_slice(&self.actions.to_le_bytes());
        let action = Action {
            id: ActionId(action),
            actor: id(who),
            origin: nhaplieu::ledger::Origin::Typed,
            wall: self.wall,
            changes,
        };
        self.store.commit(&action).map(|_| ())
    }

    /// Lets somebody else type here.
    pub(crate) fn admits(&mut self, who: &str, role: Role, unit: &str) {
        let body = Body::Actor {
            name: who.to_owned(),
            role,
            units: vec![UnitId::new(unit)],
            disabled: false,
        };
        self.does(vec![Change {
            subject: Subject::Actor(id(who)),
            body,
            reason: String::new(),
            seen: Seen::Current,
        }]);
    }

    /// Types a figure of its own unit, 2023.
    pub(crate) fn types(&mut self, field: &str, figure: &str) {
        let unit = self.unit.to_string();
        self.types_for(&unit, field, figure);
    }

    pub(crate) fn types_for(&mut self, unit: &str, field: &str, figure: &str) {
        self.does(vec![set(&cell(unit, "2023", field), number(figure))]);
    }

    /// Types a figure into all 40 count fields.
    pub(crate) fn types_all(&mut self, from: u32) {
        for at in 0..40 {
            self.types(&format!("so_{at:02}"), &(from + at).to_string());
        }
    }

    /// Admits another store for its unit.
    pub(crate) fn enrols(&mut self, other: &Self) {
        let author = other.store.info().unwrap().author;
        let change = nhaplieu::sync::authors::enrol(
            author,
            vec![other.unit.clone()],
            vec![Role::Clerk],
            other.unit.as_str(),
        );
        self.does(vec![change]);
    }

    /// Takes another store's key for the district's.
    pub(crate) fn pins(&mut self, other: &Self) {
        let (key, _) = other.store.sign(b"").unwrap();
        self.store.pin(&key, self.wall).unwrap();
    }

    pub(crate) fn bundle_bytes(&mut self, to: Option<&str>, scope: Scope) -> Vec<u8> {
        self.wall += 1_000;
        let to = to.map(UnitId::new);
        let plan = self.plan.clone();
        let order = ExportRequest {
            plan: &plan,
            to: to.as_ref(),
            scope,
            wall: self.wall,
        };
        let planned = export::plan(&self.store, &order).unwrap();
        crate::district::only(export::bundles(&self.store, &order, &planned).unwrap())
    }

    pub(crate) fn bundle(&mut self, to: Option<&str>) -> VerifiedBundle {
        VerifiedBundle::read(self.bundle_bytes(to, Scope::Since)).unwrap()
    }

    /// Everything that concerns a unit, whatever it is known to have: for another of its stores.
    pub(crate) fn whole_for(&mut self, to: &str) -> VerifiedBundle {
        VerifiedBundle::read(self.bundle_bytes(Some(to), Scope::All)).unwrap()
    }

    pub(crate) fn plans(&self, bundles: &[VerifiedBundle]) -> ImportPlan {
        let plan = self.plan.clone();
        import::plan(&self.store, &self.context(&plan), bundles).unwrap()
    }

    fn context<'a>(&'a self, plan: &'a Plan) -> ImportContext<'a> {
        ImportContext {
            plan,
            unit: &self.unit,
            by: &self.actor,
            wall: self.wall,
            progress: &NoProgress,
        }
    }

    /// How the bundles that are kept stand.
    pub(crate) fn held(&self) -> Vec<HeldStatus> {
        let plan = self.plan.clone();
        status::held(&self.store, &self.context(&plan)).unwrap()
    }

    pub(crate) fn tries_import(
        &mut self,
        bundles: &[VerifiedBundle],
    ) -> Result<ImportPlan, StoreError> {
        let plan = self.plan.clone();
        self.wall += 1_000;
        let scene = ImportContext {
            plan: &plan,
            unit: &self.unit,
            by: &self.actor,
            wall: self.wall,
            progress: &nhaplieu::sync::NoProgress,
        };
        import::apply(&mut self.store, &scene, bundles)
    }

    /// Imports, and holds that the preview said the same and that the store is clean.
    pub(crate) fn imports(&mut self, bundles: &[VerifiedBundle]) -> ImportPlan {
        let planned = self.plans(bundles);
        let done = self.tries_import(bundles).unwrap();
        assert_eq!(planned.counts, done.counts, "the preview said otherwise");
        assert_eq!(planned.changes, done.changes, "the preview said otherwise");
        self.is_clean();
        // What is said of a bundle without its bytes is what the whole of it gives.
        let held = self.held();
        let whole = if held.is_empty() {
            Vec::new()
        } else {
            self.plans(&[]).bundles
        };
        for one in held {
            let found = whole.iter().find(|bundle| bundle.root == one.bundle.root);
            if let Some(found) = found {
                assert_eq!(one.outcome.as_ref(), Some(&found.outcome));
                assert_eq!(one.unknown_authors, found.unknown_authors);
            } else {
                assert_eq!(one.bundle.held, Held::Refused);
            }
        }
        done
    }

    pub(crate) fn is_clean(&mut self) {
        let report = self.store.verify().unwrap();
        assert_eq!(report.differences, Vec::<String>::new());
    }

    pub(crate) fn shows(&self, unit: &str, field: &str) -> String {
        let form = self.store.form(&form(unit, "2023")).unwrap();
        let field = FieldId::new(field);
        let text = nhaplieu::ledger::typed::typed_form(&form.content(&field));
        let disputed = form
            .cells
            .get(&CellId::figure(&field))
            .is_some_and(nhaplieu::ledger::Heads::in_conflict);
        format!("{text}{}", if disputed { " !" } else { "" })
    }
}
