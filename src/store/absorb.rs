//! Taking foreign entries in, and letting an import go again: the [`Exchange`] trait on redb.

use std::collections::BTreeSet;

use redb::{ReadableTable, WriteTransaction};

use super::api::StoreError;
use super::batch::Batch;
use super::codec::{Record, TipV1};
use super::exchange::{
    Arriving, Checkpoint, Decide, Decision, Exchange, Forgotten, Ground, Peer, Rebuild, Report, Tip,
};
use super::ground::Open;
use super::key::{self, WriterKey};
use super::peers::{self, Tag};
use super::redb_store::{RedbStore, Step};
use super::rows::{self, Rows};
use super::watch::{self, Meter, Watch};
use super::{epoch, read, verify};
use crate::ledger::{AuthorId, Clock, EntryRef, Hash, Recorded, Subject, Trust};

/// What came of one attempt to take entries in.
enum Attempt {
    Nothing,
    /// Another epoch must begin first.
    NewEpoch(AuthorId),
    Written(TipV1),
}

impl Exchange for RedbStore {
    fn weigh(
        &self,
        ask: &mut dyn FnMut(&dyn Ground) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.read(|reading| ask(&Open::read(reading)?))
    }

    fn absorb(&mut self, watch: &dyn Watch, decide: &mut Decide<'_, '_>) -> Result<(), StoreError> {
        // The first attempt may find that the store must go on as another author.
        for _ in 0..2 {
            let attempt = self.transact(|transaction| {
                let (decision, writer) = {
                    let open = Open::write(transaction)?;
                    (decide(&open)?, open.seeds()?.writer)
                };
                match (decision, writer) {
                    (Some(decision), Some(writer)) if decision.new_epoch => {
                        Ok(Step::Abort(Attempt::NewEpoch(writer)))
                    }
                    (Some(decision), _) if !decision.is_empty() => {
                        let tip = write(transaction, &decision, watch)?;
                        Ok(Step::Commit(Attempt::Written(tip)))
                    }
                    _ => Ok(Step::Abort(Attempt::Nothing)),
                }
            })?;
            match attempt {
                Attempt::Nothing => return Ok(()),
                Attempt::Written(tip) => {
                    self.bear_witness(tip.author, tip.seq, tip.hash);
                    return Ok(());
                }
                Attempt::NewEpoch(writer) => self.turn(writer)?,
            }
        }
        Err(StoreError::Refused("epoch".to_owned()))
    }

    fn log_bytes(
        &self,
        author: &AuthorId,
        from: u64,
        tip: &Tip,
        look: &mut dyn FnMut(&Arriving<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.read(|reading| {
            let open = Open::read(reading)?;
            let forked = open.tips(author)?.len() > 1;
            let chain = if forked {
                chain_to(&open.entries, author, from, tip)?
            } else {
                BTreeSet::new()
            };
            let (start, _) = rows::seq_range(author, from);
            let (_, end) = rows::seq_range(author, tip.0);
            for row in open.entries.range(start.as_slice()..=end.as_slice())? {
                let (key, value) = row?;
                let (seq, hash) = super::ground::tip_of(key.value())?;
                if forked && !chain.contains(&(seq, hash)) {
                    continue;
                }
                let payload = super::codec::unseal(Record::Entry, key.value(), value.value())?;
                let (previous, bytes) = payload
                    .split_first_chunk::<32>()
                    .ok_or_else(|| StoreError::Damaged("entry".to_owned()))?;
                look(&Arriving {
                    seq,
                    previous: &Hash(*previous),
                    hash: &hash,
                    bytes,
                })?;
            }
            Ok(())
        })
    }

    fn authors(&self) -> Result<Vec<AuthorId>, StoreError> {
        self.read(|reading| read::authors(&reading.table(rows::ENTRIES)?))
    }

    fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        self.read(|reading| match &Open::read(reading)?.checkpoints {
            Some(table) => peers::checkpoints(table),
            None => Ok(Vec::new()),
        })
    }

    fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        self.read(|reading| match &Open::read(reading)?.exchange {
            Some(table) => peers::peers(table),
            None => Ok(Vec::new()),
        })
    }

    fn reports(&self) -> Result<Vec<Report>, StoreError> {
        self.read(|reading| Open::read(reading)?.all_reports())
    }

    fn held_bytes(&self, root: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|reading| Open::read(reading)?.held_bytes(root))
    }

    fn release(&mut self, root: &Hash) -> Result<(), StoreError> {
        self.transact(|transaction| {
            transaction
                .open_table(peers::HELD)?
                .remove(root.0.as_slice())?;
            Ok(Step::Commit(()))
        })
    }

    fn pin(&mut self, public: &[u8; 32], wall: u64) -> Result<(), StoreError> {
        let author = AuthorId::of_key(public);
        self.transact(|transaction| {
            let mut payload = public.to_vec();
            payload.extend(wall.to_le_bytes());
            let key = peers::tagged(Tag::Pin, &author);
            let mut table = transaction.open_table(peers::EXCHANGE)?;
            peers::put(&mut table, Record::Exchange, &key, &payload)?;
            drop(table);
            // Whose word counts has changed, and with it what is acknowledged.
            verify::rebuild(transaction)?;
            Ok(Step::Commit(()))
        })
    }

    fn forget(&mut self, root: &Hash) -> Result<Forgotten, StoreError> {
        self.transact(|transaction| match forgettable(transaction, root)? {
            None => Ok(Step::Abort(Forgotten::BuiltOn)),
            Some(report) => {
                remove(transaction, &report)?;
                Ok(Step::Commit(Forgotten::AsIfNever))
            }
        })
    }

    fn sign(&self, words: &[u8]) -> Result<([u8; 32], [u8; 64]), StoreError> {
        let writer = self.read(|reading| Ok(AuthorId(reading.tip()?.author)))?;
        let key = WriterKey::read(&key::path(&self.dir))
            .filter(|key| key.author() == writer)
            .ok_or_else(|| StoreError::Damaged("key".to_owned()))?;
        Ok((key.public(), key.sign(words)))
    }
}

impl RedbStore {
    /// Goes on as another author, under a key that no epoch of this handle has had.
    fn turn(&mut self, writer: AuthorId) -> Result<(), StoreError> {
        let tip = self.read(rows::Reading::tip)?;
        let material = [self.edge.seed.as_slice(), &tip.hash].concat();
        self.edge.seed = blake3::derive_key("nhaplieu epoch after a copy v1", &material);
        epoch::begin_epoch(self, writer)
    }
}

/// The entries from number `from` on that lead to `tip`.
fn chain_to(
    entries: &impl Rows,
    author: &AuthorId,
    from: u64,
    tip: &Tip,
) -> Result<BTreeSet<Tip>, StoreError> {
    let mut chain = BTreeSet::new();
    let (mut seq, mut hash) = *tip;
    while seq >= from && seq > 0 {
        let key = rows::entry_key(author, seq, &hash);
        let Some(value) = entries.get(key.as_slice())? else {
            return Err(StoreError::Damaged(format!("no entry {seq}")));
        };
        chain.insert((seq, hash));
        hash = rows::unsealed_entry(&key, value.value())?.previous;
        seq -= 1;
    }
    Ok(chain)
}

/// Writes everything a decision says.
fn write(
    transaction: &WriteTransaction,
    decision: &Decision<'_>,
    watch: &dyn Watch,
) -> Result<TipV1, StoreError> {
    let mut meter = Meter::begin(watch, watch::Step::Write, decision.entries)?;
    let mut batch = Batch::begin(transaction)?;
    for taken in &decision.taken {
        taken
            .source
            .each(taken.index, taken.from, &mut |arriving| {
                let key = rows::entry_key(&taken.author, arriving.seq, arriving.hash);
                let row = rows::sealed_entry(&key, arriving.previous, arriving.bytes);
                batch.insert_entry(&key, &row)?;
                Ok(meter.one()?)
            })?;
    }
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

/// The import's report, when nothing was built on what it brought.
fn forgettable(transaction: &WriteTransaction, root: &Hash) -> Result<Option<Report>, StoreError> {
    let open = Open::write(transaction)?;
    let report = open.report(root)?.ok_or(StoreError::NothingToUndo)?;
    for piece in &report.pieces {
        if !open
            .tips(&piece.author)?
            .contains(&(piece.last, piece.hash))
        {
            return Ok(None);
        }
    }
    let mut built_on = false;
    let brought = |entry: &EntryRef| {
        let piece = report
            .pieces
            .iter()
            .find(|piece| piece.author == entry.author);
        piece.is_some_and(|piece| (piece.first..=piece.last).contains(&entry.seq))
    };
    open.each_entry(&mut |recorded: &Recorded| {
        let inside = brought(&recorded.reference());
        // What was believed because of it cannot be told from what would be believed anyway.
        built_on |= inside
            && matches!(recorded.entry.subject, Subject::Author(about) if about != recorded.author);
        built_on |= !inside && recorded.entry.replaces.iter().any(brought);
        Ok(())
    })?;
    Ok((!built_on).then_some(report))
}

fn remove(transaction: &WriteTransaction, report: &Report) -> Result<(), StoreError> {
    {
        let mut entries = transaction.open_table(rows::ENTRIES)?;
        let mut gone = Vec::new();
        for piece in &report.pieces {
            let tip = (piece.last, piece.hash);
            gone.extend(
                chain_to(&entries, &piece.author, piece.first, &tip)?
                    .into_iter()
                    .map(|(seq, hash)| rows::entry_key(&piece.author, seq, &hash)),
            );
        }
        for key in gone {
            entries.remove(key.as_slice())?;
        }
        let mut points = transaction.open_table(peers::CHECKPOINTS)?;
        for piece in &report.pieces {
            let from = rows::entry_key(&piece.author, piece.last, &piece.hash);
            let to = rows::after(&from);
            points.retain_in(from.as_slice()..to.as_slice(), |_, _| false)?;
        }
        transaction
            .open_table(peers::REPORTS)?
            .remove(report.root.0.as_slice())?;
        let mut exchange = transaction.open_table(peers::EXCHANGE)?;
        let key = peers::tagged(Tag::Peer, &report.signer);
        let said = peers::one(&exchange, Record::Exchange, &key, |bytes| {
            peers::peer_from(report.signer, bytes)
        })?;
        if said.is_some_and(|peer| peer.root == report.root) {
            exchange.remove(key.as_slice())?;
        }
    }
    verify::rebuild(transaction)
}
