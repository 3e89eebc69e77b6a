//! The rows of Figure 2 (§4.2.2), `results/fig2/*.csv`, and what is derived from them without training:
//! the single-network table (the paper's Figure 3) and the verdicts on what the paper claims of it.

mod claims;
mod paper;
mod quantity;
mod rates;
mod single;
mod summary;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::run::Scale;

pub use claims::{ClaimRow, claims};
pub use paper::Paper;
pub use quantity::{
    DIVERGED, GAIN, MAXIMUM, OVER_CHANCE, Quantity, SHARE, SPEED_UP, STEPS, X30_LESS_OTHERS,
    X30_LESS_X5, X30_OVER_X5, quantities,
};
pub use rates::{RATES_FILE, RateRow, best_rate};
pub use single::{AT_CHANCE, Known, Single, singles};
pub use summary::{SingleRow, summary};

/// Name of the file with the [`CurveRow`]s.
pub const CURVES_FILE: &str = "curves.csv";
/// Name of the file with an [`OutcomeRow`] for each training.
pub const OUTCOMES_FILE: &str = "outcomes.csv";

/// A row of the comparison: the paper's five networks, and two that its text claims things of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Network {
    /// Without BN.
    Inception,
    /// Inception with BN before each nonlinearity.
    #[serde(rename = "BN-Baseline")]
    BnBaseline,
    /// BN and the changes of §4.2.1, at 5 times the rate.
    #[serde(rename = "BN-x5")]
    BnX5,
    /// BN-x5 at 30 times the rate.
    #[serde(rename = "BN-x30")]
    BnX30,
    /// BN-x5 with sigmoids.
    #[serde(rename = "BN-x5-Sigmoid")]
    BnX5Sigmoid,
    /// Inception at 5 times its rate, of which the text says that it diverges.
    #[serde(rename = "Inception at 5x")]
    InceptionX5,
    /// Inception with sigmoids, of which the text says that it stays at chance.
    #[serde(rename = "Inception with sigmoid")]
    InceptionSigmoid,
}

impl Network {
    /// All of them, the paper's five in the order of its table first.
    pub const ALL: [Self; 7] = [
        Self::Inception,
        Self::BnBaseline,
        Self::BnX5,
        Self::BnX30,
        Self::BnX5Sigmoid,
        Self::InceptionX5,
        Self::InceptionSigmoid,
    ];

    /// The name: of the paper's five, as printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inception => "Inception",
            Self::BnBaseline => "BN-Baseline",
            Self::BnX5 => "BN-x5",
            Self::BnX30 => "BN-x30",
            Self::BnX5Sigmoid => "BN-x5-Sigmoid",
            Self::InceptionX5 => "Inception at 5x",
            Self::InceptionSigmoid => "Inception with sigmoid",
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A network in training, each time that it is validated; step 0 is before the first step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: Network,
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
    /// Which network.
    pub network: Network,
    /// Its seed.
    pub seed: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Training steps done then.
    pub step: u64,
}
