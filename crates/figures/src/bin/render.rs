//! Draws figures from finished runs, and writes the README's table. Trains nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use figures::{readme, runs};

/// Draws the figures of all finished runs under results/, and the README's table.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Only the run of this figure or table that finished last on this machine, wherever it is
    #[arg(long, value_name = "ARTEFACT", conflicts_with = "run")]
    last: Option<String>,

    /// Only the finished run in this folder
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,
}

fn main() -> ExitCode {
    match render(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn render(args: Args) -> Result<()> {
    let folders = match args {
        Args { run: Some(folder), .. } => vec![folder],
        Args { last: Some(artefact), .. } => vec![last(&artefact)?],
        Args { .. } => runs::all()?,
    };
    // One damaged run does not keep the others from being drawn.
    let outcomes: Vec<Result<()>> = folders.iter().map(|folder| draw(folder)).collect();
    readme::write()?;
    outcomes.into_iter().collect()
}

fn last(artefact: &str) -> Result<PathBuf> {
    record::run::last(artefact)
        .with_context(|| format!("no run of '{artefact}' has finished on this machine yet"))
}

fn draw(folder: &std::path::Path) -> Result<()> {
    for file in runs::draw(folder)? {
        println!("{}", file.display());
    }
    Ok(())
}
