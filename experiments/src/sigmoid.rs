//! The trainings of §4.1: recipes, and the network in training.

use anyhow::Result;
use model::{BinaryImages, FirstProducts, Inference, Normalization, SigmoidMlp};
use recipe::{DataSet, Images, NetworkConfig, Recipe, Sgd, Shuffling, SigmoidMlpConfig};
use record::fig1::{Setting, SigmoidNetwork};
use record::point::POINTS_FILE;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::{Course, Learner, Progress, Rows, Seen, Sums, evaluation, train};

use crate::mnist::{BinaryMnist, EXAMPLES, MiniBatch, TEST_IMAGES};
use crate::{Job, Points, Work};

/// What §4.1 leaves open, chosen from the sensitivity sweep by `record::fig1::typical_setting`; a test
/// holds this to the committed sweep.
pub const TYPICAL: Setting = Setting { learning_rate: 3.0, init_std: 0.01 };

/// The training of §4.1, over so many steps: 50,000 in the paper.
pub fn recipe(network: SigmoidNetwork, setting: Setting, steps: u64) -> Recipe {
    let normalization = match network {
        SigmoidNetwork::WithoutBn => Normalization::None,
        SigmoidNetwork::WithBn => Normalization::Batch,
    };
    Recipe {
        name: network.name().to_owned(),
        network: NetworkConfig::SigmoidMlp(SigmoidMlpConfig {
            normalization,
            init_std: setting.init_std,
            ..SigmoidMlpConfig::default()
        }),
        images: Images {
            data: DataSet::BinaryMnist,
            training_images: None,
            held_out_images: 0,
            validation_images: TEST_IMAGES as usize,
            test_images: None,
            population_mini_batches: Some(100),
            augmentation: None,
            // All of MNIST is one shard: each epoch is a new permutation of all examples.
            shuffling: Shuffling::WithinAndAcrossShards,
            shard_examples: EXAMPLES as usize,
        },
        arithmetic: None,
        sgd: Sgd::plain(setting.learning_rate),
        mini_batch: 60,
        replicas: 1,
        steps,
    }
}

/// The same without accuracies on the way.
#[must_use]
pub fn unjudged(mut recipe: Recipe) -> Recipe {
    recipe.images.validation_images = 0;
    recipe.images.population_mini_batches = None;
    recipe
}

/// With or without BN.
pub fn network_of(recipe: &Recipe) -> SigmoidNetwork {
    if recipe.has_bn() { SigmoidNetwork::WithBn } else { SigmoidNetwork::WithoutBn }
}

/// A network in training. The two networks of a seed see the same initial weights, order and
/// population mini-batches.
pub struct SigmoidTraining {
    /// The network.
    pub net: SigmoidMlp,
    learning_rate: f64,
    population: Vec<BinaryImages>,
    test: Vec<BinaryImages>,
    test_labels: Tensor,
    since_last_row: Sums<1>,
}

/// Trains the network of a job, and looks at it every so many steps: its test accuracy is a point, and what `look` adds.
///
/// # Errors
/// If a file cannot be written, or `look` fails.
pub fn train_and_look(
    job: &Job<&Recipe>,
    (work, mnist): (&Work, &BinaryMnist),
    progress: &Progress,
    every: u64,
    look: impl Fn(&SigmoidTraining, u64, &mut Points, &mut Rows) -> Result<()>,
) -> Result<()> {
    let mut training = SigmoidTraining::new(job, mnist);
    let is_row = |step: u64| step.is_multiple_of(every);
    let course = Course { is_row: &is_row, ..work.course(job, job.subject.steps, progress)? };
    let batches = |from| Ok(mnist.train.mini_batches(job, from));
    train(&course, &mut training, batches, |training, step, rows| {
        let mut points = Points::of(work.scale(), job);
        let accuracy = training.evaluate().accuracy;
        points.push("test accuracy", step as f64, accuracy);
        look(training, step, &mut points, rows)?;
        rows.append(POINTS_FILE, points.take_rows())?;
        Ok(seen(training.take_mean_loss(), accuracy))
    })
}

/// Test images that are classified at a time.
const TEST_PART: usize = 500;

/// What the images that networks are judged by show of one.
pub struct Evaluation {
    /// Share of them that it classifies rightly.
    pub accuracy: f64,
    /// The last hidden layer's inputs, and the logits.
    pub inference: Inference,
}

impl SigmoidTraining {
    /// A network at its initial weights.
    pub fn new(job: &Job<&Recipe>, mnist: &BinaryMnist) -> Self {
        let Job { subject: recipe, seed } = *job;
        let config = *recipe.sigmoid_mlp();
        let parts = (0..mnist.validation.len()).step_by(TEST_PART);
        let end = |start: usize| (start + TEST_PART).min(mnist.validation.len());
        Self {
            net: SigmoidMlp::new(config, &mut Stream::new(seed, "weights"), Kind::Float),
            learning_rate: recipe.sgd.learning_rate,
            population: population(seed, recipe, mnist),
            test: parts.map(|start| mnist.validation.images(start..end(start))).collect(),
            test_labels: mnist.validation.labels(),
            since_last_row: Sums::new(["loss"], Device::Cpu),
        }
    }

    /// The mean cross-entropy (nats) of the mini-batches since this was last asked; `None` of none.
    pub fn take_mean_loss(&mut self) -> Option<f64> {
        let [loss] = self.since_last_row.take_means();
        loss
    }

    /// By the population's statistics.
    pub fn evaluate(&self) -> Evaluation {
        self.by_population_statistics(&self.net.first_products(&self.test))
    }

    /// By the population's statistics, and the accuracy by the moving averages; `None` without BN.
    pub fn evaluate_twice(&self) -> (Evaluation, Option<f64>) {
        let images = self.net.first_products(&self.test);
        let by_moving_averages = || self.accuracy(&self.net.with_moving_averages().infer(&images));
        (self.by_population_statistics(&images), self.net.has_bn().then(by_moving_averages))
    }

    fn by_population_statistics(&self, images: &FirstProducts) -> Evaluation {
        let inference = self.net.with_population_statistics(&self.population).infer(images);
        Evaluation { accuracy: self.accuracy(&inference), inference }
    }

    fn accuracy(&self, inference: &Inference) -> f64 {
        evaluation::accuracy(&inference.logits, &self.test_labels)
    }
}

impl Learner for SigmoidTraining {
    type Batch = MiniBatch;

    fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let sums = self.since_last_row.named_tensors();
        self.net.named_tensors().into_iter().chain(sums).collect()
    }

    fn sgd_step(&mut self, _: u64, batch: MiniBatch) {
        let loss = self.net.sgd_step(&batch.images, &batch.labels, self.learning_rate);
        self.since_last_row.add([&Tensor::from(loss)]);
    }
}

/// Random training mini-batches, the same for every evaluation of a seed; fewer than the recipe asks
/// for if the training set holds no more.
fn population(seed: u64, recipe: &Recipe, mnist: &BinaryMnist) -> Vec<BinaryImages> {
    let (size, examples) = (recipe.mini_batch, mnist.train.len());
    let count = recipe.images.population_mini_batches.unwrap_or(0).min(examples / size);
    let order = Stream::new(seed, "population").permutation(examples);
    let mini_batch = |indices: &[i64]| mnist.train.images(indices.iter().map(|&i| i as usize));
    order.chunks_exact(size).take(count).map(mini_batch).collect()
}

/// Initial parameters of `model::SigmoidMlp` for a seed, for autograd: copies, under its names and in its order. Of
/// each hidden layer `[W, b]`, or with BN `[W, γ, β]`; then W and b of the output layer.
pub fn initial_parameters(config: SigmoidMlpConfig, seed: u64) -> Vec<(String, Tensor)> {
    let net = SigmoidMlp::new(config, &mut Stream::new(seed, "weights"), Kind::Float);
    let copies = parameters(&net).map(|(name, tensor)| (name, tensor.contiguous().copy()));
    copies.collect()
}

/// The network's parameters, which share memory with it.
pub fn parameters(net: &SigmoidMlp) -> impl Iterator<Item = (String, Tensor)> {
    net.named_tensors().into_iter().filter(|(name, _)| !name.contains("/moving_"))
}

/// What a training has to say for itself: its loss, if it has a mean of one, and its test accuracy.
pub fn seen(loss: Option<f64>, accuracy: f64) -> Seen {
    Seen {
        has_diverged: loss.is_some_and(|loss| !loss.is_finite()),
        note: format!("test accuracy {:.2} %", 100.0 * accuracy),
    }
}

/// Inputs of sigmoids are of the order of 1; more digits would only make files larger.
pub fn to_four_decimals(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
