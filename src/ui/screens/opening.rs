//! The moment before the store has answered.

use crate::app::App;
use crate::ui::appearance::Ui;
use crate::ui::canvas::Canvas;
use crate::ui::chrome;

/// Draws the page shown before the store has answered.
pub(in crate::ui) fn draw(ui: &Ui, app: &App, canvas: &mut Canvas<'_>) {
    chrome::title(ui, canvas, "nhaplieu", "");
    chrome::foot(ui, app, canvas, &[]);
    if chrome::notice(ui, app, canvas) == 0 {
        chrome::message(canvas, 0, ui.t("screen.opening"), ui.theme.text());
    }
}
