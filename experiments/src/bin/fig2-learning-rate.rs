//! Inception's learning rate at small scale: how far is the paper's from the best?
//!
//! ```text
//! make fig2-learning-rate    25 minutes on two cores
//! ```
//!
//! The paper gives Inception 0.0015 on ILSVRC 2012, after a choice that it does not describe, and the other networks
//! multiples of it (§4.2.2). On CIFAR-10, with a six-thousandth of the steps, higher rates get further. This finds the
//! rate at which Inception's validation accuracy gets highest, by a rule (`record::fig2::best_rate`) that knows nothing
//! of the networks with BN. `fig2 --learning-rate` then shows whether the paper's claims hold with that base, too.

use std::process::ExitCode;

use anyhow::Result;
use data::loader::OnDamage;
use experiments::inception::train;
use experiments::{Choice, Request, recipes, request};
use recipe::paper::INCEPTION_STEPS;
use recipe::{Recipe, RunRecipe};
use record::fig2::{CURVES_FILE, CurveRow, RATES_FILE, RateRow};
use record::table;

/// The paper's own, then each twice the one before, until the best is not the last.
const RATES: [f64; 6] = [0.0015, 0.006, 0.012, 0.024, 0.048, 0.096];
/// Figure 2's small scale had as many when the sweep was made; it now has 6,000.
const STEPS: u64 = 5_000;

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, sweep)
}

fn recipe(choice: &Choice) -> RunRecipe {
    let inception = recipes::inception(choice.scale);
    let (steps, rates) =
        if choice.is_smoke() { (inception.steps, &RATES[..2]) } else { (STEPS, &RATES[..]) };
    let inception = inception.over(choice.steps_or(steps), INCEPTION_STEPS);
    let at_rate = |&rate: &f64| {
        let mut recipe = inception.clone().named(format!("rate {rate}"));
        recipe.sgd.learning_rate = rate;
        recipe
    };
    RunRecipe::of(rates.iter().map(at_rate).collect())
}

fn sweep(request: &mut Request) -> Result<()> {
    let (work, images) = request.on_images(OnDamage::Stop)?;
    work.train(&work.trainings(), |job, progress| {
        train(job, &work, &images, progress, &[CURVES_FILE], |sight, rows| {
            rows.append(CURVES_FILE, [&sight.row])
        })
    })?;
    let curves: Vec<Vec<CurveRow>> = work.rows()?.read(CURVES_FILE)?;
    let rate = |recipe: &Recipe| recipe.sgd.learning_rate;
    let rates = work
        .run
        .recipe()
        .trainings
        .iter()
        .flat_map(|recipe| work.run.seeds().iter().map(move |_| rate(recipe)));
    let rows: Vec<RateRow> =
        rates.zip(&curves).filter_map(|(rate, curve)| RateRow::of(rate, curve)).collect();
    work.finish(|stage| table::write(&stage.join(RATES_FILE), rows))
}
