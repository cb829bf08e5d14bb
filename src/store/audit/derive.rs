//! Everything derived, derived again: the views, the index of actions and the tip's figures as
//! functions of the entries alone. What `verify` compares with and `rebuild_views` writes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::ledger::{AuthorId, Body, Clock, EntryRef, Hash, Head, Heads, Recorded};
use crate::store::api::StoreError;
use crate::store::exchange::known_log::{KnownLog, LogStep, StepKind, Tip};
use crate::store::exchange::subject_digest;
use crate::store::format::codec::ActionV1;
use crate::store::format::exchange_tables::{self, TrustState};
use crate::store::format::log_rows;
use crate::store::format::shape;
use crate::store::format::tables::{self, Rows};

/// Most differences that are listed; the first tell what is wrong.
const MOST: usize = 200;

/// The differences found so far, in technical words.
#[derive(Debug, Default)]
pub(crate) struct Differences(pub(crate) Vec<String>);

impl Differences {
    /// Adds a difference, up to a limit.
    pub(crate) fn add(&mut self, what: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push(what.into());
        }
    }
}

/// Everything that the entries alone determine.
#[derive(Default)]
pub(crate) struct Derived {
    /// Readable entries.
    pub(crate) entries: u64,
    /// Heads by subject key.
    pub(crate) views: BTreeMap<Vec<u8>, Heads>,
    /// Actions of this store's own epochs, by key.
    pub(crate) actions: BTreeMap<Vec<u8>, ActionV1>,
    /// Number, hash and clock of the last entry of the present author.
    pub(crate) last: Option<(u64, Hash, Clock)>,
    /// Keys of entries that are cited and have not come.
    pub(crate) early: BTreeSet<Vec<u8>>,
    /// The ends of logs that have several.
    pub(crate) forks: BTreeMap<AuthorId, Vec<Tip>>,
    /// How many entries of each log are withheld, where some are.
    pub(crate) withheld: Vec<(AuthorId, u64)>,
    /// Own entries on forms that are not acknowledged.
    pub(crate) unsent: u64,
    /// When the first of them was made.
    pub(crate) unsent_since: Option<u64>,
}

/// Reads all entries twice: once for what is replaced, once for what is not. So memory grows
/// with the heads and the references, not with the texts of the whole history.
///
/// # Errors
/// When the table cannot be read at all; a bad entry is a difference.
pub(crate) fn derive(
    entries: &impl Rows,
    withheld: Option<&impl Rows>,
    author: AuthorId,
    trust_state: &TrustState,
    differences: &mut Differences,
) -> Result<Derived, StoreError> {
    let mut pass = FirstPass::default();
    let runs = withheld.map(|table| log_rows::runs(table, None));
    for run in runs.transpose()?.unwrap_or_default() {
        let steps = pass.withheld.entry(run.author).or_default();
        steps.push(run.step());
    }
    each(entries, |key, read| match read {
        Ok(recorded) => pass.take(&recorded, trust_state, differences),
        Err(error) => differences.add(format!("entry {}: {error}", hex(key))),
    })?;
    pass.end_action();
    pass.end_log(differences);
    pass.end_runs(differences);
    let mut derived = pass.summed(author);
    let mut heads: BTreeMap<Vec<u8>, Vec<Head>> = BTreeMap::new();
    each(entries, |_, read| {
        if let Ok(recorded) = read
            && trust_state.count(&recorded)
        {
            let subject = recorded.entry.subject.key();
            let cited = (recorded.reference(), subject_digest(&subject));
            if !pass.replaced.contains(&cited) {
                let head = Head::of(recorded.reference(), &recorded.entry);
                heads.entry(subject).or_default().push(head);
            }
        }
    })?;
    for (reference, subject) in &pass.replaced {
        // A damaged entry is no missing one; it has been reported already.
        if log_rows::cited(entries, withheld, reference).is_ok_and(|found| found.is_none()) {
            let key = exchange_tables::early_key(reference, Some(subject));
            derived.early.insert(key);
        }
    }
    derived.views = heads
        .into_iter()
        .map(|(key, heads)| (key, Heads::new(heads)))
        .collect();
    Ok(derived)
}

fn each(
    entries: &impl Rows,
    mut look: impl FnMut(&[u8], Result<Recorded, StoreError>),
) -> Result<(), StoreError> {
    for row in entries.range::<&[u8]>(..)? {
        let (key, value) = row?;
        look(
            key.value(),
            tables::unsealed_entry(key.value(), value.value()),
        );
    }
    Ok(())
}

/// What one author wrote.
#[derive(Default)]
struct Log {
    continues: Option<AuthorId>,
    last: Option<(u64, Hash, Clock)>,
    actions: Vec<(Vec<u8>, ActionV1)>,
    on_forms: u64,
    first_on_forms: Option<u64>,
}

#[derive(Default)]
struct FirstPass {
    entries: u64,
    /// Entries superseded, each by an entry on the subject with that digest: one on another
    /// subject supersedes nothing.
    replaced: HashSet<(EntryRef, [u8; 16])>,
    logs: HashMap<AuthorId, Log>,
    /// Hashes of the present author's entries with the number before this one.
    chain: Vec<Hash>,
    at: Option<(AuthorId, u64)>,
    here: Vec<Hash>,
    /// The hashes before those of `here`.
    linked: Vec<Hash>,
    tips: BTreeMap<AuthorId, Vec<Tip>>,
    /// The runs withheld of each log, as far as it has not been read.
    withheld: BTreeMap<AuthorId, Vec<LogStep>>,
    /// What is known of the log that is read, where something of it is withheld.
    steps: Vec<LogStep>,
    /// Where the runs of that log end.
    run_ends: HashSet<Tip>,
    missing: Vec<(AuthorId, u64)>,
    open: Option<(Vec<u8>, ActionV1)>,
    begins_epoch: bool,
}

impl FirstPass {
    fn take(
        &mut self,
        recorded: &Recorded,
        trust_state: &TrustState,
        differences: &mut Differences,
    ) {
        self.entries = self.entries.saturating_add(1);
        if !recorded.entry.replaces.is_empty() && trust_state.count(recorded) {
            let subject = subject_digest(&recorded.entry.subject.key());
            let cited = recorded.entry.replaces.iter();
            self.replaced.extend(cited.map(|cited| (*cited, subject)));
        }
        self.follow(recorded, differences);
        self.in_action(recorded);
        let log = self.logs.entry(recorded.author).or_default();
        log.last = Some((recorded.seq, recorded.hash, recorded.entry.clock));
        if let Body::EpochStart { continues, .. } = recorded.entry.body {
            log.continues = continues;
        }
        let acked = trust_state
            .acked
            .get(&recorded.author)
            .copied()
            .unwrap_or(0);
        if recorded.entry.subject.form().is_some() && recorded.seq > acked {
            log.on_forms = log.on_forms.saturating_add(1);
            log.first_on_forms.get_or_insert(recorded.entry.wall());
        }
    }

    /// Each entry is bound to one with the number before it (`sync.md` 1).
    fn follow(&mut self, recorded: &Recorded, differences: &mut Differences) {
        let now = (recorded.author, recorded.seq);
        if self.at != Some(now) {
            let next = self
                .at
                .is_some_and(|(author, seq)| (author, seq.saturating_add(1)) == now);
            self.end_number();
            self.chain = if next {
                std::mem::take(&mut self.here)
            } else {
                let other = self.at.is_none_or(|(author, _)| author != recorded.author);
                if other {
                    self.end_log(differences);
                    self.steps = self.withheld.remove(&recorded.author).unwrap_or_default();
                    let places = self.steps.iter().map(|step| (step.last, step.hash));
                    self.run_ends = places.collect();
                } else {
                    self.end_branches();
                }
                let before = (recorded.seq.saturating_sub(1), recorded.previous);
                if recorded.seq != 1 && !self.run_ends.contains(&before) {
                    differences.add(format!(
                        "no entry before {} {}",
                        recorded.author, recorded.seq
                    ));
                }
                Vec::new()
            };
            self.here.clear();
            self.linked.clear();
            self.at = Some(now);
        }
        let bound = if recorded.seq == 1 {
            recorded.previous == Hash::ZERO
        } else {
            let before = (recorded.seq.saturating_sub(1), recorded.previous);
            self.chain.is_empty()
                || self.chain.contains(&recorded.previous)
                || self.run_ends.contains(&before)
        };
        if !bound {
            differences.add(format!(
                "chain breaks at {} {}",
                recorded.author, recorded.seq
            ));
        }
        self.here.push(recorded.hash);
        self.linked.push(recorded.previous);
        if !self.steps.is_empty() {
            self.steps.push(LogStep {
                kind: StepKind::Entry,
                first: recorded.seq,
                previous: recorded.previous,
                last: recorded.seq,
                hash: recorded.hash,
            });
        }
    }

    /// Entries with the number before this one that none of this number follows are ends.
    fn end_number(&mut self) {
        if let Some((author, seq)) = self.at {
            let ends = self.chain.iter().filter(|hash| !self.linked.contains(hash));
            let ends = ends.map(|hash| (seq.saturating_sub(1), *hash));
            self.tips.entry(author).or_default().extend(ends);
        }
        self.chain.clear();
    }

    /// The last entries before a number that is not here are ends.
    fn end_branches(&mut self) {
        self.end_number();
        if let Some((author, seq)) = self.at.take() {
            let ends = self.here.drain(..).map(|hash| (seq, hash));
            self.tips.entry(author).or_default().extend(ends);
        }
    }

    /// The last entries of a log are ends.
    fn end_log(&mut self, differences: &mut Differences) {
        let author = self.at.map(|(author, _)| author);
        self.end_branches();
        let steps = std::mem::take(&mut self.steps);
        if let (Some(author), false) = (author, steps.is_empty()) {
            self.end_known(author, steps, differences);
        }
    }

    /// Of a log of which a part is withheld the ends are those of all that is known, and each run goes on
    /// from something that is.
    fn end_known(&mut self, author: AuthorId, steps: Vec<LogStep>, differences: &mut Differences) {
        let places: HashSet<Tip> = steps.iter().map(|step| (step.last, step.hash)).collect();
        for step in steps.iter().filter(|step| step.kind == StepKind::Withheld) {
            let before = (step.first.saturating_sub(1), step.previous);
            if before != (0, Hash::ZERO) && !places.contains(&before) {
                differences.add(format!("nothing before the run {author} {}", step.first));
            }
        }
        let log = KnownLog::new(steps);
        let ends = log.ends();
        let missing = ends.iter().flat_map(|end| log.missing(end));
        let count = missing.map(|missing| u64::from(missing.count)).sum();
        self.missing.push((author, count));
        self.tips.insert(author, ends);
    }

    /// Logs of which there is nothing but runs.
    fn end_runs(&mut self, differences: &mut Differences) {
        for (author, steps) in std::mem::take(&mut self.withheld) {
            self.end_known(author, steps, differences);
        }
    }

    fn in_action(&mut self, recorded: &Recorded) {
        let same = self.open.as_ref().is_some_and(|(_, action)| {
            action.id == recorded.entry.action.0 && action.author == recorded.author.0
        });
        if !same {
            self.end_action();
            let key = tables::action_key(&recorded.entry.actor, recorded.entry.clock);
            let action = ActionV1 {
                id: recorded.entry.action.0,
                origin: shape::origin_shape(recorded.entry.origin),
                author: recorded.author.0,
                first: recorded.seq,
                count: 0,
            };
            self.open = Some((key, action));
        }
        if let Some((_, action)) = &mut self.open {
            action.count = action.count.saturating_add(1);
        }
        self.begins_epoch |= matches!(recorded.entry.body, Body::EpochStart { .. });
    }

    /// What the store did by itself when an epoch began is nobody's action.
    fn end_action(&mut self) {
        let begins_epoch = std::mem::take(&mut self.begins_epoch);
        if let Some((key, action)) = self.open.take()
            && !begins_epoch
        {
            let log = self.logs.entry(AuthorId(action.author)).or_default();
            log.actions.push((key, action));
        }
    }

    fn forked(&mut self) -> BTreeMap<AuthorId, Vec<Tip>> {
        let mut tips = std::mem::take(&mut self.tips);
        tips.retain(|_, tips| tips.len() > 1);
        for tips in tips.values_mut() {
            tips.sort_unstable();
        }
        tips
    }

    /// Sums up over the present author and those it continues.
    fn summed(&mut self, author: AuthorId) -> Derived {
        let mut derived = Derived {
            entries: self.entries,
            last: self.logs.get(&author).and_then(|log| log.last),
            forks: self.forked(),
            withheld: std::mem::take(&mut self.missing),
            ..Derived::default()
        };
        let mut own = Some(author);
        // TakenPiece out as it is read, so that a circle of hostile epochs ends.
        while let Some(log) = own.and_then(|author| self.logs.remove(&author)) {
            derived.actions.extend(log.actions);
            derived.unsent = derived.unsent.saturating_add(log.on_forms);
            derived.unsent_since = match (derived.unsent_since, log.first_on_forms) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            own = log.continues;
        }
        derived
    }
}

/// Writes bytes in hexadecimal digits, for a technical message.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing into memory does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
