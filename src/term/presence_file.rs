//! The session's own file in the store's folder, and those of the other sessions: who works in
//! which form, and what was being typed when a terminal was lost.

use std::path::{Path, PathBuf};

use super::backend::PresenceKeeper;
use crate::app::message::{Draft, DraftPurpose, Presence};
use crate::ledger::ActorId;
use crate::plan::RuleId;
use crate::store::{self, SessionFile};

/// The presence file of this session, through which it also reads those of the others.
#[derive(Debug)]
pub struct PresenceFile {
    dir: PathBuf,
    pid: u32,
    actor: ActorId,
    session: Option<SessionFile>,
    last: Option<Draft>,
}

impl PresenceFile {
    /// Makes the file, and returns the unfinished text that a dead session of the same person left.
    pub fn begin(dir: &Path, pid: u32, actor: &ActorId) -> (Self, Option<Draft>) {
        let draft = left_over(dir, actor);
        let file = Self {
            dir: dir.to_owned(),
            pid,
            actor: actor.clone(),
            session: SessionFile::begin(dir, pid, actor).ok(),
            last: None,
        };
        (file, draft)
    }
}

fn left_over(dir: &Path, actor: &ActorId) -> Option<Draft> {
    let mut drafts = store::recover(dir, actor).into_iter().filter_map(|left| {
        Some(Draft {
            cell: left.cell?,
            purpose: purpose_from(&left.purpose),
            text: left.text,
        })
    });
    drafts.find(is_unfinished)
}

/// What an unfinished text was to become, in one line per part; empty for a cell's content.
fn purpose_text(purpose: &DraftPurpose) -> String {
    match purpose {
        DraftPurpose::Content => String::new(),
        DraftPurpose::Note => "note".to_owned(),
        DraftPurpose::Return => "return".to_owned(),
        DraftPurpose::Reason { rule, judged } => format!("reason\n{rule}\n{judged}"),
        DraftPurpose::Resolve { typed } => format!("resolve\n{typed}"),
    }
}

/// Reads [`purpose_text`]; what is not understood is a cell's content.
fn purpose_from(text: &str) -> DraftPurpose {
    let (kind, rest) = text.split_once('\n').unwrap_or((text, ""));
    match (kind, rest.split_once('\n')) {
        ("note", _) => DraftPurpose::Note,
        ("return", _) => DraftPurpose::Return,
        ("reason", Some((rule, judged))) => DraftPurpose::Reason {
            rule: RuleId::new(rule),
            judged: judged.to_owned(),
        },
        ("resolve", _) => DraftPurpose::Resolve {
            typed: rest.to_owned(),
        },
        _ => DraftPurpose::Content,
    }
}

/// True where something typed is in no cell yet: a text, or a figure that waits for its reason.
fn is_unfinished(draft: &Draft) -> bool {
    !draft.text.is_empty() || matches!(draft.purpose, DraftPurpose::Resolve { .. })
}

impl PresenceKeeper for PresenceFile {
    fn keep(&mut self, draft: Option<&Draft>) {
        if self.last.as_ref() == draft {
            return;
        }
        self.last = draft.cloned();
        let Some(session) = &mut self.session else {
            return;
        };
        let presence = store::Presence {
            actor: self.actor.clone(),
            form: draft.map(|draft| draft.cell.form.clone()),
            cell: draft.map(|draft| draft.cell.clone()),
            purpose: draft
                .map(|draft| purpose_text(&draft.purpose))
                .unwrap_or_default(),
            text: draft.map(|draft| draft.text.clone()).unwrap_or_default(),
        };
        // Losing this only means that an unfinished text is not there after a crash.
        let _ = session.write(&presence);
    }

    fn others(&self) -> Vec<Presence> {
        store::other_sessions(&self.dir, self.pid)
            .into_iter()
            .filter_map(|neighbour| neighbour.presence)
            .filter_map(|there| {
                Some(Presence {
                    form: there.form?,
                    actor: there.actor,
                })
            })
            .collect()
    }

    fn end(&mut self) {
        let Some(session) = self.session.take() else {
            return;
        };
        if self.last.as_ref().is_some_and(is_unfinished) {
            let _ = session.keep();
        } else {
            session.end();
        }
    }
}
