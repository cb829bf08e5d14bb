//! The one way the app changes: a message in, effects out.

use super::answers;
use super::everywhere;
use super::input::command::Command;
use super::input::key::Key;
use super::input::list::{edit_line, step_of};
use super::input::pasted;
use super::input::type_ahead::Typed;
use super::machine::App;
use super::message::{Effect, Msg, PasteFault};
use super::navigation::Go;
use super::overlays::{AllowedTitle, Answered, Overlay};
use super::router;
use super::screens::interface::Handled;
use super::state::{Health, Leaving, State, Tone};
use crate::base::Message;

/// Takes a message in.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => typed(app, Typed::Key(key)),
        Msg::Paste(text) => typed(app, Typed::Paste(text)),
        Msg::PasteRefused(fault) => {
            let said = match fault {
                PasteFault::TooLong => "trouble.paste_too_long",
                PasteFault::Cut => "trouble.paste_cut",
            };
            app.state.say(Tone::Warning, Message::new(said));
        }
        Msg::Resize(size) => {
            app.state.size = size;
            app.state.effect(Effect::Redraw);
        }
        Msg::Answer { id, result } => answers::answered(app, id, result),
        Msg::News(news) => answers::news(app, news),
        Msg::Gone => app.state.leaving = Leaving::TerminalGone,
    }
    settle(app);
    while !app.awaits_screen()
        && let Some(typed) = app.ahead.take_first()
    {
        take(app, typed);
        settle(app);
    }
    finish(app)
}

/// Goes where screens asked to go, and brings what they show up to date.
fn settle(app: &mut App) {
    while let Some(to) = app.state.next_way() {
        match to {
            Go::Command(command) => run(app, command),
            to => router::go(app, to),
        }
    }
    let shown = app.shown_forms();
    app.state.forms.keep_only(&shown, &app.state.outbox);
    app.screens.top_mut().inner_mut().settle(&mut app.state);
}

/// Gives the store what waits, keeps what is unfinished, ends where the program is to end.
fn finish(app: &mut App) -> Vec<Effect> {
    if app.state.health == Health::Good {
        for (id, request) in app.state.outbox.hand_over() {
            app.state.effect(Effect::Ask { id, request });
        }
    }
    app.state.start_work();
    let draft = app.draft();
    if app.kept != draft {
        app.kept.clone_from(&draft);
        app.state.effect(Effect::Keep(draft));
    }
    if may_leave(&app.state) {
        app.state.effect(Effect::Quit);
    }
    app.state.take_effects()
}

/// True when the program is to end and nothing typed would be lost by it.
fn may_leave(state: &State) -> bool {
    match state.leaving {
        Leaving::No => false,
        Leaving::WhenSaved => state.outbox.is_empty(),
        Leaving::TerminalGone => state.health != Health::Good || !state.outbox.holds_back(),
    }
}

/// What a person types: at once where its screen is there, else later.
fn typed(app: &mut App, typed: Typed) {
    if !app.awaits_screen() {
        return take(app, typed);
    }
    if let Typed::Key(key) = typed {
        let command = app.state.keymap.lookup(&app.contexts(), key);
        if command.is_some_and(|command| AT_ONCE.contains(&command)) {
            app.ahead.forget();
            return take(app, typed);
        }
    }
    app.ahead.keep(typed);
}

/// Commands that need no answer of the store, and lead away from what is being waited for.
const AT_ONCE: [Command; 4] = [
    Command::Cancel,
    Command::Quit,
    Command::Redraw,
    Command::Reopen,
];

fn take(app: &mut App, typed: Typed) {
    match typed {
        Typed::Key(key) => key_down(app, key),
        Typed::Paste(text) => paste(app, &text),
    }
}

fn key_down(app: &mut App, key: Key) {
    app.state.notice = None;
    let command = app.state.keymap.lookup(&app.contexts(), key);
    if let Some(running) = app.state.running {
        // What is pressed while one waits is not meant for the page that comes.
        match command {
            Some(Command::Cancel) => app.state.stop_work(running.work),
            Some(command @ (Command::Quit | Command::Redraw)) => run(app, command),
            _ => {}
        }
        return;
    }
    match (command, key.character()) {
        (Some(command), _) => run(app, command),
        (None, Some(character)) => self::character(app, character),
        (None, None) => {}
    }
}

/// A character that is no command: text where text is typed.
fn character(app: &mut App, character: char) {
    if let Some(Overlay::Allowed(AllowedTitle::Emptiness, picker)) = &mut app.state.overlay {
        let number = character.to_digit(10).and_then(|n| n.checked_sub(1));
        if number.is_some_and(|place| picker.pick(usize::try_from(place).unwrap_or(usize::MAX))) {
            accept(app);
        }
        return;
    }
    if let Some(overlay) = &mut app.state.overlay {
        if let Some(line) = overlay.line_mut() {
            line.insert(character);
            overlay.refilter();
        } else if let Some(content) = overlay.fills_blanks(character) {
            app.state.overlay = None;
            answer_screen(app, Answered::FillBlanks(content));
        }
        return;
    }
    let top = app.screens.top_mut().inner_mut();
    top.character(&mut app.state, character);
}

/// A bracketed paste: into the text that is open, or to the screen.
fn paste(app: &mut App, text: &str) {
    app.state.notice = None;
    if app.state.running.is_some() {
        // Like keys, it is not meant for the page that comes.
        return;
    }
    if let Some(overlay) = &mut app.state.overlay {
        let figure = overlay.takes_figure();
        if let Some(line) = overlay.line_mut() {
            let text = if figure {
                match pasted::figure(text, line.room()) {
                    Ok(text) => text,
                    Err(why) => return app.state.say(Tone::Warning, why),
                }
            } else {
                text
            };
            line.insert_str(text);
            overlay.refilter();
        }
        return;
    }
    app.screens
        .top_mut()
        .inner_mut()
        .paste(&mut app.state, text);
}

/// Carries a command out on what is on top.
fn run(app: &mut App, command: Command) {
    if app.state.overlay.is_some() {
        return overlay_command(app, command);
    }
    let top = app.screens.top_mut().inner_mut();
    if top.command(&mut app.state, command) == Handled::No {
        everywhere::run(app, command);
    }
}

fn overlay_command(app: &mut App, command: Command) {
    let Some(overlay) = &mut app.state.overlay else {
        return;
    };
    if let Some(by) = step_of(command)
        && !matches!(overlay, Overlay::Prompt(_))
    {
        return overlay.step(by);
    }
    if let Some(line) = overlay.line_mut()
        && edit_line(line, command)
    {
        return overlay.refilter();
    }
    match command {
        Command::Cancel => {
            if let Some(Overlay::Prompt(prompt)) = app.state.overlay.take() {
                let text = prompt.line.text();
                answer_screen(app, Answered::TextLeft(prompt.purpose, text));
            }
        }
        Command::Accept => accept(app),
        Command::ProblemNext if matches!(overlay, Overlay::Finish(_)) => {
            app.state.overlay = None;
            answer_screen(app, Answered::NextProblem);
        }
        Command::Quit => everywhere::quit(&mut app.state),
        Command::Redraw => app.state.effect(Effect::Redraw),
        _ => {}
    }
}

/// Closes what lies on top with what was chosen or typed.
fn accept(app: &mut App) {
    match app.state.overlay.take() {
        Some(Overlay::Prompt(prompt)) => {
            let text = prompt.line.text();
            answer_screen(app, Answered::Text(prompt.purpose.clone(), text));
            let notice = app.state.notice.as_ref();
            let refused = notice.is_some_and(|notice| notice.tone == Tone::Warning);
            if refused && app.state.overlay.is_none() {
                app.state.overlay = Some(Overlay::Prompt(prompt));
            }
        }
        Some(Overlay::Palette(picker)) => {
            if let Some(item) = picker.chosen() {
                run(app, item.value);
            }
        }
        Some(Overlay::GoTo(picker) | Overlay::Find(picker)) => {
            if let Some(item) = picker.chosen() {
                everywhere::go_to(app, item.value.clone());
            }
        }
        Some(Overlay::Allowed(_, picker)) => {
            if let Some(item) = picker.chosen() {
                answer_screen(app, Answered::Allowed(item.value.clone()));
            }
        }
        Some(Overlay::Reasons { asked, picker, .. }) => {
            if let Some(item) = picker.chosen() {
                answer_screen(app, Answered::Reason(asked, item.value.clone()));
            }
        }
        Some(Overlay::Finish(summary)) if summary.may_submit() => {
            answer_screen(app, Answered::Submit(summary));
        }
        Some(Overlay::Finish(summary)) => {
            app.state.say(Tone::Warning, Message::new("finish.blocked"));
            app.state.overlay = Some(Overlay::Finish(summary));
        }
        Some(Overlay::Leave) => everywhere::leave(&mut app.state),
        Some(Overlay::Folders(purpose, picker)) => {
            if let Some(item) = picker.chosen() {
                answer_screen(app, Answered::Folder(purpose, item.value.clone()));
            }
        }
        Some(Overlay::Question { asked, .. }) => answer_screen(app, Answered::Yes(asked)),
        None => {}
    }
}

fn answer_screen(app: &mut App, answer: Answered) {
    let top = app.screens.top_mut().inner_mut();
    top.chosen(&mut app.state, answer);
}
