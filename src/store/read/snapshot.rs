//! The tables of one consistent state, as an import weighs them and as `verify` believes them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use redb::{ReadOnlyTable, Table, WriteTransaction};

use crate::ledger::entry::Frontier;
use crate::ledger::subject::SubjectKind;
use crate::ledger::trust::{Succession, TrustAnchors};
use crate::ledger::{AuthorId, EntryRef, FormKey, Hash, Heads, PlanRef, Recorded, Subject, Trust};
use crate::plan::UnitId;
use crate::store::api::StoreError;
use crate::store::exchange::counting::walk_for_uncounted;
use crate::store::exchange::known_log::WithheldRun;
use crate::store::exchange::{self, HeldBundle, IncomingEntry, Peer, Report, Snapshot, Tip};
use crate::store::format::codec::{Record, unseal};
use crate::store::format::exchange_tables::{self, Tag, TrustState};
use crate::store::format::log_rows;
use crate::store::format::tables::{self, Bytes, ReadTables, Rows};
use crate::store::read::form_content::Holdings;
use crate::store::read::queries;
use crate::store::read::uncounted::UncountedIndex;

/// All tables of one consistent state.
pub(crate) struct SnapshotTables<T> {
    pub(crate) entries: T,
    pub(crate) withheld: Option<T>,
    pub(crate) views: T,
    meta: T,
    plans: T,
    pub(crate) exchange: Option<T>,
    pub(crate) checkpoints: Option<T>,
    pub(crate) early: Option<T>,
    pub(crate) reports: Option<T>,
    pub(crate) held: Option<T>,
    pub(crate) held_bytes: Option<T>,
    /// Where the store remembers what does not count; without it, the history is walked.
    uncounted: Option<Arc<UncountedIndex>>,
}

impl SnapshotTables<ReadOnlyTable<Bytes, Bytes>> {
    /// Opens the tables for reading.
    pub(crate) fn read(reading: &ReadTables) -> Result<Self, StoreError> {
        Ok(Self {
            entries: reading.table(tables::ENTRIES)?,
            withheld: reading.optional(tables::WITHHELD)?,
            views: reading.table(tables::VIEWS)?,
            meta: reading.table(tables::META)?,
            plans: reading.table(tables::PLANS)?,
            exchange: reading.optional(exchange_tables::EXCHANGE)?,
            checkpoints: reading.optional(exchange_tables::CHECKPOINTS)?,
            early: reading.optional(exchange_tables::EARLY)?,
            reports: reading.optional(exchange_tables::REPORTS)?,
            held: reading.optional(exchange_tables::HELD)?,
            held_bytes: reading.optional(exchange_tables::HELD_BYTES)?,
            uncounted: None,
        })
    }

    /// Adds what the store remembers of entries that do not count.
    pub(crate) fn remembering(mut self, uncounted: &Arc<UncountedIndex>) -> Self {
        self.uncounted = Some(Arc::clone(uncounted));
        self
    }
}

impl<'txn> SnapshotTables<Table<'txn, Bytes, Bytes>> {
    /// Opens the tables inside a write transaction; they are closed again when this is dropped.
    pub(crate) fn write(transaction: &'txn WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            entries: transaction.open_table(tables::ENTRIES)?,
            withheld: Some(transaction.open_table(tables::WITHHELD)?),
            views: transaction.open_table(tables::VIEWS)?,
            meta: transaction.open_table(tables::META)?,
            plans: transaction.open_table(tables::PLANS)?,
            exchange: Some(transaction.open_table(exchange_tables::EXCHANGE)?),
            checkpoints: Some(transaction.open_table(exchange_tables::CHECKPOINTS)?),
            early: Some(transaction.open_table(exchange_tables::EARLY)?),
            reports: Some(transaction.open_table(exchange_tables::REPORTS)?),
            held: Some(transaction.open_table(exchange_tables::HELD)?),
            held_bytes: Some(transaction.open_table(exchange_tables::HELD_BYTES)?),
            uncounted: None,
        })
    }
}

impl<T: Rows> SnapshotTables<T> {
    /// Works out who is believed from the entries themselves and not from any view of them.
    pub(crate) fn trust_state(&self) -> Result<TrustState, StoreError> {
        let mut controls = Vec::new();
        for row in self.entries.range::<&[u8]>(..)? {
            let (key, value) = row?;
            // A bad entry is reported by those who read all of them.
            if let Ok(recorded) = tables::unsealed_entry(key.value(), value.value())
                && matches!(recorded.entry.subject, Subject::Author(_))
            {
                controls.push(recorded);
            }
        }
        let trust = Trust::new(&self.seeds()?, &controls, &self.vouched()?);
        let acked = self.acked(&trust)?;
        let plans = self.known_plans()?;
        Ok(TrustState {
            trust,
            acked,
            plans,
        })
    }

    /// Works out who is believed from the views on authors.
    pub(crate) fn trust(&self) -> Result<Trust, StoreError> {
        Ok(Trust::new(
            &self.seeds()?,
            &self.controls()?,
            &self.vouched()?,
        ))
    }

    /// Collects those entries and all that they superseded, as far as they are here.
    pub(crate) fn back_from(
        &self,
        mut open: Vec<EntryRef>,
    ) -> Result<BTreeMap<EntryRef, Recorded>, StoreError> {
        let mut found = BTreeMap::new();
        let mut asked = BTreeSet::new();
        while let Some(reference) = open.pop() {
            if !asked.insert(reference) {
                continue;
            }
            if let Some(recorded) =
                log_rows::cited(&self.entries, self.withheld.as_ref(), &reference)?
            {
                open.extend(recorded.entry.replaces.iter().copied());
                found.insert(reference, recorded);
            }
        }
        Ok(found)
    }

    /// Tells whether every entry of every log is here: logs are numbered from 1, so they are whole
    /// when there are as many entries as the numbers of their ends add up to. A log with several
    /// ends counts as not whole: its branches share entries.
    pub(crate) fn holdings(&self) -> Result<Holdings, StoreError> {
        let mut numbers: u64 = 0;
        for author in queries::authors(&self.entries)? {
            let ends = self.tips(&author)?;
            numbers = ends
                .iter()
                .fold(numbers, |sum, (seq, _)| sum.saturating_add(*seq));
        }
        if numbers <= tables::tip(&self.meta)?.entries {
            return Ok(Holdings::Whole);
        }
        let unit = tables::about(&self.meta)?.unit;
        Ok(Holdings::Concerning(UnitId::new(&unit)))
    }

    fn known_plans(&self) -> Result<HashSet<[u8; 8]>, StoreError> {
        let mut plans = HashSet::new();
        for row in self.plans.range::<&[u8]>(..)? {
            let (key, _) = row?;
            plans.extend(key.value().first_chunk::<8>().copied());
        }
        Ok(plans)
    }

    /// Gives the ends of every log, each branch of it: what an approval made now has seen.
    pub(crate) fn frontier(&self) -> Result<Frontier, StoreError> {
        exchange::frontier(self, &crate::store::read::queries::authors(&self.entries)?)
    }

    /// Finds up to where the district has own logs; where this is the district, anybody.
    pub(crate) fn acked(&self, trust: &Trust) -> Result<BTreeMap<AuthorId, u64>, StoreError> {
        let mut acked = BTreeMap::new();
        for peer in self.exchange.iter().map(exchange_tables::peers) {
            for peer in peer? {
                let upstream = trust.is_root(&peer.author) || trust.is_rootless();
                if trust.is_own(&peer.author) || !upstream {
                    continue;
                }
                for log in &peer.have {
                    if trust.is_own(&log.author) && self.holds(&log.author, log.last, &log.hash)? {
                        let most = acked.entry(log.author).or_insert(0);
                        *most = (*most).max(log.last);
                    }
                }
            }
        }
        Ok(acked)
    }

    /// Gives the bytes of a bundle that is kept.
    pub(crate) fn held_bytes(&self, root: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(table) = &self.held_bytes else {
            return Ok(None);
        };
        exchange_tables::one(table, Record::HeldBytes, &root.0, |payload| {
            Ok(payload.to_vec())
        })
    }

    /// Lists the records of all imports.
    pub(crate) fn all_reports(&self) -> Result<Vec<Report>, StoreError> {
        let mut all = Vec::new();
        if let Some(table) = &self.reports {
            exchange_tables::each(table, Record::Report, &[], |key, bytes| {
                all.push(exchange_tables::report_from(
                    exchange_tables::root_of(key)?,
                    bytes,
                )?);
                Ok(())
            })?;
        }
        Ok(all)
    }
}

impl<T: Rows> Snapshot for SnapshotTables<T> {
    fn seeds(&self) -> Result<TrustAnchors, StoreError> {
        let pinned = match &self.exchange {
            Some(table) => exchange_tables::pinned(table)?,
            None => BTreeSet::new(),
        };
        let writer = Some(AuthorId(tables::tip(&self.meta)?.author));
        Ok(TrustAnchors { writer, pinned })
    }

    fn controls(&self) -> Result<Vec<Recorded>, StoreError> {
        let prefix = Subject::kind_prefix(SubjectKind::Author);
        let end = tables::after(&prefix);
        let mut open = Vec::new();
        for row in self.views.range(prefix.as_slice()..end.as_slice())? {
            let (key, value) = row?;
            open.extend(tables::unsealed_view(key.value(), value.value())?.references());
        }
        // None of these is ever left out of a view, so all are reached from the heads.
        Ok(self.back_from(open)?.into_values().collect())
    }

    fn vouched(&self) -> Result<Vec<Succession>, StoreError> {
        match &self.checkpoints {
            Some(table) => Ok(exchange_tables::vouched(&exchange_tables::checkpoints(
                table,
            )?)),
            None => Ok(Vec::new()),
        }
    }

    fn tips(&self, author: &AuthorId) -> Result<Vec<Tip>, StoreError> {
        if let Some(table) = &self.exchange {
            let key = exchange_tables::tagged(Tag::Fork, author);
            if let Some(tips) =
                exchange_tables::one(table, Record::Exchange, &key, exchange_tables::tips_from)?
            {
                return Ok(tips);
            }
        }
        let (from, _) = tables::seq_range(author, 0);
        let (_, to) = tables::seq_range(author, u64::MAX);
        let mut last: Option<Tip> = None;
        if let Some(row) = self
            .entries
            .range(from.as_slice()..=to.as_slice())?
            .next_back()
        {
            last = Some(tables::tip_of(row?.0.value())?);
        }
        // Without branches no number has two hashes.
        if let Some(run) = Snapshot::withheld(self, author)?.last() {
            last = last.max(Some((run.last, run.hash)));
        }
        Ok(last.into_iter().collect())
    }

    fn withheld(&self, author: &AuthorId) -> Result<Vec<WithheldRun>, StoreError> {
        match &self.withheld {
            Some(table) => log_rows::runs(table, Some(author)),
            None => Ok(Vec::new()),
        }
    }

    fn each_of_log(
        &self,
        author: &AuthorId,
        from: u64,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (start, _) = tables::seq_range(author, from);
        let (_, end) = tables::seq_range(author, u64::MAX);
        for row in self.entries.range(start.as_slice()..=end.as_slice())? {
            let (key, value) = row?;
            let (seq, hash) = tables::tip_of(key.value())?;
            let payload = unseal(Record::Entry, key.value(), value.value())?;
            let (previous, bytes) = payload
                .split_first_chunk::<32>()
                .ok_or_else(|| StoreError::Damaged("entry".to_owned()))?;
            look(&IncomingEntry {
                seq,
                previous: &Hash(*previous),
                hash: &hash,
                bytes,
            })?;
        }
        Ok(())
    }

    fn holds(&self, author: &AuthorId, seq: u64, hash: &Hash) -> Result<bool, StoreError> {
        let key = tables::entry_key(author, seq, hash);
        Ok(self.entries.get(key.as_slice())?.is_some())
    }

    fn cited(&self, entry: &EntryRef) -> Result<Option<Recorded>, StoreError> {
        log_rows::cited(&self.entries, self.withheld.as_ref(), entry)
    }

    fn has_cited(&self, entry: &EntryRef) -> Result<bool, StoreError> {
        let (from, to) = tables::seq_range(&entry.author, entry.seq);
        for row in self.entries.range(from.as_slice()..=to.as_slice())? {
            if tables::tip_of(row?.0.value())?.1.short() == entry.h8 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn heads(&self, subject: &[u8]) -> Result<Heads, StoreError> {
        tables::view(&self.views, subject)
    }

    fn cited_early(&self, entry: &EntryRef) -> Result<Vec<[u8; 16]>, StoreError> {
        let mut subjects = Vec::new();
        // Mostly nothing waits, and this is asked for each entry that comes.
        if let Some(table) = &self.early
            && !table.is_empty()?
        {
            let prefix = exchange_tables::early_key(entry, None);
            exchange_tables::each(table, Record::Early, &prefix, |key, _| {
                subjects.extend(key.last_chunk::<16>().copied());
                Ok(())
            })?;
        }
        Ok(subjects)
    }

    fn uncounted_of(&self, trust: &Trust, form: &FormKey) -> Result<Vec<Recorded>, StoreError> {
        let foreign = |author: &AuthorId| !trust.is_own(author);
        if trust.left_out().is_empty() && !queries::authors(&self.entries)?.iter().any(foreign) {
            // Own entries are made under plans that are here.
            return Ok(Vec::new());
        }
        let Some(index) = &self.uncounted else {
            return walk_for_uncounted(self, trust, form);
        };
        let holds = (tables::tip(&self.meta)?.entries, self.known_plans()?);
        let mut found = Vec::new();
        for reference in index.of(&self.entries, holds, trust, form)? {
            found.extend(log_rows::cited(
                &self.entries,
                self.withheld.as_ref(),
                &reference,
            )?);
        }
        Ok(found)
    }

    fn knows_plan(&self, plan: &PlanRef) -> Result<bool, StoreError> {
        let known = self.plans.range(plan.h8.as_slice()..)?.next();
        match known {
            Some(row) => Ok(row?.0.value().starts_with(&plan.h8)),
            None => Ok(false),
        }
    }

    fn report(&self, root: &Hash) -> Result<Option<Report>, StoreError> {
        match &self.reports {
            Some(table) => exchange_tables::one(table, Record::Report, &root.0, |bytes| {
                exchange_tables::report_from(*root, bytes)
            }),
            None => Ok(None),
        }
    }

    fn peer(&self, author: &AuthorId) -> Result<Option<Peer>, StoreError> {
        match &self.exchange {
            Some(table) => {
                let key = exchange_tables::tagged(Tag::Peer, author);
                exchange_tables::one(table, Record::Exchange, &key, |bytes| {
                    exchange_tables::peer_from(*author, bytes)
                })
            }
            None => Ok(None),
        }
    }

    fn held(&self) -> Result<Vec<HeldBundle>, StoreError> {
        let mut all = Vec::new();
        if let Some(table) = &self.held {
            exchange_tables::each(table, Record::Held, &[], |key, payload| {
                all.push(exchange_tables::held_from(
                    exchange_tables::root_of(key)?,
                    payload,
                )?);
                Ok(())
            })?;
        }
        Ok(all)
    }

    fn each_entry(
        &self,
        look: &mut dyn FnMut(&Recorded) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for row in self.entries.range::<&[u8]>(..)? {
            let (key, value) = row?;
            look(&tables::unsealed_entry(key.value(), value.value())?)?;
        }
        Ok(())
    }
}
