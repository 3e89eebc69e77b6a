//! Claims that are measured in single layers and in the network of Figure 1, on MNIST: one run of all of a
//! claim's subjects and seeds.

use std::fmt::Display;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::CommonArgs;
use crate::command_line::{Request, ScaleArgs, ScaleChoice};
use crate::job::Job;
use crate::mnist::BinaryMnist;
use crate::points::{Points, finish, measure};

/// Options of such a claim.
#[derive(Args, Clone, Debug)]
pub struct MeasurementArgs {
    #[command(flatten)]
    scale: ScaleArgs,

    #[command(flatten)]
    common: CommonArgs,
}

/// Everything that the measurements of a claim depend on, beside the seeds.
pub trait Measurements: PartialEq + Serialize + Sync {
    /// Which claim.
    const ARTEFACT: &'static str;
    /// Steps of each training.
    const STEPS: u64;
    /// The same, to see whether it works.
    const SMOKE_STEPS: u64;
    /// Seeds, without an option.
    const SEEDS: u64;

    /// What is compared: networks, layers, trainings.
    type Subject: Copy + Display + Sync;

    /// The measurements over so many steps.
    fn of_steps(steps: u64) -> Self;

    /// All subjects; what takes longest comes first.
    fn subjects() -> Vec<Self::Subject>;

    /// Measures one subject of one seed.
    ///
    /// # Errors
    /// If a stop was asked for.
    fn measure(
        &self,
        job: Job<Self::Subject>,
        mnist: &BinaryMnist,
        points: &mut Points,
    ) -> Result<()>;
}

/// Measures every subject of every seed, side by side, and prints what that says of the claims.
///
/// # Errors
/// If the data cannot be read, a file cannot be written, or a stop was asked for.
pub fn run<M: Measurements>(args: &MeasurementArgs) -> Result<()> {
    let default = match args.scale.scale {
        ScaleChoice::Full => M::STEPS,
        ScaleChoice::Smoke => M::SMOKE_STEPS,
    };
    let recipe = M::of_steps(args.common.steps.unwrap_or(default));
    let mnist = BinaryMnist::load(args.common.data.as_deref())?;
    let run = args.common.open_run(Request {
        artefact: M::ARTEFACT,
        scale: args.scale.scale.into(),
        recipe: &recipe,
        default_recipe: &M::of_steps(default),
        default_seeds: M::SEEDS,
        data_sha256: data::Mnist::sha256(),
    })?;
    let subjects = M::subjects();
    let of_subject = |&network| run.seeds().iter().map(move |&seed| Job { network, seed });
    let jobs: Vec<Job<M::Subject>> = subjects.iter().flat_map(of_subject).collect();
    measure(&run, &jobs, args.common.jobs(), |job, points| recipe.measure(*job, &mnist, points))?;
    finish(run, &jobs)
}
