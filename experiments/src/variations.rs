//! Claims of the text that are tested by variations of the networks of §4.2: the program is a list of recipes, and
//! what is looked at beside their accuracy.

use std::process::ExitCode;

use anyhow::Result;
use data::loader::{Batch, Loader, OnDamage};
use recipe::{Recipe, RunRecipe};
use record::point::{POINTS_FILE, PointRow};
use tch::Tensor;

use crate::image_sets::Images;
use crate::inception::{self, InceptionTraining};
use crate::{Choice, Points, Request, request};

/// Metric of the curves.
const VALIDATION_ACCURACY: &str = "validation accuracy";

/// What is measured of each network, beside its accuracy.
pub struct Look<'a> {
    /// On its way: at step 0, and after each step that has a row.
    pub on_the_way: &'a (dyn Fn(&Trained, &mut Points) -> Result<()> + Sync),
    /// When it is trained.
    pub at_the_end: &'a (dyn Fn(&Trained, &mut Points) -> Result<()> + Sync),
}

impl Default for Look<'_> {
    /// Nothing more.
    fn default() -> Self {
        Self { on_the_way: &|_, _| Ok(()), at_the_end: &|_, _| Ok(()) }
    }
}

/// A network, trained so far, and what it is looked at with.
pub struct Trained<'a> {
    /// It.
    pub training: &'a InceptionTraining,
    /// Steps done.
    pub step: u64,
    /// What was measured of it before.
    pub so_far: &'a [PointRow],
    /// The images.
    pub images: &'a Images,
}

impl Trained<'_> {
    /// How it is trained.
    pub fn recipe(&self) -> &Recipe {
        &self.training.recipe
    }

    /// Share of the test images that it classifies rightly, by the population's statistics if the recipe says so.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn test_accuracy(&self) -> Result<f64> {
        self.training.by_population(self.images, || self.test_accuracy_now())
    }

    /// The same by the statistics that the network has now, in training the moving averages.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn test_accuracy_now(&self) -> Result<f64> {
        Ok(self.training.test(self.images)?.top1_accuracy())
    }

    /// The test images.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn test_set(&self) -> Result<Loader> {
        self.images.test(self.recipe())
    }

    /// Share of all held-out images that it classifies rightly, by the statistics that it has now. Choices are made by
    /// these images, and what is chosen is judged by the test images.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn held_out_accuracy(&self) -> Result<f64> {
        let all = self.recipe().images.held_out_images;
        Ok(self.training.validate(self.images, all)?.top1_accuracy())
    }

    /// Share of the images that it was trained on and classifies rightly, by the population's statistics if the recipe
    /// says so.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn training_accuracy(&self) -> Result<f64> {
        self.training.by_population(self.images, || self.training_accuracy_now())
    }

    /// The same by the statistics that the network has now.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn training_accuracy_now(&self) -> Result<f64> {
        let loader = self.images.training_once(self.recipe())?;
        let network = self.training.network.fold();
        let logits = |pixels: &Tensor| network.logits(pixels);
        Ok(self.training.classify(self.images, loader, logits)?.top1_accuracy())
    }

    /// The mini-batch of its next step; none after its last.
    ///
    /// # Errors
    /// If no thread can be started, or a picture is damaged.
    pub fn next_mini_batch(&self) -> Result<Option<Batch>> {
        let mut loader = self.images.training(self.recipe(), self.training.seed, self.step)?;
        loader.next().transpose()
    }

    /// So many mini-batches, with which its training began; of this many images each.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn first_mini_batches(&self, count: u64, mini_batch: usize) -> Result<Loader> {
        let recipe = Recipe { steps: count, mini_batch, ..self.recipe().clone() };
        self.images.training(&recipe, self.training.seed, 0)
    }
}

/// Looks at a trained network's accuracy on all held-out images and on those that it was trained on, beside that on the test images.
///
/// # Errors
/// If no thread can be started.
pub fn accuracies(trained: &Trained, points: &mut Points) -> Result<()> {
    let step = trained.step as f64;
    points.push("held-out accuracy", step, trained.held_out_accuracy()?);
    points.push("training accuracy", step, trained.training_accuracy()?);
    Ok(())
}

/// The `main` of such a program. The points of each network are its accuracy on held-out images on the way, by moving
/// averages; its accuracy on the test images at the end, by moving averages and by the population's statistics; and
/// what is looked at.
pub fn main(name: &'static str, recipes: impl Fn(&Choice) -> Vec<Recipe>, look: &Look) -> ExitCode {
    let recipe = |choice: &Choice| RunRecipe::of(recipes(choice));
    request::main(name, recipe, |request| run(request, look))
}

fn run(request: &mut Request, look: &Look) -> Result<()> {
    let (work, images) = request.on_images(OnDamage::Stop)?;
    work.train(&work.trainings(), |job, progress| {
        let logs = &[POINTS_FILE];
        inception::train(job, &work, &images, progress, logs, |sight, rows| {
            let (training, step) = (sight.training, sight.row.step);
            let seen = |so_far| Trained { training, step, so_far, images: &images };
            let mut points = Points::of(work.scale(), job);
            points.push(VALIDATION_ACCURACY, step as f64, sight.row.top1_accuracy);
            let so_far = rows.so_far(POINTS_FILE)?;
            (look.on_the_way)(&seen(&so_far), &mut points)?;
            rows.append(POINTS_FILE, points.take_rows())?;
            if sight.outcome.is_some() {
                let so_far = rows.so_far(POINTS_FILE)?; // with this look
                accuracies_at_the_end(&seen(&so_far), &mut points)?;
                (look.at_the_end)(&seen(&so_far), &mut points)?;
            }
            rows.append(POINTS_FILE, points.take_rows())
        })
    })?;
    work.finish_with_rows(&[POINTS_FILE])
}

/// On the test images, by both kinds of statistics.
fn accuracies_at_the_end(trained: &Trained, points: &mut Points) -> Result<()> {
    let steps = trained.recipe().steps as f64;
    let by_moving_averages = trained.test_accuracy_now()?;
    let by_population = trained.test_accuracy()?;
    points.push("test accuracy", steps, by_population);
    points.push("test accuracy, moving averages", steps, by_moving_averages);
    if let Some(gain) = gain_in_the_last_quarter(trained) {
        points.push("gain in the last quarter", steps, gain);
    }
    if trained.recipe().has_bn() {
        let difference = by_population - by_moving_averages;
        points.push("population statistics less moving averages", steps, difference);
    }
    Ok(())
}

/// What the accuracy on held-out images gains from the first row in the last quarter on; `None` of too few rows.
fn gain_in_the_last_quarter(trained: &Trained) -> Option<f64> {
    let begin = 0.75 * trained.step as f64;
    let is_curve = |row: &&PointRow| row.metric == VALIDATION_ACCURACY;
    let curve: Vec<&PointRow> = trained.so_far.iter().filter(is_curve).collect();
    let (last, before) = curve.split_last()?;
    let first = before.iter().find(|row| row.x >= begin)?;
    Some(last.value - first.value)
}
