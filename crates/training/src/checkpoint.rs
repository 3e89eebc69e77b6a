//! Checkpoints: everything a job needs to go on as if it had never stopped.

use std::path::Path;

use anyhow::{Context, Result};
use record::file::replace;
use safetensors::SafeTensorError;
use tch::{TchError, Tensor};

/// Where a job stands. Written together with the network's tensors into one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Training steps done.
    pub step: u64,
    /// Whether the job has nothing left to do (its last step, or divergence).
    pub is_finished: bool,
    /// Lengths of the job's row files at this step, in bytes.
    pub log_bytes: Vec<u64>,
}

const STATE: &str = "checkpoint/state";
/// What tensors are called that are no part of a network.
const ONLY_FOR_STEPS: [&str; 2] = ["sgd/", "since_last_row/"];

impl Checkpoint {
    /// Writes the checkpoint and the tensors in the place of the previous ones; after a crash
    /// either these or those are there, never a half.
    ///
    /// # Errors
    /// Names the file if it cannot be written.
    pub fn save(&self, path: &Path, tensors: &[(String, Tensor)]) -> Result<()> {
        replace(path, |neighbour| {
            let state = (STATE.to_owned(), Tensor::from_slice(&self.to_numbers()));
            let contiguous =
                tensors.iter().map(|(name, tensor)| (name.clone(), tensor.contiguous()));
            let all: Vec<_> = contiguous.chain([state]).collect();
            Tensor::write_safetensors(&all, neighbour).map_err(in_words)
        })
    }

    /// Reads the checkpoint, if there is one, and its values into the tensors.
    ///
    /// # Errors
    /// Names the file, and the tensor that is missing or has another shape.
    pub fn load(path: &Path, tensors: &[(String, Tensor)]) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let inner = || -> Result<Self> {
            let stored: std::collections::HashMap<String, Tensor> =
                Tensor::read_safetensors(path)?.into_iter().collect();
            for (name, target) in tensors {
                let value = stored.get(name).with_context(|| format!("{name} is missing"))?;
                let (expected, found) = (target.size(), value.size());
                anyhow::ensure!(
                    expected == found,
                    "{name}: expected shape {expected:?}, found {found:?}"
                );
                target.shallow_clone().f_copy_(value)?;
            }
            Self::from_numbers(stored.get(STATE).with_context(|| format!("{STATE} is missing"))?)
        };
        inner().map(Some).with_context(|| {
            format!("cannot go on from {}; remove it to begin anew", path.display())
        })
    }

    /// Copies a network's checkpoint without what only more steps would need.
    ///
    /// # Errors
    /// Names the file that cannot be read or written.
    pub fn copy_network(from: &Path, to: &Path) -> Result<()> {
        let all = Tensor::read_safetensors(from)
            .with_context(|| format!("cannot read {}", from.display()))?;
        let is_kept = |name: &str| !ONLY_FOR_STEPS.iter().any(|part| name.starts_with(part));
        let kept: Vec<_> = all.into_iter().filter(|(name, _)| is_kept(name)).collect();
        Tensor::write_safetensors(&kept, to)
            .map_err(in_words)
            .with_context(|| format!("cannot write {}", to.display()))
    }

    fn to_numbers(&self) -> Vec<i64> {
        let lengths = self.log_bytes.iter().map(|&bytes| bytes as i64);
        [self.step as i64, i64::from(self.is_finished)].into_iter().chain(lengths).collect()
    }

    fn from_numbers(state: &Tensor) -> Result<Self> {
        let numbers = Vec::<i64>::try_from(state)?;
        let [step, is_finished, ref log_bytes @ ..] = numbers[..] else {
            anyhow::bail!("{STATE} has {} numbers", numbers.len());
        };
        let log_bytes = log_bytes.iter().map(|&bytes| bytes as u64).collect();
        Ok(Self { step: step as u64, is_finished: is_finished != 0, log_bytes })
    }
}

/// What the system says of a file, as it says it (a full disk), and not by the name of the temporary file.
fn in_words(error: TchError) -> anyhow::Error {
    match error {
        TchError::SafeTensorError { err: SafeTensorError::IoError(error), .. } => error.into(),
        error => error.into(),
    }
}
