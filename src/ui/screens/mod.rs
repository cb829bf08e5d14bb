//! One file per screen; each draws from the app's state and returns where the caret stands.

pub mod findings;
pub mod first_run;
pub mod form;
pub mod help;
pub mod history;
pub mod home;
pub mod meeting;
pub mod opening;
