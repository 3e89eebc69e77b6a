//! Beyond the paper: noise after BN (Santurkar et al. 2018), in BN-Inception at small scale.
//!
//! ```text
//! make claim-noise-inception    8 minutes on two cores
//! ```
//!
//! Trains Inception, BN-Baseline, and BN-Baseline with noise after each BN. The noise's mean and scale are new for each
//! feature map and step. On CIFAR-10 at a quarter of the width, 2,000 steps, three seeds. At the end, networks with BN
//! are judged without noise, by the population's statistics of training mini-batches, because the moving averages have
//! seen the noise.
//!
//! Expected, as they found: the noise hardly slows the training down.

use std::process::ExitCode;

use bn_inception::config::Noise;
use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::{Recipe, SingleNetwork};

const NOISE: Noise = Noise { mean: 0.5, scale: 1.25 };

fn main() -> ExitCode {
    variations::main(env!("CARGO_BIN_NAME"), recipes, &Look::default())
}

fn recipes(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims(choice, 2_000);
    let bn_baseline = SingleNetwork::BnBaseline.recipe(&inception);
    let noisy = bn_baseline.clone().named("BN-Baseline with noise");
    vec![noisy.with_network(|config| config.noise = Some(NOISE)), bn_baseline, inception]
}
