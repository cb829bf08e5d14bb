//! The one write path: judges actions against what stands inside the transaction and stages
//! those that may be written.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::base::ErrorKind;
use crate::ledger::approved::frontier;
use crate::ledger::content_hash::FormParts;
use crate::ledger::entry::Frontier;
use crate::ledger::workflow::{lock, may_close};
use crate::ledger::{
    Actor, ActorId, AuthorId, Body, CellId, Content, ContentPart, EntryRef, FormKey, Hash, Head,
    Heads, NotYet, PlanRef, Recorded, Subject, heads::MOST, subject::SubjectKind,
};
use crate::plan::{FieldId, Plan};
use crate::store::api::{Action, Change, Committed, Seen, StoreError};
use crate::store::read::form_content::Holdings;
use crate::store::write::batch::{ActionContext, Batch, NewEntry, Savepoint};
use crate::store::write::permissions::{self, ChangeContext};

/// What became of each action, in their order.
pub(crate) type Outcomes = Vec<Result<Committed, StoreError>>;

/// What actions are judged by, besides what the transaction holds.
pub(crate) struct Judge<'a> {
    /// The plan in force.
    pub(crate) plan: &'a Plan,
    /// Up to where every log is in the store, where an action vouches for a form; else empty.
    pub(crate) stand: Frontier,
    /// Whether the logs in the store are whole, where an action vouches for a form.
    pub(crate) holdings: Holdings,
    /// The end of the log written here where an epoch has just begun in this transaction: nobody
    /// could state its first entry, which says nothing of any form.
    pub(crate) begun: Option<(AuthorId, u64, Hash)>,
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
        self.check_step(batch, &workflow, change)?;
        self.check_content(batch, change)?;
        check_seen(batch, &heads, change)?;
        let replaces = self.replaces(&actor.id, &heads, &change.seen)?;
        check_room(&heads, &replaces)?;
        Ok(NewEntry {
            subject: change.subject.clone(),
            body: change.body.clone(),
            note: change.reason.clone(),
            flags,
            replaces,
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
                // Others refuse an entry that cites another twice.
                let mut cited = HashSet::new();
                replaces.retain(|reference| cited.insert(*reference));
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
        if self.begun != Some(own) {
            stand.push(own);
        }
        stand.sort_unstable();
        for change in &action.changes {
            let Some(frontier) = frontier(&change.body) else {
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

    /// A form is submitted once it answers what the plan requires, approved and locked once it is
    /// submitted, returned once something of it has come, reopened once it is locked.
    fn check_step(
        &self,
        batch: &Batch<'_>,
        workflow: &Heads,
        change: &Change,
    ) -> Result<(), StoreError> {
        let Some(form) = change.subject.form() else {
            return Ok(());
        };
        let not_yet = match &change.body {
            Body::Submit { .. } => {
                let unanswered = self.unanswered(form, &cells(batch, form)?);
                (unanswered > 0).then_some(NotYet::Unanswered(unanswered))
            }
            Body::Approve { .. } | Body::Lock { .. } => may_close(workflow).err(),
            Body::Return => {
                let nothing = workflow.all().is_empty() && cells(batch, form)?.is_empty();
                nothing.then_some(NotYet::NothingReceived)
            }
            Body::Reopen => lock(workflow).is_none().then_some(NotYet::NotLocked),
            _ => None,
        };
        not_yet.map_or(Ok(()), |why| Err(StoreError::NotYet(why)))
    }

    /// How many fields the plan requires of the form that hold nothing.
    fn unanswered(&self, form: &FormKey, cells: &BTreeMap<CellId, Heads>) -> usize {
        let (unit, period) = (self.plan.unit(&form.unit), self.plan.period(&form.period));
        let (Some(unit), Some(period)) = (unit, period) else {
            return 0;
        };
        let fields = self.plan.form_fields(unit, period).into_iter();
        let required = fields.filter(|field| field.required);
        let blank = required.filter(|field| {
            let heads = cells.get(&CellId::figure(&field.id));
            heads.is_none_or(|heads| heads.content() == Content::Blank)
        });
        blank.count()
    }

    /// A submission, approval or lock holds for exactly the content it was given for: an approval
    /// for its owner's part, the others for the whole form. Nobody vouches for a part that is
    /// withheld from the store.
    fn check_content(&self, batch: &Batch<'_>, change: &Change) -> Result<(), StoreError> {
        let Some(form) = change.subject.form() else {
            return Ok(());
        };
        let (own, closing) = match (&change.subject, &change.body) {
            (_, Body::Submit { .. }) => (None, Closing::No),
            (_, Body::Lock { .. }) => (None, Closing::Yes),
            (Subject::Approval(_, owner), Body::Approve { .. }) => {
                (Some(ContentPart::Owner(owner.clone())), Closing::Yes)
            }
            _ => return Ok(()),
        };
        let speaks_for = |part: &ContentPart| own.as_ref().is_none_or(|own| own == part);
        if self
            .holdings
            .withheld(self.plan, form)
            .iter()
            .any(speaks_for)
        {
            return Err(StoreError::Withheld);
        }
        let parts = FormParts::of(self.plan, form);
        let cells = cells(batch, form)?;
        if let Closing::Yes = closing {
            let spoken = parts.iter().filter(|(part, _)| speaks_for(part));
            let fields: BTreeSet<&FieldId> = spoken.flat_map(|(_, fields)| fields).collect();
            check_no_conflict(&cells, &fields)?;
        }
        let now = parts.hash(self.plan, form, &cells);
        let agrees = match (&change.body, &own) {
            (Body::Approve { part, .. }, Some(own)) => now.parts().get(own) == Some(part),
            (Body::Submit { content, .. } | Body::Lock { content, .. }, _) => now == *content,
            _ => false,
        };
        if agrees {
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

/// A field in conflict is neither approved nor locked.
fn check_no_conflict(
    cells: &BTreeMap<CellId, Heads>,
    fields: &BTreeSet<&FieldId>,
) -> Result<(), StoreError> {
    let mut disputed = cells
        .iter()
        .filter(|(cell, heads)| fields.contains(&cell.field) && heads.in_conflict());
    match disputed.next() {
        Some((cell, _)) => Err(StoreError::InConflict(cell.clone())),
        None => Ok(()),
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

/// Where a subject has as many heads as others take in, a change that does not settle them all is
/// of somebody who has not seen them.
fn check_room(heads: &Heads, replaces: &[EntryRef]) -> Result<(), StoreError> {
    let stay = |head: &&Head| !replaces.contains(&head.entry);
    match heads.all().iter().find(stay) {
        Some(head) if heads.all().len() >= MOST => Err(StoreError::Changed {
            by: head.actor.to_string(),
        }),
        _ => Ok(()),
    }
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
