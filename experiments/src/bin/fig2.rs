//! Figure 2 (§4.2.2): validation accuracy against training steps, with and without Batch Normalization.
//!
//! ```text
//! make fig2                             CIFAR-10 over 96 epochs: six hours on two cores where bf16 is fast
//! make fig2 ARGS="--initial-weights xavier"    the same from Xavier's initial weights
//! make fig2 ARGS="--scale small"        over 10 epochs on a finer grid: half an hour a seed
//! make fig2 ARGS="--scale tiny"         Tiny ImageNet: 200 classes of ILSVRC 2012, 32 pixels
//! cargo run --release --bin fig2 -- --scale medium --data DIR    photographs at 128 pixels
//! cargo run --release --bin fig2 -- --scale paper --data DIR --device cuda:0    ILSVRC 2012
//! ```
//!
//! Trains the paper's five networks, and two that its text makes claims about, by the recipes of §4.2
//! (`recipe::paper`), and validates each from time to time by a single centre crop. But at the paper's scale the question is turned
//! round: the networks are trained over several budgets of steps, each with a decay of its own, and the smallest that
//! gets as far as Inception says how much faster a network is (`docs/DEVIATIONS.md`, "The regime of Figure 2").
//!
//! Expected, as in the paper: BN-Baseline gets to Inception's maximum in half the steps, BN-x5 in a fourteenth; BN-x30
//! ends highest; with sigmoids only the network with BN learns; Inception at five times its rate diverges. `make
//! table-single` says which of this a run shows.

use std::process::ExitCode;

use anyhow::Result;
use bn_inception::config::Distribution;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use data::loader::OnDamage;
use experiments::command_line::positive;
use experiments::cost::Cost;
use experiments::inception::{CURVES, train, write_curves};
use experiments::{Choice, Request, recipes, request};
use recipe::Part::{OneIn, Twice};
use recipe::SingleNetwork::{
    BnBaseline, BnX5, BnX5Sigmoid, BnX30, Inception, InceptionSigmoid, InceptionX5,
};
use recipe::paper::INCEPTION_STEPS;
use recipe::{Budget, Part, Recipe, RunRecipe, SingleNetwork};
use record::run::Scale;

#[derive(Args)]
struct Options {
    /// Inception's learning rate, of which the other rows have multiples [default: the scale's]
    #[arg(long, value_name = "RATE", value_parser = positive, allow_negative_numbers = true)]
    learning_rate: Option<f64>,

    /// What every network's initial weights are drawn from [default: He's distribution]
    #[arg(long, value_name = "WEIGHTS", value_parser = initial_weights())]
    initial_weights: Option<Distribution>,

    /// Only these networks [default: all that the scale has]
    #[arg(long, value_delimiter = ',', value_name = "NETWORK", value_parser = network())]
    networks: Vec<SingleNetwork>,

    /// Images that an accuracy on the way is taken from [default: the scale's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    validation_images: Option<u32>,

    /// Leave out and count pictures that cannot be read [default: the first one stops the run]
    #[arg(long)]
    skip_damaged: bool,
}

fn network() -> impl TypedValueParser<Value = SingleNetwork> {
    PossibleValuesParser::new(SingleNetwork::ALL.map(SingleNetwork::key))
        .map(|key| SingleNetwork::with_key(&key).expect("a possible value"))
}

fn initial_weights() -> impl TypedValueParser<Value = Distribution> {
    PossibleValuesParser::new(["he", "xavier"]).map(|name| match &*name {
        "he" => Distribution::He,
        _ => Distribution::Xavier,
    })
}

impl Options {
    /// The networks that are asked for; else all.
    fn networks(&self) -> Vec<SingleNetwork> {
        let all = SingleNetwork::ALL;
        match self.networks[..] {
            [] => all.to_vec(),
            ref chosen => all.into_iter().filter(|network| chosen.contains(network)).collect(),
        }
    }

    fn on_damage(&self) -> OnDamage {
        if self.skip_damaged { OnDamage::Skip } else { OnDamage::Stop }
    }
}

/// The parts of Inception's steps that each network is trained over.
type Parts = [(SingleNetwork, &'static [Part])];

/// In the paper BN-Baseline needs less than a half of Inception's steps, BN-x5 a fifteenth and BN-x30 a twelfth to
/// Inception's accuracy; and BN-x30 a fifth to its own highest.
const OF_AN_EVENING: &Parts = &[
    (Inception, &[OneIn(1)]),
    (BnBaseline, &[OneIn(1), OneIn(3)]),
    (BnX5, &[OneIn(2), OneIn(3), OneIn(6)]),
    (BnX30, &[OneIn(2), OneIn(3), OneIn(6)]),
    (BnX5Sigmoid, &[OneIn(6)]),
    (InceptionX5, &[OneIn(12)]),
    (InceptionSigmoid, &[OneIn(12)]),
];

/// The same of a training that is ten times as long; and what twice the steps give to Inception, which says whether
/// it has converged (`docs/DEVIATIONS.md`, "Figure 2 anew").
const OF_A_NIGHT: &Parts = &[
    (Inception, &[Twice, OneIn(1), OneIn(2)]),
    (BnBaseline, &[OneIn(1), OneIn(3)]),
    (BnX5, &[OneIn(1), OneIn(2), OneIn(4), OneIn(8)]),
    (BnX30, &[OneIn(1), OneIn(2), OneIn(4), OneIn(8)]),
    (BnX5Sigmoid, &[OneIn(6)]),
    (InceptionX5, &[OneIn(12)]),
    (InceptionSigmoid, &[OneIn(12)]),
];

/// Of photographs, which are dear: no sigmoids, and twice the half in place of twice the whole.
const OF_PHOTOGRAPHS: &Parts = &[
    (Inception, &[OneIn(1), OneIn(2)]),
    (BnBaseline, &[OneIn(1), OneIn(3)]),
    (BnX5, &[OneIn(2), OneIn(4), OneIn(8)]),
    (BnX30, &[OneIn(2), OneIn(4), OneIn(8)]),
];

/// Steps of the whole budget, and the parts of each network; none where the schedule is the paper's.
fn budgets(scale: Scale) -> Option<(u64, &'static Parts)> {
    match scale {
        Scale::Smoke | Scale::Small => Some((recipes::WHOLE_BUDGET, OF_AN_EVENING)),
        Scale::Overnight => Some((recipes::WHOLE_BUDGET_OVERNIGHT, OF_A_NIGHT)),
        Scale::Tiny => Some((29_688, &OF_AN_EVENING[..5])), // 10 epochs, the paper's networks
        Scale::Medium => Some((15_900, OF_PHOTOGRAPHS)),    // 60 epochs of Imagenette
        Scale::Full | Scale::Custom => None,
    }
}

fn main() -> ExitCode {
    request::main(env!("CARGO_BIN_NAME"), recipe, fig2)
}

fn recipe(choice: &Choice<Options>) -> RunRecipe {
    let networks = choice.own.networks();
    let mut trainings = match budgets(choice.scale) {
        Some(of_scale) => over_budgets(choice, of_scale, &networks),
        None => by_the_papers_schedule(choice, &networks),
    };
    if let Some(images) = choice.own.validation_images {
        for training in &mut trainings {
            training.images.validation_images = images as usize;
        }
    }
    RunRecipe::of(trainings).with("on_damage", format!("{:?}", choice.own.on_damage()))
}

/// The trainings of a seed, the longest first.
fn over_budgets(
    choice: &Choice<Options>,
    (steps, parts): (u64, &Parts),
    networks: &[SingleNetwork],
) -> Vec<Recipe> {
    let inception = as_asked(choice, recipes::converging(choice, steps));
    let chosen = parts.iter().filter(|(network, _)| networks.contains(network));
    let budget = |&(network, parts): &(SingleNetwork, &'static [Part])| {
        parts.iter().map(move |&part| Budget { network, part })
    };
    let mut budgets: Vec<Budget> = chosen.flat_map(budget).collect();
    budgets.sort_by_key(|budget| budget.part); // stable: networks of one part in their order
    budgets.into_iter().map(|budget| recipes::of_budget(budget, &inception)).collect()
}

fn by_the_papers_schedule(choice: &Choice<Options>, networks: &[SingleNetwork]) -> Vec<Recipe> {
    let inception = as_asked(choice, recipes::inception(choice.scale));
    let steps = choice.steps_or(inception.steps);
    let inception = inception.over(steps, INCEPTION_STEPS);
    networks.iter().map(|network| network.recipe(&inception)).collect()
}

/// Inception at the rate and from the initial weights that the user asks for.
fn as_asked(choice: &Choice<Options>, mut inception: Recipe) -> Recipe {
    if let Some(rate) = choice.own.learning_rate {
        inception = inception.with_rate(rate);
    }
    if let Some(distribution) = choice.own.initial_weights {
        inception =
            inception.with_network(|config| config.initialization.distribution = distribution);
    }
    inception
}

fn fig2(request: &mut Request<Options>) -> Result<()> {
    let (work, images) = request.on_images(request.own.on_damage())?;
    let trainings = work.trainings();
    Cost::tell(&trainings, &work, &images)?;
    work.train(&trainings, |job, progress| {
        train(job, &work, &images, progress, &CURVES, |sight, rows| {
            write_curves(sight, &images, rows)
        })
    })?;
    work.finish_with_rows(&CURVES)
}
