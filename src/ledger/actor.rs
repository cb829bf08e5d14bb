//! The people who write entries: id, name, role, and the units they may write for.

use std::fmt;

use crate::base::text;
use crate::plan::UnitId;

/// A person's id, `[a-z0-9_-]{1,32}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorId(String);

impl ActorId {
    /// Takes an id that already has the right form.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
        ((1..=32).contains(&text.len()) && text.bytes().all(fits)).then(|| Self(text.to_owned()))
    }

    /// Folds any login into an id; what does not fit as it is gets a 4-digit hash suffix so that
    /// two logins never fold into one.
    pub fn fold(login: &str) -> Self {
        if let Some(id) = Self::parse(login) {
            return id;
        }
        let folded: String = text::fold(login).replace(' ', "-");
        let kept: String = folded
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(27)
            .collect();
        let digest = blake3::hash(login.as_bytes());
        let [a, b, ..] = *digest.as_bytes();
        Self(format!(
            "{}-{a:02x}{b:02x}",
            if kept.is_empty() { "u" } else { &kept }
        ))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Enters figures for their own units.
    Clerk,
    /// A department: enters its own fields, reviews and approves its indicators in all units.
    Owner,
    /// Consolidates the figures: may also enter for any unit (marked so), enrols, locks.
    Coordinator,
    /// Reads and comments.
    Viewer,
}

impl Role {
    /// The name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Owner => "owner",
            Self::Coordinator => "coordinator",
            Self::Viewer => "viewer",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Clerk, Self::Owner, Self::Coordinator, Self::Viewer]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// A person as the store knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The id that entries and programs use.
    pub id: ActorId,
    /// The name that people read.
    pub name: String,
    /// The role, which says what they may do.
    pub role: Role,
    /// The units they may do it for; empty for a coordinator means all.
    pub units: Vec<UnitId>,
}

/// The capacity in which an actor writes a unit's figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// For their own unit.
    Own,
    /// As the coordinator on behalf of the unit ("nhập thay").
    OnBehalf,
}

impl Actor {
    /// Whether this actor may write figures of `unit`, and in which capacity.
    pub fn may_write(&self, unit: &UnitId) -> Option<Right> {
        match self.role {
            Role::Viewer => None,
            _ if self.units.contains(unit) => Some(Right::Own),
            Role::Coordinator => Some(Right::OnBehalf),
            Role::Clerk | Role::Owner => None,
        }
    }
}
