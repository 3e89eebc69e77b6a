//! §1: what depth does without BN.
//!
//! ```text
//! make claim-depth    3 minutes on two cores
//! ```
//!
//! Why the paper normalises: "small changes to the network parameters amplify as the network becomes deeper", and changes during
//! training "will likely move many dimensions of x into the saturated regime of the nonlinearity", which "is amplified as the
//! network depth increases". The network of Figure 1 with one to five hidden layers, at a setting at which all of them train; its
//! weights are changed by a hundredth, in a random direction, and sigmoids count as saturated where their slope is less than a tenth of
//! the steepest.
//!
//! Expected: both, and less of both with BN.

use std::process::ExitCode;

use anyhow::Result;
use experiments::autograd;
use experiments::mnist::BinaryMnist;
use experiments::sigmoid::{self, SigmoidTraining};
use experiments::{Choice, Job, Request, Work, request};
use recipe::{NetworkConfig, Recipe, RunRecipe};
use record::fig1::{Setting, SigmoidNetwork};
use record::point::{POINTS_FILE, PointRow};
use streams::Stream;
use tch::{Kind, Tensor};
use training::Progress;

const STEPS: u64 = 15_000;
const SMOKE_STEPS: u64 = 500;
const LOOK_STEPS: u64 = 500;
const DEPTHS: [usize; 5] = [1, 2, 3, 4, 5];
/// At the typical one, weights of 0.01, deeper networks without BN do not begin to learn.
const SETTING: Setting = Setting { learning_rate: 1.0, init_std: 0.1 };
/// Test images that are looked at, the first ones.
const IMAGES: usize = 2_000;
/// The length of the change of a layer's weights, over theirs.
const CHANGE: f64 = 0.01;
/// A sigmoid's slope at 0 is ¼.
const SATURATED: f64 = 0.1 * 0.25;
const SHARE: &str = "share saturated";

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, measure)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let steps = choice.steps_or(if choice.is_smoke() { SMOKE_STEPS } else { STEPS });
    let networks = SigmoidNetwork::BOTH.into_iter();
    let of_depths = networks.flat_map(|network| DEPTHS.map(|depth| deep(network, depth, steps)));
    RunRecipe::of(of_depths.collect()).with("look_steps", LOOK_STEPS).with("images", IMAGES)
}

fn deep(network: SigmoidNetwork, depth: usize, steps: u64) -> Recipe {
    let mut recipe = sigmoid::recipe(network, SETTING, steps);
    if let NetworkConfig::SigmoidMlp(config) = &mut recipe.network {
        config.hidden_layers = depth;
    }
    let plural = if depth == 1 { "" } else { "s" };
    recipe.named(format!("{}, {depth} layer{plural}", network.name()))
}

fn measure(request: &mut Request) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    work.train(&work.trainings(), |job, progress| follow(job, &work, &mnist, progress))?;
    work.finish_with_rows(&[POINTS_FILE])
}

fn follow(job: &Job<&Recipe>, work: &Work, mnist: &BinaryMnist, progress: &Progress) -> Result<()> {
    let recipe = job.subject;
    let images = mnist.validation.images(0..IMAGES.min(mnist.validation.len())).matrix();
    sigmoid::train_and_look(
        job,
        (work, mnist),
        progress,
        LOOK_STEPS,
        |training, step, points, rows| {
            let x = step as f64;
            let (saturated, change) = look(job, training, &images);
            points.push(SHARE, x, saturated);
            points.push("change of the last layer's inputs", x, change);
            if step == recipe.steps {
                let so_far: Vec<PointRow> = rows.so_far(POINTS_FILE)?;
                let start =
                    so_far.iter().find(|row| row.metric == SHARE).map_or(0.0, |row| row.value);
                points.push("share saturated since the start", x, saturated - start);
                let (both, depth) =
                    (sigmoid::network_of(recipe), recipe.sigmoid_mlp().hidden_layers);
                points.push_of(both.name(), "share saturated over depth", depth as f64, saturated);
                points.push_of(both.name(), "change over depth", depth as f64, change);
            }
            Ok(())
        },
    )
}

/// The share of the sigmoids' inputs that is saturated, over all hidden layers; and by how much those of the last one change when
/// all hidden layers' weights do, over their variation from image to image.
fn look(job: &Job<&Recipe>, training: &SigmoidTraining, images: &Tensor) -> (f64, f64) {
    let parameters: Vec<(String, Tensor)> = sigmoid::parameters(&training.net).collect();
    let now: Vec<Tensor> = parameters.iter().map(|(_, tensor)| tensor.shallow_clone()).collect();
    let config = job.subject.sigmoid_mlp();
    let (inputs, _) = autograd::inputs(config, &now, images);
    let changed: Vec<Tensor> =
        parameters.iter().map(|(name, tensor)| changed(job.seed, name, tensor)).collect();
    let (after, _) = autograd::inputs(config, &changed, images);
    let (last, changed) = (&inputs[inputs.len() - 1], &after[after.len() - 1]);
    let norm = |x: Tensor| x.norm().double_value(&[]);
    let variation = norm(last - last.mean_dim(0, true, None));
    (saturated(&inputs), norm(changed - last) / variation)
}

fn saturated(inputs: &[Tensor]) -> f64 {
    let share = |x: &Tensor| {
        let z = x.sigmoid();
        let slope: Tensor = &z * (1.0 - &z);
        slope.lt(SATURATED).to_kind(Kind::Double).mean(Kind::Double).double_value(&[])
    };
    inputs.iter().map(share).sum::<f64>() / inputs.len() as f64
}

/// A hidden layer's weights, moved in a direction that is this seed's; other parameters as they are.
fn changed(seed: u64, name: &str, parameter: &Tensor) -> Tensor {
    if !(name.starts_with("hidden") && name.ends_with("/weight")) {
        return parameter.shallow_clone();
    }
    let draws = Stream::new(seed, &format!("depth/{name}")).gaussian(1.0, parameter.numel());
    let direction = Tensor::from_slice(&draws).view_as(parameter).to_kind(parameter.kind());
    let length = CHANGE * parameter.norm().double_value(&[]) / direction.norm().double_value(&[]);
    parameter + direction * length
}
