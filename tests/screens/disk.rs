//! A store whose disk can be made to refuse writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nhaplieu::ledger::{Actor, ActorId, AuthorId, Form, FormKey, Hash};
use nhaplieu::plan::{PeriodId, UnitId};
use nhaplieu::store::exchange::progress::Progress;
use nhaplieu::store::exchange::{
    Checkpoint, Decide, Exchange, ExchangeReader, ImportRemoval, IncomingEntry, Peer, Report,
    Snapshot, Tip,
};
use nhaplieu::store::{
    Action, CheckOutcome, Committed, Direction, Forms, LogEntry, LogFilter, RedbStore, Store,
    StoreError, StoreInfo, StoreReader, UndoPlan, VerifyReport,
};

/// A store whose disk can be made to refuse writes.
pub(crate) struct Disk {
    pub(crate) store: RedbStore,
    pub(crate) failing: Arc<AtomicBool>,
    pub(crate) transactions: Arc<AtomicUsize>,
}

impl StoreReader for Disk {
    fn info(&self) -> Result<StoreInfo, StoreError> {
        self.store.info()
    }
    fn plan_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.store.plan_bytes()
    }
    fn form(&self, form: &FormKey) -> Result<Form, StoreError> {
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
        self.store.forms(keys)
    }
    fn forms_of_period(&self, period: &PeriodId) -> Result<Forms, StoreError> {
        self.store.forms_of_period(period)
    }
    fn forms_of_unit(&self, unit: &UnitId) -> Result<Forms, StoreError> {
        self.store.forms_of_unit(unit)
    }
}

impl Store for Disk {
    fn commit_all(
        &mut self,
        actions: &[Action],
    ) -> Result<Vec<Result<Committed, StoreError>>, StoreError> {
        if self.failing.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull);
        }
        self.transactions.fetch_add(1, Ordering::SeqCst);
        self.store.commit_all(actions)
    }
    fn reopen(&self) -> Result<(), StoreError> {
        self.store.reopen()
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
            failing: Arc::clone(&self.failing),
            transactions: Arc::clone(&self.transactions),
        })
    }
    fn apply_import(
        &mut self,
        watch: &dyn Progress,
        decide: &mut Decide<'_, '_>,
    ) -> Result<(), StoreError> {
        if self.failing.load(Ordering::SeqCst) {
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
