//! What a training does, as plain data.
//!
//! An experiment makes [`Recipe`]s, the training loop and SGD follow them, a run's manifest keeps them as
//! [`RunRecipe`], and drawing reads them back as the same types. Nothing here computes, and nothing links
//! libtorch.
//!
//! - [`bn_inception`]: every switch of BN-Inception;
//! - [`sigmoid_mlp`]: the network of §4.1;
//! - [`images`]: which images, and how a network sees them;
//! - [`sgd`]: learning rate, momentum, L2;
//! - [`paper`]: the rows of §4.2.2, each as a change of Inception's recipe;
//! - [`budget`]: the same rows over parts of Inception's steps.

pub mod bn_inception;
pub mod budget;
pub mod images;
pub mod paper;
mod run;
pub mod sgd;
pub mod sigmoid_mlp;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use bn_inception::{Arithmetic, BnInceptionConfig};
pub use budget::{Budget, Part};
pub use images::{DataSet, Images, Photometric, Shuffling};
pub use paper::SingleNetwork;
pub use run::{RunRecipe, thousands};
pub use sgd::{Decay, Sgd, WarmUp};
pub use sigmoid_mlp::SigmoidMlpConfig;

/// One training, whole: everything that its rows depend on, beside seed and arithmetic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// What it is called: its series in rows and figures.
    pub name: String,
    /// The network.
    pub network: NetworkConfig,
    /// What it is trained on and judged by.
    pub images: Images,
    /// The numbers that BN-Inception's convolutions are computed in, if they are not those of the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arithmetic: Option<Arithmetic>,
    /// How it descends.
    pub sgd: Sgd,
    /// Examples of a mini-batch.
    pub mini_batch: usize,
    /// Replicas of the network that share each mini-batch evenly, each with statistics of BN of its own part.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub replicas: usize,
    /// Steps of SGD.
    pub steps: u64,
}

fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_one(count: &usize) -> bool {
    *count == 1
}

/// The structure of a network, and the distribution of its initial weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NetworkConfig {
    /// That of §4.1.
    SigmoidMlp(SigmoidMlpConfig),
    /// That of Figure 5.
    BnInception(BnInceptionConfig),
}

impl Recipe {
    /// BN-Inception's switches.
    ///
    /// # Panics
    /// If this recipe trains the network of §4.1.
    pub fn bn_inception(&self) -> &BnInceptionConfig {
        match &self.network {
            NetworkConfig::BnInception(config) => config,
            NetworkConfig::SigmoidMlp(_) => panic!("{} is no BN-Inception", self.name),
        }
    }

    /// The network of §4.1.
    ///
    /// # Panics
    /// If this recipe trains BN-Inception.
    pub fn sigmoid_mlp(&self) -> &SigmoidMlpConfig {
        match &self.network {
            NetworkConfig::SigmoidMlp(config) => config,
            NetworkConfig::BnInception(_) => panic!("{} is no sigmoid network", self.name),
        }
    }

    /// The same with some of BN-Inception's switches changed.
    ///
    /// # Panics
    /// If this recipe trains the network of §4.1.
    #[must_use]
    pub fn with_network(self, change: impl FnOnce(&mut BnInceptionConfig)) -> Self {
        let mut config = self.bn_inception().clone();
        change(&mut config);
        Self { network: NetworkConfig::BnInception(config), ..self }
    }

    /// The same under another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The same at another learning rate.
    #[must_use]
    pub fn with_rate(mut self, learning_rate: f64) -> Self {
        self.sgd.learning_rate = learning_rate;
        self
    }

    /// The same by replicas, each of which takes as many examples as before.
    #[must_use]
    pub fn by_replicas(self, replicas: usize) -> Self {
        Self { replicas, mini_batch: replicas * self.mini_batch, ..self }
    }

    /// Examples of a mini-batch that one replica takes: those that BN's statistics are of.
    pub fn examples_of_a_replica(&self) -> usize {
        self.mini_batch / self.replicas
    }

    /// How many classes the network tells apart.
    pub fn classes(&self) -> i64 {
        match &self.network {
            NetworkConfig::SigmoidMlp(config) => config.classes,
            NetworkConfig::BnInception(config) => config.classes,
        }
    }

    /// Whether the network has Batch Normalization.
    pub fn has_bn(&self) -> bool {
        let normalization = match &self.network {
            NetworkConfig::SigmoidMlp(config) => config.normalization,
            NetworkConfig::BnInception(config) => config.normalization,
        };
        normalization != bn_inception::Normalization::None
    }
}

impl fmt::Display for Recipe {
    /// Its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}
