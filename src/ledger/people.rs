//! The people behind the entries: their names and units, by the log an entry stands in and the id
//! of its actor.

use std::collections::{BTreeMap, BTreeSet};

use super::{ActorId, AuthorId, Body, Recorded, Subject};
use crate::plan::UnitId;

/// A person as others read of them: name and units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name that was typed when the person was added.
    pub name: String,
    /// The units they write for; empty for a coordinator means all.
    pub units: Vec<UnitId>,
}

/// The people of all logs a store holds. An actor's id is unique in its own store only ("root" is
/// somebody else on every machine), so people are found by the log and the id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    by_log: BTreeMap<(AuthorId, ActorId), Person>,
    /// The epoch before, for every author that went on from one.
    continued: BTreeMap<AuthorId, AuthorId>,
    /// Whose log the store goes on with.
    own: Option<AuthorId>,
}

impl People {
    /// Takes note of what an entry says about a person or an epoch; of two entries on one person
    /// the later noted stands. Other entries are passed over.
    pub fn note(&mut self, recorded: &Recorded) {
        match (&recorded.entry.subject, &recorded.entry.body) {
            (Subject::Actor(id), Body::Actor { name, units, .. }) => {
                self.add(recorded.author, id, name, units);
            }
            (
                _,
                Body::EpochStart {
                    continues: Some(before),
                    ..
                },
            ) => {
                self.continued.insert(recorded.author, *before);
            }
            _ => {}
        }
    }

    /// Adds a person of a log, or replaces what was known of them.
    pub fn add(&mut self, author: AuthorId, id: &ActorId, name: &str, units: &[UnitId]) {
        let person = Person {
            name: name.to_owned(),
            units: units.to_vec(),
        };
        self.by_log.insert((author, id.clone()), person);
    }

    /// Leaves the people of a log only the units that its author may write for: what an entry says of its
    /// own writer's units is a claim, and what people are shown is whom they enrolled.
    pub fn hold_to(&mut self, author: &AuthorId, units: &BTreeSet<UnitId>) {
        let people = self.by_log.iter_mut().filter(|((of, _), _)| of == author);
        for (_, person) in people {
            person.units.retain(|unit| units.contains(unit));
            if person.units.is_empty() {
                person.units = units.iter().cloned().collect();
            }
        }
    }

    /// Says whose log the store goes on with.
    pub fn set_own(&mut self, author: AuthorId) {
        self.own = Some(author);
    }

    /// The person of this store with that id; `None` for somebody it does not know.
    pub fn here(&self, id: &ActorId) -> Option<&Person> {
        self.person(self.own.as_ref()?, id)
    }

    /// The first person of an author's own log, by whom its store is named.
    pub fn first_of(&self, author: &AuthorId) -> Option<&Person> {
        let mut all = self.by_log.iter();
        all.find_map(|((of, _), person)| (of == author).then_some(person))
    }

    /// The person who wrote an entry of that author's log under that id, in this epoch or in one
    /// that it goes on from; `None` for a person nobody has told of.
    pub fn person(&self, author: &AuthorId, id: &ActorId) -> Option<&Person> {
        let mut author = *author;
        // Logs come from outside and may go on from each other in a circle.
        for _ in 0..=self.continued.len() {
            if let Some(person) = self.by_log.get(&(author, id.clone())) {
                return Some(person);
            }
            author = *self.continued.get(&author)?;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(n: u8) -> AuthorId {
        AuthorId([n; 16])
    }

    fn id(text: &str) -> ActorId {
        ActorId::parse(text).unwrap()
    }

    #[test]
    fn one_id_is_another_person_in_another_log_and_the_same_in_the_next_epoch() {
        let mut people = People::default();
        people.add(author(1), &id("root"), "Lan", &[UnitId::new("a")]);
        people.add(author(2), &id("root"), "Minh", &[]);
        people.continued.insert(author(3), author(1));
        let name = |n| {
            people
                .person(&author(n), &id("root"))
                .map(|p| p.name.as_str())
        };
        assert_eq!(
            (name(1), name(2), name(3), name(4)),
            (Some("Lan"), Some("Minh"), Some("Lan"), None)
        );
    }

    #[test]
    fn logs_that_go_on_from_each_other_in_a_circle_end_the_search() {
        let mut people = People::default();
        people.continued.insert(author(1), author(2));
        people.continued.insert(author(2), author(1));
        assert_eq!(people.person(&author(1), &id("root")), None);
    }
}
