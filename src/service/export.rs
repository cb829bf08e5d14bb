//! Exporting: what the other side has not confirmed, as a bundle in a folder or a file.

use std::fs;
use std::path::{Path, PathBuf};

use super::folder::Folders;
use super::{Caller, ServiceError};
use crate::plan::UnitId;
use crate::store::StoreError;
use crate::store::exchange::ExchangeReader;
use crate::sync::bundle::file::{self, BundleEncoding, RealDisk};
use crate::sync::bundle::key_file::KeyFile;
use crate::sync::export::{self, ExportRequest};
use crate::sync::{Phase, Scope};

/// A bundle that is ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The bundle.
    pub bytes: Vec<u8>,
    /// How many entries it carries.
    pub entries: u64,
    /// The usual name of its file.
    pub name: String,
}

/// A bundle that was written and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// How many entries it carries.
    pub entries: u64,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it can be carried away as it is.
    pub on: Destination,
}

/// Where a bundle was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A stick, or a folder that a person named.
    Elsewhere,
    /// The store's own folder: it must be copied before it can go.
    StoreFolder,
}

/// Makes a bundle for a unit, or for anyone; nothing is written yet.
///
/// # Errors
/// When the store cannot be read, or the work was ended.
pub fn prepare(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
    to: Option<&UnitId>,
    scope: Scope,
) -> Result<Prepared, ServiceError> {
    let order = ExportRequest {
        plan: caller.plan,
        to,
        scope,
        wall: caller.wall,
    };
    let planned = export::plan(store, &order)?;
    let bytes = export::bundle(store, &order, &planned)?;
    let entries = planned.entries();
    if caller.watch.look(Phase::Write, 0, entries).is_break() {
        return Err(StoreError::Interrupted.into());
    }
    let name = file::name_of(&bytes, caller.plan.utc_offset)?;
    Ok(Prepared {
        bytes,
        entries,
        name,
    })
}

impl Prepared {
    /// Writes the bundle into a folder under its usual name. A folder of the store is made when it
    /// is first needed.
    ///
    /// # Errors
    /// When the file cannot be written and read back.
    pub fn write_into(&self, folder: &Path, folders: &Folders) -> Result<Exported, ServiceError> {
        let folder = folders.resolve(folder);
        let on = if folder.starts_with(&folders.store) {
            // What is wrong with it shows when the file is written.
            let _ = fs::create_dir_all(&folder);
            Destination::StoreFolder
        } else {
            Destination::Elsewhere
        };
        let path = folder.join(&self.name);
        file::write(&RealDisk, &path, &self.bytes, BundleEncoding::Binary)?;
        Ok(Exported {
            path,
            entries: self.entries,
            size: u64::try_from(self.bytes.len()).unwrap_or(u64::MAX),
            on,
        })
    }
}

/// Makes the key file (and its text) by which the coordinator enrols this store.
///
/// # Errors
/// When the store or its key cannot be read.
pub fn key_file(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
) -> Result<(KeyFile, String), ServiceError> {
    let info = store.info()?;
    let people = store.actors()?;
    let name = people.iter().find(|person| person.id == *caller.actor);
    let (key, _) = store.sign(b"")?;
    let file = KeyFile {
        unit: info.unit,
        name: name.map(|person| person.name.clone()).unwrap_or_default(),
        key,
    };
    let (_, signature) = store.sign(&file.words())?;
    let text = file.write(&signature);
    Ok((file, text))
}
