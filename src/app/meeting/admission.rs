//! Believing a key after two people compared its digits: the coordinator enrols it, everybody
//! else learns the district's. A commune enrols nobody itself.

use crate::app::first_run::FirstRun;
use crate::ledger::AuthorId;
use crate::plan::{Plan, UnitId};
use crate::store::Change;
use crate::sync::undo;

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
        Admission::Enrol(undo::enrol(author, vec![self.unit], vec![role], &self.name))
    }
}
