//! §2: a gradient step that ignores the normalization makes the model blow up.
//!
//! ```text
//! make claim-blow-up    a minute on two cores
//! ```
//!
//! The paper's example: a layer adds a learned bias b and subtracts the mean, `x̂ = u + b − E[u + b]`. If the
//! gradient takes the mean for a constant, b moves, x̂ does not, nor does the loss, and so b grows for ever;
//! "this problem can get worse if the normalization not only centers but also scales". Here one layer is
//! trained by least squares on a fixed set of examples in f64, and then the network of Figure 1, in both with
//! its mean, or mean and variance, held constant, and with the gradient of Algorithm 1.
//!
//! Expected: |b| grows linearly with the mean held constant. With the variance too, the paper has seen "the model
//! blow up"; in one layer, W grows as well, which makes b's steps smaller. With Algorithm 1, b gets no gradient
//! but rounding's.

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use experiments::autograd::{HIDDEN_LAYERS, norm, sgd_step, weights};
use experiments::command_line::resumable_exit_code;
use experiments::job::Job;
use experiments::measurements::{self, MeasurementArgs, Measurements};
use experiments::mnist::BinaryMnist;
use experiments::points::Points;
use experiments::sigmoid_network::{EXAMPLES, PAPER, TYPICAL};
use serde::Serialize;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::{MiniBatches, stop};

/// Measures the blow-up of §2 in one layer and in the network of Figure 1.
///
/// Writes results/claim-blow-up/. Ctrl-C stops it, and the same command goes on with what was not finished.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    measurements: MeasurementArgs,
}

/// Everything that the measurements depend on, beside the seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct BlowUp {
    /// Steps of the layer and of the network.
    steps: u64,
    /// Points along them.
    points: u64,
    layer: Layer,
    network: Network,
}

/// A layer of so many inputs and units, and its examples.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Layer {
    inputs: i64,
    units: i64,
    examples: i64,
    learning_rate: f64,
}

/// The network of §4.1.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Network {
    learning_rate: f64,
    init_std: f64,
    mini_batch: u64,
}

const FULL: BlowUp = BlowUp {
    steps: 10_000,
    points: 100,
    layer: Layer { inputs: 10, units: 10, examples: 256, learning_rate: 0.1 },
    network: Network {
        learning_rate: TYPICAL.learning_rate,
        init_std: TYPICAL.init_std,
        mini_batch: PAPER.mini_batch,
    },
};
const EPSILON: f64 = PAPER.epsilon;

/// What the gradient takes for a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// Only the mean is subtracted.
    Mean,
    MeanAndVariance,
    /// Nothing: Algorithm 1.
    Nothing,
}

impl Held {
    const ALL: [Self; 3] = [Self::Mean, Self::MeanAndVariance, Self::Nothing];
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mean => "mean held constant",
            Self::MeanAndVariance => "mean and variance held constant",
            Self::Nothing => "Algorithm 1",
        })
    }
}

fn main() -> ExitCode {
    resumable_exit_code(|| measurements::run::<BlowUp>(&Args::parse().measurements))
}

impl Measurements for BlowUp {
    const ARTEFACT: &'static str = "claim-blow-up";
    const STEPS: u64 = FULL.steps;
    const SMOKE_STEPS: u64 = 200;
    const SEEDS: u64 = 5;

    type Subject = Held;

    fn of_steps(steps: u64) -> Self {
        Self { steps, ..FULL }
    }

    fn subjects() -> Vec<Held> {
        Held::ALL.to_vec()
    }

    fn measure(&self, job: Job<Held>, mnist: &BinaryMnist, points: &mut Points) -> Result<()> {
        self.layer(job, points)?;
        self.network(job, mnist, points)
    }
}

impl BlowUp {
    /// One layer, by least squares on all its examples: what a teacher of the same shape makes of them.
    fn layer(&self, job: Job<Held>, points: &mut Points) -> Result<()> {
        let Layer { inputs, units, examples, learning_rate } = self.layer;
        let mut stream = Stream::new(job.seed, "blow-up/layer");
        let mut gaussian = |std: f64, shape: &[i64]| {
            let count = shape.iter().product::<i64>() as usize;
            Tensor::from_slice(&stream.gaussian(std, count)).view(shape)
        };
        let std = (inputs as f64).sqrt().recip();
        let u = gaussian(1.0, &[examples, inputs]);
        let targets = u.mm(&gaussian(std, &[inputs, units])) + gaussian(1.0, &[units]);
        let weight = gaussian(std, &[inputs, units]);
        let bias = Tensor::zeros([units], (Kind::Double, Device::Cpu));
        let mut parameters = vec![weight, bias];
        self.follow("one layer", points, |_| {
            let loss = sgd_step(&mut parameters, learning_rate, |parameters| {
                let x_hat = normalize(&(u.mm(&parameters[0]) + &parameters[1]), job.network);
                (x_hat - &targets).square().sum(Kind::Double) / (2 * examples)
            });
            (loss, norm(&parameters[1..]))
        })
    }

    /// The network of Figure 1 with a bias before each normalization, and neither γ nor β.
    fn network(&self, job: Job<Held>, mnist: &BinaryMnist, points: &mut Points) -> Result<()> {
        let Network { learning_rate, init_std, mini_batch } = self.network;
        let mut parameters = weights(job.seed, init_std);
        let first_bias = parameters.len();
        let zeros = || Tensor::zeros([PAPER.hidden_units], (Kind::Float, Device::Cpu));
        parameters.extend((0..HIDDEN_LAYERS).map(|_| zeros()));
        let labels = mnist.train.labels(Device::Cpu);
        let mut mini_batches = MiniBatches::new(job.seed, EXAMPLES, mini_batch);
        self.follow("network of Figure 1", points, |step| {
            let indices = mini_batches.indices(step);
            let images = mnist.train.images(indices.iter().map(|&i| i as usize), Device::Cpu);
            let labels = labels.index_select(0, &Tensor::from_slice(indices));
            let loss = sgd_step(&mut parameters, learning_rate, |parameters| {
                let (weights, biases) = parameters.split_at(first_bias);
                let mut u = images.matrix().shallow_clone();
                for (weight, bias) in weights.iter().zip(biases) {
                    u = normalize(&(u.mm(&weight.tr()) + bias), job.network).sigmoid();
                }
                let logits = u.mm(&weights[biases.len()].tr());
                logits.cross_entropy_for_logits(&labels)
            });
            (loss, norm(&parameters[first_bias..]))
        })
    }

    /// Does steps, each of which gives the loss before it and |b| after it, until the last one or the first
    /// loss that is no number.
    fn follow(
        &self,
        place: &str,
        points: &mut Points,
        mut step: impl FnMut(u64) -> (f64, f64),
    ) -> Result<()> {
        let every = (self.steps / self.points).max(1);
        let [loss, bias] = ["loss", "|b|"].map(|what| format!("{what}, {place}"));
        for done in 1..=self.steps {
            let (loss_before, bias_after) = step(done - 1);
            let is_finite = loss_before.is_finite() && bias_after.is_finite();
            if !is_finite || done.is_multiple_of(every) || 2 * done == self.steps {
                points.push(&loss, done as f64, loss_before);
                points.push(&bias, done as f64, bias_after);
                stop::check()?;
            }
            if !is_finite {
                points.push(&format!("step of overflow, {place}"), done as f64, done as f64);
                break;
            }
        }
        self.second_half(place, points);
        Ok(())
    }

    /// What happens in the second half of the steps: |b| at its end over |b| at its beginning, infinite after
    /// an overflow, and the share by which the loss changes.
    fn second_half(&self, place: &str, points: &mut Points) {
        let (half, end) = ((self.steps / 2) as f64, self.steps as f64);
        let of = |what: &str| {
            let metric = format!("{what}, {place}");
            points.at(&metric, half).zip(points.at(&metric, end))
        };
        let (loss, bias) = (of("loss"), of("|b|"));
        let growth = bias.map_or(f64::INFINITY, |(half, end)| end / half);
        let change = loss.map_or(f64::INFINITY, |(half, end)| (end / half - 1.0).abs());
        points.push(&format!("growth of |b| in the second half, {place}"), end, growth);
        points.push(&format!("change of the loss in the second half, {place}"), end, change);
    }
}

/// x̂ of x `[m, units]`; what is held gets no gradient.
fn normalize(x: &Tensor, held: Held) -> Tensor {
    let mean = x.mean_dim(0, true, x.kind());
    let std = || (x.var_dim(0, false, true) + EPSILON).sqrt();
    match held {
        Held::Mean => x - mean.detach(),
        Held::MeanAndVariance => (x - mean.detach()) / std().detach(),
        Held::Nothing => (x - mean) / std(),
    }
}
