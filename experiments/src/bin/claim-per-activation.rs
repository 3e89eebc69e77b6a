//! §4.2.3: what "non-convolutional, per-activation" BN in the last hidden layers does, which some networks of the
//! ensemble have.
//!
//! ```text
//! make claim-per-activation    20 minutes on two cores with AMX
//! ```
//!
//! Trains BN-x30 with BN of each feature map, and with BN of each activation in its last module: as in the ensemble; in
//! f32; at half the rate; on mini-batches of 128; on images of 64 pixels, where the last module's maps have 4×4 places and
//! not 2×2. On CIFAR-10 at a quarter of the width, as many images as 1,000 steps of 32 (of 64 pixels half as many), over
//! which the rate decays as the ensemble's does, three seeds.
//!
//! In Figure 4 at small scale the networks with BN of each activation err much more. If the moving averages were to
//! blame, population statistics would help; if bf16, then f32; if the few values of each statistic, then a larger
//! mini-batch.

use std::process::ExitCode;

use anyhow::Result;
use bn_inception::config::Normalization;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Arithmetic, Recipe, SingleNetwork};
use tch::Tensor;

/// Training mini-batches that the population's statistics are taken from.
const POPULATION: usize = 500;
const LARGE_MINI_BATCH: usize = 128;

fn main() -> ExitCode {
    let look = Look { at_the_end: &look, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), recipes, &look)
}

fn recipes(choice: &Choice) -> Vec<Recipe> {
    let mut inception = recipes::claims(choice, 1_000);
    inception.arithmetic = Some(Arithmetic::Bf16);
    if !choice.is_smoke() {
        inception.images.population_mini_batches = Some(POPULATION);
    }
    let ensemble = bn_x30(&inception, inception.mini_batch);
    let settings = [
        larger_images(&inception),
        Recipe { arithmetic: Some(Arithmetic::F32), ..ensemble.clone() }.named("f32"),
        bn_x30(&inception, LARGE_MINI_BATCH).named("mini-batch 128"),
        ensemble.clone().at_rate(0.5).named("half the rate"),
        ensemble.named("as in the ensemble"),
    ];
    settings.iter().flat_map(both).collect()
}

/// On as many images in all, with the rate in proportion to the mini-batch.
fn bn_x30(inception: &Recipe, mini_batch: usize) -> Recipe {
    let factor = mini_batch as f64 / inception.mini_batch as f64;
    let steps = (inception.steps as f64 / factor).ceil() as u64;
    let inception = inception.clone().over(steps, ENSEMBLE_STEPS).at_rate(factor);
    Recipe { mini_batch, ..SingleNetwork::BnX30.recipe(&inception) }
}

/// 5b's maps have 4×4 places. A step takes four times as long: half of the images have to do.
fn larger_images(inception: &Recipe) -> Recipe {
    let half = Recipe { steps: inception.steps.div_ceil(2), ..inception.clone() };
    let larger = bn_x30(&half, half.mini_batch);
    larger.with_network(|config| config.image_side *= 2).named("64 pixels")
}

/// BN of each feature map, and of each activation in the last module.
fn both(recipe: &Recipe) -> [Recipe; 2] {
    let per_map = recipe.clone().named(format!("per map, {recipe}"));
    let per_activation = recipe.clone().named(format!("per activation, {recipe}"));
    let normalization = Normalization::BatchPerActivationInLast;
    [per_map, per_activation.with_network(|config| config.normalization = normalization)]
}

/// The accuracy by the statistics of mini-batches of test images, as large as those of the training.
fn look(trained: &Trained, points: &mut Points) -> Result<()> {
    let (network, size) = (&trained.training.network, trained.recipe().mini_batch as i64);
    let logits = |pixels: &Tensor| {
        let mini_batches = pixels.split(size, 0);
        let of_each = mini_batches.iter().map(|images| network.infer_by_mini_batch(images));
        Tensor::cat(&of_each.collect::<Vec<_>>(), 0)
    };
    let classified = trained.training.classify(trained.images, trained.test_set()?, logits)?;
    let steps = trained.recipe().steps as f64;
    points.push("test accuracy, mini-batches", steps, classified.top1_accuracy());
    Ok(())
}
