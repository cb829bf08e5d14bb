//! Believing a key after two people compared its digits: the coordinator enrols it, everybody
//! else learns the district's. A commune enrols nobody itself.

use std::path::Path;

use super::permission::{may_take_in, role_for};
use super::{Caller, ServiceError};
use crate::ledger::{AuthorId, Hash};
use crate::plan::{Plan, UnitId};
use crate::store::Change;
use crate::store::exchange::{Exchange, ExchangeReader};
use crate::sync::bundle::file;
use crate::sync::bundle::key_file::KeyFile;
use crate::sync::{VerifiedBundle, authors};

/// A key that somebody asks to be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// The unit of the store.
    pub unit: UnitId,
    /// What people call it.
    pub name: String,
    /// Its public key.
    pub key: [u8; 32],
}

/// What believing a key means in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Admission {
    /// It is taken for the district's.
    Pin([u8; 32]),
    /// This change enrols it for its unit, in the role that goes with it.
    Enrol(Change),
}

/// How a key came to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It is taken for the district's.
    AsDistrict,
    /// It is enrolled for its unit.
    Enrolled,
}

impl Applicant {
    /// The author that signs with the key.
    pub fn author(&self) -> AuthorId {
        AuthorId::of_key(&self.key)
    }

    /// The key that signed a bundle.
    pub fn of_bundle(bundle: &VerifiedBundle) -> Self {
        let header = bundle.header();
        Self {
            unit: header.from.clone(),
            name: header.from.to_string(),
            key: header.signer,
        }
    }

    /// The key of a key file, from the file's bytes.
    ///
    /// # Errors
    /// When the bytes are no key file.
    pub fn of_key_file(bytes: &[u8]) -> Result<Self, ServiceError> {
        let file = KeyFile::read(bytes)?;
        Ok(Self {
            unit: file.unit,
            name: file.name,
            key: file.key,
        })
    }

    /// The signer of a bundle that the store keeps.
    ///
    /// # Errors
    /// When the bundle is no longer kept or no longer reads.
    pub fn of_held(store: &dyn ExchangeReader, root: &Hash) -> Result<Self, ServiceError> {
        let bytes = store.held_bytes(root)?.ok_or(ServiceError::NotKept)?;
        Ok(Self::of_bundle(&VerifiedBundle::read(bytes)?))
    }

    /// The key of a key file on disk, if it is still the one whose digits were compared.
    ///
    /// # Errors
    /// When the file cannot be read, is no key file, or holds another author's key.
    pub fn in_key_file(path: &Path, compared: AuthorId) -> Result<Self, ServiceError> {
        let applicant = Self::of_key_file(&file::read(path)?)?;
        if applicant.author() == compared {
            Ok(applicant)
        } else {
            Err(ServiceError::OtherKey)
        }
    }

    fn admission(self, plan: &Plan, own: &UnitId) -> Admission {
        if self.unit == plan.coordinator && *own != plan.coordinator {
            return Admission::Pin(self.key);
        }
        let (author, role) = (self.author(), role_for(plan, &self.unit));
        Admission::Enrol(authors::enrol(
            author,
            vec![self.unit],
            vec![role],
            &self.name,
        ))
    }
}

/// Takes a key for believed from now on. Bundles that have waited for it come in with the next
/// import, which may be one without files.
///
/// # Errors
/// When the caller may not do so, or the store refuses or fails.
pub fn admit(
    store: &mut dyn Exchange,
    caller: &Caller<'_>,
    applicant: Applicant,
) -> Result<Admitted, ServiceError> {
    may_take_in(store, caller.actor)?;
    let own = store.info()?.unit;
    match applicant.admission(caller.plan, &own) {
        Admission::Pin(key) => {
            store.pin(&key, caller.wall)?;
            Ok(Admitted::AsDistrict)
        }
        Admission::Enrol(change) => {
            caller.commit(store, vec![change])?;
            Ok(Admitted::Enrolled)
        }
    }
}
