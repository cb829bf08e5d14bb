//! Making a store: all of it, or nothing that the next attempt could take for one.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use redb::{ConcurrencyMode, Database};

use crate::ledger::{ActionId, Actor, Body, Hash, Origin, Subject};
use crate::plan::{Plan, UnitId};
use crate::store::api::StoreError;
use crate::store::file::backend::{FileAccess, Files, LockTimeout, Opener};
use crate::store::file::connection::{begin, builder, data_path};
use crate::store::file::environment::Environment;
use crate::store::file::errors::catch_panics;
use crate::store::file::folder;
use crate::store::file::handle::RedbStore;
use crate::store::file::location;
use crate::store::file::open::{OpenFor, open_on};
use crate::store::format::codec::{AboutV1, Record, encode, seal};
use crate::store::format::schema::SCHEMA;
use crate::store::format::tables;
use crate::store::identity::epoch;
use crate::store::identity::key::{self, WriterKey};
use crate::store::identity::witness::open_private;
use crate::store::write::batch::{ActionContext, Batch, NewEntry};
use crate::store::write::judge::plan_ref;

/// What a new store is made from: its unit, first person, plan and key.
#[derive(Clone, Debug)]
pub struct Init {
    /// The unit it is for.
    pub unit: UnitId,
    /// The first person.
    pub actor: Actor,
    /// The plan in force.
    pub plan: Arc<Plan>,
    /// The bytes of its file; their BLAKE3 is the plan's hash.
    pub plan_bytes: Vec<u8>,
    /// 32 random bytes: the seed of the writer's key.
    pub seed: [u8; 32],
    /// The id of the action that begins it.
    pub action: ActionId,
}

/// Makes a store in a folder and opens it.
///
/// # Errors
/// [`StoreError::Exists`], [`StoreError::Incomplete`], [`StoreError::NetworkFs`], [`StoreError::ReadOnly`],
/// [`StoreError::Refused`] when the plan's bytes are not the plan's, or a failure of the disk;
/// then there is no store.
pub fn create(dir: &Path, init: &Init, environment: &Environment) -> Result<RedbStore, StoreError> {
    create_on(dir, init, environment, Box::new(Files))
}

/// Makes a store through a given way of reaching its file.
///
/// # Errors
/// As [`create`].
pub fn create_on(
    dir: &Path,
    init: &Init,
    environment: &Environment,
    opener: Box<dyn Opener>,
) -> Result<RedbStore, StoreError> {
    if *blake3::hash(&init.plan_bytes).as_bytes() != init.plan.hash {
        return Err(StoreError::Refused("plan hash".to_owned()));
    }
    folder::refuse_parts(dir)?;
    location::make_folders(dir)?;
    location::refuse_network(dir)?;
    let mut key_file = key::open_next(dir).map_err(|error| location::not_writable(dir, error))?;
    // Held until the store is there: of two that begin at the same moment, one finds it made.
    // Where there are no locks, nobody else is there either.
    if matches!(key_file.try_lock(), Err(fs::TryLockError::WouldBlock)) {
        return Err(StoreError::Exists(dir.to_path_buf()));
    }
    // The other one may have been done before the lock was taken.
    if let Err(error) = folder::refuse_parts(dir) {
        key::forget_next(dir);
        return Err(error);
    }
    let key = WriterKey::from_seed(init.seed);
    let made = key
        .write(&mut key_file)
        .map_err(StoreError::from)
        .and_then(|()| write_database(dir, init, environment, &key, opener.as_ref()));
    if let Err(error) = made {
        // No database names this key; leaving either behind would only puzzle.
        key::forget_next(dir);
        let _ = fs::remove_file(new_path(dir));
        return Err(error);
    }
    drop(key_file);
    // Opening the store finds the key where it waits, should this be as far as it gets.
    let _ = key::adopt(dir);
    let mut store = open_on(dir, environment, opener, OpenFor::Writing)?;
    store.use_plan(Arc::clone(&init.plan))?;
    Ok(store)
}

fn new_path(dir: &Path) -> std::path::PathBuf {
    dir.join("data.redb.new")
}

/// Writes the database under another name, and gives it its own once it is whole.
fn write_database(
    dir: &Path,
    init: &Init,
    environment: &Environment,
    key: &WriterKey,
    opener: &dyn Opener,
) -> Result<(), StoreError> {
    let path = new_path(dir);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    // redb would make the file with the umask's mode.
    drop(open_private(&path)?);
    catch_panics(|| {
        let backend =
            LockTimeout::new(opener.open(&path, FileAccess::Write)?, environment.patience);
        let database = builder(ConcurrencyMode::ExclusiveWriter).create_with_backend(backend)?;
        first_entries(&database, init, environment, key)?;
        Ok(database.close()?)
    })
    .map_err(StoreError::from)?;
    fs::rename(&path, data_path(dir))?;
    location::sync_folder(dir)?;
    Ok(())
}

fn first_entries(
    database: &Database,
    init: &Init,
    environment: &Environment,
    key: &WriterKey,
) -> Result<(), StoreError> {
    let plan = &init.plan;
    let transaction = begin(database, environment.patience)?;
    {
        let row = seal(Record::Plan, &plan.hash, &init.plan_bytes);
        let mut plans = transaction.open_table(tables::PLANS)?;
        plans.insert(plan.hash.as_slice(), row.as_slice())?;
        let mut batch = Batch::blank(&transaction)?;
        batch.put_meta(tables::meta::SCHEMA, &tables::sealed_schema(SCHEMA))?;
        let about = AboutV1 {
            unit: init.unit.as_str().to_owned(),
            plan_id: plan.id.clone(),
            plan_version: plan.version,
            plan_hash: plan.hash,
        };
        let about = seal(Record::About, tables::meta::ABOUT, &encode(&about));
        batch.put_meta(tables::meta::ABOUT, &about)?;
        batch.switch_author(key.author());
        let by = ActionContext {
            id: init.action,
            actor: &init.actor.id,
            origin: Origin::Set,
            wall: environment.wall,
            plan: plan_ref(plan),
        };
        batch.push(&by, epoch::epoch_start(key, None))?;
        batch.push(&by, plan_install(plan))?;
        batch.push(&by, person(&init.actor))?;
        batch.finish()?;
    }
    transaction.commit()?;
    Ok(())
}

fn plan_install(plan: &Plan) -> NewEntry {
    plain(
        Subject::Plan,
        Body::PlanInstall {
            id: plan.id.clone(),
            version: plan.version,
            hash: Hash(plan.hash),
        },
    )
}

fn person(actor: &Actor) -> NewEntry {
    plain(
        Subject::Actor(actor.id.clone()),
        Body::Actor {
            name: actor.name.clone(),
            role: actor.role,
            units: actor.units.clone(),
            disabled: false,
        },
    )
}

fn plain(subject: Subject, body: Body) -> NewEntry {
    NewEntry {
        subject,
        body,
        note: String::new(),
        flags: 0,
        replaces: Vec::new(),
    }
}
