//! Options that every experiment has, and values that no experiment accepts.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use record::manifest::Host;
use record::run::{Plan, Run, Scale};
use serde::Serialize;
use training::stop::{self, Stopped};

/// Options that every experiment has.
#[derive(Args, Clone, Debug)]
pub struct CommonArgs {
    /// `full` is the paper's scale; `smoke` takes seconds and only shows that the program works
    #[arg(long, value_enum, default_value_t = ScaleChoice::Full)]
    pub scale: ScaleChoice,

    /// Seeds, each with its own initial weights and order of examples [default: the recipe's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seeds: Option<u64>,

    /// Folder with the data set's files [default: .data/, fetched when missing]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Folder for the finished run [default: under results/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Trainings side by side, one thread each [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// The scales a user can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScaleChoice {
    /// Seconds.
    Smoke,
    /// The paper's.
    Full,
}

impl CommonArgs {
    /// How many trainings run side by side.
    pub fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(cores, usize::from)
    }

    /// Opens the run of this recipe, and says when it goes elsewhere than to the committed results.
    ///
    /// `default_recipe` and `default_seeds` are those of the chosen scale, before any override.
    ///
    /// # Errors
    /// If the folder cannot be written to, if another process works on the same run, or if an
    /// overridden recipe would take the committed run's place.
    pub fn open_run<Recipe: Serialize + PartialEq>(
        &self,
        artefact: &'static str,
        recipe: &Recipe,
        default_recipe: &Recipe,
        default_seeds: u64,
    ) -> Result<Run> {
        let seeds = self.seeds.unwrap_or(default_seeds);
        let is_default = seeds == default_seeds && recipe == default_recipe;
        let plan = Plan {
            artefact,
            scale: self.run_scale(is_default),
            recipe: serde_json::to_value(recipe)?,
            seeds: (0..seeds).collect(),
            out: self.out.clone(),
            host: Host::this(self.jobs(), 1, self.device.clone()),
            versions: training::versions(),
            data_sha256: data::Mnist::sha256(),
        };
        self.refuse_to_replace_committed(&plan)?;
        let run = Run::open(plan)?;
        if run.scale() != Scale::Full {
            eprintln!("{} run: results go to {}", run.scale(), run.folder().display());
        }
        if run.is_resumed() {
            eprintln!("going on with an interrupted run of the same recipe");
        }
        Ok(run)
    }

    fn run_scale(&self, is_default: bool) -> Scale {
        match self.scale {
            _ if !is_default => Scale::Custom,
            ScaleChoice::Smoke => Scale::Smoke,
            ScaleChoice::Full => Scale::Full,
        }
    }

    fn refuse_to_replace_committed(&self, plan: &Plan) -> Result<()> {
        let committed = Plan { scale: Scale::Full, ..plan.clone() }.default_folder();
        let is_committed =
            |folder: &PathBuf| match (folder.canonicalize(), committed.canonicalize()) {
                (Ok(folder), Ok(committed)) => folder == committed,
                _ => *folder == committed,
            };
        anyhow::ensure!(
            plan.scale == Scale::Full || !self.out.as_ref().is_some_and(is_committed),
            "--out: {} is for the full run of the committed recipe, and this one is {}",
            committed.display(),
            plan.scale
        );
        Ok(())
    }
}

/// Parses a positive, finite number.
///
/// # Errors
/// Says what is wrong with it.
pub fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        Ok(_) => Err("must be positive and finite".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Runs a program that checkpoints: Ctrl-C asks it to stop, and it exits with 130.
pub fn resumable_exit_code(run: impl FnOnce() -> Result<()>) -> ExitCode {
    exit_code(|| stop::on_ctrl_c().and_then(|()| run()))
}

/// Runs a program; prints an error as one line.
pub fn exit_code(run: impl FnOnce() -> Result<()>) -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    eprintln!("{error:#}");
    if error.is::<Stopped>() { ExitCode::from(130) } else { ExitCode::FAILURE }
}
