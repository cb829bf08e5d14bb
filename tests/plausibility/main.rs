//! How many slips the checks see and how often they ask for nothing: a simulated district, hermetic
//! and the same for the same seed.
//!
//! The whole table: `cargo test --test plausibility -- --ignored --nocapture`.

#![cfg(test)]
#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::similar_names,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "chance is drawn with floats, and no figure of a store is; a helper that fails fails its test"
)]

mod chance;
mod district;
mod slips;
mod trial;

use nhaplieu::plan;

#[test]
#[ignore = "takes a minute: prints the whole table"]
fn the_whole_table() {
    let plan = plan::parse(plan::embedded()).unwrap();
    println!("{}", trial::run(&plan, 0..5, 2).table());
}

/// A small size of the table, which holds the goals with some room: five in a hundred more or less
/// come from the seed alone.
#[test]
fn slips_are_seen_and_right_forms_are_left_alone() {
    let plan = plan::parse(plan::embedded()).unwrap();
    let counts = trial::run(&plan, 20..21, 4);
    println!("{}", counts.table());
    assert!(counts.caught.permille() >= 720, "seen {} %", counts.caught);
    assert!(
        counts.influential.permille() >= 880,
        "influential {} %",
        counts.influential
    );
    assert!(counts.cells.permille() <= 6, "cells {} %", counts.cells);
    assert!(counts.forms.permille() <= 150, "forms {} %", counts.forms);
}
