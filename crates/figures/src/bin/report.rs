//! Writes one page of everything, `report/index.html`, from the accepted runs. Trains nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use exhibit::Exhibit;
use figures::report::unfinished;
use figures::{program, report};
use record::repository;
use record::run::local;

/// One page of everything that the accepted runs under results/ say of the paper: report/index.html.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Write report/index.html under this folder, and not into the repository
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,

    /// Write a page of the runs that are not finished, unfinished.html, under results/local/ or --to; nothing else
    #[arg(long)]
    unfinished: bool,

    /// Again and again, with so many seconds between, until Ctrl-C; the page reloads itself
    #[arg(long, value_name = "SECONDS", requires = "unfinished")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: Option<u64>,
}

fn main() -> ExitCode {
    program::run(|| match Args::parse() {
        Args { unfinished: true, to, every } => watch(&to.unwrap_or_else(local), every),
        Args { to, .. } => say(&report::write(&Exhibit::all()?, &to.unwrap_or_else(repository))?),
    })
}

fn watch(to: &Path, every: Option<u64>) -> Result<()> {
    let write = || unfinished::write(&Exhibit::all()?, to, every);
    say(&write()?)?;
    while let Some(seconds) = every {
        sleep(Duration::from_secs(seconds));
        write()?;
    }
    Ok(())
}

fn say(path: &Path) -> Result<()> {
    program::print(&format!("{}\n", path.display()))
}
