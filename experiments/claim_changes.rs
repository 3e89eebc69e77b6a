//! §4.2.1: what each of the changes is worth that BN makes possible.
//!
//! ```text
//! make claim-changes    15 minutes on two cores
//! ```
//!
//! Trains BN-x5, and BN-x5 with one change taken back at a time: Dropout of 40 %, the full L2, the slow decay
//! of the learning rate, Local Response Normalization, shuffling of shards only, the full photometric
//! distortions; on CIFAR-10 at a quarter of the width, 2,000 steps, three seeds.
//!
//! The paper gives one number: shuffling is worth about 1 % of validation accuracy. At this scale a training
//! sees the images once and a bit, so that whatever helps against overfitting cannot show its worth.

use std::process::ExitCode;

use bn_inception::BnInceptionConfig;
use clap::Parser;
use data::augmentation::Photometric;
use data::order::Shuffling;
use experiments::command_line::resumable_exit_code;
use experiments::recipes::{CLAIMS, Recipe, Setting};
use experiments::variations::{self, Look, Variation, VariationArgs};
use record::fig2::Network;
use training::memory;

/// Trains BN-x5 with each change of §4.2.1 taken back.
///
/// Writes results/claim-changes/. Ctrl-C stops it, and the same command goes on where it stopped.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    variations: VariationArgs,
}

fn main() -> ExitCode {
    memory::keep_freed();
    resumable_exit_code(|| {
        let args = Args::parse().variations;
        variations::run("claim-changes", &args, &CLAIMS, changes, &Look::default())
    })
}

/// BN-x5, and what it is with each change undone.
fn changes(setting: &Setting) -> Vec<Variation> {
    let new = Recipe::new(Network::BnX5, setting);
    let old = Recipe::new(Network::BnBaseline, setting);
    let of_config = |config: BnInceptionConfig| Recipe { config, ..new.clone() };
    let (dropout, local_response_norm) = (old.config.dropout, old.config.local_response_norm);
    let recipes = [
        ("BN-x5", new.clone()),
        ("Dropout 40 %", of_config(BnInceptionConfig { dropout, ..new.config.clone() })),
        ("L2 five times as strong", Recipe { l2: old.l2, ..new.clone() }),
        ("decay six times slower", Recipe { decay_steps: old.decay_steps, ..new.clone() }),
        (
            "Local Response Normalization",
            of_config(BnInceptionConfig { local_response_norm, ..new.config.clone() }),
        ),
        (
            "shuffling of shards only",
            Recipe { shuffling: Shuffling::AcrossShardsOnly, ..new.clone() },
        ),
        ("full photometric distortions", Recipe { photometric: Photometric::Full, ..new.clone() }),
    ];
    let variation = |(name, recipe): (&str, Recipe)| Variation {
        name: name.to_owned(),
        setting: setting.clone(),
        recipe,
    };
    recipes.into_iter().map(variation).collect()
}
