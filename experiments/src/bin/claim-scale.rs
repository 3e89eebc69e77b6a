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
//! with ε = 0, with which they hold exactly, and with ε = 1e-5, which breaks them where the variance of aWu comes near
//! it. The Jacobians are compared by their products with a random vector from the left. Then the consequence, in the
//! network of Figure 1 at 1, 5 and 30 times a rate, with and without BN: the norm of the weights, and the effective
//! learning rate η/‖W‖², by which a step turns weights whose scale does not matter.
//!
//! Expected: differences of rounding; with ε = 1e-5 larger ones from about a = 0.1 downwards. With BN, higher rates make
//! larger weights, and the effective rates come nearer to each other.

use std::fmt;
use std::process::ExitCode;

use anyhow::{Context, Result};
use experiments::mnist::BinaryMnist;
use experiments::sigmoid::{self, SigmoidTraining};
use experiments::{Choice, Job, Points, Request, Work, request};
use model::{BatchNorm, BatchNormConfig, SigmoidMlp};
use recipe::{Recipe, RunRecipe};
use record::fig1::{Setting, SigmoidNetwork};
use record::point::{POINTS_FILE, PointRow};
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::{Course, Progress, Seen, train};

/// Powers of ten: the factors a.
const POWERS: [i32; 2] = [-6, 6];
/// Inception's role: its rate, of which the other trainings have multiples.
const SETTING: Setting = Setting { learning_rate: 0.1, init_std: 0.1 };
const LOWEST: f64 = 1.0;
const HIGHEST: f64 = 30.0;
const RATE_FACTORS: [f64; 3] = [LOWEST, 5.0, HIGHEST];
const STEPS: u64 = 20_000;
const SMOKE_STEPS: u64 = 300;
const NORM: &str = "norm of the hidden weights";
const EFFECTIVE_RATE: &str = "effective learning rate";
/// Points along a training.
const POINTS: u64 = 100;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, scale)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let steps = choice.steps_or(if choice.is_smoke() { SMOKE_STEPS } else { STEPS });
    let at_each_rate = |network: SigmoidNetwork| {
        RATE_FACTORS.map(|factor| {
            let recipe = sigmoid::recipe(network, SETTING, steps);
            recipe.named(format!("{network}, {factor}x")).at_rate(factor)
        })
    };
    let networks = [SigmoidNetwork::WithBn, SigmoidNetwork::WithoutBn];
    RunRecipe::of(networks.into_iter().flat_map(at_each_rate).collect())
        .with("powers", POWERS.to_vec())
}

fn scale(request: &mut Request) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    let identities = work.jobs(&IDENTITIES);
    work.measure(&identities, |job, points| {
        measure(job, points);
        Ok(())
    })?;
    work.train(&work.trainings(), |job, progress| follow(job, &work, &mnist, progress))?;
    let trained: Vec<PointRow> = work.rows()?.read(POINTS_FILE)?.concat();
    let comparisons = work.jobs(&SigmoidNetwork::BOTH);
    work.measure(&comparisons, |job, points| compare(job, &trained, points))?;
    let rows = work.rows()?.and(&comparisons).and(&identities);
    work.finish(|stage| rows.collect(POINTS_FILE, stage))
}

/// What 30 times the rate makes of a network at the end of its training.
fn compare(job: &Job<SigmoidNetwork>, trained: &[PointRow], points: &mut Points) -> Result<()> {
    let at = |metric: &str, factor: f64| {
        let series = format!("{}, {factor}x", job.subject);
        let is_its = |row: &&PointRow| {
            (&*row.series, &*row.metric, row.seed) == (&*series, metric, job.seed)
        };
        let last = trained.iter().rfind(is_its);
        last.with_context(|| format!("{series} has no {metric}"))
    };
    for (metric, name) in [(NORM, "norm"), (EFFECTIVE_RATE, "effective rate")] {
        let (low, high) = (at(metric, LOWEST)?, at(metric, HIGHEST)?);
        let name = format!("{name} at {HIGHEST} times the rate, over that at {LOWEST}");
        points.push(&name, high.x, high.value / low.value);
    }
    Ok(())
}

/// Weights and effective rates of a training.
fn follow(job: &Job<&Recipe>, work: &Work, mnist: &BinaryMnist, progress: &Progress) -> Result<()> {
    let recipe = job.subject;
    let mut training = SigmoidTraining::new(job, mnist);
    let initial_norm = hidden_squares(&training.net).sqrt();
    let every = (recipe.steps / POINTS).max(1);
    let is_row = |step: u64| step.is_multiple_of(every);
    let course = Course { is_row: &is_row, ..work.course(job, recipe.steps, progress)? };
    let batches = |from| Ok(mnist.train.mini_batches(job, from));
    train(&course, &mut training, batches, |training, step, rows| {
        let (x, squares) = (step as f64, hidden_squares(&training.net));
        let mut points = Points::of(work.scale(), job);
        points.push(NORM, x, squares.sqrt());
        points.push(EFFECTIVE_RATE, x, recipe.sgd.learning_rate / squares);
        if step == recipe.steps {
            points.push("growth of the hidden weights", x, squares.sqrt() / initial_norm);
            points.push("test accuracy", x, training.evaluate().accuracy);
        }
        rows.append(POINTS_FILE, points.take_rows())?;
        let has_diverged = training.take_mean_loss().is_some_and(|loss| !loss.is_finite());
        Ok(Seen { has_diverged, note: format!("norm of the weights {:.1}", squares.sqrt()) })
    })
}

/// The sum of the squares of all hidden layers' weights.
fn hidden_squares(net: &SigmoidMlp) -> f64 {
    let tensors = net.named_tensors();
    let weights =
        tensors.iter().filter(|(name, _)| name.starts_with("hidden") && name.ends_with("/weight"));
    weights.map(|(_, weight)| weight.square().sum(Kind::Double).double_value(&[])).sum()
}

/// A layer whose identities are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Identities {
    layer: Layer,
    epsilon: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Linear,
    Convolution,
}

const IDENTITIES: [Identities; 4] = [
    Identities { layer: Layer::Linear, epsilon: 1e-5 },
    Identities { layer: Layer::Linear, epsilon: 0.0 },
    Identities { layer: Layer::Convolution, epsilon: 1e-5 },
    Identities { layer: Layer::Convolution, epsilon: 0.0 },
];

impl fmt::Display for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layer = match self.layer {
            Layer::Linear => "linear",
            Layer::Convolution => "convolution",
        };
        write!(f, "{layer}, ε = {}", self.epsilon)
    }
}

/// Names of the three differences, in the order of [`Outcome::differences`].
const DIFFERENCES: [&str; 3] = ["the output", "∂/∂u", "a ∂/∂(aW)"];

/// How far the identities are from true, over the factors.
fn measure(job: &Job<Identities>, points: &mut Points) {
    let Identities { layer, epsilon } = job.subject;
    let example = Example::draw(layer, job.seed);
    let plain = example.through(1.0, epsilon);
    let [low, high] = POWERS;
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
        let (output, saved) = norm.normalize(&product.detach(), 0.0);
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
