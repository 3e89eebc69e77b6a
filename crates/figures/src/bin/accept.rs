//! Makes a finished run the committed one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use exhibit::Exhibit;
use exhibit::accept::accept;
use figures::program;
use record::run::{accepted, local_folder};

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
        let scale = match scale {
            Some(word) => exhibit.scale_named(&word)?.name,
            None => exhibit.default_scale(),
        };
        let folder = run.unwrap_or_else(|| local_folder(scale, exhibit.run_name()));
        let target = accept(&exhibit, &folder, &accepted())
            .with_context(|| format!("{} is not accepted", folder.display()))?;
        program::print(&format!(
            "{}\nNext: 'make figures report' draws it and writes the pages ('make accept' does it by itself); then commit \
             results, figures, report and pages.\n",
            target.display()
        ))
    })
}
