//! Writes `report/index.html`, and the claims' table in the README, from the finished runs. Trains nothing.

use std::process::ExitCode;

use clap::Parser;
use figures::report;

/// One page of everything that the finished runs under results/ say of the paper: report/index.html.
#[derive(Parser)]
#[command(version)]
struct Args {}

fn main() -> ExitCode {
    let Args {} = Args::parse();
    match report::write() {
        Ok(path) => {
            println!("{}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
