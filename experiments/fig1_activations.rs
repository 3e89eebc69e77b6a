//! Figure 1 (§4.1): a sigmoid network on MNIST, with and without Batch Normalization.
//!
//! ```text
//! make fig1                        about three minutes on two cores
//! cargo run --release --bin fig1   the same without drawing
//! ```
//!
//! Trains the two networks from the same initial weights on the same mini-batches, for five seeds,
//! and follows the test accuracy (a) and the input of every sigmoid of the last hidden layer (b, c).
//! Expected: with BN the network ends higher and its sigmoids' inputs move less. By how much depends
//! on the learning rate and on the initial weights; `fig1-sensitivity` shows how.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use experiments::command_line::{Request, ScaleArgs, ScaleChoice, positive, resumable_exit_code};
use experiments::job::Job;
use experiments::mnist::BinaryMnist;
use experiments::sigmoid_network::{EXAMPLES, PAPER, Recipe, TYPICAL, Training};
use experiments::{CommonArgs, comparison};
use record::fig1::{AccuracyRow, ActivationRow, Network, Setting, drift, summary};
use record::run::{Run, Scale};
use record::table;
use serde::Serialize;
use training::{Progress, Resumable, device, evaluation, side_by_side, stop};

/// Everything that a run depends on, beside its seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Fig1 {
    setting: Setting,
    training: Recipe,
}

const FULL: Fig1 = Fig1 { setting: TYPICAL, training: PAPER };
const FULL_SEEDS: u64 = 5;
/// Long enough for a drift after the warm-up.
const SMOKE: Fig1 = Fig1 { setting: TYPICAL, training: Recipe { steps: 1_500, ..PAPER } };
const SMOKE_SEEDS: u64 = 2;

/// A row every so many steps; more often at the start.
const ROW_STEPS: u64 = 250;
const EARLY_ROWS: [u64; 10] = [0, 1, 2, 5, 10, 20, 50, 100, 150, 200];
/// A checkpoint about every second of training.
const CHECKPOINT_STEPS: u64 = 2_500;

const ACCURACY: &str = "accuracy.csv";
const ACTIVATIONS: &str = "activations.csv";

/// Figure 1: test accuracy and sigmoid inputs over training, with and without Batch Normalization.
///
/// Writes results/fig1/; 'make figures' draws figures/fig1.png from it. Ctrl-C stops it, and the
/// same command goes on where it stopped.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    scale: ScaleArgs,

    #[command(flatten)]
    common: CommonArgs,

    /// Learning rate of plain SGD [default: the sweep's choice]
    #[arg(long, value_name = "RATE", value_parser = positive, allow_negative_numbers = true)]
    learning_rate: Option<f64>,

    /// Standard deviation of the initial weights [default: the sweep's choice]
    #[arg(long, value_name = "STD", value_parser = positive, allow_negative_numbers = true)]
    init_std: Option<f64>,

    /// Examples of a mini-batch, 2 to 60000 [default: 60]
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(2..=EXAMPLES))]
    mini_batch: Option<u64>,
}

impl Args {
    /// The recipe and the number of seeds of the chosen scale, before any override.
    fn defaults(&self) -> (Fig1, u64) {
        match self.scale.scale {
            ScaleChoice::Full => (FULL, FULL_SEEDS),
            ScaleChoice::Smoke => (SMOKE, SMOKE_SEEDS),
        }
    }

    fn recipe(&self) -> Fig1 {
        let (Fig1 { mut setting, mut training }, _) = self.defaults();
        setting.learning_rate = self.learning_rate.unwrap_or(setting.learning_rate);
        setting.init_std = self.init_std.unwrap_or(setting.init_std);
        training.steps = self.common.steps.unwrap_or(training.steps);
        training.mini_batch = self.mini_batch.unwrap_or(training.mini_batch);
        Fig1 { setting, training }
    }
}

fn main() -> ExitCode {
    resumable_exit_code(|| run(&Args::parse()))
}

fn run(args: &Args) -> Result<()> {
    let (recipe, (default_recipe, default_seeds)) = (args.recipe(), args.defaults());
    let device = device::open(&args.common.device)?;
    let mnist = BinaryMnist::load(args.common.data.as_deref())?;
    let run = args.common.open_run(Request {
        artefact: "fig1",
        scale: args.scale.scale.into(),
        recipe: &recipe,
        default_recipe: &default_recipe,
        default_seeds,
        data_sha256: data::Mnist::sha256(),
    })?;
    let mut jobs = jobs(run.seeds());
    let Fig1 { setting, training: recipe } = recipe;
    let progress = Progress::new(recipe.steps * jobs.len() as u64);
    side_by_side(&jobs, args.common.jobs(), |job| {
        let training = Training::new(*job, setting, &recipe, &mnist, device);
        train(*job, training, recipe.steps, &run, &progress)
    })?;
    drop(progress);
    jobs.sort_by_key(|job| (job.network, job.seed));
    finish(run, &jobs)
}

/// With BN first: its steps take longer, and what takes longest should not be left for last.
fn jobs(seeds: &[u64]) -> Vec<Job<Network>> {
    let networks = [Network::WithBn, Network::WithoutBn];
    networks
        .into_iter()
        .flat_map(|network| seeds.iter().map(move |&seed| Job { network, seed }))
        .collect()
}

fn train(
    job: Job<Network>,
    mut training: Training,
    steps: u64,
    run: &Run,
    progress: &Progress,
) -> Result<()> {
    let folder = run.job_folder(&job.name())?;
    let mut files =
        Resumable::open(&folder, [ACCURACY, ACTIVATIONS], training.net.named_tensors())?;
    training.step = files.step();
    progress.skip(if files.is_finished() { steps } else { training.step });
    if training.step == 0 {
        write_rows(job, run.scale(), &mut training, &mut files)?;
    }
    let mut last_row = training.step;
    while !files.is_finished() {
        training.sgd_step();
        let is_last = training.step == steps;
        if !(is_last || is_row(training.step)) {
            continue;
        }
        let row = write_rows(job, run.scale(), &mut training, &mut files)?;
        progress.add(training.step - last_row);
        last_row = training.step;
        let has_diverged = row.training_loss_nats.is_some_and(|loss| !loss.is_finite());
        if is_last || has_diverged {
            progress.skip(steps - training.step);
            progress.line(&last_line(job, &row, has_diverged));
            files.save(training.step, true)?;
        } else if stop::is_requested() {
            files.save(training.step, false)?;
            return Err(stop::Stopped.into());
        } else if training.step.is_multiple_of(CHECKPOINT_STEPS) {
            files.save(training.step, false)?;
        }
    }
    Ok(())
}

fn is_row(step: u64) -> bool {
    step.is_multiple_of(ROW_STEPS) || EARLY_ROWS.contains(&step)
}

fn last_line(job: Job<Network>, row: &AccuracyRow, has_diverged: bool) -> String {
    let fate = if has_diverged { "diverged at" } else { "finished" };
    let accuracy = 100.0 * row.test_accuracy_fraction;
    format!(
        "{}, seed {}: {fate} step {}, test accuracy {accuracy:.2} %",
        job.network, job.seed, row.step
    )
}

/// Evaluates the network, and writes a row of panel (a) and one of panels (b, c) for every unit.
fn write_rows(
    job: Job<Network>,
    scale: Scale,
    training: &mut Training,
    files: &mut Resumable<2>,
) -> Result<AccuracyRow> {
    let Job { network, seed } = job;
    let evaluation = training.evaluate();
    let with_bn = network == Network::WithBn;
    let row = AccuracyRow {
        scale,
        network,
        seed,
        step: training.step,
        test_accuracy_fraction: evaluation.accuracy,
        test_accuracy_moving_average_fraction: with_bn.then(|| training.moving_average_accuracy()),
        training_loss_nats: training.take_mean_loss(),
    };
    files.append(0, [&row])?;
    let units =
        evaluation::row_quantiles(&evaluation.inference.last_hidden_inputs, [0.15, 0.50, 0.85]);
    let activation = |(unit, [input_p15, input_p50, input_p85]): (usize, [f64; 3])| ActivationRow {
        scale,
        network,
        seed,
        step: row.step,
        unit,
        input_p15: to_four_decimals(input_p15),
        input_p50: to_four_decimals(input_p50),
        input_p85: to_four_decimals(input_p85),
    };
    files.append(1, units.into_iter().enumerate().map(activation))?;
    Ok(row)
}

/// Inputs are of the order of 1; more digits would only make the largest file larger.
fn to_four_decimals(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn finish(run: Run, jobs: &[Job<Network>]) -> Result<()> {
    let names: Vec<String> = jobs.iter().map(Job::name).collect();
    let accuracy: Vec<AccuracyRow> = run.collect(&names, ACCURACY)?;
    let activations: Vec<ActivationRow> = run.collect(&names, ACTIVATIONS)?;
    let drift = drift(&activations);
    let summary = summary(&accuracy, &drift);
    let committed = comparison::committed_summary("fig1");
    let folder = run.finish(|folder: &Path| {
        table::write(&folder.join(ACCURACY), &accuracy)?;
        table::write(&folder.join(ACTIVATIONS), &activations)?;
        table::write(&folder.join("drift.csv"), &drift)?;
        table::write(&folder.join("summary.csv"), &summary)
    })?;
    comparison::print("fig1", &summary, &committed)?;
    println!("rows and manifest: {}", folder.display());
    Ok(())
}
