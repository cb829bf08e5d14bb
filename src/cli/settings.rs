//! Who works on which store, in which language, on which day: the global options, resolved once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::args::Global;
use super::environment;
use super::failure::{Exit, Failure};
use super::out::Out;
use crate::base::{Lang, Message};
use crate::ledger::{ActionId, ActorId, Origin};
use crate::plan::{self, Plan, Problem, ProblemSeverity};
use crate::service::Caller;
use crate::service::open::{self, NewStore, PlanFile};
use crate::service::standing;
use crate::store::{self, Change, RedbStore, StoreInfo, StoreReader};
use crate::sync::{NoProgress, Progress};
use crate::ui::texts::Texts;

/// Largest plan or keymap file that is read.
const FILE_LIMIT: u64 = 8 << 20;

/// The global options, resolved.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The store's folder.
    pub(crate) dir: PathBuf,
    /// Who acts.
    pub(crate) actor: ActorId,
    /// The day that `--today` names.
    asked_today: Option<NaiveDate>,
    /// The language of what people read.
    pub(crate) lang: Lang,
    /// The plan of a new store, where it is another than the shipped one.
    pub(crate) plan_file: Option<PathBuf>,
    /// The keymap that was asked for, by name or as a file.
    pub(crate) keymap: Option<String>,
    /// Gives the definitions of all commands, for `man` and `completions`.
    pub(crate) definitions: fn(&Texts) -> clap::Command,
    /// The command, by its name; none for the screens.
    command: Option<&'static str>,
    written: Written,
}

/// A handle on the store that the command opened for writing.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Option<RedbStore>>>);

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Written")
    }
}

impl Settings {
    /// Resolves the global options.
    ///
    /// # Errors
    /// An actor's id of the wrong form, or named by an account that does not own the store.
    pub(crate) fn resolve(
        global: &Global,
        lang: Lang,
        (definitions, command): (fn(&Texts) -> clap::Command, Option<&'static str>),
    ) -> Result<Self, Failure> {
        let dir = environment::store_dir(global.store.clone());
        let actor = match &global.actor {
            None => ActorId::fold(&environment::login()),
            Some(told) => named_actor(told, &dir)?,
        };
        Ok(Self {
            dir,
            actor,
            asked_today: global.today,
            lang,
            plan_file: global.plan.clone(),
            keymap: global.keymap.clone(),
            definitions,
            command,
            written: Written::default(),
        })
    }

    /// Clock, random bytes, process and machine, and who this is for others who wait.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub(crate) fn edge(&self) -> Result<store::Environment, store::StoreError> {
        environment::edge(match self.command {
            Some(command) => format!("{}, {}", self.actor, command.to_lowercase()),
            None => self.actor.to_string(),
        })
    }

    /// What a person must know when what was written began a new epoch.
    pub(crate) fn epoch_begun(&self) -> Option<Message> {
        let written = self
            .written
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let info = written.as_ref()?.info().ok()?;
        open::epoch_begun(&info)
    }

    /// Today, for deadlines and default periods, never the time of an entry: the day that was asked
    /// for, else the one it is in the plan's time zone, whatever zone this machine is set to.
    pub(crate) fn today(&self, plan: &Plan) -> NaiveDate {
        let today = self.asked_today.or_else(|| plan.day(environment::now()));
        today.unwrap_or_default()
    }

    /// The plan a new store begins with, and its file's bytes.
    ///
    /// # Errors
    /// A file that cannot be read, or is no plan.
    pub(crate) fn new_plan(&self, texts: &Texts) -> Result<(Arc<Plan>, Vec<u8>), Failure> {
        let bytes = match &self.plan_file {
            Some(file) => read_file(file)?,
            None => plan::embedded().to_vec(),
        };
        match open::read_plan(&bytes) {
            Ok(plan) => Ok((plan, bytes)),
            Err(problems) => Err(refused_plan(self.plan_file.as_deref(), &problems, texts)),
        }
    }

    /// Makes the store in the folder, which has none.
    ///
    /// # Errors
    /// When there is one, or the folder cannot be written.
    pub(crate) fn create(
        &self,
        new: &NewStore,
        plan: PlanFile<'_>,
    ) -> Result<RedbStore, store::StoreError> {
        let who = (&self.actor, ActionId(environment::action_bytes()));
        open::create(&self.dir, new, plan, who, &self.edge()?)
    }

    /// Opens the store to read from it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(&self) -> Result<OpenStore, Failure> {
        let store = store::open_read_only(&self.dir, &self.edge()?)?;
        self.with_plan(store)
    }

    /// Opens the store to write into it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self) -> Result<OpenStore, Failure> {
        let store = store::open(&self.dir, &self.edge()?)?;
        let mut written = self
            .written
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *written = Some(store.another());
        drop(written);
        self.with_plan(store)
    }

    /// Refuses to work under another plan than the store's. A store that cannot be read says so
    /// itself, later.
    ///
    /// # Errors
    /// When a plan file was named, and the store in the folder keeps another plan.
    pub(crate) fn refuse_other_plan(&self) -> Result<(), Failure> {
        if self.plan_file.is_none() {
            return Ok(());
        }
        let store = self
            .edge()
            .and_then(|edge| store::open_read_only(&self.dir, &edge));
        let Ok(info) = store.and_then(|store| store.info()) else {
            return Ok(());
        };
        self.same_plan(&info)
    }

    fn same_plan(&self, info: &StoreInfo) -> Result<(), Failure> {
        let Some(file) = &self.plan_file else {
            return Ok(());
        };
        if <[u8; 32]>::from(blake3::hash(&read_file(file)?)) == info.plan_hash.0 {
            return Ok(());
        }
        let message = Message::new("cli.error.other_plan")
            .with("id", info.plan_id.as_str())
            .with("file", file.display().to_string());
        Err(Failure::new(Exit::Refused, message))
    }

    /// The caller of a use case whose progress nobody watches.
    pub(crate) fn caller<'a>(&'a self, plan: &'a Plan) -> Caller<'a> {
        self.watched(plan, &NoProgress)
    }

    /// The caller of a use case whose progress is watched.
    pub(crate) fn watched<'a>(&'a self, plan: &'a Plan, watch: &'a dyn Progress) -> Caller<'a> {
        Caller {
            plan,
            actor: &self.actor,
            wall: environment::now(),
            action: ActionId(environment::action_bytes()),
            origin: Origin::Set,
            watch,
        }
    }

    fn with_plan(&self, mut store: RedbStore) -> Result<OpenStore, Failure> {
        self.same_plan(&store.info()?)?;
        let plan = open::use_plan_in_force(&mut store, None)?;
        Ok(OpenStore { store, plan })
    }
}

/// Begins to read the shipped plan, which takes longer than anything else at the start, while
/// the command line is being read.
pub(crate) fn read_ahead() {
    std::thread::spawn(|| open::shipped_plan().is_ok());
}

/// An open store and the plan it keeps.
pub(crate) struct OpenStore {
    pub(crate) store: RedbStore,
    pub(crate) plan: Arc<Plan>,
}

impl OpenStore {
    /// Writes changes as one action of the person at the keyboard.
    ///
    /// # Errors
    /// Any refusal of the store; then nothing was written.
    pub(crate) fn commit(
        &mut self,
        settings: &Settings,
        changes: Vec<Change>,
    ) -> Result<(), Failure> {
        settings
            .caller(&self.plan)
            .commit(&mut self.store, changes)?;
        Ok(())
    }

    /// Remarks that this machine's clock is behind the last entry written here, where it is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn remark_on_clock(&self, out: &mut Out<'_>) -> Result<(), Failure> {
        let behind = standing::clock_behind(&self.store.info()?, environment::now());
        if let Some(last) = behind {
            let last = self.plan.short_time(last);
            out.aside(&Message::new("around.clock_behind").with("last", last));
        }
        Ok(())
    }
}

fn named_actor(told: &str, dir: &Path) -> Result<ActorId, Failure> {
    let id = ActorId::parse(told)
        .ok_or_else(|| Failure::usage(Message::new("cli.error.bad_actor").with("actor", told)))?;
    if environment::owns(dir) {
        return Ok(id);
    }
    let message = Message::new("cli.error.not_owner").with("actor", told);
    Err(Failure::new(Exit::NotPermitted, message).because(dir.display()))
}

/// Reads a file a person named, at most 8 MiB of it.
///
/// # Errors
/// One that is not there, cannot be read or is too large.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let named = |key| Message::new(key).with("file", path.display().to_string());
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_LIMIT + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::usage(named("cli.error.no_file")).because(error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= FILE_LIMIT) {
        Ok(bytes)
    } else {
        Err(Failure::new(
            Exit::Refused,
            named("cli.error.file_too_large"),
        ))
    }
}

/// A plan that cannot be used: the first problem, and how to see all.
fn refused_plan(file: Option<&Path>, problems: &[Problem], texts: &Texts) -> Failure {
    let name = file.map(|f| f.display().to_string()).unwrap_or_default();
    let errors = problems
        .iter()
        .filter(|problem| problem.severity == ProblemSeverity::Error);
    let count = errors.clone().count();
    let first = errors.map(|problem| {
        let said = texts.say(&problem.message);
        format!("{name}:{}:{}: {said}", problem.line, problem.column)
    });
    let message = Message::new("cli.error.bad_plan")
        .with("file", name.as_str())
        .with("count", count);
    Failure::new(Exit::Refused, message).because(first.take(1).collect::<String>())
}
