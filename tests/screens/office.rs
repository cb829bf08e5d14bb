//! A store in a temporary folder, the people who share it, and a disk that can be made to refuse.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use nhaplieu::app::message::Opened;
use nhaplieu::ledger::{
    ActionId, Actor, ActorId, Body, CellKey, Content, FormKey, Origin, Role, Subject,
};
use nhaplieu::plan::{self, FieldId, PeriodId, Plan, UnitId};
use nhaplieu::service::folder::Folders;
use nhaplieu::service::open::{NewStore, epoch_due};
use nhaplieu::service::{forms, workflow};
use nhaplieu::store::{
    self, Action, Change, Init, RedbStore, Seen, Store, StoreError, StoreReader,
};
use nhaplieu::term::backend::{OpenOrder, Opener, StoreSession, read_only};
use nhaplieu::term::presence_file::PresenceFile;
use tempfile::TempDir;

use super::disk::{Disk, Faults};
use super::harness::{ScreenSession, Sitting};

/// 2023-11-22 08:00 in Vietnam.
const MORNING: u64 = 1_700_614_800_000;

thread_local! {
    static MINUTES: Cell<u64> = const { Cell::new(0) };
    static ACTIONS: Cell<u64> = const { Cell::new(0) };
}

fn next(counter: &'static std::thread::LocalKey<Cell<u64>>) -> u64 {
    counter.with(|n| {
        n.set(n.get() + 1);
        n.get()
    })
}

pub(crate) fn clock() -> u64 {
    MORNING + next(&MINUTES) * 60_000
}

pub(crate) fn random() -> [u8; 16] {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&next(&ACTIONS).to_be_bytes());
    id
}

fn edge(pid: u32, seed: u8) -> store::Environment {
    store::Environment {
        pid,
        who: "thử".to_owned(),
        machine: "may-thu".to_owned(),
        seed: [seed; 32],
        wall: MORNING,
        patience: Duration::from_secs(1),
    }
}

/// The shipped plan, read once.
pub(crate) fn shipped() -> Arc<Plan> {
    static PLAN: std::sync::OnceLock<Arc<Plan>> = std::sync::OnceLock::new();
    let read = || Arc::new(plan::parse(plan::embedded()).unwrap());
    Arc::clone(PLAN.get_or_init(read))
}

/// A store that several people share.
pub(crate) struct Office {
    pub(crate) folder: Rc<TempDir>,
    pub(crate) plan: Arc<Plan>,
    bytes: Vec<u8>,
    /// What its keys are made from; no two stores have the same.
    seed: u8,
    /// The stick that is plugged in: what one writes on it another reads.
    pub(crate) stick: PathBuf,
}

impl Office {
    /// A folder without a store.
    pub(crate) fn bare() -> Self {
        let folder = Rc::new(tempfile::tempdir().unwrap());
        let stick = folder.path().join("usb");
        std::fs::create_dir(&stick).unwrap();
        Self {
            folder,
            stick,
            plan: shipped(),
            bytes: plan::embedded().to_vec(),
            seed: 7,
        }
    }

    /// The store of a commune with its one clerk, "lan".
    pub(crate) fn commune(unit: &str, seed: u8) -> Self {
        let office = Self {
            seed,
            ..Self::bare()
        };
        let clerk = Actor {
            id: ActorId::parse("lan").unwrap(),
            name: "Nguyễn Thị Lan".to_owned(),
            role: Role::Clerk,
            units: vec![UnitId::new(unit)],
        };
        office.made(&UnitId::new(unit), clerk);
        office
    }

    fn made(&self, unit: &UnitId, actor: Actor) -> RedbStore {
        let init = Init {
            unit: unit.clone(),
            actor,
            plan: Arc::clone(&self.plan),
            plan_bytes: self.bytes.clone(),
            seed: [self.seed; 32],
            action: ActionId(random()),
        };
        store::create(&self.dir(), &init, &self.edge(1)).unwrap()
    }

    pub(crate) fn edge(&self, pid: u32) -> store::Environment {
        edge(pid, self.seed)
    }

    /// A store of the shipped plan, made by the coordinator; lan and hoa type for Ngọc Thiện.
    pub(crate) fn new() -> Self {
        let office = Self::bare();
        office.furnish();
        office
    }

    /// A store of another plan.
    pub(crate) fn of(plan: Plan, bytes: Vec<u8>) -> Self {
        let office = Self {
            plan: Arc::new(plan),
            bytes,
            ..Self::bare()
        };
        office.furnish();
        office
    }

    fn furnish(&self) {
        let coordinator = Actor {
            id: ActorId::parse("dau-moi").unwrap(),
            name: "Trần Văn Minh".to_owned(),
            role: Role::Coordinator,
            units: vec![self.plan.coordinator.clone()],
        };
        let unit = self.plan.coordinator.clone();
        let mut store = self.made(&unit, coordinator);
        let first = self.plan.units.iter().find(|unit| {
            unit.id.as_str() == "ngoc-thien" || !self.plan.periods_of(unit).is_empty()
        });
        let unit = self
            .plan
            .unit(&UnitId::new("ngoc-thien"))
            .or(first)
            .map(|unit| unit.id.clone())
            .unwrap();
        for (id, name, role) in [
            ("lan", "Nguyễn Thị Lan", Role::Clerk),
            ("hoa", "Lê Thị Hoa", Role::Clerk),
            ("xem", "Phạm Xem", Role::Viewer),
        ] {
            let change = Change {
                subject: Subject::Actor(ActorId::parse(id).unwrap()),
                body: Body::Actor {
                    name: name.to_owned(),
                    role,
                    units: vec![unit.clone()],
                    disabled: false,
                },
                reason: String::new(),
                seen: Seen::Current,
            };
            let action = Action {
                id: ActionId(random()),
                actor: ActorId::parse("dau-moi").unwrap(),
                origin: Origin::Set,
                wall: MORNING,
                changes: vec![change],
            };
            store.commit(&action).unwrap();
        }
    }

    /// The coordinator types a figure of Ngọc Thiện at another desk, whose clock shows `wall`.
    pub(crate) fn types_at(&self, wall: u64, field: &str) {
        let mut store = store::open(&self.dir(), &self.edge(9)).unwrap();
        store.use_plan(Arc::clone(&self.plan)).unwrap();
        let ids = (UnitId::new("ngoc-thien"), PeriodId::new("2023"));
        let cell = CellKey::new(&ids.0, &ids.1, &FieldId::new(field));
        let change = Change {
            subject: Subject::Cell(cell),
            body: Body::SetValue(Content::NoneOccurred),
            reason: String::new(),
            seen: Seen::Current,
        };
        let action = Action {
            id: ActionId(random()),
            actor: ActorId::parse("dau-moi").unwrap(),
            origin: Origin::Set,
            wall,
            changes: vec![change],
        };
        store.commit(&action).unwrap();
    }

    /// The coordinator hands a form in, its blanks as not collected, and locks it, at another desk.
    pub(crate) fn locks(&self, unit: &str, period: &str) {
        let mut store = store::open(&self.dir(), &self.edge(9)).unwrap();
        store.use_plan(Arc::clone(&self.plan)).unwrap();
        let key = FormKey {
            unit: UnitId::new(unit),
            period: PeriodId::new(period),
        };
        let plan = &self.plan;
        let place = (
            plan.unit(&key.unit).unwrap(),
            plan.period(&key.period).unwrap(),
        );
        let load = |store: &RedbStore| forms::load(store, plan, place).unwrap();
        let commit = |store: &mut RedbStore, changes: Vec<Change>| {
            let action = Action {
                id: ActionId(random()),
                actor: ActorId::parse("dau-moi").unwrap(),
                origin: Origin::Set,
                wall: clock(),
                changes,
            };
            store.commit(&action).unwrap();
        };
        let loaded = load(&store);
        let (summary, _) = workflow::submission(&loaded);
        let form = (&loaded.key, &loaded.form, &loaded.form);
        let blanks = workflow::fill_blanks(&summary.unanswered, form, &Content::Unavailable);
        commit(&mut store, blanks);
        let (_, submission) = workflow::submission(&load(&store));
        commit(&mut store, vec![submission.unwrap()]);
        let content = load(&store).content_hash();
        let frontier = nhaplieu::sync::import::frontier(&store).unwrap();
        let lock = Change {
            subject: Subject::Form(key),
            body: Body::Lock { content, frontier },
            reason: String::new(),
            seen: Seen::Current,
        };
        commit(&mut store, vec![lock]);
    }

    pub(crate) fn dir(&self) -> std::path::PathBuf {
        self.folder.path().join("kho")
    }

    /// Somebody sits down before it.
    pub(crate) fn desk(&self, actor: &str) -> ScreenSession {
        self.desk_with(actor, Sitting::default())
    }

    /// Somebody sits down before it in a particular way.
    pub(crate) fn desk_with(&self, actor: &str, sitting: Sitting) -> ScreenSession {
        ScreenSession::open(self, actor, sitting)
    }
}

/// Opens or makes the store of an office as the program does.
pub(crate) fn opener(
    office: &Office,
    actor: &str,
    (pid, sole, today): (u32, bool, chrono::NaiveDate),
    faults: Arc<Faults>,
) -> Opener {
    let (dir, plan, bytes) = (office.dir(), Arc::clone(&office.plan), office.bytes.clone());
    let seed = office.seed;
    let stick = office.stick.clone();
    let actor = ActorId::parse(actor).unwrap();
    Box::new(move |order: OpenOrder<'_>| {
        if faults.held.load(Ordering::SeqCst) {
            let by = "hoa".to_owned();
            return Err(StoreError::Held { by });
        }
        let mut store = match order {
            OpenOrder::Create(new) => create(&dir, &plan, &bytes, &actor, new)?,
            _ if faults.read_only.load(Ordering::SeqCst) => {
                store::open_read_only(&dir, &edge(pid, seed))?
            }
            _ => store::open_if_possible_for_writing(&dir, &edge(pid, seed))?,
        };
        store.use_plan(Arc::clone(&plan))?;
        let info = store.info()?;
        let (presence, draft) = PresenceFile::begin(&dir, pid, &actor);
        let known = store.actors()?.into_iter().find(|a| a.id == actor).unwrap();
        Ok(StoreSession {
            opened: Opened {
                today,
                plan: Arc::clone(&plan),
                actor: known,
                unit: info.unit.clone(),
                draft,
                sole,
                read_only: read_only(&info),
                epoch: epoch_due(&info),
            },
            folders: Folders {
                home: stick.parent().map(Path::to_owned),
                store: dir.clone(),
                sticks: Box::new({
                    let stick = stick.clone();
                    move || vec![stick.clone()]
                }),
            },
            presence: Box::new(presence),
            store: Box::new(Disk {
                store,
                faults: Arc::clone(&faults),
            }),
        })
    })
}

fn create(
    dir: &Path,
    plan: &Arc<Plan>,
    bytes: &[u8],
    actor: &ActorId,
    new: &NewStore,
) -> Result<RedbStore, StoreError> {
    let init = Init {
        unit: new.unit.clone(),
        actor: Actor {
            id: actor.clone(),
            name: new.name.clone(),
            role: new.role,
            units: vec![new.unit.clone()],
        },
        plan: Arc::clone(plan),
        plan_bytes: bytes.to_vec(),
        seed: [7; 32],
        action: ActionId(random()),
    };
    store::create(dir, &init, &edge(1, 7))
}
