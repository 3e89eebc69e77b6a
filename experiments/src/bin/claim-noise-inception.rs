//! Beyond the paper: noise after BN (Santurkar et al. 2018), in BN-Inception at small scale.
//!
//! ```text
//! make claim-noise-inception    8 minutes on two cores
//! ```
//!
//! Trains Inception, BN-Baseline, and BN-Baseline with noise after each BN. The noise's mean and scale are new for each
//! feature map and step. On CIFAR-10 at a quarter of the width, 2,000 steps, three seeds. At the end, networks with BN
//! are judged without noise, by the population's statistics of 50 training mini-batches, because the moving averages
//! have seen the noise.
//!
//! Expected, as they found: the noise hardly slows the training down.

use std::process::ExitCode;

use anyhow::Result;
use bn_inception::config::Noise;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::{Recipe, SingleNetwork};

const NOISE: Noise = Noise { mean: 0.5, scale: 1.25 };
/// Training mini-batches that the population's statistics are taken from.
const POPULATION: u64 = 50;

fn main() -> ExitCode {
    let look = Look { at_the_end: &at_the_end, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), recipes, &look)
}

fn recipes(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims_by_test_images(choice, 2_000);
    let bn_baseline = SingleNetwork::BnBaseline.recipe(&inception);
    let noisy = bn_baseline.clone().named("BN-Baseline with noise");
    vec![noisy.with_network(|config| config.noise = Some(NOISE)), bn_baseline, inception]
}

/// The accuracy on all validation images, by the population's statistics where there is BN.
fn at_the_end(trained: &Trained, points: &mut Points) -> Result<()> {
    let recipe = trained.recipe();
    if recipe.has_bn() {
        let mut images = Vec::new();
        for batch in trained.first_mini_batches(POPULATION, recipe.mini_batch)? {
            images.push(trained.training.tensors(&batch?).0);
        }
        trained.training.network.estimate_population(images);
    }
    points.push("test accuracy without noise", recipe.steps as f64, trained.test_accuracy()?);
    Ok(())
}
