//! How long a comparison will take, told before it starts.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::image_sets::Images;
use crate::recipes::Setting;
use crate::single_network::{Training, is_row};

/// What one training costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// One step of SGD, its mini-batch included.
    pub step: Duration,
    /// One validation.
    pub validation: Duration,
}

const WARM_UP: usize = 2;
const TIMED_STEPS: usize = 4;
/// Validation images that are timed.
const TIMED_IMAGES: usize = 250;

impl Cost {
    /// Times a few steps of the training that `begin` makes, by one thread, as it will run beside others.
    ///
    /// # Errors
    /// If an image cannot be read.
    pub fn measure(
        begin: impl FnOnce() -> Result<Training> + Send,
        images: &Images,
        setting: &Setting,
    ) -> Result<Self> {
        std::thread::scope(|scope| {
            let work = || {
                tch::set_num_threads(1);
                tch::no_grad(|| Self::of(begin()?, images, setting))
            };
            scope.spawn(work).join().expect("no panic")
        })
    }

    fn of(mut training: Training, images: &Images, setting: &Setting) -> Result<Self> {
        let mut batches = training.mini_batches(images, setting)?;
        let mut time = |count: usize| -> Result<Duration> {
            let begin = Instant::now();
            for batch in batches.by_ref().take(count) {
                training.sgd_step(&batch?);
            }
            Ok(begin.elapsed())
        };
        time(WARM_UP)?;
        let step = time(TIMED_STEPS)? / TIMED_STEPS as u32;
        let timed = Setting { validation_images: TIMED_IMAGES, ..setting.clone() };
        training.validate(images, &timed)?; // the first one is slower
        let begin = Instant::now();
        training.validate(images, &timed)?;
        let share = setting.validation_images as f64 / TIMED_IMAGES as f64;
        Ok(Self { step, validation: begin.elapsed().mul_f64(share) })
    }

    /// Of so many images or crops through the network.
    pub fn of_looks(self, looks: usize, setting: &Setting) -> Duration {
        self.validation.mul_f64(looks as f64 / setting.validation_images as f64)
    }

    /// Of so many trainings, some at a time.
    pub fn of_all(self, trainings: usize, at_a_time: usize, steps: u64) -> Duration {
        let validations = (0..=steps).filter(|&step| step == 0 || is_row(step, steps)).count();
        let one = self.step.mul_f64(steps as f64) + self.validation.mul_f64(validations as f64);
        one.mul_f64(trainings as f64 / at_a_time.min(trainings) as f64)
    }
}
