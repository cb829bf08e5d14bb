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
use crate::sync::export::concern::sees_everything;
use crate::sync::export::{self, ExportRequest};
use crate::sync::{Phase, Scope};

/// Bundles that are ready to be written: mostly one, several where one cannot hold everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The bundles, each with the usual name of its file, in the order in which they are taken in.
    pub files: Vec<PreparedFile>,
    /// How many entries they carry.
    pub entries: u64,
}

/// A bundle that is ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedFile {
    /// The bundle.
    pub bytes: Vec<u8>,
    /// The usual name of its file.
    pub name: String,
}

/// Bundles that were written and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The files, mostly one.
    pub paths: Vec<PathBuf>,
    /// How many entries they carry.
    pub entries: u64,
    /// Their size in bytes.
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

/// For whom a bundle is where nobody is named: everybody's is for the coordinator, who must say for whom
/// its own is; a whole copy is for those whom everything concerns.
///
/// # Errors
/// [`ServiceError::NoReceiver`].
fn receiver(
    from: &UnitId,
    caller: &Caller<'_>,
    named: Option<&UnitId>,
    scope: Scope,
) -> Result<Option<UnitId>, ServiceError> {
    let plan = caller.plan;
    match (named, scope) {
        (Some(unit), _) => Ok(Some(unit.clone())),
        (None, _) if !sees_everything(plan, from) => Ok(Some(plan.coordinator.clone())),
        (None, Scope::All) => Ok(None),
        (None, Scope::Since) => Err(ServiceError::NoReceiver),
    }
}

/// Makes a bundle for a unit, for the coordinator where none is named, or a whole copy; nothing is
/// written yet.
///
/// # Errors
/// When the coordinator names no receiver, the store cannot be read, or the work was ended.
pub fn prepare(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
    to: Option<&UnitId>,
    scope: Scope,
) -> Result<Prepared, ServiceError> {
    let to = receiver(&store.info()?.unit, caller, to, scope)?;
    let order = ExportRequest {
        plan: caller.plan,
        to: to.as_ref(),
        scope,
        wall: caller.wall,
    };
    let planned = export::plan(store, &order)?;
    let bundles = export::bundles(store, &order, &planned)?;
    let entries = planned.entries();
    if caller.watch.look(Phase::Write, 0, entries).is_break() {
        return Err(StoreError::Interrupted.into());
    }
    let mut files = Vec::new();
    for bytes in bundles {
        let name = file::name_of(&bytes, caller.plan.utc_offset)?;
        files.push(PreparedFile { bytes, name });
    }
    Ok(Prepared { files, entries })
}

impl Prepared {
    /// Writes the bundles into a folder under their usual names. A folder of the store is made when it
    /// is first needed.
    ///
    /// # Errors
    /// When a file cannot be written and read back.
    pub fn write_into(&self, folder: &Path, folders: &Folders) -> Result<Exported, ServiceError> {
        let folder = folders.resolve(folder);
        let on = if folder.starts_with(&folders.store) {
            // What is wrong with it shows when the file is written.
            let _ = fs::create_dir_all(&folder);
            Destination::StoreFolder
        } else {
            Destination::Elsewhere
        };
        let (mut paths, mut size) = (Vec::new(), 0_usize);
        for bundle in &self.files {
            let path = folder.join(&bundle.name);
            file::write(&RealDisk, &path, &bundle.bytes, BundleEncoding::Binary)?;
            size = size.saturating_add(bundle.bytes.len());
            paths.push(path);
        }
        Ok(Exported {
            paths,
            entries: self.entries,
            size: u64::try_from(size).unwrap_or(u64::MAX),
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
