//! The types and traits by which bundles reach a store: its logs as stored bytes, what it
//! believes, and one way to
//! take foreign entries in, decided inside the transaction that writes them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::entry::Frontier;
use crate::ledger::trust::{Succession, TrustAnchors};
use crate::ledger::{
    ActorId, AuthorId, Clock, Entry, EntryRef, FormKey, Hash, Heads, PlanRef, Recorded, Trust,
};
use crate::plan::UnitId;
use crate::store::api::{Store, StoreError, StoreReader};
use crate::store::exchange::known_log::{KnownLog, LogStep, Missing, StepKind, Tip, WithheldRun};
use crate::store::exchange::progress::Progress;
use crate::store::format::shape;

/// An author's signature over how far its log goes; or, under another key, over the first entry
/// of the author that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log.
    pub author: AuthorId,
    /// Up to where.
    pub seq: u64,
    /// The hash there.
    pub hash: Hash,
    /// Whose signature.
    pub key: [u8; 32],
    /// The signature over [`crate::ledger::chain::checkpoint_words`].
    pub signature: [u8; 64],
}

/// What another store said of itself in its latest bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The author that signed.
    pub author: AuthorId,
    /// Its unit.
    pub unit: UnitId,
    /// When it wrote that bundle, by its own clock.
    pub created: u64,
    /// When it was taken in here.
    pub received: u64,
    /// The bundle.
    pub root: Hash,
    /// What it has of each log, in order of author and number, as far as it has proved it.
    pub have: Vec<PeerLog>,
}

/// What another store has of a log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeerLog {
    /// Whose.
    pub author: AuthorId,
    /// The last number it has.
    pub last: u64,
    /// The hash there.
    pub hash: Hash,
    /// The numbers before it of which it does not have the entries, in order.
    pub missing: Vec<Missing>,
}

/// One piece of a log that an import brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogPiece {
    /// Whose.
    pub author: AuthorId,
    /// The first number that was new.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// The hash of the last.
    pub hash: Hash,
}

/// The record of an import, kept under its bundle's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The bundle.
    pub root: Hash,
    /// When it was taken in.
    pub wall: u64,
    /// Who did.
    pub by: ActorId,
    /// Who signed it.
    pub signer: AuthorId,
    /// What it brought.
    pub pieces: Vec<LogPiece>,
    /// The runs that it left out and that were not known before.
    pub withheld: Vec<WithheldRun>,
    /// What `sync` says of it, in its own layout.
    pub details: Vec<u8>,
}

/// The reason for which a bundle is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// Entries before its own are missing.
    Waiting,
    /// Its signer, or an author in it, is not known.
    Quarantine,
    /// It overstepped its rights: evidence.
    Refused,
}

/// A bundle that is kept instead of being imported: its hash, the reason, since when, its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBundle {
    /// The bundle.
    pub root: Hash,
    /// Why.
    pub held: Held,
    /// Since when.
    pub wall: u64,
    /// Its size.
    pub size: u64,
    /// What `sync` says of it, in its own layout.
    pub facts: Vec<u8>,
}

/// An entry of a log as stored bytes, with its number and the hashes that chain it.
#[derive(Clone, Copy, Debug)]
pub struct IncomingEntry<'a> {
    /// Its number.
    pub seq: u64,
    /// The hash before it.
    pub previous: &'a Hash,
    /// Its hash.
    pub hash: &'a Hash,
    /// Its bytes, as they are stored.
    pub bytes: &'a [u8],
}

/// A verified source of pieces of logs, such as a bundle.
pub trait Source: Sync {
    /// Shows the entries of piece `index` from number `from` on.
    ///
    /// # Errors
    /// What `look` gives; or that the source cannot be read.
    fn each(
        &self,
        index: usize,
        from: u64,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

/// A piece of a log that an import takes from a source.
#[derive(Clone, Copy)]
pub struct TakenPiece<'b> {
    /// From where.
    pub source: &'b dyn Source,
    /// Which of its pieces.
    pub index: usize,
    /// Whose log.
    pub author: AuthorId,
    /// From which number on.
    pub from: u64,
}

/// Whether an import changes only the views it names, or what counts among older entries too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rebuild {
    /// They are.
    #[default]
    No,
    /// What counts has changed for entries already here: everything derived is made anew.
    Yes,
}

/// Everything one import writes, decided against one consistent state.
#[derive(Default)]
pub struct ImportDecision<'b> {
    /// The entries.
    pub taken: Vec<TakenPiece<'b>>,
    /// How many they are.
    pub entries: u64,
    /// The heads of subjects they change.
    pub views: BTreeMap<Vec<u8>, Heads>,
    /// Entries cited before they came, by the subject citing them.
    pub early: BTreeSet<(EntryRef, [u8; 16])>,
    /// Cited entries that have come.
    pub come: BTreeSet<EntryRef>,
    /// Logs that have several ends.
    pub forks: BTreeMap<AuthorId, Vec<Tip>>,
    /// Runs of entries that were left out of what came.
    pub withheld: Vec<WithheldRun>,
    /// Signatures to keep.
    pub checkpoints: Vec<Checkpoint>,
    /// What the others said they have.
    pub peers: Vec<Peer>,
    /// What is kept of it.
    pub reports: Vec<Report>,
    /// Bundles to keep, with their bytes.
    pub hold: Vec<(HeldBundle, Cow<'b, [u8]>)>,
    /// Bundles no longer kept.
    pub release: Vec<Hash>,
    /// The latest clock that may be adopted.
    pub clock: Clock,
    /// See [`Rebuild`].
    pub rebuild: Rebuild,
    /// True when the store must go on as another author: its own log has come back longer than
    /// it is, or its rights have ended.
    pub new_epoch: bool,
}

impl ImportDecision<'_> {
    /// True when nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty()
            && self.withheld.is_empty()
            && self.peers.is_empty()
            && self.reports.is_empty()
            && self.hold.is_empty()
            && self.release.is_empty()
    }
}

/// One consistent state of a store, or of a model of one, that an import is decided against.
pub trait Snapshot {
    /// Gives what is believed without an entry: the writer and the pinned keys.
    fn seeds(&self) -> Result<TrustAnchors, StoreError>;
    /// Gives all entries on authors, in any order.
    fn controls(&self) -> Result<Vec<Recorded>, StoreError>;
    /// Gives the epochs that a former key has signed.
    fn vouched(&self) -> Result<Vec<Succession>, StoreError>;
    /// Gives the ends of an author's log: one, several after a copy, none for an unknown author.
    fn tips(&self, author: &AuthorId) -> Result<Vec<Tip>, StoreError>;
    /// Gives the runs of a log that were withheld from this store, in the order of their ends.
    fn withheld(&self, author: &AuthorId) -> Result<Vec<WithheldRun>, StoreError>;
    /// Shows the entries of a log from that number on, all branches, in the order of their numbers.
    fn each_of_log(
        &self,
        author: &AuthorId,
        from: u64,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// Tells whether that entry is here.
    fn holds(&self, author: &AuthorId, seq: u64, hash: &Hash) -> Result<bool, StoreError>;
    /// Gives the entry that a reference cites, where it is here.
    fn cited(&self, entry: &EntryRef) -> Result<Option<Recorded>, StoreError>;
    /// Tells whether the entry that a reference cites is here.
    fn has_cited(&self, entry: &EntryRef) -> Result<bool, StoreError>;
    /// Gives the heads of a subject.
    fn heads(&self, subject: &[u8]) -> Result<Heads, StoreError>;
    /// Gives the digests of subjects that cite an entry which has not come.
    fn cited_early(&self, entry: &EntryRef) -> Result<Vec<[u8; 16]>, StoreError>;
    /// Tells whether the plan is here that an entry was made under.
    fn knows_plan(&self, plan: &PlanRef) -> Result<bool, StoreError>;
    /// Gives the record of an import.
    fn report(&self, root: &Hash) -> Result<Option<Report>, StoreError>;
    /// Gives what another store said of itself last.
    fn peer(&self, author: &AuthorId) -> Result<Option<Peer>, StoreError>;
    /// Lists the bundles that are kept.
    fn held(&self) -> Result<Vec<HeldBundle>, StoreError>;
    /// The entries on a form that do not count: left out by what is believed, or made under a
    /// plan that is not here.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn uncounted_of(&self, trust: &Trust, form: &FormKey) -> Result<Vec<Recorded>, StoreError>;
    /// Shows every entry, in the order of author and number.
    fn each_entry(
        &self,
        look: &mut dyn FnMut(&Recorded) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
}

/// Up to where the logs of these authors are here, each branch of one that has several: what an
/// approval or a lock made now has seen. Stated and compared by this one function.
///
/// # Errors
/// When the state cannot be read.
pub fn frontier(ground: &dyn Snapshot, authors: &[AuthorId]) -> Result<Frontier, StoreError> {
    let mut frontier = Vec::new();
    for author in authors {
        let mut tips = ground.tips(author)?;
        tips.sort_unstable();
        frontier.extend(tips.into_iter().map(|(seq, hash)| (*author, seq, hash)));
    }
    Ok(frontier)
}

/// Reads what a store knows of a log, and adds `more` to it.
///
/// # Errors
/// When the state cannot be read.
pub fn known_log(
    snapshot: &dyn Snapshot,
    author: &AuthorId,
    more: Vec<LogStep>,
) -> Result<KnownLog, StoreError> {
    let mut steps = more;
    let runs = snapshot.withheld(author)?;
    steps.extend(runs.iter().map(WithheldRun::step));
    snapshot.each_of_log(author, 1, &mut |entry| {
        steps.push(LogStep {
            kind: StepKind::Entry,
            first: entry.seq,
            previous: *entry.previous,
            last: entry.seq,
            hash: *entry.hash,
        });
        Ok(())
    })?;
    Ok(KnownLog::new(steps))
}

/// Why the bytes of an entry read from a file are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFault {
    /// A text could not be shown as it is: the character's place in it, from 0.
    Hostile(usize),
    /// The bytes are no entry.
    Shape(String),
}

/// Reads the stored bytes of an entry.
///
/// # Errors
/// [`EntryFault`].
pub fn read_entry(bytes: &[u8]) -> Result<Entry, EntryFault> {
    shape::entry_from(bytes).map_err(|error| match error {
        crate::store::format::codec::CodecError::Hostile(position) => EntryFault::Hostile(position),
        other => EntryFault::Shape(other.to_string()),
    })
}

/// Encodes an entry as it is stored; for those that make logs without a store.
pub fn entry_bytes(entry: &Entry) -> Vec<u8> {
    shape::entry_bytes(entry)
}

/// Shortens a subject's key to the digest that names it among entries cited before they came.
pub fn subject_digest(key: &[u8]) -> [u8; 16] {
    let mut digest = [0; 16];
    digest.copy_from_slice(&blake3::hash(key).as_bytes()[..16]);
    digest
}

/// What became of a request to take an import back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportRemoval {
    /// Nothing had been built on it: it is as if it had never been taken in.
    AsIfNever,
    /// Something had: nothing was changed; restoring entries are the way back.
    BuiltOn,
}

/// Decides an import against a snapshot; `None` where nothing is to be written.
pub type Decide<'f, 'b> =
    dyn FnMut(&dyn Snapshot) -> Result<Option<ImportDecision<'b>>, StoreError> + 'f;

/// Questions of bundles and of their screens about one store.
pub trait ExchangeReader: StoreReader {
    /// Gives one consistent state to `ask`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn with_snapshot(
        &self,
        ask: &mut dyn FnMut(&dyn Snapshot) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Gives the stored bytes of the log that ends in `tip` to `look`, from number `from` on.
    ///
    /// # Errors
    /// When the store cannot be read, or what `look` gives.
    fn log_bytes(
        &self,
        author: &AuthorId,
        from: u64,
        tip: &Tip,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Lists the authors whose logs are here.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn authors(&self) -> Result<Vec<AuthorId>, StoreError>;

    /// Lists all signatures over logs that are kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError>;

    /// Lists what other stores said of themselves.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn peers(&self) -> Result<Vec<Peer>, StoreError>;

    /// Lists the records of all imports, in no order.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn reports(&self) -> Result<Vec<Report>, StoreError>;

    /// Gives the bytes of a bundle that is kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn held_bytes(&self, root: &Hash) -> Result<Option<Vec<u8>>, StoreError>;

    /// Signs as the store's author; gives its public key and the signature.
    ///
    /// # Errors
    /// When the key cannot be read.
    fn sign(&self, words: &[u8]) -> Result<([u8; 32], [u8; 64]), StoreError>;
}

/// A store that takes in what bundles bring.
pub trait Exchange: Store + ExchangeReader {
    /// Another handle on this store for another thread. All handles share one open file; each
    /// reads and writes by itself, and none waits for another's commit to read.
    fn handle(&self) -> Box<dyn Exchange + Send>;

    /// Decides an import and writes it, in one transaction; `watch` is told of the writing.
    ///
    /// # Errors
    /// What `decide` gives, [`StoreError::Interrupted`], or a failure of the store: then nothing
    /// was written.
    fn apply_import(
        &mut self,
        watch: &dyn Progress,
        decide: &mut Decide<'_, '_>,
    ) -> Result<(), StoreError>;

    /// Drops a bundle that is kept.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn release(&mut self, root: &Hash) -> Result<(), StoreError>;

    /// Pins a key as the district's, after a person compared its digits.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn pin(&mut self, key: &[u8; 32], wall: u64) -> Result<(), StoreError>;

    /// Takes an import back where nothing was built on it.
    ///
    /// # Errors
    /// When the store cannot be written; [`StoreError::NothingToUndo`] without such an import.
    fn withdraw_import(&mut self, root: &Hash) -> Result<ImportRemoval, StoreError>;
}
