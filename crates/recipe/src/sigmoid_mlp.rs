//! The network of §4.1.

use serde::{Deserialize, Serialize};

use crate::bn_inception::{BatchNormConfig, Normalization};

/// Shape and initial state of the network of §4.1: fully connected layers of sigmoid units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigmoidMlpConfig {
    /// What stands between a hidden layer's linear map and its sigmoid; a unit is one activation, so both kinds
    /// of BN are the same here.
    pub normalization: Normalization,
    /// Pixels of an image.
    pub inputs: i64,
    /// Units of each hidden layer.
    pub hidden_units: i64,
    /// How many hidden layers; at least one.
    pub hidden_layers: usize,
    /// Classes.
    pub classes: i64,
    /// Standard deviation of the Gaussian that all weights are drawn from; biases start at 0.
    pub init_std: f64,
    /// ε and moving averages.
    pub batch_norm: BatchNormConfig,
}

impl Default for SigmoidMlpConfig {
    /// §4.1, without BN; the Gaussian's width is not in the paper.
    fn default() -> Self {
        Self {
            normalization: Normalization::None,
            inputs: 784,
            hidden_units: 100,
            hidden_layers: 3,
            classes: 10,
            init_std: 0.1,
            batch_norm: BatchNormConfig::default(),
        }
    }
}
