//! §3.3: BN takes the scale out of a layer's weights.
//!
//! ```text
//! make claim-scale    two minutes on two cores
//! ```
//!
//! First the identities, in f64, for a linear layer and a convolution, and factors a over twelve decades:
//!
//! ```text
//! BN((aW)u) = BN(Wu)    ∂BN((aW)u)/∂u = ∂BN(Wu)/∂u    a · ∂BN((aW)u)/∂(aW) = ∂BN(Wu)/∂W
//! ```
//!
//! with ε = 0, with which they hold exactly, and with ε = 1e-5, which breaks them where the variance of aWu
//! comes near it. The Jacobians are compared by their products with a random vector from the left. Then the
//! consequence, in the network of Figure 1 at 1, 5 and 30 times a rate, with and without BN: the norm of the
//! weights and the effective learning rate η/‖W‖², which is what a step turns scale-free weights by.
//!
//! Expected: differences of rounding; with ε = 1e-5 from about a = 0.1 on. With BN, higher rates make larger
//! weights, and the effective rates come nearer to each other.

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use experiments::command_line::resumable_exit_code;
use experiments::job::Job;
use experiments::measurements::{self, MeasurementArgs, Measurements};
use experiments::mnist::BinaryMnist;
use experiments::points::Points;
use experiments::sigmoid_network::{self, PAPER, Training};
use model::{BatchNorm, BatchNormConfig, MovingAverages};
use record::fig1::{Network, Setting};
use serde::Serialize;
use streams::Stream;
use tch::{Device, Kind, Tensor};

/// Measures the scale identities of §3.3, and weights and effective rates in training.
///
/// Writes results/claim-scale/. Ctrl-C stops it, and the same command goes on with what was not finished.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    measurements: MeasurementArgs,
}

/// Everything that the measurements depend on, beside the seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Scales {
    /// Powers of ten: the factors a.
    powers: [i32; 2],
    /// Inception's role: its rate, of which the other trainings have multiples.
    setting: Setting,
    training: sigmoid_network::Recipe,
}

const FULL: Scales = Scales {
    powers: [-6, 6],
    setting: Setting { learning_rate: 0.1, init_std: 0.1 },
    training: sigmoid_network::Recipe { steps: 20_000, ..PAPER },
};
/// Points along a training.
const POINTS: u64 = 100;

/// A layer whose identities are looked at, or a training.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Subject {
    Identities { layer: Layer, epsilon: f64 },
    Training { network: Network, rate_factor: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Linear,
    Convolution,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identities { layer: Layer::Linear, epsilon } => {
                write!(f, "linear, ε = {epsilon}")
            }
            Self::Identities { epsilon, .. } => write!(f, "convolution, ε = {epsilon}"),
            Self::Training { network, rate_factor } => write!(f, "{network}, {rate_factor}x"),
        }
    }
}

fn main() -> ExitCode {
    resumable_exit_code(|| measurements::run::<Scales>(&Args::parse().measurements))
}

impl Measurements for Scales {
    const ARTEFACT: &'static str = "claim-scale";
    const STEPS: u64 = FULL.training.steps;
    const SMOKE_STEPS: u64 = 300;
    const SEEDS: u64 = 3;

    type Subject = Subject;

    fn of_steps(steps: u64) -> Self {
        Self { training: sigmoid_network::Recipe { steps, ..PAPER }, ..FULL }
    }

    fn subjects() -> Vec<Subject> {
        let trainings = [Network::WithBn, Network::WithoutBn].into_iter().flat_map(|network| {
            [1.0, 5.0, 30.0].map(|rate_factor| Subject::Training { network, rate_factor })
        });
        let identities = [Layer::Linear, Layer::Convolution]
            .into_iter()
            .flat_map(|layer| [1e-5, 0.0].map(|epsilon| Subject::Identities { layer, epsilon }));
        trainings.chain(identities).collect()
    }

    fn measure(&self, job: Job<Subject>, mnist: &BinaryMnist, points: &mut Points) -> Result<()> {
        match job.network {
            Subject::Identities { layer, epsilon } => {
                self.identities(layer, epsilon, job.seed, points);
                Ok(())
            }
            Subject::Training { network, rate_factor } => {
                self.train(Job { network, seed: job.seed }, rate_factor, mnist, points)
            }
        }
    }
}

/// Names of the three differences, in the order of [`Outcome::differences`].
const DIFFERENCES: [&str; 3] = ["the output", "∂/∂u", "a ∂/∂(aW)"];

impl Scales {
    fn identities(&self, layer: Layer, epsilon: f64, seed: u64, points: &mut Points) {
        let example = Example::draw(layer, seed);
        let plain = example.through(1.0, epsilon);
        let [low, high] = self.powers;
        let mut worst = [[0.0_f64; 2]; 3];
        for power in low..=high {
            let a = 10f64.powi(power);
            let differences = example.through(a, epsilon).differences(&plain);
            for ((name, difference), worst) in DIFFERENCES.iter().zip(differences).zip(&mut worst) {
                points.push(&format!("difference of {name}"), a, difference);
                worst[0] = worst[0].max(difference);
                if power >= 0 {
                    worst[1] = worst[1].max(difference);
                }
            }
        }
        for (name, [of_all, of_large]) in DIFFERENCES.iter().zip(worst) {
            points.push(&format!("largest difference of {name}, all a"), 1.0, of_all);
            points.push(&format!("largest difference of {name}, a ≥ 1"), 1.0, of_large);
        }
    }

    fn train(
        &self,
        job: Job<Network>,
        rate_factor: f64,
        mnist: &BinaryMnist,
        points: &mut Points,
    ) -> Result<()> {
        let learning_rate = rate_factor * self.setting.learning_rate;
        let setting = Setting { learning_rate, ..self.setting };
        let mut training = Training::new(job, setting, &self.training, mnist, Device::Cpu);
        let every = (self.training.steps / POINTS).max(1);
        let is_row = |step: u64| step.is_multiple_of(every);
        training.follow(self.training.steps, is_row, |training| {
            let (step, squares) = (training.step as f64, hidden_squares(training));
            points.push("norm of the hidden weights", step, squares.sqrt());
            points.push("effective learning rate", step, learning_rate / squares);
            if training.step == self.training.steps {
                points.push("test accuracy", step, training.evaluate().accuracy);
            }
            Ok(())
        })
    }
}

/// The sum of the squares of all hidden layers' weights.
fn hidden_squares(training: &Training) -> f64 {
    let tensors = training.net.named_tensors();
    let weights =
        tensors.iter().filter(|(name, _)| name.starts_with("hidden") && name.ends_with("/weight"));
    weights.map(|(_, weight)| weight.square().sum(Kind::Double).double_value(&[])).sum()
}

/// A layer's weights W and input u, and a vector to multiply Jacobians with; f64.
struct Example {
    weight: Tensor,
    input: Tensor,
    vector: Tensor,
}

/// What a layer with BN makes of an example.
struct Outcome {
    a: f64,
    output: Tensor,
    by_input: Tensor,
    by_weight: Tensor,
}

impl Example {
    /// 60 examples of 64 inputs and 32 units, or of 16 maps of 8×8 and 32 of them through 3×3 kernels; the
    /// variance of Wu is about 1.
    fn draw(layer: Layer, seed: u64) -> Self {
        let mut stream = Stream::new(seed, "scale/example");
        let mut gaussian = |std: f64, shape: &[i64]| {
            let count = shape.iter().product::<i64>() as usize;
            Tensor::from_slice(&stream.gaussian(std, count)).view(shape)
        };
        match layer {
            Layer::Linear => Self {
                weight: gaussian(0.125, &[32, 64]),
                input: gaussian(1.0, &[60, 64]),
                vector: gaussian(1.0, &[60, 32]),
            },
            Layer::Convolution => Self {
                weight: gaussian(1.0 / 12.0, &[32, 16, 3, 3]),
                input: gaussian(1.0, &[60, 16, 8, 8]),
                vector: gaussian(1.0, &[60, 32, 8, 8]),
            },
        }
    }

    /// BN((aW)u), and the vector times its Jacobians by u and by aW.
    fn through(&self, a: f64, epsilon: f64) -> Outcome {
        let leaf = |tensor: Tensor| tensor.detach().set_requires_grad(true);
        let (weight, input) = (leaf(&self.weight * a), leaf(self.input.shallow_clone()));
        let product = tch::with_grad(|| product(&weight, &input));
        let config = BatchNormConfig { epsilon, ..BatchNormConfig::default() };
        let norm = BatchNorm::new(32, config, Kind::Double, Device::Cpu);
        let (output, saved) = norm.normalize(&product.detach(), MovingAverages::Keep);
        let by_product = norm.backward(&saved, &self.vector).x;
        let scalar = tch::with_grad(|| (product * by_product).sum(Kind::Double));
        let mut gradients = Tensor::run_backward(&[scalar], &[input, weight], false, false);
        let by_weight = gradients.pop().expect("one a leaf");
        let by_input = gradients.pop().expect("one a leaf");
        Outcome { a, output, by_input, by_weight }
    }
}

/// Wu, of a matrix or of a kernel with a border of one zero.
fn product(weight: &Tensor, input: &Tensor) -> Tensor {
    if input.dim() == 2 {
        return input.mm(&weight.tr());
    }
    input.conv2d(weight, None::<&Tensor>, 1, 1, 1, 1)
}

impl Outcome {
    /// Relative differences of the output, of ∂/∂u, and of a ∂/∂(aW).
    fn differences(&self, plain: &Self) -> [f64; 3] {
        let relative = |x: &Tensor, expected: &Tensor| {
            ((x - expected).norm() / expected.norm()).double_value(&[])
        };
        [
            relative(&self.output, &plain.output),
            relative(&self.by_input, &plain.by_input),
            relative(&(&self.by_weight * self.a), &plain.by_weight),
        ]
    }
}
