//! The [`Store`] trait on redb: actions are judged and written in one transaction.

use std::sync::Arc;

use crate::ledger::Body;
use crate::store::api::{Action, CheckOutcome, Committed, Revival, Store, StoreError};
use crate::store::audit::rebuild;
use crate::store::file::handle::{RedbStore, TransactionEnd};
use crate::store::format::tables;
use crate::store::identity::epoch;
use crate::store::read::form_content::Holdings;
use crate::store::read::snapshot::SnapshotTables;
use crate::store::write::batch::Batch;
use crate::store::write::judge::Judge;

/// True when entries that are already here may no longer count.
fn changes_what_counts(committed: &Committed) -> bool {
    committed.entries.iter().any(|recorded| {
        matches!(
            recorded.entry.body,
            Body::Revoke { .. } | Body::RejectRange { .. }
        )
    })
}

/// True for an action that vouches for the content of a form: it is judged by all that is here.
fn vouches(action: &Action) -> bool {
    let vouching = |body: &Body| {
        matches!(
            body,
            Body::Submit { .. } | Body::Approve { .. } | Body::Lock { .. }
        )
    };
    action.changes.iter().any(|change| vouching(&change.body))
}

impl Store for RedbStore {
    fn commit_all(
        &mut self,
        actions: &[Action],
    ) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        let plan = self
            .shared
            .plan()
            .ok_or_else(|| StoreError::Refused("no plan".to_owned()))?;
        // TakenPiece out so that the transaction may borrow the rest of the store.
        let mut own = std::mem::take(&mut self.own);
        let (mut before, mut begun) = (None, false);
        let done = self.transact(|transaction| {
            let (stand, holdings) = if actions.iter().any(vouches) {
                let snapshot = SnapshotTables::write(transaction)?;
                (snapshot.frontier()?, snapshot.holdings()?)
            } else {
                (Vec::new(), Holdings::Whole)
            };
            let mut batch = Batch::begin(transaction)?;
            before = Some(batch.tip().digest);
            let wall = actions.first().map_or(0, |action| action.wall);
            let beginning = epoch::stage_due(&self.shared, &mut batch, wall)?;
            let mut judge = Judge {
                plan: Arc::as_ref(&plan),
                stand,
                holdings,
                begun: beginning.as_ref().map(|_| batch.own_end()),
                own: &mut own,
            };
            let outcomes = judge.stage(&mut batch, actions)?;
            if outcomes.iter().all(Result::is_err) {
                return Ok(TransactionEnd::Abort((None, outcomes)));
            }
            if let Some(beginning) = &beginning {
                epoch::seal(&self.shared, transaction, beginning)?;
                begun = true;
            }
            let mut tip = batch.finish()?;
            if outcomes.iter().flatten().any(changes_what_counts) {
                rebuild::rebuild(transaction)?;
                tip = tables::tip(&transaction.open_table(tables::META)?)?;
            }
            Ok(TransactionEnd::Commit((Some(tip), outcomes)))
        });
        self.own = own;
        let (tip, outcomes) = done?;
        if begun {
            epoch::settle(&self.shared);
        }
        if let Some(tip) = tip {
            self.shared.record_witness(tip.author, tip.seq, tip.hash);
            self.shared.still_proved(before, tip.digest);
        }
        Ok(outcomes)
    }

    fn reopen(&self) -> Result<(), StoreError> {
        self.shared.reopen()
    }

    fn revive(&self) -> Revival {
        self.shared.revive()
    }

    fn check_if_due(&self, wall: u64) -> Result<CheckOutcome, StoreError> {
        self.check_when_due(wall)
    }
}
