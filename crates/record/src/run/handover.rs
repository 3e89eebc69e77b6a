//! Finished jobs of an unfinished run, handed over from machine to machine: what a run takes may be more than one machine is
//! there for.
//!
//! ```text
//! SCALE/RUN/    the plan, when it was worked on, and for each finished job
//!     JOB/      its rows, who did it, that it is done; its network, where the run needs it again
//! ```
//!
//! RUN is the name that the plan fixes: data, recipe, seeds, device and versions are the same, or it is another run. What two
//! runs have in common are trainings of the same recipe and seed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::claim::DONE;
use super::unfinished::{JobSoFar, Unfinished, folders};
use super::{PLAN_FILE, Plan, Run, STARTS_FILE, claim, read_plan, read_starts};
use crate::file::{file_names, write_json};
use crate::manifest::Start;

fn folder(root: &Path, plan: &Plan) -> PathBuf {
    root.join(plan.scale.name()).join(plan.name())
}

impl Unfinished {
    /// Copies the finished jobs that are not under `root` yet, without the files that `is_left_out` names; returns what they
    /// are called. `add` adds files to a job's copy, given its folder.
    ///
    /// # Errors
    /// Names the file that cannot be read or written.
    pub fn hand_over(
        &self,
        root: &Path,
        is_left_out: impl Fn(&str) -> bool,
        add: impl Fn(&Path, &Path) -> Result<()>,
    ) -> Result<Vec<String>> {
        let to = folder(root, &self.plan);
        let is_new = |job: &&JobSoFar| job.is_done && !to.join(&job.name).exists();
        let jobs: Vec<&JobSoFar> = self.jobs.iter().filter(is_new).collect();
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        fs::create_dir_all(&to).with_context(|| format!("cannot write {}", to.display()))?;
        let plan = Plan { out: None, ..self.plan.clone() };
        write_json(&to.join(PLAN_FILE), &plan)?;
        write_json(&to.join(STARTS_FILE), &merged(read_starts(&to), &self.starts))?;
        for job in &jobs {
            let from = self.folder.join(&job.name);
            let stage = tempfile::Builder::new().prefix(".job-").tempdir_in(&to)?;
            copy_files(&from, stage.path(), |name| name != claim::LOCK && !is_left_out(name))?;
            add(&from, stage.path())?;
            let to = to.join(&job.name);
            fs::rename(stage.path(), &to)
                .with_context(|| format!("cannot write {}", to.display()))?;
        }
        Ok(jobs.iter().map(|job| job.name.clone()).collect())
    }
}

impl Run {
    /// Takes over the jobs of this run that are finished under `root`, and not here; returns what they are called. They may
    /// be of another plan that has the same trainings among its own.
    ///
    /// # Errors
    /// Names the file that cannot be read or written.
    pub fn adopt(&self, root: &Path) -> Result<Vec<String>> {
        let mut adopted = Vec::new();
        for from in folders(&root.join(self.plan.scale.name())) {
            let Some(plan) = read_plan(&from) else { continue };
            let jobs = self.adopt_from(&from, &plan)?;
            if !jobs.is_empty() {
                let starts = merged(read_starts(&from), &read_starts(&self.unfinished));
                write_json(&self.unfinished.join(STARTS_FILE), &starts)?;
            }
            adopted.extend(jobs);
        }
        Ok(adopted)
    }

    fn adopt_from(&self, from: &Path, plan: &Plan) -> Result<Vec<String>> {
        let mut adopted = Vec::new();
        for job in folders(from).iter().filter(|job| job.join(DONE).exists()) {
            let name = job.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !self.plan.has_job_of(plan, &name) {
                continue;
            }
            let Some(claim) = self.claim(&name)?.filter(|claim| !claim.is_done()) else { continue };
            let to = self.job_folder(&name)?;
            clear(&to)?;
            copy_files(job, &to, |name| name != DONE)?;
            claim.done()?;
            adopted.push(name);
        }
        Ok(adopted)
    }
}

/// All of these starts, each once, in the order of time.
fn merged(mut starts: Vec<Start>, others: &[Start]) -> Vec<Start> {
    for start in others {
        if !starts.contains(start) {
            starts.push(start.clone());
        }
    }
    starts.sort_by_key(|start| start.time);
    starts
}

/// Removes what a job has so far, the checkpoint among it: rows of another machine do not go with it.
fn clear(job: &Path) -> Result<()> {
    for name in file_names(job)?.iter().filter(|name| *name != claim::LOCK) {
        let path = job.join(name);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

fn copy_files(from: &Path, to: &Path, is_copied: impl Fn(&str) -> bool) -> Result<()> {
    for name in file_names(from)?.iter().filter(|name| is_copied(name)) {
        let (from, to) = (from.join(name), to.join(name));
        fs::copy(&from, &to)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    }
    Ok(())
}
