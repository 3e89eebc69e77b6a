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

use std::process::ExitCode;

use anyhow::Result;
use experiments::autograd::{self, Autograd};
use experiments::mnist::{BinaryMnist, MiniBatch};
use experiments::sigmoid::{self, SigmoidTraining, TYPICAL};
use experiments::{Choice, Job, Points, Request, Work, request};
use recipe::{Recipe, RunRecipe};
use record::fig1::SigmoidNetwork;
use record::point::POINTS_FILE;
use record::statistics::movement;
use serde::{Deserialize, Serialize};
use streams::Stream;
use tch::{Kind, Tensor};
use training::{Course, Progress, evaluation, train};

const STEPS: u64 = 15_000;
const SMOKE_STEPS: u64 = 120;
/// Rows along a training.
const ROWS: u64 = 60;
const SMOKE_ROWS: u64 = 6;
/// Images that percentiles are taken of.
const SAMPLE: usize = 2_000;

/// How the noise is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Noise {
    /// A unit's mean is uniform between minus this and this, at each step.
    mean: f64,
    /// A unit's scale is uniform between 1 and this, at each step.
    scale: f64,
    /// By how much an example's m and s differ from them: half the width of m's uniform distribution, and the
    /// standard deviation of s.
    example: f64,
}

const NOISE: Noise = Noise { mean: 0.5, scale: 1.25, example: 0.1 };
/// The network that has it.
const NOISY: &str = "With noisy BN";

/// The percentiles of a sigmoid's input at a row.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct PercentilesRow {
    step: u64,
    unit: usize,
    p15: f64,
    p50: f64,
    p85: f64,
}

/// Name of their file, which is only for the measurement at the end.
const PERCENTILES_FILE: &str = "percentiles.csv";

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, noise)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let steps = choice.steps_or(if choice.is_smoke() { SMOKE_STEPS } else { STEPS });
    let of = |network| sigmoid::recipe(network, TYPICAL, steps);
    let [without, with] = SigmoidNetwork::BOTH.map(of);
    let noise = serde_json::to_value(NOISE).expect("numbers");
    RunRecipe::of(vec![with.clone().named(NOISY), with, without])
        .with("noise", noise)
        .with("rows", if choice.is_smoke() { SMOKE_ROWS } else { ROWS })
}

fn noise(request: &mut Request) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    work.train(&work.trainings(), |job, progress| follow(job, &work, &mnist, progress))?;
    work.finish_with_rows(&[POINTS_FILE])
}

fn follow(job: &Job<&Recipe>, work: &Work, mnist: &BinaryMnist, progress: &Progress) -> Result<()> {
    let recipe = job.subject;
    let judge = SigmoidTraining::new(job, mnist);
    let network = Layers { job };
    let loss = |parameters: &[Tensor], batch: &MiniBatch, step: u64| {
        let images = batch.images.matrix();
        let noise = network.noise(step + 1, images.size()[0]);
        let (_, logits) = network.forward(parameters, &images, &noise);
        logits.cross_entropy_for_logits(&batch.targets())
    };
    let rate = recipe.sgd.learning_rate;
    let mut learner = Autograd::new(network.parameters(), rate, Box::new(loss));
    let every = (recipe.steps / work.run.recipe().count("rows")).max(1);
    let is_row = |step: u64| step.is_multiple_of(every);
    let course = Course {
        logs: &[POINTS_FILE, PERCENTILES_FILE],
        is_row: &is_row,
        ..work.course(job, recipe.steps, progress)?
    };
    let batches = |from| Ok(mnist.train.mini_batches(job, from));
    train(&course, &mut learner, batches, |learner, step, rows| {
        let accuracy = accuracy(&judge, &learner.parameters);
        if step > 0 {
            let mut points = Points::of(work.scale(), job);
            points.push("test accuracy", step as f64, accuracy);
            rows.append(PERCENTILES_FILE, network.percentiles(&learner.parameters, mnist, step))?;
            if step == recipe.steps {
                stability(&rows.so_far(PERCENTILES_FILE)?, &mut points);
            }
            rows.append(POINTS_FILE, points.take_rows())?;
        }
        Ok(sigmoid::seen(Some(learner.last_loss), accuracy))
    })
}

/// Test accuracy without noise, as Figure 1's: the parameters in Figure 1's own network, which takes the population's
/// statistics of training mini-batches.
fn accuracy(judge: &SigmoidTraining, of: &[Tensor]) -> f64 {
    for ((_, mut its), parameter) in sigmoid::parameters(&judge.net).zip(of) {
        its.copy_(parameter);
    }
    judge.evaluate().accuracy
}

/// The network of a job: that of Figure 1, with noise before its sigmoids.
struct Layers<'a> {
    job: &'a Job<&'a Recipe>,
}

impl Layers<'_> {
    fn parameters(&self) -> Vec<Tensor> {
        let all = sigmoid::initial_parameters(*self.job.subject.sigmoid_mlp(), self.job.seed);
        all.into_iter().map(|(_, tensor)| tensor).collect()
    }

    /// (m, s) of each hidden layer in a step, from 1, for so many examples, `[m, units]`; none without noise.
    fn noise(&self, step: u64, examples: i64) -> Vec<(Tensor, Tensor)> {
        if self.job.subject.name != NOISY {
            return Vec::new();
        }
        let config = self.job.subject.sigmoid_mlp();
        let mut stream = Stream::new(self.job.seed, &format!("noise/{step}"));
        let layer = |_| draw(&mut stream, examples, config.hidden_units);
        (0..config.hidden_layers).map(layer).collect()
    }

    /// Of the input of each of the last hidden layer's sigmoids, with the noise of this step; BN by the statistics of
    /// these images.
    fn percentiles(
        &self,
        parameters: &[Tensor],
        mnist: &BinaryMnist,
        step: u64,
    ) -> Vec<PercentilesRow> {
        let images = mnist.validation.images(0..SAMPLE);
        let noise = self.noise(step, SAMPLE as i64);
        let (inputs, _) = self.forward(parameters, &images.matrix(), &noise);
        let units = evaluation::row_quantiles(&inputs.tr(), [0.15, 0.50, 0.85]);
        let row = |(unit, [p15, p50, p85]): (usize, [f64; 3])| PercentilesRow {
            step,
            unit,
            p15,
            p50,
            p85,
        };
        units.into_iter().enumerate().map(row).collect()
    }

    fn forward(
        &self,
        parameters: &[Tensor],
        images: &Tensor,
        noise: &[(Tensor, Tensor)],
    ) -> (Tensor, Tensor) {
        let config = self.job.subject.sigmoid_mlp();
        autograd::forward(config, parameters, images, |layer, input| match noise.get(layer) {
            Some((means, scales)) => input * scales + means,
            None => input,
        })
    }
}

/// (m, s) of a layer of so many units.
fn draw(stream: &mut Stream, examples: i64, units: i64) -> (Tensor, Tensor) {
    let Noise { mean, scale, example } = NOISE;
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

/// How far medians and spreads moved after the first tenth of the rows, on average over units; and the
/// percentiles of the unit that moved as far as the middle one.
fn stability(rows: &[PercentilesRow], points: &mut Points) {
    let rows: Vec<&[PercentilesRow]> = rows.chunk_by(|a, b| a.step == b.step).collect();
    let Some(last) = rows.last() else { return };
    let (step, units) = (last[0].step as f64, last.len());
    let after_warm_up = &rows[rows.len() / 10..];
    let moved_by = |unit: usize, of: fn(&PercentilesRow) -> f64| {
        movement(&after_warm_up.iter().map(|row| of(&row[unit])).collect::<Vec<_>>())
    };
    let mut moved: Vec<(f64, f64, usize)> = (0..units)
        .map(|unit| (moved_by(unit, |row| row.p50), moved_by(unit, |row| row.p85 - row.p15), unit))
        .collect();
    let mean = |of: fn(&(f64, f64, usize)) -> f64| moved.iter().map(of).sum::<f64>() / units as f64;
    points.push("movement of the median", step, mean(|unit| unit.0));
    points.push("movement of the 15-85 spread", step, mean(|unit| unit.1));
    moved.sort_by(|a, b| (a.0 + a.1).total_cmp(&(b.0 + b.1)));
    let (.., typical) = moved[(units - 1) / 2];
    for row in rows {
        let PercentilesRow { step, p15, p50, p85, .. } = row[typical];
        for (name, value) in [("15 %", p15), ("50 %", p50), ("85 %", p85)] {
            points.push(&format!("sigmoid's input, {name}"), step as f64, value);
        }
    }
}
