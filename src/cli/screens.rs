//! Opening the screens on a store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::setup;
use crate::app::msg::{Draft, NewStore, Opened, Presence};
use crate::ledger::{ActionId, Actor, ActorId};
use crate::plan::Plan;
use crate::store::{self, SessionFile, Store, StoreError};
use crate::term::worker::{Keeping, Opener, Presences};

/// Who works on which store with which catalogue.
#[derive(Clone, Debug)]
pub struct Site {
    /// The store's folder.
    pub dir: PathBuf,
    /// Who types.
    pub actor: ActorId,
    /// The catalogue.
    pub plan: Arc<Plan>,
    /// The bytes of its file.
    pub plan_bytes: Vec<u8>,
}

/// A way to open the store of `site`, and to make it on the first run.
pub fn opener(site: Site) -> Opener {
    Box::new(move |new| open(&site, new))
}

fn open(site: &Site, new: Option<&NewStore>) -> Result<Keeping, StoreError> {
    let edge = setup::edge();
    let mut store = match new {
        Some(new) => {
            let actor = Actor {
                id: site.actor.clone(),
                name: new.name.clone(),
                role: new.role,
                units: vec![new.unit.clone()],
            };
            let init = store::Init {
                unit: new.unit.clone(),
                actor,
                plan: site.plan.clone(),
                plan_bytes: site.plan_bytes.clone(),
                seed: edge.seed,
                action: ActionId(setup::action_bytes()),
            };
            store::create(&site.dir, &init, &edge)?
        }
        None => store::open(&site.dir, &edge)?,
    };
    store.use_plan(site.plan.clone())?;
    let info = store.info()?;
    let draft = left_over(&site.dir, &site.actor);
    let session = SessionFile::begin(&site.dir, edge.pid, &site.actor).ok();
    let known = store
        .actors()?
        .into_iter()
        .find(|actor| actor.id == site.actor);
    let actor = known.unwrap_or_else(|| stranger(&site.actor));
    Ok(Keeping {
        opened: Opened {
            actor,
            unit: info.unit,
            draft,
            sole: info.sole,
        },
        presence: Box::new(Beside {
            dir: site.dir.clone(),
            pid: edge.pid,
            actor: site.actor.clone(),
            session,
            last: None,
        }),
        store: Box::new(store),
    })
}

/// Somebody the store does not know may look.
fn stranger(id: &ActorId) -> Actor {
    Actor {
        id: id.clone(),
        name: id.as_str().to_owned(),
        role: crate::ledger::Role::Viewer,
        units: Vec::new(),
    }
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
