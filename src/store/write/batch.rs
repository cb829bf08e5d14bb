//! One write transaction being put together: entries with their place in the chain, the views,
//! digests and indexes they change, and the tip, written once at the end.
//!
//! Everything is staged in memory first: an action that turns out to be refused half way leaves
//! nothing behind, and ten actions on one form rewrite its rows once.

use std::collections::BTreeMap;

use redb::{ReadableTable, Table, WriteTransaction};

use crate::ledger::{
    ActionId, Actor, ActorId, AuthorId, Body, Clock, Entry, EntryRef, Hash, Heads, Origin, PlanRef,
    Recorded, Subject, chain,
    entry::{CITATIONS, ENTRY_BYTES, FLAG_CRITICAL},
};
use crate::store::api::{Committed, StoreError};
use crate::store::exchange::known_log::WithheldRun;
use crate::store::format::codec::{AboutV1, ActionV1, GroupV1, Record, TipV1, encode, seal};
use crate::store::format::tables::{self, Bytes};
use crate::store::format::{log_rows, shape};

/// Who acts, how and when: what all entries of one action share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActionContext<'a> {
    pub(crate) id: ActionId,
    pub(crate) actor: &'a ActorId,
    pub(crate) origin: Origin,
    pub(crate) wall: u64,
    pub(crate) plan: PlanRef,
}

/// One change that has been judged and may be written.
#[derive(Clone, Debug)]
pub(crate) struct NewEntry {
    pub(crate) subject: Subject,
    pub(crate) body: Body,
    pub(crate) note: String,
    pub(crate) flags: u8,
    pub(crate) replaces: Vec<EntryRef>,
}

struct StagedView {
    heads: Heads,
    group: Vec<u8>,
}

/// Where a batch stood before an action, to go back to.
pub(crate) struct Savepoint {
    tip: TipV1,
    entries: usize,
    first: u64,
}

/// A row to be written.
type Row = (Vec<u8>, Vec<u8>);

/// One write transaction being put together: entries, views, digests, the index of actions and the
/// tip.
pub(crate) struct Batch<'txn> {
    entries: Table<'txn, Bytes, Bytes>,
    withheld: Table<'txn, Bytes, Bytes>,
    views: Table<'txn, Bytes, Bytes>,
    actions: Table<'txn, Bytes, Bytes>,
    meta: Table<'txn, Bytes, Bytes>,
    tip: TipV1,
    staged: BTreeMap<Vec<u8>, StagedView>,
    /// What `staged` held before the present action touched it.
    before: Vec<(Vec<u8>, Option<StagedView>)>,
    entry_rows: Vec<Row>,
    action_rows: Vec<Row>,
}

impl<'txn> Batch<'txn> {
    /// Starts a batch from what the store holds.
    pub(crate) fn begin(transaction: &'txn WriteTransaction) -> Result<Self, StoreError> {
        let meta = transaction.open_table(tables::META)?;
        let tip = tables::tip(&meta)?;
        Self::from_tip(transaction, meta, tip)
    }

    /// Starts the batch of an empty store.
    pub(crate) fn blank(transaction: &'txn WriteTransaction) -> Result<Self, StoreError> {
        let meta = transaction.open_table(tables::META)?;
        Self::from_tip(transaction, meta, TipV1::default())
    }

    fn from_tip(
        transaction: &'txn WriteTransaction,
        meta: Table<'txn, Bytes, Bytes>,
        tip: TipV1,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            entries: transaction.open_table(tables::ENTRIES)?,
            withheld: transaction.open_table(tables::WITHHELD)?,
            views: transaction.open_table(tables::VIEWS)?,
            actions: transaction.open_table(tables::ACTIONS)?,
            meta,
            tip,
            staged: BTreeMap::new(),
            before: Vec::new(),
            entry_rows: Vec::new(),
            action_rows: Vec::new(),
        })
    }

    /// Gives where the store will stand.
    pub(crate) fn tip(&self) -> &TipV1 {
        &self.tip
    }

    /// Gives the end of the log written here, this batch included.
    pub(crate) fn own_end(&self) -> (AuthorId, u64, Hash) {
        let tip = &self.tip;
        (AuthorId(tip.author), tip.seq, Hash(tip.hash))
    }

    /// Reads what the store was made for.
    pub(crate) fn about(&self) -> Result<AboutV1, StoreError> {
        tables::about(&self.meta)
    }

    /// Reads the heads of a subject, this batch included.
    pub(crate) fn view(&self, subject: &Subject) -> Result<Heads, StoreError> {
        let key = subject.key();
        match self.staged.get(&key) {
            Some(staged) => Ok(staged.heads.clone()),
            None => tables::view(&self.views, &key),
        }
    }

    /// Reads the heads of all subjects whose keys begin with `prefix`, this batch included.
    pub(crate) fn views_under(&self, prefix: &[u8]) -> Result<Vec<(Subject, Heads)>, StoreError> {
        let end = tables::after(prefix);
        let mut found = BTreeMap::new();
        for row in self.views.range(prefix..end.as_slice())? {
            let (key, value) = row?;
            let heads = tables::unsealed_view(key.value(), value.value())?;
            found.insert(key.value().to_vec(), heads);
        }
        for (key, staged) in self.staged.range(prefix.to_vec()..end) {
            found.insert(key.clone(), staged.heads.clone());
        }
        let subject = |(key, heads): (Vec<u8>, Heads)| match Subject::from_key(&key) {
            Ok(subject) => Ok((subject, heads)),
            Err(error) => Err(StoreError::Damaged(error.to_string())),
        };
        found.into_iter().map(subject).collect()
    }

    /// Gives the subject of a cited entry, this batch included; `None` where it is not here.
    pub(crate) fn subject_of(&self, cited: &EntryRef) -> Result<Option<Subject>, StoreError> {
        let (from, to) = tables::seq_range(&cited.author, cited.seq);
        let staged = self.entry_rows.iter().rev();
        for (key, row) in staged.filter(|(key, _)| (&from..=&to).contains(&key)) {
            let recorded = tables::unsealed_entry(key, row)?;
            if recorded.hash.short() == cited.h8 {
                return Ok(Some(recorded.entry.subject));
            }
        }
        let found = log_rows::cited(&self.entries, Some(&self.withheld), cited)?;
        Ok(found.map(|recorded| recorded.entry.subject))
    }

    /// Reads a person, unless unknown or no longer allowed to write.
    pub(crate) fn actor(&self, id: &ActorId) -> Result<Option<Actor>, StoreError> {
        let heads = self.view(&Subject::Actor(id.clone()))?;
        Ok(match heads.shown().map(|head| &head.body) {
            Some(Body::Actor {
                name,
                role,
                units,
                disabled: false,
            }) => Some(Actor {
                id: id.clone(),
                name: name.clone(),
                role: *role,
                units: units.clone(),
            }),
            _ => None,
        })
    }

    /// Lets another author write from here on, from number 1.
    pub(crate) fn switch_author(&mut self, author: AuthorId) {
        self.tip.author = author.0;
        self.tip.seq = 0;
        self.tip.hash = Hash::ZERO.0;
    }

    /// Marks where the batch stands before an action.
    pub(crate) fn savepoint(&mut self) -> Savepoint {
        self.before.clear();
        Savepoint {
            tip: self.tip,
            entries: self.entry_rows.len(),
            first: self.tip.seq.saturating_add(1),
        }
    }

    /// Drops what was staged since `savepoint`.
    pub(crate) fn roll_back(&mut self, savepoint: &Savepoint) {
        self.tip = savepoint.tip;
        self.entry_rows.truncate(savepoint.entries);
        while let Some((key, before)) = self.before.pop() {
            match before {
                Some(staged) => self.staged.insert(key, staged),
                None => self.staged.remove(&key),
            };
        }
    }

    /// Stages one entry.
    pub(crate) fn push(
        &mut self,
        by: &ActionContext<'_>,
        draft: NewEntry,
    ) -> Result<Recorded, StoreError> {
        let clock = Clock {
            millis: self.tip.millis,
            counter: self.tip.tick,
        }
        .tick(by.wall);
        let entry = Entry {
            flags: draft.flags | own_flags(&draft.body),
            clock,
            // The order may be ahead; a clock is never behind the wall that it was given.
            lag: clock.millis.saturating_sub(by.wall),
            actor: by.actor.clone(),
            plan: by.plan,
            subject: draft.subject,
            body: draft.body,
            replaces: draft.replaces,
            note: draft.note,
            action: by.id,
            origin: by.origin,
        };
        let bytes = shape::entry_bytes(&entry);
        // What could be stored but never sent would end all exporting.
        if bytes.len() > ENTRY_BYTES || entry.replaces.len() > CITATIONS {
            return Err(StoreError::Refused(format!(
                "{}: {} bytes",
                entry.body.kind(),
                bytes.len()
            )));
        }
        let author = AuthorId(self.tip.author);
        let seq = self
            .tip
            .seq
            .checked_add(1)
            .ok_or_else(|| StoreError::Refused("sequence".to_owned()))?;
        let previous = Hash(self.tip.hash);
        let hash = chain::link(&author, seq, &previous, &bytes);
        let recorded = Recorded {
            author,
            seq,
            previous,
            hash,
            entry,
        };
        self.stage_view(&recorded)?;
        let key = tables::entry_key(&author, seq, &hash);
        let row = tables::sealed_entry(&key, &previous, &bytes);
        self.entry_rows.push((key, row));
        self.advance(&recorded);
        Ok(recorded)
    }

    fn stage_view(&mut self, recorded: &Recorded) -> Result<(), StoreError> {
        let subject = &recorded.entry.subject;
        let heads = self
            .view(subject)?
            .with(recorded.reference(), &recorded.entry);
        let group = tables::group_key(subject.form());
        let key = subject.key();
        let before = self.staged.insert(key.clone(), StagedView { heads, group });
        self.before.push((key, before));
        Ok(())
    }

    fn advance(&mut self, recorded: &Recorded) {
        let tip = &mut self.tip;
        tip.seq = recorded.seq;
        tip.hash = recorded.hash.0;
        tip.millis = recorded.entry.clock.millis;
        tip.tick = recorded.entry.clock.counter;
        tip.entries = tip.entries.saturating_add(1);
        if recorded.entry.subject.form().is_some() {
            tip.unsent = tip.unsent.saturating_add(1);
            tip.unsent_since.get_or_insert(recorded.entry.wall());
        }
    }

    /// Ends an action and notes it in the index that undo walks through.
    pub(crate) fn close(
        &mut self,
        by: &ActionContext<'_>,
        savepoint: &Savepoint,
        entries: Vec<Recorded>,
    ) -> Committed {
        self.tip.counter = self.tip.counter.saturating_add(1);
        if let Some(first) = entries.first() {
            let action = ActionV1 {
                id: by.id.0,
                origin: shape::origin_shape(by.origin),
                author: self.tip.author,
                first: savepoint.first,
                count: u32::try_from(entries.len()).unwrap_or(u32::MAX),
            };
            let key = tables::action_key(by.actor, first.entry.clock);
            let row = tables::sealed_action(&key, &action);
            self.action_rows.push((key, row));
        }
        Committed {
            entries,
            counter: self.tip.counter,
            unsent: (self.tip.unsent, self.tip.unsent_since),
        }
    }

    /// Writes an entry that came from elsewhere.
    pub(crate) fn insert_entry(&mut self, key: &[u8], row: &[u8]) -> Result<(), StoreError> {
        self.entries.insert(key, row)?;
        Ok(())
    }

    /// Writes a run of entries that was left out of what came from elsewhere.
    pub(crate) fn insert_withheld(&mut self, run: &WithheldRun) -> Result<(), StoreError> {
        let (key, row) = log_rows::run_row(run);
        self.withheld.insert(key.as_slice(), row.as_slice())?;
        Ok(())
    }

    /// Stages the heads of a subject as entries from elsewhere have made them.
    pub(crate) fn stage_heads(&mut self, subject: &Subject, heads: Heads) {
        let group = tables::group_key(subject.form());
        self.staged
            .insert(subject.key(), StagedView { heads, group });
    }

    /// Gives the tip to be moved by entries from elsewhere.
    pub(crate) fn tip_mut(&mut self) -> &mut TipV1 {
        &mut self.tip
    }

    /// Writes one row of [`tables::META`].
    pub(crate) fn put_meta(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.meta.insert(key, value)?;
        Ok(())
    }

    /// Writes everything into the transaction; the caller commits it.
    pub(crate) fn finish(mut self) -> Result<TipV1, StoreError> {
        for (key, row) in &self.entry_rows {
            self.entries.insert(key.as_slice(), row.as_slice())?;
        }
        for (key, row) in &self.action_rows {
            self.actions.insert(key.as_slice(), row.as_slice())?;
        }
        self.write_views()?;
        let tip = seal(Record::Tip, tables::meta::TIP, &encode(&self.tip));
        self.meta.insert(tables::meta::TIP, tip.as_slice())?;
        Ok(self.tip)
    }

    fn write_views(&mut self) -> Result<(), StoreError> {
        let mut groups: BTreeMap<&[u8], GroupV1> = BTreeMap::new();
        for (key, staged) in &self.staged {
            if !groups.contains_key(staged.group.as_slice()) {
                let stored = tables::group(&self.views, &staged.group)?.unwrap_or_default();
                groups.insert(&staged.group, stored);
            }
            let row = tables::sealed_view(key, &staged.heads);
            let old = self.views.insert(key.as_slice(), row.as_slice())?;
            if let Some(group) = groups.get_mut(staged.group.as_slice()) {
                match old {
                    Some(old) => tables::xor_row(&mut group.digest, key, old.value()),
                    None => group.rows = group.rows.saturating_add(1),
                }
                tables::xor_row(&mut group.digest, key, &row);
            }
        }
        for (key, group) in groups {
            let row = tables::sealed_group(key, &group);
            match self.views.insert(key, row.as_slice())? {
                Some(old) => tables::xor_row(&mut self.tip.digest, key, old.value()),
                None => self.tip.groups = self.tip.groups.saturating_add(1),
            }
            tables::xor_row(&mut self.tip.digest, key, &row);
        }
        Ok(())
    }
}

/// The flags a kind always carries: what changes who may write or what counts must not be passed
/// over by a reader that does not know it.
fn own_flags(body: &Body) -> u8 {
    match body {
        Body::Enrol { .. }
        | Body::Revoke { .. }
        | Body::PlanInstall { .. }
        | Body::EpochStart { .. }
        | Body::RejectRange { .. } => FLAG_CRITICAL,
        _ => 0,
    }
}
