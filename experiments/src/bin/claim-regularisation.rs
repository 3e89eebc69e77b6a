//! §3.4: BN regularises, and Dropout can be removed or reduced.
//!
//! ```text
//! make claim-regularisation    24 minutes on two cores
//! ```
//!
//! Trains the network of BN-x5 with and without BN at Dropout of 0, 5, 10 and 40 %; and with BN, without Dropout, at
//! mini-batches of 2 to 256, whose statistics are the noise that does the regularising. On the first 1,000 images of
//! CIFAR-10 at a quarter of the width, 32 epochs of them, so that overfitting shows. All trainings see the same number
//! of images. The learning rate is in proportion to the mini-batch, and decays over the whole of the training as in the
//! ensemble.
//!
//! Expected: with BN, the training accuracy is further above the test accuracy if anything takes noise away: a larger
//! mini-batch, or less Dropout. The paper's claim is of large-scale training; this is not.

use std::process::ExitCode;

use anyhow::Result;
use bn_inception::config::Normalization;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Recipe, SingleNetwork};

const DROPOUT: [f64; 4] = [0.0, 0.05, 0.1, 0.4];
/// Beside the 32 of all others.
const MINI_BATCHES: [usize; 7] = [2, 4, 8, 16, 64, 128, 256];
const MINI_BATCH: usize = 32;
/// A fiftieth of CIFAR-10, 32 epochs of which are 1,000 steps.
const TRAINING_IMAGES: usize = 1_000;

fn main() -> ExitCode {
    let look = Look { at_the_end: &look, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), recipes, &look)
}

/// The slowest first: those with the smallest mini-batches.
fn recipes(choice: &Choice) -> Vec<Recipe> {
    let mut inception = recipes::claims(choice, 1_000);
    inception.images.training_images = Some(TRAINING_IMAGES);
    if let Some(augmentation) = &mut inception.images.augmentation {
        augmentation.crop_area_min = 0.8; // most of the image
    }
    let by_mini_batch = MINI_BATCHES.map(|size| variation(&inception, true, 0.0, size));
    let by_dropout = [true, false].into_iter().flat_map(|with_bn| {
        DROPOUT.map(|dropout| variation(&inception, with_bn, dropout, MINI_BATCH))
    });
    by_mini_batch.into_iter().chain(by_dropout).collect()
}

/// A training stands for the 6·10⁶ steps that the paper's networks with BN take, not for Inception's 31·10⁶, after
/// half of which their rate is gone.
fn variation(inception: &Recipe, with_bn: bool, dropout: f64, mini_batch: usize) -> Recipe {
    let factor = mini_batch as f64 / inception.mini_batch as f64;
    let steps = (inception.steps as f64 / factor).ceil() as u64;
    let inception = inception.clone().over(steps, ENSEMBLE_STEPS).at_rate(factor);
    let percent = (100.0 * dropout).round();
    let name = format!("{}, Dropout {percent} %, mini-batch {mini_batch}", series(with_bn));
    let recipe = SingleNetwork::BnX5.recipe(&inception).named(name).with_network(|config| {
        config.dropout = dropout;
        if !with_bn {
            config.normalization = Normalization::None;
        }
    });
    Recipe { mini_batch, ..recipe }
}

fn series(with_bn: bool) -> &'static str {
    if with_bn { "With BN" } else { "Without BN" }
}

/// Accuracies, under the training's own name and along the two curves.
fn look(trained: &Trained, points: &mut Points) -> Result<()> {
    let (test, training) = (trained.test_accuracy()?, trained.training_accuracy()?);
    let recipe = trained.recipe();
    let (steps, dropout) = (recipe.steps as f64, recipe.bn_inception().dropout);
    points.push("training accuracy", steps, training);
    points.push("training less test accuracy", steps, training - test);
    for (what, accuracy) in [("test", test), ("training", training)] {
        let name = format!("{}, {what}", series(recipe.has_bn()));
        if recipe.mini_batch == MINI_BATCH {
            points.push_of(&name, "accuracy over Dropout", dropout, accuracy);
        }
        if dropout == 0.0 && recipe.has_bn() {
            let size = recipe.mini_batch as f64;
            points.push_of(&name, "accuracy over the mini-batch", size, accuracy);
        }
    }
    Ok(())
}
