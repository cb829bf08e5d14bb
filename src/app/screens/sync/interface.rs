//! The page about other stores as a screen.

use std::path::PathBuf;

use super::{Listing, SyncPage};
use crate::app::input::command::{Command, Context};
use crate::app::message::{Reply, RequestId, Trouble};
use crate::app::overlays::Answered;
use crate::app::overlays::prompt::Purpose;
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::state::{State, Tone};
use crate::app::sync_message::{Asked, SyncRequest};
use crate::base::{Message, text};
use crate::ledger::typed;

impl ScreenLike for SyncPage {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Sync, Context::List]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        self.carry_out(state, command)
    }

    fn chosen(&mut self, state: &mut State, answer: Answered) {
        match answer {
            Answered::Folder(purpose, folder) => self.folder_chosen(state, purpose, folder),
            Answered::Yes(Asked::Release(root)) => self.begin(state, SyncRequest::Release(root)),
            Answered::Text(purpose, text) => self.text_given(state, purpose, &text),
            _ => {}
        }
    }

    fn refresh(&mut self, state: &mut State) {
        self.ask_again(state);
    }

    fn waits_for(&self, id: RequestId) -> bool {
        self.asked == Some(id) || self.work == Some(id)
    }

    fn answer(&mut self, state: &mut State, id: RequestId, result: Result<Reply, Trouble>) {
        match result {
            Ok(Reply::Sync(answer)) => self.answered(state, id, Ok(answer)),
            Ok(_) => {}
            Err(trouble) => self.answered(state, id, Err(trouble)),
        }
    }

    fn awaits(&self, _state: &State) -> bool {
        self.state == Listing::Asked && self.failed.is_none()
    }
}

impl SyncPage {
    /// Takes the text of a box that this page, or one above it, opened.
    pub(in crate::app::screens) fn text_given(
        &mut self,
        state: &mut State,
        purpose: Purpose,
        typed: &str,
    ) {
        let text = text::clean(typed, typed::TEXT_LIMIT);
        match purpose {
            Purpose::Folder(purpose) if !text.is_empty() => {
                self.use_folder(state, purpose, PathBuf::from(text));
            }
            Purpose::FileDigits(file, author, digits) => {
                let work = SyncRequest::EnrolFile { file, author };
                self.compared(state, &digits, &text, work);
            }
            Purpose::TakeBack(_) if text.is_empty() => {
                state.say(Tone::Warning, Message::new("prompt.reason_needed"));
            }
            Purpose::TakeBack(root) => {
                self.begin(state, SyncRequest::TakeBack { root, reason: text });
            }
            _ => {}
        }
    }
}
