//! Who may do what, where it is not an entry that the write path could check.

use super::ServiceError;
use crate::ledger::trust::Rights;
use crate::ledger::{ActorId, Role};
use crate::plan::{Plan, UnitId};
use crate::store::StoreReader;

/// Checks that a person may change what the store has of others: import, believe a key, take an
/// import back, let a bundle go. Everybody the store knows may, except viewers.
///
/// # Errors
/// [`ServiceError::OnlyLooks`]; or when the store cannot be read.
pub fn may_take_in(store: &dyn StoreReader, actor: &ActorId) -> Result<(), ServiceError> {
    let people = store.actors()?;
    let known = people.iter().find(|person| person.id == *actor);
    if known.is_some_and(|person| person.role != Role::Viewer) {
        return Ok(());
    }
    Err(ServiceError::OnlyLooks(actor.to_string()))
}

/// Gives the role that goes with a unit: coordinator, clerk of a reporting unit, or owner of
/// indicators.
pub fn role_for(plan: &Plan, unit: &UnitId) -> Role {
    if *unit == plan.coordinator {
        return Role::Coordinator;
    }
    let kind = plan.unit(unit).and_then(|unit| plan.kind_of(unit));
    if kind.is_some_and(|kind| kind.group.is_some()) {
        Role::Clerk
    } else {
        Role::Owner
    }
}

/// Gives the rights of a store of that unit once its key is believed.
pub fn rights_for(plan: &Plan, unit: &UnitId) -> Rights {
    Rights {
        units: [unit.clone()].into(),
        roles: vec![role_for(plan, unit)],
        name: unit.to_string(),
    }
}
