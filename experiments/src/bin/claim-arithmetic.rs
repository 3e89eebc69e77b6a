//! Beside the paper: what bf16 does to training, which the committed runs of BN-Inception use where it is fast.
//!
//! ```text
//! make claim-arithmetic    20 minutes on two cores with AMX
//! ```
//!
//! Trains Inception, BN-x5, and BN-x5 with BN of each activation in its last module, in f32 and in bf16: the same
//! initial weights, mini-batches and schedule. On CIFAR-10 at a quarter of the width, 2,000 steps over which the rate
//! decays as the ensemble's does, three seeds.
//!
//! Expected: no difference beyond that of two seeds.

use std::process::ExitCode;

use bn_inception::config::Normalization;
use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Arithmetic, Recipe, SingleNetwork};

fn main() -> ExitCode {
    variations::main(env!("CARGO_BIN_NAME"), recipes, &Look::default())
}

fn recipes(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims(choice, 2_000);
    let steps = inception.steps;
    let inception = inception.over(steps, ENSEMBLE_STEPS);
    let bn_x5 = SingleNetwork::BnX5.recipe(&inception);
    let per_activation = bn_x5.clone().named("BN-x5 per activation").with_network(|config| {
        config.normalization = Normalization::BatchPerActivationInLast;
    });
    let in_both = |recipe: Recipe| {
        [("bf16", Arithmetic::Bf16), ("f32", Arithmetic::F32)].map(|(name, arithmetic)| {
            let recipe = recipe.clone().named(format!("{recipe}, {name}"));
            Recipe { arithmetic: Some(arithmetic), ..recipe }
        })
    };
    [bn_x5, per_activation, inception].into_iter().flat_map(in_both).collect()
}
