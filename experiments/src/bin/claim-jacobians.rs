//! §3.3, the conjecture: with BN, the layers' Jacobians have singular values close to 1.
//!
//! ```text
//! make claim-jacobians    two minutes on two cores
//! ```
//!
//! "Consider two consecutive layers with normalized inputs, and the transformation between these normalized
//! vectors: ẑ = F(x̂)". In the network of Figure 1, for each of some test images and for hidden layers 1 → 2
//! and 2 → 3, the exact singular values of
//!
//! ```text
//! ∂x̂ₗ₊₁/∂x̂ₗ = diag(1/σₗ₊₁) Wₗ₊₁ diag(g′(yₗ)) diag(γₗ)      x̂ = (Wu − μ)/σ    y = γ x̂ + β    u = g(y)
//! ```
//!
//! at initialisation and over training, where μ and σ are the population's (of 1,000 training images). Without
//! BN it is the same with x̂ the standardised input of the sigmoid, that is with γ = σ and β = μ, so that what
//! is compared does not depend on the units in which a layer happens to compute. A second set is of the plain
//! Jacobians ∂yₗ₊₁/∂yₗ.
//!
//! Expected: nothing in particular; it is a conjecture. For a Gaussian random matrix singular values spread from 0 to 2 times their
//! root mean square, whatever the normalization.

use std::process::ExitCode;

use anyhow::{Context, Result};
use experiments::mnist::{BinaryMnist, BinarySet};
use experiments::sigmoid::{self, SigmoidTraining, TYPICAL};
use experiments::{Choice, Job, Points, Request, Work, request};
use recipe::{Recipe, RunRecipe, SigmoidMlpConfig};
use record::fig1::SigmoidNetwork;
use record::point::POINTS_FILE;
use streams::Stream;
use tch::{Kind, Tensor};
use training::{Course, Progress, evaluation, train};

const STEPS: u64 = 50_000;
const SMOKE_STEPS: u64 = 300;
/// The first steps, and then ten a decade at most.
const ROWS: [u64; 16] = [
    1, 3, 10, 30, 100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 40_000, 50_000,
];
/// Test images whose Jacobians are looked at.
const IMAGES: usize = 25;
/// Training images that μ and σ are taken from.
const POPULATION: usize = 1_000;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, jacobians)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let steps = choice.steps_or(if choice.is_smoke() { SMOKE_STEPS } else { STEPS });
    let networks = [SigmoidNetwork::WithBn, SigmoidNetwork::WithoutBn];
    RunRecipe::of(networks.map(|network| sigmoid::recipe(network, TYPICAL, steps)).to_vec())
        .with("images", IMAGES)
        .with("population", POPULATION)
}

fn jacobians(request: &mut Request) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    work.train(&work.trainings(), |job, progress| follow(job, &work, &mnist, progress))?;
    work.finish_with_rows(&[POINTS_FILE])
}

fn follow(job: &Job<&Recipe>, work: &Work, mnist: &BinaryMnist, progress: &Progress) -> Result<()> {
    let order = Stream::new(job.seed, "jacobians/population").permutation(mnist.train.len());
    let population = matrix(&mnist.train, order[..POPULATION].iter().map(|&i| i as usize));
    let every = mnist.validation.len() / IMAGES;
    let images = matrix(&mnist.validation, (0..IMAGES).map(|i| i * every));
    let mut training = SigmoidTraining::new(job, mnist);
    let is_row = |step: u64| ROWS.contains(&step);
    let course = Course { is_row: &is_row, ..work.course(job, job.subject.steps, progress)? };
    let batches = |from| Ok(mnist.train.mini_batches(job, from));
    train(&course, &mut training, batches, |training, step, rows| {
        let (layers, x) = (layers(training, &population)?, step as f64);
        let mut points = Points::of(work.scale(), job);
        let accuracy = training.evaluate().accuracy;
        points.push("test accuracy", x, accuracy);
        let normalized = singular_values(&layers, &images, between_normalized);
        describe(&normalized, "normalised", x, &mut points);
        describe(&singular_values(&layers, &images, plain), "plain", x, &mut points);
        rows.append(POINTS_FILE, points.take_rows())?;
        Ok(sigmoid::seen(training.take_mean_loss(), accuracy))
    })
}

fn matrix(set: &BinarySet, indices: impl IntoIterator<Item = usize>) -> Tensor {
    set.images(indices).matrix().to_kind(Kind::Double)
}

/// A hidden layer `y = γ (Wu − μ)/σ + β` in f64; without BN, γ = σ and β = μ + b.
struct Layer {
    weight: Tensor,
    mean: Tensor,
    std: Tensor,
    gamma: Tensor,
    beta: Tensor,
}

impl Layer {
    /// What its sigmoid sees, `[m, units]`.
    fn input_of_sigmoid(&self, u: &Tensor) -> Tensor {
        (u.mm(&self.weight.tr()) - &self.mean) / &self.std * &self.gamma + &self.beta
    }
}

/// ∂x̂ of the second layer / ∂x̂ of the first, for each slope g′(y) of the first one's sigmoids `[m, units]`.
fn between_normalized(layer: &Layer, next: &Layer, slopes: &Tensor) -> Tensor {
    let columns = (slopes * &layer.gamma).unsqueeze(1);
    &next.weight / next.std.unsqueeze(1) * columns
}

/// ∂y of the second layer / ∂y of the first, which depends on the first one's slopes only.
fn plain(_: &Layer, next: &Layer, slopes: &Tensor) -> Tensor {
    &next.weight * (&next.gamma / &next.std).unsqueeze(1) * slopes.unsqueeze(1)
}

/// The hidden layers of the network, with the population's statistics.
fn layers(training: &SigmoidTraining, population: &Tensor) -> Result<Vec<Layer>> {
    let tensors = training.net.named_tensors();
    let find = |name: String| {
        let found = tensors.iter().find(|(other, _)| *other == name);
        found.map(|(_, tensor)| tensor.to_kind(Kind::Double))
    };
    let mut u = population.shallow_clone();
    let mut layers = Vec::new();
    let SigmoidMlpConfig { hidden_layers, batch_norm, .. } = SigmoidMlpConfig::default();
    for number in 1..=hidden_layers {
        let weight =
            find(format!("hidden{number}/weight")).context("a hidden layer has weights")?;
        let product = u.mm(&weight.tr());
        let (mean, variance) = (product.mean_dim(0, false, None), product.var_dim(0, true, false));
        let std = (variance + batch_norm.epsilon).sqrt();
        let of_bn = |name: &str| find(format!("hidden{number}/bn/{name}"));
        let (gamma, beta) = if let Some(learned) = of_bn("gamma").zip(of_bn("beta")) {
            learned
        } else {
            let bias = find(format!("hidden{number}/bias")).context("it has a bias")?;
            (std.shallow_clone(), &mean + bias)
        };
        let layer = Layer { weight, mean, std, gamma, beta };
        u = layer.input_of_sigmoid(&u).sigmoid();
        layers.push(layer);
    }
    Ok(layers)
}

/// Of each image and each pair of layers, from the largest to the smallest, `[m · pairs, units]`.
fn singular_values(
    layers: &[Layer],
    images: &Tensor,
    jacobian: fn(&Layer, &Layer, &Tensor) -> Tensor,
) -> Tensor {
    let mut u = images.shallow_clone();
    let mut values = Vec::new();
    for pair in layers.windows(2) {
        u = pair[0].input_of_sigmoid(&u).sigmoid();
        let slopes = &u * (1.0 - &u);
        let (_, of_images, _) = jacobian(&pair[0], &pair[1], &slopes).svd(true, false);
        values.push(of_images);
    }
    Tensor::cat(&values, 0)
}

/// Quantiles of all singular values, the median condition number, and the share close to 1.
fn describe(values: &Tensor, kind: &str, step: f64, points: &mut Points) {
    let [low, median, high] =
        evaluation::row_quantiles(&values.view([1, -1]), [0.05, 0.50, 0.95])[0];
    let mut push =
        |metric: &str, value: f64| points.push(&format!("{metric}, {kind}"), step, value);
    push("singular values, 5 %", low);
    push("singular values, 50 %", median);
    push("singular values, 95 %", high);
    let largest = values.select(1, 0);
    let smallest = values.select(1, -1);
    let number = |x: &Tensor| x.median().double_value(&[]);
    push("largest singular value", number(&largest));
    push("condition number", number(&(&largest / smallest)));
    let is_close = values.ge(0.5).logical_and(&values.le(2.0));
    push("share of singular values from ½ to 2", is_close.mean(Kind::Double).double_value(&[]));
}
