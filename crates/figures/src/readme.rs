//! The table of claims in `README.md`, between its markers.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use record::fig1::SummaryRow;
use record::file::write_atomically;
use record::manifest::Manifest;
use record::statistics::Verdict;
use record::{repository, table};

const BEGIN: &str = "<!-- fig1: begin (written by 'make figures') -->";
const END: &str = "<!-- fig1: end -->";

/// A claim of §4.1, and the metric that decides it.
struct Claim {
    text: &'static str,
    metric: &'static str,
    /// Which comparison of the two networks decides.
    comparison: &'static str,
    /// What the comparison would be if BN made no difference.
    no_difference: f64,
}

const DIFFERENCE: &str = "With BN minus Without BN";
const RATIO: &str = "Without BN over With BN";

const CLAIMS: [Claim; 5] = [
    Claim {
        text: "(a) BN ends at a higher test accuracy",
        metric: "test accuracy at the last step",
        comparison: DIFFERENCE,
        no_difference: 0.0,
    },
    Claim {
        text: "(b, c) the median of a sigmoid's input moves less with BN",
        metric: "movement of the median",
        comparison: RATIO,
        no_difference: 1.0,
    },
    Claim {
        text: "(b, c) its 15–85 spread moves less with BN",
        metric: "movement of the 15-85 spread",
        comparison: RATIO,
        no_difference: 1.0,
    },
    Claim {
        text: "(b, c) the median ranges less with BN",
        metric: "range of the median",
        comparison: RATIO,
        no_difference: 1.0,
    },
    Claim {
        text: "(b, c) the spread ranges less with BN",
        metric: "range of the 15-85 spread",
        comparison: RATIO,
        no_difference: 1.0,
    },
];

/// Puts the table of the committed run into the README; nothing happens before the first run.
///
/// # Errors
/// If the README has no markers, or a file cannot be read or written.
pub fn splice() -> Result<()> {
    let run = repository().join("results/fig1");
    if !run.join("summary.csv").exists() {
        return Ok(());
    }
    let table = claims_table(&table::read(&run.join("summary.csv"))?, &Manifest::read(&run)?);
    let path = repository().join("README.md");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let spliced = between_markers(&text, &table)
        .with_context(|| format!("{}: the line '{BEGIN}' or '{END}' is missing", path.display()))?;
    if spliced == text { Ok(()) } else { write_text(&path, &spliced) }
}

fn between_markers(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}{END}{after}"))
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    write_atomically(path, |file| Ok(std::io::Write::write_all(file, text.as_bytes())?))
}

/// The table in Markdown, and where it comes from.
pub fn claims_table(summary: &[SummaryRow], manifest: &Manifest) -> String {
    let mut text = String::from(
        "| claim (§4.1, Figure 1) | paper | without BN | with BN | difference or ratio | verdict |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for claim in &CLAIMS {
        let of = |network: &str| {
            summary.iter().find(|row| row.metric == claim.metric && row.network == network)
        };
        let shown = |network| of(network).map_or("–".to_owned(), SummaryRow::estimate);
        let verdict =
            of(claim.comparison).map_or(Verdict::Undecided, |row| row.verdict(claim.no_difference));
        let _ = writeln!(
            text,
            "| {} | yes | {} | {} | {} | {verdict} |",
            claim.text,
            shown("Without BN"),
            shown("With BN"),
            shown(claim.comparison),
        );
    }
    let _ = writeln!(text, "\n{}", provenance(manifest));
    text
}

fn provenance(manifest: &Manifest) -> String {
    let command = manifest.starts.first().map_or("", |start| &start.command);
    let commit = manifest.starts.first().and_then(|start| start.git_commit.as_deref());
    format!(
        "Mean ± half the 95 % confidence interval over seeds (n), paired by seed where two networks are compared. \
         Scale: {}; made by `{command}` at commit {} in {:.0} s on {} ({} jobs); rows in `results/fig1/`.",
        manifest.scale,
        commit.map_or("unknown", |hash| &hash[..hash.len().min(10)]),
        manifest.wall_time_s,
        manifest.host.processor,
        manifest.host.jobs,
    )
}
