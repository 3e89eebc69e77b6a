//! Unfinished runs, as who looks on sees them. Nothing is locked: a lock that is held for a moment would be taken for
//! another process at work.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Result;
use jiff::Timestamp;
use recipe::Recipe;

use super::claim::{self, read_workers};
use super::{DONE, KEPT, Plan, UNFINISHED, local, read_plan, read_starts};
use crate::file::row_files;
use crate::manifest::{Start, Worker};
use crate::scalars::{Follower, Scalar};

/// An unfinished run.
#[derive(Clone, Debug)]
pub struct Unfinished {
    /// Where it is.
    pub folder: PathBuf,
    /// What is run.
    pub plan: Plan,
    /// When work was taken up.
    pub starts: Vec<Start>,
    /// The jobs that were begun, by name.
    pub jobs: Vec<JobSoFar>,
    /// When this was read.
    pub seen: Timestamp,
}

/// A job that was begun.
#[derive(Clone, Debug)]
pub struct JobSoFar {
    /// Its folder's name.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// What it trains, if it is one of the run's trainings.
    pub recipe: Option<Recipe>,
    /// Who took it last.
    pub worker: Worker,
    /// Whether it is done.
    pub is_done: bool,
    /// The numbers of its rows.
    pub scalars: Vec<Scalar>,
    /// How long ago the newest row was written.
    pub quiet: Option<Duration>,
}

/// The unfinished runs under [`local`], by folder.
///
/// # Errors
/// Names the row file that cannot be read.
pub fn unfinished() -> Result<Vec<Unfinished>> {
    let runs = folders(&local()).into_iter().flat_map(|scale| folders(&scale));
    let runs = runs.flat_map(|run| folders(&run.join(UNFINISHED)));
    let is_over = |run: &PathBuf| run.join(KEPT).exists() || run.to_string_lossy().ends_with(DONE);
    runs.filter(|run| !is_over(run)).filter_map(|run| Unfinished::read(&run).transpose()).collect()
}

pub(super) fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

impl Unfinished {
    /// None of a folder that does not say what is run.
    fn read(folder: &Path) -> Result<Option<Self>> {
        let Some(plan) = read_plan(folder) else { return Ok(None) };
        let jobs = folders(folder);
        let jobs = jobs.iter().filter_map(|job| JobSoFar::read(job, &plan).transpose());
        let (jobs, starts) = (jobs.collect::<Result<_>>()?, read_starts(folder));
        Ok(Some(Self { folder: folder.to_owned(), plan, starts, jobs, seen: Timestamp::now() }))
    }

    /// Jobs that nobody has begun; none are known of a run that does more than its trainings.
    pub fn waiting(&self) -> usize {
        let all = self.plan.recipe.trainings.len() * self.plan.seeds.len().max(1);
        all.saturating_sub(self.jobs.len())
    }

    /// Steps of all trainings that have rows, and of all.
    pub fn steps(&self) -> (u64, u64) {
        let of_seed: u64 = self.plan.recipe.trainings.iter().map(|recipe| recipe.steps).sum();
        let all = of_seed * self.plan.seeds.len().max(1) as u64;
        (self.jobs.iter().map(JobSoFar::step).sum::<u64>().min(all), all)
    }

    /// The time to its end, if it goes on as from its first start to its newest row, pauses included; none before a row.
    pub fn left(&self) -> Option<Duration> {
        let (done, all) = self.steps();
        let quiet = self.jobs.iter().filter_map(|job| job.quiet).min()?;
        let begun = self.starts.first()?.time;
        let worked =
            Duration::try_from(self.seen.duration_since(begun)).ok()?.checked_sub(quiet)?;
        (done > 0).then(|| worked.mul_f64((all - done) as f64 / done as f64))
    }
}

impl JobSoFar {
    /// None of a folder that is no job's.
    fn read(folder: &Path, plan: &Plan) -> Result<Option<Self>> {
        let Some(worker) = read_workers(folder).pop() else { return Ok(None) };
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let seed = name.rsplit_once("-seed").and_then(|(_, seed)| seed.parse().ok()).unwrap_or(0);
        let recipe = plan.training(&name).cloned();
        let (mut scalars, mut newest) = (Vec::new(), None);
        for rows in row_files(folder)?.iter().map(|name| folder.join(name)) {
            newest = newest.max(fs::metadata(&rows).and_then(|rows| rows.modified()).ok());
            scalars.extend(Follower::new(rows).news()?);
        }
        let quiet = newest.and_then(|newest| SystemTime::now().duration_since(newest).ok());
        let is_done = folder.join(claim::DONE).exists();
        Ok(Some(Self { name, seed, recipe, worker, is_done, scalars, quiet }))
    }

    /// Steps up to its newest row, if it is a training; all if it is done: it may have ended by divergence.
    pub fn step(&self) -> u64 {
        let Some(recipe) = &self.recipe else { return 0 };
        let rows = self.scalars.iter().map(|scalar| scalar.step).max().unwrap_or(0);
        if self.is_done { recipe.steps } else { rows.min(recipe.steps) }
    }
}
