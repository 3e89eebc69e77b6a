//! Inception's recipe at each scale; the rows of §4.2 and the variations of the claims are changes of it.

use bn_inception::config::{BatchNormConfig, Stem};
use recipe::images::{Augmentation, Photometric};
use recipe::paper::{ENSEMBLE_STEPS, INCEPTION_STEPS};
use recipe::{Budget, DataSet, Recipe, SingleNetwork, paper};
use record::run::Scale;

use crate::Choice;

/// Training images of CIFAR-10 that are held out: all that is looked at before the end.
const HELD_OUT: usize = 5_000;
/// The same of photographs, of which some data sets have ten thousand in all.
const HELD_OUT_PHOTOGRAPHS: usize = 1_000;
/// Training mini-batches that the population's statistics are taken from (Algorithm 2).
const POPULATION: usize = 100;
/// The same, and test images, where it only has to be shown that a program works.
const SMOKE_POPULATION: usize = 2;
const SMOKE_TEST_IMAGES: usize = 100;
/// Steps of a whole budget there.
const SMOKE_STEPS: u64 = 24;
/// Inception's steps in Figure 2 at small scale, 10 epochs of CIFAR-10's 45,000 images.
pub const WHOLE_BUDGET: u64 = 14_064;
/// The same overnight, 96 epochs.
pub const WHOLE_BUDGET_OVERNIGHT: u64 = 135_000;

/// Inception at a scale, over the scale's own steps.
pub fn inception(scale: Scale) -> Recipe {
    match scale {
        Scale::Smoke => small(0.1, 8, 100),
        Scale::Small | Scale::Overnight | Scale::Tiny => small(0.5, 6_000, 5_000),
        Scale::Medium => medium(2_000),
        Scale::Full | Scale::Custom => paper::inception(),
    }
}

/// Inception for the many short trainings of the text's claims: on CIFAR-10 at a quarter of the width, over so many
/// steps, or what the user or a smoke run makes of them.
pub fn claims<Own>(choice: &Choice<Own>, steps: u64) -> Recipe {
    let is_smoke = choice.is_smoke();
    let base = if is_smoke { inception(Scale::Smoke) } else { small(0.25, steps, 1_000) };
    let steps = choice.steps_or(base.steps);
    tested_once(base, is_smoke).over(steps, INCEPTION_STEPS)
}

/// The same with images held out, and the test set read once, by the population's statistics.
fn tested_once(mut base: Recipe, is_smoke: bool) -> Recipe {
    let is_of_photographs = base.images.data == DataSet::Photographs;
    base.images.held_out_images = if is_of_photographs { HELD_OUT_PHOTOGRAPHS } else { HELD_OUT };
    base.images.population_mini_batches =
        Some(if is_smoke { SMOKE_POPULATION } else { POPULATION });
    base.images.test_images = is_smoke.then_some(SMOKE_TEST_IMAGES);
    base
}

/// Inception where trainings converge, or nearly (`docs/DEVIATIONS.md`, "The regime of Figure 2", overnight "Figure 2
/// anew", and "Photographs"): a part of the width, gentle crops, and a first grid and a learning rate that depend on the
/// epochs. Over so many steps, or what the user or a smoke run makes of them.
pub fn converging<Own>(choice: &Choice<Own>, steps: u64) -> Recipe {
    let cifar = || small(0.25, steps, 1_000);
    let base = match choice.scale {
        Scale::Smoke => finer(small(0.1, SMOKE_STEPS, 100)),
        Scale::Tiny => of_200_classes(finer(cifar())),
        Scale::Overnight => cifar(),
        Scale::Medium => medium(steps).with_network(|config| config.width = 0.5),
        Scale::Small | Scale::Full | Scale::Custom => finer(cifar()),
    };
    let steps = choice.steps_or(base.steps);
    let mut recipe = tested_once(base, choice.is_smoke()).over(steps, INCEPTION_STEPS);
    let is_of_photographs = recipe.images.data == DataSet::Photographs;
    let crop_area_min = if is_of_photographs { 0.35 } else { 0.8 };
    recipe.images.augmentation =
        Some(Augmentation { crop_area_min, photometric: Photometric::None });
    recipe.with_rate(if choice.scale == Scale::Overnight { 0.024 } else { 0.012 })
}

/// With module 3a on 8×8, where a step takes a third of the time.
pub fn coarser(recipe: Recipe) -> Recipe {
    recipe.with_network(|config| config.stem = Stem::SmallImage)
}

/// With module 3a on 16×16.
pub fn finer(recipe: Recipe) -> Recipe {
    recipe.with_network(|config| config.stem = Stem::SmallImageFine)
}

fn of_200_classes(mut recipe: Recipe) -> Recipe {
    recipe.images.data = DataSet::TinyImageNet;
    recipe.with_network(|config| config.classes = 200)
}

/// A row of §4.2.2 over its part of Inception's steps, where Inception is trained like this. The rate decays over that
/// part: without §4.2.1's changes as far as the paper's does until Inception is at its maximum, to 2 %; with them as
/// far as it does until BN-x30 is at its own, to 1 %.
pub fn of_budget(budget: Budget, inception: &Recipe) -> Recipe {
    let steps = budget.part.of(inception.steps);
    let standing_for = match budget.network {
        SingleNetwork::BnX5 | SingleNetwork::BnX30 | SingleNetwork::BnX5Sigmoid => ENSEMBLE_STEPS,
        _ => INCEPTION_STEPS,
    };
    budget.network.recipe(&inception.clone().over(steps, standing_for)).named(budget.to_string())
}

/// Inception as the base of the ensemble, whose networks take 6·10⁶ steps (§4.2.3) and not Inception's 31·10⁶.
pub fn of_ensemble<Own>(choice: &Choice<Own>) -> Recipe {
    let base = inception(choice.scale);
    let steps = choice.steps_or(base.steps.min(ENSEMBLE_STEPS));
    base.over(steps, ENSEMBLE_STEPS)
}

/// On CIFAR-10, of which a laptop carries half the width.
fn small(width: f64, steps: u64, validation_images: usize) -> Recipe {
    let mut recipe = shorter(steps).with_network(|config| {
        config.classes = 10;
        config.image_side = 32;
        config.stem = Stem::SmallImage;
        config.width = width;
    });
    recipe.images.data = DataSet::Cifar10;
    recipe.images.validation_images = validation_images;
    recipe
}

/// Some thousand photographs of ten classes at 128 pixels, the full network.
fn medium(steps: u64) -> Recipe {
    let mut recipe = shorter(steps).with_network(|config| {
        config.classes = 10;
        config.image_side = 128;
    });
    recipe.images.validation_images = 1_000;
    recipe
}

/// Over so many steps. The fewer there are, the less of BN's moving averages a step keeps.
fn shorter(steps: u64) -> Recipe {
    let mut recipe = paper::inception().over(steps, INCEPTION_STEPS).with_network(|config| {
        config.batch_norm = BatchNormConfig { moving_average_decay: 0.95, ..config.batch_norm };
    });
    recipe.images.shard_examples = 1_000;
    recipe
}
