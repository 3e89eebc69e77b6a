//! §4.2.1: what is each of the changes worth that BN makes possible?
//!
//! ```text
//! make claim-changes    15 minutes on two cores
//! ```
//!
//! Trains BN-x5, and BN-x5 with one change taken back at a time: Dropout of 40 %, the full L2, the slow decay of the
//! learning rate, Local Response Normalization, shuffling of shards only, the full photometric distortions. On
//! CIFAR-10 at a quarter of the width, 2,000 steps, three seeds.
//!
//! The paper gives one number: shuffling is worth about 1 % of validation accuracy. A training of this scale sees
//! each image about once. Whatever helps against overfitting cannot show its worth here.

use std::process::ExitCode;

use experiments::variations::{self, Look};
use experiments::{Choice, recipes};
use recipe::{Recipe, Shuffling, SingleNetwork};

fn main() -> ExitCode {
    variations::main(env!("CARGO_BIN_NAME"), changes, &Look::default())
}

/// BN-x5, and what it is with each change undone.
fn changes(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims(choice, 2_000);
    let new = SingleNetwork::BnX5.recipe(&inception);
    let but = |name: &str, change: fn(&mut Recipe, &Recipe)| {
        let mut recipe = new.clone().named(name);
        change(&mut recipe, &inception);
        recipe
    };
    vec![
        new.clone(),
        new.clone().named("Dropout 40 %").with_network(|config| config.dropout = 0.4),
        but("L2 five times as strong", |new, old| new.sgd.l2 = old.sgd.l2),
        but("decay six times slower", |new, old| new.sgd.decay = old.sgd.decay),
        new.clone()
            .named("Local Response Normalization")
            .with_network(|config| config.local_response_norm = true),
        but("shuffling of shards only", |new, _| {
            new.images.shuffling = Shuffling::AcrossShardsOnly;
        }),
        but("full photometric distortions", |new, old| {
            new.images.augmentation = old.images.augmentation;
        }),
    ]
}
