//! The moment before the store has answered.

use crate::app::App;
use crate::app::state::Health;
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome::{self, ABOVE};
use crate::ui::width;

/// Draws the page shown before the store has answered.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, canvas: &mut Canvas<'_>) {
    chrome::title(ui, canvas, "nhaplieu", "");
    chrome::foot(ui, app, canvas, &[]);
    if let Health::Failed(why) = &app.state.health {
        // The whole page is there for what is wrong and how it is mended.
        let text = format!("✖ {}", ui.say(app, why));
        let room = canvas.width().saturating_sub(6);
        let height = chrome::body_height(canvas.height()).saturating_sub(1);
        for (at, line) in width::wrap(&text, room, height).iter().enumerate() {
            canvas.put(3, ABOVE + 1 + at, room, line, ui.theme.hard());
        }
    } else if chrome::notice(ui, app, canvas) == 0 {
        chrome::message(canvas, 0, ui.t("screen.opening"), ui.theme.text());
    }
}
