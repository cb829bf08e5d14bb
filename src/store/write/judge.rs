//! The one write path: judges actions against what stands inside the transaction and stages
//! those that may be written.

use std::collections::{BTreeMap, HashSet};

use crate::base::ErrorKind;
use crate::ledger::approved::stated;
use crate::ledger::entry::Frontier;
use crate::ledger::{
    Actor, ActorId, Body, CellId, EntryRef, FormKey, Hash, Heads, PlanRef, Recorded, Subject,
    subject::SubjectKind,
};
use crate::plan::Plan;
use crate::store::api::{Action, Change, Committed, Seen, StoreError};
use crate::store::read::form_content::form_hash;
use crate::store::write::batch::{ActionContext, Batch, NewEntry, Savepoint};
use crate::store::write::permissions::{self, ChangeContext};

/// What became of each action, in their order.
pub(crate) type Outcomes = Vec<Result<Committed, StoreError>>;

/// What actions are judged by, besides what the transaction holds.
pub(crate) struct Judge<'a> {
    /// The plan in force.
    pub(crate) plan: &'a Plan,
    /// Up to where every log is in the store, where an action states a frontier; else empty.
    pub(crate) stand: Frontier,
    /// What was written through this handle: its person has seen it, also where the screen's
    /// heads are older because the typing ran ahead of the disk.
    pub(crate) own: &'a mut HashSet<EntryRef>,
}

impl Judge<'_> {
    /// Judges actions one after the other and stages those that may be written.
    ///
    /// # Errors
    /// Only a failure of the store itself; a refusal is an outcome.
    pub(crate) fn stage(
        &mut self,
        batch: &mut Batch<'_>,
        actions: &[Action],
    ) -> Result<Outcomes, StoreError> {
        let mut outcomes = Vec::with_capacity(actions.len());
        for action in actions {
            let savepoint = batch.savepoint();
            match self.one(batch, action, &savepoint) {
                Ok(committed) => {
                    let written = committed.entries.iter().map(Recorded::reference);
                    self.own.extend(written);
                    outcomes.push(Ok(committed));
                }
                Err(error) if is_refusal(&error) => {
                    batch.roll_back(&savepoint);
                    outcomes.push(Err(error));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(outcomes)
    }

    fn one(
        &self,
        batch: &mut Batch<'_>,
        action: &Action,
        savepoint: &Savepoint,
    ) -> Result<Committed, StoreError> {
        if action.changes.is_empty() {
            return Err(StoreError::Refused("no changes".to_owned()));
        }
        let actor = batch.actor(&action.actor)?.ok_or_else(|| unknown(action))?;
        let by = ActionContext {
            id: action.id,
            actor: &action.actor,
            origin: action.origin,
            wall: action.wall,
            plan: plan_ref(self.plan),
        };
        self.check_frontier(batch, action)?;
        let mut entries = Vec::with_capacity(action.changes.len());
        for change in &action.changes {
            let draft = self.draft(batch, &actor, change)?;
            entries.push(batch.push(&by, draft)?);
        }
        Ok(batch.close(&by, savepoint, entries))
    }

    fn draft(
        &self,
        batch: &Batch<'_>,
        actor: &Actor,
        change: &Change,
    ) -> Result<NewEntry, StoreError> {
        let heads = batch.view(&change.subject)?;
        let workflow = match change.subject.form() {
            Some(form) => batch.view(&Subject::Form(form.clone()))?,
            None => Heads::default(),
        };
        let context = ChangeContext {
            plan: self.plan,
            actor,
            heads: &heads,
            workflow: &workflow,
        };
        let flags = permissions::judge(&context, change)?;
        self.check_content(batch, change)?;
        check_seen(batch, &heads, change)?;
        Ok(NewEntry {
            subject: change.subject.clone(),
            body: change.body.clone(),
            note: change.reason.clone(),
            flags,
            replaces: self.replaces(&actor.id, &heads, &change.seen)?,
        })
    }

    /// What the new entry supersedes.
    fn replaces(
        &self,
        actor: &ActorId,
        heads: &Heads,
        seen: &Seen,
    ) -> Result<Vec<EntryRef>, StoreError> {
        let now = heads.references();
        match seen {
            Seen::Current => Ok(now),
            Seen::Only(only) => {
                let newcomer = heads.all().iter().find(|head| !only.contains(&head.entry));
                match newcomer {
                    Some(head) => Err(StoreError::Changed {
                        by: head.actor.to_string(),
                    }),
                    None if now.len() < only.len() => Err(StoreError::Changed {
                        by: actor.to_string(),
                    }),
                    None => Ok(now),
                }
            }
            Seen::Heads(seen) => {
                let mut replaces = seen.clone();
                let mine = heads.all().iter().filter(|head| {
                    head.actor == *actor
                        && self.own.contains(&head.entry)
                        && !seen.contains(&head.entry)
                });
                replaces.extend(mine.map(|head| head.entry));
                Ok(replaces)
            }
        }
    }

    /// An approval or lock states exactly what the store holds as the action begins: each log's
    /// end, on every branch, and nothing that is not here. So none can vouch for what its person
    /// could not have seen, nor leave out what stood on the screen.
    fn check_frontier(&self, batch: &Batch<'_>, action: &Action) -> Result<(), StoreError> {
        let own = batch.own_end();
        let mut stand: Frontier = self.stand.clone();
        // What this transaction wrote before is seen by its writer, and is the log's end now.
        stand.retain(|(author, ..)| *author != own.0);
        stand.push(own);
        stand.sort_unstable();
        for change in &action.changes {
            let Some((_, frontier)) = stated(&change.body) else {
                continue;
            };
            let mut frontier = frontier.clone();
            frontier.sort_unstable();
            if frontier != stand {
                return Err(StoreError::Moved);
            }
        }
        Ok(())
    }

    /// A submission, approval or lock holds for exactly the content it was given for.
    fn check_content(&self, batch: &Batch<'_>, change: &Change) -> Result<(), StoreError> {
        let (stated, closing) = match &change.body {
            Body::Submit { content, .. } => (content, Closing::No),
            Body::Approve { content, .. } | Body::Lock { content, .. } => (content, Closing::Yes),
            _ => return Ok(()),
        };
        let Some(form) = change.subject.form() else {
            return Ok(());
        };
        let cells = cells(batch, form)?;
        if let (Closing::Yes, Some((field, _))) =
            (closing, cells.iter().find(|(_, heads)| heads.in_conflict()))
        {
            return Err(StoreError::InConflict(field.clone()));
        }
        if form_hash(self.plan, form, &cells) == *stated {
            return Ok(());
        }
        let latest = cells
            .values()
            .filter_map(Heads::shown)
            .max_by_key(|head| head.clock);
        Err(StoreError::Changed {
            by: latest
                .map(|head| head.actor.to_string())
                .unwrap_or_default(),
        })
    }
}

/// What a change supersedes is about its own subject: a reference to an entry on another one is
/// the mistake of a screen, and would pass for a settled conflict there.
fn check_seen(batch: &Batch<'_>, heads: &Heads, change: &Change) -> Result<(), StoreError> {
    let (Seen::Heads(seen) | Seen::Only(seen)) = &change.seen else {
        return Ok(());
    };
    for reference in seen {
        let is_head = heads.all().iter().any(|head| head.entry == *reference);
        // One that is not here (an import that was withdrawn meanwhile) cannot mislead.
        if !is_head
            && let Some(subject) = batch.subject_of(reference)?
            && subject != change.subject
        {
            return Err(StoreError::Refused(format!(
                "{}: cites another subject",
                change.body.kind()
            )));
        }
    }
    Ok(())
}

/// Whether a step closes a form to further change.
enum Closing {
    Yes,
    No,
}

/// Gives the reference by which entries cite the plan.
pub(crate) fn plan_ref(plan: &Plan) -> PlanRef {
    PlanRef {
        version: plan.version,
        h8: Hash(plan.hash).short(),
    }
}

fn cells(batch: &Batch<'_>, form: &FormKey) -> Result<BTreeMap<CellId, Heads>, StoreError> {
    let prefix = Subject::form_prefix(SubjectKind::Cell, form);
    let mut cells = BTreeMap::new();
    for (subject, heads) in batch.views_under(&prefix)? {
        if let Subject::Cell(cell) = subject {
            cells.insert(cell.id, heads);
        }
    }
    Ok(cells)
}

fn unknown(action: &Action) -> StoreError {
    StoreError::NotPermitted {
        actor: action.actor.to_string(),
        what: String::new(),
    }
}

/// True for what concerns one action only and leaves the store sound.
fn is_refusal(error: &StoreError) -> bool {
    matches!(error.kind(), ErrorKind::Refused | ErrorKind::NotPermitted)
}
