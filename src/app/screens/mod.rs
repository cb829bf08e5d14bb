//! The screens. Each is one value with one interface, [`ScreenLike`]; the program knows no more of
//! a screen than that. A new screen is a folder here, its drawing in `ui/screens`, and a line in
//! the list below.

pub mod conflict;
pub mod findings;
pub mod first_run;
pub mod form;
pub mod help;
pub mod history;
pub mod home;
pub mod import_preview;
pub mod interface;
pub mod opening;
pub mod sync;

use interface::ScreenLike;

macro_rules! screens {
    ($($(#[$doc:meta])* $name:ident($kind:ty);)+) => {
        /// One screen of the program.
        #[derive(Debug)]
        pub enum Screen {
            $($(#[$doc])* $name(Box<$kind>),)+
        }

        impl Screen {
            /// The screen behind its one interface.
            pub fn inner(&self) -> &dyn ScreenLike {
                match self {
                    $(Self::$name(screen) => screen.as_ref(),)+
                }
            }

            /// The screen behind its one interface, to be changed.
            pub fn inner_mut(&mut self) -> &mut dyn ScreenLike {
                match self {
                    $(Self::$name(screen) => screen.as_mut(),)+
                }
            }
        }

        $(impl From<$kind> for Screen {
            fn from(screen: $kind) -> Self {
                Self::$name(Box::new(screen))
            }
        })+
    };
}

screens! {
    /// Waiting for the store.
    Opening(opening::Opening);
    /// A folder without a store.
    FirstRun(first_run::FirstRun);
    /// What is due, incomplete, sent back.
    Home(home::Home);
    /// One unit, one period, field after field.
    Form(form::FormScreen);
    /// Findings of one form or of all.
    Findings(findings::FindingsList);
    /// The history of a cell, a form or the store.
    History(history::HistoryList);
    /// Keys and definitions.
    Help(help::Help);
    /// Other stores: what to send, what came, what is in conflict.
    Sync(sync::SyncPage);
    /// What an import would change, or has changed.
    ImportPreview(import_preview::ImportPreview);
    /// One cell in conflict.
    Conflict(conflict::ConflictPage);
}
