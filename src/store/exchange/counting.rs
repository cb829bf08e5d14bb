//! Which entries count in what a store shows.

use crate::ledger::{FormKey, PlanRef, Recorded, Subject, Trust};
use crate::store::api::StoreError;
use crate::store::exchange::Snapshot;

/// Whether an entry counts: one of a kind that this program does not know never does; people and
/// plan are each store's own affair; an entry on a form counts unless all stores leave it out or
/// its plan is not here yet.
pub fn counts(
    trust: &Trust,
    recorded: &Recorded,
    knows_plan: impl FnOnce(&PlanRef) -> bool,
) -> bool {
    match recorded.entry.subject {
        _ if !recorded.entry.body.is_known() => false,
        Subject::Author(_) => true,
        Subject::Actor(_) | Subject::Plan => trust.is_own(&recorded.author),
        _ => !trust.leaves_out(&recorded.author, recorded.seq) && knows_plan(&recorded.entry.plan),
    }
}

/// The entries on a form that do not count, found by a walk through the whole history.
///
/// # Errors
/// When the state cannot be read.
pub fn walk_for_uncounted(
    snapshot: &dyn Snapshot,
    trust: &Trust,
    form: &FormKey,
) -> Result<Vec<Recorded>, StoreError> {
    let mut found = Vec::new();
    snapshot.each_entry(&mut |recorded| {
        // Where it cannot be told, it is taken for one of a plan that is not here.
        let known = |plan: &PlanRef| snapshot.knows_plan(plan).unwrap_or(false);
        if recorded.entry.subject.form() == Some(form) && !counts(trust, recorded, known) {
            found.push(recorded.clone());
        }
        Ok(())
    })?;
    Ok(found)
}
