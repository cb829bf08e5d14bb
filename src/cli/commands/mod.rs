//! One file per command. A command reads its arguments, asks the rooms below, and answers.

pub(crate) mod bundle;
pub(crate) mod bundles;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod disputes;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod plan;
pub(crate) mod set;
pub(crate) mod shells;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod submit;
pub(crate) mod trust;
pub(crate) mod verify;
pub(crate) mod workflow;

use crate::ledger::Body;

/// Key of the words for what an entry did.
fn log_key(body: &Body) -> &'static str {
    match body {
        Body::SetValue(_) => "cli.log.set_value",
        Body::Resolve(_) => "cli.log.resolve",
        Body::Note(_) => "history.note",
        Body::Confirm { .. } => "history.confirm",
        Body::Submit { .. } => "history.submit",
        Body::Return => "history.return",
        Body::Approve { .. } => "history.approve",
        Body::Lock { .. } => "history.lock",
        Body::Reopen => "history.reopen",
        Body::EpochStart { .. } => "history.epoch",
        Body::PlanInstall { .. } => "history.plan",
        Body::Actor { .. } => "history.actor",
        _ => "history.other",
    }
}
