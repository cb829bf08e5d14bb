//! A folder without a store: which unit, and who.

use crate::app::App;
use crate::app::input::command::Command;
use crate::app::screens::first_run::{FirstRun, FirstRunStep};
use crate::base::Message;
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE, Hint};
use crate::ui::{widgets, width};

const UNIT: &[Hint<'_>] = &[
    (&[Command::Accept], "hint.choose"),
    (&[Command::ListUp, Command::ListDown], "hint.move"),
    (&[Command::Quit], "hint.quit"),
];
const NAME: &[Hint<'_>] = &[
    (&[Command::Accept], "hint.make"),
    (&[Command::Cancel], "hint.cancel"),
    (&[Command::Quit], "hint.quit"),
];

/// Draws the page of the first run; returns where the caret stands.
pub(in crate::ui) fn draw(
    ui: &Ui,
    app: &App,
    page: &FirstRun,
    canvas: &mut Canvas<'_>,
) -> (usize, usize) {
    chrome::title(
        ui,
        canvas,
        ui.t("first.title"),
        app.state.plan.title.get(app.state.lang),
    );
    let x = 3;
    let room = canvas.width() - 6;
    let mut y = ABOVE;
    for line in width::wrap(ui.t("first.welcome"), room, 3) {
        canvas.put(x, y, room, &line, ui.theme.text());
        y += 1;
    }
    y += 1;
    let caret = match page.step {
        FirstRunStep::Unit => {
            canvas.put(x, y, room, ui.t("first.which_unit"), ui.theme.title());
            let rows = (canvas.height() - chrome::BELOW).saturating_sub(y + 1);
            widgets::filtered_list(ui, app, &page.units, canvas, (x, y + 1), (room, rows))
        }
        FirstRunStep::Name | FirstRunStep::Making => {
            let unit = page.unit.as_ref().and_then(|id| app.state.plan.unit(id));
            let name = unit.map(|u| u.name.get(app.state.lang)).unwrap_or_default();
            let chosen = Message::new("first.chosen").with("unit", name);
            canvas.put(x, y, room, &ui.say(app, &chosen), ui.theme.text());
            canvas.put(x, y + 2, room, ui.t("first.who"), ui.theme.title());
            widgets::text_line(ui, &page.name, canvas, (x, y + 3), room.min(50))
        }
    };
    if chrome::notice(ui, app, canvas) == 0 {
        let key = match page.step {
            FirstRunStep::Unit => "first.where",
            FirstRunStep::Name | FirstRunStep::Making => "first.then",
        };
        let said = ui.say(app, &Message::new(key));
        for (line, text) in width::wrap(&said, room, 3).iter().enumerate() {
            chrome::message(canvas, line, text, ui.theme.text());
        }
    }
    let hints = match page.step {
        FirstRunStep::Unit => UNIT,
        FirstRunStep::Name | FirstRunStep::Making => NAME,
    };
    chrome::foot_with(ui, app, canvas, hints);
    caret
}
