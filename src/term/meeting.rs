//! Carrying out what screen 6 asks: which use case each request is, and what the screen is told of
//! it. Runs on the store's thread; long work tells how far it is and can be stopped.

use std::path::Path;
use std::sync::mpsc::Sender;

pub use super::told::Stop;
use super::told::Told;
use crate::app::meeting::{Meet, Met, Stands};
use crate::app::msg::{Msg, Ticket};
use crate::base::Message;
use crate::ledger::{ActionId, ActorId, Hash, Origin};
use crate::plan::{Plan, UnitId};
use crate::service::admission::{self, Applicant};
use crate::service::folder::Folders;
use crate::service::withdraw::{self, Withdrawn};
use crate::service::{Caller, ServiceError, export, import, standing};
use crate::store::StoreError;
use crate::store::exchange::Exchange;
use crate::sync::{NoProgress, Progress, Scope, VerifiedBundle};

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

impl Meetings {
    /// Carries one order out.
    ///
    /// # Errors
    /// A failure or refusal of the store; what is wrong with a file is an answer.
    pub(super) fn answer(
        &mut self,
        meet: Meet,
        store: &mut dyn Exchange,
        around: &Around<'_>,
    ) -> Result<Met, StoreError> {
        match self.carry_out(meet, store, around) {
            Ok(done) => Ok(done),
            Err(error) if error.is_interrupted() => Ok(Met::Stopped),
            Err(ServiceError::Store(error)) => Err(error),
            Err(error) => Ok(Met::Refused(refusal(&error))),
        }
    }

    fn carry_out(
        &mut self,
        meet: Meet,
        store: &mut dyn Exchange,
        around: &Around<'_>,
    ) -> Result<Met, ServiceError> {
        match meet {
            Meet::Standing(folder) => around.standing(store, folder.as_deref()),
            Meet::Preview { job, files } => {
                let watch = around.watch(job);
                self.previewed = import::read(&files, &around.folders.store, &watch)?;
                let plan = import::preview(store, &around.caller(&watch), &self.previewed)?;
                Ok(Met::Preview(Box::new(plan), Stands::Before))
            }
            Meet::Import { job } => {
                let watch = around.watch(job);
                let plan = import::apply(store, &around.caller(&watch), &self.previewed)?;
                self.previewed.clear();
                Ok(Met::Imported(Box::new(plan)))
            }
            Meet::Suppose { job, root } => around.suppose(store, job, &root),
            Meet::Export { job, to, folder } => around.export(store, job, to.as_ref(), &folder),
            Meet::Enrol { job, root } => {
                let applicant = Applicant::of_held(store, &root)?;
                around.admit(store, job, applicant)
            }
            Meet::EnrolFile { job, file, author } => {
                let applicant = Applicant::in_key_file(&file, author)?;
                around.admit(store, job, applicant)
            }
            Meet::Release(root) => {
                withdraw::release(store, &around.caller(&NoProgress), &root)?;
                Ok(Met::Done(Message::new("meet.released")))
            }
            Meet::TakeBack { job, root, reason } => around.take_back(store, job, &root, &reason),
        }
    }
}

impl<'a> Around<'a> {
    fn watch(&self, job: Ticket) -> Told<'a> {
        Told::of(job, self.answers, self.stop)
    }

    fn caller<'w>(&'w self, watch: &'w dyn Progress) -> Caller<'w> {
        Caller {
            plan: self.plan,
            actor: self.actor,
            wall: (self.clock)(),
            action: ActionId((self.random)()),
            origin: Origin::Typed,
            watch,
        }
    }

    fn standing(&self, store: &dyn Exchange, folder: Option<&Path>) -> Result<Met, ServiceError> {
        let standing = standing::standing(store, &self.caller(&NoProgress))?;
        Ok(Met::Standing {
            listing: self.folders.list(folder, &standing),
            standing: Box::new(standing),
            places: self.folders.places(),
        })
    }

    fn suppose(&self, store: &dyn Exchange, job: Ticket, root: &Hash) -> Result<Met, ServiceError> {
        let (signer, plan) = import::suppose(store, &self.caller(&self.watch(job)), root)?;
        let stands = Stands::Supposed {
            root: *root,
            author: signer.author,
            digits: signer.digits,
            from: signer.from,
        };
        Ok(Met::Preview(Box::new(plan), stands))
    }

    fn export(
        &self,
        store: &dyn Exchange,
        job: Ticket,
        to: Option<&UnitId>,
        folder: &Path,
    ) -> Result<Met, ServiceError> {
        let watch = self.watch(job);
        let prepared = export::prepare(store, &self.caller(&watch), to, Scope::Since)?;
        Ok(Met::Exported(prepared.write_into(folder, self.folders)?))
    }

    /// Believes a key, and takes in what has waited for that.
    fn admit(
        &self,
        store: &mut dyn Exchange,
        job: Ticket,
        applicant: Applicant,
    ) -> Result<Met, ServiceError> {
        let watch = self.watch(job);
        let caller = self.caller(&watch);
        let name = self
            .plan
            .unit(&applicant.unit)
            .map(|unit| unit.name.clone());
        admission::admit(store, &caller, applicant)?;
        let plan = import::apply(store, &caller, &[])?;
        if plan.counts.new > 0 {
            return Ok(Met::Imported(Box::new(plan)));
        }
        let message = Message::new("meet.enrolled").with("unit", name.unwrap_or_default());
        Ok(Met::Done(message))
    }

    fn take_back(
        &self,
        store: &mut dyn Exchange,
        job: Ticket,
        root: &Hash,
        reason: &str,
    ) -> Result<Met, ServiceError> {
        let watch = self.watch(job);
        let message = match withdraw::take_back(store, &self.caller(&watch), root, reason)? {
            Withdrawn::AsIfNever => Message::new("meet.taken_back"),
            Withdrawn::Restored { figures, left } => {
                let done = match figures {
                    0 => Message::new("meet.nothing_to_restore"),
                    count => Message::new("meet.restored").with("count", count),
                };
                withdraw::with_left(done, left)
            }
        };
        Ok(Met::Done(message))
    }
}

/// What is said of a request that was not carried out.
fn refusal(error: &ServiceError) -> Message {
    match error {
        ServiceError::Store(error) => crate::app::trouble::trouble(error).message,
        ServiceError::OnlyLooks(actor) => {
            Message::new("meet.only_looks").with("actor", actor.as_str())
        }
        ServiceError::Bundle(error) => error.message(),
        ServiceError::File(error) => error.message(),
        ServiceError::InFile { path, error } => Message::new("meet.about_file")
            .with("name", file_name(path))
            .with("why", error.message()),
        ServiceError::KeyFile(error) => error.message(),
        ServiceError::OtherKey => Message::new("meet.other_digits"),
        ServiceError::NotKept => Message::new("meet.no_longer_kept"),
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
