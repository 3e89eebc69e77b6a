//! A job that can be killed at any moment, and goes on from its last checkpoint.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use record::table::{self, Log};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tch::Tensor;

use crate::Checkpoint;

/// Name of a job's checkpoint.
pub const CHECKPOINT_FILE: &str = "checkpoint.safetensors";

/// The files of one job: its rows, and its checkpoint.
///
/// Rows written after the last checkpoint are cut off when the job is opened again; the steps that
/// led to them are done again, and lead to the same rows.
pub struct Resumable {
    /// The row files.
    pub rows: Rows,
    checkpoint_file: PathBuf,
    checkpoint: Checkpoint,
    tensors: Vec<(String, Tensor)>,
}

/// The row files of one job, by name.
pub struct Rows {
    folder: PathBuf,
    logs: Vec<(String, Log)>,
}

impl Resumable {
    /// Opens the job in this folder, with its row files; where there is a checkpoint, its values are
    /// read into the tensors (which share memory with the network's).
    ///
    /// # Errors
    /// Names the file that cannot be read or written.
    pub fn open(folder: &Path, logs: &[&str], tensors: Vec<(String, Tensor)>) -> Result<Self> {
        let checkpoint_file = folder.join(CHECKPOINT_FILE);
        let checkpoint = Checkpoint::load(&checkpoint_file, &tensors)?.unwrap_or_default();
        let log = |(index, name): (usize, &&str)| {
            let bytes = checkpoint.log_bytes.get(index).copied().unwrap_or(0);
            Ok(((*name).to_owned(), Log::open(&folder.join(name), bytes)?))
        };
        let logs = logs.iter().enumerate().map(log).collect::<Result<_>>()?;
        let rows = Rows { folder: folder.to_owned(), logs };
        Ok(Self { rows, checkpoint_file, checkpoint, tensors })
    }

    /// Steps done at the last checkpoint; 0 for a new job.
    pub fn step(&self) -> u64 {
        self.checkpoint.step
    }

    /// Whether there is nothing left to do.
    pub fn is_finished(&self) -> bool {
        self.checkpoint.is_finished
    }

    /// Makes this step, its rows and the tensors as they are now the place to go on from.
    ///
    /// # Errors
    /// Names the file that cannot be written; the previous checkpoint then still holds.
    pub fn save(&mut self, step: u64, is_finished: bool) -> Result<()> {
        let logs = self.rows.logs.iter_mut();
        let log_bytes = logs.map(|(_, log)| log.sync()).collect::<Result<_>>()?;
        self.checkpoint = Checkpoint { step, is_finished, log_bytes };
        self.checkpoint.save(&self.checkpoint_file, &self.tensors)
    }
}

impl Rows {
    /// Adds rows to one of the files.
    ///
    /// # Errors
    /// Names the file if it cannot be written, or is none of the job's.
    pub fn append<Row: Serialize>(
        &mut self,
        name: &str,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<()> {
        self.log(name)?.append(rows)
    }

    /// The rows that one of the files has so far, those before an interruption included.
    ///
    /// # Errors
    /// Names the file if it cannot be written or read, or is none of the job's.
    pub fn so_far<Row: DeserializeOwned>(&mut self, name: &str) -> Result<Vec<Row>> {
        self.log(name)?.sync()?;
        table::read(&self.folder.join(name))
    }

    /// The files.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.logs.iter().map(|(name, _)| self.folder.join(name))
    }

    fn log(&mut self, name: &str) -> Result<&mut Log> {
        let found = self.logs.iter_mut().find(|(of, _)| of == name);
        found.map(|(_, log)| log).with_context(|| format!("{name} is no row file of this job"))
    }
}
