//! Who may take bundles in, and believing a key after two people compared its digits: the coordinator enrols it, everybody
//! else learns the district's. A commune enrols nobody itself.

use crate::app::first_run::FirstRun;
use crate::ledger::{ActorId, AuthorId, Role};
use crate::plan::{Plan, UnitId};
use crate::store::{Change, Store, StoreError};
use crate::sync::authors;

/// Whether this person may change what the store has of others: everybody it knows but those who
/// only look. What an import brings or takes away is no entry of theirs that the write path could
/// judge.
///
/// # Errors
/// [`StoreError::NotPermitted`]; or when the store cannot be read.
pub fn may_take_in(store: &(impl Store + ?Sized), actor: &ActorId) -> Result<(), StoreError> {
    let people = store.actors()?;
    let known = people.iter().find(|person| person.id == *actor);
    if known.is_some_and(|person| person.role != Role::Viewer) {
        return Ok(());
    }
    Err(StoreError::NotPermitted {
        actor: actor.to_string(),
        what: "import".to_owned(),
    })
}

/// A key somebody asks to be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The unit of the store.
    pub unit: UnitId,
    /// What people call it.
    pub name: String,
    /// Its public key.
    pub key: [u8; 32],
}

/// What believing it means here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is taken for the district's.
    Pin([u8; 32]),
    /// This change enrols it for its unit, in the role that goes with it.
    Enrol(Change),
}

impl Asking {
    /// Whose key.
    pub fn author(&self) -> AuthorId {
        AuthorId::of_key(&self.key)
    }

    /// What believing it means in the store of `own`.
    pub fn admitted(self, plan: &Plan, own: &UnitId) -> Admission {
        if self.unit == plan.coordinator && *own != plan.coordinator {
            return Admission::Pin(self.key);
        }
        let (author, role) = (self.author(), FirstRun::role_for(plan, &self.unit));
        Admission::Enrol(authors::enrol(
            author,
            vec![self.unit],
            vec![role],
            &self.name,
        ))
    }
}
