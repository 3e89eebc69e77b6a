//! Options that several programs have, and what no program accepts.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use bn_inception::Arithmetic;
use bn_inception::checkpoints::Layout;
use clap::{Args, ValueEnum};
use training::stop::{self, Stopped};

use crate::work::Nothing;

/// Options of every exhibit.
#[derive(Args, Clone, Debug)]
pub struct CommonArgs {
    /// Training steps [default: the recipe's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub steps: Option<u64>,

    /// Seeds, each with its own initial weights and order of examples [default: the scale's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub seeds: Option<u64>,

    /// Folder with the data set's files [default: .data/, fetched when missing]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Folder for the finished run [default: under results/local/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Trainings side by side, one thread each [default: one a core; on a GPU, one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Ends at once if the finished run is there: for many processes that share a run
    #[arg(long)]
    pub once: bool,

    /// cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu")]
    pub device: String,

    /// Prints the scale's own recipe as JSON, and does nothing else
    #[arg(long, hide = true)]
    pub print_recipe: bool,
}

impl CommonArgs {
    /// How many trainings run side by side.
    pub fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let default = if self.device == "cpu" { cores() } else { 1 };
        self.jobs.map_or(default, usize::from)
    }
}

/// How BN-Inception computes.
#[derive(Args, Clone, Debug)]
pub struct ArithmeticArgs {
    /// Numbers that the convolutions are computed in [default: the device's fastest]
    #[arg(long, value_enum)]
    pub arithmetic: Option<ArithmeticChoice>,
}

/// The numbers that BN-Inception's convolutions are computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ArithmeticChoice {
    /// Single precision
    F32,
    /// bfloat16; parameters, statistics and logits in single precision
    Bf16,
}

/// Which statistics BN has in final accuracies.
#[derive(Args, Clone, Debug)]
pub struct StatisticsArgs {
    /// What BN normalises with in accuracies at the end
    #[arg(long, value_enum, default_value = "population")]
    pub statistics: StatisticsChoice,
}

/// The statistics of BN at inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatisticsChoice {
    /// The population's, from training mini-batches (Algorithm 2)
    Population,
    /// The moving averages
    Moving,
}

impl From<ArithmeticChoice> for Arithmetic {
    fn from(choice: ArithmeticChoice) -> Self {
        match choice {
            ArithmeticChoice::F32 => Self::F32,
            ArithmeticChoice::Bf16 => Self::Bf16,
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

/// Prints a line; whether somebody still reads does not matter.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Runs a program that checkpoints: Ctrl-C asks it to stop, and it exits with 130.
pub fn resumable_exit_code(run: impl FnOnce() -> Result<()>) -> ExitCode {
    exit_code(|| stop::on_ctrl_c().and_then(|()| run()))
}

/// Runs a program; prints an error as one line.
pub fn exit_code(run: impl FnOnce() -> Result<()>) -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    eprintln!("{error:#}");
    if error.is::<Nothing>() {
        return ExitCode::SUCCESS;
    }
    if error.is::<Stopped>() { ExitCode::from(130) } else { ExitCode::FAILURE }
}
