//! The table in Markdown.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use record::claims::{self, Claim};
use record::ensemble::{EACH, ErrorRow, Gain};
use record::file::write_atomically;
use record::reported::Reported;
use record::statistics::Verdict;

use super::series::Table;

/// The README's part of a run.
///
/// # Errors
/// If `paper/claims.toml` is missing or damaged.
pub fn readme(table: &Table) -> Result<String> {
    Ok(format!("{}\n{}\n{}", claims(table)?, main_rows(table), provenance(table)))
}

/// Writes `table.md` beside the run's rows.
///
/// # Errors
/// Names the file that cannot be written.
pub fn write_page(table: &Table, run: &Path) -> Result<()> {
    let text = page(table)?;
    write_atomically(&run.join("table.md"), |file| {
        Ok(std::io::Write::write_all(file, text.as_bytes())?)
    })
}

/// `results/table-ensemble/table.md`.
fn page(table: &Table) -> Result<String> {
    Ok(format!(
        "# The ensemble's table (Figure 4), {}: {}\n\n{}\n## Claims\n\n{}\n## Networks\n\n{}\n## Every subset, every \
         number of crops\n\n{}\n{}\n",
        table.scale,
        table.words(),
        main_rows(table),
        claims(table)?,
        members(table),
        all_rows(table),
        provenance(table),
    ))
}

/// A claim with its numbers: top-1 and top-5, in points.
pub struct ClaimedGain {
    /// The claim.
    pub claim: Claim,
    /// The paper's gains, where it prints both errors.
    pub paper: [Option<String>; 2],
    /// Ours with their intervals.
    pub ours: [String; 2],
    /// Of the top-1 error.
    pub verdict: Verdict,
}

/// Every claim whose gain the run has.
///
/// # Errors
/// If `paper/claims.toml` is missing or damaged.
pub fn claimed_gains(table: &Table) -> Result<Vec<ClaimedGain>> {
    let of_claim = |claim: Claim| {
        let row = table.gains.iter().find(|row| row.gain.name() == claim.hypothesis.of)?;
        Some(ClaimedGain {
            paper: ["top-1 error", "top-5 error"].map(|metric| printed(row.gain, table, metric)),
            ours: [
                points(row.top1_gain, row.top1_low, row.top1_high),
                points(row.top5_gain, row.top5_low, row.top5_high),
            ],
            verdict: claim.hypothesis.rule.of_interval(Some((row.top1_low, row.top1_high))),
            claim,
        })
    };
    Ok(claims::of_run("table-ensemble")?.into_iter().filter_map(of_claim).collect())
}

/// Between which of the paper's published rows an error falls by this gain.
fn published(gain: Gain) -> Option<[&'static str; 2]> {
    let [single, multi, ensemble] =
        ["BN-Inception single crop", "BN-Inception multicrop", "BN-Inception ensemble"];
    match gain {
        Gain::MultiCrop => Some([single, multi]),
        Gain::EnsembleMultiCrop => Some([multi, ensemble]),
        Gain::Both => Some([single, ensemble]),
        Gain::EnsembleSingleCrop | Gain::EnsembleOverBest | Gain::MeanOverMaximum => None,
    }
}

/// By how much an error falls in the paper, in points.
fn printed(gain: Gain, table: &Table, metric: &str) -> Option<String> {
    let error = |network: &str| {
        let is_it = |of: &&Reported| of.network == network && of.metric == metric;
        table.paper.iter().find(is_it)?.value.parse::<f64>().ok()
    };
    let [before, after] = published(gain)?;
    Some(format!("{:.2}", 100.0 * (error(before)? - error(after)?)))
}

/// Gains beside the paper's, with verdicts.
fn claims(table: &Table) -> Result<String> {
    let mut text = String::from(
        "| claim (§4.2.3, Figure 4) | top-1, points: paper | ours | top-5, points: paper | ours | verdict (top-1) |\n\
         | --- | ---: | ---: | ---: | ---: | --- |\n",
    );
    for ClaimedGain { claim, paper, ours, verdict } in claimed_gains(table)? {
        let [top1, top5] = paper.map(|points| points.unwrap_or_else(|| "–".to_owned()));
        let [ours1, ours5] = ours;
        writeln!(text, "| {} | {top1} | {ours1} | {top5} | {ours5} | {verdict} |", claim.claim)?;
    }
    Ok(text)
}

fn points(value: f64, low: f64, high: f64) -> String {
    format!("{:.2} ({:.2} to {:.2})", 100.0 * value, 100.0 * low, 100.0 * high).replace('-', "−")
}

/// One network and all of them, and what the paper prints.
fn main_rows(table: &Table) -> String {
    let mut text = String::from(
        "| | networks | crops | top-1 error, % | top-5 error, % |\n| --- | --- | ---: | ---: | ---: |\n",
    );
    for row in table.ours() {
        let [top1, top5] = row.errors.map(|error| {
            let interval = |value: crate::plot::Value| {
                let (low, high) = value.interval.unwrap_or((value.mean, value.mean));
                points(value.mean, low, high)
            };
            error.map_or("–".to_owned(), interval)
        });
        let _ = writeln!(text, "| ours | {} | {} | {top1} | {top5} |", row.name, row.crops);
    }
    for row in table.published() {
        let [top1, top5] = row.errors.map(|error| {
            error.map_or("–".to_owned(), |value| format!("{:.2}", 100.0 * value.mean))
        });
        let _ = writeln!(text, "| published | {} | {} | {top1} | {top5} |", row.name, row.crops);
    }
    if let Some([top1, top5]) = table.chance() {
        let _ = writeln!(text, "| a guess | – | – | {top1:.2} | {top5:.2} |");
    }
    text
}

fn members(table: &Table) -> String {
    let mut text = String::from(
        "| | network | top-1 error with 1 crop, % | with 144 crops, % |\n| ---: | --- | ---: | ---: |\n",
    );
    for member in &table.members {
        let number = member.member.to_string();
        let error = |crops: &str| {
            let is_it = |row: &&ErrorRow| row.networks == number && row.crops.name() == crops;
            let row = table.errors.iter().find(is_it);
            row.map_or("–".to_owned(), |row| points(row.top1_error, row.top1_low, row.top1_high))
        };
        let (one, many) = (error("1"), error("144"));
        let _ = writeln!(text, "| {number} | {} | {one} | {many} |", member.network);
    }
    text
}

fn all_rows(table: &Table) -> String {
    let mut text = String::from(
        "| networks | crops | top-1 error, % | top-5 error, % |\n| --- | ---: | ---: | ---: |\n",
    );
    for row in &table.errors {
        let who = if row.networks == EACH { "one, on average" } else { &row.networks };
        let top1 = points(row.top1_error, row.top1_low, row.top1_high);
        let top5 = points(row.top5_error, row.top5_low, row.top5_high);
        let _ = writeln!(text, "| {who} | {} | {top1} | {top5} |", row.crops.name());
    }
    text
}

fn provenance(table: &Table) -> String {
    format!(
        "95 % intervals in brackets: bootstrap of 1,000 samples, over images for networks that answer together, over images \
         and networks for one network (the mean over all); gains are paired by image. Scale: {} ({}); made by \
         {}; rows in `results/table-ensemble/`.",
        table.scale,
        table.words(),
        table.manifest.provenance(),
    )
}
