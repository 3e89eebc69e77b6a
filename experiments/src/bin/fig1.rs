//! Figure 1 (§4.1): a sigmoid network on MNIST, with and without Batch Normalization.
//!
//! ```text
//! make fig1                        about three minutes on two cores
//! cargo run --release --bin fig1   the same without drawing
//! ```
//!
//! Trains the two networks from the same initial weights on the same mini-batches, for five seeds, and follows the test
//! accuracy (a) and the input of every sigmoid of the last hidden layer (b, c).
//!
//! Expected: with BN the network ends higher, and its sigmoids' inputs move less. By how much depends on the learning
//! rate and on the initial weights; `fig1-sensitivity` shows how.

use std::cmp::Reverse;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use experiments::command_line::positive;
use experiments::mnist::{BinaryMnist, EXAMPLES};
use experiments::sigmoid::{self, Evaluation, SigmoidTraining, TYPICAL, network_of};
use experiments::{Choice, Job, Request, Work, request};
use recipe::{Recipe, RunRecipe};
use record::fig1::{
    ACCURACY_FILE, ACTIVATIONS_FILE, AccuracyRow, ActivationRow, DRIFT_FILE, DRIFT_WINDOW, Setting,
    SigmoidNetwork, drift,
};
use record::table;
use training::{Course, Progress, Rows, Seen, evaluation, train};

/// §4.1.
const STEPS: u64 = 50_000;
/// Long enough for a drift after the warm-up.
const SMOKE_STEPS: u64 = 1_500;
/// A row every so many steps; more often at the start.
const ROW_STEPS: u64 = 250;
const EARLY_ROWS: [u64; 10] = [0, 1, 2, 5, 10, 20, 50, 100, 150, 200];

#[derive(Args)]
struct Options {
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

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, fig1)
}

fn recipe(choice: &Choice<Options>) -> RunRecipe {
    let Options { learning_rate, init_std, mini_batch } = choice.own;
    let setting = Setting {
        learning_rate: learning_rate.unwrap_or(TYPICAL.learning_rate),
        init_std: init_std.unwrap_or(TYPICAL.init_std),
    };
    let steps = choice.steps_or(if choice.is_smoke() { SMOKE_STEPS } else { STEPS });
    let recipe = |network| {
        let recipe = sigmoid::recipe(network, setting, steps);
        let mini_batch = mini_batch.map_or(recipe.mini_batch, |size| size as usize);
        Recipe { mini_batch, ..recipe }
    };
    RunRecipe::of(SigmoidNetwork::BOTH.map(recipe).to_vec())
}

fn fig1(request: &mut Request<Options>) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    let mut trainings = work.trainings();
    // With BN first: its steps take longer, and what takes longest should not be left for last.
    trainings.sort_by_key(|job| Reverse(network_of(job.subject)));
    work.train(&trainings, |job, progress| follow(job, &work, &mnist, progress))?;
    let rows = work.rows()?;
    work.finish(|stage| {
        rows.collect(ACCURACY_FILE, stage)?;
        rows.collect(ACTIVATIONS_FILE, stage)?;
        let activations: Vec<ActivationRow> = table::read(&stage.join(ACTIVATIONS_FILE))?;
        table::write(&stage.join(DRIFT_FILE), drift(&activations, DRIFT_WINDOW))
    })
}

fn follow(job: &Job<&Recipe>, work: &Work, mnist: &BinaryMnist, progress: &Progress) -> Result<()> {
    let mut training = SigmoidTraining::new(job, mnist);
    let course = Course {
        logs: &[ACCURACY_FILE, ACTIVATIONS_FILE],
        is_row: &|step| step.is_multiple_of(ROW_STEPS) || EARLY_ROWS.contains(&step),
        ..work.course(job, job.subject.steps, progress)?
    };
    let batches = |from| Ok(mnist.train.mini_batches(job, from));
    train(&course, &mut training, batches, |training, step, rows| {
        write_rows(job, work, training, step, rows)
    })
}

/// Evaluates the network, and writes a row of panel (a) and one of panels (b, c) for every unit.
fn write_rows(
    job: &Job<&Recipe>,
    work: &Work,
    training: &mut SigmoidTraining,
    step: u64,
    rows: &mut Rows,
) -> Result<Seen> {
    let (Evaluation { accuracy, inference }, moving) = training.evaluate_twice();
    let training_loss_nats = training.take_mean_loss();
    let (scale, network, seed) = (work.scale(), network_of(job.subject), job.seed);
    rows.append(
        ACCURACY_FILE,
        [AccuracyRow {
            scale,
            network,
            seed,
            step,
            test_accuracy_fraction: accuracy,
            test_accuracy_moving_average_fraction: moving,
            training_loss_nats,
        }],
    )?;
    let units = evaluation::row_quantiles(&inference.last_hidden_inputs, [0.15, 0.50, 0.85]);
    let activation = |(unit, quantiles): (usize, [f64; 3])| {
        let [input_p15, input_p50, input_p85] = quantiles.map(sigmoid::to_four_decimals);
        ActivationRow { scale, network, seed, step, unit, input_p15, input_p50, input_p85 }
    };
    rows.append(ACTIVATIONS_FILE, units.into_iter().enumerate().map(activation))?;
    Ok(sigmoid::seen(training_loss_nats, accuracy))
}
