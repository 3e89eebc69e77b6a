//! The training of §4.1, which Figure 1 and its sensitivity sweep share.

use anyhow::Result;
use data::Mnist;

use model::{
    BatchNormConfig, BinaryImages, Inference, Normalization, SigmoidMlp, SigmoidMlpConfig,
};
use record::fig1::{Network, Setting};
use serde::Serialize;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::{MiniBatches, evaluation, stop};

use crate::job::Job;
use crate::mnist::BinaryMnist;

/// Everything that one training depends on, beside the network, the seed and the setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// Examples of a mini-batch.
    pub mini_batch: u64,
    /// Training steps.
    pub steps: u64,
    /// Units of each of the three hidden layers.
    pub hidden_units: i64,
    /// ε of BN.
    pub epsilon: f64,
    /// The share of a moving average that a step keeps.
    pub moving_average_decay: f64,
    /// Training mini-batches that the population's statistics are taken from (Algorithm 2).
    pub population_mini_batches: u64,
}

/// §4.1.
pub const PAPER: Recipe = Recipe {
    mini_batch: 60,
    steps: 50_000,
    hidden_units: 100,
    epsilon: 1e-5,
    moving_average_decay: 0.99,
    population_mini_batches: 100,
};

/// What §4.1 leaves open, chosen from the sensitivity sweep by `record::fig1::typical_setting`; a test
/// holds this to the committed sweep.
pub const TYPICAL: Setting = Setting { learning_rate: 1.0, init_std: 0.01 };

/// Training examples of MNIST.
pub const EXAMPLES: u64 = 60_000;

/// A network in training. The two networks of a seed see the same initial weights, order and
/// population mini-batches.
pub struct Training<'a> {
    /// The network.
    pub net: SigmoidMlp,
    /// Steps done.
    pub step: u64,
    learning_rate: f64,
    device: Device,
    mnist: &'a BinaryMnist,
    targets: Tensor,
    mini_batches: MiniBatches,
    population: Vec<BinaryImages>,
    test: Vec<BinaryImages>,
    test_labels: Tensor,
    losses: Losses,
}

/// Test images that are classified at a time.
const TEST_PART: usize = 500;

/// What the test set shows of a network.
pub struct Evaluation {
    /// Share of the test images classified rightly.
    pub accuracy: f64,
    /// The last hidden layer's inputs, and the logits.
    pub inference: Inference,
}

impl<'a> Training<'a> {
    /// A network at its initial weights.
    pub fn new(
        job: Job<Network>,
        setting: Setting,
        recipe: &Recipe,
        mnist: &'a BinaryMnist,
        device: Device,
    ) -> Self {
        let parts = (0..mnist.test.len()).step_by(TEST_PART);
        let end = |start: usize| (start + TEST_PART).min(mnist.test.len());
        Self {
            net: network(job, setting, recipe, device),
            step: 0,
            learning_rate: setting.learning_rate,
            device,
            targets: mnist.train.targets(device),
            mini_batches: MiniBatches::new(job.seed, EXAMPLES, recipe.mini_batch),
            population: population(job.seed, recipe, mnist, device),
            test: parts.map(|start| mnist.test.images(start..end(start), device)).collect(),
            test_labels: mnist.test.labels(device),
            losses: Losses::new(device),
            mnist,
        }
    }

    /// One step of SGD.
    pub fn sgd_step(&mut self) {
        let indices = self.mini_batches.indices(self.step);
        let images = self.mnist.train.images(indices.iter().map(|&i| i as usize), self.device);
        let indices = Tensor::from_slice(indices).to_device(self.device);
        let targets = self.targets.index_select(0, &indices);
        let loss = self.net.sgd_step(&images, &targets, self.learning_rate);
        self.losses.add(&loss);
        self.step += 1;
    }

    /// Does steps up to this one; looks at the network where it is now, after each step that is a row's, and
    /// at the end.
    ///
    /// # Errors
    /// If looking fails, or a stop was asked for.
    pub fn follow(
        &mut self,
        to: u64,
        is_row: impl Fn(u64) -> bool,
        mut look: impl FnMut(&Self) -> Result<()>,
    ) -> Result<()> {
        look(self)?;
        while self.step < to {
            self.sgd_step();
            if self.step == to || is_row(self.step) {
                look(self)?;
                stop::check()?;
            }
        }
        Ok(())
    }

    /// The mean cross-entropy (nats) of the mini-batches since this was last asked; `None` of none.
    pub fn take_mean_loss(&mut self) -> Option<f64> {
        self.losses.take_mean()
    }

    /// The test set, through the population's statistics.
    pub fn evaluate(&self) -> Evaluation {
        let inference = self.net.with_population_statistics(&self.population).infer(&self.test);
        Evaluation { accuracy: self.accuracy(&inference), inference }
    }

    /// Test accuracy through the moving averages.
    pub fn moving_average_accuracy(&self) -> f64 {
        self.accuracy(&self.net.with_moving_averages().infer(&self.test))
    }

    fn accuracy(&self, inference: &Inference) -> f64 {
        evaluation::accuracy(&inference.logits, &self.test_labels)
    }
}

fn network(job: Job<Network>, setting: Setting, recipe: &Recipe, device: Device) -> SigmoidMlp {
    let config = SigmoidMlpConfig {
        normalization: match job.network {
            Network::WithoutBn => Normalization::None,
            Network::WithBn => Normalization::Batch,
        },
        inputs: Mnist::PIXELS as i64,
        hidden_units: recipe.hidden_units,
        hidden_layers: 3,
        classes: Mnist::CLASSES as i64,
        init_std: setting.init_std,
        batch_norm: BatchNormConfig {
            epsilon: recipe.epsilon,
            moving_average_decay: recipe.moving_average_decay,
        },
    };
    SigmoidMlp::new(config, &mut Stream::new(job.seed, "weights"), Kind::Float, device)
}

/// Random training mini-batches, the same for every evaluation of a seed; fewer than the recipe asks
/// for if the training set holds no more.
fn population(
    seed: u64,
    recipe: &Recipe,
    mnist: &BinaryMnist,
    device: Device,
) -> Vec<BinaryImages> {
    let count = recipe.population_mini_batches.min(EXAMPLES / recipe.mini_batch) as usize;
    let order = Stream::new(seed, "population").permutation(EXAMPLES as usize);
    let mini_batch =
        |indices: &[i64]| mnist.train.images(indices.iter().map(|&i| i as usize), device);
    order.chunks_exact(recipe.mini_batch as usize).take(count).map(mini_batch).collect()
}

/// Sums losses where they are computed, so that no step waits for a number.
struct Losses {
    sum: Tensor,
    count: u64,
}

impl Losses {
    fn new(device: Device) -> Self {
        Self { sum: Tensor::zeros([], (Kind::Double, device)), count: 0 }
    }

    fn add(&mut self, loss: &Tensor) {
        self.sum += loss;
        self.count += 1;
    }

    fn take_mean(&mut self) -> Option<f64> {
        let mean = (self.count > 0).then(|| self.sum.double_value(&[]) / self.count as f64);
        let _ = self.sum.zero_();
        self.count = 0;
        mean
    }
}
