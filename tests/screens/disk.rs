//! A store whose disk can be made to refuse writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nhaplieu::ledger::{Actor, ActorId, AuthorId, Form, FormKey, Hash};
use nhaplieu::store::exchange::{
    Arriving, Checkpoint, Decide, Exchange, Forgotten, Ground, Peer, Report, Tip,
};
use nhaplieu::store::watch::Watch;
use nhaplieu::store::{
    Action, Committed, Direction, LogEntry, LogFilter, RedbStore, Store, StoreError, StoreInfo,
    UndoPlan, VerifyReport,
};

/// A store whose disk can be made to refuse writes.
pub(crate) struct Disk {
    pub(crate) store: RedbStore,
    pub(crate) failing: Arc<AtomicBool>,
    pub(crate) transactions: Arc<AtomicUsize>,
}

impl Store for Disk {
    fn info(&self) -> Result<StoreInfo, StoreError> {
        self.store.info()
    }
    fn plan_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.store.plan_bytes()
    }
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
    fn verify(&mut self) -> Result<VerifyReport, StoreError> {
        self.store.verify()
    }
}

impl Exchange for Disk {
    fn weigh(
        &self,
        ask: &mut dyn FnMut(&dyn Ground) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.store.weigh(ask)
    }
    fn absorb(&mut self, watch: &dyn Watch, decide: &mut Decide<'_, '_>) -> Result<(), StoreError> {
        if self.failing.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull);
        }
        self.store.absorb(watch, decide)
    }
    fn log_bytes(
        &self,
        author: &AuthorId,
        from: u64,
        tip: &Tip,
        look: &mut dyn FnMut(&Arriving<'_>) -> Result<(), StoreError>,
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
    fn release(&mut self, root: &Hash) -> Result<(), StoreError> {
        self.store.release(root)
    }
    fn pin(&mut self, key: &[u8; 32], wall: u64) -> Result<(), StoreError> {
        self.store.pin(key, wall)
    }
    fn forget(&mut self, root: &Hash) -> Result<Forgotten, StoreError> {
        self.store.forget(root)
    }
    fn sign(&self, words: &[u8]) -> Result<([u8; 32], [u8; 64]), StoreError> {
        self.store.sign(words)
    }
}
