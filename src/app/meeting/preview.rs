//! What an import would change, has changed, or would change if a key were believed: one page.

use crate::ledger::{AuthorId, Hash};
use crate::plan::UnitId;
use crate::sync::bundle::fingerprint::Fingerprint;
use crate::sync::import::details::Details;
use crate::sync::import::plan::{FigureChange, ImportPlan, Suspicion};

/// What the page stands for, and so what Enter does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Nothing has changed yet; Enter imports.
    Before,
    /// Nothing has changed; Enter asks for the digits of the unknown key.
    Supposed {
        /// The kept bundle.
        root: Hash,
        /// From which unit's store, as it says itself.
        from: UnitId,
        /// Its key, by its author.
        author: AuthorId,
        /// The digits to compare.
        digits: Fingerprint,
    },
    /// What an import of the past changed.
    Past {
        /// The bundle.
        root: Hash,
        /// When it was taken in.
        wall: u64,
    },
}

/// The page.
#[derive(Debug)]
pub struct Preview {
    /// What it shows.
    pub plan: Box<ImportPlan>,
    /// What it stands for.
    pub stands: Stands,
    /// The first row shown.
    pub top: usize,
}

/// One row of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A heading, by its key.
    Heading(&'static str),
    /// The digits of the key that is supposed to be believed.
    Digits,
    /// A bundle by its place.
    Bundle(usize),
    /// What one of its gaps misses: bundle and gap by their places.
    Gap(usize, usize),
    /// A figure by its place.
    Change(usize),
    /// A sum by its place.
    Total(usize),
    /// What a person should look at: its place, and which line of it.
    Suspicion(usize, usize),
    /// Nothing.
    Space,
}

impl Preview {
    /// A page at its top.
    pub fn new(plan: Box<ImportPlan>, stands: Stands) -> Self {
        Self {
            plan,
            stands,
            top: 0,
        }
    }

    /// What is kept of a past import.
    pub fn past(root: Hash, wall: u64, details: &Details) -> Self {
        let plan = ImportPlan {
            counts: details.counts,
            changes: details.changes.clone(),
            ..ImportPlan::default()
        };
        Self::new(Box::new(plan), Stands::Past { root, wall })
    }

    /// The figures, those in conflict first.
    pub fn changes(&self) -> Vec<&FigureChange> {
        use crate::sync::import::plan::ConflictChange;
        let mut changes: Vec<&FigureChange> = self.plan.changes.iter().collect();
        changes.sort_by_key(|change| change.conflict == ConflictChange::None);
        changes
    }

    /// The rows of the page.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        if matches!(self.stands, Stands::Supposed { .. }) {
            rows.extend([Row::Digits, Row::Space]);
        }
        for (at, bundle) in self.plan.bundles.iter().enumerate() {
            rows.push(Row::Bundle(at));
            if let crate::sync::import::plan::BundleOutcome::Waiting(gaps) = &bundle.outcome {
                rows.extend((0..gaps.len()).map(|gap| Row::Gap(at, gap)));
            }
        }
        let mut part = |heading, inside: Vec<Row>| {
            if !inside.is_empty() {
                if !rows.is_empty() {
                    rows.push(Row::Space);
                }
                rows.push(Row::Heading(heading));
                rows.extend(inside);
            }
        };
        let count = |of: usize, row: fn(usize) -> Row| (0..of).map(row).collect();
        let odd = self.plan.suspicions.iter().enumerate();
        let odd = odd.flat_map(|(at, suspicion)| {
            match suspicion {
                Suspicion::Jump(_) => 0..1,
                // Whole sentences, at 80 columns.
                _ => 0..2,
            }
            .map(move |line| Row::Suspicion(at, line))
        });
        part("meet.suspicions", odd.collect());
        part("meet.changes", count(self.plan.changes.len(), Row::Change));
        part("meet.totals", count(self.plan.totals.len(), Row::Total));
        rows
    }

    /// Moves the page by so many rows.
    pub fn step(&mut self, by: isize) {
        let last = self.rows().len().saturating_sub(1);
        self.top = self.top.saturating_add_signed(by).min(last);
    }
}
