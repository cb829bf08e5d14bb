//! The form: what is typed now, what was reported before, what it adds up to.

mod cell;
mod columns;
mod drawing;
mod message;
mod result;

use crate::app::App;
use crate::app::forms::view::FormOfPlan;
use crate::app::forms::{FormRow, FormView, Loading, SaveState, Section};
use crate::app::input::command::Command;
use crate::app::screens::form::FormScreen;
use crate::base::Message;
use crate::ledger::actor::Right;
use crate::plan::Severity;
use crate::service::forms;
use crate::service::overview::StepTaken;
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE};
use crate::ui::words::{DeadlineLength, Due};
use crate::ui::{width, words};
use columns::{Columns, PAST};
use drawing::FormDrawing;

/// Draws the form; returns where the caret stands while a cell is typed into.
pub(in crate::ui) fn draw(
    ui: &Ui,
    app: &App,
    form: &FormScreen,
    canvas: &mut Canvas<'_>,
) -> Option<(usize, usize)> {
    let place = FormOfPlan::find(&app.state.plan, &form.key)?;
    let view = form.view(&app.state)?;
    let drawing = FormDrawing {
        ui,
        app,
        form,
        view,
        place,
        columns: Columns::of(canvas.width(), view.layout.cells.len()),
        compared: forms::periods_beside(&app.state.plan, place.period),
        live: form.live.as_ref(),
    };
    drawing.head(canvas);
    let caret = drawing.body(canvas);
    drawing.messages(canvas);
    chrome::foot(ui, app, canvas, hints(app, form, view));
    drawing.foot(canvas);
    caret
}

/// The commands in the line of keys: the same while a cell is typed into and while not, as far as they work in both: a line that
/// stands still costs nothing and is found where it was. A reader is shown no key that writes.
fn hints(app: &App, form: &FormScreen, view: &FormView) -> &'static [Command] {
    if app.state.right(&form.key).is_none() {
        return &[
            Command::CellNext,
            Command::ProblemNext,
            Command::HistoryCell,
            Command::HelpOpen,
            Command::PaletteOpen,
            Command::GoTo,
        ];
    }
    let open_question = form.edit.is_none()
        && form.field_id(view).is_some_and(|id| {
            view.findings_at(id)
                .any(|f| f.severity == Severity::Soft && f.overridden.is_none())
        });
    match (form.edit.is_some(), open_question) {
        (true, _) => &[
            Command::CellCommit,
            Command::MarkEmpty,
            Command::ProblemNext,
            Command::FormFinish,
            Command::HelpOpen,
            Command::PaletteOpen,
            Command::NoteCell,
            Command::GoTo,
        ],
        (false, true) => &[
            Command::CellEdit,
            Command::CellNext,
            Command::MarkEmpty,
            Command::ProblemNext,
            Command::FormFinish,
            Command::HelpOpen,
        ],
        (false, false) => &[
            Command::CellNext,
            Command::MarkEmpty,
            Command::ProblemNext,
            Command::FormFinish,
            Command::HelpOpen,
            Command::PaletteOpen,
            Command::NoteCell,
            Command::GoTo,
            Command::HistoryCell,
        ],
    }
}

impl FormDrawing<'_> {
    /// Draws unit, period, status on the left; how much is filled and the deadline on the right, in
    /// shorter words where the left part needs the room; the unit's name gives way last.
    fn head(&self, canvas: &mut Canvas<'_>) {
        let (ui, app) = (self.ui, self.app);
        let mut rest = format!(
            " · {} · {}",
            words::period_name(ui, self.place.period),
            words::status_word(ui, self.view.status),
        );
        let late = self.view.base.late().len();
        if late > 0 {
            let said = Message::new("sync_page.late_short").with("count", late);
            rest.push_str(" · ");
            rest.push_str(&ui.texts.say(&said));
        }
        let capacity = match app.state.right(&self.form.key) {
            Some(Right::Own) => None,
            Some(Right::OnBehalf) => Some("history.on_behalf"),
            None => Some("form.reading"),
        };
        if let Some(key) = capacity {
            rest.push_str(" · ");
            rest.push_str(ui.t(key));
        }
        let unit = self.place.unit.name.get(app.state.lang);
        let needed = width::width(unit) + width::width(&rest);
        let (filled, expected) = self.view.filled;
        let due = |length| {
            let step = self.view.shown.workflow.shown().map(|head| head.wall);
            let stands = (self.view.status, step);
            words::due(ui, app, self.place.period, stands, length)
        };
        let right = |due: &Due| format!("{filled}/{expected}   {}", due.text);
        let fits = |due: &Due| needed + width::width(&right(due)) + 3 <= canvas.width();
        let due = [DeadlineLength::Full, DeadlineLength::Short]
            .into_iter()
            .map(due)
            .find(fits)
            .unwrap_or_else(|| due(DeadlineLength::Days));
        let right = right(&due);
        let room = canvas.width().saturating_sub(width::width(&right) + 3);
        let unit = width::fit_middle(unit, room.saturating_sub(width::width(&rest)).max(6));
        let marked = if due.overdue { due.text.as_str() } else { "" };
        chrome::marked_title(ui, canvas, &format!("{unit}{rest}"), (&right, marked));
        self.column_heads(canvas);
    }

    /// Draws the heads of the columns into the rule, where they stay while the page scrolls.
    fn column_heads(&self, canvas: &mut Canvas<'_>) {
        let plain = self.ui.theme.text();
        let mut head = |end: usize, text: &str| {
            canvas.put_right(end, 1, PAST + 1, &format!(" {text} "), plain);
        };
        head(self.columns.value_end + 1, self.ui.t("form.this_period"));
        let [before, earlier] = self.compared;
        if let (Some(end), Some(period)) = (self.columns.before_end, before) {
            head(end + 1, &words::period_short(self.ui, period));
        }
        if let Some(period) = earlier {
            head(
                self.columns.earlier_end + 1,
                &words::period_short(self.ui, period),
            );
            if let Some(end) = self.columns.change_end {
                head(end, "±%");
            }
        }
    }

    /// Draws the rows; returns where the caret stands while a cell is typed into.
    fn body(&self, canvas: &mut Canvas<'_>) -> Option<(usize, usize)> {
        if let Loading::Failed(why) = &self.view.loading {
            chrome::instead(self.ui, self.app, canvas, why);
            return None;
        }
        if self.view.layout.cells.is_empty() {
            let said = Message::new("form.nothing_owed");
            chrome::instead(self.ui, self.app, canvas, &said);
            return None;
        }
        self.returned(canvas);
        let above = self.view.rows_above();
        let height = chrome::body_height(canvas.height()).saturating_sub(above);
        let mut caret = None;
        let rows = self
            .view
            .layout
            .rows
            .iter()
            .skip(self.form.top)
            .take(height);
        for (offset, row) in rows.enumerate() {
            let y = ABOVE + above + offset;
            match row {
                FormRow::Heading(section) => self.heading(canvas, y, *section),
                FormRow::Cell(place) => {
                    if let Some(at) = self.cell(canvas, y, *place) {
                        caret = Some((at, y));
                    }
                }
                FormRow::Result(measure) => self.result(canvas, y, measure),
                FormRow::Total(fields) => self.total(canvas, y, fields),
                FormRow::Gap => {}
            }
        }
        caret
    }

    /// Draws who returned the form and why, in the rows above the fields.
    fn returned(&self, canvas: &mut Canvas<'_>) {
        let rows = self.view.rows_above();
        let head = self.view.shown.workflow.shown();
        let (1.., Some(head)) = (rows, head) else {
            return;
        };
        let (ui, theme) = (self.ui, &self.ui.theme);
        let step = StepTaken::of(head);
        let [who, why] = words::returned(ui, self.app, self.place.period, &step);
        let columns = canvas.width().saturating_sub(2);
        let who = width::wrap(&who, columns, 2);
        let why = width::wrap(&why, columns, rows - who.len());
        let lines = who.iter().map(|line| (line, theme.hard()));
        let lines = lines.chain(why.iter().map(|line| (line, theme.text())));
        for (at, (line, style)) in lines.enumerate() {
            canvas.put(1, ABOVE + at, columns, line, style);
        }
    }

    /// Draws the name of an objective, or of the fields of words.
    fn heading(&self, canvas: &mut Canvas<'_>, y: usize, section: Section) {
        let number = match section {
            Section::Objective(number) => number,
            Section::Words(_) => {
                let text = self.ui.t("form.words");
                canvas.put(1, y, canvas.width() - 2, text, self.ui.theme.title());
                return;
            }
        };
        let Some(objective) = self
            .app
            .state
            .plan
            .objectives
            .iter()
            .find(|o| o.number == number)
        else {
            return;
        };
        let name = objective.name.get(self.app.state.lang);
        let text = if number == 0 {
            name.to_owned()
        } else {
            let head = Message::new("form.objective").with("number", number.to_string());
            format!("{} · {name}", self.ui.texts.say(&head))
        };
        canvas.put(1, y, canvas.width() - 2, &text, self.ui.theme.title());
    }

    /// Draws into the rule above the messages: what is unsent and who else is here on the left, how many
    /// cells typed here are on disk on the right. That counts up only when the store has answered,
    /// so it never says more than is true.
    fn foot(&self, canvas: &mut Canvas<'_>) {
        let (ui, app) = (self.ui, self.app);
        let y = canvas.height().saturating_sub(chrome::BELOW);
        let count = |wanted| {
            let states = self
                .view
                .saves
                .values()
                .map(|state| self.state_now(Some(*state)));
            states.filter(|state| *state == Some(wanted)).count()
        };
        let (saved, unsaved) = (count(SaveState::OnDisk), count(SaveState::Unsaved));
        let (key, number, style) = if unsaved > 0 {
            ("form.unsaved", unsaved, ui.theme.hard())
        } else {
            ("form.saved", saved, ui.theme.text())
        };
        let mut right = String::new();
        if number > 0 {
            let said = Message::new(key).with("count", number);
            right = format!(" {} ", ui.say(app, &said));
        }
        let end = canvas.width().saturating_sub(2);
        let room = end.saturating_sub(width::width(&right) + 2);
        canvas.put_right(end, y, end, &right, style);
        let mut left = vec![words::unsent(ui, app)];
        let others = words::others_in(app, &self.form.key);
        if !others.is_empty() {
            let said = Message::new("form.also_open").with("who", others);
            left.push(ui.say(app, &said));
        }
        if self.view.is_invented() {
            left.insert(0, ui.t("form.invented").to_owned());
        }
        left.retain(|part| !part.is_empty());
        if !left.is_empty() {
            let text = width::fit(&left.join(" · "), room.saturating_sub(2));
            canvas.put(1, y, room, &format!(" {text} "), ui.theme.text());
        }
    }
}
