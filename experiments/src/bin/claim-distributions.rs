//! §3 and §3.2: what a sigmoid's inputs look like, and those of a layer. The network of Figure 1.
//!
//! ```text
//! make claim-distributions    3 minutes on two cores
//! ```
//!
//! §3 gives BN its γ and β because "normalizing the inputs of a sigmoid would constrain them to the linear regime of the
//! nonlinearity". So a third network is trained beside the two of Figure 1, whose BN has neither, and of each
//! it is measured how much of the sigmoids' outputs a straight line through their inputs does not explain.
//!
//! §3.2 normalises Wu + b, and not a layer's inputs u, since it "is more likely to have a symmetric, non-sparse distribution,
//! that is, 'more Gaussian'". Of hidden layers 2 and 3, whose u are outputs of sigmoids, both are measured
//! (`experiments::shape`). Pixels, the u of the first, are what they are.
//!
//! Expected: without γ and β a straight line leaves 2 % unexplained, as of a Gaussian, and with them more. Wu + b is nearer to a
//! Gaussian; sigmoids' outputs have their mean far from 0, and so are not sparse to begin with.

use std::process::ExitCode;

use anyhow::Result;
use experiments::autograd::{self, Autograd};
use experiments::mnist::{BinaryMnist, MiniBatch};
use experiments::shape::{Shape, share_not_linear};
use experiments::sigmoid::{self, TYPICAL};
use experiments::{Choice, Job, Points, Request, Work, request};
use recipe::{Recipe, RunRecipe};
use record::fig1::SigmoidNetwork;
use record::point::POINTS_FILE;
use tch::Tensor;
use training::{Course, Progress, evaluation, train};

const STEPS: u64 = 15_000;
const SMOKE_STEPS: u64 = 500;
const LOOK_STEPS: u64 = 250;
/// Test images that are looked at, the first ones.
const IMAGES: usize = 2_000;
/// The network whose BN is x̂ alone.
const WITHOUT_GAMMA: &str = "BN without γ and β";

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, measure)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let steps = choice.steps_or(if choice.is_smoke() { SMOKE_STEPS } else { STEPS });
    let [without, with] =
        SigmoidNetwork::BOTH.map(|network| sigmoid::recipe(network, TYPICAL, steps));
    let networks = vec![with.clone().named(WITHOUT_GAMMA), with, without];
    let networks = networks.into_iter().map(sigmoid::unjudged).collect();
    RunRecipe::of(networks).with("look_steps", LOOK_STEPS).with("images", IMAGES)
}

fn measure(request: &mut Request) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    work.train(&work.trainings(), |job, progress| follow(job, &work, &mnist, progress))?;
    work.finish_with_rows(&[POINTS_FILE])
}

fn follow(job: &Job<&Recipe>, work: &Work, mnist: &BinaryMnist, progress: &Progress) -> Result<()> {
    let recipe = job.subject;
    let config = recipe.sigmoid_mlp();
    let loss = |parameters: &[Tensor], batch: &MiniBatch, _| {
        let (_, logits) =
            autograd::forward(config, parameters, &batch.images.matrix(), |_, input| input);
        logits.cross_entropy_for_logits(&batch.targets())
    };
    let rate = recipe.sgd.learning_rate;
    let mut network = Autograd::new(parameters(job), rate, Box::new(loss));
    let is_row = |step: u64| step.is_multiple_of(LOOK_STEPS);
    let course = Course { is_row: &is_row, ..work.course(job, recipe.steps, progress)? };
    let batches = |from| Ok(mnist.train.mini_batches(job, from));
    let images = mnist.validation.images(0..IMAGES.min(mnist.validation.len())).matrix();
    let labels = mnist.validation.labels().narrow(0, 0, images.size()[0]);
    train(&course, &mut network, batches, |network, step, rows| {
        let mut points = Points::of(work.scale(), job);
        let logits = look(recipe, &network.parameters, &images, step, &mut points);
        let accuracy = evaluation::accuracy(&logits, &labels);
        points.push("test accuracy", step as f64, accuracy);
        rows.append(POINTS_FILE, points.take_rows())?;
        Ok(sigmoid::seen((step > 0).then_some(network.last_loss), accuracy))
    })
}

/// Those of Figure 1's network for this seed, without γ and β where they are left out.
fn parameters(job: &Job<&Recipe>) -> Vec<Tensor> {
    let all = sigmoid::initial_parameters(*job.subject.sigmoid_mlp(), job.seed).into_iter();
    let has_all = job.subject.name != WITHOUT_GAMMA;
    all.filter(|(name, _)| has_all || !name.contains("/bn/")).map(|(_, tensor)| tensor).collect()
}

/// Measures what the hidden layers read and what their sigmoids do; returns the logits. BN is by the statistics of these images.
fn look(
    recipe: &Recipe,
    parameters: &[Tensor],
    images: &Tensor,
    step: u64,
    points: &mut Points,
) -> Tensor {
    let (inputs, logits) = autograd::inputs(recipe.sigmoid_mlp(), parameters, images);
    let outputs: Vec<Tensor> = inputs.iter().map(Tensor::sigmoid).collect();
    let not_linear: Vec<f64> =
        inputs.iter().zip(&outputs).filter_map(|(x, z)| share_not_linear(x, z)).collect();
    let layers = not_linear.len().max(1) as f64;
    points.push("share not linear", step as f64, not_linear.iter().sum::<f64>() / layers);
    let above_the_first = [("u", &outputs[..outputs.len() - 1]), ("Wu + b", &inputs[1..])];
    for (what, values) in above_the_first {
        let series = format!("{}: {what}", recipe.name);
        Shape::push_mean(values.iter().filter_map(Shape::of), &series, step, points);
    }
    logits
}
