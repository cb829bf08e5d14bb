//! Opening the screens on a store.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::args::Global;
use super::failure::{Exit, Failure};
use super::settings::Settings;
use super::{environment, keymap};
use crate::app::App;
use crate::app::message::Opened;
use crate::app::state::Tone;
use crate::base::Message;
use crate::plan::Plan;
use crate::service::folder::Folders;
use crate::service::open::{self, PlanFile};
use crate::store::StoreReader;
use crate::store::{self, RedbStore, StoreError};
use crate::term;
use crate::term::backend::{Environment, OpenOrder, Opener, StoreSession};
use crate::term::input::Keyboard;
use crate::term::presence_file::PresenceFile;
use crate::term::run::Ended;
use crate::ui::texts::Texts;
use crate::ui::theme::{Palette, Theme};
use crate::ui::{Glyphs, Ui};

/// Opens the screens and stays until the person leaves.
///
/// # Errors
/// No terminal, a plan or keymap that cannot be used.
pub(crate) fn run(
    settings: &Settings,
    global: &Global,
    texts: &Arc<Texts>,
) -> Result<Exit, Failure> {
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return Err(Failure::usage(Message::new("cli.error.no_terminal")));
    }
    settings.refuse_other_plan()?;
    let early = open_early(settings);
    let keymap = keymap::effective(settings, texts)?;
    let (plan, plan_bytes) = settings.new_plan(texts)?;
    let palette = if global.no_color || environment::colours_unwanted() {
        Palette::Mono
    } else {
        Palette::Colour
    };
    let ui = Ui {
        texts: Arc::clone(texts),
        theme: Theme::new(palette),
        glyphs: if global.ascii {
            Glyphs::Ascii
        } else {
            Glyphs::Unicode
        },
    };
    let mut app = App::new(
        Arc::clone(&plan),
        keymap,
        texts.clone(),
        (settings.lang, settings.today(&plan)),
        term::size(),
    );
    if !global.ascii && environment::lacks_vietnamese() {
        let said = Message::new("screen.try_ascii");
        app.0.state.say(Tone::Warning, said);
    }
    let place = Place {
        plan: Arc::clone(&plan),
        plan_bytes,
        early: Some(early),
        settings: settings.clone(),
    };
    let ended = term::run::start(term::run::Setup {
        keyboard: Keyboard::of_terminal(environment::terminal().as_deref()),
        app,
        ui,
        opener: opener(place),
        environment: Environment {
            clock: environment::now,
            random: environment::action_bytes,
        },
    })
    .map_err(|error| Failure::usage(Message::new("cli.error.no_terminal")).because(error))?;
    match ended {
        Ended::Well => Ok(Exit::Done),
        Ended::AfterFault(detail) => Err(Failure::fault(detail)),
    }
}

/// What is needed to open the store of the screens, or to make it.
struct Place {
    settings: Settings,
    plan: Arc<Plan>,
    plan_bytes: Vec<u8>,
    /// The first opening, begun while the plan is still being read.
    early: Option<JoinHandle<Result<RedbStore, StoreError>>>,
}

/// Begins to open the store; whoever asks for it first waits for it.
fn open_early(settings: &Settings) -> JoinHandle<Result<RedbStore, StoreError>> {
    let settings = settings.clone();
    std::thread::spawn(move || {
        store::open_if_possible_for_writing(&settings.dir, &settings.edge()?)
    })
}

/// Gives the function that opens the store, or makes it on the first run.
fn opener(mut place: Place) -> Opener {
    Box::new(move |order| {
        let early = place.early.take();
        open_store(&place, order, early)
    })
}

/// Opens the store for writing, or for reading where it cannot be written.
fn opened(
    dir: &Path,
    edge: &store::Environment,
    order: OpenOrder<'_>,
) -> Result<RedbStore, StoreError> {
    if matches!(order, OpenOrder::OpenIfFree) {
        // How long it waits belongs to an opening: the one that stays is as patient as any.
        let impatient = store::Environment {
            patience: Duration::ZERO,
            ..edge.clone()
        };
        drop(store::open_if_possible_for_writing(dir, &impatient)?);
    }
    store::open_if_possible_for_writing(dir, edge)
}

fn open_store(
    place: &Place,
    order: OpenOrder<'_>,
    early: Option<JoinHandle<Result<RedbStore, StoreError>>>,
) -> Result<StoreSession, StoreError> {
    let edge = place.settings.edge()?;
    let mut store = match order {
        OpenOrder::Create(new) => {
            let plan = PlanFile {
                plan: &place.plan,
                bytes: &place.plan_bytes,
            };
            place.settings.create(new, plan)?
        }
        OpenOrder::Open | OpenOrder::OpenIfFree => {
            match early.and_then(|early| early.join().ok()) {
                Some(opened) => opened?,
                None => opened(&place.settings.dir, &edge, order)?,
            }
        }
    };
    let plan = open::use_plan_in_force(&mut store, Some(&place.plan))?;
    let info = store.info()?;
    let (presence, draft) =
        PresenceFile::begin(&place.settings.dir, edge.pid, &place.settings.actor);
    let actor = open::person(&store, &place.settings.actor)?;
    Ok(StoreSession {
        opened: Opened {
            today: place.settings.today(&plan),
            plan,
            actor,
            unit: info.unit.clone(),
            draft,
            sole: info.sole,
            read_only: term::backend::read_only(&info),
            epoch: open::epoch_due(&info),
        },
        presence: Box::new(presence),
        folders: Folders {
            home: std::env::home_dir(),
            store: place.settings.dir.clone(),
            sticks: Box::new(environment::sticks),
        },
        store: Box::new(store),
    })
}
