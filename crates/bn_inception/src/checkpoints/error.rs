//! What can be wrong with a checkpoint.

use std::path::PathBuf;

use tch::Kind;

use super::Layout;
use crate::config::ConfigError;

/// A checkpoint that is refused.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Missing, not permitted, cut off, or not safetensors.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What libtorch's reader says.
        source: tch::TchError,
    },
    /// A full disk, a missing folder.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What libtorch's writer says.
        source: tch::TchError,
    },
    /// A tensor is not in the file.
    #[error("{name} is missing: expected shape {expected:?}, found none")]
    Missing {
        /// Its key.
        name: String,
        /// The shape it should have.
        expected: Vec<i64>,
    },
    /// The file has a tensor that this layout does not have.
    #[error("{name} does not belong to this layout: expected none, found shape {found:?}")]
    Extra {
        /// Its key.
        name: String,
        /// Its shape.
        found: Vec<i64>,
    },
    /// A tensor of another network.
    #[error("{name}: expected shape {expected:?}, found {found:?}")]
    Shape {
        /// Its key.
        name: String,
        /// The shape it should have.
        expected: Vec<i64>,
        /// The shape it has.
        found: Vec<i64>,
    },
    /// Whole numbers where real ones belong.
    #[error("{name}: expected floating-point numbers, found {found:?}")]
    Kind {
        /// Its key.
        name: String,
        /// What it holds.
        found: Kind,
    },
    /// Infinite, or not a number.
    #[error("{name}, shape {shape:?}: expected finite numbers, found {bad} that are not")]
    NotFinite {
        /// Its key.
        name: String,
        /// Its shape, which is the expected one.
        shape: Vec<i64>,
        /// How many numbers are infinite or none.
        bad: i64,
    },
    /// No distribution has such a variance.
    #[error("{name}: expected variances, found one below zero")]
    NegativeVariance {
        /// Its key.
        name: String,
    },
    /// A network that the layout's own program does not build.
    #[error("the layout {layout} has no network of this configuration")]
    OtherNetwork {
        /// The layout.
        layout: Layout,
    },
    /// The file's linear layer describes no network.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl std::fmt::Display for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Cadene => "cadene",
            Self::TfSlim => "tf-slim",
        })
    }
}
