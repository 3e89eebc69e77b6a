//! The training of §4.1, which Figure 1 and its sensitivity sweep share.

use data::Mnist;
use model::sigmoid_mlp::Inference;
use model::{BatchNormConfig, Normalization, SigmoidMlp, SigmoidMlpConfig};
use record::fig1::Network;
use serde::Serialize;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::{MiniBatches, evaluation};

use crate::mnist::BinaryMnist;

/// Everything that one training depends on, beside the network and the seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recipe {
    /// Learning rate of plain SGD; constant.
    pub learning_rate: f64,
    /// Standard deviation of the Gaussian that the initial weights are drawn from.
    pub init_std: f64,
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

/// Training examples of MNIST.
pub const EXAMPLES: u64 = 60_000;

/// One network of one seed.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// With or without BN.
    pub network: Network,
    /// Seed of its initial weights and order.
    pub seed: u64,
}

impl Job {
    /// A name for its files: `with-bn-seed0`.
    pub fn name(self) -> String {
        format!("{}-seed{}", self.network.name().to_lowercase().replace(' ', "-"), self.seed)
    }
}

/// A network in training. The two networks of a seed see the same initial weights, order and
/// population mini-batches.
pub struct Training {
    /// The network.
    pub net: SigmoidMlp,
    /// Steps done.
    pub step: u64,
    learning_rate: f64,
    mnist: BinaryMnist,
    mini_batches: MiniBatches,
    population: Vec<Tensor>,
    losses: Losses,
}

/// What the test set shows of a network.
pub struct Evaluation {
    /// Share of the test images classified rightly.
    pub accuracy: f64,
    /// The last hidden layer's inputs, and the logits.
    pub inference: Inference,
}

impl Training {
    /// A network at its initial weights.
    pub fn new(job: Job, recipe: &Recipe, mnist: BinaryMnist) -> Self {
        let device = mnist.train_images.device();
        Self {
            net: network(job, recipe, device),
            step: 0,
            learning_rate: recipe.learning_rate,
            mini_batches: MiniBatches::new(job.seed, EXAMPLES, recipe.mini_batch, device),
            population: population(job.seed, recipe, &mnist),
            losses: Losses::new(device),
            mnist,
        }
    }

    /// One step of SGD.
    pub fn sgd_step(&mut self) {
        let (images, targets) = self.mnist.mini_batch(&self.mini_batches.indices(self.step));
        let loss = self.net.sgd_step(&images, &targets, self.learning_rate);
        self.losses.add(&loss);
        self.step += 1;
    }

    /// The mean cross-entropy (nats) of the mini-batches since this was last asked; `None` of none.
    pub fn take_mean_loss(&mut self) -> Option<f64> {
        self.losses.take_mean()
    }

    /// The test set, through the population's statistics.
    pub fn evaluate(&self) -> Evaluation {
        let inference =
            self.net.with_population_statistics(&self.population).infer(&self.mnist.test_images);
        Evaluation { accuracy: self.accuracy(&inference), inference }
    }

    /// Test accuracy through the moving averages.
    pub fn moving_average_accuracy(&self) -> f64 {
        self.accuracy(&self.net.with_moving_averages().infer(&self.mnist.test_images))
    }

    fn accuracy(&self, inference: &Inference) -> f64 {
        evaluation::accuracy(&inference.logits, &self.mnist.test_labels)
    }
}

fn network(job: Job, recipe: &Recipe, device: Device) -> SigmoidMlp {
    let config = SigmoidMlpConfig {
        normalization: match job.network {
            Network::WithoutBn => Normalization::None,
            Network::WithBn => Normalization::Batch,
        },
        inputs: Mnist::PIXELS as i64,
        hidden_units: recipe.hidden_units,
        hidden_layers: 3,
        classes: Mnist::CLASSES as i64,
        init_std: recipe.init_std,
        batch_norm: BatchNormConfig {
            epsilon: recipe.epsilon,
            moving_average_decay: recipe.moving_average_decay,
        },
    };
    SigmoidMlp::new(config, &mut Stream::new(job.seed, "weights"), Kind::Float, device)
}

/// Random training mini-batches, `[m, 784]` each, the same for every evaluation of a seed; fewer than
/// the recipe asks for if the training set holds no more.
fn population(seed: u64, recipe: &Recipe, mnist: &BinaryMnist) -> Vec<Tensor> {
    let count = recipe.population_mini_batches.min(EXAMPLES / recipe.mini_batch);
    let order = Stream::new(seed, "population").permutation(EXAMPLES as usize);
    let chosen = &order[..(count * recipe.mini_batch) as usize];
    let indices = Tensor::from_slice(chosen).to_device(mnist.train_images.device());
    let (images, _) = mnist.mini_batch(&indices);
    images.split(recipe.mini_batch as i64, 0)
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
