//! The recipes of §4.2: what each row of the comparison trains, and how.

use bn_inception::config::{Activation, Stem};
use bn_inception::{BnInceptionConfig, Preset};
use data::augmentation::Photometric;
use data::order::Shuffling;
use model::BatchNormConfig;
use record::fig2::Network;
use serde::Serialize;

/// What all rows of a comparison share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// Which images.
    pub data: DataSet,
    /// How many classes they have.
    pub classes: i64,
    /// Height and width of a training crop, pixels.
    pub image_side: i64,
    /// The layers before the first module.
    pub stem: Stem,
    /// Factor on the channels of Figure 5.
    pub width: f64,
    /// Images of a mini-batch; 32 in the paper.
    pub mini_batch: usize,
    /// Steps of each training.
    pub steps: u64,
    /// The paper's steps that they stand for: the learning rate decays in proportion.
    pub paper_steps: f64,
    /// Inception's learning rate; 0.0015 in the paper. The other rows have multiples of it.
    pub learning_rate: f64,
    /// Smallest area of a training crop, as a share of the picture's.
    pub crop_area_min: f64,
    /// The share of BN's moving averages that a step keeps: the fewer the steps, the less.
    pub moving_average_decay: f64,
    /// Validation images that a row's accuracy is taken from.
    pub validation_images: usize,
    /// Trains on only so many images, CIFAR-10's first ones; on all if there is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub training_images: Option<usize>,
    /// Examples that are kept together where the shuffling is only across shards.
    pub shard_examples: usize,
}

/// CIFAR-10 at half the width: what a laptop carries.
pub const SMALL: Setting = Setting {
    data: DataSet::Cifar10,
    classes: 10,
    image_side: 32,
    stem: Stem::SmallImage,
    width: 0.5,
    mini_batch: 32,
    steps: 6_000,
    paper_steps: INCEPTION_STEPS,
    learning_rate: 0.0015,
    crop_area_min: 0.08,
    moving_average_decay: 0.95,
    validation_images: 5_000,
    training_images: None,
    shard_examples: 1_000,
};
/// Seeds of the committed run.
pub const SMALL_SEEDS: u64 = 3;

/// Seconds: only shows that the program works.
pub const SMOKE: Setting = Setting { width: 0.1, steps: 24, validation_images: 100, ..SMALL };

/// Some thousand photographs at 128 pixels, the full network.
pub const MEDIUM: Setting = Setting {
    data: DataSet::Photographs,
    image_side: 128,
    stem: Stem::Full,
    width: 1.0,
    steps: 2_000,
    validation_images: 1_000,
    ..SMALL
};
/// Networks of the committed run on photographs.
pub const MEDIUM_NETWORKS: [Network; 4] =
    [Network::Inception, Network::BnBaseline, Network::BnX5, Network::BnX30];

/// ILSVRC 2012.
pub const PAPER: Setting = Setting {
    image_side: 224,
    steps: 31_000_000,
    moving_average_decay: 0.999,
    validation_images: 50_000,
    shard_examples: 1_024,
    ..MEDIUM
};

/// A quarter of the width, for the many short trainings of the text's claims.
pub const CLAIMS: Setting =
    Setting { width: 0.25, steps: 2_000, validation_images: 1_000, ..SMALL };

impl Setting {
    /// How many of so many images are trained on.
    pub fn training_examples(&self, of: usize) -> usize {
        self.training_images.map_or(of, |images| images.min(of))
    }

    /// The same for the ensemble, whose networks take 6·10⁶ steps (§4.2.3) and not Inception's 31·10⁶.
    #[must_use]
    pub fn of_ensemble(self) -> Self {
        let steps = self.steps.min(ENSEMBLE_STEPS);
        Self { steps, paper_steps: ENSEMBLE_STEPS as f64, ..self }
    }
}

/// Which images a comparison is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum DataSet {
    /// CIFAR-10.
    Cifar10,
    /// Photographs in folders, or in shards.
    Photographs,
}

/// What one row of the comparison trains, and how.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// Which row.
    pub network: Network,
    /// The network's structure, Dropout and Local Response Normalization included.
    pub config: BnInceptionConfig,
    /// Learning rate of the first step.
    pub learning_rate: f64,
    /// Steps after which the learning rate is multiplied by [`DECAY`], once more each time.
    pub decay_steps: f64,
    /// Factor of L2 in the gradient of convolutions' and linear layers' weights; γ, β and biases are
    /// left alone.
    pub l2: f64,
    /// How far brightness, contrast and colours of training images are distorted.
    pub photometric: Photometric,
    /// How thoroughly the training images are shuffled.
    pub shuffling: Shuffling,
}

/// Momentum of SGD.
pub const MOMENTUM: f64 = 0.9;
/// Factor on the learning rate every [`Recipe::decay_steps`].
pub const DECAY: f64 = 0.96;
/// 8 epochs of ILSVRC 2012 in mini-batches of 32.
const DECAY_STEPS: f64 = 320_000.0;
/// Steps that Inception needs to its maximum (Figure 3): what a comparison's steps stand for.
const INCEPTION_STEPS: f64 = 31.0e6;
/// Steps that each network of the ensemble needs to its maximum (§4.2.3).
pub const ENSEMBLE_STEPS: u64 = 6_000_000;
/// Weight of L2 before §4.2.1 divides it by 5.
const L2: f64 = 2e-4;

impl Recipe {
    /// The row of this name.
    pub fn new(network: Network, setting: &Setting) -> Self {
        let inception = Self::inception(setting);
        let row = match network {
            Network::Inception => inception,
            Network::BnBaseline => inception.with_structure_of(Preset::BnBaseline, setting),
            Network::BnX5 => inception.with_changes(5.0).with_structure_of(Preset::BnX5, setting),
            Network::BnX30 => {
                inception.with_changes(30.0).with_structure_of(Preset::BnX30, setting)
            }
            Network::BnX5Sigmoid => {
                inception.with_changes(5.0).with_structure_of(Preset::BnX5Sigmoid, setting)
            }
            Network::InceptionX5 => {
                Self { learning_rate: 5.0 * inception.learning_rate, ..inception }
            }
            Network::InceptionSigmoid => {
                let activation = Activation::Sigmoid;
                Self { config: BnInceptionConfig { activation, ..inception.config }, ..inception }
            }
        };
        Self { network, ..row }
    }

    /// The network that the others are compared with (§4.2).
    fn inception(setting: &Setting) -> Self {
        Self {
            network: Network::Inception,
            config: structure(Preset::Inception, setting),
            learning_rate: setting.learning_rate,
            decay_steps: DECAY_STEPS * setting.steps as f64 / setting.paper_steps,
            l2: L2,
            photometric: Photometric::Full,
            shuffling: Shuffling::AcrossShardsOnly,
        }
    }

    /// §4.2.1, but for Dropout and Local Response Normalization, which belong to the structure: the
    /// rate raised, L2 divided by 5, the rate decayed 6 times faster, more thorough shuffling, less
    /// photometric distortion.
    fn with_changes(self, rate_factor: f64) -> Self {
        Self {
            learning_rate: rate_factor * self.learning_rate,
            l2: self.l2 / 5.0,
            decay_steps: self.decay_steps / 6.0,
            shuffling: Shuffling::WithinAndAcrossShards,
            photometric: Photometric::Reduced,
            ..self
        }
    }

    fn with_structure_of(self, preset: Preset, setting: &Setting) -> Self {
        Self { config: structure(preset, setting), ..self }
    }

    /// The learning rate of this step (from 0).
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        self.learning_rate * DECAY.powf((step as f64 / self.decay_steps).floor())
    }
}

/// A preset's network for the setting's images.
fn structure(preset: Preset, setting: &Setting) -> BnInceptionConfig {
    BnInceptionConfig {
        classes: setting.classes,
        image_side: setting.image_side,
        stem: setting.stem,
        width: setting.width,
        batch_norm: BatchNormConfig {
            moving_average_decay: setting.moving_average_decay,
            ..BatchNormConfig::default()
        },
        ..preset.config()
    }
}
