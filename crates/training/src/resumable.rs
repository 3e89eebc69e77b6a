//! A job that can be killed at any moment, and goes on from its last checkpoint.

use std::path::{Path, PathBuf};

use anyhow::Result;
use record::table::Log;
use serde::Serialize;
use tch::Tensor;

use crate::Checkpoint;

/// The files of one job: its rows, and its checkpoint.
///
/// Rows written after the last checkpoint are cut off when the job is opened again; the steps that
/// led to them are done again, and lead to the same rows.
pub struct Resumable<const LOGS: usize> {
    checkpoint_file: PathBuf,
    checkpoint: Checkpoint,
    tensors: Vec<(String, Tensor)>,
    logs: [Log; LOGS],
}

impl<const LOGS: usize> Resumable<LOGS> {
    /// Opens the job in this folder, with its row files; where there is a checkpoint, its values are
    /// read into the tensors (which share memory with the network's).
    ///
    /// # Errors
    /// Names the file that cannot be read or written.
    pub fn open(folder: &Path, logs: [&str; LOGS], tensors: Vec<(String, Tensor)>) -> Result<Self> {
        let checkpoint_file = folder.join("checkpoint.safetensors");
        let checkpoint = Checkpoint::load(&checkpoint_file, &tensors)?.unwrap_or_default();
        let mut opened = Vec::with_capacity(LOGS);
        for (index, name) in logs.into_iter().enumerate() {
            let bytes = checkpoint.log_bytes.get(index).copied().unwrap_or(0);
            opened.push(Log::open(&folder.join(name), bytes)?);
        }
        let logs = opened.try_into().unwrap_or_else(|_| unreachable!("one a name"));
        Ok(Self { checkpoint_file, checkpoint, tensors, logs })
    }

    /// Steps done at the last checkpoint; 0 for a new job.
    pub fn step(&self) -> u64 {
        self.checkpoint.step
    }

    /// Whether there is nothing left to do.
    pub fn is_finished(&self) -> bool {
        self.checkpoint.is_finished
    }

    /// Adds rows to one of the row files.
    ///
    /// # Errors
    /// Names the file if it cannot be written.
    pub fn append<Row: Serialize>(
        &mut self,
        log: usize,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<()> {
        self.logs[log].append(rows)
    }

    /// Makes this step, its rows and the tensors as they are now the place to go on from.
    ///
    /// # Errors
    /// Names the file that cannot be written; the previous checkpoint then still holds.
    pub fn save(&mut self, step: u64, is_finished: bool) -> Result<()> {
        let log_bytes = self.logs.iter_mut().map(Log::sync).collect::<Result<_>>()?;
        self.checkpoint = Checkpoint { step, is_finished, log_bytes };
        self.checkpoint.save(&self.checkpoint_file, &self.tensors)
    }
}
