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
//! Expected: it is a conjecture. For a Gaussian random matrix singular values spread from 0 to 2 times their
//! root mean square, whatever the normalization.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use experiments::command_line::resumable_exit_code;
use experiments::job::Job;
use experiments::measurements::{self, MeasurementArgs, Measurements};
use experiments::mnist::{BinaryMnist, BinarySet};
use experiments::points::Points;
use experiments::sigmoid_network::{EXAMPLES, PAPER, Recipe, TYPICAL, Training};
use record::fig1::{Network, Setting};
use serde::Serialize;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::evaluation;

/// Measures the singular values of the layers' Jacobians in the network of Figure 1, over training.
///
/// Writes results/claim-jacobians/. Ctrl-C stops it, and the same command goes on with what was not finished.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    measurements: MeasurementArgs,
}

/// Everything that the measurements depend on, beside the seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Jacobians {
    setting: Setting,
    training: Recipe,
    /// Test images whose Jacobians are looked at.
    images: usize,
    /// Training images that μ and σ are taken from.
    population: usize,
}

const FULL: Jacobians =
    Jacobians { setting: TYPICAL, training: PAPER, images: 25, population: 1_000 };
/// The first steps, and then ten a decade at most.
const ROWS: [u64; 16] = [
    1, 3, 10, 30, 100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 40_000, 50_000,
];
const HIDDEN_LAYERS: usize = 3;

fn main() -> ExitCode {
    resumable_exit_code(|| measurements::run::<Jacobians>(&Args::parse().measurements))
}

impl Measurements for Jacobians {
    const ARTEFACT: &'static str = "claim-jacobians";
    const STEPS: u64 = PAPER.steps;
    const SMOKE_STEPS: u64 = 300;
    const SEEDS: u64 = 3;

    type Subject = Network;

    fn of_steps(steps: u64) -> Self {
        Self { training: Recipe { steps, ..PAPER }, ..FULL }
    }

    fn subjects() -> Vec<Network> {
        vec![Network::WithBn, Network::WithoutBn]
    }

    fn measure(&self, job: Job<Network>, mnist: &BinaryMnist, points: &mut Points) -> Result<()> {
        let mut training = Training::new(job, self.setting, &self.training, mnist, Device::Cpu);
        let order = Stream::new(job.seed, "jacobians/population").permutation(EXAMPLES as usize);
        let population = matrix(&mnist.train, order[..self.population].iter().map(|&i| i as usize));
        let every = mnist.test.len() / self.images;
        let images = matrix(&mnist.test, (0..self.images).map(|i| i * every));
        training.follow(
            self.training.steps,
            |step| ROWS.contains(&step),
            |training| {
                let layers = layers(training, &population)?;
                let step = training.step as f64;
                points.push("test accuracy", step, training.evaluate().accuracy);
                describe(
                    &singular_values(&layers, &images, between_normalized),
                    "normalised",
                    step,
                    points,
                );
                describe(&singular_values(&layers, &images, plain), "plain", step, points);
                Ok(())
            },
        )
    }
}

fn matrix(set: &BinarySet, indices: impl IntoIterator<Item = usize>) -> Tensor {
    set.images(indices, Device::Cpu).matrix().to_kind(Kind::Double)
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
fn layers(training: &Training, population: &Tensor) -> Result<Vec<Layer>> {
    let tensors = training.net.named_tensors();
    let find = |name: String| {
        let found = tensors.iter().find(|(other, _)| *other == name);
        found.map(|(_, tensor)| tensor.to_kind(Kind::Double))
    };
    let mut u = population.shallow_clone();
    let mut layers = Vec::new();
    for number in 1..=HIDDEN_LAYERS {
        let weight =
            find(format!("hidden{number}/weight")).context("a hidden layer has weights")?;
        let product = u.mm(&weight.tr());
        let (mean, variance) = (product.mean_dim(0, false, None), product.var_dim(0, true, false));
        let std = (variance + PAPER.epsilon).sqrt();
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
