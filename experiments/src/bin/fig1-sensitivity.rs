//! How sensitive is Figure 1 (§4.1) to what the paper leaves open: learning rate and Gaussian?
//!
//! ```text
//! make fig1-sensitivity                        about nine minutes on two cores
//! cargo run --release --bin fig1-sensitivity   the same without drawing
//! ```
//!
//! Trains the two networks of Figure 1 at every learning rate and every width of the initial weights' Gaussian, for
//! 10,000 steps and three seeds, on 50,000 training images. The other 10,000 are held out, and settings are compared by
//! them: the test set is Figure 1's.
//!
//! Expected: BN hardly cares about either. Without BN the network does as well at some settings, and does not learn at
//! all at others. Figure 1's own setting is chosen from this sweep by the rule of `record::fig1::typical_setting`.

use std::process::ExitCode;

use anyhow::Result;
use experiments::mnist::BinaryMnist;
use experiments::sigmoid::{self, Evaluation, SigmoidTraining, network_of, to_four_decimals};
use experiments::{Choice, Job, Request, Work, request};
use recipe::{Recipe, RunRecipe};
use record::fig1::{
    ACCURACY_FILE, SENSITIVITY_CURVES_FILE, SensitivityCurveRow, SensitivityRow, Setting,
    SigmoidNetwork,
};
use record::table;
use training::evaluation::row_quantiles;
use training::{Course, Progress, train};

const LEARNING_RATES: [f64; 6] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0];
const INIT_STDS: [f64; 5] = [0.01, 0.03, 0.1, 0.3, 1.0];
/// Training images that settings are compared by: to choose one by the test set would be to train on that.
const HELD_OUT: usize = 10_000;
const STEPS: u64 = 10_000;
/// A row of the curves every so many steps; more often at the start.
const ROW_STEPS: u64 = 500;
const EARLY_ROWS: [u64; 7] = [0, 10, 20, 50, 100, 200, 350];
const SMOKE_LEARNING_RATES: [f64; 2] = [0.1, 1.0];
const SMOKE_INIT_STDS: [f64; 2] = [0.01, 0.1];
const SMOKE_STEPS: u64 = 200;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, sweep)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let (rates, stds, steps) = if choice.is_smoke() {
        (&SMOKE_LEARNING_RATES[..], &SMOKE_INIT_STDS[..], SMOKE_STEPS)
    } else {
        (&LEARNING_RATES[..], &INIT_STDS[..], STEPS)
    };
    let settings = rates.iter().flat_map(|&learning_rate| {
        stds.iter().map(move |&init_std| Setting { learning_rate, init_std })
    });
    let both = |setting: Setting| {
        SigmoidNetwork::BOTH.map(|network| {
            let Setting { learning_rate, init_std } = setting;
            let name = format!("{network}, rate {learning_rate}, std {init_std}");
            let mut recipe = sigmoid::recipe(network, setting, choice.steps_or(steps)).named(name);
            recipe.images.held_out_images = HELD_OUT;
            recipe
        })
    };
    RunRecipe::of(settings.flat_map(both).collect())
}

fn sweep(request: &mut Request) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    work.train(&work.trainings(), |job, progress| follow(job, &work, &mnist, progress))?;
    let rows = work.rows()?;
    let mut ends: Vec<SensitivityRow> = rows.read(ACCURACY_FILE)?.concat();
    ends.sort_by_key(|row| row.network); // stable: by network, then as they were swept
    work.finish(|stage| {
        table::write(&stage.join(ACCURACY_FILE), ends)?;
        rows.collect(SENSITIVITY_CURVES_FILE, stage)
    })
}

/// Trains, and writes its curve, and the row of the end.
fn follow(job: &Job<&Recipe>, work: &Work, mnist: &BinaryMnist, progress: &Progress) -> Result<()> {
    let recipe = job.subject;
    let mut training = SigmoidTraining::new(job, mnist);
    let course = Course {
        logs: &[ACCURACY_FILE, SENSITIVITY_CURVES_FILE],
        is_row: &|step| step.is_multiple_of(ROW_STEPS) || EARLY_ROWS.contains(&step),
        ..work.course(job, recipe.steps, progress)?
    };
    let batches = |from| Ok(mnist.train.mini_batches(job, from));
    train(&course, &mut training, batches, |training, step, rows| {
        let evaluation = training.evaluate();
        rows.append(SENSITIVITY_CURVES_FILE, [curve_row(job, step, &evaluation)])?;
        let accuracy = evaluation.accuracy;
        rows.append(ACCURACY_FILE, (step == recipe.steps).then(|| row(job, work, accuracy)))?;
        Ok(sigmoid::seen(None, accuracy)) // whatever its loss is, this is its end
    })
}

fn curve_row(job: &Job<&Recipe>, step: u64, evaluation: &Evaluation) -> SensitivityCurveRow {
    let first_unit = evaluation.inference.last_hidden_inputs.narrow(0, 0, 1);
    let quantiles = row_quantiles(&first_unit, [0.15, 0.50, 0.85])[0];
    let [input_p15, input_p50, input_p85] = quantiles.map(to_four_decimals);
    SensitivityCurveRow {
        network: network_of(job.subject),
        seed: job.seed,
        learning_rate: job.subject.sgd.learning_rate,
        init_std: job.subject.sigmoid_mlp().init_std,
        step,
        held_out_accuracy_fraction: evaluation.accuracy,
        input_p15,
        input_p50,
        input_p85,
    }
}

fn row(job: &Job<&Recipe>, work: &Work, held_out_accuracy_fraction: f64) -> SensitivityRow {
    let recipe = job.subject;
    SensitivityRow {
        scale: work.scale(),
        network: network_of(recipe),
        seed: job.seed,
        step: recipe.steps,
        learning_rate: recipe.sgd.learning_rate,
        init_std: recipe.sigmoid_mlp().init_std,
        held_out_accuracy_fraction,
    }
}
