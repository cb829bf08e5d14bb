//! One file per screen; each draws from the app's state and returns where the caret stands.

pub(super) mod conflict;
pub(super) mod findings;
pub(super) mod first_run;
pub(super) mod form;
pub(super) mod help;
pub(super) mod history;
pub(super) mod home;
pub(super) mod import_preview;
pub(super) mod opening;
pub(super) mod sync;
