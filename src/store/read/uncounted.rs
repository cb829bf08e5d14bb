//! Entries that do not count: left out by a revocation or rejection, or made under a plan that is
//! not here. No head leads to them, and to find those of one form in the whole history takes a
//! walk through all of it. So they are noted once, and then only what is new is read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::ledger::{AuthorId, EntryRef, FormKey, Recorded, Trust};
use crate::store::api::StoreError;
use crate::store::exchange::counting::counts;
use crate::store::format::tables::{self, Rows};
use crate::store::read::queries;

/// The entries that do not count, by form; kept in memory as long as the store is open.
#[derive(Default)]
pub(crate) struct UncountedIndex(Mutex<Found>);

/// What the index was made from, and what it found.
#[derive(Clone, Default)]
struct Found {
    left_out: BTreeMap<AuthorId, BTreeSet<(u64, u64)>>,
    plans: HashSet<[u8; 8]>,
    /// Up to which number each log was read.
    read: BTreeMap<AuthorId, u64>,
    entries: u64,
    of: BTreeMap<FormKey, Vec<EntryRef>>,
}

impl UncountedIndex {
    /// Gives the entries of a form that do not count by this trust and these plans, in a table that
    /// holds so many entries.
    pub(crate) fn of(
        &self,
        table: &impl Rows,
        (entries, plans): (u64, HashSet<[u8; 8]>),
        trust: &Trust,
        form: &FormKey,
    ) -> Result<Vec<EntryRef>, StoreError> {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = found.left_out == *trust.left_out() && found.plans == plans;
        if !same || !found.catch_up(table, entries, trust)? {
            // Belief has changed, a branch was added, or an import was withdrawn.
            *found = Found {
                left_out: trust.left_out().clone(),
                plans,
                ..Found::default()
            };
            found.catch_up(table, entries, trust)?;
        }
        Ok(found.of.get(form).cloned().unwrap_or_default())
    }
}

impl Found {
    /// Reads what each log has more than before; `false` when that is not all there is.
    fn catch_up(
        &mut self,
        table: &impl Rows,
        entries: u64,
        trust: &Trust,
    ) -> Result<bool, StoreError> {
        if self.entries == entries {
            return Ok(true);
        }
        for author in queries::authors(table)? {
            let from = self
                .read
                .get(&author)
                .map_or(0, |last| last.saturating_add(1));
            let (from, _) = tables::seq_range(&author, from);
            let (_, to) = tables::seq_range(&author, u64::MAX);
            for row in table.range(from.as_slice()..=to.as_slice())? {
                let (key, value) = row?;
                let (seq, _) = tables::tip_of(key.value())?;
                self.entries = self.entries.saturating_add(1);
                self.read.insert(author, seq);
                // A damaged entry is reported by those who read all of them.
                if let Ok(recorded) = tables::unsealed_entry(key.value(), value.value()) {
                    self.take(&recorded, trust);
                }
            }
        }
        Ok(self.entries == entries)
    }

    fn take(&mut self, recorded: &Recorded, trust: &Trust) {
        let counted = counts(trust, recorded, |plan| self.plans.contains(&plan.h8));
        if let (Some(form), false) = (recorded.entry.subject.form(), counted) {
            let of = self.of.entry(form.clone()).or_default();
            of.push(recorded.reference());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{
        ActionId, ActorId, Body, CellKey, Clock, Content, Entry, Hash, Origin, PlanRef, Subject,
        chain,
    };
    use crate::plan::{FieldId, PeriodId, UnitId};
    use crate::store::format::shape;
    use redb::backends::InMemoryBackend;
    use redb::{Database, ReadableDatabase};

    const AUTHOR: AuthorId = AuthorId([7; 16]);

    fn form(unit: &str) -> FormKey {
        FormKey {
            unit: UnitId::new(unit),
            period: PeriodId::new("2023"),
        }
    }

    /// The key and the row of an entry on a cell of that unit.
    fn row(seq: u64, unit: &str) -> (Vec<u8>, Vec<u8>) {
        let entry = Entry {
            flags: 0,
            clock: Clock {
                millis: seq,
                counter: 0,
            },
            lag: 0,
            actor: ActorId::parse("lan").unwrap(),
            plan: PlanRef {
                version: 1,
                h8: [1; 8],
            },
            subject: Subject::Cell(CellKey::new(
                &form(unit).unit,
                &form(unit).period,
                &FieldId::new("so_01"),
            )),
            body: Body::SetValue(Content::NoneOccurred),
            replaces: Vec::new(),
            note: String::new(),
            action: ActionId([1; 16]),
            origin: Origin::Typed,
        };
        let bytes = shape::entry_bytes(&entry);
        let hash = chain::link(&AUTHOR, seq, &Hash::ZERO, &bytes);
        let key = tables::entry_key(&AUTHOR, seq, &hash);
        let row = tables::sealed_entry(&key, &Hash::ZERO, &bytes);
        (key, row)
    }

    fn holding(rows: &[(Vec<u8>, Vec<u8>)]) -> Database {
        let builder = Database::builder();
        let database = builder.create_with_backend(InMemoryBackend::new()).unwrap();
        let transaction = database.begin_write().unwrap();
        {
            let mut table = transaction.open_table(tables::ENTRIES).unwrap();
            for (key, value) in rows {
                table.insert(key.as_slice(), value.as_slice()).unwrap();
            }
        }
        transaction.commit().unwrap();
        database
    }

    #[test]
    fn what_was_read_once_is_not_read_again() {
        let index = UncountedIndex::default();
        let trust = Trust::default();
        let seqs = |database: &Database, entries: u64, plans: &[[u8; 8]], unit: &str| -> Vec<u64> {
            let transaction = database.begin_read().unwrap();
            let table = transaction.open_table(tables::ENTRIES).unwrap();
            let holds = (entries, plans.iter().copied().collect());
            let found = index.of(&table, holds, &trust, &form(unit)).unwrap();
            found.into_iter().map(|reference| reference.seq).collect()
        };
        let all = holding(&[row(1, "xa-a"), row(2, "xa-b"), row(3, "xa-a")]);
        assert_eq!(seqs(&all, 3, &[], "xa-a"), [1, 3]);
        // Nothing is here any more but what is new: the rest is remembered.
        let later = holding(&[row(4, "xa-a")]);
        assert_eq!(seqs(&later, 3, &[], "xa-b"), [2]);
        assert_eq!(seqs(&later, 4, &[], "xa-a"), [1, 3, 4]);
        // The plan has come: all is read again, and everything counts.
        assert_eq!(seqs(&all, 3, &[[1; 8]], "xa-a"), Vec::<u64>::new());
    }
}
