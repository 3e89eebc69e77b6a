//! Claims of the text that are tested by variations of the networks of §4.2: the program is a list of recipes, and
//! what is looked at beside their accuracy.

use std::process::ExitCode;

use anyhow::Result;
use data::loader::{Loader, OnDamage};
use recipe::{Recipe, RunRecipe};
use record::point::POINTS_FILE;

use crate::image_sets::Images;
use crate::inception::{self, InceptionTraining};
use crate::{Choice, Points, Request, request};

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
    /// The images.
    pub images: &'a Images,
    /// Validation images of an accuracy at the end.
    test_images: usize,
}

impl Trained<'_> {
    /// How it is trained.
    pub fn recipe(&self) -> &Recipe {
        &self.training.recipe
    }

    /// Share of the validation images that it classifies rightly, by its moving averages.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn test_accuracy(&self) -> Result<f64> {
        Ok(self.training.validate(self.images, self.test_images)?.top1_accuracy())
    }

    /// The validation images.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn test_set(&self) -> Result<Loader> {
        self.images.validation(self.recipe(), self.test_images)
    }

    /// Share of the images that it was trained on and classifies rightly.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn training_accuracy(&self) -> Result<f64> {
        let loader = self.images.training_once(self.recipe())?;
        let network = self.training.network.fold();
        let classified =
            self.training.classify(self.images, loader, |pixels| network.logits(pixels))?;
        Ok(classified.top1_accuracy())
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

/// Images of an accuracy at the end: all that CIFAR-10 has for validation.
const TEST_IMAGES: usize = 10_000;
const SMOKE_TEST_IMAGES: usize = 100;

/// The `main` of such a program. The points of each network are its validation accuracy on the way, its accuracy on
/// all validation images at the end, and what is looked at.
pub fn main(name: &'static str, recipes: impl Fn(&Choice) -> Vec<Recipe>, look: &Look) -> ExitCode {
    let recipe = |choice: &Choice| RunRecipe::of(recipes(choice));
    request::main(name, recipe, |request| run(request, look))
}

fn run(request: &mut Request, look: &Look) -> Result<()> {
    let (work, images) = request.on_images(OnDamage::Stop)?;
    let test_images = if request.is_smoke() { SMOKE_TEST_IMAGES } else { TEST_IMAGES };
    work.train(&work.trainings(), |job, progress| {
        let logs = &[POINTS_FILE];
        inception::train(job, &work, &images, progress, logs, |sight, rows| {
            let (training, step) = (sight.training, sight.row.step);
            let trained = Trained { training, step, images: &images, test_images };
            let mut points = Points::of(work.scale(), job);
            points.push("validation accuracy", step as f64, sight.row.top1_accuracy);
            (look.on_the_way)(&trained, &mut points)?;
            if sight.outcome.is_some() {
                let steps = job.subject.steps as f64;
                points.push("test accuracy", steps, trained.test_accuracy()?);
                (look.at_the_end)(&trained, &mut points)?;
            }
            rows.append(POINTS_FILE, points.take_rows())
        })
    })?;
    work.finish_with_rows(&[POINTS_FILE])
}
