//! The thread that does what may take long: files, imports, exports, the full check of the store.
//! Work tells how far it is and can be stopped.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use super::Environment;
use super::fault::guarded;
use super::orders::{LongWorkOrder, ReaderOrder};
use super::progress::{ProgressReporter, StopFlag};
use super::refusal::{damaged, trouble_of};
use crate::app::message::{Msg, News, Reply, Request, RequestId};
use crate::app::sync_message::{PreviewStands, SyncAnswer, SyncRequest};
use crate::base::Message;
use crate::ledger::{ActionId, ActorId, Hash, Origin};
use crate::plan::{Plan, UnitId};
use crate::service::admission::{self, Applicant};
use crate::service::folder::{FolderState, Folders};
use crate::service::import::ReadFiles;
use crate::service::withdraw::{self, Withdrawn};
use crate::service::{Caller, ServiceError, export, import, standing};
use crate::store::StoreError;
use crate::store::exchange::Exchange;
use crate::sync::Scope;

struct WorkSession {
    store: Box<dyn Exchange + Send>,
    plan: Arc<Plan>,
    actor: ActorId,
    folders: Folders,
}

/// The thread's state.
pub struct LongWorkThread {
    environment: Environment,
    answers: Sender<Msg>,
    stop: StopFlag,
    /// Is told when work has ended, to look at what it changed.
    reader: Sender<ReaderOrder>,
    open: Option<WorkSession>,
    /// What is kept between a preview and its import.
    previewed: ReadFiles,
}

impl LongWorkThread {
    /// A thread that has no store yet.
    pub fn new(
        environment: Environment,
        answers: Sender<Msg>,
        stop: StopFlag,
        reader: Sender<ReaderOrder>,
    ) -> Self {
        Self {
            environment,
            answers,
            stop,
            reader,
            open: None,
            previewed: ReadFiles::default(),
        }
    }

    /// Works until the orders end.
    pub fn run(mut self, orders: &Receiver<LongWorkOrder>) {
        while let Ok(order) = orders.recv() {
            self.take(order);
        }
    }

    /// Carries one order out.
    pub fn take(&mut self, order: LongWorkOrder) {
        match order {
            LongWorkOrder::Use {
                store,
                plan,
                actor,
                folders,
            } => {
                self.open = Some(WorkSession {
                    store,
                    plan,
                    actor,
                    folders,
                });
                self.check_if_due();
            }
            LongWorkOrder::Do(id, request) => {
                let changes = request.may_change();
                self.answer(id, request);
                if changes {
                    // The reader ends only after this thread does.
                    let _ = self.reader.send(ReaderOrder::Look);
                }
            }
        }
    }

    /// The daily check of the whole file (`settled.md` 1), where it is due.
    fn check_if_due(&self) {
        let answers = self.answers.clone();
        let Some(open) = &self.open else { return };
        let checked = guarded(&answers, || {
            open.store.check_if_due((self.environment.clock)())
        });
        if let Ok(Err(StoreError::Damaged(detail))) = checked {
            let _ = answers.send(Msg::News(News::Damaged(damaged(&detail))));
        }
    }

    fn answer(&mut self, id: RequestId, request: Request) {
        let answers = self.answers.clone();
        let result = guarded(&answers, || match request {
            Request::Sync(request) => self.carry_out(id, request),
            // Other orders go to other threads.
            _ => Err(StoreError::Refused("lane".to_owned()).into()),
        });
        let result = result.and_then(|done| done.map_err(|error| trouble_of(&error)));
        // The screens are gone only when the program ends.
        let _ = answers.send(Msg::Answer {
            id,
            result: result.map(Reply::Sync),
        });
    }

    fn carry_out(
        &mut self,
        id: RequestId,
        request: SyncRequest,
    ) -> Result<SyncAnswer, ServiceError> {
        let Some(open) = &mut self.open else {
            return Err(StoreError::Io(String::new()).into());
        };
        let watch = ProgressReporter::new(id, &self.answers, &self.stop);
        let caller = Caller {
            plan: &open.plan,
            actor: &open.actor,
            wall: (self.environment.clock)(),
            action: ActionId((self.environment.random)()),
            origin: Origin::Typed,
            watch: &watch,
        };
        let (store, folders) = (open.store.as_mut(), &open.folders);
        match request {
            SyncRequest::Standing(folder) => {
                // Looked at before it is listed: what comes in between is noticed.
                let before = FolderState::of(folders.chosen(folder.as_deref()));
                let _ = self.reader.send(ReaderOrder::Watch(before));
                read_standing(store, &caller, folders, folder.as_deref())
            }
            SyncRequest::Preview(files) => {
                self.previewed = import::read(&files, &folders.store, &watch)?;
                let plan = import::preview(store, &caller, &self.previewed)?;
                Ok(SyncAnswer::Preview(Box::new(plan), PreviewStands::Before))
            }
            SyncRequest::Import => {
                let plan = import::apply(store, &caller, &self.previewed)?;
                self.previewed = ReadFiles::default();
                Ok(SyncAnswer::Imported(Box::new(plan)))
            }
            SyncRequest::Suppose(root) => suppose(store, &caller, root),
            SyncRequest::Export { to, folder } => {
                write_bundle(store, &caller, folders, (&to, &folder))
            }
            SyncRequest::Enrol(root) => {
                let applicant = Applicant::of_held(store, &root)?;
                admit(store, &caller, applicant)
            }
            SyncRequest::EnrolFile { file, author } => {
                let applicant = Applicant::in_key_file(&file, author)?;
                admit(store, &caller, applicant)
            }
            SyncRequest::Release(root) => {
                withdraw::release(store, &caller, &root)?;
                Ok(SyncAnswer::Done(Message::new("sync_page.released")))
            }
            SyncRequest::TakeBack { root, reason } => take_back(store, &caller, &root, &reason),
        }
    }
}

fn read_standing(
    store: &dyn Exchange,
    caller: &Caller<'_>,
    folders: &Folders,
    folder: Option<&Path>,
) -> Result<SyncAnswer, ServiceError> {
    let standing = standing::standing(store, caller)?;
    Ok(SyncAnswer::Standing {
        listing: folders.list(folder, &standing),
        standing: Box::new(standing),
        places: folders.places(),
    })
}

fn suppose(
    store: &dyn Exchange,
    caller: &Caller<'_>,
    root: Hash,
) -> Result<SyncAnswer, ServiceError> {
    let (signer, plan) = import::suppose(store, caller, &root)?;
    let stands = PreviewStands::Supposed {
        root,
        author: signer.author,
        digits: signer.digits,
        from: signer.from,
    };
    Ok(SyncAnswer::Preview(Box::new(plan), stands))
}

fn write_bundle(
    store: &dyn Exchange,
    caller: &Caller<'_>,
    folders: &Folders,
    (to, folder): (&UnitId, &Path),
) -> Result<SyncAnswer, ServiceError> {
    let prepared = export::prepare(store, caller, Some(to), Scope::Since)?;
    Ok(SyncAnswer::Exported(prepared.write_into(folder, folders)?))
}

/// Believes a key, and takes in what has waited for that.
fn admit(
    store: &mut dyn Exchange,
    caller: &Caller<'_>,
    applicant: Applicant,
) -> Result<SyncAnswer, ServiceError> {
    let unit = caller.plan.unit(&applicant.unit);
    let name = unit.map(|unit| unit.name.clone()).unwrap_or_default();
    admission::admit(store, caller, applicant)?;
    let plan = import::apply(store, caller, &ReadFiles::default())?;
    if plan.counts.new > 0 {
        return Ok(SyncAnswer::Imported(Box::new(plan)));
    }
    let message = Message::new("sync_page.enrolled").with("unit", name);
    Ok(SyncAnswer::Done(message))
}

fn take_back(
    store: &mut dyn Exchange,
    caller: &Caller<'_>,
    root: &Hash,
    reason: &str,
) -> Result<SyncAnswer, ServiceError> {
    let message = match withdraw::take_back(store, caller, root, reason)? {
        Withdrawn::AsIfNever => Message::new("sync_page.taken_back"),
        Withdrawn::Restored { figures, left } => {
            let done = match figures {
                0 => Message::new("sync_page.nothing_to_restore"),
                count => Message::new("sync_page.restored").with("count", count),
            };
            withdraw::with_left(done, left)
        }
    };
    Ok(SyncAnswer::Done(message))
}
