//! A store at which what goes wrong on bad days can be switched on and off.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use nhaplieu::ledger::{Actor, ActorId, AuthorId, Form, FormKey, Hash, People};
use nhaplieu::plan::{PeriodId, UnitId};
use nhaplieu::store::exchange::progress::Progress;
use nhaplieu::store::exchange::{
    Checkpoint, Decide, Exchange, ExchangeReader, ImportRemoval, IncomingEntry, Peer, Report,
    Snapshot, Tip,
};
use nhaplieu::store::{
    Action, CheckOutcome, Committed, Direction, Forms, LogEntry, LogFilter, RedbStore, Revival,
    Store, StoreError, StoreInfo, StoreReader, UndoPlan, VerifyReport,
};

/// What goes wrong at a store, and how often it was asked for a transaction.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Writes find no room.
    pub(crate) disk_full: AtomicBool,
    /// Another program holds the store: it cannot be opened.
    pub(crate) held: AtomicBool,
    /// The folder cannot be written: the store opens for reading.
    pub(crate) read_only: AtomicBool,
    /// The row of this form is damaged.
    pub(crate) damaged: Mutex<Option<FormKey>>,
    /// Where the program fails by a fault of its own, the next time it comes there.
    pub(crate) panics: Mutex<Option<PanicAt>>,
    /// How many transactions the store was asked for.
    pub(crate) transactions: AtomicUsize,
}

/// A place where the program fails by a fault of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PanicAt {
    /// Before anything is written.
    BeforeWriting,
    /// After it is on disk, before anybody is told.
    AfterWriting,
    /// While forms are read.
    Reading,
}

impl Faults {
    #[expect(clippy::panic, reason = "the fault that a test plants")]
    fn comes_to(&self, place: PanicAt) {
        let mut planned = self.panics.lock().unwrap();
        if *planned == Some(place) {
            *planned = None;
            drop(planned);
            panic!("planted {place:?}");
        }
    }

    fn found(&self, forms: Forms) -> Forms {
        let damaged = self.damaged.lock().unwrap();
        let forms = forms.into_iter().map(|(key, form)| match &*damaged {
            Some(bad) if *bad == key => (key, Err(StoreError::Damaged("planted".to_owned()))),
            _ => (key, form),
        });
        forms.collect()
    }
}

/// A store with faults.
pub(crate) struct Disk {
    pub(crate) store: RedbStore,
    pub(crate) faults: Arc<Faults>,
}

impl StoreReader for Disk {
    fn info(&self) -> Result<StoreInfo, StoreError> {
        self.store.info()
    }
    fn plan_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.store.plan_bytes()
    }
    fn form(&self, form: &FormKey) -> Result<Form, StoreError> {
        if self.faults.damaged.lock().unwrap().as_ref() == Some(form) {
            return Err(StoreError::Damaged("planted".to_owned()));
        }
        self.store.form(form)
    }
    fn form_keys(&self) -> Result<Vec<FormKey>, StoreError> {
        self.store.form_keys()
    }
    fn log(&self, filter: &LogFilter) -> Result<Vec<LogEntry>, StoreError> {
        self.store.log(filter)
    }
    fn undo_plan(&self, actor: &ActorId, way: Direction) -> Result<UndoPlan, StoreError> {
        self.store.undo_plan(actor, way)
    }
    fn actors(&self) -> Result<Vec<Actor>, StoreError> {
        self.store.actors()
    }
    fn people(&self) -> Result<People, StoreError> {
        self.store.people()
    }
    fn counter(&self) -> Result<u64, StoreError> {
        self.store.counter()
    }
    fn unsent(&self) -> Result<(u64, Option<u64>), StoreError> {
        self.store.unsent()
    }
    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.store.verify()
    }
    fn forms(&self, keys: &[FormKey]) -> Result<Forms, StoreError> {
        self.faults.comes_to(PanicAt::Reading);
        Ok(self.faults.found(self.store.forms(keys)?))
    }
    fn forms_of_period(&self, period: &PeriodId) -> Result<Forms, StoreError> {
        Ok(self.faults.found(self.store.forms_of_period(period)?))
    }
    fn forms_of_unit(&self, unit: &UnitId) -> Result<Forms, StoreError> {
        self.faults.comes_to(PanicAt::Reading);
        Ok(self.faults.found(self.store.forms_of_unit(unit)?))
    }
}

impl Store for Disk {
    fn commit_all(
        &mut self,
        actions: &[Action],
    ) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        if self.faults.disk_full.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull);
        }
        self.faults.comes_to(PanicAt::BeforeWriting);
        self.faults.transactions.fetch_add(1, Ordering::SeqCst);
        let done = self.store.commit_all(actions);
        self.faults.comes_to(PanicAt::AfterWriting);
        done
    }
    fn reopen(&self) -> Result<(), StoreError> {
        self.store.reopen()
    }
    fn revive(&self) -> Revival {
        self.store.revive()
    }
    fn check_if_due(&self, wall: u64) -> Result<CheckOutcome, StoreError> {
        self.store.check_if_due(wall)
    }
}

impl ExchangeReader for Disk {
    fn with_snapshot(
        &self,
        ask: &mut dyn FnMut(&dyn Snapshot) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.store.with_snapshot(ask)
    }
    fn log_bytes(
        &self,
        author: &AuthorId,
        from: u64,
        tip: &Tip,
        look: &mut dyn FnMut(&IncomingEntry<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.store.log_bytes(author, from, tip, look)
    }
    fn authors(&self) -> Result<Vec<AuthorId>, StoreError> {
        self.store.authors()
    }
    fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        self.store.checkpoints()
    }
    fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        self.store.peers()
    }
    fn reports(&self) -> Result<Vec<Report>, StoreError> {
        self.store.reports()
    }
    fn held_bytes(&self, root: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.held_bytes(root)
    }
    fn sign(&self, words: &[u8]) -> Result<([u8; 32], [u8; 64]), StoreError> {
        self.store.sign(words)
    }
}

impl Exchange for Disk {
    fn handle(&self) -> Box<dyn Exchange + Send> {
        Box::new(Self {
            store: self.store.another(),
            faults: Arc::clone(&self.faults),
        })
    }
    fn apply_import(
        &mut self,
        watch: &dyn Progress,
        decide: &mut Decide<'_, '_>,
    ) -> Result<(), StoreError> {
        if self.faults.disk_full.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull);
        }
        self.store.apply_import(watch, decide)
    }
    fn release(&mut self, root: &Hash) -> Result<(), StoreError> {
        self.store.release(root)
    }
    fn pin(&mut self, key: &[u8; 32], wall: u64) -> Result<(), StoreError> {
        self.store.pin(key, wall)
    }
    fn withdraw_import(&mut self, root: &Hash) -> Result<ImportRemoval, StoreError> {
        self.store.withdraw_import(root)
    }
}
