//! The work of a run: its jobs side by side, and their rows.

use std::error::Error;
use std::fmt::{self, Display};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use bn_inception::Execution;
use recipe::{NetworkConfig, Recipe};
use record::file::write_atomically;
use record::point::POINTS_FILE;
use record::run::{Run, Scale};
use record::table;
use serde::de::DeserializeOwned;
use training::{Checkpoints, Course, Progress, Replicas, side_by_side};

use crate::command_line::say;
use crate::{Job, Points};

/// An open run, and what it is done with.
pub struct Work {
    /// The run.
    pub run: Run,
    /// Jobs side by side.
    pub threads: usize,
    /// Device and arithmetic.
    pub execution: Execution,
    /// Where `TensorBoard` looks, if anywhere: a folder for each training.
    pub tensorboard: Option<PathBuf>,
    /// Where trained networks of BN-Inception are kept, if anywhere.
    pub networks: Option<PathBuf>,
    /// The processes that train each of them together, if there are several.
    pub replicas: Option<Arc<dyn Replicas>>,
}

const CHECKPOINT_STEPS: u64 = 2_500;

impl Work {
    /// Scale of the run.
    pub fn scale(&self) -> Scale {
        self.run.scale()
    }

    /// Its trainings, of each seed. Seed by seed, so that one seed of all is there as early as can be.
    pub fn trainings(&self) -> Vec<Job<&Recipe>> {
        let of_seed = |&seed| self.recipes().iter().map(move |subject| Job { subject, seed });
        self.run.seeds().iter().flat_map(of_seed).collect()
    }

    /// Other subjects, of each seed.
    pub fn jobs<Subject: Copy>(&self, subjects: &[Subject]) -> Vec<Job<Subject>> {
        let of_subject = |&subject| self.run.seeds().iter().map(move |&seed| Job { subject, seed });
        subjects.iter().flat_map(of_subject).collect()
    }

    fn recipes(&self) -> &[Recipe] {
        &self.run.recipe().trainings
    }

    /// Counts the steps of these trainings; images a second, where all have mini-batches of one size.
    pub fn progress(trainings: &[Job<&Recipe>]) -> Progress {
        let steps = trainings.iter().map(|job| job.subject.steps).sum();
        let size = trainings.first().map_or(0, |job| job.subject.mini_batch);
        let is_of_images = trainings.iter().all(|job| {
            matches!(job.subject.network, NetworkConfig::BnInception(_))
                && job.subject.mini_batch == size
        });
        if is_of_images { Progress::of_images(steps, size) } else { Progress::new(steps) }
    }

    /// The course of a job: rows of [`POINTS_FILE`] at step 0 and at the end, and a checkpoint about every second of
    /// MNIST. Others have other rows.
    ///
    /// # Errors
    /// Names the folder that cannot be made.
    pub fn course<'a>(
        &self,
        job: &Job<impl Display>,
        steps: u64,
        progress: &'a Progress,
    ) -> Result<Course<'a>> {
        Ok(Course {
            name: job.to_string(),
            folder: self.run.job_folder(&job.folder())?,
            logs: &[POINTS_FILE],
            steps,
            is_row: &|_| false,
            checkpoints: Checkpoints::Every(CHECKPOINT_STEPS),
            events: self.tensorboard.as_ref().map(|folder| folder.join(job.folder())),
            progress,
        })
    }

    /// Does every training, side by side.
    ///
    /// # Errors
    /// The first failure, or that a stop was asked for.
    pub fn train(
        &self,
        trainings: &[Job<&Recipe>],
        train: impl Fn(&Job<&Recipe>, &Progress) -> Result<()> + Sync,
    ) -> Result<()> {
        let is_left = |job: &&Job<&Recipe>| !self.run.is_done(&job.folder());
        let left: Vec<Job<&Recipe>> = trainings.iter().filter(is_left).copied().collect();
        let progress = Self::progress(&left);
        self.share(&left, Job::folder, |job| train(job, &progress))
    }

    /// Does the jobs that are not done, side by side, each in a folder of its own; those that another process works on are
    /// left to it.
    ///
    /// # Errors
    /// The first failure, that a stop was asked for, or [`Nothing::Elsewhere`] if others have what is left.
    pub fn share<Subject: Sync>(
        &self,
        jobs: &[Subject],
        folder: impl Fn(&Subject) -> String + Sync,
        work: impl Fn(&Subject) -> Result<()> + Sync,
    ) -> Result<()> {
        let mut left: Vec<&Subject> = jobs.iter().collect();
        loop {
            let taken = Mutex::new(Vec::new());
            side_by_side(&left, self.threads, |job| {
                let Some(claim) = self.run.claim(&folder(job))? else {
                    taken.lock().unwrap_or_else(PoisonError::into_inner).push(*job);
                    return Ok(());
                };
                if claim.is_done() {
                    return Ok(());
                }
                work(job)?;
                claim.done()
            })?;
            let taken = taken.into_inner().unwrap_or_else(PoisonError::into_inner);
            match taken.len() {
                0 => return Ok(()),
                count if count == left.len() => return Err(Nothing::Elsewhere(count).into()),
                _ => left = taken,
            }
        }
    }

    /// Measures every job, side by side, where that takes a moment; what takes longer is a training.
    ///
    /// # Errors
    /// The first failure, or that a stop was asked for.
    pub fn measure<Subject: Display + Sync>(
        &self,
        jobs: &[Job<Subject>],
        measure: impl Fn(&Job<Subject>, &mut Points) -> Result<()> + Sync,
    ) -> Result<()> {
        self.share(jobs, Job::folder, |job| {
            let file = self.run.job_folder(&job.folder())?.join(POINTS_FILE);
            let mut points = Points::of(self.scale(), job);
            measure(job, &mut points)?;
            table::write(&file, points.take_rows())
        })
    }

    /// The trainings' rows, in the order of the finished files: that of the recipes, and of the seeds.
    ///
    /// # Errors
    /// Names the folder that cannot be made.
    pub fn rows(&self) -> Result<JobRows> {
        let recipes: Vec<&Recipe> = self.recipes().iter().collect();
        self.rows_of(&self.jobs(&recipes))
    }

    /// The rows of these jobs.
    ///
    /// # Errors
    /// Names the folder that cannot be made.
    pub fn rows_of(&self, jobs: &[Job<impl Display>]) -> Result<JobRows> {
        Ok(JobRows {
            root: self.run.job_folder("")?,
            folders: jobs.iter().map(Job::folder).collect(),
        })
    }

    /// Finishes the run with the files that `write` writes, and says where it is.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn finish(self, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        tell(&self.run.finish(write)?);
        Ok(())
    }

    /// Finishes the run with row files of the trainings.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn finish_with_rows(self, files: &[&str]) -> Result<()> {
        let rows = self.rows()?;
        self.finish(|stage| files.iter().try_for_each(|file| rows.collect(file, stage)))
    }
}

/// Why a process has nothing to do, or nothing more.
#[derive(Debug)]
pub enum Nothing {
    /// So many jobs are in other processes' hands.
    Elsewhere(usize),
    /// The run is finished, and here.
    Finished(PathBuf),
    /// It was a replica that the leader needs no more.
    Followed,
}

impl Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere(jobs) => write!(
                f,
                "all that is left, {jobs} of the run's jobs, is in other processes' hands; the last of them finishes it"
            ),
            Self::Finished(folder) => write!(f, "finished before: {}", folder.display()),
            Self::Followed => f.write_str("the training is in the hands of replica 0"),
        }
    }
}

impl Error for Nothing {}

/// Row files of some jobs of a run.
pub struct JobRows {
    root: PathBuf,
    folders: Vec<String>,
}

impl JobRows {
    /// The same, and those of other jobs after them.
    #[must_use]
    pub fn and(mut self, jobs: &[Job<impl Display>]) -> Self {
        self.folders.extend(jobs.iter().map(Job::folder));
        self
    }

    /// A job's file.
    fn paths(&self, file: &str) -> impl Iterator<Item = PathBuf> {
        self.folders.iter().map(move |folder| self.root.join(folder).join(file))
    }

    /// The rows of one file, those of each job by themselves.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub fn read<Row: DeserializeOwned>(&self, file: &str) -> Result<Vec<Vec<Row>>> {
        self.paths(file).map(|path| table::read(&path)).collect()
    }

    /// Writes a row file of all jobs, one after the other, into the stage of the finished run.
    ///
    /// # Errors
    /// Names the file that cannot be read or written.
    pub fn collect(&self, file: &str, stage: &Path) -> Result<()> {
        let mut header: Option<String> = None;
        write_atomically(&stage.join(file), |whole| {
            for path in self.paths(file) {
                let rows = fs::read_to_string(&path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                let Some((first, rest)) = rows.split_once('\n') else { continue };
                let is_first = header.is_none();
                let header = header.get_or_insert_with(|| first.to_owned());
                ensure!(header == first, "{} has other columns", path.display());
                whole.write_all(if is_first { &rows } else { rest }.as_bytes())?;
            }
            Ok(())
        })
    }
}

/// Says where a finished run is.
pub fn tell(folder: &Path) {
    say(&format!("rows and manifest: {}", folder.display()));
}
