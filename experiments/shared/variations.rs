//! Variations of the networks of §4.2 that the text's claims are tested by: trained like a row of Figure 2,
//! on CIFAR-10 at a quarter of the width.

use std::fmt;

use anyhow::Result;
use bn_inception::Arithmetic;
use clap::Args;
use data::loader::{Loader, OnDamage};
use record::claims::OBSERVED_FILE;
use record::fig2::{CURVES_FILE, CurveRow};
use record::run::Scale;
use record::table;
use serde::Serialize;
use training::Progress;

use crate::CommonArgs;
use crate::command_line::{ArithmeticArgs, Request, ScaleArgs, ScaleChoice};
use crate::image_sets::Images;
use crate::job::Job;
use crate::points::{Points, finish, measure};
use crate::recipes::{Recipe, SMOKE, Setting};
use crate::single_network::{Training, train};

/// Options of the claims that train variations.
#[derive(Args, Clone, Debug)]
pub struct VariationArgs {
    #[command(flatten)]
    scale: ScaleArgs,

    #[command(flatten)]
    common: CommonArgs,

    #[command(flatten)]
    arithmetic: ArithmeticArgs,
}

/// A network, how it is trained, and on what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variation {
    /// What it is called in the rows.
    pub name: String,
    /// Images, network and steps.
    pub setting: Setting,
    /// How it is trained.
    pub recipe: Recipe,
}

impl fmt::Display for Variation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Everything that such a run depends on, beside its seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Variations {
    variations: Vec<Variation>,
    arithmetic: Arithmetic,
}

/// A network, trained so far, and what it is looked at with.
pub struct Trained<'a> {
    /// It.
    pub training: &'a Training,
    /// How it is trained.
    pub recipe: &'a Recipe,
    /// Its seed.
    pub seed: u64,
    /// The images.
    pub images: &'a Images,
    /// What it was trained on, with as many validation images as are to be looked at now.
    pub setting: &'a Setting,
}

impl Trained<'_> {
    /// Share of the validation images that it classifies rightly, by its moving averages.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn test_accuracy(&self) -> Result<f64> {
        Ok(self.training.validate(self.images, self.setting)?.top1_accuracy())
    }

    /// The mini-batches that its training began with, as many as the setting has steps.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn first_mini_batches(&self, setting: &Setting) -> Result<Loader> {
        self.images.training(self.seed, self.recipe, setting, 0)
    }

    /// Share of the images that it was trained on and classifies rightly.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn training_accuracy(&self) -> Result<f64> {
        let loader = self.images.training_once(self.setting)?;
        let network = self.training.network().fold();
        let classified =
            self.training.classify(self.images, loader, |pixels| network.logits(pixels))?;
        Ok(classified.top1_accuracy())
    }
}

/// Seeds of a claim's run.
const SEEDS: u64 = 3;
/// Images of each evaluation after the last step: all that CIFAR-10 has for validation.
const TEST_IMAGES: usize = 10_000;
const SMOKE_TEST_IMAGES: usize = 100;

/// What is measured of each variation, beside its curve and its accuracy.
pub struct Look<'a> {
    /// On its way: at step 0, and after each step that has a row.
    pub on_the_way: &'a (dyn Fn(&Trained, &mut Points) -> Result<()> + Sync),
    /// When it is trained.
    pub at_the_end: &'a (dyn Fn(&Variation, &Trained, &mut Points) -> Result<()> + Sync),
}

impl Default for Look<'_> {
    /// Nothing more.
    fn default() -> Self {
        Self { on_the_way: &|_, _| Ok(()), at_the_end: &|_, _, _| Ok(()) }
    }
}

/// Trains the variations that a setting gives, side by side; the points of each are its curve, its accuracy
/// on all validation images, and what is looked at.
///
/// # Errors
/// If the data cannot be read, a training cannot go on, a file cannot be written, or a stop was asked for.
pub fn run(
    artefact: &'static str,
    args: &VariationArgs,
    default: &Setting,
    variations: impl Fn(&Setting) -> Vec<Variation>,
    look: &Look,
) -> Result<()> {
    let (scale, default) = match args.scale.scale {
        ScaleChoice::Full => (Scale::Small, default.clone()),
        ScaleChoice::Smoke => {
            (Scale::Smoke, Setting { training_images: default.training_images, ..SMOKE })
        }
    };
    let steps = args.common.steps.unwrap_or(default.steps);
    let execution = args.arithmetic.execution_on(&args.common.device)?;
    let images =
        Images::load(&default, args.common.data.as_deref(), args.common.loading(OnDamage::Stop))?;
    let of =
        |setting: &Setting, arithmetic| Variations { variations: variations(setting), arithmetic };
    let recipe = of(&Setting { steps, ..default.clone() }, execution.arithmetic);
    let run = args.common.open_run(Request {
        artefact,
        scale,
        recipe: &recipe,
        default_recipe: &of(&default, Arithmetic::fastest(execution.device)),
        default_seeds: if scale == Scale::Smoke { 1 } else { SEEDS },
        data_sha256: images.sha256(),
    })?;
    let of_seed = |&seed| recipe.variations.iter().map(move |network| Job { network, seed });
    let jobs: Vec<Job<&Variation>> = run.seeds().iter().flat_map(of_seed).collect();
    let progress = Progress::new(jobs.iter().map(|job| job.network.setting.steps).sum());
    let test_images = if scale == Scale::Smoke { SMOKE_TEST_IMAGES } else { TEST_IMAGES };
    measure(&run, &jobs, args.common.jobs(), |job, points| {
        let variation = job.network;
        let numbered = Job { network: variation.recipe.network, seed: job.seed };
        let begin = Training::new(numbered, variation.recipe.clone(), execution)?;
        let (recipe, seed, images) = (&variation.recipe, job.seed, &images);
        let observe = |training: &Training| {
            let mut points = Points::of(run.scale(), job);
            let setting = &variation.setting;
            let trained = Trained { training, recipe, seed, images, setting };
            (look.on_the_way)(&trained, &mut points)?;
            Ok(points.into_rows())
        };
        let (name, setting) = (job.name(), &variation.setting);
        let training = train(&name, begin, setting, images, &run, &progress, &observe)?;
        points.extend(table::read(&run.job_folder(&name)?.join(OBSERVED_FILE))?);
        let curve: Vec<CurveRow> = table::read(&run.job_folder(&name)?.join(CURVES_FILE))?;
        for row in &curve {
            points.push("validation accuracy", row.step as f64, row.top1_accuracy);
        }
        let setting = Setting { validation_images: test_images, ..variation.setting.clone() };
        let trained = Trained { training: &training, recipe, seed, images, setting: &setting };
        points.push("test accuracy", setting.steps as f64, trained.test_accuracy()?);
        (look.at_the_end)(variation, &trained, points)
    })?;
    drop(progress);
    finish(run, &jobs)
}
