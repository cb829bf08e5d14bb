//! Checks the plausibility of a form among its past: what is wrong, what is unusual, and what was
//! probably meant.
//!
//! Every check is a small pure function from a [`Context`] to at most one finding, listed in
//! a table here; a family of checks is a file. A finding never blocks typing: hard ones block
//! submitting, soft ones ask for a reason, which is kept with the values it was given for.

mod binomial;
mod digits;
mod finding;
mod note;
mod past;
mod range;
mod rate;
mod relation;
mod state;
mod trend;
mod words;

pub use crate::ledger::context::{Context, PastForms, needed_periods};
pub use finding::{Finding, Override, doubted};

use crate::ledger::CellId;
use crate::plan::{Field, FieldId, Rule, RuleKind};

/// What looks at what one cell holds, in a list or not.
const CELL_CHECKS: [CellCheck; 2] = [state::unreadable, state::conflict];

type CellCheck = fn(&Context<'_>, &Field, &CellId) -> Option<Finding>;

/// What looks at one figure and its past.
const FIGURE_CHECKS: [fn(&Context<'_>, &Field) -> Option<Finding>; 3] = [
    trend::against_year_earlier,
    past::identical,
    past::year_covers_half,
];

/// All findings of a form, in the order of its fields, at each field the hard ones first.
pub fn findings(ctx: &Context<'_>) -> Vec<Finding> {
    // Every check needs something entered in the form itself, so the many forms not yet begun need
    // no look at each field and rule.
    if ctx.form.cells.is_empty() {
        return Vec::new();
    }
    let fields = ctx.plan.form_fields(ctx.unit, ctx.period);
    let cells = fields.iter().flat_map(|field| {
        let rows = ctx.form.rows(&field.id).map(|(cell, _)| cell.clone());
        let rows = rows.flat_map(|cell| at_cell(ctx, field, &cell));
        at_figure(ctx, field).chain(rows).collect::<Vec<_>>()
    });
    let relations = ctx.plan.relations.iter();
    let relations = relations.filter_map(|relation| relation::judge(ctx, relation));
    let rules = ctx.plan.rules.iter().filter_map(|rule| judge(ctx, rule));
    in_order(ctx, cells.chain(relations).chain(rules).collect())
}

/// The findings that look at `cell`: those reported at it and those reported at another cell it
/// is compared with.
///
/// Asked at every keystroke, with the typed figure laid over the form: only the checks that touch
/// the cell are made.
pub fn findings_at(ctx: &Context<'_>, cell: &CellId) -> Vec<Finding> {
    let Some(asked) = ctx.asked(&cell.field) else {
        return Vec::new();
    };
    if !cell.is_figure() {
        return at_cell(ctx, asked, cell).collect();
    }
    let field = &cell.field;
    let at_field = at_figure(ctx, asked);
    let relations = ctx.plan.relations.iter();
    let relations = relations
        .filter(|relation| relation::touches(relation, field))
        .filter_map(|relation| relation::judge(ctx, relation));
    let rules = ctx.plan.rules.iter();
    let rules = rules
        .filter(|rule| touches(ctx, rule, field))
        .filter_map(|rule| judge(ctx, rule));
    in_order(ctx, at_field.chain(relations).chain(rules).collect())
}

fn at_cell(
    ctx: &Context<'_>,
    field: &Field,
    cell: &CellId,
) -> impl Iterator<Item = Finding> + use<> {
    let found = CELL_CHECKS.map(|check| check(ctx, field, cell));
    found.into_iter().flatten()
}

fn at_figure(ctx: &Context<'_>, field: &Field) -> impl Iterator<Item = Finding> + use<> {
    let found = FIGURE_CHECKS.map(|check| check(ctx, field));
    at_cell(ctx, field, &CellId::figure(&field.id)).chain(found.into_iter().flatten())
}

/// One check of the plan, by its kind.
fn judge(ctx: &Context<'_>, rule: &Rule) -> Option<Finding> {
    if !rule.periods.is_empty() && !rule.periods.contains(&ctx.period.kind) {
        return None;
    }
    match &rule.kind {
        RuleKind::FieldRange { field, min, max } => range::field(ctx, rule, field, *min, *max),
        RuleKind::RateRange { measure, min, max } => rate::range(ctx, rule, measure, *min, *max),
        RuleKind::RateExactly {
            measure,
            value,
            from_denominator,
        } => rate::exactly(ctx, rule, measure, *value, *from_denominator),
        RuleKind::RateJump { measure, points } => rate::jump(ctx, rule, measure, *points),
        RuleKind::NoteFrom { field, at_least } => note::due(ctx, rule, field, *at_least),
        RuleKind::Binomial {
            part,
            rest,
            expected,
            sigmas,
        } => binomial::judge(ctx, rule, (part, rest), *expected, *sigmas),
        RuleKind::SameInRow { field, times } => past::same_in_row(ctx, rule, field, *times),
    }
}

fn touches(ctx: &Context<'_>, rule: &Rule, field: &FieldId) -> bool {
    match &rule.kind {
        RuleKind::FieldRange { field: own, .. }
        | RuleKind::NoteFrom { field: own, .. }
        | RuleKind::SameInRow { field: own, .. } => own == field,
        RuleKind::Binomial { part, rest, .. } => part == field || rest == field,
        RuleKind::RateRange { measure, .. }
        | RuleKind::RateExactly { measure, .. }
        | RuleKind::RateJump { measure, .. } => ctx
            .plan
            .measure(measure)
            .is_some_and(|measure| rate::components(measure).any(|own| own == field)),
    }
}

fn in_order(ctx: &Context<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| {
        let position = ctx.plan.field_position(&finding.cell.field);
        (position, finding.cell.row, finding.severity)
    });
    findings
}
