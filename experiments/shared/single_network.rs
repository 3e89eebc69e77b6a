//! The training of §4.2.2: one network, one seed.

use anyhow::Result;
use bn_inception::{BnInception, Execution};
use data::loader::{Batch, Loader};
use record::claims::{OBSERVED_FILE, PointRow};
use record::fig2::{CURVES_FILE, CurveRow, Network, OUTCOMES_FILE, Outcome, OutcomeRow};
use record::run::{Run, Scale};
use streams::Stream;
use tch::{Kind, Tensor};
use training::evaluation::Classified;
use training::{MomentumSgd, Progress, Resumable, stop};

use crate::image_sets::Images;
use crate::job::Job;
use crate::recipes::{MOMENTUM, Recipe, Setting};

/// A network in training.
pub struct Training {
    job: Job<Network>,
    recipe: Recipe,
    network: BnInception,
    sgd: MomentumSgd,
    /// Steps done.
    pub step: u64,
    since_last_row: Sums,
}

/// Sums over the steps since the last row, kept where they are computed, so that no step waits for a
/// number.
struct Sums {
    loss: Tensor,
    gradient_norm: Tensor,
    steps: u64,
    skipped_images: u64,
}

impl Training {
    /// A network at its initial weights.
    ///
    /// # Errors
    /// If the recipe describes no network.
    pub fn new(job: Job<Network>, recipe: Recipe, execution: Execution) -> Result<Self> {
        let network = BnInception::new(recipe.config.clone(), job.seed, execution)?;
        let parameters = network.parameters();
        let sgd = MomentumSgd::new(parameters.values(), parameters.weights(), MOMENTUM);
        let since_last_row = Sums::new(parameters.values());
        Ok(Self { job, recipe, network, sgd, step: 0, since_last_row })
    }

    /// Everything that a checkpoint holds beside the step, by name; shares memory with the network.
    pub fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let velocity = ("sgd/velocity".to_owned(), self.sgd.velocity.shallow_clone());
        self.network.named_tensors().into_iter().chain([velocity]).collect()
    }

    /// Goes on at this step, after a checkpoint was read into the tensors.
    pub fn resume(&mut self, step: u64) {
        self.network.parameters().refresh();
        self.step = step;
    }

    /// The mini-batches from the step that comes next.
    ///
    /// # Errors
    /// If a mini-batch is larger than the data set.
    pub fn mini_batches(&self, images: &Images, setting: &Setting) -> Result<Loader> {
        images.training(self.job.seed, &self.recipe, setting, self.step)
    }

    /// One step of SGD.
    pub fn sgd_step(&mut self, batch: &Batch) {
        let (images, labels) = self.tensors(batch);
        let mut dropout = Stream::new(self.job.seed, &format!("dropout/{}", self.step));
        let loss = self.network.loss(&images, &labels, &mut dropout);
        let parameters = self.network.parameters();
        parameters.backward(&loss);
        self.since_last_row.add(&loss, parameters.gradient(), batch.skipped);
        let rate = self.recipe.learning_rate_at(self.step);
        self.sgd.step(parameters.values(), parameters.gradient(), rate, self.recipe.l2);
        parameters.refresh();
        self.step += 1;
    }

    /// Images `[n, 3, side, side]` in [−1, 1], f32, and labels; bytes travel to the device.
    pub fn tensors(&self, batch: &Batch) -> (Tensor, Tensor) {
        let device = self.sgd.velocity.device();
        let side = self.recipe.config.image_side;
        (
            to_unit_range(&image_tensor(&batch.images, side).to_device(device)),
            Tensor::from_slice(&batch.labels).to_device(device),
        )
    }

    /// Validates the network by its moving averages.
    ///
    /// # Errors
    /// If a validation image is damaged.
    pub fn row(&mut self, scale: Scale, images: &Images, setting: &Setting) -> Result<CurveRow> {
        let classified = self.validate(images, setting)?;
        let skipped_images = self.since_last_row.skipped_images;
        let (loss, gradient_norm) = self.since_last_row.take_means();
        let statistics = self.network.statistics();
        let of = |x: Tensor, number: fn(&Tensor) -> Tensor| {
            (x.numel() > 0).then(|| number(&x).double_value(&[]))
        };
        Ok(CurveRow {
            scale,
            network: self.job.network,
            seed: self.job.seed,
            step: self.step,
            learning_rate: self.recipe.learning_rate_at(self.step),
            training_loss_nats: loss,
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

    /// Classifies the validation images by the moving averages.
    ///
    /// # Errors
    /// If one of them is damaged.
    pub fn validate(&self, images: &Images, setting: &Setting) -> Result<Classified> {
        let network = self.network.fold();
        self.classify(images, images.validation(setting)?, |pixels| network.logits(pixels))
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

    /// The network.
    pub fn network(&self) -> &BnInception {
        &self.network
    }
}

/// What is measured of a network at step 0 and after each step that has a row.
pub type Observe<'a> = &'a dyn Fn(&Training) -> Result<Vec<PointRow>>;

/// Measures nothing.
pub const NOTHING: Observe = &|_| Ok(Vec::new());

/// Trains until the last step, divergence or Ctrl-C, in the run's folder of this name; goes on from the
/// checkpoint that it finds there. Returns the trained network. Rows go
/// to [`CURVES_FILE`] and [`OUTCOMES_FILE`], what is observed to [`OBSERVED_FILE`].
///
/// # Errors
/// If a file cannot be read or written, a picture is damaged and the loader stops at such, or a stop
/// was asked for.
pub fn train(
    name: &str,
    mut training: Training,
    setting: &Setting,
    images: &Images,
    run: &Run,
    progress: &Progress,
    observe: Observe,
) -> Result<Training> {
    let folder = run.job_folder(name)?;
    let logs = [CURVES_FILE, OUTCOMES_FILE, OBSERVED_FILE];
    let mut files = Resumable::open(&folder, logs, training.named_tensors())?;
    training.resume(files.step());
    progress.skip(if files.is_finished() { setting.steps } else { training.step });
    if files.is_finished() {
        return Ok(training);
    }
    if training.step == 0 {
        files.append(0, [training.row(run.scale(), images, setting)?])?;
        files.append(2, observe(&training)?)?;
    }
    for batch in training.mini_batches(images, setting)? {
        training.sgd_step(&images.report_damage(batch?));
        progress.add(1);
        if !is_row(training.step, setting.steps) {
            continue;
        }
        let row = training.row(run.scale(), images, setting)?;
        let outcome = outcome(&row, setting.steps);
        files.append(2, observe(&training)?)?;
        write(&mut files, &row, outcome)?;
        progress.note(&line(&row));
        if let Some(outcome) = outcome {
            progress.skip(setting.steps - row.step);
            let accuracy = 100.0 * row.top1_accuracy;
            progress.line(&format!("{name}: {outcome:?} at step {}, {accuracy:.1} %", row.step));
            break;
        }
        if stop::is_requested() {
            return Err(stop::Stopped.into());
        }
    }
    Ok(training)
}

/// Writes a row, and the outcome if there is one, and makes this step the place to go on from.
fn write(files: &mut Resumable<3>, row: &CurveRow, outcome: Option<Outcome>) -> Result<()> {
    let CurveRow { scale, network, seed, step, .. } = *row;
    files.append(0, [row])?;
    files.append(1, outcome.map(|outcome| OutcomeRow { scale, network, seed, outcome, step }))?;
    files.save(step, outcome.is_some())
}

/// How the training has ended, if it has.
fn outcome(row: &CurveRow, steps: u64) -> Option<Outcome> {
    let is_finite = |number: Option<f64>| number.is_none_or(f64::is_finite);
    if !(is_finite(row.training_loss_nats) && is_finite(row.gradient_norm)) {
        return Some(Outcome::Diverged);
    }
    (row.step == steps).then_some(Outcome::Finished)
}

/// Whether a row follows this step: 20 do in the first eighth of the training, 10 in the second, then one
/// in each thirty-second, so that a network that is fourteen times as fast is measured finely, too.
pub fn is_row(step: u64, steps: u64) -> bool {
    let every = match step * 8 / steps {
        0 => steps / 160,
        1 => steps / 80,
        _ => steps / 32,
    };
    step == steps || step.is_multiple_of(every.max(1))
}

fn line(row: &CurveRow) -> String {
    let accuracy = 100.0 * row.top1_accuracy;
    format!("{}, seed {}, step {}: {accuracy:.1} %", row.network, row.seed, row.step)
}

/// Interleaved red, green, blue of n images as `[n, 3, side, side]`, bytes, stored channels-last.
pub fn image_tensor(rgb: &[u8], side: i64) -> Tensor {
    Tensor::from_slice(rgb).view([-1, side, side, 3]).permute([0, 3, 1, 2])
}

/// From 0–255 to [−1, 1], f32.
fn to_unit_range(bytes: &Tensor) -> Tensor {
    bytes.to_kind(Kind::Float) / 127.5 - 1.0
}

impl Sums {
    fn new(like: &Tensor) -> Self {
        let zero = || Tensor::zeros([], (Kind::Double, like.device()));
        Self { loss: zero(), gradient_norm: zero(), steps: 0, skipped_images: 0 }
    }

    fn add(&mut self, loss: &Tensor, gradient: &Tensor, skipped: usize) {
        self.loss += loss.detach();
        self.gradient_norm += gradient.norm();
        self.steps += 1;
        self.skipped_images += skipped as u64;
    }

    /// Mean loss and mean norm of the gradient, `None` of no steps; starts anew.
    fn take_means(&mut self) -> (Option<f64>, Option<f64>) {
        let mean =
            |sum: &Tensor, steps: u64| (steps > 0).then(|| sum.double_value(&[]) / steps as f64);
        let means = (mean(&self.loss, self.steps), mean(&self.gradient_norm, self.steps));
        *self = Self::new(&self.loss);
        means
    }
}
