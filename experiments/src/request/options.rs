//! The command line of an exhibit's program, from its description.

use anyhow::Result;
use bn_inception::{Arithmetic, execution};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use exhibit::{Exhibit, ScaleDescription};
use recipe::{NetworkConfig, Recipe, RunRecipe};
use training::device;

use crate::command_line::{CommonArgs, InceptionArgs, StatisticsArgs, StatisticsChoice, say};

const AFTER_HELP: &str = "Ctrl-C stops it, and the same command goes on where it stopped. A finished run lies \
                          under results/local/.";

/// The command line of an exhibit's program.
pub(super) fn command<Own: Args>(
    name: &'static str,
    exhibit: &Exhibit,
    recipes: &[RunRecipe],
    (has_inception, has_population): (bool, bool),
) -> Command {
    let command = Command::new(name).arg(scale_arg(exhibit, recipes));
    let mut command = Own::augment_args(CommonArgs::augment_args(command));
    if has_inception {
        command = InceptionArgs::augment_args(command);
    }
    if has_population {
        command = StatisticsArgs::augment_args(command);
    }
    command
        .about(exhibit.description.about.clone())
        .long_about(None)
        .after_help(AFTER_HELP)
        .version(env!("CARGO_PKG_VERSION"))
}

/// The program's own options if the user gives none.
pub(super) fn own_defaults<Own: Args>(name: &'static str) -> Own {
    let matches = Own::augment_args(Command::new(name)).get_matches_from([name]);
    Own::from_arg_matches(&matches).expect("a program needs none of its own options")
}

pub(super) fn trains_inception(recipe: &RunRecipe) -> bool {
    let is_inception =
        |training: &Recipe| matches!(training.network, NetworkConfig::BnInception(_));
    recipe.trainings.iter().any(is_inception)
}

pub(super) fn is_judged_by_population(recipe: &RunRecipe) -> bool {
    let is_so = |training: &Recipe| training.images.population_mini_batches.is_some();
    trains_inception(recipe) && recipe.trainings.iter().any(is_so)
}

pub(super) fn statistics(matches: &ArgMatches) -> Result<StatisticsChoice> {
    Ok(StatisticsArgs::from_arg_matches(matches)?.statistics)
}

/// `--scale`, with what each scale means in words.
pub(super) fn scale_arg(exhibit: &Exhibit, recipes: &[RunRecipe]) -> Arg {
    let value = |(scale, recipe): (&ScaleDescription, &RunRecipe)| {
        let value = PossibleValue::new(scale.name.name()).help(scale_help(scale, recipe));
        if scale.is_the_papers { value.alias("paper") } else { value }
    };
    let values = exhibit.description.scales.iter().zip(recipes).map(value);
    Arg::new("scale")
        .long("scale")
        .value_name("SCALE")
        .help("Data, size and steps")
        .value_parser(PossibleValuesParser::new(values))
        .default_value(exhibit.default_scale().name())
}

/// `CIFAR-10, half the width, 6,000 steps; 3 seeds; 100 minutes on two cores`.
pub(super) fn scale_help(scale: &ScaleDescription, recipe: &RunRecipe) -> String {
    let mut parts = vec![recipe.words()];
    match scale.seeds {
        0 => {}
        1 => parts.push("1 seed".to_owned()),
        seeds => parts.push(format!("{seeds} seeds")),
    }
    parts.extend(scale.minutes.map(|minutes| match minutes {
        minutes if minutes < 1.0 => format!("{:.0} seconds on two cores", 60.0 * minutes),
        minutes => format!("{minutes} minutes on two cores"),
    }));
    if scale.is_the_papers {
        parts.push("the paper's own ('paper' is another word for it)".to_owned());
    }
    if !scale.options.is_empty() {
        parts.push(format!("needs {}", scale.options));
    }
    parts.join("; ")
}

pub(super) fn chosen_scale<'a>(
    matches: &ArgMatches,
    exhibit: &'a Exhibit,
) -> Result<&'a ScaleDescription> {
    exhibit.scale_named(matches.get_one::<String>("scale").map_or("", String::as_str))
}

/// The numbers that the user asks for, or those that are fastest on the device. A run in the others is of the same scale: on
/// another machine they may be the fastest. What is only printed may be meant for another machine, so that the device
/// need not be here.
pub(super) fn arithmetic(inception: &InceptionArgs, common: &CommonArgs) -> Result<Arithmetic> {
    let asked = inception.arithmetic.map(Arithmetic::from);
    let device = if common.print_recipe { tch::Device::Cpu } else { device::open(&common.device)? };
    Ok(asked.unwrap_or(execution::fastest(device)))
}

pub(super) fn print_recipe(name: &str, scale: &ScaleDescription, recipe: &RunRecipe) -> Result<()> {
    let seeds: Vec<u64> = (0..scale.seeds).collect();
    let recipe = serde_json::json!({
        "artefact": name,
        "scale": scale.name,
        "seeds": seeds,
        "recipe": recipe,
    });
    say(&serde_json::to_string_pretty(&recipe)?);
    Ok(())
}
