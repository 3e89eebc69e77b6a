//! The rows of Figure 5 (appendix, the architecture), `results/fig5/*.csv`.

use serde::{Deserialize, Serialize};

/// Name of the file with a [`StageRow`] for each stage.
pub const STAGES_FILE: &str = "stages.csv";
/// Name of the file with a [`CountRow`] for each variant of the network.
pub const COUNTS_FILE: &str = "parameters.csv";

/// One line of the architecture's table, for one image of 224×224 and 1000 classes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StageRow {
    /// Which network: width of the pool projections of 4c and 4d, 128 as printed or 96, with which
    /// the printed channels add up.
    pub projection_of_4c_4d: u32,
    /// The stage, as `paper/reported.csv` names it: `convolution 7x7/2`, `3a`, …
    pub stage: String,
    /// Height (and width) of the output, pixels.
    pub output_grid: u32,
    /// Height of the output as the paper prints it.
    pub printed_grid: Option<u32>,
    /// Channels of the output.
    pub output_channels: u32,
    /// Channels of the output as the paper prints them.
    pub printed_channels: Option<u32>,
    /// Learned numbers: weights, γ and β; no biases before BN.
    pub parameters: u64,
    /// Multiplications with a weight, each with its addition.
    pub multiply_adds: u64,
    /// Width of the 1×1 branch; `None` where there is none.
    pub one_by_one: Option<u32>,
    /// Width of the reduction before the 3×3 convolution.
    pub three_reduce: Option<u32>,
    /// Width of the 3×3 convolution.
    pub three: Option<u32>,
    /// Width of the reduction before the double 3×3 convolution.
    pub double_reduce: Option<u32>,
    /// Width of each of the double 3×3 convolutions.
    pub double: Option<u32>,
    /// `avg` or `max` in modules, empty elsewhere.
    pub pooling: String,
    /// Width of the projection after pooling; `None` where the pooled input passes through.
    pub projection: Option<u32>,
    /// Step of the convolution, of the pooling, or of the module's last convolutions, pixels.
    pub stride: u32,
    /// What the paper prints otherwise, in words; empty where table and network agree.
    pub contradiction: String,
}

/// The size of one variant of the network with 1000 classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountRow {
    /// What sets it apart.
    pub variant: String,
    /// Learned numbers, the linear layer included.
    pub parameters: u64,
    /// Multiplications with a weight for one image of 224×224, each with its addition.
    pub multiply_adds: u64,
    /// Learned numbers over those that the text of the paper gives.
    pub over_printed: f64,
    /// By which share they are more than `GoogLeNet`'s.
    pub parameters_more_than_googlenet: f64,
    /// By which the paper says that they are.
    pub parameters_more_than_googlenet_printed: f64,
    /// By which share the multiplications are more than `GoogLeNet`'s.
    pub multiply_adds_more_than_googlenet: f64,
    /// By which the paper says that they are.
    pub multiply_adds_more_than_googlenet_printed: f64,
}
