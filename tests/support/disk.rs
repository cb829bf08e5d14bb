//! Disks that write down what was asked of them, or refuse it. Each wraps the ordinary file and
//! forwards its locks.

#![allow(dead_code, reason = "each test target uses its own part")]

use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex};

use nhaplieu::store::backend::{FileAccess, Files, Opener};
use redb::{BackendError, StorageBackend};

/// Something that was asked of the disk.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Write(usize, Vec<u8>),
    Length(usize),
    Sync,
}

/// What stands between the store and its file.
pub(crate) trait Gate: std::fmt::Debug + Send + Sync + 'static {
    /// Called before each change of the file; an error is what the file then answers.
    fn pass(&self, op: &Op) -> io::Result<()>;
    /// Called after it succeeded.
    fn done(&self, op: Op) {
        drop(op);
    }
    /// Called when it was refused: a disk that dies may still get half way.
    fn half_done(&self, op: &Op, file: &dyn StorageBackend) -> io::Result<()> {
        let _ = (op, file);
        Ok(())
    }
}

/// Opens ordinary files behind a gate.
#[derive(Debug)]
pub(crate) struct Gated<G>(pub(crate) Arc<G>);

impl<G: Gate> Opener for Gated<G> {
    fn open(&self, path: &Path, access: FileAccess) -> io::Result<Box<dyn StorageBackend>> {
        Ok(Box::new(Behind {
            inner: Files.open(path, access)?,
            gate: Arc::clone(&self.0),
        }))
    }
}

#[derive(Debug)]
struct Behind<G> {
    inner: Box<dyn StorageBackend>,
    gate: Arc<G>,
}

impl<G: Gate> Behind<G> {
    fn through(
        &self,
        op: Op,
        ask: impl FnOnce(&dyn StorageBackend, &Op) -> io::Result<()>,
    ) -> io::Result<()> {
        if let Err(error) = self.gate.pass(&op) {
            self.gate.half_done(&op, self.inner.as_ref())?;
            return Err(error);
        }
        ask(self.inner.as_ref(), &op)?;
        self.gate.done(op);
        Ok(())
    }
}

impl<G: Gate> StorageBackend for Behind<G> {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.inner.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let op = Op::Length(usize::try_from(len).unwrap());
        self.through(op, |inner, _| inner.set_len(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.through(Op::Sync, |inner, _| inner.sync_data())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let op = Op::Write(usize::try_from(offset).unwrap(), data.to_vec());
        self.through(op, |inner, _| inner.write(offset, data))
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.inner.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.query_lock_range(start, end)
    }
}

/// Writes down everything.
#[derive(Debug, Default)]
pub(crate) struct Recorder(pub(crate) Mutex<Vec<Op>>);

impl Gate for Recorder {
    fn pass(&self, _: &Op) -> io::Result<()> {
        Ok(())
    }

    fn done(&self, op: Op) {
        self.0.lock().unwrap().push(op);
    }
}

impl Recorder {
    /// How many operations there have been.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// What a disk refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refuses {
    Writes,
    Syncs,
    Everything,
}

/// Works until a given operation, then refuses until it is repaired.
#[derive(Debug)]
pub(crate) struct Failing(pub(crate) Mutex<Plan>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Operations of the refused sort that still succeed; `None` for a disk that works.
    pub(crate) left: Option<usize>,
    pub(crate) refuses: Refuses,
    pub(crate) kind: io::ErrorKind,
    /// True once something was refused.
    pub(crate) refused: bool,
}

impl Failing {
    pub(crate) fn working() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Plan {
            left: None,
            refuses: Refuses::Everything,
            kind: io::ErrorKind::Other,
            refused: false,
        })))
    }

    pub(crate) fn break_after(&self, left: usize, refuses: Refuses, kind: io::ErrorKind) {
        *self.0.lock().unwrap() = Plan {
            left: Some(left),
            refuses,
            kind,
            refused: false,
        };
    }

    /// The disk works again; tells whether it had refused anything.
    pub(crate) fn repair(&self) -> bool {
        let mut plan = self.0.lock().unwrap();
        plan.left = None;
        plan.refused
    }
}

impl Gate for Failing {
    fn pass(&self, op: &Op) -> io::Result<()> {
        let mut plan = self.0.lock().unwrap();
        let concerned = match plan.refuses {
            Refuses::Everything => true,
            Refuses::Syncs => matches!(op, Op::Sync),
            Refuses::Writes => !matches!(op, Op::Sync),
        };
        match plan.left {
            Some(0) if concerned => {
                plan.refused = true;
                Err(plan.kind.into())
            }
            Some(left) if concerned => {
                plan.left = Some(left - 1);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
