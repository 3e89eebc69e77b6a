//! What a user asks of an exhibit's program.

mod options;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bn_inception::Execution;
use clap::{Args, FromArgMatches};
use data::loader::OnDamage;
use exhibit::Exhibit;
use recipe::RunRecipe;
use record::manifest::Host;
use record::run::{Plan, Run, Scale};
use training::{Replicas, device, memory};

use crate::command_line::{CommonArgs, InceptionArgs, StatisticsChoice, resumable_exit_code};
use crate::image_sets::{Images, Loading};
use crate::mnist::BinaryMnist;
use crate::work::Nothing;
use crate::{Work, dry_run, replicas};

use options::{
    arithmetic, chosen_scale, command, is_judged_by_population, own_defaults, print_recipe,
    statistics, trains_inception,
};

/// What a recipe depends on: the scale, and the options that change it.
pub struct Choice<Own = ()> {
    /// The scale.
    pub scale: Scale,
    /// Steps, if the user asks for others than the scale's.
    pub steps: Option<u64>,
    /// The program's own options.
    pub own: Own,
}

impl<Own> Choice<Own> {
    /// The steps that the user asks for, or else these.
    pub fn steps_or(&self, default: u64) -> u64 {
        self.steps.unwrap_or(default)
    }

    /// Whether this only shows that the program works.
    pub fn is_smoke(&self) -> bool {
        self.scale == Scale::Smoke
    }
}

/// A parsed command line, and the recipe that comes of it.
pub struct Request<Own = ()> {
    /// Options of every exhibit.
    pub common: CommonArgs,
    /// The program's own options.
    pub own: Own,
    name: &'static str,
    /// Where trained networks are kept.
    networks: Option<PathBuf>,
    /// Processes of each training.
    replicas: usize,
    /// The others of them, once they are met.
    met: Option<Arc<dyn Replicas>>,
    scale: Scale,
    recipe: RunRecipe,
    /// The scale's own recipe and number of seeds, which a run must have to be one of this scale.
    default: (RunRecipe, u64),
}

/// The `main` of an exhibit's program: parses the command line by its description, and does the work.
///
/// `name` is that of the program and its description (`env!("CARGO_BIN_NAME")`); `recipe` makes the recipe of a
/// scale, changed by the user's options. It must not depend on anything else.
pub fn main<Own: Args>(
    name: &'static str,
    recipe: impl Fn(&Choice<Own>) -> RunRecipe,
    work: impl FnOnce(&mut Request<Own>) -> Result<()>,
) -> ExitCode {
    resumable_exit_code(|| match Request::parse(name, &recipe)? {
        Some(request) if request.common.plan => dry_run::tell(&request),
        Some(mut request) => {
            let done = work(&mut request);
            replicas::leave(request.met.as_deref(), done)
        }
        None => Ok(()),
    })
}

impl<Own: Args> Request<Own> {
    /// Nothing if the user only wants to see the recipe, which is then printed.
    fn parse(
        name: &'static str,
        recipe: &dyn Fn(&Choice<Own>) -> RunRecipe,
    ) -> Result<Option<Self>> {
        let exhibit = Exhibit::named(name)?;
        let scales = &exhibit.description.scales;
        let of_scale = |scale| recipe(&Choice { scale, steps: None, own: own_defaults(name) });
        let recipes: Vec<RunRecipe> = scales.iter().map(|scale| of_scale(scale.name)).collect();
        let has_inception = recipes.iter().any(trains_inception);
        if has_inception {
            memory::keep_freed();
        }
        let has_population = recipes.iter().any(is_judged_by_population);
        let options = (has_inception, has_population);
        let matches = command::<Own>(name, &exhibit, &recipes, options).get_matches();
        let mut common = CommonArgs::from_arg_matches(&matches)?;
        let scale = chosen_scale(&matches, &exhibit)?;
        let inception = has_inception.then(|| InceptionArgs::from_arg_matches(&matches));
        let inception = inception.transpose()?;
        let replicas = inception.as_ref().map_or(1, |own| usize::from(own.replicas));
        if replicas > 1 {
            by_replicas(&mut common)?;
        }
        let arithmetic = inception.as_ref().map(|own| arithmetic(own, &common)).transpose()?;
        if common.print_recipe {
            print_recipe(name, scale, &of_scale(scale.name).computed_in(arithmetic))?;
            return Ok(None);
        }
        let own = Own::from_arg_matches(&matches)?;
        let choice = Choice { scale: scale.name, steps: common.steps, own };
        let mut recipe = recipe(&choice).computed_in(arithmetic);
        let has_scaled_rate = inception.as_ref().is_some_and(|own| own.scale_rate);
        ensure!(replicas > 1 || !has_scaled_rate, "--scale-rate: of --replicas there is one");
        for training in &mut recipe.trainings {
            *training = training.clone().by_replicas(replicas);
            if has_scaled_rate {
                training.sgd = training.sgd.scaled_linearly(replicas, training.steps);
            }
        }
        if has_population && statistics(&matches)? == StatisticsChoice::Moving {
            let images = recipe.trainings.iter_mut().map(|training| &mut training.images);
            images.for_each(|images| images.population_mini_batches = None);
        }
        Ok(Some(Self {
            recipe,
            default: (of_scale(scale.name).computed_in(arithmetic), scale.seeds),
            common,
            own: choice.own,
            networks: inception.and_then(|own| own.keep_networks),
            replicas,
            met: None,
            name,
            scale: scale.name,
        }))
    }
}

impl<Own> Request<Own> {
    /// The recipe, with the user's options.
    pub fn recipe(&self) -> &RunRecipe {
        &self.recipe
    }

    /// Whether this only shows that the program works.
    pub fn is_smoke(&self) -> bool {
        self.scale == Scale::Smoke
    }

    /// Which exhibit.
    pub fn name(&self) -> &str {
        self.name
    }

    /// How many seeds.
    pub fn seeds(&self) -> u64 {
        self.common.seeds.unwrap_or(self.default.1)
    }

    /// Device and arithmetic.
    ///
    /// # Errors
    /// If there is no such device here.
    pub fn execution(&self) -> Result<Execution> {
        let fastest = Execution::on(device::open(&self.common.device)?);
        let arithmetic = self.recipe.arithmetic.unwrap_or(fastest.arithmetic);
        Ok(Execution { arithmetic, ..fastest })
    }

    /// Nothing, if no other device than the processor is asked for.
    ///
    /// # Errors
    /// Else: the network of §4.1 is trained by passes of our own, and too small for a GPU.
    pub fn is_on_processor(&self) -> Result<()> {
        let Self { name, common: CommonArgs { device, .. }, .. } = self;
        ensure!(
            device == "cpu",
            "--device {device}: {name} trains networks that are too small for a GPU, on the processor"
        );
        Ok(())
    }

    /// Loads MNIST, and opens the run.
    ///
    /// # Errors
    /// If another device than the processor is asked for; if the data cannot be found, fetched or read; those of
    /// [`Request::open`].
    pub fn on_mnist(&self) -> Result<(Work, BinaryMnist)> {
        self.is_on_processor()?;
        let trainings = &self.recipe.trainings;
        let held_out = trainings.first().map_or(0, |recipe| recipe.images.held_out_images);
        let mnist = BinaryMnist::load(self.common.data.as_deref(), held_out)?;
        Ok((self.open(data::Mnist::sha256())?, mnist))
    }

    /// Loads CIFAR-10 or photographs, as the recipe says, and opens the run. The number of classes is that of the
    /// photographs. A replica that does not lead opens none, but does its part of the trainings here.
    ///
    /// # Errors
    /// If the data cannot be found, fetched or read; if the other replicas are not met; those of [`Request::open`];
    /// [`Nothing::Followed`] of a replica.
    pub fn on_images(&mut self, on_damage: OnDamage) -> Result<(Work, Images)> {
        if self.replicas > 1 {
            self.met = Some(training::replicas::join(self.replicas, self.execution()?.device)?);
        }
        let first = self.recipe.trainings.first().context("the recipe has no training")?;
        let images = self.images(&first.images, on_damage)?;
        for recipe in [&mut self.recipe, &mut self.default.0] {
            for training in &mut recipe.trainings {
                *training =
                    training.clone().with_network(|config| config.classes = images.classes());
            }
        }
        if let Some(all) = self.met.as_ref().filter(|all| all.rank() > 0) {
            replicas::follow(all, &self.recipe, &images, self.execution()?)?;
            return Err(Nothing::Followed.into());
        }
        Ok((self.open(images.sha256())?, images))
    }

    /// Loads these images.
    ///
    /// # Errors
    /// If the data cannot be found, fetched or read.
    pub fn images(&self, images: &recipe::Images, on_damage: OnDamage) -> Result<Images> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let loading = Loading { workers: (cores / self.common.jobs()).max(1), on_damage };
        Images::load(images, self.common.data.as_deref(), loading)
    }

    /// Opens the run of the recipe on data with these sums, and says where it goes if it is none to accept.
    ///
    /// # Errors
    /// If there is no such device; if the folder cannot be written to or holds other results; if another process
    /// works on the same run.
    pub fn open(&self, data_sha256: BTreeMap<String, String>) -> Result<Work> {
        let seeds = self.seeds();
        let is_default = (&self.recipe, seeds) == (&self.default.0, self.default.1);
        let scale = if is_default { self.scale } else { Scale::Custom };
        self.open_as(scale, self.recipe.clone(), seeds, data_sha256)
    }

    /// Opens the custom run of another recipe.
    ///
    /// # Errors
    /// Those of [`Request::open`].
    pub fn open_custom(
        &self,
        recipe: RunRecipe,
        data_sha256: BTreeMap<String, String>,
    ) -> Result<Work> {
        self.open_as(Scale::Custom, recipe, self.default.1, data_sha256)
    }

    fn open_as(
        &self,
        scale: Scale,
        recipe: RunRecipe,
        seeds: u64,
        data_sha256: BTreeMap<String, String>,
    ) -> Result<Work> {
        let (name, execution) = (self.name, self.execution()?);
        ensure!(self.replicas == 1 || self.met.is_some(), "--replicas: {name} has no use for it");
        let plan = Plan {
            artefact: self.name.to_owned(),
            scale,
            recipe,
            seeds: (0..seeds).collect(),
            out: self.common.out.clone(),
            host: Host::this(self.common.jobs(), 1, self.common.device.clone()),
            versions: training::versions(),
            data_sha256,
        };
        if let Some(folder) = Run::finished(&plan).filter(|_| self.common.once) {
            return Err(Nothing::Finished(folder).into());
        }
        let run = Run::open(plan)?;
        if matches!(scale, Scale::Smoke | Scale::Custom) {
            eprintln!("{scale} run: rows go to {}", run.folder().display());
        }
        if run.is_joined() {
            eprintln!("other processes work on the same run: this one takes jobs that nobody has");
        } else if run.is_resumed() {
            eprintln!("going on with an interrupted run of the same recipe");
        }
        if let Some(folder) = &self.common.adopt {
            match run.adopt(folder)?[..] {
                [] => eprintln!("{} has no jobs of this run that are not here", folder.display()),
                ref jobs => eprintln!("taken over: {}", jobs.join(", ")),
            }
        }
        let tensorboard = self.common.tensorboard.clone();
        let (threads, networks) = (self.common.jobs(), self.networks.clone());
        let replicas = self.met.clone();
        Ok(Work { run, threads, execution, tensorboard, networks, replicas })
    }
}

/// One training at a time, on a GPU of its own for each of a machine's processes.
fn by_replicas(common: &mut CommonArgs) -> Result<()> {
    let jobs = common.jobs.map_or(1, usize::from);
    ensure!(jobs == 1, "--replicas does one training at a time, and not --jobs {jobs}");
    common.jobs = Some(1);
    if common.device == "cuda" {
        let gpu = training::replicas::local_rank()?.unwrap_or(0);
        common.device = format!("cuda:{gpu}");
    }
    Ok(())
}
