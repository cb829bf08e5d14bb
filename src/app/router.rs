//! Opens and closes screens where one of them, or a command, asks to go somewhere.

use super::machine::App;
use super::navigation::Go;
use super::overlays::Overlay;
use super::screens::Screen;
use super::screens::conflict::ConflictPage;
use super::screens::findings::FindingsList;
use super::screens::form::{FormScreen, Resume};
use super::screens::history::HistoryList;
use super::screens::home::Home;
use super::screens::import_preview::ImportPreview;
use super::screens::sync::SyncPage;
use crate::ledger::{CellKey, FormKey};

/// Goes where it is asked to.
pub(super) fn go(app: &mut App, to: Go) {
    match to {
        Go::Back => back(app),
        Go::Home => home(app),
        Go::Form(key, cell) => open_form(app, key, cell.map_or(Resume::FirstBlank, Resume::At)),
        Go::Cell(cell) => to_cell(app, cell),
        Go::Findings(scope) => open(app, FindingsList::new(scope)),
        Go::History(scope) => open(app, HistoryList::new(scope)),
        Go::Sync => open(app, SyncPage::default()),
        Go::ImportPreview(plan, stands) => app.screens.push(ImportPreview::new(plan, stands)),
        Go::Conflict(conflict) => app.screens.push(ConflictPage::new(*conflict)),
        Go::Work(work) => {
            let sync = app.screens.iter_mut().find_map(|screen| match screen {
                Screen::Sync(page) => Some(page),
                _ => None,
            });
            if let Some(page) = sync {
                page.begin(&mut app.state, work);
            }
        }
        Go::LeavePreview => {
            if matches!(app.screen(), Screen::ImportPreview(_)) {
                app.screens.pop();
            }
        }
        Go::LeaveConflict => app
            .screens
            .close(|screen| matches!(screen, Screen::Conflict(_))),
        Go::RefreshAll => refresh_all(app),
        // Carried out by `update`, which knows the screen on top.
        Go::Command(_) => {}
    }
}

/// Opens a screen that asks for what it shows.
fn open(app: &mut App, screen: impl Into<Screen>) {
    let mut screen = screen.into();
    screen.inner_mut().refresh(&mut app.state);
    app.screens.push(screen);
}

/// One screen up; on the lowest it asks whether to leave.
fn back(app: &mut App) {
    if app.screens.pop() {
        refresh_all(app);
    } else {
        app.state.overlay = Some(Overlay::Leave);
    }
}

/// To the home page, asked for anew.
fn home(app: &mut App) {
    app.screens.only_lowest();
    refresh_all(app);
}

/// Opens a form above the home page: one at a time, going to another replaces it.
pub(super) fn open_form(app: &mut App, key: FormKey, resume: Resume) {
    app.state
        .forms
        .open(&app.state.plan, &app.state.outbox, &key, app.state.today);
    if app.state.forms.view(&key).is_none() {
        return;
    }
    app.screens.only_lowest();
    open(app, FormScreen::new(key, resume));
}

/// Goes to a cell: of the form that is open below, or of one opened for it.
fn to_cell(app: &mut App, cell: CellKey) {
    let is_it = |screen: &Screen| screen.inner().form() == Some(&cell.form);
    if !app.screens.pop_to(is_it) {
        return open_form(app, cell.form, Resume::At(cell.id));
    }
    if let Screen::Form(form) = app.screens.top_mut() {
        form.go_to_field(&app.state, &cell.id.field);
    }
    refresh_all(app);
}

/// Asks again for what the screens show.
pub(super) fn refresh_all(app: &mut App) {
    for screen in app.screens.iter_mut() {
        screen.inner_mut().refresh(&mut app.state);
    }
}

/// The home page as the lowest screen, with nothing above it.
pub(super) fn start_at_home(app: &mut App) {
    app.screens = super::machine::ScreenStack::new(Home::default().into());
    refresh_all(app);
}
