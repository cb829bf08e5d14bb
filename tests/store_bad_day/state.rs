//! What a store says, taken down to be compared; and a busy day to fill one.

use std::collections::BTreeMap;

use nhaplieu::ledger::{ActorId, Content, Form, FormKey};
use nhaplieu::store::{
    Action, Change, Direction, LogEntry, LogFilter, Seen, Store, StoreError, UndoPlan,
};

use crate::chance::Chance;
use crate::world::{action, cell, form, id, number, set};
use nhaplieu::ledger::{Body, Subject};
use nhaplieu::plan::RuleId;

/// The figures of lan's form, without the blank ones.
pub(crate) type Figures = BTreeMap<String, Content>;

pub(crate) fn figures(store: &impl Store) -> Result<Figures, StoreError> {
    let form = store.form(&form("xa-a", "2023"))?;
    Ok(form
        .cells
        .iter()
        .map(|(field, heads)| (field.to_string(), heads.content()))
        .collect())
}

/// Everything a store can be asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) forms: Vec<(FormKey, Form)>,
    pub(crate) log: Vec<LogEntry>,
    pub(crate) actors: Vec<ActorId>,
    pub(crate) counter: u64,
    pub(crate) undo: Option<UndoPlan>,
}

pub(crate) fn told(store: &impl Store) -> Result<Told, StoreError> {
    let mut forms = Vec::new();
    for key in store.form_keys()? {
        let form = store.form(&key)?;
        forms.push((key, form));
    }
    let undo = match store.undo_plan(&id("lan"), Direction::Undo) {
        Ok(plan) => Some(plan),
        Err(StoreError::NothingToUndo | StoreError::Changed { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(Told {
        forms,
        log: store.log(&LogFilter::default())?,
        actors: store.actors()?.into_iter().map(|actor| actor.id).collect(),
        counter: store.counter()?,
        undo,
    })
}

/// One change of a busy day, by lan: a figure, a note, a confirmation, or several figures.
pub(crate) fn busy(chance: &mut Chance, n: u64) -> Action {
    let field = |chance: &mut Chance| format!("so_{:02}", chance.below(40));
    let name = field(chance);
    let at = cell("xa-a", "2023", &name);
    let changes = match chance.below(6) {
        0 => vec![Change {
            subject: Subject::Note(at),
            body: Body::Note(format!("theo sổ {n}{}", " dài".repeat(chance.below(60)))),
            reason: String::new(),
            seen: Seen::Current,
        }],
        1 => vec![Change {
            subject: Subject::Confirm(at, RuleId::new("trend")),
            body: Body::Confirm {
                judged: n.to_string(),
                reason: "khac".to_owned(),
                words: "đúng như sổ".to_owned(),
            },
            reason: String::new(),
            seen: Seen::Current,
        }],
        2 => (0..=chance.below(12))
            .map(|_| {
                let name = field(chance);
                set(&cell("xa-a", "2023", &name), number(&n.to_string()))
            })
            .collect(),
        3 => vec![set(&cell("xa-a", "2023-6T", &name), number(&n.to_string()))],
        4 => vec![set(&at, Content::NoneOccurred)],
        _ => vec![set(&at, number(&n.to_string()))],
    };
    action("lan", n, changes)
}

/// The figures after an action of lan.
pub(crate) fn after(mut figures: Figures, action: &Action) -> Figures {
    for change in &action.changes {
        if let (Subject::Cell(cell), Body::SetValue(content)) = (&change.subject, &change.body)
            && cell.form == form("xa-a", "2023")
        {
            figures.insert(cell.id.to_string(), content.clone());
        }
    }
    figures
}

/// A store in `dir` with people, and `actions` busy actions behind it.
pub(crate) fn filled(dir: &std::path::Path, seed: u64, actions: u64) {
    let mut chance = Chance::new(seed);
    let mut store = crate::world::peopled(dir);
    for n in 1..=actions {
        store.commit(&busy(&mut chance, n)).unwrap();
    }
    let text = set(
        &cell("xa-b", "2023", "loi"),
        Content::Text("Các xã phối hợp tốt".to_owned()),
    );
    store
        .commit(&action("hoa", actions + 1, vec![text]))
        .unwrap();
}
