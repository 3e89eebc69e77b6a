//! BN-Inception's switches.

use serde::{Deserialize, Serialize};

/// Everything that the network's structure and its initial weights depend on, beside the seed.
///
/// [`BnInceptionConfig::default`] is the network of Figure 5 as printed, with BN, for ILSVRC 2012.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BnInceptionConfig {
    /// Classes that the linear layer tells apart.
    pub classes: i64,
    /// Height and width of the images, pixels: a multiple of [`Stem::total_stride`].
    pub image_side: i64,
    /// The layers before the first module.
    pub stem: Stem,
    /// Factor on every layer's channels (rounded); 1 is Figure 5.
    pub width: f64,
    /// Width of the pool projections of modules 4c and 4d.
    pub pool_projection: PoolProjection,
    /// How convolutions and average pooling treat the border.
    pub padding: Padding,
    /// What stands between a convolution and its nonlinearity.
    pub normalization: Normalization,
    /// ε and the decay of the moving averages.
    pub batch_norm: BatchNormConfig,
    /// Whether γ is learned; if not it stays 1, as in tf-slim's network.
    pub learn_gamma: bool,
    /// Noise after BN in training; none in the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// The nonlinearity.
    pub activation: Activation,
    /// Share of the linear layer's inputs that Dropout sets to zero in training, 0 ≤ share < 1.
    pub dropout: f64,
    /// Whether Local Response Normalization follows the first pooling and the 3×3 convolution of the
    /// stem, as in `GoogLeNet`.
    pub local_response_norm: bool,
    /// Classifiers that hang on 4a and 4d in training, as in `GoogLeNet`; none by default.
    pub auxiliary_classifiers: Option<AuxiliaryClassifiers>,
    /// The distribution of the initial weights.
    pub initialization: Initialization,
}

impl Default for BnInceptionConfig {
    fn default() -> Self {
        Self {
            classes: 1000,
            image_side: 224,
            stem: Stem::Full,
            width: 1.0,
            pool_projection: PoolProjection::Printed128,
            padding: Padding::Symmetric,
            normalization: Normalization::Batch,
            batch_norm: BatchNormConfig::default(),
            learn_gamma: true,
            noise: None,
            activation: Activation::Relu,
            dropout: 0.0,
            local_response_norm: false,
            auxiliary_classifiers: None,
            initialization: Initialization::default(),
        }
    }
}

/// The layers before module 3a; all end in 192 channels at an eighth of the image's side (a quarter or half of a
/// small image's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stem {
    /// 7×7/2 convolution, pool, 1×1 and 3×3 convolutions, pool.
    Full,
    /// The same, with the first convolution separable: 8 7×7 filters for each colour, then 1×1. The
    /// footnote of Figure 5; implemented by tf-slim.
    Separable,
    /// For images of 32 pixels: the first convolution is 3×3/1, and 3a works on 8×8.
    SmallImage,
    /// The same without the first pooling: 3a works on 16×16.
    SmallImageFine,
}

/// Filters for each colour of the separable first convolution (Figure 5's footnote).
pub const DEPTH_MULTIPLIER: i64 = 8;

impl Stem {
    /// By how much the whole network shrinks the image's side.
    pub fn total_stride(self) -> i64 {
        match self {
            Self::Full | Self::Separable => 32,
            Self::SmallImage => 16,
            Self::SmallImageFine => 8,
        }
    }
}

/// Figure 5 contradicts itself: with the widths that it prints, 4c and 4d have more channels than it
/// prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolProjection {
    /// 128 channels as printed; 4c and 4d then have 608, 4e 1056. Cadene, CNTK, `MXNet`.
    Printed128,
    /// 96 channels, so that 4c and 4d have the printed 576, 4e 1024. tf-slim, caffe-googlenet-bn.
    Consistent96,
}

/// How convolutions and average pooling treat the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Padding {
    /// ⌊k/2⌋ zeros on every side; average pooling counts them. Caffe, Cadene.
    Symmetric,
    /// `TensorFlow`'s: an odd zero goes right and below; average pooling leaves zeros out.
    Same,
}

/// What stands between a convolution and its nonlinearity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Normalization {
    /// A bias.
    None,
    /// BN of every feature map (§3.2).
    Batch,
    /// The same, but in module 5b (the last hidden layers) every activation is normalised by itself
    /// over the mini-batch, with a γ and a β of its own: the "non-convolutional" BN of §4.2.3.
    BatchPerActivationInLast,
}

/// Noise after BN whose distribution changes at every step (after Santurkar et al. 2018): each feature map y
/// becomes s·y + m, with s and m drawn anew for each map and step. Without BN there is none. Which draws a map
/// gets depends on the seed and on how modules are rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// m is uniform between minus this and this.
    pub mean: f64,
    /// s is uniform between 1 over this and this; at least 1.
    pub scale: f64,
}

/// The nonlinearity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activation {
    /// max(0, x).
    Relu,
    /// 1/(1 + exp(−x)).
    Sigmoid,
}

/// What is special about the auxiliary classifiers (Szegedy et al. 2014, §5).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuxiliaryClassifiers {
    /// Share of their hidden units that Dropout sets to zero in training.
    pub dropout: f64,
    /// Weight of each one's loss beside the network's own.
    pub loss_weight: f64,
}

impl Default for AuxiliaryClassifiers {
    /// `GoogLeNet`'s numbers.
    fn default() -> Self {
        Self { dropout: 0.7, loss_weight: 0.3 }
    }
}

/// The distribution of initial weights; biases and β begin at 0, γ at 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Initialization {
    /// Its form; `fan_in` and `fan_out` count the numbers that a unit reads and feeds.
    pub distribution: Distribution,
    /// Factor on the convolutions' weights: the "increased initial weights" of §4.2.3.
    pub convolution_gain: f64,
}

/// Forms of the initial weights' distribution, all of mean 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Distribution {
    /// Gaussian of variance 2/(`fan_in` + `fan_out`).
    Xavier,
    /// Gaussian of variance 2/`fan_in`.
    He,
    /// Gaussian of this standard deviation, cut off at twice it (and so a little narrower).
    TruncatedNormal {
        /// Standard deviation before the cut.
        std: f64,
    },
}

impl Default for Initialization {
    fn default() -> Self {
        Self { distribution: Distribution::He, convolution_gain: 1.0 }
    }
}

/// What the paper leaves open of Batch Normalization.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchNormConfig {
    /// ε, added to the variance.
    pub epsilon: f64,
    /// The share of a moving average that is *kept* at each step: `moving = decay · moving +
    /// (1 − decay) · new`. `PyTorch`'s `momentum` is 1 less this.
    pub moving_average_decay: f64,
}

impl Default for BatchNormConfig {
    fn default() -> Self {
        Self { epsilon: 1e-5, moving_average_decay: 0.99 }
    }
}

/// The numbers that convolutions and activations are computed in. Parameters, their updates, BN's
/// statistics, the logits and the loss are f32 (f64 under [`Arithmetic::F64`]) in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arithmetic {
    /// bf16, where the processor or the GPU multiplies such numbers.
    Bf16,
    /// f32.
    F32,
    /// f64, for tests.
    F64,
}

/// A network that cannot be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// Strides would not divide the grid.
    #[error("image side {side}: must be a positive multiple of {stride} pixels for this stem")]
    ImageSide {
        /// Asked for, pixels.
        side: i64,
        /// What must divide it.
        stride: i64,
    },
    /// Fewer than two classes.
    #[error("{0} classes: there must be at least 2")]
    Classes(i64),
    /// A factor on the channels that leaves nothing, or is no number.
    #[error("width {0}: must be positive, finite and at most 16")]
    Width(f64),
    /// Nothing, or everything and more, would be dropped.
    #[error("Dropout of {0}: must be at least 0 and less than 1")]
    Dropout(f64),
    /// Negative, infinite or no number.
    #[error("auxiliary classifiers: a loss cannot weigh {0}")]
    LossWeight(f64),
    /// Negative, infinite, no number, or a scale below 1.
    #[error("noise after BN: mean {0} must be at least 0, scale {1} at least 1")]
    Noise(f64, f64),
    /// Negative, infinite or no number.
    #[error("initial weights: {0} must be positive and finite")]
    Initialization(f64),
}

impl BnInceptionConfig {
    /// Checks what the types do not.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        let stride = self.stem.total_stride();
        let positive = |number: f64| number.is_finite() && number > 0.0;
        let std = match self.initialization.distribution {
            Distribution::TruncatedNormal { std } => std,
            Distribution::Xavier | Distribution::He => 1.0,
        };
        let gain = self.initialization.convolution_gain;
        let auxiliary = self.auxiliary_classifiers.unwrap_or_default();
        let noise = self.noise.unwrap_or(Noise { mean: 0.0, scale: 1.0 });
        let not_a_share = |share: &f64| !(0.0..1.0).contains(share);
        let dropped = [self.dropout, auxiliary.dropout].into_iter().find(not_a_share);
        match self {
            Self { image_side: side, .. } if *side <= 0 || side % stride != 0 => {
                Err(ConfigError::ImageSide { side: *side, stride })
            }
            Self { classes, .. } if *classes < 2 => Err(ConfigError::Classes(*classes)),
            Self { width, .. } if !positive(*width) || *width > 16.0 => {
                Err(ConfigError::Width(*width))
            }
            _ if dropped.is_some() => Err(ConfigError::Dropout(dropped.unwrap_or_default())),
            _ if !(auxiliary.loss_weight.is_finite() && auxiliary.loss_weight >= 0.0) => {
                Err(ConfigError::LossWeight(auxiliary.loss_weight))
            }
            _ if !((0.0..f64::INFINITY).contains(&noise.mean)
                && (1.0..f64::INFINITY).contains(&noise.scale)) =>
            {
                Err(ConfigError::Noise(noise.mean, noise.scale))
            }
            _ if !positive(std) => Err(ConfigError::Initialization(std)),
            _ if !positive(gain) => Err(ConfigError::Initialization(gain)),
            _ => Ok(()),
        }
    }
}
