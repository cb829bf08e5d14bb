//! `show`: one form, every cell with its state and findings, the computed measures.

use clap::Args;
use serde::Serialize;

use crate::app::forms::{FormLayout, FormRow, Section};
use crate::base::Message;
use crate::check::{self, Finding};
use crate::cli::args::{AnswerFormat, OneForm};
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::cli::shapes::{CellShape, FindingShape, LateShape, MeasureShape, PartShape, StampShape};
use crate::figures::{self, Figure};
use crate::ledger::approved::{Approval, Approver, LateFigure, Proof};
use crate::ledger::{CellId, Content, ContentHash, FormStatus, Origin, typed};
use crate::plan::{FieldId, Severity};
use crate::service::forms::LoadedForm;
use crate::store::Store;
use crate::ui::{width, words};

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    form: OneForm,
    #[command(flatten)]
    format: AnswerFormat,
}

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
    /// Of the whole; null where parts are withheld and no submission says it.
    content_hash: Option<String>,
    parts: Vec<PartShape>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stamps: Vec<StampShape>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    late: Vec<LateShape>,
}

pub(crate) fn run(settings: &Settings, args: &Show, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let opened = settings.read()?;
    let found = find::form(&opened.store, &opened.plan, &args.form)?;
    let findings = check::findings(&found.context());
    let figures = figures::unit_figures(
        &found.context(),
        &check::doubted(&findings),
        settings.today(&opened.plan),
    );
    let content = found.content_hash();
    let status = found.form.status(&content);
    if args.format.json {
        let answer = answer(
            &found,
            &findings,
            &figures,
            (status, &content),
            (out, &opened.store),
        )?;
        out.json(&answer)?;
    } else {
        print(&found, &findings, &figures, (status, &content), out)?;
    }
    Ok(Exit::Done)
}

fn answer(
    found: &LoadedForm<'_>,
    findings: &[Finding],
    figures: &[Figure],
    (status, content): (FormStatus, &ContentHash),
    (out, store): (&Out<'_>, &dyn Store),
) -> Result<Answer, Failure> {
    let late = found.form.late();
    let mut cells = Vec::new();
    for field in found.plan.form_fields(found.unit, found.period) {
        for cell in cells_of(found, &field.id) {
            let at = (field, &cell);
            cells.push(CellShape::of(
                found,
                at,
                findings,
                &late,
                (out.texts, store),
            )?);
        }
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
        content_hash: found.form.whole_hash(content).map(|hash| hash.to_string()),
        parts: parts(found, content),
        stamps: approvals(found).iter().map(StampShape::of).collect(),
        late: late.iter().map(LateShape::of).collect(),
    })
}

fn print(
    found: &LoadedForm<'_>,
    findings: &[Finding],
    figures: &[Figure],
    (status, content): (FormStatus, &ContentHash),
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    let texts = out.texts;
    let lang = texts.lang();
    let head = Message::new("cli.show.head")
        .with("unit", &found.unit.name)
        .with("period", found.period.name())
        .with("status", words::status(status));
    out.say(&head)?;
    for stamp in approvals(found) {
        approval(found, stamp, out)?;
    }
    if found.form.cells.values().any(is_invented) {
        out.say(&Message::new("cli.show.invented"))?;
    }
    let page = FormLayout::lay_out(found.plan, found.unit, found.period);
    for row in &page.rows {
        match row {
            FormRow::Gap => out.line("")?,
            // To compare with paper, on screens; here the figures themselves are read on.
            FormRow::Total(_) => {}
            FormRow::Heading(section) => heading(found, *section, out)?,
            FormRow::Cell(place) => {
                let cells = page.cells.get(*place).map(|id| cells_of(found, id));
                for id in cells.into_iter().flatten() {
                    cell(found, &id, findings, out)?;
                }
            }
            FormRow::Result(id) => {
                let figure = figures.iter().find(|figure| figure.measure == *id);
                let measure = found.plan.measure(id);
                if let (Some(figure), Some(measure)) = (figure, measure) {
                    let label = format!("── {id} {}", measure.short.get(lang));
                    let label = width::left(&width::fit_middle(&label, LABEL), LABEL);
                    let shown = figures::display(figure, measure, lang);
                    let target = format!("{} {}", measure.op.sign(), measure.target.display());
                    let verdict = texts.get(figure.verdict.key());
                    out.line(&format!(
                        "{label} {}   {target}   {verdict}",
                        width::right(&shown, VALUE)
                    ))?;
                }
            }
        }
    }
    out.line("")?;
    match found.form.whole_hash(content) {
        Some(hash) => out.say(&Message::new("cli.show.hash").with("hash", hash.first_digits())),
        None => out.say(&Message::new("cli.show.hash_withheld")),
    }
}

/// The parts of the content that are here.
fn parts(found: &LoadedForm<'_>, content: &ContentHash) -> Vec<PartShape> {
    let here = content.parts().iter();
    here.filter(|(part, _)| !found.form.withheld.contains(*part))
        .map(|(part, hash)| PartShape::of(part, hash))
        .collect()
}

/// The approvals and the lock that hold.
fn approvals<'f>(found: &'f LoadedForm<'_>) -> &'f [Approval] {
    let approved = found.form.approved.as_ref();
    approved.map_or(&[], |approved| approved.approvals.as_slice())
}

/// Who approved, when, and the first digits of what: to be compared over the phone.
fn approval(found: &LoadedForm<'_>, stamp: &Approval, out: &mut Out<'_>) -> Result<(), Failure> {
    let message = match &stamp.by {
        Approver::Coordinator => Message::new("cli.show.locked"),
        Approver::Owner(owner) => {
            let name = found.plan.unit(owner).map(|unit| unit.name.clone());
            let message = Message::new("cli.show.approved");
            match name {
                Some(name) => message.with("owner", &name),
                None => message.with("owner", owner.as_str()),
            }
        }
    };
    out.say(
        &message
            .with("actor", stamp.actor.as_str())
            .with("at", found.plan.short_time(stamp.wall))
            .with("hash", stamp.content.first_digits()),
    )?;
    match stamp.proof {
        Proof::Given => Ok(()),
        Proof::Withheld => out.say(&Message::new("cli.show.withheld")),
        Proof::Awaited => out.say(&Message::new("cli.show.awaited")),
    }
}

fn latecomer(found: &LoadedForm<'_>, late: &LateFigure, out: &mut Out<'_>) -> Result<(), Failure> {
    let show = |content: &Content| match typed::show(content) {
        empty if empty.is_empty() => "·".to_owned(),
        shown => shown,
    };
    let head = late.head.as_ref();
    out.say(
        &Message::new("cli.show.late")
            .with("old", show(&late.old))
            .with("new", show(&late.new))
            .with("actor", head.map_or("", |head| head.actor.as_str()))
            .with(
                "at",
                found.plan.short_time(head.map_or(0, |head| head.wall)),
            ),
    )
}

fn is_invented(heads: &crate::ledger::Heads) -> bool {
    heads
        .shown()
        .is_some_and(|head| head.origin == Origin::Demo)
}

fn heading(found: &LoadedForm<'_>, section: Section, out: &mut Out<'_>) -> Result<(), Failure> {
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

/// The cell of a field, and in a repeating list its rows.
fn cells_of(found: &LoadedForm<'_>, field: &FieldId) -> Vec<CellId> {
    let rows = found.form.rows(field).map(|(cell, _)| cell.clone());
    std::iter::once(CellId::figure(field)).chain(rows).collect()
}

/// One cell, and below it what there is to say about it.
fn cell(
    found: &LoadedForm<'_>,
    id: &CellId,
    findings: &[Finding],
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    let Some(field) = found.plan.field(&id.field) else {
        return Ok(());
    };
    let lang = out.texts.lang();
    let content = found.form.content(id);
    if let Content::Text(text) = &content {
        prose(field.label.get(lang), text, out)?;
        return remarks(found, id, findings, out);
    }
    let shown = match &content {
        Content::Blank => "·".to_owned(),
        other => typed::show(other),
    };
    let label = width::left(
        &width::fit_middle(field.short.get(lang), LABEL - 2),
        LABEL - 2,
    );
    out.line(&format!("  {label} {}", width::right(&shown, VALUE)))?;
    remarks(found, id, findings, out)
}

/// What there is to say about a cell.
fn remarks(
    found: &LoadedForm<'_>,
    id: &CellId,
    findings: &[Finding],
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    if let Some(late) = found.form.late().iter().find(|late| late.cell == *id) {
        latecomer(found, late, out)?;
    }
    if found.form.in_conflict(id) {
        out.say(&Message::new("cli.show.conflict"))?;
    }
    for finding in findings.iter().filter(|finding| finding.cell == *id) {
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
