//! What screens and commands call things: units, periods, cells, states, deadlines, counts.

use chrono::Datelike;

use super::appearance::Ui;
use crate::app::App;
use crate::app::navigation::ListScope;
use crate::base::{Arg, Lang, Message};
use crate::ledger::{
    ActorId, AuthorId, Body, CellKey, Content, FormKey, FormStatus, Hash, NotYet, People, Subject,
    typed,
};
use crate::plan::{Period, Plan, UnitId};
use crate::service::overview::StepTaken;
use crate::sync::import::plan::{Counts, Gap};

/// A period as a name: "Năm 2023", "6 tháng 2023", "Quý 4/2023", "Tháng 3/2023".
pub(super) fn period_name(ui: &Ui, period: &Period) -> String {
    ui.texts.say(&period.name())
}

/// A period in the head of a column: "6T 2023", "năm 2022".
pub(super) fn period_short(ui: &Ui, period: &Period) -> String {
    ui.texts.say(&period.name_short())
}

/// A period inside a sentence: "năm 2023", "6 tháng 2023", "quý 4/2023".
pub(super) fn period_inside(ui: &Ui, period: &Period) -> String {
    ui.texts.say(&period.name_inside())
}

/// The status of a form: "nháp", "đã nộp", …
pub fn status(status: FormStatus) -> Message {
    Message::new(match status {
        FormStatus::Draft => "status.draft",
        FormStatus::Submitted => "status.submitted",
        FormStatus::ChangedAfterSubmit => "status.changed",
        FormStatus::Returned => "status.returned",
        FormStatus::Approved => "status.approved",
        FormStatus::Locked => "status.locked",
    })
}

/// [`status`] in words.
pub(super) fn status_word(ui: &Ui, status: FormStatus) -> &str {
    ui.t(self::status(status).key)
}

/// How many words a deadline may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeadlineLength {
    /// "hạn 30/11/2023, còn 8 ngày".
    Full,
    /// "hạn 30/11, còn 8 ngày".
    Short,
    /// "còn 8 ngày".
    Days,
}

/// What is said of a form's deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// In words.
    pub(super) text: String,
    /// True while the form is owed and its last day has passed.
    pub(super) overdue: bool,
}

/// The deadline of a form while it is owed; else when it was submitted and how late, or when it
/// was locked. `step` is the moment of the last step of its workflow.
pub(super) fn due(
    ui: &Ui,
    app: &App,
    period: &Period,
    (status, step): (FormStatus, Option<u64>),
    length: DeadlineLength,
) -> Due {
    let owed = matches!(status, FormStatus::Draft | FormStatus::Returned);
    let day = step.and_then(|step| app.state.plan.day(step));
    match day {
        Some(day) if !owed => Due {
            text: closed(ui, app, period, (status, day), length),
            overdue: false,
        },
        _ => Due {
            text: deadline(ui, app, period, length),
            overdue: period.due < app.state.today,
        },
    }
}

/// Who returned a form and until when it is asked for again, then why.
pub(super) fn returned(ui: &Ui, app: &App, period: &Period, step: &StepTaken) -> [String; 2] {
    let state = &app.state;
    let by = (&step.author, &step.actor);
    let said = Message::new("form.returned_by")
        .with(
            "who",
            person(&state.status.people, (&state.plan, state.lang), by),
        )
        .with("at", state.plan.short_time(step.at))
        .with("due", period.due.format("%d/%m/%Y").to_string());
    let why = Message::new("form.returned_why").with("reason", step.reason.as_str());
    [ui.texts.say(&said), ui.texts.say(&why)]
}

/// "nộp 28/11/2023, đúng hạn", "nộp 02/12/2023, trễ 2 ngày", "chốt 15/12/2023".
fn closed(
    ui: &Ui,
    app: &App,
    period: &Period,
    (status, day): (FormStatus, chrono::NaiveDate),
    length: DeadlineLength,
) -> String {
    let late = (day - period.due).num_days();
    let key = match (status, late) {
        (FormStatus::Locked, _) => "deadline.locked",
        (_, ..=0) => "deadline.in_time",
        _ => "deadline.too_late",
    };
    let said = Message::new(key)
        .with("day", day_in(day, app, length))
        .with("days", count(late.unsigned_abs()));
    ui.texts.say(&said)
}

/// A day as so many words allow: "30/11/2023", "30/11".
fn day_in(day: chrono::NaiveDate, app: &App, length: DeadlineLength) -> String {
    let this_year = day.year() == app.state.today.year();
    let format = if length == DeadlineLength::Full || !this_year {
        "%d/%m/%Y"
    } else {
        "%d/%m"
    };
    day.format(format).to_string()
}

/// When a period is due, seen from today: "hạn 30/11/2023, còn 8 ngày"; "quá hạn 3 ngày";
/// "hạn hôm nay".
fn deadline(ui: &Ui, app: &App, period: &Period, length: DeadlineLength) -> String {
    let days = (period.due - app.state.today).num_days();
    let key = match (days, length) {
        (0, _) => "deadline.today",
        (1.., DeadlineLength::Days) => "deadline.left_days",
        (1.., _) => "deadline.left",
        (_, DeadlineLength::Days) => "deadline.late_days",
        (_, _) => "deadline.late",
    };
    let message = Message::new(key)
        .with("due", day_in(period.due, app, length))
        .with("days", count(days.unsigned_abs()));
    ui.texts.say(&message)
}

/// A person by name and unit: "Nguyễn Thị Lan, xã Ngọc Thiện"; the login of somebody nobody has
/// told of.
pub fn person(people: &People, (plan, lang): (&Plan, Lang), by: (&AuthorId, &ActorId)) -> String {
    let Some(person) = people.person(by.0, by.1) else {
        return by.1.to_string();
    };
    let unit = person.units.first().and_then(|unit| plan.unit(unit));
    match unit.map(|unit| unit.name.get(lang)) {
        Some(unit) => format!("{}, {}", person.name, inside(unit, lang)),
        None => person.name.clone(),
    }
}

/// A person by name alone, where a column is narrow.
pub(super) fn person_name<'a>(app: &'a App, by: (&AuthorId, &'a ActorId)) -> &'a str {
    let person = app.state.status.people.person(by.0, by.1);
    person.map_or(by.1.as_str(), |person| person.name.as_str())
}

/// The name of a unit inside a sentence: "xã Ngọc Thiện", but "UBND huyện Tân Yên".
fn inside(name: &str, lang: Lang) -> String {
    let mut letters = name.chars();
    match (lang, letters.next(), letters.clone().next()) {
        (Lang::Vi, Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

/// The other people who have a form open: "Lê Thị Hoa, Trần Văn Minh".
pub(super) fn others_in(app: &App, form: &FormKey) -> String {
    let others = app.state.status.others.iter();
    let people = &app.state.status.people;
    let mut names: Vec<&str> = others
        .filter(|other| other.form == *form)
        .map(|other| {
            let person = people.here(&other.actor);
            person.map_or(other.actor.as_str(), |person| person.name.as_str())
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// How many changes were never sent: "18 thay đổi chưa gửi"; empty when there are none.
pub(super) fn unsent(ui: &Ui, app: &App) -> String {
    match app.state.status.unsent {
        (0, _) => String::new(),
        (changes, _) => ui.say(
            app,
            &Message::new("around.unsent").with("count", count(changes)),
        ),
    }
}

/// How many figures came after the approval: "⚑ 2 số đến sau khi duyệt".
pub(super) fn late(ui: &Ui, figures: usize) -> String {
    ui.texts
        .say(&Message::new("sync_page.late").with("count", figures))
}

/// The name of a unit; its id where the plan does not know it.
pub(super) fn unit_name(app: &App, unit: &UnitId) -> String {
    match app.state.plan.unit(unit) {
        Some(unit) => unit.name.get(app.state.lang).to_owned(),
        None => unit.to_string(),
    }
}

/// A form: "Xã Ngọc Thiện · Năm 2023".
fn form_name(ui: &Ui, app: &App, form: &FormKey) -> String {
    let period = app.state.plan.period(&form.period);
    let period = period.map(|period| period_name(ui, period));
    let unit = app.state.plan.unit(&form.unit);
    let unit = unit.map_or("", |unit| unit.name.get(app.state.lang));
    format!("{unit} · {}", period.unwrap_or_default())
}

/// A cell: "Xã Ngọc Thiện · năm 2023 · Trẻ sinh ra sống: bé trai".
pub(super) fn cell_name(ui: &Ui, app: &App, cell: &CellKey) -> String {
    let period = app.state.plan.period(&cell.form.period);
    let period = match period {
        Some(period) => period_short(ui, period),
        None => cell.form.period.to_string(),
    };
    let field = app.state.plan.field(&cell.id.field);
    let field = field.map_or(cell.id.field.as_str(), |field| {
        field.short.get(app.state.lang)
    });
    format!("{} · {period} · {field}", unit_name(app, &cell.form.unit))
}

/// What a list covers: a cell, a form, a unit, or everything.
pub(super) fn scope_name(ui: &Ui, app: &App, scope: &ListScope) -> String {
    match scope {
        ListScope::Cell(cell) => {
            let field = app
                .state
                .plan
                .field(&cell.id.field)
                .map(|f| f.short.get(app.state.lang));
            let form = form_name(ui, app, &cell.form);
            format!("{form} · {}", field.unwrap_or_default())
        }
        ListScope::Form(form) => form_name(ui, app, form),
        ListScope::Unit(unit) => app
            .state
            .plan
            .unit(unit)
            .map(|u| u.name.get(app.state.lang).to_owned())
            .unwrap_or_default(),
        ListScope::All => ui.t("scope.all").to_owned(),
    }
}

/// The content of a cell as people read it, with a word for a blank one.
pub(super) fn content(ui: &Ui, content: &Content) -> String {
    match typed::show(content) {
        empty if empty.is_empty() => ui.t("history.blank").to_owned(),
        shown => shown,
    }
}

/// Entries that are missing: "thiếu của Xã Cao Xá: đã có đến lần 4, cần đến lần 9".
pub(super) fn gap(ui: &Ui, gap: &Gap) -> String {
    let whom = if gap.name.is_empty() {
        gap.author.to_string().chars().take(8).collect()
    } else {
        gap.name.clone()
    };
    let said = Message::new(gap.key())
        .with("whom", whom)
        .with("have", count(gap.have))
        .with("needs", count(gap.needs));
    ui.texts.say(&said)
}

/// What an import does, by class: "54 mới, 1 bất đồng"; classes without any are left out.
pub(super) fn counts(ui: &Ui, counts: &Counts) -> String {
    let all = counts.all().into_iter().filter(|(_, n)| *n > 0);
    let said: Vec<String> = all.map(|(key, n)| format!("{n} {}", ui.t(key))).collect();
    if said.is_empty() {
        return ui.t("sync_page.no_change").to_owned();
    }
    said.join(", ")
}

/// A count as an argument of a message.
pub(super) fn count(n: u64) -> Arg {
    Arg::from(usize::try_from(n).unwrap_or(usize::MAX))
}

/// The first digits of a bundle's hash, by which people tell bundles apart.
pub(super) fn short_root(root: &Hash) -> String {
    root.to_string().chars().take(12).collect()
}

/// "✖ Xã Ngọc Thiện · Năm 2023: biểu này bị hỏng …": a form that cannot be read.
pub(super) fn unreadable(ui: &Ui, app: &App, key: &FormKey) -> String {
    let form = scope_name(ui, app, &ListScope::Form(key.clone()));
    ui.say(app, &Message::new("form.unreadable").with("form", form))
}

/// Key of the words for why a step of the workflow cannot be taken yet; `count` is an argument.
pub fn not_yet(why: NotYet) -> &'static str {
    match why {
        NotYet::Unanswered(_) => "workflow.unanswered",
        NotYet::HardFindings(_) => "workflow.hard_findings",
        NotYet::NotSubmitted => "workflow.not_submitted",
        NotYet::NothingReceived => "workflow.nothing_received",
        NotYet::NotLocked => "workflow.not_locked",
    }
}

/// What an entry did that changes no cell, and whom or what it concerns: "duyệt phần của Phòng Nội
/// vụ", "công nhận máy gửi của Nguyễn Thị Lan, Xã Ngọc Thiện".
pub fn step(plan: &Plan, people: &People, subject: &Subject, body: &Body) -> Message {
    let unit = |id: &UnitId| match plan.unit(id) {
        Some(unit) => Arg::from(&unit.name),
        None => Arg::from(id.as_str()),
    };
    let author = || match subject {
        Subject::Author(author) => writer(people, author),
        _ => String::new(),
    };
    match (subject, body) {
        (_, Body::Confirm { .. }) => Message::new("history.confirm"),
        (_, Body::Submit { .. }) => Message::new("history.submit"),
        (_, Body::Return) => Message::new("history.return"),
        (Subject::Approval(_, owner), Body::Approve { .. }) => {
            Message::new("history.approve_part").with("owner", unit(owner))
        }
        (_, Body::Approve { .. }) => Message::new("history.approve"),
        (_, Body::Lock { .. }) => Message::new("history.lock"),
        (_, Body::Reopen) => Message::new("history.reopen"),
        (_, Body::EpochStart { continues, .. }) => Message::new(match continues {
            None => "history.epoch",
            Some(_) => "history.epoch_on",
        }),
        (_, Body::PlanInstall { id, version, .. }) => Message::new("history.plan")
            .with("plan", id.as_str())
            .with("version", version.to_string()),
        (_, Body::Actor { name, disabled, .. }) => Message::new(if *disabled {
            "history.actor_ends"
        } else {
            "history.actor"
        })
        .with("name", name.as_str()),
        (_, Body::Enrol { units, name, .. }) => Message::new("history.enrol")
            .with("name", name.as_str())
            .with("unit", units.first().map_or(Arg::from(""), unit)),
        (_, Body::Revoke { last_good }) => Message::new("history.revoke")
            .with("who", author())
            .with("last", last_good.to_string()),
        (_, Body::RejectRange { from, to }) => Message::new("history.reject")
            .with("who", author())
            .with("from", from.to_string())
            .with("to", to.to_string()),
        _ => Message::new("history.newer"),
    }
}

/// Who writes in a log: the first person it introduces, else the first digits of the author.
fn writer(people: &People, author: &AuthorId) -> String {
    match people.first_of(author) {
        Some(person) => person.name.clone(),
        None => author.to_string().chars().take(8).collect(),
    }
}
