//! §4.2.1: what is each of the changes worth that BN makes possible?
//!
//! ```text
//! make claim-changes                          two and a half hours on two cores, where bf16 is fast
//! make claim-changes ARGS="--scale small"     the same over 2,000 steps, 15 minutes
//! ```
//!
//! Trains BN-x5, and BN-x5 with one change taken back at a time: Dropout of 40 %, the full L2, the slow decay of the
//! learning rate, Local Response Normalization, shuffling of shards only, the full photometric distortions. On
//! CIFAR-10 at a quarter of the width, three seeds, in the regime of Figure 2 (`docs/DEVIATIONS.md`) over half of its
//! budget, 48 epochs.
//!
//! Expected, as in the paper: nothing is lost without Dropout and Local Response Normalization, and the other changes
//! help; shuffling by about 1 % of validation accuracy.

use std::process::ExitCode;

use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Photometric, Recipe, Shuffling, SingleNetwork};
use record::run::Scale;

const STEPS: u64 = 2_000;

fn main() -> ExitCode {
    variations::main(env!("CARGO_BIN_NAME"), changes, &Look::default())
}

/// Inception, of which BN-x5 is a change.
fn inception(choice: &Choice) -> Recipe {
    if choice.scale != Scale::Overnight {
        return recipes::claims(choice, STEPS);
    }
    let inception = recipes::converging(choice, recipes::WHOLE_BUDGET_OVERNIGHT / 2);
    let steps = inception.steps;
    inception.over(steps, ENSEMBLE_STEPS)
}

/// BN-x5, what it is with each change undone, and overnight, where that is to be decided, what half the steps make of it.
fn changes(choice: &Choice) -> Vec<Recipe> {
    let inception = inception(choice);
    let mut trainings = one_by_one(&inception);
    if choice.scale == Scale::Overnight {
        let steps = inception.steps / 2;
        let half = inception.over(steps, ENSEMBLE_STEPS);
        trainings.push(SingleNetwork::BnX5.recipe(&half).named("half the steps"));
    }
    trainings
}

fn one_by_one(inception: &Recipe) -> Vec<Recipe> {
    let new = SingleNetwork::BnX5.recipe(inception);
    let but = |name: &str, change: fn(&mut Recipe, &Recipe)| {
        let mut recipe = new.clone().named(name);
        change(&mut recipe, inception);
        recipe
    };
    let with = |name: &str| new.clone().named(name);
    vec![
        new.clone(),
        with("Dropout 40 %").with_network(|config| config.dropout = 0.4),
        but("L2 five times as strong", |new, old| new.sgd.l2 = old.sgd.l2),
        but("decay six times slower", |new, old| new.sgd.decay = old.sgd.decay),
        with("Local Response Normalization")
            .with_network(|config| config.local_response_norm = true),
        but("shuffling of shards only", |new, _| {
            new.images.shuffling = Shuffling::AcrossShardsOnly;
        }),
        but("full photometric distortions", |new, _| {
            let augmentation = new.images.augmentation.iter_mut();
            augmentation.for_each(|augmentation| augmentation.photometric = Photometric::Full);
        }),
    ]
}
