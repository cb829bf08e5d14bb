//! Writing what an import has decided: the entries as they came, the views they change, and what
//! the stores have said of each other. All of it in the caller's transaction.

use redb::{ReadableTable, WriteTransaction};

use super::api::StoreError;
use super::batch::Batch;
use super::codec::{Record, TipV1};
use super::exchange::{Decision, Ground, Rebuild};
use super::ground::Open;
use super::peers::{self, Tag};
use super::watch::{Meter, Step, Watch};
use super::{read, rows, sealing, verify};
use crate::ledger::{Clock, Trust};

/// Writes everything a decision says.
pub(super) fn write(
    transaction: &WriteTransaction,
    decision: &Decision<'_>,
    watch: &dyn Watch,
) -> Result<TipV1, StoreError> {
    let mut meter = Meter::begin(watch, Step::Write, decision.entries)?;
    let mut batch = Batch::begin(transaction)?;
    sealing::each_row(&decision.taken, decision.entries, &mut |key, row| {
        batch.insert_entry(key, row)?;
        Ok(meter.one()?)
    })?;
    if decision.rebuild == Rebuild::No {
        for (key, heads) in &decision.views {
            batch.place_view(&read::subject(key)?, heads.clone());
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
    rows_of_meeting(transaction, decision)?;
    match decision.rebuild {
        Rebuild::Yes => verify::rebuild(transaction)?,
        Rebuild::No => count_unsent(transaction)?,
    }
    meter.end()?;
    rows::tip(&transaction.open_table(rows::META)?)
}

fn rows_of_meeting(
    transaction: &WriteTransaction,
    decision: &Decision<'_>,
) -> Result<(), StoreError> {
    let mut exchange = transaction.open_table(peers::EXCHANGE)?;
    for peer in &decision.peers {
        let key = peers::tagged(Tag::Peer, &peer.author);
        peers::put(
            &mut exchange,
            Record::Exchange,
            &key,
            &peers::peer_bytes(peer),
        )?;
    }
    for (author, tips) in &decision.forks {
        let key = peers::tagged(Tag::Fork, author);
        peers::put(
            &mut exchange,
            Record::Exchange,
            &key,
            &peers::tips_bytes(tips),
        )?;
    }
    let mut table = transaction.open_table(peers::CHECKPOINTS)?;
    for point in &decision.checkpoints {
        let (key, payload) = peers::checkpoint_row(point);
        peers::put(&mut table, Record::Checkpoint, &key, &payload)?;
    }
    write_early(transaction, decision)?;
    let mut table = transaction.open_table(peers::REPORTS)?;
    for report in &decision.reports {
        let payload = peers::report_bytes(report);
        peers::put(&mut table, Record::Report, &report.root.0, &payload)?;
    }
    let mut table = transaction.open_table(peers::HELD)?;
    for root in &decision.release {
        table.remove(root.0.as_slice())?;
    }
    for (bundle, bytes) in &decision.hold {
        let payload = peers::held_payload(bundle, bytes);
        peers::put(&mut table, Record::Held, &bundle.root.0, &payload)?;
    }
    Ok(())
}

fn write_early(transaction: &WriteTransaction, decision: &Decision<'_>) -> Result<(), StoreError> {
    let mut table = transaction.open_table(peers::EARLY)?;
    for (entry, subject) in &decision.early {
        let key = peers::early_key(entry, Some(subject));
        peers::put(&mut table, Record::Early, &key, &[])?;
    }
    for entry in &decision.come {
        let from = peers::early_key(entry, None);
        let to = rows::after(&from);
        table.retain_in(from.as_slice()..to.as_slice(), |_, _| false)?;
    }
    Ok(())
}

/// Counts anew what the district has not acknowledged; reads no more than that.
fn count_unsent(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let (unsent, since) = {
        let open = Open::write(transaction)?;
        let controls = open.controls()?;
        let trust = Trust::new(&open.seeds()?, &controls, &open.vouched()?);
        let acked = open.acked(&trust)?;
        let (mut unsent, mut since) = (0_u64, None::<u64>);
        for author in trust.own() {
            let from = acked.get(author).copied().unwrap_or(0).saturating_add(1);
            let (start, _) = rows::seq_range(author, from);
            let (_, end) = rows::seq_range(author, u64::MAX);
            let mut first = None;
            for row in open.entries.range(start.as_slice()..=end.as_slice())? {
                let (key, value) = row?;
                let recorded = rows::unsealed_entry(key.value(), value.value())?;
                if recorded.entry.subject.form().is_some() {
                    unsent = unsent.saturating_add(1);
                    first.get_or_insert(recorded.entry.clock.millis);
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
