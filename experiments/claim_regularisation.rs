//! §3.4: BN regularises, and Dropout can be removed or reduced.
//!
//! ```text
//! make claim-regularisation    20 minutes on two cores
//! ```
//!
//! Trains the network of BN-x5 with and without BN at Dropout 0, 5, 10 and 40 %; and with BN, without Dropout,
//! at mini-batches of 2 to 256, whose statistics are the noise that does the regularising. On the first 1,000
//! images of CIFAR-10 at a quarter of the width, 32 epochs of them, so that overfitting shows. All see the
//! same number of images; the learning rate is in proportion to the mini-batch, and decays over the whole of
//! the training as in the ensemble.
//!
//! Expected: with BN the training accuracy is further above the test accuracy if anything takes noise away: a
//! larger mini-batch, less Dropout. The paper's claim is of large-scale training; this is not.

use std::process::ExitCode;

use anyhow::Result;
use bn_inception::BnInceptionConfig;
use bn_inception::config::Normalization;
use clap::Parser;
use experiments::command_line::resumable_exit_code;
use experiments::points::Points;
use experiments::recipes::{CLAIMS, ENSEMBLE_STEPS, Recipe, Setting};
use experiments::variations::{self, Look, Trained, Variation, VariationArgs};
use record::fig2::Network;
use training::memory;

/// Trains with and without BN over Dropout, and over the size of the mini-batch.
///
/// Writes results/claim-regularisation/. Ctrl-C stops it, and the same command goes on where it stopped.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    variations: VariationArgs,
}

/// 32 epochs of a fiftieth of CIFAR-10; crops of most of the image; a training stands for the 6·10⁶ steps that
/// the paper's networks with BN take, not for Inception's 31·10⁶, after half of which their rate is gone.
const FEW_IMAGES: Setting = Setting {
    steps: 1_000,
    training_images: Some(1_000),
    crop_area_min: 0.8,
    paper_steps: ENSEMBLE_STEPS as f64,
    ..CLAIMS
};
const DROPOUT: [f64; 4] = [0.0, 0.05, 0.1, 0.4];
/// Beside the 32 of all others.
const MINI_BATCHES: [usize; 7] = [2, 4, 8, 16, 64, 128, 256];

fn main() -> ExitCode {
    memory::keep_freed();
    resumable_exit_code(|| {
        let args = Args::parse().variations;
        let look = Look { at_the_end: &look, ..Look::default() };
        variations::run("claim-regularisation", &args, &FEW_IMAGES, all, &look)
    })
}

/// The slowest first: those with the smallest mini-batches.
fn all(setting: &Setting) -> Vec<Variation> {
    let by_mini_batch = MINI_BATCHES.map(|size| variation(setting, true, 0.0, size));
    let by_dropout = [true, false].into_iter().flat_map(|with_bn| {
        DROPOUT.map(|dropout| variation(setting, with_bn, dropout, CLAIMS.mini_batch))
    });
    by_mini_batch.into_iter().chain(by_dropout).collect()
}

fn variation(setting: &Setting, with_bn: bool, dropout: f64, mini_batch: usize) -> Variation {
    let factor = mini_batch as f64 / setting.mini_batch as f64;
    let setting = Setting {
        mini_batch,
        steps: (setting.steps as f64 / factor).ceil() as u64,
        learning_rate: setting.learning_rate * factor,
        ..setting.clone()
    };
    let recipe = Recipe::new(Network::BnX5, &setting);
    let normalization = if with_bn { recipe.config.normalization } else { Normalization::None };
    let config = BnInceptionConfig { dropout, normalization, ..recipe.config.clone() };
    let percent = (100.0 * dropout).round();
    let name = format!("{}, Dropout {percent} %, mini-batch {mini_batch}", series(with_bn));
    Variation { name, setting, recipe: Recipe { config, ..recipe } }
}

fn series(with_bn: bool) -> &'static str {
    if with_bn { "With BN" } else { "Without BN" }
}

/// Accuracies, under the variation's own name and along the two curves.
fn look(variation: &Variation, trained: &Trained, points: &mut Points) -> Result<()> {
    let (test, training) = (trained.test_accuracy()?, trained.training_accuracy()?);
    let steps = variation.setting.steps as f64;
    points.push("training accuracy", steps, training);
    points.push("training less test accuracy", steps, training - test);
    let BnInceptionConfig { dropout, normalization, .. } = variation.recipe.config;
    let mini_batch = variation.setting.mini_batch;
    let series = series(normalization != Normalization::None);
    for (what, accuracy) in [("test", test), ("training", training)] {
        let name = format!("{series}, {what}");
        if mini_batch == CLAIMS.mini_batch {
            points.push_of(&name, "accuracy over Dropout", dropout, accuracy);
        }
        if dropout == 0.0 && normalization != Normalization::None {
            points.push_of(&name, "accuracy over the mini-batch", mini_batch as f64, accuracy);
        }
    }
    Ok(())
}
