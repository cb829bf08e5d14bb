//! The [`Exchange`] trait on redb: imports decided and written in one transaction, and taken back.

use crate::ledger::{AuthorId, Hash};
use crate::store::api::StoreError;
use crate::store::audit::rebuild;
use crate::store::exchange::apply;
use crate::store::exchange::progress::Progress;
use crate::store::exchange::withdraw;
use crate::store::exchange::{Decide, Exchange, ImportRemoval};
use crate::store::file::handle::{Epoch, RedbStore, TransactionEnd};
use crate::store::format::codec::{Record, TipV1};
use crate::store::format::exchange_tables::{self, Tag};
use crate::store::format::tables;
use crate::store::identity::epoch;
use crate::store::read::snapshot::SnapshotTables;
use crate::store::write::batch::Batch;

/// How often an import is weighed anew because others wrote meanwhile: all is read and decided
/// before the transaction, which writes only if nothing has moved since (`settled.md` 2). After
/// that it is weighed inside the transaction: others wait then, but nobody's typing can keep an
/// import out for ever.
const ATTEMPTS: u32 = 3;

/// What came of an import that was weighed inside its transaction.
enum ImportInside {
    Nothing,
    /// Another epoch must begin first.
    NewEpoch(AuthorId),
    Written(TipV1),
}

impl Exchange for RedbStore {
    fn handle(&self) -> Box<dyn Exchange + Send> {
        Box::new(self.another())
    }

    fn apply_import(
        &mut self,
        watch: &dyn Progress,
        decide: &mut Decide<'_, '_>,
    ) -> Result<(), StoreError> {
        let mut turned = false;
        for _ in 0..ATTEMPTS {
            let (stands, decision) = self
                .read(|reading| Ok((reading.tip()?, decide(&SnapshotTables::read(reading)?)?)))?;
            let Some(decision) = decision else {
                return Ok(());
            };
            if decision.new_epoch {
                self.switch_epoch_once(AuthorId(stands.author), &mut turned)?;
                continue;
            }
            if decision.is_empty() {
                return Ok(());
            }
            if self.begin_due_epoch()? {
                continue;
            }
            let written = self.transact(|transaction| {
                if tables::tip(&transaction.open_table(tables::META)?)? != stands {
                    return Ok(TransactionEnd::Abort(None));
                }
                apply::write(transaction, &decision, watch)
                    .map(|tip| TransactionEnd::Commit(Some(tip)))
            })?;
            if let Some(tip) = written {
                self.shared.record_witness(tip.author, tip.seq, tip.hash);
                return Ok(());
            }
        }
        loop {
            match self.import_inside(watch, decide)? {
                ImportInside::Nothing => return Ok(()),
                ImportInside::Written(tip) => {
                    self.shared.record_witness(tip.author, tip.seq, tip.hash);
                    return Ok(());
                }
                ImportInside::NewEpoch(author) => self.switch_epoch_once(author, &mut turned)?,
            }
        }
    }

    fn release(&mut self, root: &Hash) -> Result<(), StoreError> {
        self.transact(|transaction| {
            apply::release(transaction, root)?;
            // An import that was weighed with it is weighed again.
            let mut batch = Batch::begin(transaction)?;
            batch.tip_mut().counter = batch.tip_mut().counter.saturating_add(1);
            batch.finish()?;
            Ok(TransactionEnd::Commit(()))
        })
    }

    fn pin(&mut self, public: &[u8; 32], wall: u64) -> Result<(), StoreError> {
        let author = AuthorId::of_key(public);
        self.transact(|transaction| {
            let mut payload = public.to_vec();
            payload.extend(wall.to_le_bytes());
            let key = exchange_tables::tagged(Tag::Pin, &author);
            let mut table = transaction.open_table(exchange_tables::EXCHANGE)?;
            exchange_tables::put(&mut table, Record::Exchange, &key, &payload)?;
            drop(table);
            // Whose word counts has changed, and with it what is acknowledged.
            rebuild::rebuild(transaction)?;
            Ok(TransactionEnd::Commit(()))
        })
    }

    fn withdraw_import(&mut self, root: &Hash) -> Result<ImportRemoval, StoreError> {
        self.transact(
            |transaction| match withdraw::withdrawable(transaction, root)? {
                None => Ok(TransactionEnd::Abort(ImportRemoval::BuiltOn)),
                Some(report) => {
                    withdraw::remove(transaction, &report)?;
                    Ok(TransactionEnd::Commit(ImportRemoval::AsIfNever))
                }
            },
        )
    }
}

impl RedbStore {
    /// Weighs and writes in one transaction.
    fn import_inside(
        &mut self,
        watch: &dyn Progress,
        decide: &mut Decide<'_, '_>,
    ) -> Result<ImportInside, StoreError> {
        self.transact(|transaction| {
            let decision = decide(&SnapshotTables::write(transaction)?)?;
            let tip = tables::tip(&transaction.open_table(tables::META)?)?;
            match decision {
                Some(decision) if decision.new_epoch => Ok(TransactionEnd::Abort(
                    ImportInside::NewEpoch(AuthorId(tip.author)),
                )),
                Some(decision) if !decision.is_empty() && self.is_epoch_due() => Ok(
                    TransactionEnd::Abort(ImportInside::NewEpoch(AuthorId(tip.author))),
                ),
                Some(decision) if !decision.is_empty() => {
                    let tip = apply::write(transaction, &decision, watch)?;
                    Ok(TransactionEnd::Commit(ImportInside::Written(tip)))
                }
                _ => Ok(TransactionEnd::Abort(ImportInside::Nothing)),
            }
        })
    }

    /// Begins the epoch that is due, because what comes in is a change that a copy of this store
    /// does not have: others must not take what the one has for what the other has.
    fn begin_due_epoch(&self) -> Result<bool, StoreError> {
        let Epoch::Due { old, .. } = self.shared.epoch() else {
            return Ok(false);
        };
        epoch::begin_epoch(&self.shared, old)?;
        Ok(true)
    }

    fn is_epoch_due(&self) -> bool {
        matches!(self.shared.epoch(), Epoch::Due { .. })
    }

    /// Goes on as another author, at most once in an import.
    fn switch_epoch_once(&mut self, author: AuthorId, turned: &mut bool) -> Result<(), StoreError> {
        if std::mem::replace(turned, true) {
            return Err(StoreError::Refused("epoch".to_owned()));
        }
        epoch::begin_epoch(&self.shared, author)
    }
}
