//! BN-Inception while it learns: its steps, and how it is looked at.

use std::sync::Arc;

use anyhow::Result;
use bn_inception::{BnInception, Execution};
use data::loader::{Batch, Loader};
use recipe::Recipe;
use record::fig2::CurveRow;
use record::run::Scale;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::evaluation::Classified;
use training::stop;
use training::{Learner, MomentumSgd, Replicas, Sums};

use crate::Job;
use crate::image_sets::Images;
use crate::replicas::{Mean, Replica};

/// BN-Inception in training.
pub struct InceptionTraining {
    /// How.
    pub recipe: Recipe,
    /// Seed of its initial weights, order and augmentation.
    pub seed: u64,
    /// The network.
    pub network: BnInception,
    pub(crate) sgd: MomentumSgd,
    /// Its part, where several processes do each step together.
    pub(crate) replica: Option<Replica>,
    since_last_row: Sums<2>,
    /// Damaged images that were left out since the last row.
    skipped_images: Tensor,
}

impl InceptionTraining {
    /// A network at its initial weights.
    ///
    /// # Errors
    /// If the recipe describes no network.
    pub fn new(job: &Job<&Recipe>, execution: Execution) -> Result<Self> {
        let Job { subject: recipe, seed } = *job;
        let arithmetic = recipe.arithmetic.unwrap_or(execution.arithmetic);
        let execution = Execution { arithmetic, ..execution };
        let network = BnInception::new(recipe.bn_inception().clone(), seed, execution)?;
        Ok(Self::of(job, network))
    }

    /// The same with this network.
    pub fn of(job: &Job<&Recipe>, network: BnInception) -> Self {
        let Job { subject: recipe, seed } = *job;
        let parameters = network.parameters();
        Self {
            recipe: recipe.clone(),
            seed,
            sgd: MomentumSgd::new(parameters.values(), parameters.weights(), recipe.sgd),
            since_last_row: Sums::new(["loss", "gradient_norm"], parameters.values().device()),
            skipped_images: Tensor::zeros([], (Kind::Int64, Device::Cpu)),
            replica: None,
            network,
        }
    }

    /// The same as one of several replicas.
    #[must_use]
    pub fn by(self, all: Option<Arc<dyn Replicas>>) -> Self {
        Self { replica: all.map(Replica::new), ..self }
    }

    /// What the next step depends on: parameters, velocity, moving averages.
    pub(crate) fn state(&self) -> [Tensor; 3] {
        let statistics = self.network.statistics();
        let all = [self.network.parameters().values(), &self.sgd.velocity, statistics.values()];
        all.map(Tensor::shallow_clone)
    }

    /// What Dropout draws from in the step after so many; each replica by itself.
    fn dropout(&self, step: u64) -> Stream {
        let rank = self.replica.as_ref().map_or(0, |replica| replica.all.rank());
        let replica = if rank == 0 { String::new() } else { format!("/replica {rank}") };
        Stream::new(self.seed, &format!("dropout/{step}{replica}"))
    }

    /// Images `[n, 3, side, side]` in [−1, 1], f32, and labels; bytes travel to the device.
    pub fn tensors(&self, batch: &Batch) -> (Tensor, Tensor) {
        let device = self.sgd.velocity.device();
        let side = self.recipe.bn_inception().image_side;
        (
            to_unit_range(&image_tensor(&batch.images, side).to_device(device)),
            Tensor::from_slice(&batch.labels).to_device(device),
        )
    }

    /// Validates the network by its moving averages; the row is that after so many steps.
    pub(super) fn row(&mut self, step: u64, scale: Scale, images: &Images) -> Result<CurveRow> {
        let classified = self.validate(images, self.recipe.images.validation_images)?;
        let skipped_images = self.skipped_images.int64_value(&[]) as u64;
        let _ = self.skipped_images.zero_();
        let [training_loss_nats, gradient_norm] = self.since_last_row.take_means();
        let statistics = self.network.statistics();
        let of = |x: Tensor, number: fn(&Tensor) -> Tensor| {
            (x.numel() > 0).then(|| number(&x).double_value(&[]))
        };
        Ok(CurveRow {
            scale,
            network: self.recipe.name.clone(),
            seed: self.seed,
            step,
            learning_rate: self.recipe.sgd.learning_rate_at(step),
            training_loss_nats,
            gradient_norm,
            moving_var_min: of(statistics.variances(), Tensor::min),
            moving_var_max: of(statistics.variances(), Tensor::max),
            moving_mean_max: of(statistics.means().abs(), Tensor::max),
            top1_accuracy: classified.top1_accuracy(),
            top5_accuracy: classified.top5_accuracy(),
            validation_loss_nats: classified.mean_loss(),
            skipped_images,
        })
    }

    /// Classifies so many validation images by the moving averages.
    ///
    /// # Errors
    /// If one of them is damaged.
    pub fn validate(&self, images: &Images, count: usize) -> Result<Classified> {
        let network = self.network.fold();
        let loader = images.validation(&self.recipe, count)?;
        self.classify(images, loader, |pixels| network.logits(pixels))
    }

    /// Classifies the test images by the statistics that the network has now.
    ///
    /// # Errors
    /// If one of them is damaged.
    pub fn test(&self, images: &Images) -> Result<Classified> {
        let network = self.network.fold();
        self.classify(images, images.test(&self.recipe)?, |pixels| network.logits(pixels))
    }

    /// What is seen of the network by the population's statistics (Algorithm 2), from as many mini-batches of its
    /// training as the recipe says; by the moving averages, if it says nothing, or there is no BN. The network has its
    /// moving averages again afterwards.
    ///
    /// # Errors
    /// If an image is damaged, or `look` fails.
    pub fn by_population<T>(&self, images: &Images, look: impl FnOnce() -> Result<T>) -> Result<T> {
        let count = self.recipe.images.population_mini_batches.unwrap_or(0);
        if count == 0 || !self.recipe.has_bn() {
            return look();
        }
        let moving_averages = self.network.statistics().values().copy();
        let mini_batch = self.recipe.examples_of_a_replica();
        let recipe = Recipe { steps: count as u64, mini_batch, ..self.recipe.clone() };
        let mut mini_batches = Vec::with_capacity(count);
        for batch in images.training(&recipe, self.seed, 0)? {
            mini_batches.push(self.tensors(&images.report_damage(batch?)).0);
        }
        self.network.estimate_population(mini_batches);
        let seen = look();
        self.network.statistics().values().shallow_clone().copy_(&moving_averages);
        seen
    }

    /// Tells other replicas, which begin with the next step, that there is none.
    pub(super) fn end_early(&self) {
        if let Some(replica) = &self.replica {
            let gradient = self.network.parameters().gradient();
            replica.end(gradient, self.network.statistics().values());
        }
    }

    /// Classifies a loader's images by these logits.
    ///
    /// # Errors
    /// If one of them is damaged.
    pub fn classify(
        &self,
        images: &Images,
        loader: Loader,
        logits: impl Fn(&Tensor) -> Tensor,
    ) -> Result<Classified> {
        let mut classified = Classified::default();
        for batch in loader {
            let (pixels, labels) = self.tensors(&images.report_damage(batch?));
            classified.add(&logits(&pixels), &labels);
        }
        Ok(classified)
    }
}

impl Learner for InceptionTraining {
    type Batch = Batch;

    fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let velocity = ("sgd/velocity".to_owned(), self.sgd.velocity.shallow_clone());
        let skipped = self.skipped_images.shallow_clone();
        let skipped = ("since_last_row/skipped_images".to_owned(), skipped);
        let sums = self.since_last_row.named_tensors();
        self.network.named_tensors().into_iter().chain([velocity, skipped]).chain(sums).collect()
    }

    fn resume(&mut self) {
        self.network.parameters().refresh();
    }

    fn sgd_step(&mut self, step: u64, batch: Batch) {
        let (images, labels) = self.tensors(&batch);
        let loss = self.network.gradient(&images, &labels, &mut self.dropout(step));
        let parameters = self.network.parameters();
        let mut mean = Mean { loss, skipped: batch.skipped as i64 };
        if let Some(replica) = &mut self.replica {
            mean =
                replica.average(parameters.gradient(), self.network.statistics().values(), &mean);
        }
        self.since_last_row.add([&mean.loss, &parameters.gradient().norm()]);
        self.skipped_images += mean.skipped;
        self.sgd.step(step, parameters.values(), parameters.gradient());
        parameters.refresh();
    }

    fn is_asked_to_stop(&self) -> bool {
        let replica = self.replica.as_ref();
        replica.map_or_else(stop::is_requested, |replica| replica.is_asked_to_stop)
    }
}

/// Interleaved red, green, blue of n images as `[n, 3, side, side]`, bytes, stored channels-last.
fn image_tensor(rgb: &[u8], side: i64) -> Tensor {
    Tensor::from_slice(rgb).view([-1, side, side, 3]).permute([0, 3, 1, 2])
}

/// From 0–255 to [−1, 1], f32.
fn to_unit_range(bytes: &Tensor) -> Tensor {
    bytes.to_kind(Kind::Float) / 127.5 - 1.0
}
