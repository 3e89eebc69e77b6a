//! Writes one page of everything, `report/index.html`, from the accepted runs. Trains nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use exhibit::Exhibit;
use figures::{program, report};
use record::repository;

/// One page of everything that the accepted runs under results/ say of the paper: report/index.html.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Write report/index.html under this folder, and not into the repository
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::run(|| {
        let to = Args::parse().to.unwrap_or_else(repository);
        let path = report::write(&Exhibit::all()?, &to)?;
        program::print(&format!("{}\n", path.display()))
    })
}
