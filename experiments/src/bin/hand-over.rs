//! Finished jobs of unfinished runs go where another machine finds them.
//!
//! ```text
//! make hand-over NAME=fig2                       into results/unfinished/, which may be committed
//! make fig2 ARGS="--adopt results/unfinished"    on the other machine
//! ```
//!
//! Trains nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;
use exhibit::Exhibit;
use experiments::command_line::{exit_code, say};
use record::run::{accepted, unfinished};
use training::{CHECKPOINT_FILE, Checkpoint};

/// Copies the finished jobs of an exhibit's unfinished runs to where --adopt takes them over.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Which exhibit
    name: String,

    /// Where to [default: results/unfinished/]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,

    /// Their trained networks, too: table-ensemble needs them again
    #[arg(long)]
    networks: bool,
}

fn main() -> ExitCode {
    exit_code(|| {
        let Args { name, to, networks } = Args::parse();
        let to = to.unwrap_or_else(|| accepted().join("unfinished"));
        let name = Exhibit::named(&name)?.run_name().to_owned();
        let runs = unfinished()?;
        let runs: Vec<_> = runs.iter().filter(|run| run.plan.artefact == name).collect();
        ensure!(!runs.is_empty(), "{name} has no unfinished run");
        for run in runs {
            let add = |from: &Path, to: &Path| -> Result<()> {
                let [from, to] = [from, to].map(|folder| folder.join(CHECKPOINT_FILE));
                if networks { Checkpoint::copy_network(&from, &to) } else { Ok(()) }
            };
            let jobs = run.hand_over(&to, |name| name == CHECKPOINT_FILE, add)?;
            say(&format!("{} scale, {} jobs: {}", run.plan.scale, jobs.len(), jobs.join(", ")));
        }
        Ok(())
    })
}
