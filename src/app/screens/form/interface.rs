//! The form walk as a screen: keys, text, answers, what a lost terminal would lose.

use super::writing::{After, Left, ask_resolving, ask_words_of_reason, resolve};
use super::{FormScreen, Resume, SearchDirection, Typing};
use crate::app::forms::Loading;
use crate::app::input::command::{Command, Context};
use crate::app::input::pasted;
use crate::app::input::text_line::TextLine;
use crate::app::message::{Draft, DraftPurpose, RequestId, Trouble};
use crate::app::overlays::prompt::AskedFinding;
use crate::app::overlays::prompt::{Purpose, Resolving};
use crate::app::overlays::{Allowed, Answered, Overlay};
use crate::app::screens::interface::{Handled, ScreenLike};
use crate::app::state::{State, Tone};
use crate::base::{Message, text};
use crate::ledger::{Body, CellId, CellKey, FormKey, Heads, Recorded, Subject, typed};

/// Rows of the screen that the form's lines do not have; the same arithmetic as the drawing's.
const OTHER_ROWS: usize = 7;

impl ScreenLike for FormScreen {
    fn contexts(&self) -> &'static [Context] {
        if self.edit.is_some() {
            &[Context::Edit, Context::Form]
        } else {
            &[Context::Form]
        }
    }

    fn help_contexts(&self) -> &'static [Context] {
        &[Context::Form, Context::Edit]
    }

    fn command(&mut self, state: &mut State, command: Command) -> Handled {
        self.carry_out(state, command)
    }

    fn character(&mut self, state: &mut State, character: char) {
        if !state.may_change(&self.key) {
            return;
        }
        if !self.is_numeric(state) {
            self.ask_words(state, None);
            if let Some(Overlay::Prompt(prompt)) = &mut state.overlay {
                prompt.line.insert(character);
            }
            return;
        }
        let kind = self
            .view(state)
            .and_then(|view| self.field(view, &state.plan));
        let Some(kind) = kind.map(|field| field.kind) else {
            return;
        };
        let keypad = state.keymap.keypad;
        let character = keypad.translate(character, kind, &self.typed_text());
        match &mut self.edit {
            Some(line) => line.insert(character),
            None if !character.is_whitespace() => {
                self.start_typing(state, &character.to_string());
            }
            None => {}
        }
    }

    /// A paste is one cell's new text.
    fn paste(&mut self, state: &mut State, text: &str) {
        if !state.may_change(&self.key) {
            return;
        }
        if self.is_numeric(state) {
            let room = self
                .edit
                .as_ref()
                .map_or(typed::INVALID_LIMIT, TextLine::room);
            match (pasted::figure(text, room), &mut self.edit) {
                (Err(why), _) => state.say(Tone::Warning, why),
                (Ok(figure), Some(line)) => line.insert_str(figure),
                (Ok(""), None) => {}
                (Ok(figure), None) => self.start_typing(state, figure),
            }
            return;
        }
        self.ask_words(state, None);
        if let Some(Overlay::Prompt(prompt)) = &mut state.overlay {
            prompt.line.insert_str(text);
        }
    }

    fn chosen(&mut self, state: &mut State, answer: Answered) {
        match answer {
            Answered::Text(purpose, text) => self.text_given(state, purpose, &text),
            Answered::TextLeft(Purpose::Resolve(asked), _) => self.not_resolved(state, *asked),
            Answered::Allowed(Allowed::Content(content, origin)) => {
                self.put(state, content, origin, After::Next);
            }
            Answered::Allowed(Allowed::NoneInAll(fields)) => self.none_in_all(state, &fields),
            Answered::Allowed(Allowed::Typing) => self.edit_in_place(state),
            Answered::Reason(asked, choice) => self.reason_chosen(state, asked, choice),
            Answered::Submit(summary) => self.submit(state, &summary),
            Answered::FillBlanks(content) => self.fill_blanks(state, &content),
            Answered::NextProblem => self.next_problem(state, SearchDirection::Forward),
            Answered::Field(field) => {
                self.go_to_field(state, &field);
            }
            Answered::TextLeft(..) | Answered::Folder(..) | Answered::Yes(_) => {}
        }
    }

    fn refresh(&mut self, state: &mut State) {
        state.read_form(&self.key);
    }

    fn written(
        &mut self,
        state: &mut State,
        _id: RequestId,
        result: Result<&[Recorded], &Trouble>,
    ) {
        let entries = result.unwrap_or_default();
        for recorded in entries {
            self.own_entry(recorded);
        }
        let submits = |recorded: &Recorded| {
            matches!(recorded.entry.body, Body::Submit { .. })
                && recorded.entry.subject.form() == Some(&self.key)
        };
        if entries.iter().any(submits) {
            state.say(Tone::Info, Message::new("form.sent_in"));
        }
    }

    fn awaits(&self, state: &State) -> bool {
        self.view(state)
            .is_some_and(|view| view.loading == Loading::Asked)
    }

    fn settle(&mut self, state: &mut State) {
        self.resume(state);
        self.watch_typing(state);
        let height = usize::from(state.size.height).saturating_sub(OTHER_ROWS);
        if let Some(view) = state.forms.view(&self.key) {
            self.scroll_into(view, height.saturating_sub(view.rows_above()));
        }
    }

    fn form(&self) -> Option<&FormKey> {
        Some(&self.key)
    }

    fn cell(&self, state: &State) -> Option<CellKey> {
        let field = self.field_id(self.view(state)?)?;
        Some(self.cell_of(field))
    }

    fn draft(&self, state: &State) -> Option<Draft> {
        if let Some(Resume::Unfinished(cell, purpose, text)) = &self.resume {
            return Some(Draft {
                cell: CellKey {
                    form: self.key.clone(),
                    id: cell.clone(),
                },
                purpose: purpose.clone(),
                text: text.clone(),
            });
        }
        Some(Draft {
            cell: self.cell(state)?,
            purpose: DraftPurpose::Content,
            text: self.typed_text(),
        })
    }
}

impl FormScreen {
    /// Puts the cursor where the form was to be gone on with, once the form is there.
    fn resume(&mut self, state: &mut State) {
        let Some(view) = state.forms.view(&self.key).filter(|view| view.is_there()) else {
            return;
        };
        let Some(resume) = self.resume.take() else {
            return;
        };
        self.start_at_first_blank(view);
        match resume {
            Resume::FirstBlank => {}
            Resume::At(cell) => {
                self.go_to_field(state, &cell.field);
            }
            Resume::Unfinished(cell, purpose, text) => {
                self.go_to_field(state, &cell.field);
                self.go_on_with(state, &cell, purpose, text);
            }
        }
    }

    /// Opens again what was unfinished when an earlier session died.
    fn go_on_with(
        &mut self,
        state: &mut State,
        cell: &CellId,
        purpose: DraftPurpose,
        text: String,
    ) {
        let nothing = text.is_empty() && matches!(purpose, DraftPurpose::Content);
        if nothing || !state.may_change(&self.key) && purpose != DraftPurpose::Return {
            return;
        }
        let key = self.cell_of(&cell.field);
        match purpose {
            DraftPurpose::Content if self.is_numeric(state) => {
                self.open_line(state, &text, Typing::InPlace);
            }
            DraftPurpose::Content => self.ask_words(state, Some(text)),
            DraftPurpose::Note => self.ask_note(state, Some(text)),
            DraftPurpose::Reason { rule, judged } => {
                let asked = AskedFinding {
                    cell: key,
                    rule,
                    judged,
                };
                ask_words_of_reason(state, asked, &text);
            }
            DraftPurpose::Resolve { typed } => self.go_on_resolving(state, key, typed, &text),
            DraftPurpose::Return => self.ask_return(state, &text),
        }
        state.say(Tone::Info, Message::new("form.restored"));
    }

    fn go_on_resolving(&self, state: &mut State, cell: CellKey, typed: String, reason: &str) {
        let Some(kind) = state.plan.field(&cell.id.field).map(|field| field.kind) else {
            return;
        };
        let heads = self
            .view(state)
            .and_then(|view| view.base.heads(&Subject::Cell(cell.clone())));
        let asked = Resolving {
            seen: heads.map(Heads::references).unwrap_or_default(),
            content: typed::read(&typed, kind).content,
            cell,
            typed,
            then: None,
        };
        ask_resolving(state, asked, reason);
    }

    fn text_given(&mut self, state: &mut State, purpose: Purpose, typed: &str) {
        let text = text::clean(typed, typed::TEXT_LIMIT);
        let needs_reason = matches!(
            purpose,
            Purpose::Reason(_) | Purpose::Resolve(_) | Purpose::Return(_)
        );
        if needs_reason && text.is_empty() {
            state.say(Tone::Warning, Message::new("prompt.reason_needed"));
            return;
        }
        match purpose {
            Purpose::Note(cell) => self.write_note(state, cell, &text),
            Purpose::Words(cell) => {
                let field = cell.id.field;
                let left = self.put_text(state, &field, &text, Some(Command::CellNext));
                if left == Left::Free {
                    self.step(state, 1);
                }
            }
            Purpose::Reason(asked) => self.confirm(state, asked, (String::new(), text)),
            Purpose::Resolve(asked) => resolve(state, *asked, text),
            Purpose::Return(_) => self.give_back(state, text),
            _ => {}
        }
    }

    /// The reason was not given: what was typed over the conflict stays at hand for one undo.
    fn not_resolved(&mut self, state: &mut State, asked: Resolving) {
        let said = Message::new("form.reverted").with("text", asked.typed.as_str());
        self.discard(asked.cell.id.field, asked.typed);
        state.say(Tone::Info, said);
    }
}
