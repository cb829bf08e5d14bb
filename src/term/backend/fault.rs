//! Faults of the program in a thread: what was asked is answered, and the screens learn of it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;

use crate::app::message::{Msg, News, Trouble, TroubleKind};
use crate::base::Message;

/// Runs `work`; a panic in it becomes news of a fault and the error that what was asked is
/// answered with.
///
/// # Errors
/// The trouble to answer with, after a panic.
pub(super) fn guarded<T>(answers: &Sender<Msg>, work: impl FnOnce() -> T) -> Result<T, Trouble> {
    // What the work was changing is either replaced as a whole or reopened before it is used.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let detail = detail_of(panic.as_ref());
        let message = Message::new("trouble.fault").with("detail", detail.as_str());
        // The screens are gone only when the program ends.
        let _ = answers.send(Msg::News(News::Fault(detail)));
        Trouble {
            message,
            kind: TroubleKind::Failed,
        }
    })
}

/// What a panic says.
pub(crate) fn detail_of(panic: &(dyn Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned());
    words
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic".to_owned())
}
