//! Writing what an import has decided: the entries as they came, the views they change, and what
//! the stores have said of each other. All of it in the caller's transaction.

use redb::{ReadableTable, WriteTransaction};

use crate::ledger::{Clock, Trust};
use crate::store::api::StoreError;
use crate::store::audit::rebuild;
use crate::store::exchange::progress::{Phase, Progress, ProgressMeter};
use crate::store::exchange::{ImportDecision, Rebuild, Snapshot};
use crate::store::format::codec::{Record, TipV1};
use crate::store::format::exchange_tables::{self, Tag};
use crate::store::format::sealing;
use crate::store::format::tables;
use crate::store::read::queries;
use crate::store::read::snapshot::SnapshotTables;
use crate::store::write::batch::Batch;

/// Writes the entries, views and records of an import into the transaction.
pub(crate) fn write(
    transaction: &WriteTransaction,
    decision: &ImportDecision<'_>,
    watch: &dyn Progress,
) -> Result<TipV1, StoreError> {
    let mut meter = ProgressMeter::begin(watch, Phase::Write, decision.entries)?;
    let mut batch = Batch::begin(transaction)?;
    sealing::each_row(&decision.taken, decision.entries, &mut |key, row| {
        batch.insert_entry(key, row)?;
        Ok(meter.one()?)
    })?;
    for run in &decision.withheld {
        batch.insert_withheld(run)?;
    }
    if decision.rebuild == Rebuild::No {
        for (key, heads) in &decision.views {
            batch.stage_heads(&queries::subject(key)?, heads.clone());
        }
    }
    let tip = batch.tip_mut();
    tip.counter = tip.counter.saturating_add(1);
    tip.entries = tip.entries.saturating_add(decision.entries);
    let clock = Clock {
        millis: tip.millis,
        counter: tip.tick,
    };
    if decision.clock > clock {
        (tip.millis, tip.tick) = (decision.clock.millis, decision.clock.counter);
    }
    batch.finish()?;
    write_exchange_rows(transaction, decision)?;
    match decision.rebuild {
        Rebuild::Yes => rebuild::rebuild(transaction)?,
        Rebuild::No => count_unsent(transaction)?,
    }
    meter.end()?;
    tables::tip(&transaction.open_table(tables::META)?)
}

fn write_exchange_rows(
    transaction: &WriteTransaction,
    decision: &ImportDecision<'_>,
) -> Result<(), StoreError> {
    let mut exchange = transaction.open_table(exchange_tables::EXCHANGE)?;
    for peer in &decision.peers {
        let key = exchange_tables::tagged(Tag::Peer, &peer.author);
        exchange_tables::put(
            &mut exchange,
            Record::Exchange,
            &key,
            &exchange_tables::peer_bytes(peer),
        )?;
    }
    for (author, tips) in &decision.forks {
        let key = exchange_tables::tagged(Tag::Fork, author);
        exchange_tables::put(
            &mut exchange,
            Record::Exchange,
            &key,
            &exchange_tables::tips_bytes(tips),
        )?;
    }
    let mut table = transaction.open_table(exchange_tables::CHECKPOINTS)?;
    for point in &decision.checkpoints {
        let (key, payload) = exchange_tables::checkpoint_row(point);
        exchange_tables::put(&mut table, Record::Checkpoint, &key, &payload)?;
    }
    write_early(transaction, decision)?;
    let mut table = transaction.open_table(exchange_tables::REPORTS)?;
    for report in &decision.reports {
        let payload = exchange_tables::report_bytes(report);
        exchange_tables::put(&mut table, Record::Report, &report.root.0, &payload)?;
    }
    write_held(transaction, decision)
}

/// Writes the bundles to keep, and removes those to let go of.
fn write_held(
    transaction: &WriteTransaction,
    decision: &ImportDecision<'_>,
) -> Result<(), StoreError> {
    for root in &decision.release {
        release(transaction, root)?;
    }
    let mut held = transaction.open_table(exchange_tables::HELD)?;
    let mut held_bytes = transaction.open_table(exchange_tables::HELD_BYTES)?;
    for (bundle, bytes) in &decision.hold {
        let payload = exchange_tables::held_payload(bundle);
        exchange_tables::put(&mut held, Record::Held, &bundle.root.0, &payload)?;
        exchange_tables::put(&mut held_bytes, Record::HeldBytes, &bundle.root.0, bytes)?;
    }
    Ok(())
}

/// Removes a bundle that is kept.
pub(crate) fn release(
    transaction: &WriteTransaction,
    root: &crate::ledger::Hash,
) -> Result<(), StoreError> {
    for table in [exchange_tables::HELD, exchange_tables::HELD_BYTES] {
        transaction.open_table(table)?.remove(root.0.as_slice())?;
    }
    Ok(())
}

fn write_early(
    transaction: &WriteTransaction,
    decision: &ImportDecision<'_>,
) -> Result<(), StoreError> {
    let mut table = transaction.open_table(exchange_tables::EARLY)?;
    for (entry, subject) in &decision.early {
        let key = exchange_tables::early_key(entry, Some(subject));
        exchange_tables::put(&mut table, Record::Early, &key, &[])?;
    }
    for entry in &decision.come {
        let from = exchange_tables::early_key(entry, None);
        let to = tables::after(&from);
        table.retain_in(from.as_slice()..to.as_slice(), |_, _| false)?;
    }
    Ok(())
}

/// Counts anew what the district has not acknowledged; reads no more than that.
fn count_unsent(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let (unsent, since) = {
        let open = SnapshotTables::write(transaction)?;
        let controls = open.controls()?;
        let trust = Trust::new(&open.seeds()?, &controls, &open.vouched()?);
        let acked = open.acked(&trust)?;
        let (mut unsent, mut since) = (0_u64, None::<u64>);
        for author in trust.own() {
            let from = acked.get(author).copied().unwrap_or(0).saturating_add(1);
            let (start, _) = tables::seq_range(author, from);
            let (_, end) = tables::seq_range(author, u64::MAX);
            let mut first = None;
            for row in open.entries.range(start.as_slice()..=end.as_slice())? {
                let (key, value) = row?;
                let recorded = tables::unsealed_entry(key.value(), value.value())?;
                if recorded.entry.subject.form().is_some() {
                    unsent = unsent.saturating_add(1);
                    first.get_or_insert(recorded.entry.wall());
                }
            }
            since = match (since, first) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        (unsent, since)
    };
    let mut batch = Batch::begin(transaction)?;
    (batch.tip_mut().unsent, batch.tip_mut().unsent_since) = (unsent, since);
    batch.finish()?;
    Ok(())
}
