//! §4.2.2: how much does BN-x5 depend on its learning rate?
//!
//! ```text
//! make bn-x5-learning-rate    8 minutes on two cores
//! ```
//!
//! Trains BN-x5 at a fifth to twenty times its rate, on CIFAR-10 at a quarter of the width, 600 steps, three
//! seeds. At a fifth it has Inception's rate, at six times that of BN-x30. The rate decays over the whole of the
//! training, as the ensemble's does.
//!
//! Expected: it trains at all of these rates, and the best one is not the paper's, since 600 steps are few.

use std::process::ExitCode;

use anyhow::Result;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Recipe, SingleNetwork};

/// Multiples of BN-x5's rate, 0.0075.
const FACTORS: [f64; 6] = [0.2, 0.5, 1.0, 2.0, 6.0, 20.0];

fn main() -> ExitCode {
    let look = Look { at_the_end: &over_rates, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), sweep, &look)
}

/// A training for each rate.
fn sweep(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims(choice, 600);
    let steps = inception.steps;
    let bn_x5 = SingleNetwork::BnX5.recipe(&inception.over(steps, ENSEMBLE_STEPS));
    let at = |factor: f64| bn_x5.clone().at_rate(factor).named(format!("BN-x5, {factor}x"));
    FACTORS.map(at).to_vec()
}

/// The accuracy as a point of one curve over all rates.
fn over_rates(trained: &Trained, points: &mut Points) -> Result<()> {
    let rate = trained.recipe().sgd.learning_rate;
    points.push_of("BN-x5", "test accuracy over rates", rate, trained.test_accuracy()?);
    Ok(())
}
