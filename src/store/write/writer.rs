//! The [`Store`] trait on redb: each question goes to the file that answers it.

use std::sync::Arc;

use crate::ledger::approved::stated;
use crate::ledger::{Actor, ActorId, Body, Form, FormKey};
use crate::store::api::{
    Action, Committed, Direction, LogEntry, LogFilter, Store, StoreError, StoreInfo, UndoPlan,
    VerifyReport,
};
use crate::store::audit::verify;
use crate::store::file::handle::{RedbStore, Share, TransactionEnd};
use crate::store::format::tables;
use crate::store::read::approved;
use crate::store::read::queries;
use crate::store::read::snapshot::SnapshotTables;
use crate::store::write::batch::Batch;
use crate::store::write::judge::Judge;
use crate::store::write::undo;

/// True when entries that are already here may no longer count.
fn changes_what_counts(committed: &Committed) -> bool {
    committed.entries.iter().any(|recorded| {
        matches!(
            recorded.entry.body,
            Body::Revoke { .. } | Body::RejectRange { .. }
        )
    })
}

/// True for an action that says what its person had seen of all logs.
fn states_a_frontier(action: &Action) -> bool {
    let mut changes = action.changes.iter();
    changes.any(|change| stated(&change.body).is_some())
}

impl Store for RedbStore {
    fn info(&self) -> Result<StoreInfo, StoreError> {
        self.read(|reading| queries::info(reading, self.share == Share::Sole))
    }

    fn plan_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.read(queries::plan_bytes)
    }

    fn commit_all(
        &mut self,
        actions: &[Action],
    ) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        let plan = self
            .plan
            .clone()
            .ok_or_else(|| StoreError::Refused("no plan".to_owned()))?;
        // TakenPiece out so that the transaction may borrow the rest of the store.
        let mut own = std::mem::take(&mut self.own);
        let mut before = None;
        let done = self.transact(|transaction| {
            let stand = if actions.iter().any(states_a_frontier) {
                SnapshotTables::write(transaction)?.frontier()?
            } else {
                Vec::new()
            };
            let mut batch = Batch::begin(transaction)?;
            before = Some(batch.tip().digest);
            let mut judge = Judge {
                plan: Arc::as_ref(&plan),
                stand,
                own: &mut own,
            };
            let outcomes = judge.stage(&mut batch, actions)?;
            if batch.is_empty() {
                return Ok(TransactionEnd::Abort((None, outcomes)));
            }
            let mut tip = batch.finish()?;
            if outcomes.iter().flatten().any(changes_what_counts) {
                verify::rebuild(transaction)?;
                tip = tables::tip(&transaction.open_table(tables::META)?)?;
            }
            Ok(TransactionEnd::Commit((Some(tip), outcomes)))
        });
        self.own = own;
        let (tip, outcomes) = done?;
        if let Some(tip) = tip {
            self.record_witness(tip.author, tip.seq, tip.hash);
            // What was proved stays proved through our own changes of it.
            if self.proved.get() == before {
                self.proved.set(Some(tip.digest));
            }
        }
        Ok(outcomes)
    }

    fn form(&self, form: &FormKey) -> Result<Form, StoreError> {
        self.read(|reading| {
            self.prove(reading)?;
            let mut found = queries::form(reading, form)?;
            if let (Some(plan), true) = (&self.plan, queries::is_closed_by_someone(&found)) {
                found.approved =
                    approved::approved(&SnapshotTables::read(reading)?, plan, form, &found)?;
            }
            Ok(found)
        })
    }

    fn form_keys(&self) -> Result<Vec<FormKey>, StoreError> {
        self.read(|reading| queries::groups(&reading.table(tables::VIEWS)?, &reading.tip()?))
    }

    fn log(&self, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError> {
        self.read(|reading| {
            self.prove(reading)?;
            queries::log(reading, filter)
        })
    }

    fn undo_plan(&self, actor: &ActorId, direction: Direction) -> Result<UndoPlan, StoreError> {
        self.read(|reading| undo::plan(reading, actor, direction))
    }

    fn actors(&self) -> Result<Vec<Actor>, StoreError> {
        self.read(|reading| {
            self.prove(reading)?;
            queries::actors(reading)
        })
    }

    fn counter(&self) -> Result<u64, StoreError> {
        self.read(|reading| Ok(reading.tip()?.counter))
    }

    fn unsent(&self) -> Result<(u64, Option<u64>), StoreError> {
        self.read(|reading| {
            let tip = reading.tip()?;
            Ok((tip.unsent, tip.unsent_since))
        })
    }

    fn verify(&mut self) -> Result<VerifyReport, StoreError> {
        self.verified()
    }
}
