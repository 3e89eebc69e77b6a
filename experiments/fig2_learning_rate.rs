//! Inception's learning rate at small scale: how far from its best is the paper's?
//!
//! ```text
//! cargo run --release --bin fig2-learning-rate    25 minutes on two cores
//! ```
//!
//! The paper gives Inception 0.0015 on ILSVRC 2012, after a choice that it does not describe, and the other
//! networks multiples of it (§4.2.2). On CIFAR-10, with a five-thousandth of the steps, higher rates get
//! further. This finds the rate at which Inception's validation accuracy gets highest, by a rule
//! (`record::fig2::best_rate`) that knows nothing of the networks with BN; `fig2 --learning-rate` then shows
//! whether the paper's claims hold with that base, too.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use bn_inception::{Arithmetic, Execution};
use clap::Parser;
use data::loader::OnDamage;
use experiments::CommonArgs;
use experiments::command_line::{Request, ScaleArgs, ScaleChoice, resumable_exit_code};
use experiments::image_sets::Images;
use experiments::job::Job;
use experiments::recipes::{Recipe, SMALL, SMOKE, Setting};
use experiments::single_network::{NOTHING, Training, train};
use record::fig2::{CURVES_FILE, CurveRow, Network, RATES_FILE, RateRow, best_rate};
use record::run::{Run, Scale};
use record::table;
use serde::Serialize;
use training::{Progress, device, memory, side_by_side};

/// The paper's own, then each twice the one before, until the best is not the last.
const RATES: [f64; 6] = [0.0015, 0.006, 0.012, 0.024, 0.048, 0.096];
const SEEDS: u64 = 1;

/// Inception's validation accuracy at small scale over learning rates.
///
/// Writes results/fig2-learning-rate/. Ctrl-C stops it, and the same command goes on where it stopped.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    scale: ScaleArgs,

    #[command(flatten)]
    common: CommonArgs,
}

/// Everything that the sweep depends on, beside its seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Sweep {
    setting: Setting,
    learning_rates: Vec<f64>,
    arithmetic: Arithmetic,
}

/// One training of the sweep.
#[derive(Clone, Copy)]
struct Trial {
    job: Job<Network>,
    learning_rate: f64,
}

impl Trial {
    fn name(&self) -> String {
        format!("{}-rate{}", self.job.name(), self.learning_rate)
    }
}

fn main() -> ExitCode {
    memory::keep_freed();
    resumable_exit_code(|| run(&Args::parse()))
}

fn run(args: &Args) -> Result<()> {
    let (scale, setting, rates) = match args.scale.scale {
        ScaleChoice::Full => (Scale::Small, SMALL, &RATES[..]),
        ScaleChoice::Smoke => (Scale::Smoke, SMOKE, &RATES[..2]),
    };
    let execution = Execution::on(device::open(&args.common.device)?);
    let Execution { arithmetic, .. } = execution;
    let default_sweep = Sweep { setting, learning_rates: rates.to_vec(), arithmetic };
    let mut sweep = default_sweep.clone();
    sweep.setting.steps = args.common.steps.unwrap_or(sweep.setting.steps);
    let loading = args.common.loading(OnDamage::Stop);
    let images = Images::load(&sweep.setting, args.common.data.as_deref(), loading)?;
    let run = args.common.open_run(Request {
        artefact: "fig2-learning-rate",
        scale,
        recipe: &sweep,
        default_recipe: &default_sweep,
        default_seeds: SEEDS,
        data_sha256: images.sha256(),
    })?;
    let trials = trials(&sweep, run.seeds());
    let Setting { steps, mini_batch, .. } = sweep.setting;
    let progress = Progress::of_images(steps * trials.len() as u64, mini_batch);
    side_by_side(&trials, args.common.jobs(), |trial| {
        let setting = Setting { learning_rate: trial.learning_rate, ..sweep.setting.clone() };
        let recipe = Recipe::new(Network::Inception, &setting);
        let training = Training::new(trial.job, recipe, execution)?;
        train(&trial.name(), training, &setting, &images, &run, &progress, NOTHING).map(drop)
    })?;
    drop(progress);
    finish(run, &trials)
}

fn trials(sweep: &Sweep, seeds: &[u64]) -> Vec<Trial> {
    let trial = |seed, learning_rate| Trial {
        job: Job { network: Network::Inception, seed },
        learning_rate,
    };
    let of_seed = |&seed| sweep.learning_rates.iter().map(move |&rate| trial(seed, rate));
    seeds.iter().flat_map(of_seed).collect()
}

fn finish(run: Run, trials: &[Trial]) -> Result<()> {
    let mut rows = Vec::new();
    for trial in trials {
        let curve: Vec<CurveRow> = run.collect(&[trial.name()], CURVES_FILE)?;
        rows.extend(RateRow::of(trial.learning_rate, &curve));
    }
    if let Some(rate) = best_rate(&rows) {
        println!("Inception's validation accuracy gets highest at a learning rate of {rate}");
    }
    let folder = run.finish(|folder: &Path| table::write(&folder.join(RATES_FILE), &rows))?;
    println!("rows and manifest: {}", folder.display());
    Ok(())
}
