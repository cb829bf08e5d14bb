//! What the same histories would have come to had the later clock won: why nothing here merges by
//! clocks. `docs/merge.md` gives the numbers.
#![allow(
    clippy::print_stdout,
    reason = "figures for those who ask with --nocapture"
)]

use std::collections::BTreeMap;

use nhaplieu::ledger::approved::Proof;
use nhaplieu::ledger::{AuthorId, CellKey, Content, Recorded, Subject};

use crate::district::World;
use crate::oracle::Oracle;
use crate::pen::rounds;
use crate::world::form;

/// What last-writer-wins does to the figures of histories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Losses {
    histories: usize,
    cells: usize,
    /// Two people typed different figures, neither having seen the other's: one is gone.
    one_of_two: usize,
    /// A figure that its own author had replaced came back, because that clock ran ahead.
    corrected_came_back: usize,
    /// Histories with any of these.
    spoilt: usize,
    /// Approved forms whose figures are no longer those that were approved.
    approved_otherwise: usize,
    /// Approved forms.
    approved: usize,
}

type Winner<'a> = (u64, AuthorId, &'a Recorded);

fn winners<'a>(world: &World, oracle: &Oracle<'a>) -> BTreeMap<CellKey, Winner<'a>> {
    let mut winners: BTreeMap<CellKey, Winner<'_>> = BTreeMap::new();
    for recorded in oracle.counted() {
        if let Subject::Cell(cell) = &recorded.entry.subject {
            let this = (world.walls[&recorded.hash], recorded.author, recorded);
            let best = winners.entry(cell.clone()).or_insert(this);
            if (this.0, this.1) > (best.0, best.1) {
                *best = this;
            }
        }
    }
    winners
}

fn says(recorded: &Recorded) -> Content {
    recorded.entry.body.content().cloned().unwrap_or_default()
}

fn count(seed: u64, losses: &mut Losses) {
    let mut world = World::new(seed);
    for _ in 0..30 {
        world.step();
    }
    world.settle();
    let all = world.stores[0].entries.clone();
    let oracle = Oracle::of(&all);
    let winners = winners(&world, &oracle);
    let by_reference: BTreeMap<_, _> = all.values().map(|r| (r.reference(), r)).collect();
    let (mut gone, mut back) = (0, 0);
    for (cell, heads) in oracle.cells() {
        let (.., winner) = winners[&cell];
        losses.cells += 1;
        let others = heads.iter().map(|head| says(by_reference[head]));
        if !heads.contains(&winner.reference()) {
            back += 1;
        } else if others.clone().any(|other| other != says(winner)) {
            gone += 1;
        }
    }
    for unit in ["xa-a", "xa-b"] {
        let key = form(unit, "2023");
        let Some(approved) = world.stores[0].approved(&key) else {
            continue;
        };
        if approved
            .approvals
            .iter()
            .any(|stamp| stamp.proof == Proof::Awaited)
        {
            continue;
        }
        losses.approved += 1;
        let moved = approved.cells.iter().any(|(cell, content)| {
            let cell = key.cell(cell);
            let now = winners.get(&cell).map(|(.., winner)| says(winner));
            now.unwrap_or_default() != *content
        });
        losses.approved_otherwise += usize::from(moved);
    }
    losses.histories += 1;
    losses.one_of_two += gone;
    losses.corrected_came_back += back;
    losses.spoilt += usize::from(gone + back > 0);
}

#[test]
fn the_later_clock_would_lose_figures_silently() {
    let mut losses = Losses::default();
    for seed in 0..rounds(40, 400) as u64 {
        count(seed, &mut losses);
    }
    println!("{losses:?}");
    assert!(losses.one_of_two > 0 && losses.corrected_came_back > 0);
    assert!(losses.approved_otherwise > 0);
}
