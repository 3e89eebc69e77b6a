//! The rows of Figure 2 (§4.2.2), `curves.csv` and `outcomes.csv`.

use serde::{Deserialize, Serialize};

use crate::run::Scale;

/// Name of the file with the [`CurveRow`]s.
pub const CURVES_FILE: &str = "curves.csv";
/// Name of the file with an [`OutcomeRow`] for each training.
pub const OUTCOMES_FILE: &str = "outcomes.csv";

/// A network in training, each time that it is validated; step 0 is before the first step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which training, by its recipe's name.
    pub network: String,
    /// Seed of its initial weights, order and augmentation.
    pub seed: u64,
    /// Training steps done.
    pub step: u64,
    /// Learning rate of the next step.
    pub learning_rate: f64,
    /// Mean cross-entropy of the mini-batches since the last row.
    pub training_loss_nats: Option<f64>,
    /// Mean norm of the gradient of the mini-batches since the last row, without L2.
    pub gradient_norm: Option<f64>,
    /// Smallest of BN's moving variances; empty without BN.
    pub moving_var_min: Option<f64>,
    /// Largest of BN's moving variances.
    pub moving_var_max: Option<f64>,
    /// Largest absolute value of BN's moving means.
    pub moving_mean_max: Option<f64>,
    /// Share of the validation images classified rightly, single centre crop.
    pub top1_accuracy: f64,
    /// Share of the validation images whose class is among the five most probable.
    pub top5_accuracy: f64,
    /// Mean cross-entropy of the validation images.
    pub validation_loss_nats: f64,
    /// Damaged training images that were left out since the last row.
    pub skipped_images: u64,
}

/// How a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It did all its steps.
    Finished,
    /// Its loss or its gradient was no longer finite.
    Diverged,
}

/// The end of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which training, by its recipe's name.
    pub network: String,
    /// Its seed.
    pub seed: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Training steps done then.
    pub step: u64,
    /// Share of the test images that the trained network classifies rightly, by the population's statistics; of
    /// trainings with held-out images, which are looked at before.
    #[serde(default)]
    pub test_top1_accuracy: Option<f64>,
    /// The same by its moving averages.
    #[serde(default)]
    pub test_top1_accuracy_by_moving_averages: Option<f64>,
}
