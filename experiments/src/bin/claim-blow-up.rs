//! §2: a gradient step that ignores the normalization makes the model blow up.
//!
//! ```text
//! make claim-blow-up    a minute on two cores
//! ```
//!
//! The paper's example: a layer adds a learned bias b and subtracts the mean, `x̂ = u + b − E[u + b]`. If the gradient
//! takes the mean for a constant, b moves, but neither x̂ nor the loss does, and so b grows for ever; "this problem can
//! get worse if the normalization not only centers but also scales". Here one layer is trained by least squares on a
//! fixed set of examples in f64, and then the network of Figure 1: both with the mean, or mean and variance, held
//! constant, and with the gradient of Algorithm 1.
//!
//! Expected: |b| grows linearly with the mean held constant. With the variance too, the paper has seen "the model blow
//! up"; in one layer, W grows as well, which makes b's steps smaller. With Algorithm 1, b gets no gradient but
//! rounding's.

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;
use experiments::autograd::Autograd;
use experiments::mnist::{BinaryMnist, MiniBatch};
use experiments::sigmoid::{self, TYPICAL};
use experiments::{Choice, Job, Points, Request, Work, request};
use recipe::bn_inception::Normalization;
use recipe::{Recipe, RunRecipe, SigmoidMlpConfig};
use record::fig1::SigmoidNetwork;
use record::point::{POINTS_FILE, PointRow};
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::{Course, Progress, Rows, Seen, train};

const STEPS: u64 = 10_000;
const SMOKE_STEPS: u64 = 200;
/// Points along them.
const POINTS: u64 = 100;

/// The layer: its size, its examples and its learning rate.
const INPUTS: i64 = 10;
const UNITS: i64 = 10;
const EXAMPLES: i64 = 256;
const LEARNING_RATE: f64 = 0.1;

/// What the gradient takes for a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// Only the mean is subtracted.
    Mean,
    MeanAndVariance,
    /// Nothing: Algorithm 1.
    Nothing,
}

const ALL: [Held; 3] = [Held::Mean, Held::MeanAndVariance, Held::Nothing];

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mean => "mean held constant",
            Self::MeanAndVariance => "mean and variance held constant",
            Self::Nothing => "Algorithm 1",
        })
    }
}

/// One layer, which is trained beside the network that its subject names.
#[derive(Clone, Copy)]
struct Layer(Held);

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one layer, {}", self.0)
    }
}

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, blow_up)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let steps = choice.steps_or(if choice.is_smoke() { SMOKE_STEPS } else { STEPS });
    let network = |held: Held| {
        let recipe = sigmoid::recipe(SigmoidNetwork::WithBn, TYPICAL, steps);
        sigmoid::unjudged(recipe).named(held.to_string())
    };
    let layer = serde_json::json!({
        "inputs": INPUTS, "units": UNITS, "examples": EXAMPLES, "learning_rate": LEARNING_RATE,
    });
    RunRecipe::of(ALL.map(network).to_vec()).with("layer", layer).with("points", POINTS)
}

fn blow_up(request: &mut Request) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    let steps = request.recipe().trainings[0].steps;
    let layers = work.jobs(&ALL.map(Layer));
    let progress = Progress::new(steps * layers.len() as u64);
    work.share(&layers, Job::folder, |job| layer(job, &work, steps, &progress))?;
    drop(progress);
    work.train(&work.trainings(), |job, progress| network(job, &work, &mnist, progress))?;
    let rows = work.rows()?.and(&layers);
    work.finish(|stage| rows.collect(POINTS_FILE, stage))
}

/// One layer, by least squares on all its examples: what a teacher of the same shape makes of them.
fn layer(job: &Job<Layer>, work: &Work, steps: u64, progress: &Progress) -> Result<()> {
    let Layer(held) = job.subject;
    let mut stream = Stream::new(job.seed, "blow-up/layer");
    let mut gaussian = |std: f64, shape: &[i64]| {
        let count = shape.iter().product::<i64>() as usize;
        Tensor::from_slice(&stream.gaussian(std, count)).view(shape)
    };
    let std = (INPUTS as f64).sqrt().recip();
    let u = gaussian(1.0, &[EXAMPLES, INPUTS]);
    let targets = u.mm(&gaussian(std, &[INPUTS, UNITS])) + gaussian(1.0, &[UNITS]);
    let weight = gaussian(std, &[INPUTS, UNITS]);
    let bias = Tensor::zeros([UNITS], (Kind::Double, Device::Cpu));
    let loss = move |parameters: &[Tensor], (): &(), _| {
        let epsilon = SigmoidMlpConfig::default().batch_norm.epsilon;
        let x_hat = normalize(&(u.mm(&parameters[0]) + &parameters[1]), held, epsilon);
        (x_hat - &targets).square().sum(Kind::Double) / (2 * EXAMPLES)
    };
    let mut layer = Autograd::new(vec![weight, bias], LEARNING_RATE, Box::new(loss));
    layer.watched = 1;
    let is_row = is_row_of(steps);
    let course = Course { is_row: &is_row, ..work.course(job, steps, progress)? };
    let batches = |_| Ok(std::iter::repeat_with(|| Ok(())));
    let of_series = Job { subject: held, seed: job.seed };
    train(&course, &mut layer, batches, |layer, step, rows| {
        follow(&course, Points::of(work.scale(), &of_series), "one layer", layer, step, rows)
    })
}

/// The network of Figure 1 without BN's γ and β, whose biases now stand before each normalization.
fn network(
    job: &Job<&Recipe>,
    work: &Work,
    mnist: &BinaryMnist,
    progress: &Progress,
) -> Result<()> {
    let Job { subject: recipe, seed } = *job;
    let held = ALL.into_iter().find(|held| held.to_string() == recipe.name);
    let held = held.expect("recipes are named after what is held");
    let config = *recipe.sigmoid_mlp();
    let unnormalized = SigmoidMlpConfig { normalization: Normalization::None, ..config };
    let parameters = sigmoid::initial_parameters(unnormalized, seed).into_iter();
    let is_bias = |name: &str| name.starts_with("hidden") && name.ends_with("bias");
    let (biases, others): (Vec<_>, Vec<_>) = parameters.partition(|(name, _)| is_bias(name));
    let first_bias = others.len();
    let parameters = others.into_iter().chain(biases).map(|(_, tensor)| tensor).collect();
    let loss = move |parameters: &[Tensor], batch: &MiniBatch, _| {
        let (linear, biases) = parameters.split_at(first_bias);
        let mut u = batch.images.matrix();
        for (weight, bias) in linear.iter().zip(biases) {
            let input = u.mm(&weight.tr()) + bias;
            u = normalize(&input, held, config.batch_norm.epsilon).sigmoid();
        }
        let logits = u.mm(&linear[biases.len()].tr()) + &linear[biases.len() + 1];
        logits.cross_entropy_for_logits(&batch.targets())
    };
    let mut network = Autograd::new(parameters, recipe.sgd.learning_rate, Box::new(loss));
    network.watched = first_bias;
    let is_row = is_row_of(recipe.steps);
    let course = Course { is_row: &is_row, ..work.course(job, recipe.steps, progress)? };
    let batches = |from| Ok(mnist.train.mini_batches(job, from));
    train(&course, &mut network, batches, |network, step, rows| {
        let points = Points::of(work.scale(), job);
        follow(&course, points, "network of Figure 1", network, step, rows)
    })
}

fn is_row_of(steps: u64) -> impl Fn(u64) -> bool {
    let every = (steps / POINTS).max(1);
    move |step| step.is_multiple_of(every) || 2 * step == steps
}

/// Writes the loss before a step and |b| after it; at the end, or at the first loss that is no number, also what
/// happened in the second half of the steps.
fn follow<Batch>(
    course: &Course,
    mut points: Points,
    place: &str,
    learner: &Autograd<Batch>,
    step: u64,
    rows: &mut Rows,
) -> Result<Seen> {
    let (loss, bias) = (learner.last_loss, learner.watched_norm());
    let has_diverged = !(loss.is_finite() && bias.is_finite());
    let seen = Seen { has_diverged, note: format!("{place}: loss {loss:.4}, |b| {bias:.4}") };
    if step == 0 {
        return Ok(seen); // there is no loss yet
    }
    points.push(&format!("loss, {place}"), step as f64, loss);
    points.push(&format!("|b|, {place}"), step as f64, bias);
    if has_diverged {
        points.push(&format!("step of overflow, {place}"), step as f64, step as f64);
    }
    rows.append(POINTS_FILE, points.take_rows())?;
    if has_diverged || step == course.steps {
        second_half(course.steps, place, &rows.so_far(POINTS_FILE)?, &mut points);
        rows.append(POINTS_FILE, points.take_rows())?;
    }
    Ok(seen)
}

/// What happened in the second half of the steps: |b| at its end over |b| at its beginning, infinite after an overflow,
/// and the share by which the loss changed.
fn second_half(steps: u64, place: &str, so_far: &[PointRow], points: &mut Points) {
    let (half, end) = ((steps / 2) as f64, steps as f64);
    let at = |what: &str, x: f64| {
        let metric = format!("{what}, {place}");
        let is_it = |row: &&PointRow| row.metric == metric && row.x == x;
        so_far.iter().find(is_it).map(|row| row.value)
    };
    let of = |what: &str| at(what, half).zip(at(what, end));
    let growth = of("|b|").map_or(f64::INFINITY, |(half, end)| end / half);
    let change = of("loss").map_or(f64::INFINITY, |(half, end)| (end / half - 1.0).abs());
    points.push(&format!("growth of |b| in the second half, {place}"), end, growth);
    points.push(&format!("change of the loss in the second half, {place}"), end, change);
}

/// x̂ of x `[m, units]`; what is held gets no gradient.
fn normalize(x: &Tensor, held: Held, epsilon: f64) -> Tensor {
    let mean = x.mean_dim(0, true, x.kind());
    let std = || (x.var_dim(0, false, true) + epsilon).sqrt();
    match held {
        Held::Mean => x - mean.detach(),
        Held::MeanAndVariance => (x - mean.detach()) / std().detach(),
        Held::Nothing => (x - mean) / std(),
    }
}
