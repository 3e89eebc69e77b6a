//! §4.2: can Figure 2's networks converge in an evening, if they see their images coarser and more often?
//!
//! ```text
//! make fig2-longer                              an hour and a half on two cores
//! make fig2-longer ARGS="--scale overnight"     the same over three seeds
//! ```
//!
//! A step of Figure 2's networks costs a third if module 3a works on a grid of 8×8 in place of 16×16. This trains them so over 24
//! epochs, for less than ten cost on the finer grid: Inception at three learning rates, and over half of the steps at
//! one of them, and BN-Baseline at Inception's. How Figure 2 is trained next follows by the rule in `docs/DEVIATIONS.md`.
//!
//! Expected: BN-Baseline ends above 80 %, Inception gains two or three points by the second half of its steps. It ends at
//! 78 %, and Inception gains seven.

use std::process::ExitCode;

use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::{Budget, Part, Recipe, SingleNetwork};

/// 24 epochs.
const STEPS: u64 = 33_756;
/// The one that the sweep of ten epochs on the finer grid has chosen.
const RATE: f64 = 0.024;

fn main() -> ExitCode {
    let look = Look { at_the_end: &variations::accuracies, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), longer, &look)
}

fn longer(choice: &Choice) -> Vec<Recipe> {
    let coarse = recipes::coarser(recipes::converging(choice, STEPS));
    let named = |network: SingleNetwork, rate: f64| {
        network.recipe(&coarse.clone().with_rate(rate)).named(format!("{network}, {rate}"))
    };
    let in_half = Budget { network: SingleNetwork::Inception, part: Part::OneIn(2) };
    let half = recipes::of_budget(in_half, &coarse.clone().with_rate(RATE));
    vec![
        named(SingleNetwork::Inception, RATE),
        named(SingleNetwork::BnBaseline, RATE),
        named(SingleNetwork::Inception, 2.0 * RATE),
        named(SingleNetwork::Inception, RATE / 2.0),
        half.named(format!("Inception, {RATE}, half the steps")),
    ]
}
