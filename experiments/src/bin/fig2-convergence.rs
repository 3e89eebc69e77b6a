//! §4.2: would Figure 2's Inception be much better if it were trained for longer?
//!
//! ```text
//! make fig2-convergence    two and a half hours on two cores where bf16 is fast
//! ```
//!
//! Trains Inception by the recipe of Figure 2 overnight over twice its steps. Figure 2 sets its accuracy beside that over the
//! whole budget, and gives verdicts if there are no more than two points between them (`docs/DEVIATIONS.md`, "Figure 2
//! anew").
//!
//! Expected: one to two points, for the doubling before gives two to three.

use std::process::ExitCode;

use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::{Recipe, SingleNetwork};

/// 192 epochs.
const STEPS: u64 = 2 * recipes::WHOLE_BUDGET_OVERNIGHT;

fn main() -> ExitCode {
    let look = Look { at_the_end: &variations::accuracies, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), twice, &look)
}

fn twice(choice: &Choice) -> Vec<Recipe> {
    let inception = SingleNetwork::Inception.recipe(&recipes::converging(choice, STEPS));
    vec![inception.named("Inception over twice the steps")]
}
