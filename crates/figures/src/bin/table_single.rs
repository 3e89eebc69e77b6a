//! The paper's Figure 3 from Figure 2's rows: steps to Inception's maximum, speed-ups, maxima, and a
//! verdict on each claim. Trains nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use figures::readme;
use figures::table_single::{SingleTable, terminal};

/// The single-network table (Figure 3), derived from the rows of a finished run of Figure 2.
///
/// Writes results/table-single/, figures/table-single.md and the README's part.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// The finished run [default: results/fig2]
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,
}

fn main() -> ExitCode {
    match table_single(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn table_single(args: Args) -> Result<()> {
    let run = args.run.unwrap_or_else(|| record::repository().join("results/fig2"));
    let table = SingleTable::of_run(&run)?;
    println!("{}", terminal::tables(&table));
    for place in table.write(&run)? {
        println!("{}", place.display());
    }
    readme::write()
}
