//! Forms written down as people would type them, for the tests of whole rooms.

#![allow(dead_code, reason = "each test target uses its own part")]

use std::collections::BTreeMap;

use nhaplieu::base::{Lang, Message};
use nhaplieu::ledger::{
    ActionId, ActorId, AuthorId, Body, CellKey, Clock, Content, Context, Entry, Form, Hash, Heads,
    Origin, PastForms, PlanRef, Recorded, Subject, chain, typed,
};
use nhaplieu::plan::{self, FieldId, PeriodId, Plan, RuleId, UnitId};
use nhaplieu::ui::texts::Texts;

/// The shipped plan.
pub(crate) fn shipped() -> Plan {
    plan::parse(plan::embedded()).expect("the shipped plan parses")
}

/// One unit's forms over several periods, and the plan they belong to.
pub(crate) struct Desk {
    pub(crate) plan: Plan,
    pub(crate) unit: UnitId,
    forms: BTreeMap<PeriodId, Form>,
    period: PeriodId,
    texts: Texts,
    seq: u64,
}

impl Desk {
    /// An empty form of the shipped plan.
    pub(crate) fn new(unit: &str, period: &str) -> Self {
        Self::of(shipped(), unit, period)
    }

    /// An empty form of any plan.
    pub(crate) fn of(plan: Plan, unit: &str, period: &str) -> Self {
        Self {
            plan,
            unit: UnitId::new(unit),
            forms: BTreeMap::new(),
            period: PeriodId::new(period),
            texts: Texts::load(Lang::Vi),
            seq: 0,
        }
    }

    /// Types into cells of this period: `"be_trai=63 be_gai=57"`.
    pub(crate) fn types(self, cells: &str) -> Self {
        let period = self.period.to_string();
        self.typed_in(&period, cells)
    }

    /// Types into cells of another period.
    pub(crate) fn typed_in(mut self, period: &str, cells: &str) -> Self {
        for cell in cells.split_whitespace() {
            let (field, text) = cell.split_once('=').expect("FIELD=VALUE");
            let field = FieldId::new(field);
            let kind = self.plan.field(&field).expect("a field of the plan").kind;
            let body = Body::SetValue(typed::read(text, kind).content);
            let heads = self.heads(period, &field, body);
            self.form(period).cells.insert(field.into(), heads);
        }
        self
    }

    /// Two people type different things into one cell of this period.
    pub(crate) fn disputes(self, field: &str, contents: &[Content]) -> Self {
        let period = self.period.to_string();
        self.disputed_in(&period, field, contents)
    }

    /// Two people typed different things into one cell of another period.
    pub(crate) fn disputed_in(mut self, period: &str, field: &str, contents: &[Content]) -> Self {
        let field = FieldId::new(field);
        let mut heads = Vec::new();
        for content in contents {
            let one = self.heads(period, &field, Body::SetValue(content.clone()));
            heads.extend(one.all().iter().cloned());
        }
        self.form(period)
            .cells
            .insert(field.into(), Heads::new(heads));
        self
    }

    /// Writes a note on a cell of this period.
    pub(crate) fn notes(mut self, field: &str, words: &str) -> Self {
        let (field, period) = (FieldId::new(field), self.period.to_string());
        let heads = self.heads(&period, &field, Body::Note(words.to_owned()));
        self.form(&period).notes.insert(field.into(), heads);
        self
    }

    /// Confirms a soft finding for the values it was judged by.
    pub(crate) fn confirms(mut self, field: &str, rule: &str, judged: &str, reason: &str) -> Self {
        let (field, period) = (FieldId::new(field), self.period.to_string());
        let body = Body::Confirm {
            judged: judged.to_owned(),
            reason: reason.to_owned(),
            words: String::new(),
        };
        let heads = self.heads(&period, &field, body);
        let confirms = &mut self.form(&period).confirms;
        confirms.insert((field.into(), RuleId::new(rule)), heads);
        self
    }

    /// Calls `look` with this period's form among its past.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Context<'_>) -> T) -> T {
        let mut past = PastForms {
            forms: self
                .forms
                .iter()
                .map(|(period, form)| (period.clone(), form.clone().into()))
                .collect(),
        };
        let form = past.forms.remove(&self.period).unwrap_or_default();
        look(&Context {
            plan: &self.plan,
            unit: self.plan.unit(&self.unit).expect("a unit of the plan"),
            period: self.plan.period(&self.period).expect("a period"),
            form: &form,
            past: &past,
        })
    }

    /// A message in Vietnamese.
    pub(crate) fn say(&self, message: &Message) -> String {
        self.texts.say(message)
    }

    fn form(&mut self, period: &str) -> &mut Form {
        self.forms.entry(PeriodId::new(period)).or_default()
    }

    fn heads(&mut self, period: &str, field: &FieldId, body: Body) -> Heads {
        self.seq += 1;
        let cell = CellKey::new(&self.unit, &PeriodId::new(period), field);
        let recorded = recorded(1, self.seq, Subject::Cell(cell), body, Vec::new(), self.seq);
        Heads::of_entries([&recorded].into_iter())
    }
}

/// An entry in its place, its hash made from what it says.
pub(crate) fn recorded(
    author: u8,
    seq: u64,
    subject: Subject,
    body: Body,
    replaces: Vec<nhaplieu::ledger::EntryRef>,
    millis: u64,
) -> Recorded {
    let entry = Entry {
        flags: 0,
        clock: Clock { millis, counter: 0 },
        lag: 0,
        actor: ActorId::parse("can-bo").expect("an actor id"),
        plan: PlanRef::default(),
        subject,
        body,
        replaces,
        note: String::new(),
        action: ActionId([0; 16]),
        origin: Origin::Typed,
    };
    let author = AuthorId([author; 16]);
    let hash = chain::link(&author, seq, &Hash::ZERO, format!("{entry:?}").as_bytes());
    Recorded {
        author,
        seq,
        previous: Hash::ZERO,
        hash,
        entry,
    }
}
