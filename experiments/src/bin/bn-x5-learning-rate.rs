//! §4.2.2: how much does BN-x5 depend on its learning rate?
//!
//! ```text
//! make bn-x5-learning-rate    7 minutes on two cores
//! ```
//!
//! Trains BN-x5 at a fifth to twenty times its rate, on CIFAR-10 at a quarter of the width, 400 steps, three seeds.
//! At a fifth it has Inception's rate, at six times that of BN-x30. The rate decays over the whole of the training,
//! as the ensemble's does.
//!
//! Expected: it trains at all of these rates. Which is best is a matter of the steps, of which 400 are few.

use std::process::ExitCode;

use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Recipe, SingleNetwork};

/// Multiples of BN-x5's rate, 0.0075.
const FACTORS: [f64; 4] = [0.2, 1.0, 6.0, 20.0];

fn main() -> ExitCode {
    variations::main(env!("CARGO_BIN_NAME"), sweep, &Look::default())
}

/// A training for each rate.
fn sweep(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims(choice, 400);
    let steps = inception.steps;
    let mut bn_x5 = SingleNetwork::BnX5.recipe(&inception.over(steps, ENSEMBLE_STEPS));
    bn_x5.images.validation_images = 250; // on the way, where validations would take longer than steps
    let at = |factor: f64| bn_x5.clone().at_rate(factor).named(format!("BN-x5, {factor}x"));
    FACTORS.map(at).to_vec()
}
