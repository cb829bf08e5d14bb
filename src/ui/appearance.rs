//! How everything is drawn: the words, the styles, the characters; and messages turned into words.

use super::texts::Texts;
use super::theme::{Glyphs, Theme};
use crate::app::App;
use crate::app::input::command::{Command, Context};
use crate::app::input::key::Key;
use crate::base::Message;

/// How everything is drawn.
#[derive(Debug)]
pub struct Ui {
    /// The words.
    pub texts: std::sync::Arc<Texts>,
    /// The styles.
    pub theme: Theme,
    /// The characters.
    pub glyphs: Glyphs,
}

impl Ui {
    /// A message in words; keys in it are the ones that work now.
    pub fn say(&self, app: &App, message: &Message) -> String {
        self.texts.say_with(message, &|id| {
            let Some(command) = Command::parse(id) else {
                return id.to_owned();
            };
            self.key_name(app, command)
        })
    }

    /// The name of the key that orders a command here; where none does, of one that does
    /// elsewhere; else the way over the list of all commands.
    fn key_name(&self, app: &App, command: Command) -> String {
        let own = app.state.keymap.first_key(command, &app.contexts());
        let elsewhere = || {
            let mut contexts = Context::ALL.into_iter();
            contexts.find_map(|context| app.state.keymap.first_key(command, &[context]))
        };
        if let Some(key) = own.or_else(elsewhere) {
            return key.display();
        }
        let contexts = [Context::Global];
        let palette = app.state.keymap.first_key(Command::PaletteOpen, &contexts);
        let palette = palette.map(Key::display).unwrap_or_default();
        format!("{palette} “{}”", self.t(command.hint_key()))
    }

    /// A text of the interface.
    pub fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key)
    }
}
