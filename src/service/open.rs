//! Opening a store: the plan it keeps, who works with it; and making a new one.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::base::Message;
use crate::ledger::{ActionId, Actor, ActorId, Role};
use crate::plan::{self, Plan, Problem, UnitId};
use crate::store::{self, EpochCause, EpochState, RedbStore, StoreError, StoreInfo, StoreReader};

/// What a new store is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStore {
    /// Whose figures are entered in it.
    pub unit: UnitId,
    /// The name of its first person.
    pub name: String,
    /// What that person may do.
    pub role: Role,
}

/// A plan, and the bytes of its file.
#[derive(Clone, Copy, Debug)]
pub struct PlanFile<'a> {
    /// The plan.
    pub plan: &'a Arc<Plan>,
    /// The file's bytes.
    pub bytes: &'a [u8],
}

/// Makes a store in a folder that has none.
///
/// # Errors
/// When there is one, or the folder cannot be written.
pub fn create(
    dir: &Path,
    new: &NewStore,
    plan: PlanFile<'_>,
    (actor, action): (&ActorId, ActionId),
    edge: &store::Environment,
) -> Result<RedbStore, StoreError> {
    let init = store::Init {
        unit: new.unit.clone(),
        actor: Actor {
            id: actor.clone(),
            name: new.name.clone(),
            role: new.role,
            units: vec![new.unit.clone()],
        },
        plan: Arc::clone(plan.plan),
        plan_bytes: plan.bytes.to_vec(),
        seed: edge.seed,
        action,
    };
    store::create(dir, &init, edge)
}

/// Makes an open store check changes against the plan it keeps, and gives that plan; `at_hand` is taken where it
/// is the same, so that it is not read again.
///
/// # Errors
/// When the store cannot be read, or its plan needs a newer program.
pub fn use_plan_in_force(
    store: &mut RedbStore,
    at_hand: Option<&Arc<Plan>>,
) -> Result<Arc<Plan>, StoreError> {
    let hash = store.info()?.plan_hash;
    let plan = match at_hand.filter(|plan| plan.hash == hash.0) {
        Some(plan) => Arc::clone(plan),
        None => plan_in_force(store)?,
    };
    store.use_plan(Arc::clone(&plan))?;
    Ok(plan)
}

/// Reads the plan that a store keeps.
///
/// # Errors
/// When the store cannot be read, or its plan needs a newer program.
pub fn plan_in_force(store: &dyn StoreReader) -> Result<Arc<Plan>, StoreError> {
    match read_plan(&store.plan_bytes()?) {
        Ok(plan) => Ok(plan),
        Err(_) => Err(StoreError::Refused(
            store.info().map(|info| info.plan_id).unwrap_or_default(),
        )),
    }
}

/// Reads a plan from its file's bytes; the shipped one is read once in the life of the program.
///
/// # Errors
/// All problems of the file.
pub fn read_plan(bytes: &[u8]) -> Result<Arc<Plan>, Vec<Problem>> {
    if bytes == plan::embedded() {
        shipped_plan()
    } else {
        plan::parse(bytes).map(Arc::new)
    }
}

/// Gives the shipped plan, read once in the life of the program.
///
/// # Errors
/// All problems of the file.
pub fn shipped_plan() -> Result<Arc<Plan>, Vec<Problem>> {
    static SHIPPED: OnceLock<Result<Arc<Plan>, Vec<Problem>>> = OnceLock::new();
    SHIPPED
        .get_or_init(|| plan::parse(plan::embedded()).map(Arc::new))
        .clone()
}

/// Looks up who works with the store; somebody it does not know may look.
///
/// # Errors
/// When the store cannot be read.
pub fn person(store: &dyn StoreReader, id: &ActorId) -> Result<Actor, StoreError> {
    let known = store.actors()?.into_iter().find(|one| one.id == *id);
    Ok(known.unwrap_or_else(|| Actor {
        id: id.clone(),
        name: id.as_str().to_owned(),
        role: Role::Viewer,
        units: Vec::new(),
    }))
}

/// What is said of a store whose next change goes on under another author, before that change:
/// where a person may still put back what is missing.
pub fn epoch_due(info: &StoreInfo) -> Option<Message> {
    match info.epoch {
        EpochState::Due(EpochCause::RolledBack) => Some(Message::new("epoch.due_rolled_back")),
        EpochState::Due(EpochCause::NoKey) => Some(Message::new("epoch.due_no_key")),
        EpochState::Due(EpochCause::Elsewhere) | EpochState::Same | EpochState::Begun(_) => None,
    }
}

/// What is said once a change has been written under another author, and why it was.
pub fn epoch_begun(info: &StoreInfo) -> Option<Message> {
    let EpochState::Begun(cause) = info.epoch else {
        return None;
    };
    Some(Message::new(match cause {
        EpochCause::Elsewhere => "epoch.elsewhere",
        EpochCause::RolledBack => "epoch.rolled_back",
        EpochCause::NoKey => "epoch.no_key",
    }))
}
