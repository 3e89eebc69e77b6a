//! The title's internal covariate shift, measured: the network of Figure 1.
//!
//! ```text
//! make claim-shift    two minutes on two cores
//! ```
//!
//! The paper calls "internal covariate shift" that the inputs of a layer change because the layers below it learn.
//! Santurkar et al. (2018) measure what that does to a layer's learning: the gradient of its weights on a mini-batch,
//! before and after the layers below have taken their step on that very mini-batch. Here that is done every 250 steps,
//! for hidden layers 2 and 3 and the output layer, with and without BN.
//!
//! Expected: if BN reduces the shift, the two gradients differ less with it. Santurkar et al. find that they do not.

use std::process::ExitCode;

use anyhow::Result;
use experiments::autograd;
use experiments::mnist::{BinaryMnist, MiniBatch};
use experiments::shift::Shift;
use experiments::sigmoid::{self, SigmoidTraining, TYPICAL};
use experiments::{Choice, Job, Request, Work, request};
use recipe::{Recipe, RunRecipe};
use record::fig1::SigmoidNetwork;
use record::point::POINTS_FILE;
use tch::Tensor;
use training::Progress;

const STEPS: u64 = 15_000;
const SMOKE_STEPS: u64 = 500;
const LOOK_STEPS: u64 = 250;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, measure)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let steps = choice.steps_or(if choice.is_smoke() { SMOKE_STEPS } else { STEPS });
    let recipe = |network| sigmoid::recipe(network, TYPICAL, steps);
    RunRecipe::of(SigmoidNetwork::BOTH.map(recipe).to_vec()).with("look_steps", LOOK_STEPS)
}

fn measure(request: &mut Request) -> Result<()> {
    let (work, mnist) = request.on_mnist()?;
    work.train(&work.trainings(), |job, progress| follow(job, &work, &mnist, progress))?;
    work.finish_with_rows(&[POINTS_FILE])
}

fn follow(job: &Job<&Recipe>, work: &Work, mnist: &BinaryMnist, progress: &Progress) -> Result<()> {
    let recipe = job.subject;
    sigmoid::train_and_look(
        job,
        (work, mnist),
        progress,
        LOOK_STEPS,
        |training, step, points, rows| {
            for batch in mnist.train.mini_batches(job, step).take(1) {
                Shift::push(&shifts(recipe, training, &batch?), step, points);
            }
            if step == recipe.steps {
                rows.append(POINTS_FILE, points.take_rows())?;
                Shift::push_means(&rows.so_far(POINTS_FILE)?, step, points);
            }
            Ok(())
        },
    )
}

/// Of each layer but the first, when all below it have taken the step of this mini-batch.
fn shifts(recipe: &Recipe, training: &SigmoidTraining, batch: &MiniBatch) -> Vec<Shift> {
    let now: Vec<Tensor> =
        sigmoid::parameters(&training.net).map(|(_, tensor)| tensor.copy()).collect();
    let before = gradients(recipe, &now, batch);
    let rate = recipe.sgd.learning_rate;
    let stepped: Vec<Tensor> = now.iter().zip(&before).map(|(w, g)| w - g * rate).collect();
    let per_layer = (now.len() - 2) / recipe.sigmoid_mlp().hidden_layers;
    let layers = (per_layer..now.len()).step_by(per_layer); // where a layer's own begin: its W
    let shift = |weight: usize| {
        let below = stepped[..weight].iter().chain(&now[weight..]);
        let mixed: Vec<Tensor> = below.map(Tensor::shallow_clone).collect();
        Shift::between(&before[weight], &gradients(recipe, &mixed, batch)[weight])
    };
    layers.take(recipe.sigmoid_mlp().hidden_layers).map(shift).collect()
}

/// The gradient of the mini-batch's loss by each parameter.
fn gradients(recipe: &Recipe, parameters: &[Tensor], batch: &MiniBatch) -> Vec<Tensor> {
    let leaf = |parameter: &Tensor| parameter.detach().set_requires_grad(true);
    let leaves: Vec<Tensor> = parameters.iter().map(leaf).collect();
    let loss = tch::with_grad(|| {
        let images = batch.images.matrix();
        let (_, logits) =
            autograd::forward(recipe.sigmoid_mlp(), &leaves, &images, |_, input| input);
        logits.cross_entropy_for_logits(&batch.targets())
    });
    Tensor::run_backward(&[&loss], &leaves, false, false)
}
