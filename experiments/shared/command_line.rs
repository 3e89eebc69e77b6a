//! Options that every experiment has, and values that no experiment accepts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use bn_inception::checkpoints::Layout;
use bn_inception::{Arithmetic, Execution};
use clap::{Args, ValueEnum};
use data::loader::OnDamage;
use record::manifest::Host;
use record::run::{Plan, Run, Scale};
use serde::Serialize;
use training::device;
use training::stop::{self, Stopped};

use crate::image_sets::Loading;
use crate::recipes::{MEDIUM, PAPER, SMALL, SMOKE, Setting};

/// Options that every experiment has.
#[derive(Args, Clone, Debug)]
pub struct CommonArgs {
    /// Training steps [default: the recipe's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub steps: Option<u64>,

    /// Seeds, each with its own initial weights and order of examples [default: the recipe's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seeds: Option<u64>,

    /// Folder with the data set's files [default: .data/, fetched when missing]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Folder for the finished run [default: under results/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Trainings side by side, one thread each [default: one a core; on a GPU, one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// The scale of an experiment that a laptop carries whole.
#[derive(Args, Clone, Debug)]
pub struct ScaleArgs {
    /// `full` is the paper's scale; `smoke` takes seconds and only shows that the program works
    #[arg(long, value_enum, default_value_t = ScaleChoice::Full)]
    pub scale: ScaleChoice,
}

/// The scales a user can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScaleChoice {
    /// Seconds.
    Smoke,
    /// The paper's.
    Full,
}

impl From<ScaleChoice> for Scale {
    fn from(choice: ScaleChoice) -> Self {
        match choice {
            ScaleChoice::Smoke => Self::Smoke,
            ScaleChoice::Full => Self::Full,
        }
    }
}

/// The scale of an experiment with BN-Inception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InceptionScale {
    /// Seconds: only shows that the program works
    Smoke,
    /// CIFAR-10
    Small,
    /// Photographs in DIR/train/CLASS and DIR/val/CLASS
    Medium,
    /// ILSVRC 2012, days on a GPU
    Paper,
}

impl InceptionScale {
    /// Images and network, before any override.
    pub fn setting(self) -> Setting {
        match self {
            Self::Smoke => SMOKE,
            Self::Small => SMALL,
            Self::Medium => MEDIUM,
            Self::Paper => PAPER,
        }
    }
}

impl From<InceptionScale> for Scale {
    fn from(choice: InceptionScale) -> Self {
        match choice {
            InceptionScale::Smoke => Self::Smoke,
            InceptionScale::Small => Self::Small,
            InceptionScale::Medium => Self::Medium,
            InceptionScale::Paper => Self::Full,
        }
    }
}

/// Whose names and shapes a file of weights has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LayoutChoice {
    /// bninception of Cadene's pretrained-models.pytorch
    Cadene,
    /// Inception v2 of the slim models; class 0 is the background
    TfSlim,
}

impl From<LayoutChoice> for Layout {
    fn from(choice: LayoutChoice) -> Self {
        match choice {
            LayoutChoice::Cadene => Self::Cadene,
            LayoutChoice::TfSlim => Self::TfSlim,
        }
    }
}

/// The numbers that BN-Inception's convolutions are computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ArithmeticChoice {
    /// Single precision
    F32,
    /// bfloat16; parameters, statistics and logits in single precision
    Bf16,
}

impl From<ArithmeticChoice> for Arithmetic {
    fn from(choice: ArithmeticChoice) -> Self {
        match choice {
            ArithmeticChoice::F32 => Self::F32,
            ArithmeticChoice::Bf16 => Self::Bf16,
        }
    }
}

/// How BN-Inception computes.
#[derive(Args, Clone, Debug)]
pub struct ArithmeticArgs {
    /// Numbers that the convolutions are computed in [default: the device's fastest]
    #[arg(long, value_enum)]
    pub arithmetic: Option<ArithmeticChoice>,
}

impl ArithmeticArgs {
    /// On the device of this name.
    ///
    /// # Errors
    /// If there is no such device here.
    pub fn execution_on(&self, device: &str) -> Result<Execution> {
        let fastest = Execution::on(device::open(device)?);
        let arithmetic = self.arithmetic.map_or(fastest.arithmetic, Into::into);
        Ok(Execution { arithmetic, ..fastest })
    }
}

/// What a run is of, before and after the command line's overrides.
pub struct Request<'a, Recipe> {
    /// Which figure or table.
    pub artefact: &'static str,
    /// The chosen scale.
    pub scale: Scale,
    /// The recipe with all overrides.
    pub recipe: &'a Recipe,
    /// The chosen scale's own recipe.
    pub default_recipe: &'a Recipe,
    /// The chosen scale's own number of seeds.
    pub default_seeds: u64,
    /// Sums of the data's files.
    pub data_sha256: BTreeMap<String, String>,
}

impl CommonArgs {
    /// How many trainings run side by side.
    pub fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let default = if self.device == "cpu" { cores() } else { 1 };
        self.jobs.map_or(default, usize::from)
    }

    /// How the trainings' images are read: ahead of each, by the cores shared out.
    pub fn loading(&self, on_damage: OnDamage) -> Loading {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Loading { workers: (cores / self.jobs()).max(1), on_damage }
    }

    /// Opens the run of this recipe, and says when it goes elsewhere than to the committed results.
    ///
    /// # Errors
    /// If the folder cannot be written to, if another process works on the same run, or if an
    /// overridden recipe would take the committed run's place.
    pub fn open_run<Recipe: Serialize + PartialEq>(&self, request: Request<Recipe>) -> Result<Run> {
        let seeds = self.seeds.unwrap_or(request.default_seeds);
        let is_default = seeds == request.default_seeds && request.recipe == request.default_recipe;
        let plan = Plan {
            artefact: request.artefact,
            scale: if is_default { request.scale } else { Scale::Custom },
            recipe: serde_json::to_value(request.recipe)?,
            seeds: (0..seeds).collect(),
            out: self.out.clone(),
            host: Host::this(self.jobs(), 1, self.device.clone()),
            versions: training::versions(),
            data_sha256: request.data_sha256,
        };
        self.refuse_to_replace_committed(&plan)?;
        let run = Run::open(plan)?;
        if matches!(run.scale(), Scale::Smoke | Scale::Custom) {
            eprintln!("{} run: results go to {}", run.scale(), run.folder().display());
        }
        if run.is_resumed() {
            eprintln!("going on with an interrupted run of the same recipe");
        }
        Ok(run)
    }

    fn refuse_to_replace_committed(&self, plan: &Plan) -> Result<()> {
        let committed = Plan { scale: Scale::Full, ..plan.clone() }.default_folder();
        let is_committed =
            |folder: &PathBuf| match (folder.canonicalize(), committed.canonicalize()) {
                (Ok(folder), Ok(committed)) => folder == committed,
                _ => *folder == committed,
            };
        anyhow::ensure!(
            !matches!(plan.scale, Scale::Smoke | Scale::Custom)
                || !self.out.as_ref().is_some_and(is_committed),
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
