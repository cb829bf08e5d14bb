//! Cross-checks of a plan: what each part says of the others, and what follows for its users.
//!
//! A plan file is written by people who will not see its effect for months; so everything that
//! would later surprise a clerk is said here, with its line and what to write instead.

mod dates;
mod figures;
mod form;
mod graph;
mod lookup;
mod names;
mod periods;
mod relations;
mod rules;
mod target_words;

use self::lookup::Lint;
use super::file::PlanDraft;
use super::problem::Problems;

/// Notes every contradiction of a draft; `text` is the file's, for lines in messages.
pub(super) fn check(draft: &PlanDraft<'_>, text: &str, problems: &Problems) {
    let lint = Lint::new(draft, text, problems);
    names::check(&lint);
    dates::check(&lint);
    periods::check(&lint);
    form::check(&lint);
    relations::check(&lint);
    rules::check(&lint);
    figures::check(&lint);
}
