//! Figure 2 (§4.2.2): validation accuracy against training steps, with and without Batch Normalization.
//!
//! ```text
//! make fig2                        small scale, CIFAR-10: under an hour a seed on two cores
//! cargo run --release --bin fig2 -- --scale medium --data DIR    photographs at 128 pixels
//! cargo run --release --bin fig2 -- --scale paper --data DIR --device cuda:0    ILSVRC 2012
//! ```
//!
//! Trains the paper's five networks, and two that its text claims things of, by the recipes of §4.2
//! (`experiments::recipes`), and validates each now and then by a single centre crop. At small scale the
//! number of steps shrinks, and the ratios between the rows do not.
//!
//! Expected, as the paper has it: BN-Baseline gets to Inception's maximum in half the steps, BN-x5 in a
//! fourteenth; BN-x30 ends highest; with sigmoids only the network with BN learns; Inception at five
//! times its rate diverges. `make table-single` says which of this a run shows.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use bn_inception::Arithmetic;
use clap::{Parser, ValueEnum};
use data::loader::OnDamage;
use experiments::CommonArgs;
use experiments::command_line::{
    ArithmeticArgs, InceptionScale, Request, positive, resumable_exit_code,
};
use experiments::cost::Cost;
use experiments::image_sets::Images;
use experiments::job::Job;
use experiments::recipes::{MEDIUM_NETWORKS, Recipe, SMALL_SEEDS, Setting};
use experiments::single_network::{NOTHING, Training, train};
use record::fig2::{CURVES_FILE, CurveRow, Network, OUTCOMES_FILE, OutcomeRow};
use record::run::Run;
use record::table;
use serde::Serialize;
use training::{Progress, memory, side_by_side};

/// Figure 2: validation accuracy against training steps of the paper's five networks and two more.
///
/// Writes results/fig2/; 'make figures' draws figures/fig2.png from it. Ctrl-C stops it, and the same
/// command goes on where it stopped.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Images and network: CIFAR-10 at half the width, photographs at 128 pixels, or the paper's
    #[arg(long, value_enum, default_value_t = InceptionScale::Small)]
    scale: InceptionScale,

    #[command(flatten)]
    common: CommonArgs,

    /// Inception's learning rate, of which the other rows have multiples [default: the scale's]
    #[arg(long, value_name = "RATE", value_parser = positive, allow_negative_numbers = true)]
    learning_rate: Option<f64>,

    #[command(flatten)]
    arithmetic: ArithmeticArgs,

    /// Only these networks [default: all seven; at medium scale the paper's first four]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NETWORK")]
    networks: Option<Vec<NetworkChoice>>,

    /// Leave out and count pictures that cannot be read [default: the first one stops the run]
    #[arg(long)]
    skip_damaged: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum NetworkChoice {
    Inception,
    BnBaseline,
    BnX5,
    BnX30,
    BnX5Sigmoid,
    InceptionX5,
    InceptionSigmoid,
}

/// Everything that a run depends on, beside its seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Fig2 {
    setting: Setting,
    recipes: Vec<Recipe>,
    arithmetic: Arithmetic,
    on_damage: OnDamage,
}

impl Fig2 {
    /// The scale's own, for this arithmetic.
    fn new(setting: Setting, networks: &[Network], arithmetic: Arithmetic) -> Self {
        let recipes = networks.iter().map(|&network| Recipe::new(network, &setting)).collect();
        Self { setting, recipes, arithmetic, on_damage: OnDamage::Stop }
    }

    fn recipe(&self, network: Network) -> &Recipe {
        let mut recipes = self.recipes.iter();
        recipes.find(|recipe| recipe.network == network).expect("jobs are made from the recipes")
    }
}

impl Args {
    /// How many seeds the scale has by itself.
    fn default_seeds(&self) -> u64 {
        if self.scale == InceptionScale::Small { SMALL_SEEDS } else { 1 }
    }

    fn setting(&self, default: &Setting) -> Setting {
        Setting {
            learning_rate: self.learning_rate.unwrap_or(default.learning_rate),
            steps: self.common.steps.unwrap_or(default.steps),
            ..default.clone()
        }
    }

    /// The networks that the scale has by itself: on two cores, four take an hour of photographs.
    fn default_networks(&self) -> &'static [Network] {
        if self.scale == InceptionScale::Medium { &MEDIUM_NETWORKS } else { &Network::ALL }
    }

    fn networks(&self) -> Vec<Network> {
        let Some(choices) = &self.networks else { return self.default_networks().to_vec() };
        let is_chosen = |network: &Network| choices.iter().any(|c| c.network() == *network);
        Network::ALL.into_iter().filter(is_chosen).collect()
    }
}

impl NetworkChoice {
    fn network(self) -> Network {
        match self {
            Self::Inception => Network::Inception,
            Self::BnBaseline => Network::BnBaseline,
            Self::BnX5 => Network::BnX5,
            Self::BnX30 => Network::BnX30,
            Self::BnX5Sigmoid => Network::BnX5Sigmoid,
            Self::InceptionX5 => Network::InceptionX5,
            Self::InceptionSigmoid => Network::InceptionSigmoid,
        }
    }
}

fn main() -> ExitCode {
    memory::keep_freed();
    resumable_exit_code(|| run(&Args::parse()))
}

fn run(args: &Args) -> Result<()> {
    let mut default_setting = args.scale.setting();
    let execution = args.arithmetic.execution_on(&args.common.device)?;
    let fastest = Arithmetic::fastest(execution.device);
    let on_damage = if args.skip_damaged { OnDamage::Skip } else { OnDamage::Stop };
    let loading = args.common.loading(on_damage);
    let images = Images::load(&default_setting, args.common.data.as_deref(), loading)?;
    default_setting.classes = images.classes();
    let setting = args.setting(&default_setting);
    let fig2 = Fig2 { on_damage, ..Fig2::new(setting, &args.networks(), execution.arithmetic) };
    let run = args.common.open_run(Request {
        artefact: "fig2",
        scale: args.scale.into(),
        recipe: &fig2,
        default_recipe: &Fig2::new(default_setting, args.default_networks(), fastest),
        default_seeds: args.default_seeds(),
        data_sha256: images.sha256(),
    })?;
    let mut jobs = jobs(&fig2, run.seeds());
    let Setting { steps, mini_batch, .. } = fig2.setting;
    let begin =
        |job: &Job<Network>| Training::new(*job, fig2.recipe(job.network).clone(), execution);
    if let Some(job) = jobs.first() {
        let cost = Cost::measure(|| begin(job), &images, &fig2.setting)?;
        let whole = cost.of_all(jobs.len(), args.common.jobs(), steps);
        let (trainings, minutes) = (jobs.len(), whole.as_secs().div_ceil(60));
        eprintln!("{trainings} trainings of {steps} steps: about {minutes} min from the start");
    }
    let progress = Progress::of_images(steps * jobs.len() as u64, mini_batch);
    side_by_side(&jobs, args.common.jobs(), |job| {
        train(&job.name(), begin(job)?, &fig2.setting, &images, &run, &progress, NOTHING).map(drop)
    })?;
    drop(progress);
    jobs.sort_by_key(|job| (job.network, job.seed));
    finish(run, &jobs)
}

/// Seed by seed, so that one seed of all networks is there as early as can be.
fn jobs(fig2: &Fig2, seeds: &[u64]) -> Vec<Job<Network>> {
    let networks = || fig2.recipes.iter().map(|recipe| recipe.network);
    seeds.iter().flat_map(|&seed| networks().map(move |network| Job { network, seed })).collect()
}

fn finish(run: Run, jobs: &[Job<Network>]) -> Result<()> {
    let names: Vec<String> = jobs.iter().map(Job::name).collect();
    let curves: Vec<CurveRow> = run.collect(&names, CURVES_FILE)?;
    let outcomes: Vec<OutcomeRow> = run.collect(&names, OUTCOMES_FILE)?;
    let folder = run.finish(|folder: &Path| {
        table::write(&folder.join(CURVES_FILE), &curves)?;
        table::write(&folder.join(OUTCOMES_FILE), &outcomes)
    })?;
    println!("rows and manifest: {}", folder.display());
    Ok(())
}
