//! `show`: one form, every cell with its state and findings, the computed measures.

use serde::Serialize;

use crate::app::rows::{Page, Row, Section};
use crate::base::Message;
use crate::check::{self, Finding};
use crate::cli::args;
use crate::cli::failure::{Exit, Failure};
use crate::cli::find::{self, Found};
use crate::cli::out::Out;
use crate::cli::shapes::{CellShape, FindingShape, MeasureShape};
use crate::cli::site::Site;
use crate::figures::{self, Figure};
use crate::ledger::{Content, FormStatus, Hash, Origin, content_hash, typed, workflow};
use crate::plan::{FieldId, Severity};
use crate::store::Store;
use crate::ui::{width, words};

/// Columns of a label in the answer for people.
const LABEL: usize = 64;
/// Columns of a value.
const VALUE: usize = 12;

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    unit: String,
    period: String,
    status: &'static str,
    cells: Vec<CellShape>,
    measures: Vec<MeasureShape>,
    findings: Vec<FindingShape>,
    content_hash: String,
}

pub(crate) fn run(site: &Site, args: &args::Show, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let desk = site.read()?;
    let found = find::form(&desk.store, &desk.plan, &args.form)?;
    let findings = check::findings(&found.context());
    let figures = figures::unit_figures(&found.context());
    let hash = hash(&found);
    let status = workflow::status(&found.form.workflow, &hash);
    if args.answer.json {
        let answer = answer(
            &found,
            &findings,
            &figures,
            (status, hash),
            (out, &desk.store),
        )?;
        out.json(&answer)?;
    } else {
        print(&found, &findings, &figures, (status, hash), out)?;
    }
    Ok(Exit::Done)
}

/// The hash of the form's content as it stands.
pub(crate) fn hash(found: &Found<'_>) -> Hash {
    let fields: Vec<&FieldId> = found
        .plan
        .form_fields(found.unit, found.period)
        .into_iter()
        .map(|field| &field.id)
        .collect();
    content_hash::content_hash(found.plan, &found.key, &fields, &found.form.cells)
}

fn answer(
    found: &Found<'_>,
    findings: &[Finding],
    figures: &[Figure],
    (status, hash): (FormStatus, Hash),
    (out, store): (&Out<'_>, &dyn Store),
) -> Result<Answer, Failure> {
    let mut cells = Vec::new();
    for field in found.plan.form_fields(found.unit, found.period) {
        cells.push(CellShape::of(found, field, findings, (out.texts, store))?);
    }
    let lang = out.texts.lang();
    Ok(Answer {
        schema: "nhaplieu.show/1",
        unit: found.key.unit.to_string(),
        period: found.key.period.to_string(),
        status: status.name(),
        cells,
        measures: figures
            .iter()
            .filter_map(|figure| {
                let measure = found.plan.measure(&figure.measure)?;
                Some(MeasureShape::of(figure, measure, lang))
            })
            .collect(),
        findings: findings
            .iter()
            .map(|finding| FindingShape::of(finding, out.texts))
            .collect(),
        content_hash: hash.to_string(),
    })
}

fn print(
    found: &Found<'_>,
    findings: &[Finding],
    figures: &[Figure],
    (status, hash): (FormStatus, Hash),
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    let texts = out.texts;
    let lang = texts.lang();
    let head = Message::new("cli.show.head")
        .with("unit", &found.unit.name)
        .with("period", words::period(found.period))
        .with("status", words::status(status));
    out.say(&head)?;
    if found.form.cells.values().any(is_invented) {
        out.say(&Message::new("cli.show.invented"))?;
    }
    let page = Page::lay_out(found.plan, found.unit, found.period);
    for row in &page.rows {
        match row {
            Row::Gap => out.line("")?,
            Row::Heading(section) => heading(found, *section, out)?,
            Row::Cell(place) => {
                if let Some(id) = page.cells.get(*place) {
                    cell(found, id, findings, out)?;
                }
            }
            Row::Result(id) => {
                let figure = figures.iter().find(|figure| figure.measure == *id);
                let measure = found.plan.measure(id);
                if let (Some(figure), Some(measure)) = (figure, measure) {
                    let label = format!("── {id} {}", measure.short.get(lang));
                    let label = width::left(&width::fit_middle(&label, LABEL), LABEL);
                    let shown = figures::display(figure, measure, lang);
                    let target = format!("{} {}", measure.op.sign(), measure.target.display_vi());
                    let verdict = texts.get(figure.verdict.key());
                    out.line(&format!(
                        "{label} {}   {target}   {verdict}",
                        width::right(&shown, VALUE)
                    ))?;
                }
            }
        }
    }
    let hash = hash.to_string();
    let short = hash.get(..8).unwrap_or_default();
    out.line("")?;
    out.say(&Message::new("cli.show.hash").with("hash", short))
}

fn is_invented(heads: &crate::ledger::Heads) -> bool {
    heads
        .shown()
        .is_some_and(|head| head.origin == Origin::Demo)
}

fn heading(found: &Found<'_>, section: Section, out: &mut Out<'_>) -> Result<(), Failure> {
    let Section::Objective(number) = section else {
        return out.say(&Message::new("form.words"));
    };
    let objective = found.plan.objectives.iter().find(|o| o.number == number);
    let Some(objective) = objective else {
        return Ok(());
    };
    let name = objective.name.get(out.texts.lang());
    if number == 0 {
        return out.line(name);
    }
    let head = Message::new("form.objective").with("number", number.to_string());
    let line = format!("{} · {name}", out.texts.say(&head));
    out.line(&line)
}

/// One cell, and below it what there is to say about it.
fn cell(
    found: &Found<'_>,
    id: &FieldId,
    findings: &[Finding],
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    let Some(field) = found.plan.field(id) else {
        return Ok(());
    };
    let lang = out.texts.lang();
    let content = found.form.content(id);
    let shown = match &content {
        Content::Blank => "·".to_owned(),
        Content::Text(text) => return prose(field.label.get(lang), text, out),
        other => typed::show(other, lang),
    };
    let wide = width::width(field.label.get(lang)) > LABEL - 2;
    let label = if wide { &field.short } else { &field.label };
    let label = width::left(&width::fit_middle(label.get(lang), LABEL - 2), LABEL - 2);
    out.line(&format!("  {label} {}", width::right(&shown, VALUE)))?;
    if found.form.in_conflict(id) {
        out.say(&Message::new("cli.show.conflict"))?;
    }
    for finding in findings.iter().filter(|finding| finding.field == *id) {
        let key = match (finding.severity, &finding.overridden) {
            (Severity::Hard, _) => "cli.show.hard",
            (Severity::Soft, None) => "cli.show.soft",
            (Severity::Soft, Some(_)) => "cli.show.confirmed",
        };
        out.say(&Message::new(key).with("message", finding.message.clone()))?;
    }
    let note = found.form.note(id);
    if note.is_empty() {
        return Ok(());
    }
    out.say(&Message::new("cli.show.note").with("note", note))
}

fn prose(label: &str, text: &str, out: &mut Out<'_>) -> Result<(), Failure> {
    out.line(&format!("  {label}:"))?;
    for line in width::wrap(text, LABEL + VALUE, 400) {
        out.line(&format!("    {line}"))?;
    }
    Ok(())
}
