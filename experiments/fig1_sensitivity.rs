//! The sensitivity of Figure 1 (§4.1) to what the paper does not give: learning rate and Gaussian.
//!
//! ```text
//! make fig1-sensitivity                        about eight minutes on two cores
//! cargo run --release --bin fig1-sensitivity   the same without drawing
//! ```
//!
//! Trains the two networks of Figure 1 at every learning rate × width of the initial weights' Gaussian,
//! for 10,000 steps and three seeds. Expected: BN hardly cares about either; without BN the network
//! does as well at some settings, and does not learn at all at others. The setting of Figure 1 is
//! chosen from this sweep by the rule of `record::fig1::typical_setting`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use experiments::CommonArgs;
use experiments::command_line::{Request, ScaleArgs, ScaleChoice, resumable_exit_code};
use experiments::job::Job;
use experiments::mnist::BinaryMnist;
use experiments::sigmoid_network::{PAPER, Recipe, Training};
use record::fig1::{Network, SensitivityRow, Setting, cells, typical_setting};
use record::run::Run;
use record::table;
use serde::Serialize;
use training::{Progress, Resumable, device, side_by_side, stop};

/// The settings that are swept, and how each is trained.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Sweep {
    learning_rates: Vec<f64>,
    init_stds: Vec<f64>,
    training: Recipe,
}

const FULL_SEEDS: u64 = 3;
const SMOKE_SEEDS: u64 = 1;

const ROWS: &str = "accuracy.csv";
/// Steps after which a training looks whether it should stop.
const PAUSE_STEPS: u64 = 500;

/// Sensitivity of Figure 1: test accuracy at 10,000 steps over learning rates and initial weights.
///
/// Writes results/fig1-sensitivity/; 'make figures' draws figures/fig1-sensitivity.png from it.
/// Ctrl-C stops it, and the same command goes on with what was not finished.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    scale: ScaleArgs,

    #[command(flatten)]
    common: CommonArgs,
}

impl Args {
    /// The sweep and the number of seeds of the chosen scale, before any override.
    fn defaults(&self) -> (Sweep, u64) {
        let full = Sweep {
            learning_rates: vec![0.01, 0.03, 0.1, 0.3, 1.0, 3.0],
            init_stds: vec![0.01, 0.03, 0.1, 0.3, 1.0],
            training: Recipe { steps: 10_000, ..PAPER },
        };
        match self.scale.scale {
            ScaleChoice::Full => (full, FULL_SEEDS),
            ScaleChoice::Smoke => {
                let training = Recipe { steps: 200, ..PAPER };
                (
                    Sweep { learning_rates: vec![0.1, 1.0], init_stds: vec![0.01, 0.1], training },
                    SMOKE_SEEDS,
                )
            }
        }
    }
}

/// One training of the sweep.
#[derive(Clone, Copy)]
struct Trial {
    job: Job<Network>,
    setting: Setting,
}

impl Trial {
    fn name(&self) -> String {
        let Setting { learning_rate, init_std } = self.setting;
        format!("{}-rate{learning_rate}-std{init_std}", self.job.name())
    }
}

fn main() -> ExitCode {
    resumable_exit_code(|| run(&Args::parse()))
}

fn run(args: &Args) -> Result<()> {
    let (default_sweep, default_seeds) = args.defaults();
    let mut sweep = default_sweep.clone();
    sweep.training.steps = args.common.steps.unwrap_or(sweep.training.steps);
    let device = device::open(&args.common.device)?;
    let mnist = BinaryMnist::load(args.common.data.as_deref())?;
    let run = args.common.open_run(Request {
        artefact: "fig1-sensitivity",
        scale: args.scale.scale.into(),
        recipe: &sweep,
        default_recipe: &default_sweep,
        default_seeds,
        data_sha256: data::Mnist::sha256(),
    })?;
    let trials = trials(&sweep, run.seeds());
    let progress = Progress::new(sweep.training.steps * trials.len() as u64);
    side_by_side(&trials, args.common.jobs(), |trial| {
        let training = Training::new(trial.job, trial.setting, &sweep.training, &mnist, device);
        train(trial, training, sweep.training.steps, &run, &progress)
    })?;
    drop(progress);
    finish(run, &trials)
}

fn trials(sweep: &Sweep, seeds: &[u64]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for &learning_rate in &sweep.learning_rates {
        for &init_std in &sweep.init_stds {
            for network in Network::BOTH {
                let setting = Setting { learning_rate, init_std };
                let trial = |&seed| Trial { job: Job { network, seed }, setting };
                trials.extend(seeds.iter().map(trial));
            }
        }
    }
    trials
}

/// Trains for so many steps, and writes the row. A training takes seconds: one that is stopped begins
/// anew, and one that is finished is not done again.
fn train(
    trial: &Trial,
    mut training: Training,
    steps: u64,
    run: &Run,
    progress: &Progress,
) -> Result<()> {
    let mut files = Resumable::open(&run.job_folder(&trial.name())?, [ROWS], Vec::new())?;
    if files.is_finished() {
        progress.skip(steps);
        return Ok(());
    }
    while training.step < steps {
        if stop::is_requested() {
            return Err(stop::Stopped.into());
        }
        let pause = PAUSE_STEPS.min(steps - training.step);
        (0..pause).for_each(|_| training.sgd_step());
        progress.add(pause);
    }
    files.append(0, [row(trial, run, &training)])?;
    files.save(steps, true)
}

fn row(trial: &Trial, run: &Run, training: &Training) -> SensitivityRow {
    SensitivityRow {
        scale: run.scale(),
        network: trial.job.network,
        seed: trial.job.seed,
        step: training.step,
        learning_rate: trial.setting.learning_rate,
        init_std: trial.setting.init_std,
        test_accuracy_fraction: training.evaluate().accuracy,
    }
}

fn finish(run: Run, trials: &[Trial]) -> Result<()> {
    let names: Vec<String> = trials.iter().map(Trial::name).collect();
    let mut rows: Vec<SensitivityRow> = run.collect(&names, ROWS)?;
    rows.sort_by_key(|row| row.network); // stable: by network, then as they were swept
    let folder = run.finish(|folder: &Path| table::write(&folder.join(ROWS), &rows))?;
    print(&rows);
    println!("rows and manifest: {}", folder.display());
    Ok(())
}

fn print(rows: &[SensitivityRow]) {
    println!("learning rate  Gaussian's std  without BN  with BN  gain (points)");
    for cell in cells(rows) {
        println!(
            "{:13}  {:14}  {:10.4}  {:7.4}  {:+13.2}",
            cell.setting.learning_rate,
            cell.setting.init_std,
            cell.without_bn,
            cell.with_bn,
            100.0 * cell.gain()
        );
    }
    match typical_setting(rows) {
        Some(cell) => println!(
            "Figure 1's rule chooses learning rate {} and std {}",
            cell.setting.learning_rate, cell.setting.init_std
        ),
        None => println!("Figure 1's rule finds no setting at which both networks reach 0.7"),
    }
}
