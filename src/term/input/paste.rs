//! A bracketed paste on its way: what lies between `ESC [ 200 ~` and `ESC [ 201 ~`.

use crate::app::message::{Msg, PasteFault};

/// What ends a paste.
pub(super) const END: &[u8] = b"\x1b[201~";
/// The longest paste that is taken (`server.md`, pitfall 7).
const LIMIT: usize = 1 << 20;

/// The bytes of a paste so far; past the limit only what may be the beginning of its end.
#[derive(Debug, Default)]
pub(super) struct Paste {
    bytes: Vec<u8>,
    /// Why nothing of it is taken.
    fault: Option<PasteFault>,
}

impl Paste {
    /// What still comes of a paste that was given up: nothing of it is taken.
    pub(super) fn late_rest() -> Self {
        Self {
            bytes: Vec::new(),
            fault: Some(PasteFault::Cut),
        }
    }

    /// Takes a byte; returns the paste when it ends with it.
    pub(super) fn push(&mut self, byte: u8) -> Option<Msg> {
        self.bytes.push(byte);
        if byte == b'~' && self.bytes.ends_with(END) {
            self.bytes.truncate(self.bytes.len() - END.len());
            let whole = std::mem::take(self);
            return Some(whole.taken());
        }
        if self.bytes.len() > LIMIT + END.len() {
            let kept = self.bytes.split_off(self.bytes.len() - END.len());
            self.bytes = kept;
            self.fault.get_or_insert(PasteFault::TooLong);
        }
        None
    }

    fn taken(self) -> Msg {
        let too_long = (self.bytes.len() > LIMIT).then_some(PasteFault::TooLong);
        if let Some(fault) = self.fault.or(too_long) {
            return Msg::PasteRefused(fault);
        }
        // What is no UTF-8 stays visible as such.
        Msg::Paste(String::from_utf8_lossy(&self.bytes).into_owned())
    }
}
