//! How long a comparison will take, told before it starts.

use std::time::{Duration, Instant};

use anyhow::Result;

use recipe::{Recipe, thousands};
use training::Learner;

use crate::image_sets::Images;
use crate::inception::{InceptionTraining, is_row};
use crate::{Job, Work};

/// What one training costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// One step of SGD, its mini-batch included.
    pub step: Duration,
    /// One image through the network.
    pub image: Duration,
}

const WARM_UP: usize = 2;
const TIMED_STEPS: usize = 4;
/// Validation images that are timed.
const TIMED_IMAGES: usize = 250;

impl Cost {
    /// Says how long these trainings, whose networks differ little, take from the start.
    ///
    /// # Errors
    /// If an image cannot be read.
    pub fn tell(trainings: &[Job<&Recipe>], work: &Work, images: &Images) -> Result<()> {
        let Some(job) = trainings.first() else { return Ok(()) };
        let cost = Self::measure(job, work, images)?;
        let time = cost.of_all(trainings, work.threads);
        let (count, minutes) = (trainings.len(), time.as_secs().div_ceil(60));
        let steps: u64 = trainings.iter().map(|job| job.subject.steps).sum();
        let steps = thousands(steps);
        eprintln!("{count} trainings, {steps} steps: about {minutes} min from the start");
        Ok(())
    }

    /// Times a few steps of a training, by one thread, as it will run beside others.
    ///
    /// # Errors
    /// If an image cannot be read.
    pub fn measure(job: &Job<&Recipe>, work: &Work, images: &Images) -> Result<Self> {
        std::thread::scope(|scope| {
            let time = || {
                tch::set_num_threads(1);
                tch::no_grad(|| Self::of(InceptionTraining::new(job, work.execution)?, images))
            };
            scope.spawn(time).join().expect("no panic")
        })
    }

    fn of(mut training: InceptionTraining, images: &Images) -> Result<Self> {
        let mut batches = (0..).zip(images.training(&training.recipe, training.seed, 0)?);
        let mut time = |count: usize| -> Result<Duration> {
            let begin = Instant::now();
            for (step, batch) in batches.by_ref().take(count) {
                training.sgd_step(step, batch?);
            }
            Ok(begin.elapsed())
        };
        time(WARM_UP)?;
        let step = time(TIMED_STEPS)? / TIMED_STEPS as u32;
        training.validate(images, TIMED_IMAGES)?; // the first one is slower
        let begin = Instant::now();
        training.validate(images, TIMED_IMAGES)?;
        Ok(Self { step, image: begin.elapsed() / TIMED_IMAGES as u32 })
    }

    /// Of so many images or crops through the network.
    pub fn of_looks(self, looks: usize) -> Duration {
        self.image.mul_f64(looks as f64)
    }

    /// Of trainings of such networks, some at a time.
    pub fn of_all(self, trainings: &[Job<&Recipe>], at_a_time: usize) -> Duration {
        let all: Duration = trainings.iter().map(|job| self.of_one(job.subject)).sum();
        all.div_f64(at_a_time.min(trainings.len()) as f64)
    }

    fn of_one(self, recipe: &Recipe) -> Duration {
        let steps = recipe.steps;
        let validations = (0..=steps).filter(|&step| step == 0 || is_row(step, steps)).count();
        let validation = self.of_looks(validations * recipe.images.validation_images);
        self.step.mul_f64(steps as f64) + validation
    }
}
