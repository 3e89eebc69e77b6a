//! Run folders.
//!
//! An unfinished run lives in `.unfinished/` within the folder of the finished one, under a name
//! that its recipe fixes; starting the same recipe again goes on there. Only when every row is
//! there do the files move into the finished folder, the manifest last. Accepted runs lie
//! elsewhere, and no program writes there.
//!
//! Any number of processes, on machines that share the folder, may work on one run: each takes jobs that nobody
//! has ([`Run::claim`]), and the last one finishes it.

mod claim;
mod guard;
mod handover;
mod lock;
mod plan;
mod unfinished;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::Timestamp;
use recipe::RunRecipe;
use serde::de::DeserializeOwned;

use crate::file::{file_names, sha256, write_atomically, write_json};
use crate::manifest::{self, Manifest, Start};
use crate::{message, table};

pub use crate::scale::Scale;
pub use claim::Claim;
pub use plan::{Plan, accepted, job_name, local, local_folder};
pub use unfinished::{JobSoFar, Unfinished, unfinished};

use lock::Lock;

/// An unfinished run that this process works on, and perhaps others.
pub struct Run {
    plan: Plan,
    finished: PathBuf,
    unfinished: PathBuf,
    /// Of a run that was finished before and kept.
    kept: Option<Manifest>,
    /// Whether it was begun before.
    is_resumed: bool,
    /// Whether other processes were at work on it when this one came.
    is_joined: bool,
    /// Shared with these.
    lock: Option<Lock>,
}

/// Folder of unfinished runs, within the finished one's: both are on one disk.
const UNFINISHED: &str = ".unfinished";
const STARTS_FILE: &str = "starts.json";
/// What is run, for who looks on.
const PLAN_FILE: &str = "plan.json";
/// Locked by all who work on the run; by one alone while it is finished.
const LOCK: &str = "lock";
/// Locked by one while it comes in.
const GATE: &str = "gate";
const STAGE: &str = "finished";
const KEPT: &str = "kept";
/// What a finished run's unfinished folder ends with while it is being removed.
const DONE: &str = "-done";

impl Run {
    /// Opens the run of this plan: a new one, or the interrupted one to go on with.
    ///
    /// # Errors
    /// If the folder cannot be written to or holds other results, or another process works on the same run by
    /// another version of the programs.
    pub fn open(plan: Plan) -> Result<Self> {
        let finished = plan.out.clone().unwrap_or_else(|| plan.default_folder());
        guard::check(&plan, &finished)?;
        let unfinished = finished.join(UNFINISHED).join(plan.name());
        let (lock, _gate, is_joined) = come_in(&finished, &unfinished)?;
        let kept = Manifest::read(&unfinished.join(KEPT)).ok();
        let mut starts = read_starts(&unfinished);
        if kept.is_none() {
            let start = Start::now();
            let others = starts.last().filter(|_| is_joined);
            if let Some(other) = others.filter(|other| other.git_commit != start.git_commit) {
                return Err(they_do_not_mix(other, &start));
            }
            starts.push(start);
            write_json(&unfinished.join(PLAN_FILE), &plan)?;
            write_json(&unfinished.join(STARTS_FILE), &starts)?;
        }
        let is_resumed = kept.is_none() && starts.len() > 1;
        Ok(Self { plan, finished, unfinished, kept, is_resumed, is_joined, lock: Some(lock) })
    }

    /// The finished run of this plan, if it is there.
    pub fn finished(plan: &Plan) -> Option<PathBuf> {
        let folder = plan.out.clone().unwrap_or_else(|| plan.default_folder());
        let found = Manifest::read(&folder).ok()?;
        let is_it = (&found.artefact, found.scale, &found.recipe, &found.seeds)
            == (&plan.artefact, plan.scale, &plan.recipe, &plan.seeds);
        is_it.then_some(folder)
    }

    /// Where the finished run will be.
    pub fn folder(&self) -> &Path {
        &self.finished
    }

    /// Whether this goes on with an interrupted run.
    pub fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// Whether other processes were at work on it when this one came.
    pub fn is_joined(&self) -> bool {
        self.is_joined
    }

    /// Whether this run was finished before by [`Run::finish_and_keep`], so that all jobs are done.
    pub fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Which exhibit.
    pub fn artefact(&self) -> &str {
        &self.plan.artefact
    }

    /// Every setting the result depends on.
    pub fn recipe(&self) -> &RunRecipe {
        &self.plan.recipe
    }

    /// Scale of the run.
    pub fn scale(&self) -> Scale {
        self.plan.scale
    }

    /// The seeds.
    pub fn seeds(&self) -> &[u64] {
        &self.plan.seeds
    }

    /// The folder in which one job keeps its rows and its checkpoint.
    ///
    /// # Errors
    /// Names the folder if it cannot be made.
    pub fn job_folder(&self, job: &str) -> Result<PathBuf> {
        let folder = self.unfinished.join(job);
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot write to {}", folder.display()))?;
        Ok(folder)
    }

    /// Whether a job is done.
    pub fn is_done(&self, job: &str) -> bool {
        self.unfinished.join(job).join(claim::DONE).exists()
    }

    /// The rows of all jobs, one job after the other.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub fn collect<Row: DeserializeOwned>(&self, jobs: &[String], file: &str) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for job in jobs {
            rows.extend(table::read::<Row>(&self.unfinished.join(job).join(file))?);
        }
        Ok(rows)
    }

    /// Lets `write_tables` write the CSV files into a folder, then moves them, with the manifest
    /// last, into the finished run's folder, and removes the unfinished run. All jobs must be done. If another process
    /// does this first, nothing is left to do.
    ///
    /// # Errors
    /// Names the file that could not be written; the unfinished run is then still whole, and the
    /// same command goes on from it.
    pub fn finish(mut self, write_tables: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        if self.be_alone()? {
            self.publish(write_tables)?;
            self.remove()?;
        }
        Ok(self.finished)
    }

    /// Waits until no other process works on the run; whether it is still to be finished then.
    fn be_alone(&mut self) -> Result<bool> {
        let path = self.unfinished.join(LOCK);
        self.lock = None;
        if !path.exists() {
            return Ok(false);
        }
        let lock = Lock::alone(&path)?;
        let is_there = lock.is_at(&path);
        self.lock = Some(lock);
        let is_kept_since = self.kept.is_none() && self.unfinished.join(KEPT).exists();
        Ok(is_there && !is_kept_since)
    }

    /// The same, but the jobs' folders stay: who opens this run again has nothing to do but
    /// to write its tables.
    ///
    /// # Errors
    /// Those of [`Run::finish`].
    pub fn finish_and_keep(
        mut self,
        write_tables: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        if self.be_alone()? {
            let manifest = self.publish(write_tables)?;
            manifest.write(&self.unfinished.join(KEPT))?;
        }
        Ok(self.finished)
    }

    /// Removes the unfinished run. It gives its name away first: a half of it would be taken for an interrupted
    /// run with damaged files.
    fn remove(&self) -> Result<()> {
        let done = with_suffix(&self.unfinished, DONE);
        let parent = self.unfinished.parent().unwrap_or(Path::new("."));
        fs::rename(&self.unfinished, &done)
            .with_context(|| format!("cannot remove {}", self.unfinished.display()))?;
        let _ = fs::remove_dir_all(&done); // or who comes next does it
        let _ = fs::remove_dir(parent); // if no other run is there
        Ok(())
    }

    fn publish(&self, write_tables: impl FnOnce(&Path) -> Result<()>) -> Result<Manifest> {
        let stage = self.unfinished.join(STAGE);
        fs::create_dir_all(&stage).with_context(|| format!("cannot write {}", stage.display()))?;
        write_tables(&stage)?;
        let manifest = self.manifest(&stage)?;
        manifest.write(&stage)?;
        let mut names = file_names(&stage)?;
        names.sort_by_key(|name| name == manifest::FILE);
        for name in names {
            let target = self.finished.join(&name);
            fs::rename(stage.join(&name), &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
        if let Err(error) = remember_last(&self.plan.artefact, &self.finished) {
            eprintln!("'render --last' will not find this run: {}", message::line(&error)); // but it is finished
        }
        Ok(manifest)
    }

    fn manifest(&self, stage: &Path) -> Result<Manifest> {
        let ended = self.kept.as_ref().map_or_else(Timestamp::now, |kept| kept.ended);
        let starts = read_starts(&self.unfinished);
        let begun = starts.first().map_or(ended, |start| start.time);
        let names = file_names(stage)?.into_iter().filter(|name| name != manifest::FILE);
        let sums = names.map(|name| Ok((name.clone(), sha256(&stage.join(&name))?)));
        Ok(Manifest {
            artefact: self.plan.artefact.clone(),
            scale: self.plan.scale,
            recipe: self.plan.recipe.clone(),
            seeds: self.plan.seeds.clone(),
            starts,
            ended,
            wall_time_s: ended.duration_since(begun).as_secs_f64(),
            host: self.plan.host.clone(),
            workers: self.workers()?,
            versions: self.plan.versions.clone(),
            data_sha256: self.plan.data_sha256.clone(),
            amendments: Vec::new(),
            outputs_sha256: sums.collect::<Result<_>>()?,
        })
    }
}

/// Shares the run's lock. Only one at a time comes in, by the gate that is given back, too; and whether others are there.
fn come_in(finished: &Path, unfinished: &Path) -> Result<(Lock, Lock, bool)> {
    let (path, gate_path) = (unfinished.join(LOCK), unfinished.join(GATE));
    loop {
        fs::create_dir_all(unfinished)
            .and_then(|()| tempfile::tempfile_in(finished).map(drop))
            .with_context(|| format!("cannot write to {}", finished.display()))?;
        // Of a run that was killed while it removed what it no longer needed.
        let _ = fs::remove_dir_all(with_suffix(unfinished, DONE));
        let gate = Lock::alone(&gate_path)?;
        let is_joined = Lock::try_alone(&path)?.is_none();
        let lock = Lock::shared(&path)?; // waits while another process finishes the run, and removes it
        if gate.is_at(&gate_path) && lock.is_at(&path) {
            return Ok((lock, gate, is_joined));
        }
    }
}

/// Another process works on the same run by another version of the programs.
fn they_do_not_mix(other: &Start, own: &Start) -> anyhow::Error {
    let commit = |start: &Start| start.git_commit.clone().unwrap_or_else(|| "no commit".to_owned());
    let [other, own] = [other, own].map(|start| commit(start).chars().take(10).collect::<String>());
    anyhow::anyhow!(
        "another process works on this run at {other}, and this program is at {own}; they do not mix"
    )
}

/// What is run in a folder; none if it does not say so, perhaps because it is just being removed.
fn read_plan(folder: &Path) -> Option<Plan> {
    serde_json::from_slice(&fs::read(folder.join(PLAN_FILE)).ok()?).ok()
}

/// The earlier starts; none if the file is missing or was cut by a crash.
fn read_starts(folder: &Path) -> Vec<Start> {
    let bytes = fs::read(folder.join(STARTS_FILE)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn last_file(artefact: &str) -> PathBuf {
    local().join(".last").join(artefact)
}

fn remember_last(artefact: &str, folder: &Path) -> Result<()> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    write_atomically(&last_file(artefact), |file| {
        Ok(std::io::Write::write_all(file, folder.to_string_lossy().as_bytes())?)
    })
}

/// The folder of the run of this artefact that finished last on this machine.
pub fn last(artefact: &str) -> Option<PathBuf> {
    fs::read_to_string(last_file(artefact)).ok().map(PathBuf::from)
}
