//! Draws finished runs and writes the pages' generated parts. Trains nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use exhibit::Exhibit;
use exhibit::runs::{self, ShownRun};
use figures::block::Block;
use figures::pages;
use figures::program::{self, print, terminal_width};
use record::manifest::Manifest;
use record::repository;

/// Draws all accepted runs into figures/, and writes the generated parts of README.md and docs/CLAIMS.md; or draws
/// one run and prints its tables.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Only the run of this exhibit that finished last on this machine
    #[arg(long, value_name = "NAME", conflicts_with = "run")]
    last: Option<String>,

    /// Only the finished run in this folder
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,

    /// Write everything under this folder, and not into the repository or beside the run
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::run(|| render(&Args::parse()))
}

fn render(args: &Args) -> Result<()> {
    let (exhibit, folder) = match args {
        Args { last: Some(name), .. } => {
            let exhibit = Exhibit::named(name)?;
            let folder = runs::last_folder(&exhibit)?;
            (exhibit, folder)
        }
        Args { run: Some(folder), .. } => {
            (Exhibit::named(&Manifest::read(folder)?.artefact)?, folder.clone())
        }
        Args { to, .. } => return all(to.as_deref()),
    };
    let run = ShownRun::read(&exhibit, &folder)?;
    let is_in_figures = run.is_accepted() || (args.last.is_some() && run.is_of_default_scale());
    show(&run, args.to.clone().or_else(|| is_in_figures.then(repository)).as_deref())
}

/// Prints a run's tables and draws it: under a root where all pictures lie, or beside its rows.
fn show(run: &ShownRun, root: Option<&Path>) -> Result<()> {
    let stem = root.map_or_else(|| run.folder.join(run.file_name()), |root| root.join(run.stem()));
    let files = pages::draw(run, &stem)?;
    print(&Block::of(run)?.terminal(terminal_width()))?;
    say(&files)
}

/// One damaged run does not keep the others from being drawn, but the pages are not written without it.
fn all(to: Option<&Path>) -> Result<()> {
    let root = to.map_or_else(repository, Path::to_owned);
    let (runs, mut errors) = runs::accepted(&Exhibit::all()?);
    for run in &runs {
        match pages::draw(run, &root.join(run.stem())) {
            Ok(files) => say(&files)?,
            Err(error) => errors.push(error),
        }
    }
    program::no_errors(errors)?;
    say(&pages::write(&runs, &repository(), &root)?)
}

fn say(files: &[PathBuf]) -> Result<()> {
    files.iter().try_for_each(|file| print(&format!("{}\n", file.display())))
}
