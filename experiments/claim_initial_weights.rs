//! §4.2.2, analysis: what BN-Baseline gains over Inception depends on the initial weights.
//!
//! ```text
//! make claim-initial-weights    15 minutes on two cores
//! ```
//!
//! The paper does not say how it draws Inception's initial weights. Figure 2 here takes He's Gaussian (February
//! 2015), made for networks of `ReLUs` without normalization; `GoogLeNet`'s public copies take Xavier's, and slim's
//! a truncated normal of one width for all layers. This trains Inception and BN-Baseline, which differ by nothing
//! but BN, from each of the three, on CIFAR-10 at a quarter of the width, 2,000 steps, three seeds.
//!
//! Expected: without BN a signal that loses half of its variance at every layer takes long to get through; BN
//! gives it back.

use std::process::ExitCode;

use bn_inception::BnInceptionConfig;
use bn_inception::config::{Distribution, Initialization};
use clap::Parser;
use experiments::command_line::resumable_exit_code;
use experiments::recipes::{CLAIMS, Recipe, Setting};
use experiments::variations::{self, Look, Variation, VariationArgs};
use record::fig2::Network;
use training::memory;

/// Trains Inception and BN-Baseline from three distributions of initial weights.
///
/// Writes results/claim-initial-weights/. Ctrl-C stops it, and the same command goes on where it stopped.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    variations: VariationArgs,
}

const DISTRIBUTIONS: [(&str, Distribution); 3] = [
    ("He", Distribution::He),
    ("Xavier", Distribution::Xavier),
    ("truncated normal", Distribution::TruncatedNormal { std: 0.05 }),
];

fn main() -> ExitCode {
    memory::keep_freed();
    resumable_exit_code(|| {
        let args = Args::parse().variations;
        let artefact = "claim-initial-weights";
        variations::run(artefact, &args, &CLAIMS, variations, &Look::default())
    })
}

fn variations(setting: &Setting) -> Vec<Variation> {
    let of = |network: Network| {
        DISTRIBUTIONS.map(|(name, distribution)| {
            let recipe = Recipe::new(network, setting);
            let initialization = Initialization { distribution, ..recipe.config.initialization };
            let config = BnInceptionConfig { initialization, ..recipe.config.clone() };
            Variation {
                name: format!("{network}, {name}"),
                setting: setting.clone(),
                recipe: Recipe { config, ..recipe },
            }
        })
    };
    [Network::Inception, Network::BnBaseline].into_iter().flat_map(of).collect()
}
