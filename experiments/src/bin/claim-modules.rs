//! §3.3 in BN-Inception: weights, effective learning rates, and the Jacobians of the modules.
//!
//! ```text
//! make claim-modules    8 minutes on two cores
//! ```
//!
//! Trains Inception and BN-Baseline at 1, 5 and 30 times the rate, on CIFAR-10 at a quarter of the width. Follows the
//! norm of all weights, and the effective learning rate η/‖W‖². At the first rate, after a few steps, it estimates how
//! the singular values of each module's Jacobian are distributed, at an image and with BN by the moving averages: by
//! Jacobian–vector products in f64 and Lanczos' method (`experiments::lanczos`).
//!
//! Expected: with BN, higher rates make larger weights, and the effective rates come nearer to each other. Of the
//! Jacobians, the paper conjectures that BN brings singular values close to 1.

use std::process::ExitCode;

use anyhow::{Context, Result};
use bn_inception::{Arithmetic, BnInception, Execution};
use experiments::lanczos::{Linearized, Spectrum};
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::{Recipe, SingleNetwork};
use streams::Stream;
use tch::{Device, Kind, Tensor};

const RATE_FACTORS: [f64; 3] = [1.0, 5.0, 30.0];
/// Steps after which Jacobians are looked at; each has a row.
const JACOBIAN_STEPS: [u64; 5] = [0, 32, 125, 500, 1_000];
/// Images whose Jacobians are looked at.
const IMAGES: i64 = 2;
/// Steps of Lanczos' method, and its random starts.
const LANCZOS: (usize, usize) = (24, 2);
/// Training images that BN's statistics are taken from for them.
const SAMPLE: usize = 64;
const NORM: &str = "norm of the weights";

fn main() -> ExitCode {
    let look = Look { on_the_way: &on_the_way, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), recipes, &look)
}

/// BN-Baseline and Inception at each rate.
fn recipes(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims(choice, 1_000);
    let at_each_rate = |network: SingleNetwork| {
        let recipe = network.recipe(&inception);
        RATE_FACTORS
            .map(|factor| recipe.clone().named(format!("{network}, {factor}x")).at_rate(factor))
    };
    [SingleNetwork::BnBaseline, SingleNetwork::Inception]
        .into_iter()
        .flat_map(at_each_rate)
        .collect()
}

/// Weights, effective rates, and sometimes the Jacobians.
fn on_the_way(trained: &Trained, points: &mut Points) -> Result<()> {
    let parameters = trained.training.network.parameters();
    let weights = parameters.values().narrow(0, 0, parameters.weights());
    let squares = weights.square().sum(Kind::Double).double_value(&[]);
    let (step, sgd) = (trained.step, trained.recipe().sgd);
    let (x, norm) = (step as f64, squares.sqrt());
    let initial =
        trained.so_far.iter().find(|row| row.metric == NORM).map_or(norm, |row| row.value);
    points.push(NORM, x, norm);
    points.push("growth of the weights", x, norm / initial);
    points.push("effective learning rate", x, sgd.learning_rate_at(step) / squares);
    if trained.recipe().name.ends_with(", 1x") && JACOBIAN_STEPS.contains(&step) {
        jacobians(trained, points)?;
    }
    Ok(())
}

/// Of each module, how its Jacobian's singular values are distributed, over some images.
fn jacobians(trained: &Trained, points: &mut Points) -> Result<()> {
    let batch = trained.first_mini_batches(1, SAMPLE)?.next().context("one mini-batch")??;
    let images = trained.training.tensors(&batch).0.to_kind(Kind::Double);
    let network = in_double_precision(&trained.training.network, &images)?;
    let mut stream = Stream::new(trained.training.seed, "modules/lanczos");
    let step = trained.step;
    let mut modules: Vec<Vec<Spectrum>> = Vec::new();
    for image in 0..IMAGES {
        let inputs = network.module_inputs(&images.narrow(0, image, 1));
        modules.resize_with(inputs.len(), Vec::new);
        for ((name, input), spectra) in inputs.into_iter().zip(&mut modules) {
            let map = Linearized::of(|x| network.module(name, x), &input);
            spectra.push(Spectrum::of(&map, LANCZOS.0, LANCZOS.1, &mut stream));
        }
    }
    let modules: Vec<Spectrum> = modules.into_iter().map(Spectrum::mean).collect();
    for (spectrum, number) in modules.iter().zip(1..) {
        describe(spectrum, step, f64::from(number), points);
    }
    let close = modules.iter().map(|spectrum| spectrum.share(0.5, 2.0)).sum::<f64>();
    let metric = "share of singular values from ½ to 2";
    points.push(metric, step as f64, close / modules.len() as f64);
    Ok(())
}

fn describe(spectrum: &Spectrum, step: u64, module: f64, points: &mut Points) {
    for (name, share) in [("5 %", 0.05), ("50 %", 0.5), ("95 %", 0.95)] {
        let metric = format!("singular values after {step} steps, {name}");
        points.push(&metric, module, spectrum.quantile(share));
    }
    points.push(&format!("largest singular value after {step} steps"), module, spectrum.largest());
}

/// The same network in f64, with the statistics of these images.
fn in_double_precision(network: &BnInception, images: &Tensor) -> Result<BnInception> {
    let execution = Execution { arithmetic: Arithmetic::F64, ..Execution::on(Device::Cpu) };
    let copy = BnInception::new(network.config().clone(), 0, execution)?;
    for ((_, mut to), (_, from)) in copy.named_tensors().into_iter().zip(network.named_tensors()) {
        to.copy_(&from);
    }
    copy.parameters().refresh();
    copy.estimate_population([images.shallow_clone()]);
    Ok(copy)
}
