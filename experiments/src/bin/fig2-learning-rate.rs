//! §3.3, §4.2.2: the largest learning rate that trains, with and without BN.
//!
//! ```text
//! make fig2-learning-rate                          40 minutes on two cores
//! make fig2-learning-rate ARGS="--scale small"     a quarter of the steps, three seeds, module 3a on 16×16
//! ```
//!
//! Trains Inception and BN-Baseline, which differ by nothing but BN, from He's and from Xavier's initial weights, at
//! rates from the paper's 0.0015 up, each four times the one before, to where the networks diverge. In the regime of
//! Figure 2 (`docs/DEVIATIONS.md`), 2,000 steps, six seeds. The rate decays over the whole of each training.
//!
//! Expected, as in the paper: BN bears much higher rates. Which rate is best after 2,000 steps is not which is best after
//! many; that a network diverges or stays at chance shows early.

use std::process::ExitCode;

use anyhow::Result;
use bn_inception::config::Distribution;
use experiments::variations::{self, Look, Trained};
use experiments::{Choice, Points, recipes};
use recipe::{Recipe, SingleNetwork};
use record::run::Scale;

const NETWORKS: [SingleNetwork; 2] = [SingleNetwork::Inception, SingleNetwork::BnBaseline];
const DISTRIBUTIONS: [(&str, Distribution); 2] =
    [("He", Distribution::He), ("Xavier", Distribution::Xavier)];
/// The lowest rate, the paper's; and how many there are.
const LOWEST: f64 = 0.0015;
const RATES: i32 = 8;
const STEPS: u64 = 500;
/// So many that networks leave chance from Xavier's weights, too, if they can.
const STEPS_OVERNIGHT: u64 = 2_000;
/// Images that short trainings are looked at with on their way, and in the end.
const ON_THE_WAY: usize = 250;
const AT_THE_END: usize = 2_000;

fn main() -> ExitCode {
    let look = Look { at_the_end: &over_rates, ..Look::default() };
    variations::main(env!("CARGO_BIN_NAME"), sweep, &look)
}

fn sweep(choice: &Choice) -> Vec<Recipe> {
    let steps = if choice.scale == Scale::Overnight { STEPS_OVERNIGHT } else { STEPS };
    let mut inception = recipes::converging(choice, steps);
    if !choice.is_smoke() {
        inception.images.validation_images = ON_THE_WAY;
        inception.images.test_images = Some(AT_THE_END);
    }
    let rates = if choice.is_smoke() { 2 } else { RATES };
    let mut recipes = Vec::new();
    for network in NETWORKS {
        for (name, distribution) in DISTRIBUTIONS {
            let from = network.recipe(&inception).with_network(|config| {
                config.initialization.distribution = distribution;
            });
            recipes.extend((0..rates).map(|power| {
                let rate = LOWEST * 4_f64.powi(power);
                from.clone().with_rate(rate).named(format!("{network}, {name}, {rate}"))
            }));
        }
    }
    recipes
}

/// The accuracy in the end as a place of the curve over rates.
fn over_rates(trained: &Trained, points: &mut Points) -> Result<()> {
    let recipe = trained.recipe();
    let rate = recipe.sgd.learning_rate;
    let series = recipe.name.rsplit_once(", ").map_or(recipe.name.as_str(), |(series, _)| series);
    points.push_of(series, "test accuracy over rates", rate, trained.test_accuracy()?);
    Ok(())
}
