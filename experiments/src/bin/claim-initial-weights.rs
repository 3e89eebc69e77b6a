//! §4.2.2, analysis: what BN-Baseline gains over Inception depends on the initial weights.
//!
//! ```text
//! make claim-initial-weights    15 minutes on two cores
//! ```
//!
//! The paper does not say how it draws Inception's initial weights. Figure 2 here takes He's Gaussian (February 2015),
//! which was made for networks of `ReLUs` without normalization. `GoogLeNet`'s public copies take Xavier's, and slim's
//! a truncated normal of one width for all layers. This program trains Inception and BN-Baseline, which differ by
//! nothing but BN, from each of the three: on CIFAR-10 at a quarter of the width, 2,000 steps, three seeds.
//!
//! Expected: from Xavier's weights, a signal loses half of its variance at every layer, and takes long to get through
//! a network without BN. BN gives the variance back.

use std::process::ExitCode;

use bn_inception::config::Distribution;
use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::{Recipe, SingleNetwork};

const DISTRIBUTIONS: [(&str, Distribution); 3] = [
    ("He", Distribution::He),
    ("Xavier", Distribution::Xavier),
    ("truncated normal", Distribution::TruncatedNormal { std: 0.05 }),
];

fn main() -> ExitCode {
    variations::main(env!("CARGO_BIN_NAME"), recipes, &Look::default())
}

/// Inception and BN-Baseline from each distribution.
fn recipes(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims(choice, 2_000);
    let from_each = |network: SingleNetwork| {
        let recipe = network.recipe(&inception);
        DISTRIBUTIONS.map(|(name, distribution)| {
            let recipe = recipe.clone().named(format!("{network}, {name}"));
            recipe.with_network(|config| config.initialization.distribution = distribution)
        })
    };
    [SingleNetwork::Inception, SingleNetwork::BnBaseline].into_iter().flat_map(from_each).collect()
}
