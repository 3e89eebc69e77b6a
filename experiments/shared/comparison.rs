//! The table at the end of a run: this run, the committed run, the paper.

use anyhow::Result;
use comfy_table::{Cell, Table, presets};
use record::fig1::SummaryRow;
use record::reported::{self, Reported};
use record::table;

/// Prints what a run found beside what the committed run found and what the paper reports.
///
/// # Errors
/// If one of the CSV files is damaged.
pub fn print(artefact: &str, this: &[SummaryRow], committed: &[SummaryRow]) -> Result<()> {
    let paper = reported::all()?;
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
        "network",
        "metric",
        "this run",
        "committed run",
        "paper",
    ]);
    for row in this {
        let same =
            |other: &&SummaryRow| (&other.network, &other.metric) == (&row.network, &row.metric);
        let committed = committed.iter().find(same).map_or("–".to_owned(), SummaryRow::estimate);
        let paper = paper.iter().find(|reported| is_about(reported, artefact, row));
        let paper = paper.map_or("–", |reported| &reported.value);
        table.add_row(
            [&row.network, &row.metric, &row.estimate(), &committed, paper].map(Cell::new),
        );
    }
    println!("{table}");
    Ok(())
}

/// The summary of the run in `results/ARTEFACT`; empty before the first.
pub fn committed_summary(artefact: &str) -> Vec<SummaryRow> {
    let folder = record::repository().join("results").join(artefact);
    table::read(&folder.join("summary.csv")).unwrap_or_default()
}

fn is_about(reported: &Reported, artefact: &str, row: &SummaryRow) -> bool {
    (reported.artefact.as_str(), &reported.network, &reported.metric)
        == (artefact, &row.network, &row.metric)
}
