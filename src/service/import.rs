//! Importing bundles: reading the files, saying what would change, taking them in.

use std::path::{Path, PathBuf};

use super::permission::{may_take_in, rights_for};
use super::{Caller, ServiceError};
use crate::ledger::{AuthorId, Hash};
use crate::plan::UnitId;
use crate::store::exchange::{Exchange, ExchangeReader, Held, HeldBundle};
use crate::sync::bundle::file::{self, FileError};
use crate::sync::bundle::fingerprint::{Fingerprint, fingerprint};
use crate::sync::bundle::limits;
use crate::sync::import::plan::{ImportPlan, UnreadFile};
use crate::sync::{Progress, VerifiedBundle, import};

/// The signer of a kept bundle, whom nobody has vouched for yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSigner {
    /// From which unit's store, as it says itself.
    pub from: UnitId,
    /// Its author.
    pub author: AuthorId,
    /// The digits to compare.
    pub digits: Fingerprint,
}

/// Bundle files that were read through, and those that could not be.
#[derive(Debug, Default)]
pub struct ReadFiles {
    /// The bundles.
    pub bundles: Vec<VerifiedBundle>,
    /// The files that are no bundle that can be used.
    pub unread: Vec<UnreadFile>,
}

/// Reads bundle files through; one that cannot be used keeps no other out. A large one is read from
/// a copy in `spool`.
///
/// # Errors
/// [`ServiceError::InFile`] for the first where none of them can be used; or the work was ended.
pub fn read(
    files: &[PathBuf],
    spool: &Path,
    watch: &dyn Progress,
) -> Result<ReadFiles, ServiceError> {
    let mut read = ReadFiles::default();
    let mut first = None;
    for path in files {
        let bundle = file::open(path, spool, limits::IN_MEMORY).and_then(|file| {
            VerifiedBundle::read_with_progress(file, watch).map_err(FileError::from)
        });
        match bundle {
            Ok(bundle) => read.bundles.push(bundle),
            Err(error) => {
                let (path, why) = (path.clone(), error.message());
                let error = ServiceError::InFile {
                    path: path.clone(),
                    error,
                };
                if error.is_interrupted() {
                    return Err(error);
                }
                read.unread.push(UnreadFile { path, why });
                first.get_or_insert(error);
            }
        }
    }
    match first {
        Some(error) if read.bundles.is_empty() => Err(error),
        _ => Ok(read),
    }
}

/// Says what an import of these files, and of what waits, would change; nothing is.
///
/// # Errors
/// When the store cannot be read.
pub fn preview(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
    read: &ReadFiles,
) -> Result<ImportPlan, ServiceError> {
    let unit = store.info()?.unit;
    let context = caller.import_context(&unit);
    let mut plan = import::plan(store, &context, &read.bundles)?;
    plan.unread.clone_from(&read.unread);
    Ok(plan)
}

/// Takes in what can be taken of these files, and of what waits, in one transaction.
///
/// # Errors
/// When the caller may not import, or the store refuses or fails: then nothing was written.
pub fn apply(
    store: &mut dyn Exchange,
    caller: &Caller<'_>,
    read: &ReadFiles,
) -> Result<ImportPlan, ServiceError> {
    may_take_in(store, caller.actor)?;
    let unit = store.info()?.unit;
    let context = caller.import_context(&unit);
    let mut plan = import::apply(store, &context, &read.bundles)?;
    plan.unread.clone_from(&read.unread);
    Ok(plan)
}

/// Says what a bundle in quarantine would change if its signer were believed; nothing is.
///
/// # Errors
/// When the bundle is no longer kept or the store cannot be read.
pub fn suppose(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
    root: &Hash,
) -> Result<(UnknownSigner, ImportPlan), ServiceError> {
    let bytes = store.held_bytes(root)?.ok_or(ServiceError::NotKept)?;
    let bundle = VerifiedBundle::read(bytes)?;
    let header = bundle.header();
    let signer = UnknownSigner {
        from: header.from.clone(),
        author: header.signed_by(),
        digits: fingerprint(&header.signer),
    };
    let plan = assume(store, caller, &bundle)?;
    Ok((signer, plan))
}

/// Says what a kept bundle would change now, one in quarantine as if its signer were believed;
/// nothing is. `None` when this program no longer reads the bundle.
///
/// # Errors
/// When the store cannot be read.
pub fn preview_held(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
    held: &HeldBundle,
) -> Result<Option<ImportPlan>, ServiceError> {
    let bytes = store.held_bytes(&held.root)?;
    let Some(bundle) = bytes.and_then(|bytes| VerifiedBundle::read(bytes).ok()) else {
        return Ok(None);
    };
    match held.held {
        Held::Quarantine => assume(store, caller, &bundle).map(Some),
        Held::Waiting | Held::Refused => {
            let unit = store.info()?.unit;
            let context = caller.import_context(&unit);
            Ok(Some(import::plan(store, &context, &[bundle])?))
        }
    }
}

/// Says what a bundle would change if its signer were believed as the store of its unit.
fn assume(
    store: &dyn ExchangeReader,
    caller: &Caller<'_>,
    bundle: &VerifiedBundle,
) -> Result<ImportPlan, ServiceError> {
    let rights = rights_for(caller.plan, &bundle.header().from);
    let unit = store.info()?.unit;
    let context = caller.import_context(&unit);
    Ok(import::plan_assuming(store, &context, bundle, &rights)?)
}
