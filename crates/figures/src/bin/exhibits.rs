//! Which exhibits there are, for make and scripts.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use figures::program;
use record::exhibit::{Exhibit, ScaleDescription};
use record::run::Scale;

/// The figures, tables and claims of the paper that have a program, in the paper's order.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A line for each program: its name, and the minutes that its default scale takes
    List,
    /// A line for each exhibit: its name, what it is, what it costs
    Help,
}

fn main() -> ExitCode {
    program::run(|| {
        let exhibits = Exhibit::all()?;
        let lines = match Args::parse().command {
            Command::List => list(&exhibits),
            Command::Help => help(&exhibits),
        };
        program::print(&lines)
    })
}

fn list(exhibits: &[Exhibit]) -> String {
    let programs = exhibits.iter().filter(|exhibit| !exhibit.is_view());
    let line = |exhibit: &Exhibit| {
        let minutes = default_scale(exhibit).and_then(|scale| scale.minutes);
        format!("{}\t{}\n", exhibit.name, minutes.map_or("-".to_owned(), |m| m.to_string()))
    };
    programs.map(line).collect()
}

fn help(exhibits: &[Exhibit]) -> String {
    let width = exhibits.iter().map(|exhibit| exhibit.name.len()).max().unwrap_or(0) + 2;
    let line = |exhibit: &Exhibit| {
        let (name, about) = (&exhibit.name, &exhibit.description.about);
        format!("{name:width$}{} ({})\n", about.trim().trim_end_matches('.'), cost(exhibit))
    };
    exhibits.iter().map(line).collect()
}

fn cost(exhibit: &Exhibit) -> String {
    if exhibit.is_view() {
        return format!("from the run of {}", exhibit.run_name());
    }
    match default_scale(exhibit).and_then(|scale| scale.minutes) {
        None => "not on a laptop".to_owned(),
        Some(minutes) if minutes < 1.0 => "seconds".to_owned(),
        Some(minutes) if minutes < 90.0 => format!("{minutes:.0} min on 2 cores"),
        Some(minutes) => format!("{:.1} h on 2 cores", minutes / 60.0),
    }
}

fn default_scale(exhibit: &Exhibit) -> Option<&ScaleDescription> {
    exhibit.scale(exhibit.default_scale()).filter(|scale| scale.name != Scale::Smoke)
}
