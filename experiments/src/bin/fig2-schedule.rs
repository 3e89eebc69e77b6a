//! §4.2.2: what the paper's learning rate and schedule do in few steps.
//!
//! ```text
//! make fig2-schedule    35 minutes on two cores
//! ```
//!
//! Figure 2 at small scale gives every training a decay over its own budget, and Inception a rate of its own.
//! This takes the paper literally instead: Inception at 0.0015, ×0.96 as often as the paper does in 31 million steps, BN-x5
//! and BN-x30 at 5 and 30 times that and six times as often. On the images and networks of Figure 2 at small scale
//! (`docs/DEVIATIONS.md`), a third of its steps, three seeds.
//!
//! Expected: the rate of BN-x5 is gone within an epoch, and whatever order the networks end in says little about them.

use std::process::ExitCode;

use anyhow::Result;
use data::loader::OnDamage;
use experiments::inception::{CURVES, train, write_curves};
use experiments::{Choice, Request, recipes, request};
use recipe::{RunRecipe, SingleNetwork, paper};

const STEPS: u64 = 4_688;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, run)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let mut inception = recipes::converging(choice, STEPS);
    inception.sgd = paper::inception().over(inception.steps, paper::INCEPTION_STEPS).sgd;
    let networks = SingleNetwork::ALL.iter().take(4);
    RunRecipe::of(networks.map(|network| network.recipe(&inception)).collect())
}

fn run(request: &mut Request) -> Result<()> {
    let (work, images) = request.on_images(OnDamage::Stop)?;
    work.train(&work.trainings(), |job, progress| {
        train(job, &work, &images, progress, &CURVES, |sight, rows| {
            write_curves(sight, &images, rows)
        })
    })?;
    work.finish_with_rows(&CURVES)
}
