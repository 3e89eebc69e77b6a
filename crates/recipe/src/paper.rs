//! Inception's recipe (§4.2), and the rows of the single-network comparison (§4.2.2), each as a change of it.

use std::fmt;

use crate::bn_inception::{Activation, BatchNormConfig, Normalization};
use crate::images::Augmentation;
use crate::{
    BnInceptionConfig, DataSet, Decay, Images, NetworkConfig, Photometric, Recipe, Sgd, Shuffling,
};

/// Steps that Inception needs to its maximum (Figure 3): what a comparison's steps stand for.
pub const INCEPTION_STEPS: u64 = 31_000_000;
/// Steps that each network of the ensemble needs to its maximum (§4.2.3).
pub const ENSEMBLE_STEPS: u64 = 6_000_000;
/// Steps from one decay of Inception's rate to the next: 8 epochs of ILSVRC 2012 in mini-batches of 32.
const DECAY_STEPS: f64 = 320_000.0;

/// Inception as the paper trains it on ILSVRC 2012, the network that all others are compared with (§4.2).
/// `docs/DEVIATIONS.md` has what the paper leaves open: L2, shards, the decay of the moving averages.
pub fn inception() -> Recipe {
    Recipe {
        name: SingleNetwork::Inception.name().to_owned(),
        network: NetworkConfig::BnInception(BnInceptionConfig {
            normalization: Normalization::None,
            batch_norm: BatchNormConfig { moving_average_decay: 0.999, ..Default::default() },
            dropout: 0.4,
            local_response_norm: true,
            ..BnInceptionConfig::default()
        }),
        images: Images {
            data: DataSet::Photographs,
            training_images: None,
            held_out_images: 0,
            validation_images: 50_000,
            test_images: None,
            population_mini_batches: None,
            augmentation: Some(Augmentation {
                crop_area_min: 0.08,
                photometric: Photometric::Full,
            }),
            shuffling: Shuffling::AcrossShardsOnly,
            shard_examples: 1_024,
        },
        arithmetic: None,
        sgd: Sgd {
            learning_rate: 0.0015,
            warm_up: None,
            decay: Some(Decay { factor: 0.96, every: DECAY_STEPS }),
            momentum: 0.9,
            l2: 2e-4,
        },
        mini_batch: 32,
        replicas: 1,
        steps: INCEPTION_STEPS,
    }
}

/// A row of the comparison: the paper's five networks, and two that its text claims things of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SingleNetwork {
    /// Without BN.
    Inception,
    /// Inception with BN before each nonlinearity.
    BnBaseline,
    /// BN and the changes of §4.2.1, at 5 times the rate.
    BnX5,
    /// BN-x5 at 30 times the rate.
    BnX30,
    /// BN-x5 with sigmoids.
    BnX5Sigmoid,
    /// Inception at 5 times its rate, of which the text says that it diverges.
    InceptionX5,
    /// Inception with sigmoids, of which the text says that it stays at chance.
    InceptionSigmoid,
}

impl SingleNetwork {
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

    /// Its name in descriptions and on command lines.
    pub fn key(self) -> &'static str {
        match self {
            Self::Inception => "inception",
            Self::BnBaseline => "bn-baseline",
            Self::BnX5 => "bn-x5",
            Self::BnX30 => "bn-x30",
            Self::BnX5Sigmoid => "bn-x5-sigmoid",
            Self::InceptionX5 => "inception-x5",
            Self::InceptionSigmoid => "inception-sigmoid",
        }
    }

    /// The row of this key.
    pub fn with_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.key() == key)
    }

    /// What this row trains, and how, where Inception is trained like this (§4.2.1, §4.2.2).
    pub fn recipe(self, inception: &Recipe) -> Recipe {
        let same = inception.clone().named(self.name());
        match self {
            Self::Inception => same,
            Self::BnBaseline => same.with_network(|config| {
                config.normalization = Normalization::Batch;
            }),
            Self::BnX5 => same.with_changes().at_rate(5.0),
            Self::BnX30 => same.with_changes().at_rate(30.0),
            Self::BnX5Sigmoid => same.with_changes().at_rate(5.0).with_network(|config| {
                config.activation = Activation::Sigmoid;
            }),
            Self::InceptionX5 => same.at_rate(5.0),
            Self::InceptionSigmoid => same.with_network(|config| {
                config.activation = Activation::Sigmoid;
            }),
        }
    }
}

impl fmt::Display for SingleNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Recipe {
    /// The same over so many steps that stand for so many of the paper's: Inception's rate decays in proportion.
    #[must_use]
    pub fn over(mut self, steps: u64, standing_for: u64) -> Self {
        let every = DECAY_STEPS * steps as f64 / standing_for as f64;
        self.sgd.decay = self.sgd.decay.map(|decay| Decay { every, ..decay });
        Self { steps, ..self }
    }

    /// The same at so many times the learning rate.
    #[must_use]
    pub fn at_rate(mut self, factor: f64) -> Self {
        self.sgd.learning_rate *= factor;
        self
    }

    /// BN, and what it makes possible (§4.2.1): no Dropout, L2 divided by 5, the rate decayed 6 times faster, no
    /// Local Response Normalization, more thorough shuffling, less photometric distortion.
    #[must_use]
    pub fn with_changes(mut self) -> Self {
        self.sgd.l2 /= 5.0;
        self.sgd.decay = self.sgd.decay.map(|decay| Decay { every: decay.every / 6.0, ..decay });
        self.images.shuffling = Shuffling::WithinAndAcrossShards;
        if let Some(augmentation) = &mut self.images.augmentation
            && augmentation.photometric == Photometric::Full
        {
            augmentation.photometric = Photometric::Reduced;
        }
        self.with_network(|config| {
            config.normalization = Normalization::Batch;
            config.dropout = 0.0;
            config.local_response_norm = false;
        })
    }
}
