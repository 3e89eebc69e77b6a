//! Makes a finished run the committed one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use exhibit::Exhibit;
use exhibit::accept::{accept, local_folder};
use figures::program;
use record::run::Scale;

/// Copies a finished run to where the committed one lies: results/NAME, of another scale than the default one
/// results/SCALE/NAME.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Which exhibit
    name: String,

    /// The scale [default: the exhibit's default scale]
    #[arg(long, value_name = "SCALE", conflicts_with = "run")]
    scale: Option<String>,

    /// The run's folder [default: where its program has put it]
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::run(|| {
        let Args { name, scale, run } = Args::parse();
        let exhibit = Exhibit::named(&name)?;
        let exhibit = Exhibit::named(exhibit.run_name())?;
        let scale = scale.map_or(Ok(exhibit.default_scale()), |scale| named(&exhibit, &scale))?;
        let folder = run.unwrap_or_else(|| local_folder(&exhibit, scale));
        let target = accept(&exhibit, &folder)
            .with_context(|| format!("{} is not accepted", folder.display()))?;
        program::print(&format!(
            "{}\nNext: 'make figures report' draws it and writes the pages ('make accept' does it by itself); then commit \
             results, figures, report and pages.\n",
            target.display()
        ))
    })
}

/// A scale of the exhibit; `paper` is another word for the full one where that is the paper's.
fn named(exhibit: &Exhibit, name: &str) -> Result<Scale> {
    let scales = || exhibit.description.scales.iter();
    let is_it = |scale: &Scale, is_the_papers: bool| {
        scale.to_string() == name || (name == "paper" && is_the_papers)
    };
    let found = scales().find(|scale| is_it(&scale.name, scale.is_the_papers));
    let all: Vec<String> = scales().map(|scale| scale.name.to_string()).collect();
    let found = found.map(|scale| scale.name);
    found.with_context(|| format!("--scale: it is one of {}, not '{name}'", all.join(", ")))
}
