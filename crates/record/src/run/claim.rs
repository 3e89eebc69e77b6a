//! Jobs of a run that several processes share: one has a job at a time, and who did is written down.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Run;
use super::lock::Lock;
use crate::file::{file_names, write_json};
use crate::manifest::Worker;

/// In a job's folder: locked by who works on it, who has, and that it is done.
pub(super) const LOCK: &str = "job-lock";
const WORKERS_FILE: &str = "workers.json";
pub(super) const DONE: &str = "job-done";

/// A job that no other process works on, as long as this is kept.
pub struct Claim {
    done: PathBuf,
    _lock: Lock,
}

impl Claim {
    /// Whether it is done, by this process or another.
    pub fn is_done(&self) -> bool {
        self.done.exists()
    }

    /// The job is done.
    ///
    /// # Errors
    /// If that cannot be written down.
    pub fn done(self) -> Result<()> {
        fs::write(&self.done, "").with_context(|| format!("cannot write {}", self.done.display()))
    }
}

impl Run {
    /// Takes a job, if no other process works on it. Who takes one that is not done is written down.
    ///
    /// # Errors
    /// If its folder cannot be written to, or locked.
    pub fn claim(&self, job: &str) -> Result<Option<Claim>> {
        let folder = self.job_folder(job)?;
        let Some(lock) = Lock::try_alone(&folder.join(LOCK))? else { return Ok(None) };
        let done = folder.join(DONE);
        if !done.exists() {
            note_worker(&folder, Worker::this(job, &self.plan.host.device))?;
        }
        Ok(Some(Claim { done, _lock: lock }))
    }

    /// Who worked on which job, if they were several machines, devices or versions.
    pub(super) fn workers(&self) -> Result<Vec<Worker>> {
        let mut all = Vec::new();
        for name in file_names(&self.unfinished)? {
            all.extend(read_workers(&self.unfinished.join(name)));
        }
        all.sort();
        let place = |worker: &Worker| Worker { job: String::new(), ..worker.clone() };
        let places: BTreeSet<Worker> = all.iter().map(place).collect();
        Ok(if places.len() > 1 { all } else { Vec::new() })
    }
}

fn note_worker(folder: &Path, worker: Worker) -> Result<()> {
    let mut workers = read_workers(folder);
    if workers.last() == Some(&worker) {
        return Ok(());
    }
    workers.push(worker);
    write_json(&folder.join(WORKERS_FILE), &workers)
}

pub(super) fn read_workers(folder: &Path) -> Vec<Worker> {
    let bytes = fs::read(folder.join(WORKERS_FILE)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
