//! How long trainings will take, told before they start.

use std::time::{Duration, Instant};

use anyhow::Result;
use bn_inception::Execution;
use recipe::{NetworkConfig, Recipe, thousands};
use tch::{Cuda, Device};
use training::{Learner, memory};

use crate::image_sets::Images;
use crate::inception::{self, InceptionTraining};
use crate::mnist::BinaryMnist;
use crate::power::Meter;
use crate::sigmoid::SigmoidTraining;
use crate::{Job, Work};

/// What one training costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// One step of SGD, its mini-batch included.
    pub step: Duration,
    /// One image through the network; nothing of the network of §4.1, whose programs look at it each in its own way.
    pub image: Duration,
    /// Memory of this process that a training takes, bytes.
    pub memory: u64,
    /// What the processor drew during the steps, watts, if it says so.
    pub watts: Option<f64>,
}

const WARM_UP: u64 = 2;
/// Timed steps at least, and how long at least.
const TIMED_STEPS: u32 = 2;
const TIMED: Duration = Duration::from_millis(500);
/// Validation images that are timed.
const TIMED_IMAGES: usize = 64;
/// More steps than are ever timed.
const ENDLESS: u64 = 1 << 40;

impl Cost {
    /// Says how long these trainings, whose networks differ little, take from the start.
    ///
    /// # Errors
    /// If an image cannot be read.
    pub fn tell(trainings: &[Job<&Recipe>], work: &Work, images: &Images) -> Result<()> {
        let Some(job) = trainings.first() else { return Ok(()) };
        let cost = Self::measure(job, work.execution, images)?;
        let time = cost.of_all(trainings, work.threads);
        let (count, minutes) = (trainings.len(), time.as_secs().div_ceil(60));
        let steps: u64 = trainings.iter().map(|job| job.subject.steps).sum();
        let steps = thousands(steps);
        eprintln!("{count} trainings, {steps} steps: about {minutes} min from the start");
        Ok(())
    }

    /// Times a few steps of a training of BN-Inception, by one thread, as it will run beside others.
    ///
    /// # Errors
    /// If an image cannot be read.
    pub fn measure(job: &Job<&Recipe>, execution: Execution, images: &Images) -> Result<Self> {
        by_one_thread(|| {
            let before = memory::resident_bytes();
            let mut training = InceptionTraining::new(job, execution)?;
            let mini_batch = training.recipe.examples_of_a_replica();
            let recipe = Recipe { steps: ENDLESS, mini_batch, ..training.recipe.clone() };
            let batches = images.training(&recipe, job.seed, 0)?;
            let (step, watts) = time(&mut training, batches, execution.device)?;
            training.validate(images, TIMED_IMAGES)?; // the first one is slower
            let begin = Instant::now();
            training.validate(images, TIMED_IMAGES)?;
            let image = begin.elapsed() / TIMED_IMAGES as u32;
            Ok(Self { step, image, memory: memory::resident_bytes().saturating_sub(before), watts })
        })
    }

    /// The same of the network of §4.1.
    ///
    /// # Errors
    /// None, as long as mini-batches of MNIST in memory have none.
    pub fn measure_on_mnist(job: &Job<&Recipe>, mnist: &BinaryMnist) -> Result<Self> {
        by_one_thread(|| {
            let before = memory::resident_bytes();
            let mut training = SigmoidTraining::new(job, mnist);
            let batches = mnist.train.mini_batches(job, 0);
            let (step, watts) = time(&mut training, batches, Device::Cpu)?;
            let memory = memory::resident_bytes().saturating_sub(before);
            Ok(Self { step, image: Duration::ZERO, memory, watts })
        })
    }

    /// Of so many images or crops through the network.
    pub fn of_looks(self, looks: usize) -> Duration {
        self.image.mul_f64(looks as f64)
    }

    /// Of trainings of such networks, so many at a time, in this order.
    pub fn of_all(self, trainings: &[Job<&Recipe>], at_a_time: usize) -> Duration {
        let mut ends = vec![Duration::ZERO; at_a_time.max(1)];
        for job in trainings {
            let next = ends.iter_mut().min().expect("there is one at least");
            *next += self.of_one(job.subject);
        }
        ends.into_iter().max().unwrap_or_default()
    }

    /// Of one training of such a network, with its validations.
    pub fn of_one(self, recipe: &Recipe) -> Duration {
        self.step.mul_f64(recipe.steps as f64) + self.of_validation(recipe)
    }

    /// Of its validations.
    pub fn of_validation(self, recipe: &Recipe) -> Duration {
        self.of_looks(validations(recipe) * recipe.images.validation_images)
    }
}

/// How often a training of BN-Inception is validated.
pub fn validations(recipe: &Recipe) -> usize {
    match recipe.network {
        NetworkConfig::BnInception(_) => inception::rows(recipe.steps),
        NetworkConfig::SigmoidMlp(_) => 0,
    }
}

/// What a thread of its own measures, which computes by itself.
fn by_one_thread(measure: impl FnOnce() -> Result<Cost> + Send) -> Result<Cost> {
    let alone = || {
        tch::set_num_threads(1);
        tch::no_grad(measure)
    };
    std::thread::scope(|scope| scope.spawn(alone).join().expect("no panic"))
}

/// The time of a step, and the power meanwhile.
fn time<L: Learner>(
    learner: &mut L,
    batches: impl Iterator<Item = Result<L::Batch>>,
    device: Device,
) -> Result<(Duration, Option<f64>)> {
    let mut batches = (0..).zip(batches);
    for (step, batch) in batches.by_ref().take(WARM_UP as usize) {
        learner.sgd_step(step, batch?);
    }
    wait(device);
    let (meter, begin, mut steps) = (Meter::start(), Instant::now(), 0);
    for (step, batch) in batches {
        learner.sgd_step(step, batch?);
        wait(device);
        steps += 1;
        if steps >= TIMED_STEPS && begin.elapsed() >= TIMED {
            break;
        }
    }
    Ok((begin.elapsed() / steps.max(1), meter.watts()))
}

/// Until a GPU has done what it was told to.
fn wait(device: Device) {
    if let Device::Cuda(index) = device {
        Cuda::synchronize(index as i64);
    }
}
