//! A store in memory, with the same seams as the real one: fast enough for thousands of
//! histories. What it keeps derived is kept by the decisions alone, so a wrong decision shows.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::{Signer, SigningKey};
use nhaplieu::base::Decimal;
use nhaplieu::ledger::approved::Approved;
use nhaplieu::ledger::chain::{self, checkpoint_words};
use nhaplieu::ledger::content_hash::{FormParts, content_hash};
use nhaplieu::ledger::trust::{Succession, TrustAnchors};
use nhaplieu::ledger::{
    ActionId, Actor, ActorId, AuthorId, Body, CellKey, Clock, Content, ContentHash, Entry,
    EntryRef, Form, FormKey, Hash, Heads, Origin, People, PlanRef, Recorded, Subject, Trust,
};
use nhaplieu::plan::{PeriodId, UnitId};
use nhaplieu::store::exchange::known_log::WithheldRun;
use nhaplieu::store::exchange::progress::Progress;
use nhaplieu::store::exchange::{
    Checkpoint, Decide, Exchange, ExchangeReader, HeldBundle, ImportDecision, ImportRemoval,
    IncomingEntry, Peer, Rebuild, Report, Snapshot, Tip, entry_bytes, known_log, subject_digest,
    walk_for_uncounted,
};
use nhaplieu::store::{
    Access, Action, CheckOutcome, Committed, Direction, EpochState, Forms, LogEntry, LogFilter,
    Revival, Store, StoreError, StoreInfo, StoreReader, UndoPlan, VerifyReport, approved, counts,
};

use crate::world::{PLAN_BYTES, id};

type At = (AuthorId, u64, Hash);

/// A bug planted in a store, to see that the histories find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// None.
    None,
    /// What is cited before it comes is not remembered: it comes as if nobody had replaced it.
    EarlyCitationDropped,
    /// Of several pieces of logs in one bundle, the last is not written.
    PieceIgnored,
    /// In a conflict the later clock wins.
    LaterClockWins,
    /// What was approved is what is there now.
    FrontierLeftOut,
    /// A lock ends by any later step, also one that has not seen it.
    LastStepWins,
    /// A commune is sent what concerns another.
    ForeignEntrySent,
    /// What fills a gap is not written.
    FilledGapDropped,
    /// What is withheld is not remembered.
    WithheldForgotten,
}

impl Fault {
    /// All bugs.
    pub(crate) const ALL: [Self; 8] = [
        Self::EarlyCitationDropped,
        Self::PieceIgnored,
        Self::LaterClockWins,
        Self::FrontierLeftOut,
        Self::LastStepWins,
        Self::ForeignEntrySent,
        Self::FilledGapDropped,
        Self::WithheldForgotten,
    ];
}

#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) fault: Fault,
    /// The wall clock at the latest import.
    pub(crate) now: u64,
    pub(crate) unit: UnitId,
    pub(crate) key: SigningKey,
    keys: u8,
    pub(crate) clock: Clock,
    pub(crate) entries: BTreeMap<At, Recorded>,
    pub(crate) views: BTreeMap<Vec<u8>, Heads>,
    pub(crate) early: BTreeSet<(EntryRef, [u8; 16])>,
    pub(crate) withheld: BTreeSet<WithheldRun>,
    forks: BTreeMap<AuthorId, Vec<Tip>>,
    points: Vec<Checkpoint>,
    peers: BTreeMap<AuthorId, Peer>,
    reports: BTreeMap<Hash, Report>,
    held: BTreeMap<Hash, (HeldBundle, Vec<u8>)>,
    /// How often the bytes of a bundle that is kept were read.
    pub(crate) bytes_read: Cell<usize>,
    pinned: BTreeSet<AuthorId>,
    pub(crate) tip: (u64, Hash),
    /// The owner whose fields alone this store has of the forms of others, if any.
    only_of: Option<UnitId>,
}

impl Model {
    pub(crate) fn new(unit: &str, seed: u8) -> Self {
        Self {
            keys: seed,
            ..Self::of_key(unit, [seed; 32])
        }
    }

    pub(crate) fn of_key(unit: &str, seed: [u8; 32]) -> Self {
        let mut model = Self {
            fault: Fault::None,
            now: 0,
            unit: UnitId::new(unit),
            key: SigningKey::from_bytes(&seed),
            keys: 0,
            clock: Clock::default(),
            entries: BTreeMap::new(),
            views: BTreeMap::new(),
            early: BTreeSet::new(),
            withheld: BTreeSet::new(),
            forks: BTreeMap::new(),
            points: Vec::new(),
            peers: BTreeMap::new(),
            reports: BTreeMap::new(),
            held: BTreeMap::new(),
            bytes_read: Cell::new(0),
            pinned: BTreeSet::new(),
            tip: (0, Hash::ZERO),
            only_of: None,
        };
        model.begin(None, 1);
        model
    }

    pub(crate) fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    pub(crate) fn author(&self) -> AuthorId {
        AuthorId::of_key(&self.public())
    }

    fn begin(&mut self, continues: Option<AuthorId>, wall: u64) {
        let public_key = self.public();
        let body = Body::EpochStart {
            public_key,
            continues,
        };
        let subject = Subject::Author(self.author());
        self.writes(subject, body, Vec::new(), 1, wall);
    }

    /// Goes on as another author, vouched for by the one before.
    pub(crate) fn turns(&mut self, wall: u64) {
        let (old, old_tip, before) = (self.author(), self.tip, self.key.clone());
        self.keys = self.keys.wrapping_add(23);
        let mut material = blake3::hash(&[self.keys; 3]).as_bytes().to_vec();
        material.extend(self.tip.1.0);
        // A real store draws its key at random: one put back twice never draws the same.
        material.extend(wall.to_le_bytes());
        material.extend(self.now.to_le_bytes());
        self.key = SigningKey::from_bytes(blake3::hash(&material).as_bytes());
        self.tip = (0, Hash::ZERO);
        self.begin(Some(old), wall);
        let (new, new_tip) = (self.author(), self.tip);
        for (author, tip) in [(new, new_tip), (old, old_tip)] {
            self.points.push(Checkpoint {
                author,
                seq: tip.0,
                hash: tip.1,
                key: before.verifying_key().to_bytes(),
                signature: before
                    .sign(&checkpoint_words(&author, tip.0, &tip.1))
                    .to_bytes(),
            });
        }
    }

    pub(crate) fn writes(
        &mut self,
        subject: Subject,
        body: Body,
        replaces: Vec<EntryRef>,
        flags: u8,
        wall: u64,
    ) -> Recorded {
        self.says(subject, body, replaces, flags, wall, "")
    }

    /// The same, with a reason.
    pub(crate) fn says(
        &mut self,
        subject: Subject,
        body: Body,
        replaces: Vec<EntryRef>,
        flags: u8,
        wall: u64,
        why: &str,
    ) -> Recorded {
        self.clock = self.clock.tick(wall);
        let entry = Entry {
            flags,
            clock: self.clock,
            lag: self.clock.millis.saturating_sub(wall),
            actor: id("ai-do"),
            plan: PlanRef {
                version: 3,
                h8: blake3::hash(PLAN_BYTES).as_bytes()[..8].try_into().unwrap(),
            },
            subject,
            body,
            replaces,
            note: why.to_owned(),
            action: ActionId([0; 16]),
            origin: Origin::Typed,
        };
        let (author, seq, previous) = (self.author(), self.tip.0 + 1, self.tip.1);
        let hash = chain::link(&author, seq, &previous, &entry_bytes(&entry));
        let recorded = Recorded {
            author,
            seq,
            previous,
            hash,
            entry,
        };
        self.entries.insert((author, seq, hash), recorded.clone());
        self.tip = (seq, hash);
        let key = recorded.entry.subject.key();
        let heads = self.views.remove(&key).unwrap_or_default();
        self.views
            .insert(key, heads.with(recorded.reference(), &recorded.entry));
        recorded
    }

    pub(crate) fn sets(
        &mut self,
        cell: &CellKey,
        figure: i64,
        replaces: Vec<EntryRef>,
        flags: u8,
        wall: u64,
    ) -> Recorded {
        let body = Body::SetValue(Content::Value(Decimal::whole(figure)));
        self.writes(Subject::Cell(cell.clone()), body, replaces, flags, wall)
    }

    /// The same store as if it had only ever seen its own entries: its bundles relay nobody's.
    pub(crate) fn alone(&self) -> Self {
        let (mut alone, author) = (self.clone(), self.author());
        alone.entries.retain(|at, _| at.0 == author);
        alone.forks.clear();
        alone.withheld.clear();
        alone
    }

    /// The same store as an owner has it: of the forms only these fields.
    pub(crate) fn only_of(&self, owner: &str, fields: &[&str]) -> Self {
        let mut part = self.clone();
        let is_here = |subject: &Subject| {
            let cell = subject.cell();
            cell.is_none_or(|cell| fields.contains(&cell.id.field.as_str()))
        };
        part.entries
            .retain(|_, recorded| is_here(&recorded.entry.subject));
        part.views
            .retain(|key, _| is_here(&Subject::from_key(key).unwrap()));
        part.only_of = Some(UnitId::new(owner));
        part
    }

    /// Has another's log from now on, as if it had come in a bundle.
    pub(crate) fn adopts(&mut self, other: &Self) {
        self.entries.extend(other.entries.clone());
        let (author, tip) = (other.author(), other.tip);
        let words = checkpoint_words(&author, tip.0, &tip.1);
        self.points.push(Checkpoint {
            author,
            seq: tip.0,
            hash: tip.1,
            key: other.public(),
            signature: other.key.sign(&words).to_bytes(),
        });
    }

    pub(crate) fn pins(&mut self, author: AuthorId) {
        self.pinned.insert(author);
    }

    pub(crate) fn trust(&self) -> Trust {
        let controls = self.controls().unwrap();
        Trust::new(&self.seeds().unwrap(), &controls, &self.vouched().unwrap())
    }

    /// Everything kept of one form.
    pub(crate) fn form_of(&self, key: &FormKey) -> Form {
        let mut form = Form::default();
        for (subject, heads) in &self.views {
            let subject = Subject::from_key(subject).unwrap();
            if subject.form() == Some(key) {
                form.set_heads(subject, heads.clone());
            }
        }
        if let Some(unit) = &self.only_of {
            let plan = crate::world::plan();
            form.withheld = FormParts::of(&plan, key).withheld_from(unit, &plan, key);
        }
        form
    }

    /// The content hash of a form as it stands.
    pub(crate) fn content_hash(&self, key: &FormKey) -> ContentHash {
        content_hash(&crate::world::plan(), key, &self.form_of(key).cells)
    }

    /// The returns and reopenings of a form.
    pub(crate) fn steps(&self, key: &FormKey) -> BTreeSet<Hash> {
        let step = |r: &&Recorded| {
            r.entry.subject == Subject::Form(key.clone())
                && matches!(r.entry.body, Body::Return | Body::Reopen)
        };
        self.entries.values().filter(step).map(|r| r.hash).collect()
    }

    /// What of a form is shown as approved.
    pub(crate) fn approved(&self, key: &FormKey) -> Option<Approved> {
        let mut form = self.form_of(key);
        if self.fault == Fault::LastStepWins {
            form.workflow = Heads::new(form.workflow.shown().cloned().into_iter().collect());
        }
        let mut approved = approved(self, &crate::world::plan(), key, &form).unwrap();
        if let (Fault::FrontierLeftOut, Some(approved)) = (self.fault, &mut approved) {
            for (cell, content) in &mut approved.cells {
                *content = form.content(cell);
            }
        }
        approved
    }

    pub(crate) fn rebuild(&mut self) {
        let trust = self.trust();
        let counted: Vec<&Recorded> = self
            .entries
            .values()
            .filter(|r| counts(&trust, r, |_| true))
            .collect();
        let mut by_subject: BTreeMap<Vec<u8>, Vec<&Recorded>> = BTreeMap::new();
        let mut early = BTreeSet::new();
        for recorded in counted {
            let key = recorded.entry.subject.key();
            for cited in &recorded.entry.replaces {
                if !self.has_cited(cited).unwrap() {
                    early.insert((*cited, subject_digest(&key)));
                }
            }
            by_subject.entry(key).or_default().push(recorded);
        }
        self.views = by_subject
            .into_iter()
            .map(|(key, entries)| (key, Heads::of_entries(entries.into_iter())))
            .collect();
        self.early = early;
    }

    fn take(&mut self, decision: &ImportDecision<'_>) {
        let pieces = match (self.fault, decision.taken.len()) {
            (Fault::PieceIgnored, 2..) => decision.taken.len() - 1,
            (_, all) => all,
        };
        let mut new = 0_usize;
        for taken in decision.taken.iter().take(pieces) {
            let mut arrived = Vec::new();
            taken
                .source
                .each(taken.index, taken.from, &mut |arriving: &IncomingEntry<
                    '_,
                >| {
                    arrived.push(Recorded {
                        author: taken.author,
                        seq: arriving.seq,
                        previous: *arriving.previous,
                        hash: *arriving.hash,
                        entry: nhaplieu::store::exchange::read_entry(arriving.bytes).unwrap(),
                    });
                    Ok(())
                })
                .unwrap();
            let end = self
                .tips(&taken.author)
                .unwrap()
                .first()
                .map_or(0, |tip| tip.0);
            for recorded in arrived {
                if self.fault == Fault::FilledGapDropped && recorded.seq < end {
                    continue;
                }
                let at = (recorded.author, recorded.seq, recorded.hash);
                let again = self.entries.insert(at, recorded);
                new += usize::from(again.is_none());
            }
        }
        if self.fault == Fault::None {
            assert_eq!(new as u64, decision.entries, "taken twice");
        }
        if self.fault != Fault::WithheldForgotten {
            self.withheld.extend(decision.withheld.iter().copied());
        }
        self.views.extend(decision.views.clone());
        if self.fault == Fault::LaterClockWins {
            for heads in self.views.values_mut().filter(|heads| heads.in_conflict()) {
                let latest = heads.all().iter().max_by_key(|head| head.clock);
                *heads = Heads::new(latest.cloned().into_iter().collect());
            }
        }
        if self.fault != Fault::EarlyCitationDropped {
            self.early.extend(decision.early.iter().copied());
        }
        self.early
            .retain(|(entry, _)| !decision.come.contains(entry));
        self.forks.extend(decision.forks.clone());
        for point in &decision.checkpoints {
            if !self.points.contains(point) {
                self.points.push(point.clone());
            }
        }
        for peer in &decision.peers {
            self.peers.insert(peer.author, peer.clone());
        }
        for report in &decision.reports {
            self.reports.insert(report.root, report.clone());
        }
        for root in &decision.release {
            self.held.remove(root);
        }
        for (bundle, bytes) in &decision.hold {
            self.held
                .insert(bundle.root, (bundle.clone(), bytes.to_vec()));
        }
        self.clock = self.clock.max(decision.clock);
        if decision.rebuild == Rebuild::Yes {
            self.rebuild();
            // The preview is made from these: they must be what everything gives.
            for (key, heads) in &decision.views {
                let made = self.views.get(key).cloned().unwrap_or_default();
                assert_eq!(made, *heads, "recounted otherwise");
            }
        }
    }
}

impl Snapshot for Model {
    fn seeds(&self) -> Result<TrustAnchors, StoreError> {
        Ok(TrustAnchors {
            writer: Some(self.author()),
            pinned: self.pinned.clone(),
        })
    }
    fn controls(&self) -> Result<Vec<Recorded>, StoreError> {
        let control = |r: &&Recorded| matches!(r.entry.subject, Subject::Author(_));
        Ok(self.entries.values().filter(control).cloned().collect())
    }
    fn vouched(&self) -> Result<Vec<Succession>, StoreError> {
        let of = |point: &Checkpoint| {
            let by = AuthorId::of_key(&point.key);
            (point.seq == 1 && by != point.author).then_some(Succession {
                author: point.author,
                hash: point.hash,
                by,
            })
        };
        Ok(self.points.iter().filter_map(of).collect())
    }
    fn tips(&self, author: &AuthorId) -> Result<Vec<Tip>, StoreError> {
        if let Some(tips) = self.forks.get(author) {
            return Ok(tips.clone());
        }
        let from = (*author, 0, Hash::ZERO);
        let to = (*author, u64::MAX, Hash([0xff; 32]));
        let last = self.entries.range(from..=to).next_back();
        let last = last.map(|(at, _)| (at.1, at.2));
        let runs = self.withheld(author)?;
        let run = runs.last().map(|run| (run.last, run.hash));
        Ok(last.max(run).into_iter().collect())
    }
    fn withheld(&self, author: &AuthorId) -> Result<Vec<WithheldRun>, StoreError> {
        let of = self.withheld.iter().filter(|run| run.author == *author);
        let mut runs: Vec<WithheldRun> = of.copied().collect();
        runs.sort_by_key(|run| (run.last, run.hash, run.first));
        Ok(runs)
    }
    fn each_of_log(
        &self,
        author: &AuthorId,
        from: u64,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let from = (*author, from, Hash::ZERO);
        let to = (*author, u64::MAX, Hash([0xff; 32]));
        for recorded in self.entries.range(from..=to).map(|(_, recorded)| recorded) {
            look(&IncomingEntry {
                seq: recorded.seq,
                previous: &recorded.previous,
                hash: &recorded.hash,
                bytes: &entry_bytes(&recorded.entry),
            })?;
        }
        Ok(())
    }
    fn holds(&self, author: &AuthorId, seq: u64, hash: &Hash) -> Result<bool, StoreError> {
        Ok(self.entries.contains_key(&(*author, seq, *hash)))
    }
    fn cited(&self, entry: &EntryRef) -> Result<Option<Recorded>, StoreError> {
        let from = (entry.author, entry.seq, Hash::ZERO);
        let to = (entry.author, entry.seq, Hash([0xff; 32]));
        let mut found = self.entries.range(from..=to);
        let found = found.find(|(at, _)| at.2.short() == entry.h8);
        Ok(found.map(|(_, recorded)| recorded.clone()))
    }
    fn has_cited(&self, entry: &EntryRef) -> Result<bool, StoreError> {
        let from = (entry.author, entry.seq, Hash::ZERO);
        let to = (entry.author, entry.seq, Hash([0xff; 32]));
        let mut found = self.entries.range(from..=to);
        Ok(found.any(|(at, _)| at.2.short() == entry.h8))
    }
    fn heads(&self, subject: &[u8]) -> Result<Heads, StoreError> {
        Ok(self.views.get(subject).cloned().unwrap_or_default())
    }
    fn cited_early(&self, entry: &EntryRef) -> Result<Vec<[u8; 16]>, StoreError> {
        let all = (*entry, [0; 16])..=(*entry, [0xff; 16]);
        Ok(self.early.range(all).map(|(_, subject)| *subject).collect())
    }
    fn knows_plan(&self, _: &PlanRef) -> Result<bool, StoreError> {
        Ok(true)
    }
    fn report(&self, root: &Hash) -> Result<Option<Report>, StoreError> {
        Ok(self.reports.get(root).cloned())
    }
    fn peer(&self, author: &AuthorId) -> Result<Option<Peer>, StoreError> {
        Ok(self.peers.get(author).cloned())
    }
    fn held(&self) -> Result<Vec<HeldBundle>, StoreError> {
        Ok(self.held.values().map(|(held, _)| held.clone()).collect())
    }
    fn uncounted_of(&self, trust: &Trust, form: &FormKey) -> Result<Vec<Recorded>, StoreError> {
        walk_for_uncounted(self, trust, form)
    }
    fn each_entry(
        &self,
        look: &mut dyn FnMut(&Recorded) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.entries.values().try_for_each(look)
    }
}

impl ExchangeReader for Model {
    fn with_snapshot(
        &self,
        ask: &mut dyn FnMut(&dyn Snapshot) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        ask(self)
    }
    fn log_bytes(
        &self,
        author: &AuthorId,
        from: u64,
        tip: &Tip,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let log = known_log(self, author, Vec::new())?;
        let chain: BTreeSet<Tip> = log
            .up_to(tip)
            .iter()
            .map(|step| (step.last, step.hash))
            .collect();
        self.each_of_log(author, from, &mut |entry| {
            if chain.contains(&(entry.seq, *entry.hash)) {
                look(entry)?;
            }
            Ok(())
        })
    }
    fn authors(&self) -> Result<Vec<AuthorId>, StoreError> {
        let all: BTreeSet<AuthorId> = self.entries.keys().map(|at| at.0).collect();
        Ok(all.into_iter().collect())
    }
    fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        Ok(self.points.clone())
    }
    fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        Ok(self.peers.values().cloned().collect())
    }
    fn reports(&self) -> Result<Vec<Report>, StoreError> {
        Ok(self.reports.values().cloned().collect())
    }
    fn held_bytes(&self, root: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.bytes_read.set(self.bytes_read.get() + 1);
        Ok(self.held.get(root).map(|(_, bytes)| bytes.clone()))
    }
    fn sign(&self, words: &[u8]) -> Result<([u8; 32], [u8; 64]), StoreError> {
        Ok((self.public(), self.key.sign(words).to_bytes()))
    }
}

impl Exchange for Model {
    fn handle(&self) -> Box<dyn Exchange + Send> {
        Box::new(self.clone())
    }
    fn apply_import(
        &mut self,
        _: &dyn Progress,
        decide: &mut Decide<'_, '_>,
    ) -> Result<(), StoreError> {
        let mut decision = decide(self)?.unwrap();
        if decision.new_epoch {
            let wall = self.clock.millis;
            self.turns(wall);
            decision = decide(self)?.unwrap();
            assert!(!decision.new_epoch);
        }
        self.take(&decision);
        Ok(())
    }
    fn release(&mut self, root: &Hash) -> Result<(), StoreError> {
        self.held.remove(root);
        Ok(())
    }
    fn pin(&mut self, key: &[u8; 32], _: u64) -> Result<(), StoreError> {
        self.pins(AuthorId::of_key(key));
        Ok(())
    }
    fn withdraw_import(&mut self, _: &Hash) -> Result<ImportRemoval, StoreError> {
        Ok(ImportRemoval::BuiltOn)
    }
}

/// What a model never does.
fn never<T>() -> Result<T, StoreError> {
    Err(StoreError::Refused("model".to_owned()))
}

impl StoreReader for Model {
    fn info(&self) -> Result<StoreInfo, StoreError> {
        Ok(StoreInfo {
            author: self.author(),
            plan_id: "thu".to_owned(),
            plan_version: 3,
            plan_hash: Hash(*blake3::hash(PLAN_BYTES).as_bytes()),
            schema: 1,
            unit: self.unit.clone(),
            counter: 0,
            seq: self.tip.0,
            last_written: None,
            sole: false,
            access: Access::Write,
            epoch: EpochState::Same,
        })
    }
    fn plan_bytes(&self) -> Result<Vec<u8>, StoreError> {
        never()
    }
    fn form(&self, _: &FormKey) -> Result<Form, StoreError> {
        never()
    }
    fn form_keys(&self) -> Result<Vec<FormKey>, StoreError> {
        never()
    }
    fn log(&self, _: &LogFilter) -> Result<Vec<LogEntry>, StoreError> {
        never()
    }
    fn undo_plan(&self, _: &ActorId, _: Direction) -> Result<UndoPlan, StoreError> {
        never()
    }
    fn actors(&self) -> Result<Vec<Actor>, StoreError> {
        never()
    }
    fn people(&self) -> Result<People, StoreError> {
        never()
    }
    fn counter(&self) -> Result<u64, StoreError> {
        never()
    }
    fn unsent(&self) -> Result<(u64, Option<u64>), StoreError> {
        never()
    }
    fn verify(&self) -> Result<VerifyReport, StoreError> {
        never()
    }
    fn forms(&self, _: &[FormKey]) -> Result<Forms, StoreError> {
        never()
    }
    fn forms_of_period(&self, _: &PeriodId) -> Result<Forms, StoreError> {
        never()
    }
    fn forms_of_unit(&self, _: &UnitId) -> Result<Forms, StoreError> {
        never()
    }
}

impl Store for Model {
    fn commit_all(
        &mut self,
        _: &[Action],
    ) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        never()
    }
    fn reopen(&self) -> Result<(), StoreError> {
        never()
    }
    fn revive(&self) -> Revival {
        Revival::NotWaiting
    }
    fn check_if_due(&self, _: u64) -> Result<CheckOutcome, StoreError> {
        never()
    }
}
