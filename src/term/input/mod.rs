//! What the terminal sends, as messages of the app.

mod events;
mod keys;

pub(super) use events::listen;
