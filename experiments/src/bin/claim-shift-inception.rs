//! The title's internal covariate shift, measured: BN-Inception.
//!
//! ```text
//! make claim-shift-inception    10 minutes on two cores
//! ```
//!
//! The same as in the network of Figure 1: the gradient of a layer's weights on a mini-batch, before and after
//! the layers below have taken their step on it. In Inception and BN-Baseline, for each module, convolution and linear
//! layer but the first, on CIFAR-10 at a quarter of the width, in f32, since rounding would look like a shift.

use std::process::ExitCode;

use anyhow::Result;
use experiments::shift::{Shift, of_inception};
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::{Arithmetic, Recipe, SingleNetwork};

const STEPS: u64 = 1_000;

fn main() -> ExitCode {
    let look = Look {
        on_the_way: &on_the_way,
        at_the_end: &|trained, points| {
            Shift::push_means(trained.so_far, trained.step, points);
            Ok(())
        },
    };
    variations::main(env!("CARGO_BIN_NAME"), recipes, &look)
}

fn recipes(choice: &Choice) -> Vec<Recipe> {
    let inception = recipes::claims(choice, STEPS);
    let networks = [SingleNetwork::BnBaseline, SingleNetwork::Inception];
    let in_f32 = |recipe: Recipe| Recipe { arithmetic: Some(Arithmetic::F32), ..recipe };
    networks.map(|network| in_f32(network.recipe(&inception))).to_vec()
}

fn on_the_way(trained: &Trained, points: &mut Points) -> Result<()> {
    if let Some(batch) = trained.next_mini_batch()? {
        Shift::push(&of_inception(trained.training, trained.step, &batch), trained.step, points);
    }
    Ok(())
}
