//! The rows of the ensemble's table (§4.2.3, Figure 4), `results/table-ensemble/*.csv`, and how they come
//! from what the networks answer.

mod answers;
mod errors;
mod store;

use serde::{Deserialize, Serialize};

use crate::run::Scale;

pub use answers::{Answers, Crops};
pub use errors::{Evaluation, RESAMPLES, UNMODIFIED};
pub use store::Part;

/// Name of the file with a [`MemberRow`] for each network.
pub const MEMBERS_FILE: &str = "members.csv";
/// Name of the file with the [`ErrorRow`]s.
pub const ERRORS_FILE: &str = "errors.csv";
/// Name of the file with the [`GainRow`]s.
pub const GAINS_FILE: &str = "gains.csv";

/// One network of the ensemble, and what sets it apart from BN-x30.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Its number, from 1; its seed, too, if we trained it.
    pub member: u64,
    /// What it is, in words; the file's name if somebody else trained it.
    pub network: String,
    /// Factor on the convolutions' initial weights; empty of others' networks, as what follows.
    pub convolution_gain: Option<f64>,
    /// Share of the linear layer's inputs that Dropout sets to 0 in training.
    pub dropout: Option<f64>,
    /// Whether the last module normalises each activation by itself.
    pub is_per_activation: Option<bool>,
    /// Steps of its training.
    pub steps: Option<u64>,
    /// Share of the held-out pictures that it classifies rightly, if there are any: what the best one is chosen by.
    #[serde(default)]
    pub held_out_accuracy: Option<f64>,
}

/// The member that classifies most held-out pictures rightly, the first of equal ones, counted from 0; none where none
/// are held out.
pub fn best_on_held_out(members: &[MemberRow]) -> Option<usize> {
    let known = members.iter().enumerate().rev(); // of equal ones `max_by` takes the last
    let known = known.filter_map(|(place, row)| Some((place, row.held_out_accuracy?)));
    known.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place)
}

/// The errors of one network, or of several together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorRow {
    /// Scale of the run.
    pub scale: Scale,
    /// The members' numbers, `1+3+4`; [`UNMODIFIED`] of the network beside them.
    pub networks: String,
    /// How many answer together.
    pub models: usize,
    /// How each looks at a picture.
    pub crops: Crops,
    /// Pictures.
    pub images: usize,
    /// Share of the pictures whose most probable class is wrong.
    pub top1_error: f64,
    /// Lower end of its 95 % interval, a bootstrap over images.
    pub top1_low: f64,
    /// Upper end.
    pub top1_high: f64,
    /// Share of the pictures whose class is not among the five most probable.
    pub top5_error: f64,
    /// Lower end of its 95 % interval.
    pub top5_low: f64,
    /// Upper end.
    pub top5_high: f64,
}

/// What the paper says is gained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gain {
    /// By 144 crops over one, for one network.
    #[serde(rename = "144 crops over 1, one network")]
    MultiCrop,
    /// By all networks over one, with one crop.
    #[serde(rename = "all networks over one, 1 crop")]
    EnsembleSingleCrop,
    /// By all networks over one, with 144 crops.
    #[serde(rename = "all networks over one, 144 crops")]
    EnsembleMultiCrop,
    /// By all networks over the best of them, with 144 crops: the best on held-out pictures, or on these very ones if
    /// none are held out.
    #[serde(rename = "all networks over the best one, 144 crops")]
    EnsembleOverBest,
    /// By all networks over the one that is not modified, with 144 crops.
    #[serde(rename = "all networks over the unmodified one, 144 crops")]
    EnsembleOverUnmodified,
    /// By all networks with 144 crops over one with one.
    #[serde(rename = "both")]
    Both,
    /// By the mean of 144 crops over their maximum, for one network.
    #[serde(rename = "mean over maximum of 144 crops, one network")]
    MeanOverMaximum,
}

impl Gain {
    /// The name, as in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::MultiCrop => "144 crops over 1, one network",
            Self::EnsembleSingleCrop => "all networks over one, 1 crop",
            Self::EnsembleMultiCrop => "all networks over one, 144 crops",
            Self::EnsembleOverBest => "all networks over the best one, 144 crops",
            Self::EnsembleOverUnmodified => "all networks over the unmodified one, 144 crops",
            Self::Both => "both",
            Self::MeanOverMaximum => "mean over maximum of 144 crops, one network",
        }
    }
}

/// By how much the error falls, of the very networks that are there: the best one of several, or one that is alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GainRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Of what.
    pub gain: Gain,
    /// Members.
    pub models: usize,
    /// Pictures.
    pub images: usize,
    /// By how much the top-1 error is smaller.
    pub top1_gain: f64,
    /// Lower end of its 95 % interval, a paired bootstrap over images.
    pub top1_low: f64,
    /// Upper end.
    pub top1_high: f64,
    /// By how much the top-5 error is smaller.
    pub top5_gain: f64,
    /// Lower end of its 95 % interval.
    pub top5_low: f64,
    /// Upper end.
    pub top5_high: f64,
}
