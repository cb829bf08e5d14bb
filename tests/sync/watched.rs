//! Long work is watched, and whoever stops it finds everything as it was.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use nhaplieu::store::StoreReader;
use nhaplieu::store::exchange::Exchange;
use nhaplieu::store::{RedbStore, Store, StoreError, open};
use nhaplieu::sync::import::plan::BundleOutcome;
use nhaplieu::sync::{
    BundleError, ImportContext, ImportPlan, Phase, Progress, VerifiedBundle, import,
};

use crate::scale::large;
use crate::site::Site;
use crate::world::{action, cell, number, set};

/// Notes what it is told, and stops after so many looks.
#[derive(Debug)]
struct Stopper {
    after: usize,
    looks: RefCell<Vec<(Phase, u64, u64)>>,
}

impl Stopper {
    fn after(after: usize) -> Self {
        let looks = RefCell::new(Vec::new());
        Self { after, looks }
    }
}

impl Progress for Stopper {
    fn look(&self, step: Phase, done: u64, of: u64) -> ControlFlow<()> {
        let mut looks = self.looks.borrow_mut();
        looks.push((step, done, of));
        if looks.len() > self.after {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

fn imports(site: &mut Site, bundle: &VerifiedBundle, watch: &Stopper) -> Result<(), StoreError> {
    let plan = crate::world::plan();
    let scene = ImportContext {
        plan: &plan,
        unit: &site.unit,
        by: &site.actor,
        wall: site.wall,
        progress: watch,
    };
    // As the screens hold it.
    let store: &mut dyn Exchange = &mut site.store;
    import::apply(store, &scene, std::slice::from_ref(bundle)).map(|_| ())
}

#[test]
fn an_import_stopped_at_any_look_changes_nothing_and_can_be_done_whole() {
    let mut office = Site::office();
    let bundle = large(&mut office, 9_000);
    let before = office.store.info().unwrap();
    let forms = office.store.form_keys().unwrap();
    let mut stopped = Vec::new();
    for after in 0.. {
        let watch = Stopper::after(after);
        match imports(&mut office, &bundle, &watch) {
            Ok(()) => break,
            Err(error) => assert!(matches!(error, StoreError::Interrupted), "{error}"),
        }
        assert_eq!(office.store.info().unwrap(), before);
        assert_eq!(office.store.form_keys().unwrap(), forms);
        office.is_clean();
        stopped.extend(watch.looks.borrow().last().copied());
    }
    let at = |step| [0, 4_096, 8_192, 9_001].map(|done| (step, done, 9_001));
    assert_eq!(stopped, [at(Phase::Weigh), at(Phase::Write)].concat());
    assert_ne!(office.store.info().unwrap(), before);
    office.is_clean();
    let again = office.imports(&[bundle]);
    assert_eq!((again.counts.new, again.counts.known), (0, 9_001));
}

#[test]
fn reading_a_file_can_be_stopped_at_any_look() {
    let bytes = large(&mut Site::office(), 6_000).bytes().unwrap().to_vec();
    for after in 0..3 {
        let watch = Stopper::after(after);
        let read = VerifiedBundle::read_with_progress(bytes.clone(), &watch);
        assert_eq!(read.err(), Some(BundleError::Interrupted));
        let last = watch.looks.borrow().last().copied();
        let done = [0, 4_096, 6_001][after];
        assert_eq!(last, Some((Phase::Read, done, 6_001)));
    }
    let whole = VerifiedBundle::read_with_progress(bytes, &Stopper::after(3)).unwrap();
    assert_eq!(whole.header().entries, 6_001);
}

/// Another session's clerk, who types a figure whenever the import has weighed everything.
struct Neighbour {
    store: RefCell<RedbStore>,
    /// How often.
    times: u64,
    typed: Cell<u64>,
}

impl std::fmt::Debug for Neighbour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.typed.get(), self.times)
    }
}

impl Progress for Neighbour {
    fn look(&self, step: Phase, done: u64, of: u64) -> ControlFlow<()> {
        let typed = self.typed.get();
        if step == Phase::Weigh && done == of && typed < self.times {
            let place = cell("xa-a", "2023", "so_00");
            let figure = number(&(500 + typed).to_string());
            let one = action("dau-moi", 9_000 + typed, vec![set(&place, figure)]);
            self.store.borrow_mut().commit(&one).unwrap();
            self.typed.set(typed + 1);
        }
        ControlFlow::Continue(())
    }
}

fn imports_beside(times: u64) -> (Site, VerifiedBundle, Result<ImportPlan, StoreError>, u64) {
    let (mut office, mut commune) = (Site::office(), Site::commune("xa-a", 1));
    office.enrols(&commune);
    commune.types_all(100);
    let bundle = commune.bundle(Some("phong"));
    let mut other = open(&office.dir(), &Site::edge(77)).unwrap();
    other.use_plan(crate::world::plan()).unwrap();
    let neighbour = Neighbour {
        store: RefCell::new(other),
        times,
        typed: Cell::new(0),
    };
    let plan = crate::world::plan();
    let scene = ImportContext {
        plan: &plan,
        unit: &office.unit,
        by: &office.actor,
        wall: office.wall,
        progress: &neighbour,
    };
    let done = import::apply(&mut office.store, &scene, std::slice::from_ref(&bundle));
    let typed = neighbour.typed.get();
    drop(neighbour);
    (office, bundle, done, typed)
}

#[test]
fn what_another_session_types_while_an_import_is_weighed_is_weighed_as_well() {
    let (mut office, _, done, typed) = imports_beside(2);
    let done = done.unwrap();
    assert_eq!(typed, 2);
    // Decided on what stood before, the office's figure would be gone and nobody would know.
    assert_eq!(done.counts.conflicts, 1);
    assert_eq!(office.shows("xa-a", "so_00"), "100 !");
    office.is_clean();
}

#[test]
fn people_who_never_stop_typing_cannot_keep_an_import_out() {
    // Whoever types a fourth time would wait: it is weighed inside its transaction then.
    let (mut office, bundle, done, typed) = imports_beside(3);
    assert_eq!((typed, done.unwrap().counts.conflicts), (3, 1));
    assert_eq!(office.shows("xa-a", "so_01"), "101");
    office.is_clean();
    assert!(matches!(
        office.imports(&[bundle]).bundles[0].outcome,
        BundleOutcome::Already { .. }
    ));
}
