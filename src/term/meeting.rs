//! Carrying out what screen 6 asks: reads and writes files, previews, imports, enrols. Runs on
//! the store's thread; long work tells how far it is and can be stopped.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

pub use super::folders::Folders;
use super::inbox;
pub use super::told::Stop;
use super::told::Told;
use crate::app::meeting::{
    Admission, Asking, Exported, Medium, Meet, Met, Places, Stands, may_take_in, standing,
};
use crate::app::msg::{Msg, Ticket};
use crate::base::Message;
use crate::ledger::trust::Rights;
use crate::ledger::{ActionId, ActorId, AuthorId, Hash, Origin};
use crate::plan::{Plan, UnitId};
use crate::store::exchange::Exchange;
use crate::store::{Action, StoreError};
use crate::sync::bundle::file::{self, BundleEncoding};
use crate::sync::bundle::fingerprint::fingerprint;
use crate::sync::bundle::key_file::KeyFile;
use crate::sync::export::{self, ExportError, ExportRequest};
use crate::sync::held::withdraw::{self, Withdrawal};
use crate::sync::{
    BundleError, ImportContext, Scope, Step, Unwatched, VerifiedBundle, Watch, import,
};

/// Who asks, when, and how an answer gets out before the work is done.
pub(super) struct Around<'a> {
    pub(super) plan: &'a Plan,
    pub(super) actor: &'a ActorId,
    pub(super) folders: &'a Folders,
    pub(super) clock: fn() -> u64,
    pub(super) random: fn() -> [u8; 16],
    pub(super) answers: &'a Sender<Msg>,
    pub(super) stop: &'a Stop,
}

/// What is kept between a preview and its import.
#[derive(Default)]
pub(super) struct Meetings {
    previewed: Vec<VerifiedBundle>,
}

/// Why something was not done.
enum Not {
    Store(StoreError),
    Said(Message),
}

impl From<StoreError> for Not {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<BundleError> for Not {
    fn from(error: BundleError) -> Self {
        match error {
            BundleError::Interrupted => Self::Store(StoreError::Interrupted),
            error => Self::Said(error.message()),
        }
    }
}

impl Meetings {
    /// Carries one order out.
    ///
    /// # Errors
    /// A failure or refusal of the store; what is wrong with a file is an answer.
    pub(super) fn answer(
        &mut self,
        meet: Meet,
        store: &mut (dyn Exchange + Send),
        around: &Around<'_>,
    ) -> Result<Met, StoreError> {
        match self.carry_out(meet, store, around) {
            Ok(done) => Ok(done),
            Err(Not::Said(message)) => Ok(Met::Refused(message)),
            Err(Not::Store(StoreError::Interrupted)) => Ok(Met::Stopped),
            Err(Not::Store(error)) => Err(error),
        }
    }

    fn carry_out(
        &mut self,
        meet: Meet,
        store: &mut (dyn Exchange + Send),
        around: &Around<'_>,
    ) -> Result<Met, Not> {
        match &meet {
            Meet::Import { .. }
            | Meet::Enrol { .. }
            | Meet::EnrolFile { .. }
            | Meet::Release(_)
            | Meet::TakeBack { .. } => around.permitted(store)?,
            Meet::Standing(_)
            | Meet::Preview { .. }
            | Meet::Suppose { .. }
            | Meet::Export { .. } => {}
        }
        match meet {
            Meet::Standing(folder) => around.standing(store, folder),
            Meet::Preview { job, files } => {
                self.previewed = around.read(job, &files)?;
                let plan = around.with_scene(store, job, |store, scene| {
                    import::plan(store, scene, &self.previewed)
                })?;
                Ok(Met::Preview(Box::new(plan), Stands::Before))
            }
            Meet::Import { job } => {
                let plan = around.with_scene(store, job, |store, scene| {
                    import::apply(store, scene, &self.previewed)
                })?;
                self.previewed.clear();
                Ok(Met::Imported(Box::new(plan)))
            }
            Meet::Suppose { job, root } => around.suppose(store, job, &root),
            Meet::Export { job, to, folder } => around.export(store, job, to.as_ref(), &folder),
            Meet::Enrol { job, root } => {
                let asking = signer(&held(store, &root)?);
                around.admit(store, job, asking)
            }
            Meet::EnrolFile { job, file, author } => {
                let asking = in_file(&file, author)?;
                around.admit(store, job, asking)
            }
            Meet::Release(root) => {
                store.release(&root)?;
                Ok(Met::Done(Message::new("meet.released")))
            }
            Meet::TakeBack { job, root, reason } => around.take_back(store, job, &root, &reason),
        }
    }
}

impl Around<'_> {
    fn permitted(&self, store: &dyn Exchange) -> Result<(), Not> {
        may_take_in(store, self.actor).map_err(|error| match error {
            StoreError::NotPermitted { actor, .. } => {
                Not::Said(Message::new("meet.only_looks").with("actor", actor))
            }
            error => Not::Store(error),
        })
    }

    fn watch(&self, job: Ticket) -> Told<'_> {
        Told::of(job, self.answers, self.stop)
    }

    fn with_scene<T>(
        &self,
        store: &mut (dyn Exchange + Send),
        job: Ticket,
        work: impl FnOnce(&mut (dyn Exchange + Send), &ImportContext<'_>) -> Result<T, StoreError>,
    ) -> Result<T, Not> {
        let (unit, watch) = (store.info()?.unit, self.watch(job));
        let scene = ImportContext {
            plan: self.plan,
            unit: &unit,
            by: self.actor,
            wall: (self.clock)(),
            watch: &watch,
        };
        Ok(work(store, &scene)?)
    }

    fn standing(
        &self,
        store: &mut (dyn Exchange + Send),
        folder: Option<PathBuf>,
    ) -> Result<Met, Not> {
        let unit = store.info()?.unit;
        let scene = ImportContext {
            plan: self.plan,
            unit: &unit,
            by: self.actor,
            wall: (self.clock)(),
            watch: &Unwatched,
        };
        let standing = standing(store, &scene)?;
        let own = self.folders.inbox();
        let told = folder.map(|folder| self.folders.meant(&folder));
        let folder = told.unwrap_or_else(|| {
            // Made when it is first looked for, so that there is a place to put files.
            let _ = fs::create_dir_all(&own);
            own.clone()
        });
        let places = Places {
            sticks: (self.folders.sticks)(),
            inbox: own,
            outbox: self.folders.outbox(),
        };
        Ok(Met::Standing {
            inbox: inbox::list(&folder, &standing),
            standing: Box::new(standing),
            places,
        })
    }

    /// Reads files through; the first that is no bundle refuses all.
    fn read(&self, job: Ticket, files: &[PathBuf]) -> Result<Vec<VerifiedBundle>, Not> {
        let watch = self.watch(job);
        let mut bundles = Vec::new();
        for path in files {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let about = |why: Message| {
                Message::new("meet.about_file")
                    .with("name", name.as_ref())
                    .with("why", why)
            };
            let file = file::open(path, &self.folders.store)
                .map_err(|error| Not::Said(about(error.message())))?;
            match VerifiedBundle::read_watched(file, &watch) {
                Ok(bundle) => bundles.push(bundle),
                Err(BundleError::Interrupted) => return Err(BundleError::Interrupted.into()),
                Err(error) => return Err(Not::Said(about(error.message()))),
            }
        }
        Ok(bundles)
    }

    fn suppose(
        &self,
        store: &mut (dyn Exchange + Send),
        job: Ticket,
        root: &Hash,
    ) -> Result<Met, Not> {
        let bundle = held(store, root)?;
        let header = bundle.header();
        let from = header.from.clone();
        let role = crate::app::first_run::FirstRun::role_for(self.plan, &from);
        let rights = Rights {
            units: std::iter::once(from.clone()).collect(),
            roles: vec![role],
            name: from.to_string(),
        };
        let stands = Stands::Supposed {
            root: *root,
            author: header.signed_by(),
            digits: fingerprint(&header.signer),
            from,
        };
        let plan = self.with_scene(store, job, |store, scene| {
            import::plan_assuming(store, scene, &bundle, &rights)
        })?;
        Ok(Met::Preview(Box::new(plan), stands))
    }

    fn export(
        &self,
        store: &mut (dyn Exchange + Send),
        job: Ticket,
        to: Option<&UnitId>,
        folder: &Path,
    ) -> Result<Met, Not> {
        let order = ExportRequest {
            plan: self.plan,
            to,
            scope: Scope::Since,
            wall: (self.clock)(),
        };
        let not = |error: ExportError| match error {
            ExportError::Store(error) => Not::Store(error),
            ExportError::Bundle(error) => error.into(),
        };
        let planned = export::plan(store, &order)?;
        let bundle = export::bundle(store, &order, &planned).map_err(not)?;
        if self
            .watch(job)
            .look(Step::Write, 0, planned.entries())
            .is_break()
        {
            return Err(StoreError::Interrupted.into());
        }
        let folder = &self.folders.meant(folder);
        let on = if folder.starts_with(&self.folders.store) {
            // The store's own are made when they are first needed.
            let _ = fs::create_dir_all(folder);
            Medium::Store
        } else {
            Medium::Elsewhere
        };
        let path = folder.join(file::name_of(&bundle)?);
        file::write(&path, &bundle, BundleEncoding::Binary)
            .map_err(|error| Not::Said(error.message()))?;
        Ok(Met::Exported(Exported {
            path,
            entries: planned.entries(),
            size: u64::try_from(bundle.len()).unwrap_or(u64::MAX),
            on,
        }))
    }

    fn commit(
        &self,
        store: &mut (dyn Exchange + Send),
        changes: Vec<crate::store::Change>,
    ) -> Result<(), StoreError> {
        let action = Action {
            id: ActionId((self.random)()),
            actor: self.actor.clone(),
            origin: Origin::Typed,
            wall: (self.clock)(),
            changes,
        };
        store.commit(&action).map(|_| ())
    }

    /// Believes a key, and takes in what has waited for that.
    fn admit(
        &self,
        store: &mut (dyn Exchange + Send),
        job: Ticket,
        asking: Asking,
    ) -> Result<Met, Not> {
        let (own, unit) = (store.info()?.unit, asking.unit.clone());
        match asking.admitted(self.plan, &own) {
            Admission::Pin(key) => store.pin(&key, (self.clock)())?,
            Admission::Enrol(change) => self.commit(store, vec![change])?,
        }
        let plan = self.with_scene(store, job, |store, scene| import::apply(store, scene, &[]))?;
        if plan.counts.new > 0 {
            return Ok(Met::Imported(Box::new(plan)));
        }
        let name = self.plan.unit(&unit).map(|unit| unit.name.clone());
        let message = Message::new("meet.enrolled").with("unit", name.unwrap_or_default());
        Ok(Met::Done(message))
    }

    fn take_back(
        &self,
        store: &mut (dyn Exchange + Send),
        job: Ticket,
        root: &Hash,
        reason: &str,
    ) -> Result<Met, Not> {
        let undone =
            self.with_scene(store, job, |store, _| withdraw::import(store, root, reason))?;
        Ok(Met::Done(match undone {
            Withdrawal::AsIfNever => Message::new("meet.taken_back"),
            Withdrawal::Restoring { changes, left } => {
                let count = changes.len();
                let done = if count == 0 {
                    Message::new("meet.nothing_to_restore")
                } else {
                    self.commit(store, changes)?;
                    Message::new("meet.restored").with("count", count)
                };
                withdraw::with_left(done, left)
            }
        }))
    }
}

fn held(store: &dyn Exchange, root: &Hash) -> Result<VerifiedBundle, Not> {
    let bytes = store.held_bytes(root)?;
    let bytes = bytes.ok_or_else(|| Not::Said(Message::new("meet.no_longer_kept")))?;
    Ok(VerifiedBundle::read(bytes)?)
}

/// The key that signed a bundle.
fn signer(bundle: &VerifiedBundle) -> Asking {
    let header = bundle.header();
    Asking {
        unit: header.from.clone(),
        name: header.from.to_string(),
        key: header.signer,
    }
}

/// The key of a file, if it still is the one whose digits were compared.
fn in_file(file: &Path, author: AuthorId) -> Result<Asking, Not> {
    let bytes = file::read(file).map_err(|error| Not::Said(error.message()))?;
    let key =
        KeyFile::read(&bytes).map_err(|_| Not::Said(Message::new("sync.key.not_a_key_file")))?;
    if key.author() != author {
        return Err(Not::Said(Message::new("meet.other_digits")));
    }
    Ok(Asking {
        unit: key.unit,
        name: key.name,
        key: key.key,
    })
}
