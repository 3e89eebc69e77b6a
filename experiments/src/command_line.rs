//! Options that several programs have, and what no program accepts.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use bn_inception::Arithmetic;
use bn_inception::checkpoints::Layout;
use clap::{Args, ValueEnum};
use record::message;
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
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub jobs: Option<u16>,

    /// Ends at once if the finished run is there: for many processes that share a run
    #[arg(long)]
    pub once: bool,

    /// Takes over the run's jobs that were finished on another machine, which hand-over has copied into this folder
    #[arg(long, value_name = "DIR")]
    pub adopt: Option<PathBuf>,

    /// cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu", value_parser = device_name)]
    pub device: String,

    /// Where `TensorBoard` looks, if anywhere.
    #[arg(
        long,
        value_name = "DIR",
        help = "Writes the numbers of all rows for TensorBoard, too: into a folder for each training in this one"
    )]
    pub tensorboard: Option<PathBuf>,

    /// Says what the run would take: data, steps, memory, disk, hours, energy, from a step that is timed here on random
    /// images; trains nothing, and needs no data
    #[arg(long)]
    pub plan: bool,

    /// With --plan: what this machine draws at work, in watts [default: RAPL's count, or else 10 W a core]
    #[arg(long, value_name = "WATTS", value_parser = positive, allow_negative_numbers = true, requires = "plan")]
    pub watts: Option<f64>,

    /// Prints the scale's own recipe as JSON, and does nothing else
    #[arg(long, hide = true)]
    pub print_recipe: bool,
}

impl CommonArgs {
    /// How many trainings run side by side.
    pub fn jobs(&self) -> usize {
        let default = if self.device == "cpu" { cores() } else { 1 };
        self.jobs.map_or(default, usize::from)
    }
}

/// Options of programs that train BN-Inception.
#[derive(Args, Clone, Debug)]
pub struct InceptionArgs {
    /// Numbers that the convolutions are computed in [default: the device's fastest]
    #[arg(long, value_enum)]
    pub arithmetic: Option<ArithmeticChoice>,

    /// Also keeps each trained network: NAME.safetensors, and NAME.json that says what it is; classify reads them
    #[arg(long, value_name = "DIR")]
    pub keep_networks: Option<PathBuf>,

    /// Trains each network by so many processes, which mpirun, srun or torchrun has started: mini-batches are as many times as
    /// large, and each process takes its part (on processors built with --features mpi)
    #[arg(long, value_name = "R", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub replicas: u16,

    /// With --replicas: R times the learning rate, reached over the first eighteenth of the steps
    #[arg(long, requires = "replicas")]
    pub scale_rate: bool,
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

/// Parses the name of a device, which need not be here.
///
/// # Errors
/// Says what is wrong with it.
pub fn device_name(name: &str) -> Result<String, String> {
    training::device::parse(name).map(|_| name.to_owned()).map_err(|error| error.to_string())
}

/// Jobs for each core; more would only take memory, 70 MB each and more.
const MOST_JOBS_PER_CORE: usize = 8;

/// Parses a number of jobs side by side.
fn jobs(text: &str) -> Result<u16, String> {
    let cores = cores();
    let most = (MOST_JOBS_PER_CORE * cores).min(1024);
    let jobs: u16 = text.parse().map_err(|error: std::num::ParseIntError| error.to_string())?;
    if (1..=most).contains(&jobs.into()) {
        return Ok(jobs);
    }
    Err(format!("{jobs} is not in 1..={most}: each job is a thread, and there are {cores} cores"))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Why a line could not be printed, of the first such line.
static UNPRINTED: OnceLock<io::Error> = OnceLock::new();

/// Prints a line. The work goes on if that fails: a reader who has left does not mind, and of anything else (a full disk)
/// the program tells when it ends.
pub fn say(line: &str) {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => drop(UNPRINTED.set(error)),
        _ => {}
    }
}

fn all_is_printed() -> Result<()> {
    UNPRINTED.get().map_or(Ok(()), |error| Err(anyhow!("cannot print: {error}")))
}

/// Runs a program that checkpoints: Ctrl-C asks it to stop, and it exits with 130.
pub fn resumable_exit_code(run: impl FnOnce() -> Result<()>) -> ExitCode {
    exit_code(|| stop::on_ctrl_c().and_then(|()| run()))
}

/// Runs a program; prints an error as one line.
pub fn exit_code(run: impl FnOnce() -> Result<()>) -> ExitCode {
    let Err(error) = run().and_then(|()| all_is_printed()) else { return ExitCode::SUCCESS };
    eprintln!("{}", message::line(&error));
    if error.is::<Nothing>() {
        return ExitCode::SUCCESS;
    }
    if error.is::<Stopped>() { ExitCode::from(130) } else { ExitCode::FAILURE }
}
