//! Every finding of a form or of the store; Enter goes to the cell.

use crate::app::App;
use crate::app::input::command::Command;
use crate::app::navigation::ListScope;
use crate::app::screens::findings::FindingsList;
use crate::base::Message;
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE};
use crate::ui::{finding, width, words};

const HINTS: &[Command] = &[
    Command::Accept,
    Command::ConfirmFinding,
    Command::ListDown,
    Command::Cancel,
    Command::PaletteOpen,
    Command::HelpOpen,
];

/// Draws the list of findings.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, list: &FindingsList, canvas: &mut Canvas<'_>) {
    let title = format!(
        "{} · {}",
        ui.t("findings.title"),
        words::scope_name(ui, app, &list.scope)
    );
    let count = Message::new("findings.count").with("count", list.items.len());
    let mut count = ui.say(app, &count);
    if !list.unreadable.is_empty() {
        let unread = Message::new("findings.unreadable").with("count", list.unreadable.len());
        count = format!("{} · {count}", ui.say(app, &unread));
    }
    chrome::title(ui, canvas, &title, &count);
    if let Some(why) = &list.failed {
        chrome::instead(ui, app, canvas, why);
    } else if let Some(key) = list.unreadable.first().filter(|_| list.items.is_empty()) {
        let text = words::unreadable(ui, app, key);
        canvas.put(3, ABOVE + 1, canvas.width() - 4, &text, ui.theme.hard());
    } else if list.loaded && list.items.is_empty() {
        canvas.put(
            3,
            ABOVE + 1,
            canvas.width(),
            ui.t("findings.none"),
            ui.theme.text(),
        );
    }
    let height = chrome::body_height(canvas.height());
    let top = (list.cursor.position() + 1).saturating_sub(height);
    for (offset, (key, finding)) in list.items.iter().enumerate().skip(top).take(height) {
        let y = ABOVE + offset - top;
        let here = offset == list.cursor.position();
        let label = app
            .state
            .plan
            .field(&finding.cell.field)
            .map_or("", |f| f.short.get(app.state.lang));
        let place = match (&list.scope, app.state.plan.unit(&key.unit)) {
            (ListScope::Form(_) | ListScope::Cell(_), _) | (_, None) => label.to_owned(),
            (_, Some(unit)) => {
                let period = app.state.plan.period(&key.period);
                let period = period.map(|period| words::period_short(ui, period));
                let unit = unit.name.get(app.state.lang);
                format!("{unit} · {} · {label}", period.unwrap_or_default())
            }
        };
        let (text, style) = match app.state.plan.field(&finding.cell.field) {
            Some(field) => finding::beside_cell(ui, app, finding, field),
            None => finding::line(ui, app, finding),
        };
        let half = canvas.width() * 2 / 5;
        let place_style = if here {
            ui.theme.cursor()
        } else {
            ui.theme.text()
        };
        canvas.put(1, y, 1, if here { "▸" } else { " " }, ui.theme.title());
        let place = width::fit_middle(&place, half - 4);
        canvas.put(3, y, half - 4, &place, place_style);
        canvas.put(half, y, canvas.width() - half - 1, &text, style);
        if here {
            canvas.select(3, y);
        }
    }
    detail(ui, app, list, canvas);
    chrome::foot(ui, app, canvas, HINTS);
}

/// The whole sentence of the finding under the cursor.
fn detail(ui: &Ui, app: &App, list: &FindingsList, canvas: &mut Canvas<'_>) {
    let Some((_, finding)) = list.items.get(list.cursor.position()) else {
        chrome::notice(ui, app, canvas);
        return;
    };
    let (text, style) = finding::with_cell(ui, app, finding);
    let columns = canvas.width().saturating_sub(2);
    let room = chrome::MESSAGES - chrome::notice(ui, app, canvas);
    for (line, text) in width::wrap(&text, columns, room).iter().enumerate() {
        chrome::message(canvas, line, text, style);
    }
}
