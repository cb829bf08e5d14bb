//! Taking foreign entries in, and letting an import go again: the [`Exchange`] trait on redb.

use std::collections::BTreeSet;

use super::api::StoreError;
use super::batch::Batch;
use super::codec::{Record, TipV1};
use super::exchange::{
    Arriving, Checkpoint, Decide, Exchange, Forgotten, Ground, Peer, Report, Tip,
};
use super::ground::Open;
use super::key::{self, WriterKey};
use super::peers::{self, Tag};
use super::redb_store::{RedbStore, Step};
use super::rows;
use super::watch::Watch;
use super::{arrive, epoch, forget, read, verify};
use crate::ledger::{AuthorId, Hash};

/// How often an import is weighed anew because others wrote meanwhile: all is read and decided
/// before the transaction, which writes only if nothing has moved since (`settled.md` 2). After
/// that it is weighed inside the transaction: others wait then, but nobody's typing can keep an
/// import out for ever.
const ATTEMPTS: u32 = 3;

/// What came of an import that was weighed inside its transaction.
enum Alone {
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
        let mut turned = false;
        for _ in 0..ATTEMPTS {
            let (stands, decision) =
                self.read(|reading| Ok((reading.tip()?, decide(&Open::read(reading)?)?)))?;
            let Some(decision) = decision else {
                return Ok(());
            };
            if decision.new_epoch {
                self.turn_once(AuthorId(stands.author), &mut turned)?;
                continue;
            }
            if decision.is_empty() {
                return Ok(());
            }
            let written = self.transact(|transaction| {
                if rows::tip(&transaction.open_table(rows::META)?)? != stands {
                    return Ok(Step::Abort(None));
                }
                arrive::write(transaction, &decision, watch).map(|tip| Step::Commit(Some(tip)))
            })?;
            if let Some(tip) = written {
                self.bear_witness(tip.author, tip.seq, tip.hash);
                return Ok(());
            }
        }
        loop {
            match self.absorb_alone(watch, decide)? {
                Alone::Nothing => return Ok(()),
                Alone::Written(tip) => {
                    self.bear_witness(tip.author, tip.seq, tip.hash);
                    return Ok(());
                }
                Alone::NewEpoch(author) => self.turn_once(author, &mut turned)?,
            }
        }
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
                forget::chain_to(&open.entries, author, from, tip)?
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
        // Asked at every start: to open the plans with it would read them.
        self.read(|reading| match &reading.optional(peers::EXCHANGE)? {
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
            // An import that was weighed with it is weighed again.
            let mut batch = Batch::begin(transaction)?;
            batch.tip_mut().counter = batch.tip_mut().counter.saturating_add(1);
            batch.finish()?;
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
        self.transact(
            |transaction| match forget::forgettable(transaction, root)? {
                None => Ok(Step::Abort(Forgotten::BuiltOn)),
                Some(report) => {
                    forget::remove(transaction, &report)?;
                    Ok(Step::Commit(Forgotten::AsIfNever))
                }
            },
        )
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
    /// Weighs and writes in one transaction.
    fn absorb_alone(
        &mut self,
        watch: &dyn Watch,
        decide: &mut Decide<'_, '_>,
    ) -> Result<Alone, StoreError> {
        self.transact(|transaction| {
            let decision = decide(&Open::write(transaction)?)?;
            let tip = rows::tip(&transaction.open_table(rows::META)?)?;
            match decision {
                Some(decision) if decision.new_epoch => {
                    Ok(Step::Abort(Alone::NewEpoch(AuthorId(tip.author))))
                }
                Some(decision) if !decision.is_empty() => {
                    let tip = arrive::write(transaction, &decision, watch)?;
                    Ok(Step::Commit(Alone::Written(tip)))
                }
                _ => Ok(Step::Abort(Alone::Nothing)),
            }
        })
    }

    /// Goes on as another author, at most once in an import.
    fn turn_once(&mut self, author: AuthorId, turned: &mut bool) -> Result<(), StoreError> {
        if std::mem::replace(turned, true) {
            return Err(StoreError::Refused("epoch".to_owned()));
        }
        self.turn(author)
    }

    /// Goes on as another author, under a key that no epoch of this handle has had.
    fn turn(&mut self, writer: AuthorId) -> Result<(), StoreError> {
        let tip = self.read(rows::Reading::tip)?;
        let material = [self.edge.seed.as_slice(), &tip.hash].concat();
        self.edge.seed = blake3::derive_key("nhaplieu epoch after a copy v1", &material);
        epoch::begin_epoch(self, writer)
    }
}
