//! Parts that several screens and overlays are made of: a titled box, a list with a filter, a line
//! of typed text.

use super::appearance::Ui;
use super::canvas::Canvas;
use super::chrome::{self, Hint};
use super::width;
use crate::app::App;
use crate::app::input::command::Command;
use crate::app::input::text_line::TextLine;
use crate::app::overlays::picker::{Found, Picker};

/// Draws a box with a title over the lower part of the screen; returns its inside: x, y, columns.
pub(super) fn bottom_box(
    ui: &Ui,
    canvas: &mut Canvas<'_>,
    title: &str,
    rows: usize,
) -> (usize, usize, usize) {
    let columns = canvas.width();
    let rows = rows.min(canvas.height().saturating_sub(4));
    let top = canvas.height().saturating_sub(rows + 3);
    canvas.clear(0, top, columns, rows + 3);
    canvas.rule(top, "─", ui.theme.rule());
    let title = width::fit(title, columns.saturating_sub(8));
    canvas.put(2, top, columns - 4, &format!(" {title} "), ui.theme.title());
    canvas.rule(top + rows + 1, "─", ui.theme.rule());
    canvas.select(2, top + 1);
    (2, top + 1, columns.saturating_sub(4))
}

/// Draws a box with a list to choose from, titled by a text; returns where the caret stands.
pub(super) fn list_box<T: Clone>(
    ui: &Ui,
    app: &App,
    title: &'static str,
    picker: &Picker<T>,
    canvas: &mut Canvas<'_>,
) -> (usize, usize) {
    titled_list(ui, app, ui.t(title), picker, canvas)
}

/// Draws a box with a list to choose from; returns where the caret stands.
pub(super) fn titled_list<T: Clone>(
    ui: &Ui,
    app: &App,
    title: &str,
    picker: &Picker<T>,
    canvas: &mut Canvas<'_>,
) -> (usize, usize) {
    let rows = (picker.shown().len() + 1).clamp(4, canvas.height().saturating_sub(6));
    let (x, y, columns) = bottom_box(ui, canvas, title, rows);
    let caret = self::filtered_list(ui, app, picker, canvas, (x, y), (columns, rows));
    let keys: [Hint<'_>; 3] = [
        (&[Command::Accept], "hint.choose"),
        (&[Command::ListUp, Command::ListDown], "hint.move"),
        (&[Command::Cancel], "hint.no"),
    ];
    chrome::keys(ui, app, canvas, &keys);
    caret
}

/// Draws a list with its filter line on top; returns where the caret stands.
pub(super) fn filtered_list<T: Clone>(
    ui: &Ui,
    app: &App,
    picker: &Picker<T>,
    canvas: &mut Canvas<'_>,
    (x, y): (usize, usize),
    (columns, rows): (usize, usize),
) -> (usize, usize) {
    let prompt = ui.t("list.filter");
    let used = canvas.put(x, y, columns, prompt, ui.theme.text()) + 1;
    let caret = text_line(
        ui,
        &picker.filter,
        canvas,
        (x + used, y),
        columns.saturating_sub(used),
    );
    let room = rows.saturating_sub(1);
    let top = (picker.selected() + 1).saturating_sub(room);
    let items = picker.shown();
    if picker.found() == Found::Near && items.len() > 0 {
        let at = caret.0 + 3;
        let room = (x + columns).saturating_sub(at);
        canvas.put(at, y, room, ui.t("list.near"), ui.theme.text());
    }
    if items.len() == 0 {
        canvas.put(x + 2, y + 1, columns, ui.t("list.nothing"), ui.theme.text());
    }
    for (place, item) in items.enumerate().skip(top).take(room) {
        let row = y + 1 + place - top;
        let here = place == picker.selected();
        let detail = width::fit(&item.detail, columns / 2);
        let label_room = columns.saturating_sub(width::width(&detail) + 4);
        let style = if here {
            ui.theme.cursor()
        } else {
            ui.theme.text()
        };
        canvas.put(x, row, 1, if here { "▸" } else { " " }, ui.theme.title());
        let label = width::fit_middle(item.label.get(app.state.lang), label_room);
        canvas.put(x + 2, row, label_room, &label, style);
        canvas.put_right(x + columns, row, columns, &detail, ui.theme.text());
    }
    caret
}

/// Draws one line of typed text; returns where the caret stands.
pub(super) fn text_line(
    ui: &Ui,
    line: &TextLine,
    canvas: &mut Canvas<'_>,
    (x, y): (usize, usize),
    columns: usize,
) -> (usize, usize) {
    let shown = line.window(columns.saturating_sub(1));
    canvas.put(
        x,
        y,
        columns,
        &width::left(&shown.text, columns),
        ui.theme.text(),
    );
    (x + shown.caret, y)
}
