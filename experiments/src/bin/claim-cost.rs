//! Beside the paper: what a step with BN costs in time.
//!
//! ```text
//! make claim-cost    two minutes on two cores
//! ```
//!
//! Figures 2 and 3 count steps. Whether a speed-up in steps is one in time depends on what BN adds to a step. Here steps
//! of Inception and of BN-Baseline are timed in turn, in one process, so that what disturbs one disturbs the other: at
//! half the width on mini-batches of 32 images of CIFAR-10, in f32 and in bf16.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use data::loader::{Batch, OnDamage};
use experiments::image_sets::Images;
use experiments::inception::InceptionTraining;
use experiments::{Choice, Job, Points, Request, Work, recipes, request};
use recipe::{Arithmetic, Recipe, RunRecipe, SingleNetwork};
use record::point::POINTS_FILE;
use record::run::Scale;
use training::Learner;

const NETWORKS: [SingleNetwork; 2] = [SingleNetwork::Inception, SingleNetwork::BnBaseline];
/// Timed steps of each network, of which the middle one counts; and those before, which are slower.
const ROUNDS: u64 = 15;
const SMOKE_ROUNDS: u64 = 1;
const WARM_UP: u64 = 2;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, cost)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let rounds = if choice.is_smoke() { SMOKE_ROUNDS } else { ROUNDS };
    let steps = choice.steps_or(WARM_UP + rounds);
    let scale = if choice.is_smoke() { Scale::Smoke } else { Scale::Small };
    let inception = Recipe { steps, ..recipes::inception(scale) };
    RunRecipe::of(NETWORKS.map(|network| network.recipe(&inception)).to_vec())
}

fn cost(request: &mut Request) -> Result<()> {
    let (work, images) = request.on_images(OnDamage::Stop)?;
    let jobs = work.jobs(&["f32", "bf16"]);
    work.measure(&jobs, |job, points| measure(job, &work, &images, points))?;
    let rows = work.rows_of(&jobs)?;
    work.finish(|stage| rows.collect(POINTS_FILE, stage))
}

/// Milliseconds of a step of each network in these numbers.
fn measure(job: &Job<&str>, work: &Work, images: &Images, points: &mut Points) -> Result<()> {
    let arithmetic = if job.subject == "f32" { Arithmetic::F32 } else { Arithmetic::Bf16 };
    let recipes = &work.run.recipe().trainings;
    let mut timed = Vec::new();
    for recipe in recipes {
        let recipe = Recipe { arithmetic: Some(arithmetic), ..recipe.clone() };
        let of_seed = Job { subject: &recipe, seed: job.seed };
        let training = InceptionTraining::new(&of_seed, work.execution)?;
        let batches = images.training(&recipe, job.seed, 0)?.collect::<Result<Vec<Batch>, _>>()?;
        timed.push((training, batches.into_iter(), Vec::new()));
    }
    for step in 0..recipes[0].steps {
        for (training, batches, seconds) in &mut timed {
            let Some(batch) = batches.next() else { continue };
            let begin = Instant::now();
            training.sgd_step(step, batch);
            seconds.push(begin.elapsed().as_secs_f64());
        }
    }
    for (training, _, mut seconds) in timed {
        let mut seconds = seconds.split_off((WARM_UP as usize).min(seconds.len() - 1));
        seconds.sort_by(f64::total_cmp);
        let series = format!("{}, {}", training.recipe.name, job.subject);
        points.push_of(&series, "milliseconds of a step", 0.0, 1e3 * seconds[seconds.len() / 2]);
    }
    Ok(())
}
