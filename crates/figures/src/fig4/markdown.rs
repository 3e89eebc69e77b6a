//! The table in Markdown.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use record::ensemble::{EACH, ErrorRow, Gain, GainRow};
use record::file::write_atomically;
use record::statistics::Verdict;

use super::series::Table;

/// A claim of §4.2.3, and the gain that decides it.
struct Claim {
    text: &'static str,
    gain: Gain,
    /// The paper's gain in its published rows: which error falls to which.
    paper: Option<[&'static str; 2]>,
}

const CLAIMS: [Claim; 5] = [
    Claim {
        text: "144 crops beat one",
        gain: Gain::MultiCrop,
        paper: Some(["BN-Inception single crop", "BN-Inception multicrop"]),
    },
    Claim {
        text: "the ensemble beats one of its networks (144 crops)",
        gain: Gain::EnsembleMultiCrop,
        paper: Some(["BN-Inception multicrop", "BN-Inception ensemble"]),
    },
    Claim {
        text: "the ensemble beats the best of its networks (144 crops)",
        gain: Gain::EnsembleOverBest,
        paper: None,
    },
    Claim {
        text: "both together",
        gain: Gain::Both,
        paper: Some(["BN-Inception single crop", "BN-Inception ensemble"]),
    },
    Claim {
        text: "the mean over crops beats the maximum (GoogLeNet)",
        gain: Gain::MeanOverMaximum,
        paper: None,
    },
];

/// The README's part of a run.
pub fn readme(table: &Table) -> String {
    format!("{}\n{}\n{}", claims(table), main_rows(table), provenance(table))
}

/// Writes `table.md` beside the run's rows.
///
/// # Errors
/// Names the file that cannot be written.
pub fn write_page(table: &Table, run: &Path) -> Result<()> {
    let page = run.join("table.md");
    write_atomically(&page, |file| {
        Ok(std::io::Write::write_all(file, self::page(table).as_bytes())?)
    })
}

/// `results/table-ensemble/table.md`.
pub fn page(table: &Table) -> String {
    format!(
        "# The ensemble's table (Figure 4), {}: {}\n\n{}\n## Claims\n\n{}\n## Networks\n\n{}\n## Every subset, every \
         number of crops\n\n{}\n{}\n",
        table.scale,
        table.words(),
        main_rows(table),
        claims(table),
        members(table),
        all_rows(table),
        provenance(table),
    )
}

/// A claim with its numbers: top-1 and top-5, in points.
pub struct ClaimedGain {
    /// In words.
    pub claim: &'static str,
    /// The paper's gains, where it prints both errors.
    pub paper: [Option<String>; 2],
    /// Ours with their intervals.
    pub ours: [String; 2],
    /// Of the top-1 error.
    pub verdict: Verdict,
}

/// Every claim whose gain the run has.
pub fn claimed_gains(table: &Table) -> Vec<ClaimedGain> {
    let of_claim = |claim: &Claim| {
        let row = table.gains.iter().find(|row| row.gain == claim.gain)?;
        Some(ClaimedGain {
            claim: claim.text,
            paper: ["top-1 error", "top-5 error"].map(|metric| claim.printed(table, metric)),
            ours: [
                points(row.top1_gain, row.top1_low, row.top1_high),
                points(row.top5_gain, row.top5_low, row.top5_high),
            ],
            verdict: verdict(row),
        })
    };
    CLAIMS.iter().filter_map(of_claim).collect()
}

impl Claim {
    /// By how much the error falls between the paper's two rows, in points.
    fn printed(&self, table: &Table, metric: &str) -> Option<String> {
        let error = |network: &str| {
            let is_it =
                |of: &&record::reported::Reported| of.network == network && of.metric == metric;
            table.paper.iter().find(is_it)?.value.parse::<f64>().ok()
        };
        let [before, after] = self.paper?;
        Some(format!("{:.2}", 100.0 * (error(before)? - error(after)?)))
    }
}

/// Gains beside the paper's, with verdicts.
pub fn claims(table: &Table) -> String {
    let mut text = String::from(
        "| claim (§4.2.3, Figure 4) | top-1, points: paper | ours | top-5, points: paper | ours | verdict (top-1) |\n\
         | --- | ---: | ---: | ---: | ---: | --- |\n",
    );
    for ClaimedGain { claim, paper, ours, verdict } in claimed_gains(table) {
        let [top1, top5] = paper.map(|points| points.unwrap_or_else(|| "–".to_owned()));
        let [ours1, ours5] = ours;
        let _ = writeln!(text, "| {claim} | {top1} | {ours1} | {top5} | {ours5} | {verdict} |");
    }
    text
}

/// A gain is there if its whole interval is above 0.
pub fn verdict(row: &GainRow) -> Verdict {
    Verdict::greater_than(0.0, Some((row.top1_low, row.top1_high)))
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
