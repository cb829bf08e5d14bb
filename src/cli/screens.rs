//! Opening the screens on a store.

use std::path::PathBuf;
use std::sync::Arc;

use super::setup;
use crate::app::msg::{NewStore, Opened};
use crate::ledger::{ActionId, Actor, ActorId};
use crate::plan::Plan;
use crate::store::{self, Store, StoreError};
use crate::term::beside::Beside;
use crate::term::worker::{Keeping, Opener};

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
    let (beside, draft) = Beside::begin(&site.dir, edge.pid, &site.actor);
    let known = store
        .actors()?
        .into_iter()
        .find(|actor| actor.id == site.actor);
    let actor = known.unwrap_or_else(|| stranger(&site.actor));
    Ok(Keeping {
        opened: Opened {
            plan: site.plan.clone(),
            actor,
            unit: info.unit,
            draft,
            sole: info.sole,
        },
        presence: Box::new(beside),
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
