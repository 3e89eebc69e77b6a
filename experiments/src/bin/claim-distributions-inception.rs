//! §3.2 and §5: what a nonlinearity's inputs look like, and those of a layer. BN-Inception.
//!
//! ```text
//! make claim-distributions-inception    12 minutes on two cores
//! ```
//!
//! The same as in the network of Figure 1, with max(0, x) in place of sigmoids: u is what a module reads, Wu + b what the nonlinearities of
//! its 1×1 convolutions do. In Inception and BN-Baseline, in the regime of Figure 2 with 3a on 8×8, of each feature map over images
//! and places, by the moving averages. §5 has "not observed the nonlinearity inputs to be sparse, neither with nor without" BN.
//!
//! Expected: u, of which most is 0, is lopsided and sparse; Wu + b is neither.

use std::process::ExitCode;

use anyhow::{Context, Result};
use experiments::shape::Shape;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::{Recipe, SingleNetwork};
use tch::{Kind, Tensor};

/// Nearly three epochs.
const STEPS: u64 = 4_000;
/// Training images that are looked at.
const IMAGES: usize = 250;

fn main() -> ExitCode {
    let look = Look { on_the_way: &on_the_way, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), recipes, &look)
}

fn recipes(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::coarser(recipes::converging(choice, STEPS));
    let networks = [SingleNetwork::BnBaseline, SingleNetwork::Inception];
    networks.map(|network| network.recipe(&inception)).to_vec()
}

/// Means over modules.
fn on_the_way(trained: &Trained, points: &mut Points) -> Result<()> {
    let batch = trained.first_mini_batches(1, IMAGES)?.next().context("one mini-batch")??;
    let network = &trained.training.network;
    let inputs = network.module_inputs(&trained.training.tensors(&batch).0);
    let before = inputs.iter().map(|(name, u)| network.before_nonlinearities(name, u));
    let before: Vec<Tensor> = before.collect();
    let inputs: Vec<Tensor> = inputs.into_iter().map(|(_, u)| u).collect();
    for (what, maps) in [("u", &inputs), ("Wu + b", &before)] {
        let series = format!("{}: {what}", trained.recipe().name);
        Shape::push_mean(maps.iter().filter_map(of_maps), &series, trained.step, points);
    }
    Ok(())
}

/// Of feature maps `[n, channels, height, width]`, each a unit.
fn of_maps(maps: &Tensor) -> Option<Shape> {
    let maps = maps.to_kind(Kind::Float).permute([0, 2, 3, 1]).contiguous();
    Shape::of(&maps.flatten(0, 2))
}
