//! Beyond the paper: noise after BN (Santurkar et al. 2018, "How Does Batch Normalization Help Optimization?").
//!
//! ```text
//! make claim-noise    two minutes on two cores
//! ```
//!
//! They add noise after BN whose mean and variance change at every step, so that the distributions that a
//! layer sees are less stable than without BN, and find that the network trains as fast as with BN: stable
//! distributions, they argue, are not why BN helps. Here in the network of Figure 1, without BN, with BN, and
//! with noisy BN: the test accuracy, and the input of the last hidden layer's sigmoids as in Figure 1.
//!
//! Each unit's y becomes s·y + m, with m and s drawn anew for each example, around a mean and a scale that are
//! drawn anew for each unit and step.

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use experiments::autograd::{HIDDEN_LAYERS, sgd_step, weights};
use experiments::command_line::resumable_exit_code;
use experiments::job::Job;
use experiments::measurements::{self, MeasurementArgs, Measurements};
use experiments::mnist::BinaryMnist;
use experiments::points::Points;
use experiments::sigmoid_network::{EXAMPLES, PAPER, TYPICAL};
use record::fig1::Setting;
use record::statistics::movement;
use serde::Serialize;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::{MiniBatches, evaluation, stop};

/// Trains the network of Figure 1 without BN, with BN, and with noise after BN.
///
/// Writes results/claim-noise/. Ctrl-C stops it, and the same command goes on with what was not finished.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    measurements: MeasurementArgs,
}

/// Everything that the trainings depend on, beside the seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Recipe {
    steps: u64,
    /// Rows along a training.
    rows: u64,
    setting: Setting,
    noise: Noise,
}

/// How the noise is drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Noise {
    /// A unit's mean is uniform between minus this and this, at each step.
    mean: f64,
    /// A unit's scale is uniform between 1 and this, at each step.
    scale: f64,
    /// By how much an example's m and s differ from them: half the width of m's uniform distribution, and the
    /// standard deviation of s.
    example: f64,
}

const FULL: Recipe = Recipe {
    steps: 15_000,
    rows: 60,
    setting: TYPICAL,
    noise: Noise { mean: 0.5, scale: 1.25, example: 0.1 },
};
/// Images that statistics and percentiles are taken of.
const SAMPLE: usize = 2_000;

/// What stands between a hidden layer's linear map and its sigmoid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    Bias,
    BatchNorm,
    NoisyBatchNorm,
}

impl fmt::Display for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bias => "Without BN",
            Self::BatchNorm => "With BN",
            Self::NoisyBatchNorm => "With noisy BN",
        })
    }
}

fn main() -> ExitCode {
    resumable_exit_code(|| measurements::run::<Recipe>(&Args::parse().measurements))
}

impl Measurements for Recipe {
    const ARTEFACT: &'static str = "claim-noise";
    const STEPS: u64 = FULL.steps;
    const SMOKE_STEPS: u64 = 120;
    const SEEDS: u64 = 3;

    type Subject = Between;

    fn of_steps(steps: u64) -> Self {
        Self { steps, ..FULL }
    }

    fn subjects() -> Vec<Between> {
        vec![Between::NoisyBatchNorm, Between::BatchNorm, Between::Bias]
    }

    fn measure(&self, job: Job<Between>, mnist: &BinaryMnist, points: &mut Points) -> Result<()> {
        Network::new(job, self).train(self, mnist, points)
    }
}

/// A network in training.
struct Network {
    job: Job<Between>,
    /// Weights, then β or b of each hidden layer, then, with BN, γ of each.
    parameters: Vec<Tensor>,
    noise: Noise,
}

/// The percentiles of one sigmoid's input at one row.
type Percentiles = [f64; 3];

impl Network {
    fn new(job: Job<Between>, recipe: &Recipe) -> Self {
        let mut parameters = weights(job.seed, recipe.setting.init_std);
        let numbers = (Kind::Float, Device::Cpu);
        let units = [PAPER.hidden_units];
        parameters.extend((0..HIDDEN_LAYERS).map(|_| Tensor::zeros(units, numbers)));
        if job.network != Between::Bias {
            parameters.extend((0..HIDDEN_LAYERS).map(|_| Tensor::ones(units, numbers)));
        }
        Self { job, parameters, noise: recipe.noise.clone() }
    }

    fn train(mut self, recipe: &Recipe, mnist: &BinaryMnist, points: &mut Points) -> Result<()> {
        let labels = mnist.train.labels(Device::Cpu);
        let mut mini_batches = MiniBatches::new(self.job.seed, EXAMPLES, PAPER.mini_batch);
        let every = (recipe.steps / recipe.rows).max(1);
        let mut rows = Vec::new();
        for step in 1..=recipe.steps {
            let indices = mini_batches.indices(step - 1);
            let images = mnist.train.images(indices.iter().map(|&i| i as usize), Device::Cpu);
            let labels = labels.index_select(0, &Tensor::from_slice(indices));
            self.sgd_step(recipe.setting.learning_rate, images.matrix(), &labels, step);
            if step.is_multiple_of(every) || step == recipe.steps {
                points.push("test accuracy", step as f64, self.accuracy(mnist));
                rows.push((step as f64, self.percentiles(mnist, step)));
                stop::check()?;
            }
        }
        stability(&rows, points);
        Ok(())
    }

    fn sgd_step(&mut self, learning_rate: f64, images: &Tensor, labels: &Tensor, step: u64) {
        let noise = self.draw(step, images.size()[0]);
        let between = self.job.network;
        sgd_step(&mut self.parameters, learning_rate, |parameters| {
            let (_, logits) = forward(parameters, images, between, &noise);
            logits.cross_entropy_for_logits(labels)
        });
    }

    /// (m, s) of each hidden layer for so many examples, `[m, units]`; none without noise.
    fn draw(&self, step: u64, examples: i64) -> Vec<(Tensor, Tensor)> {
        if self.job.network != Between::NoisyBatchNorm {
            return Vec::new();
        }
        let mut stream = Stream::new(self.job.seed, &format!("noise/{step}"));
        (0..HIDDEN_LAYERS).map(|_| self.draw_layer(&mut stream, examples)).collect()
    }

    fn draw_layer(&self, stream: &mut Stream, examples: i64) -> (Tensor, Tensor) {
        let Noise { mean, scale, example } = self.noise;
        let units = PAPER.hidden_units;
        let mut uniform = |low: f64, high: f64, shape: &[i64]| {
            let count = shape.iter().product::<i64>();
            let draws: Vec<f64> = (0..count).map(|_| stream.uniform(low, high)).collect();
            Tensor::from_slice(&draws).view(shape).to_kind(Kind::Float)
        };
        let means = uniform(-mean, mean, &[units]) + uniform(-example, example, &[examples, units]);
        let scales = uniform(1.0, scale, &[units]);
        let spread = stream.gaussian(example, (examples * units) as usize);
        let spread = Tensor::from_slice(&spread).view([examples, units]).to_kind(Kind::Float);
        (means, scales + spread)
    }

    /// On the test images without noise, by their own statistics: with 10,000 images these are the
    /// population's.
    fn accuracy(&self, mnist: &BinaryMnist) -> f64 {
        let images = mnist.test.images(0..mnist.test.len(), Device::Cpu);
        let (_, logits) = forward(&self.parameters, images.matrix(), self.job.network, &[]);
        evaluation::accuracy(&logits, &mnist.test.labels(Device::Cpu))
    }

    /// Of the input of each of the last hidden layer's sigmoids, with the noise of this step.
    fn percentiles(&self, mnist: &BinaryMnist, step: u64) -> Vec<Percentiles> {
        let images = mnist.test.images(0..SAMPLE, Device::Cpu);
        let noise = self.draw(step, SAMPLE as i64);
        let (inputs, _) = forward(&self.parameters, images.matrix(), self.job.network, &noise);
        evaluation::row_quantiles(&inputs.tr(), [0.15, 0.50, 0.85])
    }
}

/// The inputs of the last hidden layer's sigmoids, `[m, units]`, and the logits.
fn forward(
    parameters: &[Tensor],
    images: &Tensor,
    between: Between,
    noise: &[(Tensor, Tensor)],
) -> (Tensor, Tensor) {
    let (weights, others) = parameters.split_at(HIDDEN_LAYERS + 1);
    let (beta, gamma) = others.split_at(HIDDEN_LAYERS);
    let (mut u, mut input) = (images.shallow_clone(), images.shallow_clone());
    for layer in 0..HIDDEN_LAYERS {
        let product = u.mm(&weights[layer].tr());
        input = match between {
            Between::Bias => product + &beta[layer],
            Between::BatchNorm | Between::NoisyBatchNorm => {
                let mean = product.mean_dim(0, true, None);
                let std = (product.var_dim(0, false, true) + PAPER.epsilon).sqrt();
                (product - mean) / std * &gamma[layer] + &beta[layer]
            }
        };
        if let Some((means, scales)) = noise.get(layer) {
            input = input * scales + means;
        }
        u = input.sigmoid();
    }
    (input, u.mm(&weights[HIDDEN_LAYERS].tr()))
}

/// How far medians and spreads moved after the first tenth of the rows, on average over units; and the
/// percentiles of the unit that moved as far as the middle one.
fn stability(rows: &[(f64, Vec<Percentiles>)], points: &mut Points) {
    let Some((last, units)) = rows.last().map(|(step, units)| (*step, units.len())) else { return };
    let after_warm_up = &rows[rows.len() / 10..];
    let curve = |unit: usize, of: fn(&Percentiles) -> f64| {
        movement(&after_warm_up.iter().map(|(_, row)| of(&row[unit])).collect::<Vec<_>>())
    };
    let mut moved: Vec<(f64, f64, usize)> = (0..units)
        .map(|unit| (curve(unit, |p| p[1]), curve(unit, |p| p[2] - p[0]), unit))
        .collect();
    let mean = |of: fn(&(f64, f64, usize)) -> f64| moved.iter().map(of).sum::<f64>() / units as f64;
    points.push("movement of the median", last, mean(|unit| unit.0));
    points.push("movement of the 15-85 spread", last, mean(|unit| unit.1));
    moved.sort_by(|a, b| (a.0 + a.1).total_cmp(&(b.0 + b.1)));
    let (.., typical) = moved[(units - 1) / 2];
    for (step, row) in rows {
        for (name, value) in ["15 %", "50 %", "85 %"].into_iter().zip(row[typical]) {
            points.push(&format!("sigmoid's input, {name}"), *step, value);
        }
    }
}
