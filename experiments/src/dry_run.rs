//! `--plan`: what a run would take. A few steps are timed here, on random images; nothing is trained, and the data
//! need not be there.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use bn_inception::{BnInception, Execution};
use data::loader::OnDamage;
use data::{Photographs, Split};
use model::SigmoidMlp;
use recipe::{DataSet, NetworkConfig, Recipe, thousands};
use streams::Stream;
use tch::{Device, Kind};
use training::memory;

use crate::command_line::say;
use crate::cost::{Cost, validations};
use crate::image_sets::{Images, Loading};
use crate::mnist::{self, BinaryMnist};
use crate::sigmoid::parameters;
use crate::{Job, Request};

/// What a core draws with its share of the machine, if nobody says better.
const WATTS_OF_A_CORE: f64 = 10.0;

/// Says what the run of a request would take.
///
/// # Errors
/// If there is no such device, or photographs that the user names cannot be read.
pub fn tell<Own>(request: &Request<Own>) -> Result<()> {
    let (name, recipe, seeds) = (request.name(), request.recipe(), request.seeds());
    say(&format!("{name}: {}; seeds: {seeds}", recipe.words()));
    let jobs = |seed| recipe.trainings.iter().map(move |subject| Job { subject, seed });
    let trainings: Vec<Job<&Recipe>> = (0..seeds).flat_map(jobs).collect();
    let Some(first) = trainings.first() else { return Ok(()) };
    let examples = Examples::of(first.subject, request.common.data.as_deref())?;
    say(&format!("data: {}", examples.words()));
    let execution = request.execution()?;
    let before = memory::resident_bytes();
    let cost = measure(request, first, execution)?;
    let sizes = recipe.trainings.iter().map(|recipe| Ok((recipe.name.clone(), Size::of(recipe)?)));
    let sizes = sizes.collect::<Result<BTreeMap<String, Size>>>()?;
    recipe.trainings.iter().for_each(|it| say(&row(it, sizes[&it.name], examples, cost)));
    let at_a_time = request.common.jobs();
    let working = at_a_time.min(trainings.len());
    say(&step(first.subject, cost, execution));
    say(&format!(
        "memory: {} for {working} at a time",
        bytes(before + cost.memory * working as u64)
    ));
    say(&disk(&trainings, &sizes));
    let alone = cost.of_all(&trainings, at_a_time);
    say(&format!("time: {}", machines(&trainings, cost, at_a_time)));
    say(&format!("energy: {}", energy(alone, request.common.watts, cost.watts, execution.device)));
    Ok(())
}

fn measure<Own>(request: &Request<Own>, job: &Job<&Recipe>, execution: Execution) -> Result<Cost> {
    match job.subject.network {
        NetworkConfig::BnInception(_) => {
            let loading = Loading { workers: 1, on_damage: OnDamage::Stop };
            Cost::measure(job, execution, &Images::random(job.subject, loading))
        }
        NetworkConfig::SigmoidMlp(_) => {
            request.is_on_processor()?;
            Cost::measure_on_mnist(job, &BinaryMnist::random())
        }
    }
}

/// Images of a data set, as far as they are known.
#[derive(Clone, Copy)]
struct Examples {
    /// To train on, those that are held out among them; and to be judged by.
    counts: Option<(usize, usize)>,
    of: &'static str,
}

impl Examples {
    /// Of the folder that the user names; else of the data set as everyone has it.
    fn of(recipe: &Recipe, named: Option<&Path>) -> Result<Self> {
        let is = |counts, of| Ok(Self { counts, of });
        match (recipe.images.data, named) {
            (DataSet::BinaryMnist, _) => {
                is(Some((mnist::EXAMPLES as usize, mnist::TEST_IMAGES as usize)), "MNIST")
            }
            (DataSet::Cifar10, _) => is(Some((50_000, 10_000)), "CIFAR-10"),
            (DataSet::TinyImageNet, _) => is(Some((100_000, 10_000)), "Tiny ImageNet"),
            (DataSet::Photographs, Some(root)) => {
                let len = |split| Ok::<_, anyhow::Error>(Photographs::open(root, split)?.len());
                is(Some((len(Split::Training)?, len(Split::Validation)?)), "the folder")
            }
            (DataSet::Photographs, None) if recipe.classes() == 1000 => {
                is(Some((1_281_167, 50_000)), "ILSVRC 2012, 144 GB of disk")
            }
            (DataSet::Photographs, None) => is(None, ""),
        }
    }

    fn words(self) -> String {
        match self.counts {
            Some((training, test)) => {
                let [training, test] = [training, test].map(|count| thousands(count as u64));
                format!("{training} images to train on, {test} to be judged by ({})", self.of)
            }
            None => "how many images there are, --data DIR tells".to_owned(),
        }
    }

    /// How often a training sees each of its images.
    fn epochs(self, recipe: &Recipe) -> Option<f64> {
        let (all, _) = self.counts?;
        let trained_on = recipe.images.training_examples(all - recipe.images.held_out_images);
        Some(images(recipe) as f64 / trained_on as f64)
    }
}

/// Images that a training learns from, some many times.
fn images(recipe: &Recipe) -> u64 {
    recipe.steps * recipe.mini_batch as u64
}

/// What a network and its checkpoint hold.
#[derive(Clone, Copy)]
struct Size {
    parameters: u64,
    checkpoint: u64,
}

impl Size {
    fn of(recipe: &Recipe) -> Result<Self> {
        let count = |tensors: &[(String, tch::Tensor)]| -> u64 {
            tensors.iter().map(|(_, tensor)| tensor.numel() as u64).sum()
        };
        let f32s = |numbers: u64| 4 * numbers;
        Ok(match &recipe.network {
            NetworkConfig::BnInception(config) => {
                let network = BnInception::new(config.clone(), 0, Execution::on(Device::Cpu))?;
                let parameters = network.parameters().count() as u64; // and as many velocities
                let checkpoint = f32s(count(&network.named_tensors()) + parameters);
                Self { parameters, checkpoint }
            }
            NetworkConfig::SigmoidMlp(config) => {
                let draws = &mut Stream::new(0, "weights");
                let network = SigmoidMlp::new(*config, draws, Kind::Float);
                let checkpoint = f32s(count(&network.named_tensors()));
                let parameters = count(&parameters(&network).collect::<Vec<_>>());
                Self { parameters, checkpoint }
            }
        })
    }
}

/// `BN-x5: 11,285,224 parameters, 31,000,000 steps, 774.3 epochs, 992,000,000 images, validated 23 times (0.01 % of the
/// time): 545 days`.
fn row(recipe: &Recipe, size: Size, examples: Examples, cost: Cost) -> String {
    let epochs = examples.epochs(recipe);
    let epochs = epochs.map_or(String::new(), |epochs| format!(" {} epochs,", digits(epochs)));
    let validated = match validations(recipe) {
        0 => String::new(),
        times => {
            let share = cost.of_validation(recipe).div_duration_f64(cost.of_one(recipe));
            format!(", validated {times} times ({} % of the time)", digits(100.0 * share))
        }
    };
    format!(
        "  {recipe}: {} parameters, {} steps,{epochs} {} images{validated}: {}",
        thousands(size.parameters),
        thousands(recipe.steps),
        thousands(images(recipe)),
        time(cost.of_one(recipe)),
    )
}

/// What was measured, and what not.
fn step(recipe: &Recipe, cost: Cost, execution: Execution) -> String {
    let milliseconds = |time: Duration| format!("{} ms", digits(1e3 * time.as_secs_f64()));
    let (step, of) = (milliseconds(cost.step), recipe.mini_batch);
    let (looks, without, numbers) = match recipe.network {
        NetworkConfig::BnInception(_) => (
            format!("; {} for an image to validate by", milliseconds(cost.image)),
            "without decoding photographs",
            format!(" in {:?}", recipe.arithmetic.unwrap_or(execution.arithmetic)),
        ),
        NetworkConfig::SigmoidMlp(_) => {
            (String::new(), "without what the program looks at on the way", String::new())
        }
    };
    format!(
        "a step: {step} for {of} images{looks}; measured of {recipe}{numbers}, by one thread, {without}; taken for the \
         others, too"
    )
}

/// All checkpoints are kept until the run is finished.
fn disk(trainings: &[Job<&Recipe>], sizes: &BTreeMap<String, Size>) -> String {
    let checkpoints = trainings.iter().map(|job| sizes[&job.subject.name].checkpoint).sum();
    let rows: usize = trainings.iter().map(|job| validations(job.subject)).sum();
    let rows = if rows > 0 { format!(", and {rows} rows") } else { String::new() };
    format!("disk: {} of checkpoints{rows}", bytes(checkpoints))
}

/// `545 days on one such machine; 273 days on 2; 137 days on 4`, up to one for each training.
fn machines(trainings: &[Job<&Recipe>], cost: Cost, at_a_time: usize) -> String {
    let most = trainings.len().div_ceil(at_a_time);
    let doubled = std::iter::successors(Some(1), |count| Some(2 * count));
    let counts = doubled.take_while(|count| *count < most).chain([most]);
    let on = |count: usize| {
        let time = time(cost.of_all(trainings, count * at_a_time));
        if count == 1 {
            format!("{time} on one such machine")
        } else {
            format!("{time} on {count}")
        }
    };
    let times: Vec<String> = counts.map(on).collect();
    format!("{}, {at_a_time} trainings side by side on each", times.join("; "))
}

fn energy(time: Duration, said: Option<f64>, measured: Option<f64>, device: Device) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    let (watts, whence) = match (said, measured, device) {
        (Some(watts), ..) => (watts, "as --watts says"),
        (_, _, Device::Cuda(_)) => return "--watts WATTS says what the machine draws".to_owned(),
        (_, Some(watts), _) => (watts, "by RAPL, with one training at work: the processor alone"),
        _ => (WATTS_OF_A_CORE * cores, "an assumption of 10 W a core; --watts says better"),
    };
    let kilowatt_hours = digits(watts * time.as_secs_f64() / 3.6e6);
    format!("{kilowatt_hours} kWh at {watts:.0} W, {whence}")
}

fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7_200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} h", s / 3_600.0),
        s => format!("{} days", digits(s / 86_400.0)),
    }
}

fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        b if b < 1e9 => format!("{} MB", digits(b / 1e6)),
        b => format!("{} GB", digits(b / 1e9)),
    }
}

/// A number with about three digits: it is an estimate, or large.
fn digits(number: f64) -> String {
    match number {
        n if n >= 1000.0 => thousands(n.round() as u64),
        n if n >= 10.0 => format!("{n:.1}"),
        n if n >= 0.1 => format!("{n:.2}"),
        n => format!("{n:.4}"),
    }
}
