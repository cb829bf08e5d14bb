//! Long work is watched, and whoever stops it finds everything as it was.

use std::cell::RefCell;
use std::ops::ControlFlow;

use nhaplieu::store::exchange::Exchange;
use nhaplieu::store::{Store, StoreError};
use nhaplieu::sync::{BundleError, Checked, Scene, Step, Watch, import};

use crate::scale::large;
use crate::site::Site;

/// Notes what it is told, and stops after so many looks.
#[derive(Debug)]
struct Stopper {
    after: usize,
    looks: RefCell<Vec<(Step, u64, u64)>>,
}

impl Stopper {
    fn after(after: usize) -> Self {
        let looks = RefCell::new(Vec::new());
        Self { after, looks }
    }
}

impl Watch for Stopper {
    fn look(&self, step: Step, done: u64, of: u64) -> ControlFlow<()> {
        let mut looks = self.looks.borrow_mut();
        looks.push((step, done, of));
        if looks.len() > self.after {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

fn imports(site: &mut Site, bundle: &Checked, watch: &Stopper) -> Result<(), StoreError> {
    let plan = crate::world::plan();
    let scene = Scene {
        plan: &plan,
        unit: &site.unit,
        by: &site.actor,
        wall: site.wall,
        watch,
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
    assert_eq!(stopped, [at(Step::Weigh), at(Step::Write)].concat());
    assert_ne!(office.store.info().unwrap(), before);
    office.is_clean();
    let again = office.imports(&[bundle]);
    assert_eq!((again.counts.new, again.counts.known), (0, 9_001));
}

#[test]
fn reading_a_file_can_be_stopped_at_any_look() {
    let bytes = large(&mut Site::office(), 6_000).bytes().to_vec();
    for after in 0..3 {
        let watch = Stopper::after(after);
        let read = Checked::read_watched(bytes.clone(), &watch);
        assert_eq!(read.err(), Some(BundleError::Interrupted));
        let last = watch.looks.borrow().last().copied();
        let done = [0, 4_096, 6_001][after];
        assert_eq!(last, Some((Step::Read, done, 6_001)));
    }
    let whole = Checked::read_watched(bytes, &Stopper::after(3)).unwrap();
    assert_eq!(whole.header().entries, 6_001);
}
