//! `submit`: hands a form in as it stands, bound to its content.

use clap::Args;
use serde::Serialize;

use crate::base::Message;
use crate::cli::args::{AnswerFormat, OneForm};
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::out::Out;
use crate::cli::settings::Settings;
use crate::cli::shapes::FindingShape;
use crate::ledger::{Content, FormStatus};
use crate::service::forms::LoadedForm;
use crate::service::workflow::{self, SubmissionSummary};

/// Arguments of `submit`.
#[derive(Debug, Args)]
pub(crate) struct Submit {
    #[command(flatten)]
    form: OneForm,
    #[arg(long, value_name = "none|unavailable")]
    blanks: Option<Emptiness>,
    #[command(flatten)]
    format: AnswerFormat,
}

/// What the remaining blanks of a form are recorded as before it is submitted.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Emptiness {
    None,
    Unavailable,
}

impl Emptiness {
    fn content(self) -> Content {
        match self {
            Self::None => Content::NoneOccurred,
            Self::Unavailable => Content::Unavailable,
        }
    }
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    unit: String,
    period: String,
    submitted: bool,
    status: &'static str,
    blanks: usize,
    /// Fields that must be answered first.
    unanswered: Vec<String>,
    unconfirmed: usize,
    overridden: usize,
    findings: Vec<FindingShape>,
    content_hash: Option<String>,
}

pub(crate) fn run(settings: &Settings, args: &Submit, out: &mut Out<'_>) -> Result<Exit, Failure> {
    let mut opened = settings.write()?;
    opened.remark_on_clock(out)?;
    let plan = opened.plan.clone();
    let mut found = find::form(&opened.store, &plan, &args.form)?;
    if let Some(blanks) = args.blanks {
        let (summary, _) = workflow::submission(&found);
        let form = (&found.key, &found.form, &found.form);
        let changes = workflow::fill_blanks(&summary.unanswered, form, &blanks.content());
        if !changes.is_empty() {
            opened.commit(settings, changes)?;
            found = find::form(&opened.store, &plan, &args.form)?;
        }
    }
    let summary = workflow::submit(&mut opened.store, &settings.caller(&plan), &found)?;
    let again = summary.status == FormStatus::Submitted;
    let may = summary.may_submit();
    let status = if may {
        FormStatus::Submitted
    } else {
        summary.status
    };
    let done = Done {
        may,
        again,
        status,
        summary: &summary,
    };
    if args.format.json {
        out.json(&answer(&found, &done, out))?;
    } else {
        print(&found, &done, out)?;
    }
    Ok(if may { Exit::Done } else { Exit::NeedsPerson })
}

/// What became of the form.
struct Done<'a> {
    may: bool,
    again: bool,
    status: FormStatus,
    summary: &'a SubmissionSummary,
}

fn answer(found: &LoadedForm<'_>, done: &Done<'_>, out: &Out<'_>) -> Answer {
    let summary = done.summary;
    let blocking = summary.hard.iter().chain(&summary.open);
    Answer {
        schema: "nhaplieu.submit/1",
        unit: found.key.unit.to_string(),
        period: found.key.period.to_string(),
        submitted: done.may,
        status: done.status.name(),
        blanks: summary.blanks.len(),
        unanswered: summary.unanswered.iter().map(ToString::to_string).collect(),
        unconfirmed: summary.open.len(),
        overridden: summary.confirmed.len(),
        findings: blocking
            .map(|finding| FindingShape::of(finding, out.texts))
            .collect(),
        content_hash: found.whole_hash().map(|hash| hash.to_string()),
    }
}

fn print(found: &LoadedForm<'_>, done: &Done<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    let summary = done.summary;
    let key = match (done.may, done.again) {
        (false, _) => "cli.done.not_submitted",
        (true, true) => "cli.done.submitted_before",
        (true, false) => "cli.done.submitted",
    };
    out.say(
        &Message::new(key)
            .with("unit", &found.unit.name)
            .with("period", found.period.name())
            .with("hard", summary.hard.len())
            .with("unanswered", summary.unanswered.len())
            .with("blanks", summary.blanks.len())
            .with("open", summary.open.len())
            .with("confirmed", summary.confirmed.len()),
    )?;
    for finding in &summary.hard {
        out.say(
            &Message::new("cli.finding.hard")
                .with("field", finding.cell.field.as_str())
                .with("message", finding.message.clone()),
        )?;
    }
    Ok(())
}
