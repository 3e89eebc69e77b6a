//! Figure 4 (§4.2.3): one network, many crops, six networks.
//!
//! ```text
//! make table-ensemble              six networks and an unmodified one on Tiny ImageNet, 144 crops: an hour on two cores where bf16 is fast
//! make table-ensemble ARGS="--scale small"    on CIFAR-10, in 5 epochs
//! cargo run --release --bin table-ensemble -- --weights A,B.safetensors    of `networks/`, or of `--keep-networks DIR`
//! cargo run --release --bin table-ensemble -- --weights A.safetensors,B.safetensors --layout cadene --data DIR
//! cargo run --release --bin table-ensemble -- --answers 1.parquet,2.parquet
//! ```
//!
//! Trains six variations of BN-x30 (`experiments::members`), lets each look at every validation picture by 1, 10, 50 and
//! 144 crops, and averages the probabilities over crops and over networks. Or does the same with networks that somebody
//! else has trained, or with answers that were kept.
//!
//! Expected, as in the paper: many crops beat one, and the ensemble beats each of its networks.

use std::process::ExitCode;

use anyhow::Result;
use data::loader::OnDamage;
use experiments::cost::Cost;
use experiments::ensemble::{Options, examination, finish, given, json};
use experiments::examination::{Candidate, Examination, examine};
use experiments::image_sets::Images;
use experiments::members::{self, MEMBERS, UNMODIFIED};
use experiments::{Choice, Job, Request, Work, own_network, recipes, request};
use recipe::paper::ENSEMBLE_STEPS;
use recipe::{Recipe, RunRecipe};
use record::ensemble::{Evaluation, best_on_held_out};
use record::fig2::CURVES_FILE;
use record::run::Scale;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, |request: &mut Request<Options>| {
        let Options { answers, weights, layout, .. } = &request.own;
        match (&answers[..], &weights[..], *layout) {
            ([], [], _) => ours(request),
            ([], weights, Some(layout)) => given::others(request, weights, layout.into()),
            ([], weights, None) => given::own(request, weights),
            (answers, ..) => given::of_answers(request, answers),
        }
    })
}

/// Validation pictures of CIFAR-10.
const PICTURES: usize = 10_000;
/// Those of ILSVRC 2012; other photographs are fewer, and all are looked at.
const PHOTOGRAPHS: usize = 50_000;
const SMOKE_PICTURES: usize = 40;
/// Half of CIFAR-10's test images: all of them would take as long as three of the trainings.
const SMALL_PICTURES: usize = 5_000;
/// 5 epochs of 45,000 images in mini-batches of 32.
const SMALL_STEPS: u64 = 7_032;
/// 20 epochs of 95,000 pictures in mini-batches of 32.
const TINY_STEPS: u64 = 59_375;

fn recipe(choice: &Choice<Options>) -> RunRecipe {
    let is_converging = matches!(choice.scale, Scale::Smoke | Scale::Small | Scale::Tiny);
    let inception = if is_converging { converging(choice) } else { recipes::of_ensemble(choice) };
    let (all, default) = match choice.scale {
        Scale::Smoke => (PICTURES, SMOKE_PICTURES),
        Scale::Small => (PICTURES, SMALL_PICTURES),
        Scale::Overnight | Scale::Tiny => (PICTURES, PICTURES),
        Scale::Medium | Scale::Full | Scale::Custom => (PHOTOGRAPHS, PHOTOGRAPHS),
    };
    let pictures = choice.own.pictures.map_or(default, |_| choice.own.pictures(all));
    let beside = is_converging.then_some(UNMODIFIED);
    let networks = MEMBERS.into_iter().chain(beside);
    RunRecipe::of(networks.map(|network| network.recipe(&inception)).collect())
        .with("crops", json(&choice.own.crops()))
        .with("pictures", pictures)
}

/// Inception where trainings converge. All held-out pictures are looked at, since they choose the best network.
fn converging(choice: &Choice<Options>) -> Recipe {
    let mut inception = if choice.scale == Scale::Tiny {
        recipes::coarser(recipes::converging(choice, TINY_STEPS))
    } else {
        recipes::converging(choice, SMALL_STEPS)
    };
    if !choice.is_smoke() {
        inception.images.validation_images = inception.images.held_out_images;
    }
    let steps = inception.steps;
    inception.over(steps, ENSEMBLE_STEPS)
}

/// Trains the six, and the one beside them if there is one, and lets them answer.
fn ours(request: &mut Request<Options>) -> Result<()> {
    let (mut work, images) = request.on_images(OnDamage::Stop)?;
    let kept = work.networks.take(); // once they are in the run
    let members: Vec<Job<&Recipe>> = (1..)
        .zip(&request.recipe().trainings)
        .map(|(seed, subject)| Job { subject, seed })
        .collect();
    let pictures = request.recipe().count("pictures") as usize;
    let examination = examination(&request.own, members[0].subject, &images, pictures)?;
    if !work.run.is_kept() {
        tell_cost(&members, &examination, &work, &images)?;
    }
    members::train(&members, &work, &images)?;
    let networks = members::networks(&members, &work, &images)?;
    if let Some(folder) = kept {
        networks.iter().try_for_each(|network| own_network::copy(network, &folder))?;
    }
    let candidates: Vec<Candidate> = networks.into_iter().map(Candidate::Own).collect();
    let mut parts = examine(&candidates, &examination, &work)?;
    let unmodified = parts.split_off(MEMBERS.len()).pop();
    let rows = members::rows(&members, &work)?;
    let of_six = Evaluation::of_parts(parts.clone())?;
    let evaluation = match unmodified {
        Some(unmodified) => of_six.beside(unmodified, best_on_held_out(&rows)),
        None => of_six,
    };
    let curves = work.rows_of(&members)?;
    finish(request, work, &rows, (&parts, &evaluation), |stage| curves.collect(CURVES_FILE, stage))
}

/// Says how long it will take from nothing.
fn tell_cost(
    members: &[Job<&Recipe>],
    examination: &Examination,
    work: &Work,
    images: &Images,
) -> Result<()> {
    let cost = Cost::measure(&members[0], work.execution, images)?;
    let training = cost.of_all(members, work.threads);
    let looks = members.len() * examination.pictures() * examination.crops();
    let evaluation = cost.of_looks(looks) / work.threads.min(members.len()) as u32;
    let [training, evaluation] = [training, evaluation].map(|time| time.as_secs().div_ceil(60));
    let members = members.len();
    eprintln!("{members} trainings: about {training} min; {looks} crops: about {evaluation} min");
    Ok(())
}
