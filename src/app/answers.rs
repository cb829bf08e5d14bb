//! What answers and news of the store do: each answer goes to whoever waits for its request.

use super::forms::Taken;
use super::machine::{App, ScreenStack};
use super::message::{News, Opened, Reply, RequestId, Trouble, TroubleKind, Undone, UndoneCell};
use super::navigation::Go;
use super::router;
use super::screens::Screen;
use super::screens::first_run::FirstRun;
use super::screens::form::Resume;
use super::state::{Health, State, Tone};
use crate::base::{Arg, Message};
use crate::ledger::{FormKey, Recorded, typed};
use crate::plan::{Period, Plan, Unit};
use crate::store::{Committed, Direction};

/// Takes an answer in. One that nobody waits for is dropped.
pub(super) fn answered(app: &mut App, id: RequestId, result: Result<Reply, Trouble>) {
    let state = &mut app.state;
    if state.running.is_some_and(|running| running.work == id) {
        state.running = None;
    }
    if state.opening == Some(id) {
        state.opening = None;
        return opened(app, result);
    }
    if state.outbox.has(id) {
        return match result {
            Ok(Reply::Committed(done)) => committed(app, id, &done),
            Ok(_) => {}
            Err(trouble) => not_committed(app, id, trouble),
        };
    }
    if let Some(undo) = state.outbox.take_undo(id) {
        return match result {
            Ok(Reply::Undone(done)) => undone(app, undo.id, &done),
            Ok(_) => {}
            Err(trouble) if trouble.kind == TroubleKind::Failed => state.failed(trouble.message),
            Err(trouble) => state.say(Tone::Warning, nothing_left(undo.direction, trouble)),
        };
    }
    if let Some(key) = state.forms.waits_for(id).cloned() {
        return form_came(state, id, &key, result);
    }
    let waiting = app
        .screens
        .iter_mut()
        .map(Screen::inner_mut)
        .find(|screen| screen.waits_for(id));
    if let Some(screen) = waiting {
        screen.answer(&mut app.state, id, result);
    }
}

/// Takes in what happened at the store unasked.
pub(super) fn news(app: &mut App, news: News) {
    match news {
        News::Changed => router::refresh_all(app),
        News::Session(status) => app.state.status = status,
        News::Progress(progress) => {
            if app
                .state
                .running
                .is_some_and(|now| now.work == progress.work)
            {
                app.state.running = Some(progress);
            }
        }
        News::ClockBehind(last) => {
            let last = app.state.plan.short_time(last);
            let said = Message::new("around.clock_behind").with("last", last);
            app.state.say(Tone::Warning, said);
        }
        News::Damaged(message) => app.state.say(Tone::Warning, message),
        News::Opened(opened) if app.state.session.is_none() => begin(app, *opened),
        News::Opened(_) => {}
        News::NotOpened(trouble) => app.state.not_written(trouble),
        News::Writable => {
            let before = app.state.session.as_mut().and_then(|s| s.read_only.take());
            // Who opened it again by a key knows already.
            if before.is_some() || app.state.health != Health::Good {
                writable_again(app);
            }
        }
        News::Lost(message) => app.state.failed(message),
        News::NewEpoch(message) => {
            if let Some(session) = &mut app.state.session {
                session.epoch = Some(message.clone());
            }
            app.state.say(Tone::Info, message);
        }
        News::Fault(detail) => {
            let said = Message::new("trouble.fault").with("detail", detail.as_str());
            app.state.fault = Some(detail);
            app.state.failed(said);
        }
    }
}

/// The store was opened, or could not be.
fn opened(app: &mut App, result: Result<Reply, Trouble>) {
    match result {
        Ok(Reply::NoStore) => {
            let page = FirstRun::new(&app.state.plan, &app.state.words.word("first.authority"));
            app.screens = ScreenStack::new(page.into());
        }
        Ok(Reply::Opened(opened)) if app.state.session.is_some() => recovered(app, *opened),
        Ok(Reply::Opened(opened)) => begin(app, *opened),
        Ok(_) => {}
        Err(trouble) => app.state.not_written(trouble),
    }
}

/// Why an undo or redo was not carried out: by its own name where there is nothing left.
fn nothing_left(direction: Direction, trouble: Trouble) -> Message {
    let nothing = trouble.message.key == "trouble.nothing_to_undo";
    if nothing && direction == Direction::Redo {
        return Message::new("trouble.nothing_to_redo");
    }
    trouble.message
}

/// The store is open: the home page, or on the first run and after a lost terminal the form.
fn begin(app: &mut App, mut opened: Opened) {
    let first_run = matches!(app.screen(), Screen::FirstRun(_));
    // In a store that several units share, a person's home page is their own unit's.
    if !opened.actor.units.contains(&opened.unit)
        && let Some(own) = opened.actor.units.first()
    {
        opened.unit = own.clone();
    }
    let (unit, draft) = (opened.unit.clone(), opened.draft.take());
    app.state.plan = opened.plan.clone();
    app.state.today = opened.today;
    app.state.session = Some(opened);
    app.state.health = Health::Good;
    router::start_at_home(app);
    if let Some(draft) = draft {
        let resume = Resume::Unfinished(draft.cell.id, draft.purpose, draft.text);
        router::open_form(app, draft.cell.form, resume);
        return;
    }
    if let Some(epoch) = app.state.session.as_ref().and_then(|s| s.epoch.clone()) {
        app.state.say(Tone::Warning, epoch);
    }
    let plan = app.state.plan.clone();
    let current = plan
        .unit(&unit)
        .and_then(|unit| plan.current_period(unit, app.state.today));
    if let (true, Some(current)) = (first_run, current)
        && plan
            .unit(&unit)
            .is_some_and(|unit| owes_figures(&plan, unit, current.period))
    {
        let period = current.period.id.clone();
        router::open_form(app, FormKey { unit, period }, Resume::FirstBlank);
        let key = if current.plan_over {
            "home.plan_over"
        } else {
            "first.ready"
        };
        app.state.say(Tone::Info, Message::new(key));
    }
}

/// True where the unit types figures in that period; a unit that only answers for measures, or
/// only writes words, begins at its home page instead of at a form without a figure.
fn owes_figures(plan: &Plan, unit: &Unit, period: &Period) -> bool {
    let fields = plan.form_fields(unit, period);
    fields.iter().any(|field| field.kind.is_numeric())
}

/// The store is open again: what it could not take is tried again once its forms were read anew,
/// because it may hold it after all.
fn recovered(app: &mut App, opened: Opened) {
    let mut said = (Tone::Info, Message::new("trouble.recovered"));
    if let Some(session) = &mut app.state.session {
        session.read_only = opened.read_only;
        if let Some(epoch) = opened.epoch {
            session.epoch = Some(epoch.clone());
            said = (Tone::Warning, epoch);
        }
    }
    writable_again(app);
    app.state.say(said.0, said.1);
}

fn writable_again(app: &mut App) {
    let state = &mut app.state;
    state.health = Health::Good;
    state.recovering = state.outbox.failed_forms();
    state.forms.read_all_anew();
    state.say(Tone::Info, Message::new("trouble.recovered"));
    router::refresh_all(app);
    let shown = app.shown_forms();
    let unseen: Vec<FormKey> = app.state.recovering.difference(&shown).cloned().collect();
    for key in unseen {
        app.state.read_form(&key);
    }
    retry(&mut app.state);
}

/// Tries failed writes again, once every form that they concern was read anew.
fn retry(state: &mut State) {
    if state.recovering.is_empty() && state.health == Health::Good {
        let forms = state.outbox.failed_forms();
        state.outbox.retry(|change| state.forms.holds(change));
        state.forms.refresh(&state.plan, &state.outbox, &forms);
    }
}

/// A form as the store has it.
fn form_came(state: &mut State, id: RequestId, key: &FormKey, result: Result<Reply, Trouble>) {
    match result {
        Ok(Reply::Forms(read)) => {
            let taken = state.forms.take_in(&state.plan, &state.outbox, id, *read);
            if taken == Taken::OutOfDate {
                return state.read_form(key);
            }
        }
        Ok(_) => {}
        Err(trouble) => {
            // What was shown of the form stays; where nothing was, the form says why.
            if state
                .forms
                .view(key)
                .is_some_and(super::forms::FormView::is_there)
            {
                state.say(Tone::Warning, trouble.message.clone());
            }
            state.forms.not_read(id, trouble);
        }
    }
    if state.recovering.remove(key) {
        retry(state);
    }
}

/// An action is on disk.
fn committed(app: &mut App, id: RequestId, done: &Committed) {
    let state = &mut app.state;
    state.outbox.take(id);
    on_disk(state, &done.entries, done.counter);
    // One frame shows the cell as saved and the new count.
    state.status.unsent = done.unsent;
    tell_screens(app, id, Ok(&done.entries));
    // Lists are read beside the writes: the one on top may be from before this one.
    let top = app.screens.top_mut().inner_mut();
    if top.form().is_none() {
        top.refresh(&mut app.state);
    }
}

/// Own entries are on disk: forms grow by them, writes that wait for their subjects supersede them.
fn on_disk(state: &mut State, entries: &[Recorded], counter: u64) {
    for recorded in entries {
        state.outbox.settled(recorded);
    }
    state
        .forms
        .settle(&state.plan, &state.outbox, entries, counter);
}

/// An action was refused, or the store failed to write it: then it stays, marked, until it can.
fn not_committed(app: &mut App, id: RequestId, trouble: Trouble) {
    let state = &mut app.state;
    if trouble.kind == TroubleKind::Failed {
        state.outbox.fail(id);
        let forms = state.outbox.failed_forms();
        state.forms.refresh(&state.plan, &state.outbox, &forms);
    } else if let Some(write) = state.outbox.take(id) {
        state.forms.refused(&state.plan, &state.outbox, &write);
    }
    tell_screens(app, id, Err(&trouble));
    let refused = trouble.kind != TroubleKind::Failed;
    app.state.not_written(trouble);
    if refused {
        router::refresh_all(app);
    }
}

fn tell_screens(app: &mut App, id: RequestId, result: Result<&[Recorded], &Trouble>) {
    for screen in app.screens.iter_mut() {
        screen.inner_mut().written(&mut app.state, id, result);
    }
}

/// An undo or redo is on disk: it is named, and its form is shown.
fn undone(app: &mut App, id: RequestId, done: &Undone) {
    on_disk(&mut app.state, &done.entries, done.counter);
    app.state.status.unsent = done.unsent;
    tell_screens(app, id, Ok(&done.entries));
    // Who has gone on typing meanwhile is not taken away from their cell.
    let top = app.screens.top().inner();
    let typing = top
        .draft(&app.state)
        .is_some_and(|draft| !draft.text.is_empty());
    let gone_on = typing || app.state.overlay.is_some() || app.state.outbox.went_on_after(id);
    if let Some(cell) = done.cell.clone().filter(|_| !gone_on) {
        app.state.go(Go::Cell(cell));
    }
    app.state.go(Go::RefreshAll);
    let said = what_was_undone(&app.state, done);
    app.state.say(Tone::Info, said);
}

/// "Đã hoàn tác: Trẻ em trai, Xã Ngọc Thiện, 2023: 63 → trống".
fn what_was_undone(state: &State, done: &Undone) -> Message {
    let key = match (done.direction, &done.cells[..]) {
        (Direction::Undo, [_]) => "form.undone_cell",
        (Direction::Redo, [_]) => "form.redone_cell",
        (Direction::Undo, []) => "form.undone",
        (Direction::Redo, []) => "form.redone",
        (Direction::Undo, _) => "form.undone_cells",
        (Direction::Redo, _) => "form.redone_cells",
    };
    let mut said = Message::new(key).with("count", done.cells.len());
    if let Some(UndoneCell { cell, old, new }) = done.cells.first() {
        let field = state.plan.field(&cell.id.field);
        let unit = state.plan.unit(&cell.form.unit);
        let period = state.plan.period(&cell.form.period);
        let period = period.map_or_else(
            || Arg::from(cell.form.period.as_str()),
            |period| Arg::from(period.name_inside()),
        );
        let shown = |content| match typed::show(content) {
            empty if empty.is_empty() => state.words.word("history.blank"),
            shown => shown,
        };
        said = said
            .with("field", field.map(|f| f.short.clone()).unwrap_or_default())
            .with("unit", unit.map(|u| u.name.clone()).unwrap_or_default())
            .with("period", period)
            .with("old", shown(old))
            .with("new", shown(new));
    }
    said
}
