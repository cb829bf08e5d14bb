//! Checks the plausibility of a form among its past: what is wrong, what is unusual, and what was
//! probably meant.
//!
//! Every check is a small pure function from a [`Context`] to at most one finding, listed in
//! a table here; a family of checks is a file. A finding never blocks typing: hard ones block
//! submitting, soft ones ask for a reason, which is kept with the values it was given for.

mod binomial;
mod digits;
mod expected;
mod finding;
mod note;
mod one_slip;
mod past;
mod range;
mod rate;
mod relation;
mod share;
mod shifted;
mod state;
mod trend;
mod whole_form;
mod words;

pub use crate::ledger::context::{Context, PastForms, needed_periods};
pub use finding::{Finding, Override, doubted};

use self::expected::Expectations;
use self::share::UsualShare;
use crate::ledger::CellId;
use crate::plan::{Field, Rule, RuleKind};

/// What looks at what one cell holds, in a list or not.
const CELL_CHECKS: [CellCheck; 2] = [state::unreadable, state::conflict];

type CellCheck = fn(&Context<'_>, &Field, &CellId) -> Option<Finding>;

/// What looks at one figure and its past.
const FIGURE_CHECKS: [fn(&Context<'_>, &Field) -> Option<Finding>; 3] = [
    past::identical,
    past::year_covers_half,
    whole_form::uneven_halves,
];

/// All findings of a form, in the order of its fields, at each field the hard ones first. Of the
/// soft ones that see one slip only the most telling stands.
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
    let expected = Expectations::of(ctx, &fields);
    let trends = fields
        .iter()
        .filter_map(|field| trend::against_past(ctx, &expected, field));
    let whole = whole_form::findings(ctx, &fields).into_iter();
    let whole = whole.chain(whole_form::same_as_row_above(ctx, &fields));
    let whole = whole.chain(shifted::rows(ctx, &expected, &fields));
    let found = cells
        .chain(trends)
        .chain(relations)
        .chain(rules)
        .chain(whole);
    let found = found.collect();
    in_order(ctx, one_slip::only_the_most_telling(found))
}

/// The findings that look at `cell`: those reported at it and those reported at another cell it
/// is compared with.
///
/// Asked at every keystroke, with the typed figure laid over the form. The whole form is judged,
/// for what one figure says depends on what others say of the same slip.
pub fn findings_at(ctx: &Context<'_>, cell: &CellId) -> Vec<Finding> {
    let mut found = findings(ctx);
    found.retain(|finding| finding.cell == *cell || finding.also.contains(cell));
    found
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
    let elsewhen = !rule.periods.is_empty() && !rule.periods.contains(&ctx.period.kind);
    let elsewhere = !rule.units.is_empty() && !ctx.plan.is_among(ctx.unit, &rule.units);
    if elsewhen || elsewhere {
        return None;
    }
    match &rule.kind {
        RuleKind::FieldRange { field, min, max } => range::field(ctx, rule, field, *min, *max),
        RuleKind::ShareRange {
            part,
            whole,
            scale,
            min,
            max,
        } => {
            let usual = UsualShare {
                part,
                whole,
                scale: *scale,
                min: *min,
                max: *max,
            };
            share::judge(ctx, rule, &usual)
        }
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
        RuleKind::NoneInRow { fields, times } => past::none_in_row(ctx, rule, fields, *times),
    }
}

fn in_order(ctx: &Context<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| {
        let position = ctx.plan.field_position(&finding.cell.field);
        (position, finding.cell.row, finding.severity)
    });
    findings
}
