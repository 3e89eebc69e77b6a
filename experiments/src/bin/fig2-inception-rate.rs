//! §4.2: which learning rate is Inception's best, where Figure 2 trains it at small scale?
//!
//! ```text
//! make fig2-inception-rate    100 minutes on two cores
//! ```
//!
//! Trains Inception over the ten epochs of Figure 2 at small scale, at rates from half of its own to four times that, three seeds, and
//! takes the accuracy on all held-out images: what BN gains is measured from this network, whose rate the paper does
//! not say how it chose. The rule that chooses among them is in `docs/DEVIATIONS.md`.
//!
//! Expected: Figure 2's rate is within a point of the best. It is not.

use std::process::ExitCode;

use anyhow::Result;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::Recipe;

/// The second is Figure 2's at small scale.
const RATES: [f64; 4] = [0.006, 0.012, 0.024, 0.048];

fn main() -> ExitCode {
    let look = Look { at_the_end: &held_out_accuracy, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), sweep, &look)
}

fn sweep(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::converging(choice, recipes::WHOLE_BUDGET);
    RATES.map(|rate| inception.clone().with_rate(rate).named(format!("Inception, {rate}"))).to_vec()
}

/// Of each training by itself, and as a place of the curve over rates.
fn held_out_accuracy(trained: &Trained, points: &mut Points) -> Result<()> {
    let accuracy = trained.held_out_accuracy()?;
    points.push("held-out accuracy", trained.step as f64, accuracy);
    let rate = trained.recipe().sgd.learning_rate;
    points.push_of("Inception", "held-out accuracy over rates", rate, accuracy);
    Ok(())
}
