//! Beyond the paper: noise after BN (Santurkar et al. 2018), in BN-Inception at small scale.
//!
//! ```text
//! make claim-noise-inception    8 minutes on two cores
//! ```
//!
//! Trains Inception, BN-Baseline, and BN-Baseline with noise after each BN whose mean and scale are new for
//! each feature map and step, on CIFAR-10 at a quarter of the width, 2,000 steps, three seeds. Networks with BN
//! are judged by the population's statistics without noise, of 50 training mini-batches: the moving averages have
//! seen the noise.
//!
//! Expected, as they have it: the noise hardly slows the training down.

use std::process::ExitCode;

use anyhow::Result;
use bn_inception::BnInceptionConfig;
use bn_inception::config::{Noise, Normalization};
use clap::Parser;
use experiments::command_line::resumable_exit_code;
use experiments::points::Points;
use experiments::recipes::{CLAIMS, Recipe, Setting};
use experiments::variations::{self, Look, Trained, Variation, VariationArgs};
use record::fig2::Network;
use training::memory;

/// Trains Inception, BN-Baseline, and BN-Baseline with noise after BN.
///
/// Writes results/claim-noise-inception/. Ctrl-C stops it, and the same command goes on where it stopped.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    variations: VariationArgs,
}

const NOISE: Noise = Noise { mean: 0.5, scale: 1.25 };
/// Training mini-batches that the population's statistics are taken from.
const POPULATION: u64 = 50;

fn main() -> ExitCode {
    memory::keep_freed();
    resumable_exit_code(|| {
        let args = Args::parse().variations;
        let look = Look { at_the_end: &at_the_end, ..Look::default() };
        variations::run("claim-noise-inception", &args, &CLAIMS, variations, &look)
    })
}

fn variations(setting: &Setting) -> Vec<Variation> {
    let of = |(name, network, noise): (&str, Network, Option<Noise>)| {
        let recipe = Recipe::new(network, setting);
        let config = BnInceptionConfig { noise, ..recipe.config.clone() };
        Variation {
            name: name.to_owned(),
            setting: setting.clone(),
            recipe: Recipe { config, ..recipe },
        }
    };
    let networks = [
        ("BN-Baseline with noise", Network::BnBaseline, Some(NOISE)),
        ("BN-Baseline", Network::BnBaseline, None),
        ("Inception", Network::Inception, None),
    ];
    networks.map(of).to_vec()
}

/// The accuracy on all validation images, by the population's statistics where there is BN.
fn at_the_end(variation: &Variation, trained: &Trained, points: &mut Points) -> Result<()> {
    if variation.recipe.config.normalization != Normalization::None {
        let setting = Setting { steps: POPULATION, ..trained.setting.clone() };
        let mut images = Vec::new();
        for batch in trained.first_mini_batches(&setting)? {
            images.push(trained.training.tensors(&batch?).0);
        }
        trained.training.network().estimate_population(images);
    }
    let steps = trained.setting.steps as f64;
    points.push("test accuracy without noise", steps, trained.test_accuracy()?);
    Ok(())
}
