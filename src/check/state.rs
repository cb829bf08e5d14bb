//! Cells that hold no usable content: text that could not be read, values in conflict.

use super::finding::{Finding, FindingBuilder, fingerprint};
use crate::base::Message;
use crate::ledger::{CellId, Content, Context, typed};
use crate::plan::{Field, Severity};

/// What was typed could not be read as a number (`settled.md` 20).
pub(super) fn unreadable(ctx: &Context<'_>, field: &Field, cell: &CellId) -> Option<Finding> {
    let content = ctx.form.state_of(cell);
    let Content::Invalid(text) = content else {
        return None;
    };
    // The cell keeps the text, not the problem; reading it again gives it back.
    let problem = typed::read(text, field.kind)
        .problem
        .unwrap_or(typed::NumberProblem::NotANumber);
    let draft =
        FindingBuilder::of_check("invalid", Severity::Hard, cell).value(cell, fingerprint(content));
    let message = Message::new("check.invalid").with("problem", problem.message(text));
    Some(draft.finish(ctx, message))
}

/// Several people entered different things and nobody has chosen yet.
pub(super) fn conflict(ctx: &Context<'_>, _: &Field, cell: &CellId) -> Option<Finding> {
    if !ctx.form.in_conflict(cell) {
        return None;
    }
    let heads = ctx.form.cells.get(cell)?;
    let mut contents: Vec<&Content> = Vec::new();
    for content in heads.all().iter().filter_map(|head| head.body.content()) {
        if !contents.contains(&content) {
            contents.push(content);
        }
    }
    let shown: Vec<String> = contents.iter().map(|c| typed::typed_form(c)).collect();
    let mut parts: Vec<String> = contents.iter().map(|c| fingerprint(c)).collect();
    parts.sort_unstable();
    let draft =
        FindingBuilder::of_check("conflict", Severity::Hard, cell).value(cell, parts.join("|"));
    let message = Message::new("check.conflict")
        .with("count", contents.len())
        .with("values", shown.join("; "));
    Some(draft.finish(ctx, message))
}
