//! The room `check` on the shipped plan: what a clerk is told, and what is left alone.

#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod findings;
mod rules;
mod words;

use nhaplieu::base::Decimal;
use nhaplieu::check::{Finding, findings, findings_at};
use nhaplieu::ledger::{Body, CellId, CellKey, Content, Context, Origin, Provisional, Subject};
use nhaplieu::plan::{FieldId, Severity};
use support::Desk;

fn commune(period: &str) -> Desk {
    Desk::new("ngoc-thien", period)
}

/// The findings at a field with a figure typed over what it holds.
fn typed_at(ctx: &Context<'_>, field: &FieldId, content: &Content) -> Vec<Finding> {
    let form = ctx.form.with([Provisional {
        subject: &Subject::Cell(CellKey::new(&ctx.unit.id, &ctx.period.id, field)),
        body: &Body::SetValue(content.clone()),
        origin: Origin::Typed,
        reason: "",
    }]);
    let ctx = Context {
        form: &form,
        ..*ctx
    };
    findings_at(&ctx, &CellId::figure(field))
}

fn all(desk: &Desk) -> Vec<Finding> {
    desk.look(findings)
}

/// `rule@field`, hard ones with `!`, confirmed ones with `+`.
fn tags(found: &[Finding]) -> Vec<String> {
    let tag = |finding: &Finding| {
        let mark = match (finding.severity, &finding.overridden) {
            (Severity::Hard, _) => "!",
            (_, Some(_)) => "+",
            _ => "",
        };
        format!("{mark}{}@{}", finding.rule, finding.cell)
    };
    found.iter().map(tag).collect()
}

fn value(text: &str) -> Content {
    Content::Value(Decimal::parse(text).unwrap())
}
