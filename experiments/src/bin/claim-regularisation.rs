//! §3.4: BN regularises, and Dropout can be removed or reduced.
//!
//! ```text
//! make claim-regularisation    20 minutes on two cores
//! ```
//!
//! Trains the network of BN-x5 with and without BN at Dropout of 0, 10 and 40 %; and with BN, without Dropout, at
//! mini-batches of 8 to 128, whose statistics are the noise that does the regularising. On the first 1,000 images of
//! CIFAR-10 at a quarter of the width, 32 epochs of them, so that overfitting shows. All trainings see the same number
//! of images. The learning rate is in proportion to the mini-batch, and decays over the whole of the training as in the
//! ensemble.
//!
//! What fits its images better also overfits them more, whatever regularises it. So networks are compared where they fit
//! equally well: by the accuracy on held-out images where that on the training images passes 40 %.
//!
//! Expected: there it is higher with BN, and with smaller mini-batches. The paper's claim is of large-scale training;
//! this is not.

use std::process::ExitCode;

use anyhow::Result;
use bn_inception::config::Normalization;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Recipe, SingleNetwork};
use record::point::PointRow;

const DROPOUT: [f64; 3] = [0.0, 0.1, 0.4];
/// Beside the 32 of all others.
const MINI_BATCHES: [usize; 2] = [8, 128];
const MINI_BATCH: usize = 32;
/// 32 epochs of them are 1,000 steps.
const TRAINING_IMAGES: usize = 1_000;
const SMOKE_TRAINING_IMAGES: usize = 128;
/// How well networks fit their images where they are compared.
const FIT: f64 = 0.4;

fn main() -> ExitCode {
    let look = Look { on_the_way: &on_the_way, at_the_end: &at_the_end };
    variations::main(env!("CARGO_BIN_NAME"), recipes, &look)
}

/// The slowest first: those with the smallest mini-batches.
fn recipes(choice: &Choice) -> Vec<Recipe> {
    let mut inception = recipes::claims(choice, 1_000);
    let images = if choice.is_smoke() { SMOKE_TRAINING_IMAGES } else { TRAINING_IMAGES };
    inception.images.training_images = Some(images);
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

/// How well it fits its images, but for the beginning, which has many rows.
fn on_the_way(trained: &Trained, points: &mut Points) -> Result<()> {
    if 8 * trained.step >= trained.recipe().steps {
        points.push(ON_THE_WAY, trained.step as f64, trained.training_accuracy_now()?);
    }
    Ok(())
}

const ON_THE_WAY: &str = "training accuracy on the way";

/// The accuracy on held-out images where that on training images first passes [`FIT`], between two looks in proportion.
fn at_equal_fit(so_far: &[PointRow]) -> Option<f64> {
    let held_out = |x: f64| {
        let is_it = |row: &&PointRow| row.metric == "validation accuracy" && row.x == x;
        so_far.iter().find(is_it).map(|row| row.value)
    };
    let looks: Vec<&PointRow> = so_far.iter().filter(|row| row.metric == ON_THE_WAY).collect();
    let passes = |pair: &&[&PointRow]| pair[0].value < FIT && pair[1].value >= FIT;
    let pair = looks.windows(2).find(passes)?;
    let share = (FIT - pair[0].value) / (pair[1].value - pair[0].value);
    let (before, after) = (held_out(pair[0].x)?, held_out(pair[1].x)?);
    Some(before + share * (after - before))
}

/// Accuracies, under the training's own name and along the two curves.
fn at_the_end(trained: &Trained, points: &mut Points) -> Result<()> {
    let equal = at_equal_fit(trained.so_far);
    if let Some(accuracy) = equal {
        points.push("held-out accuracy at equal fit", FIT, accuracy);
    }
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
