//! The rows of most exhibits: a value of a seed and a series, at a place.

use serde::{Deserialize, Serialize};

use crate::run::Scale;

/// Name of the file with the [`PointRow`]s.
pub const POINTS_FILE: &str = "points.csv";

/// A row of `points.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointRow {
    /// Scale of the run.
    pub scale: Scale,
    /// What it was measured of, for instance a network.
    pub series: String,
    /// The seed.
    pub seed: u64,
    /// What was measured.
    pub metric: String,
    /// Where: a training step, a factor, the size of a mini-batch.
    pub x: f64,
    /// The number; it may be infinite, or none.
    pub value: f64,
}
