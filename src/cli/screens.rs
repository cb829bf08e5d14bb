//! Opening the screens on a store.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Global;
use super::failure::{Exit, Failure};
use super::site::{self, Site};
use super::{keymap, setup};
use crate::app::msg::{Draft, NewStore, Opened, Presence};
use crate::app::state::App;
use crate::base::Message;
use crate::ledger::{ActionId, Actor, ActorId};
use crate::plan::Plan;
use crate::store::{self, SessionFile, Store, StoreError};
use crate::term;
use crate::term::worker::{Keeping, Opener, Presences};
use crate::ui::texts::Texts;
use crate::ui::theme::{Palette, Theme};
use crate::ui::{Glyphs, Ui};

/// Opens the screens and stays until the person leaves.
///
/// # Errors
/// No terminal, a plan or keymap that cannot be used.
pub(crate) fn run(site: &Site, global: &Global, texts: &Arc<Texts>) -> Result<Exit, Failure> {
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return Err(Failure::usage(Message::new("cli.error.no_terminal")));
    }
    let keymap = keymap::effective(site, global.keymap.as_deref(), texts)?;
    let (plan, plan_bytes) = site.new_plan(texts)?;
    let palette = if global.no_color || setup::colours_unwanted() {
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
    let app = App::new(
        Arc::clone(&plan),
        keymap,
        texts.clone(),
        (site.lang, site.today),
        term::size(),
    );
    let place = Place {
        dir: site.dir.clone(),
        actor: site.actor.clone(),
        plan: Arc::clone(&plan),
        plan_bytes,
    };
    term::run::start(term::run::Setup {
        app,
        ui,
        plan,
        opener: opener(place),
        edge: term::worker::Edge {
            clock: setup::wall,
            random: setup::action_bytes,
        },
    })
    .map_err(|error| Failure::usage(Message::new("cli.error.no_terminal")).because(error))?;
    Ok(Exit::Done)
}

/// Which store, for whom, and the plan of a new one.
struct Place {
    dir: PathBuf,
    actor: ActorId,
    plan: Arc<Plan>,
    plan_bytes: Vec<u8>,
}

/// A way to open the store, and to make it on the first run.
fn opener(place: Place) -> Opener {
    Box::new(move |new| open(&place, new))
}

fn open(place: &Place, new: Option<&NewStore>) -> Result<Keeping, StoreError> {
    let edge = setup::edge()?;
    let mut store = match new {
        Some(new) => create(place, new, &edge)?,
        None => store::open(&place.dir, &edge)?,
    };
    let plan = plan_of(place, &store)?;
    store.use_plan(Arc::clone(&plan))?;
    let info = store.info()?;
    let draft = left_over(&place.dir, &place.actor);
    let session = SessionFile::begin(&place.dir, edge.pid, &place.actor).ok();
    let known = store.actors()?.into_iter().find(|a| a.id == place.actor);
    let actor = known.unwrap_or_else(|| site::stranger(&place.actor));
    Ok(Keeping {
        opened: Opened {
            plan,
            actor,
            unit: info.unit,
            draft,
            sole: info.sole,
        },
        presence: Box::new(Beside {
            dir: place.dir.clone(),
            pid: edge.pid,
            actor: place.actor.clone(),
            session,
            last: None,
        }),
        store: Box::new(store),
    })
}

/// The plan the store keeps, read anew only when it is not the one already at hand.
fn plan_of(place: &Place, store: &dyn Store) -> Result<Arc<Plan>, StoreError> {
    if store.info()?.plan_hash.0 == place.plan.hash {
        return Ok(Arc::clone(&place.plan));
    }
    site::plan_in_force(store)
}

fn create(
    place: &Place,
    new: &NewStore,
    edge: &store::Edge,
) -> Result<store::RedbStore, StoreError> {
    let actor = Actor {
        id: place.actor.clone(),
        name: new.name.clone(),
        role: new.role,
        units: vec![new.unit.clone()],
    };
    let init = store::Init {
        unit: new.unit.clone(),
        actor,
        plan: Arc::clone(&place.plan),
        plan_bytes: place.plan_bytes.clone(),
        seed: edge.seed,
        action: ActionId(setup::action_bytes()),
    };
    store::create(&place.dir, &init, edge)
}

/// What a dead session of the same person left unfinished.
fn left_over(dir: &Path, actor: &ActorId) -> Option<Draft> {
    let left = store::recover(dir, actor)
        .into_iter()
        .find(|p| p.cell.is_some())?;
    Some(Draft {
        cell: left.cell?,
        text: left.text,
    })
}

/// The session's own file beside the store, and the others'.
struct Beside {
    dir: PathBuf,
    pid: u32,
    actor: ActorId,
    session: Option<SessionFile>,
    last: Option<Draft>,
}

impl Presences for Beside {
    fn keep(&mut self, draft: &Draft) {
        if self.last.as_ref() == Some(draft) {
            return;
        }
        self.last = Some(draft.clone());
        let Some(session) = &mut self.session else {
            return;
        };
        let presence = store::Presence {
            actor: self.actor.clone(),
            form: Some(draft.cell.form.clone()),
            cell: Some(draft.cell.clone()),
            text: draft.text.clone(),
        };
        // Losing this only means that an unfinished text is not there after a crash.
        let _ = session.write(&presence);
    }

    fn others(&self) -> Vec<Presence> {
        store::neighbours(&self.dir, self.pid)
            .into_iter()
            .filter_map(|neighbour| neighbour.presence)
            .filter_map(|there| {
                Some(Presence {
                    form: there.form?,
                    actor: there.actor,
                })
            })
            .collect()
    }

    fn end(&mut self) {
        let Some(session) = self.session.take() else {
            return;
        };
        let unfinished = self
            .last
            .as_ref()
            .is_some_and(|draft| !draft.text.is_empty());
        if unfinished {
            let _ = session.keep();
        } else {
            session.end();
        }
    }
}
