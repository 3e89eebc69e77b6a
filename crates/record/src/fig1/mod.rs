//! Figure 1 (§4.1): the rows of its CSV files, and what is derived from them without training.

mod drift;
mod sweep;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::run::Scale;

pub use drift::{DRIFT_WARM_UP_STEPS, DRIFT_WINDOW, DriftRow, Window, drift};
pub use sweep::{
    Cell, SensitivityCurveRow, SensitivityRow, Setting, cells, is_eligible, typical_setting,
};

/// Name of the file with the [`AccuracyRow`]s, and with the sweep's [`SensitivityRow`]s.
pub const ACCURACY_FILE: &str = "accuracy.csv";
/// Name of the file with the [`ActivationRow`]s.
pub const ACTIVATIONS_FILE: &str = "activations.csv";
/// Name of the file with the [`SensitivityCurveRow`]s.
pub const SENSITIVITY_CURVES_FILE: &str = "curves.csv";
/// Name of the file with the [`DriftRow`]s.
pub const DRIFT_FILE: &str = "drift.csv";

/// The two networks, named as the paper's legend names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SigmoidNetwork {
    /// Three hidden layers of sigmoid(Wu + b).
    #[serde(rename = "Without BN")]
    WithoutBn,
    /// Three hidden layers of sigmoid(BN(Wu)).
    #[serde(rename = "With BN")]
    WithBn,
}

impl SigmoidNetwork {
    /// Both, in the order of the paper's panels.
    pub const BOTH: [Self; 2] = [Self::WithoutBn, Self::WithBn];

    /// The name as printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::WithoutBn => "Without BN",
            Self::WithBn => "With BN",
        }
    }
}

impl fmt::Display for SigmoidNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A row of `results/fig1/accuracy.csv`: panel (a).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccuracyRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: SigmoidNetwork,
    /// Seed of its initial weights and order.
    pub seed: u64,
    /// Training steps done.
    pub step: u64,
    /// Share of the 10,000 test images classified rightly, with population statistics (Algorithm 2).
    pub test_accuracy_fraction: f64,
    /// The same with moving averages; empty without BN.
    pub test_accuracy_moving_average_fraction: Option<f64>,
    /// Mean cross-entropy of the mini-batches since the row before; empty at step 0.
    pub training_loss_nats: Option<f64>,
}

/// A row of `results/fig1/activations.csv`: panels (b) and (c), for every unit.
///
/// The input of a sigmoid is a pure number; percentiles are over the 10,000 test images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivationRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: SigmoidNetwork,
    /// Seed of its initial weights and order.
    pub seed: u64,
    /// Training steps done.
    pub step: u64,
    /// Unit of the last hidden layer, 0–99.
    pub unit: usize,
    /// 15th percentile of the unit's input.
    pub input_p15: f64,
    /// Median.
    pub input_p50: f64,
    /// 85th percentile.
    pub input_p85: f64,
}
