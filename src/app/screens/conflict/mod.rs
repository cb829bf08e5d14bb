//! One cell in conflict, side by side; a person chooses and says why.

use crate::app::input::command::{Command, Context};
use crate::app::input::list::step_of;
use crate::app::message::{Reply, Request, RequestId, Trouble};
use crate::app::navigation::Go;
use crate::app::overlays::Answered;
use crate::app::overlays::prompt::Purpose;
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::screens::sync::ask_text;
use crate::app::state::{State, Tone};
use crate::base::{Message, text};
use crate::ledger::{Content, EntryRef, Origin, Recorded, typed};
use crate::sync::held::conflicts::Conflict;

/// Longest figure that is typed, in characters.
const FIGURE_LIMIT: usize = 60;

/// One cell in conflict.
#[derive(Debug)]
pub struct ConflictPage {
    /// The cell and its sides.
    pub conflict: Conflict,
    /// The line under the cursor: a side, or behind the last another figure.
    pub selected: usize,
    /// The write that settles it, while it is unanswered.
    settling: Option<RequestId>,
    /// The question how the cell stands now, while it is unanswered.
    asked: Option<RequestId>,
}

impl ConflictPage {
    /// A page with the cursor on the first side.
    pub fn new(conflict: Conflict) -> Self {
        Self {
            conflict,
            selected: 0,
            settling: None,
            asked: None,
        }
    }

    /// How many lines can be chosen: the sides and another figure.
    pub fn choices(&self) -> usize {
        self.conflict.heads.all().len() + 1
    }

    fn step(&mut self, by: isize) {
        let last = self.choices().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// What the side under the cursor says; `None` on the line for another figure.
    fn side(&self) -> Option<Content> {
        let head = self.conflict.heads.all().get(self.selected)?;
        head.body.content().cloned()
    }

    /// Asks for the reason of the side under the cursor; on the line for another figure, for the
    /// figure first.
    fn choose(&self, state: &mut State) {
        if self.settling.is_some() {
            return;
        }
        if let Some(content) = self.side() {
            self.ask_reason(state, content);
        } else {
            let title = Message::new("prompt.other_figure");
            ask_text(state, title, Purpose::OtherFigure, FIGURE_LIMIT);
        }
    }

    fn ask_reason(&self, state: &mut State, content: Content) {
        let over = self.conflict.heads.references();
        let shown = typed::show(&content);
        let title = Message::new("prompt.resolve").with("value", shown);
        let purpose = Purpose::Settle(self.conflict.cell.clone(), content, over);
        ask_text(state, title, purpose, typed::TEXT_LIMIT);
    }

    fn other_figure(&self, state: &mut State, text: &str) {
        if text.is_empty() {
            state.say(Tone::Warning, Message::new("sync_page.figure_needed"));
            return;
        }
        let field = state.plan.field(&self.conflict.cell.id.field);
        let Some(kind) = field.map(|field| field.kind) else {
            return;
        };
        let reading = typed::read(text, kind);
        match reading.problem {
            Some(problem) => state.say(Tone::Warning, problem.message(text)),
            None => self.ask_reason(state, reading.content),
        }
    }

    fn settle_with(
        &mut self,
        state: &mut State,
        (content, over): (Content, Vec<EntryRef>),
        reason: &str,
    ) {
        let change = self.conflict.settled(content, reason, over);
        self.settling = Some(state.write(Origin::Typed, vec![change]));
    }
}

impl ScreenLike for ConflictPage {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Sync, Context::List]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        if let Some(by) = step_of(command) {
            self.step(by);
            return Handled::Yes;
        }
        if command == Command::Accept {
            self.choose(state);
            return Handled::Yes;
        }
        Handled::No
    }

    /// A digit chooses a side at once.
    fn character(&mut self, state: &mut State, character: char) {
        let digit = character.to_digit(10).and_then(|d| usize::try_from(d).ok());
        let position = digit.and_then(|digit| digit.checked_sub(1));
        if let Some(position) = position.filter(|position| *position < self.choices()) {
            self.selected = position;
            self.choose(state);
        }
    }

    fn chosen(&mut self, state: &mut State, answer: Answered) {
        let Answered::Text(purpose, typed) = answer else {
            return;
        };
        let text = text::clean(&typed, typed::TEXT_LIMIT);
        match purpose {
            Purpose::Settle(..) if text.is_empty() => {
                state.say(Tone::Warning, Message::new("prompt.reason_needed"));
            }
            Purpose::Settle(_, content, over) => self.settle_with(state, (content, over), &text),
            Purpose::OtherFigure => self.other_figure(state, &text),
            _ => {}
        }
    }

    fn refresh(&mut self, state: &mut State) {
        let cell = self.conflict.cell.clone();
        self.asked = Some(state.ask(Request::Conflict(cell)));
    }

    fn waits_for(&self, id: RequestId) -> bool {
        self.asked == Some(id)
    }

    fn answer(&mut self, state: &mut State, _id: RequestId, result: Result<Reply, Trouble>) {
        self.asked = None;
        match result {
            Ok(Reply::Conflict(Some(conflict))) => self.conflict = *conflict,
            // Somebody has settled it.
            Ok(Reply::Conflict(None)) => state.go(Go::LeaveConflict),
            _ => {}
        }
    }

    fn written(&mut self, state: &mut State, id: RequestId, result: Result<&[Recorded], &Trouble>) {
        if self.settling != Some(id) {
            return;
        }
        self.settling = None;
        if result.is_ok() {
            state.go(Go::LeaveConflict);
            state.go(Go::RefreshAll);
            state.say(Tone::Info, Message::new("sync_page.settled"));
        }
    }
}
