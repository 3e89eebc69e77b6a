//! The generated parts of `README.md` and `DEVIATIONS.md`.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use record::bench::{BenchRow, ThroughputRow, median_seconds};
use record::claims::{self, Claim};
use record::fig1::{
    LARGEST_STATISTICS_DIFFERENCE, POPULATION_LESS_MOVING, SensitivityRow, SummaryRow, SweepFacts,
};
use record::fig2::{RATES_FILE, RateRow};
use record::fig5::{COUNTS_FILE, STAGES_FILE};
use record::manifest::{self, Manifest};
use record::statistics::Verdict;
use record::{repository, table};
use serde::de::DeserializeOwned;

use crate::rates;
use crate::splice::splice;
use crate::style::with_thousands;
use crate::table_single::{self, SingleTable};
use crate::throughput;
use crate::verdicts;
use crate::{fig4, fig5};

/// The row of a summary that decides a claim of Figure 1.
pub fn deciding<'a>(claim: &Claim, summary: &'a [SummaryRow]) -> Option<&'a SummaryRow> {
    row_of(summary, &claim.hypothesis.metric, &claim.hypothesis.of)
}

fn row_of<'a>(summary: &'a [SummaryRow], metric: &str, network: &str) -> Option<&'a SummaryRow> {
    summary.iter().find(|row| row.metric == metric && row.network == network)
}

/// Writes every generated part whose CSV file is there, from the committed runs.
///
/// # Errors
/// If a page has lost its markers, or a file cannot be read or written.
pub fn write() -> Result<()> {
    let root = repository();
    let (readme, deviations) = (root.join("README.md"), root.join("DEVIATIONS.md"));
    let results = root.join("results");
    splice(&readme, "claims", &verdicts::markdown(&verdicts::all()?))?;
    let fig1 = results.join("fig1");
    if let Some(summary) = rows::<SummaryRow>(&fig1.join("summary.csv"))? {
        splice(&readme, "fig1", &claims_table(&summary, &Manifest::read(&fig1)?)?)?;
        splice(&deviations, "statistics", &statistics_text(&summary))?;
    }
    if let Some(sweep) = rows::<SensitivityRow>(&results.join("fig1-sensitivity/accuracy.csv"))? {
        splice(&readme, "fig1-sensitivity", &sensitivity_text(&sweep))?;
    }
    if let Some(text) = single_networks(&results)? {
        splice(&readme, "fig2", &text)?;
    }
    let folder = results.join("table-ensemble");
    if folder.join(manifest::FILE).exists() {
        let table = fig4::series::Table::of_run(&folder, &Manifest::read(&folder)?)?;
        splice(&readme, "table-ensemble", &fig4::markdown::readme(&table)?)?;
    }
    let folder = results.join("fig5");
    if let Some(stages) = rows(&folder.join(STAGES_FILE))? {
        let counts = table::read(&folder.join(COUNTS_FILE))?;
        splice(&readme, "fig5", &fig5::summary(&stages, &counts))?;
    }
    if let Some(timings) = rows::<BenchRow>(&results.join("bench/fig1.csv"))? {
        splice(&readme, "bench", &bench_text(&timings))?;
    }
    if let Some(rows) = rows::<RateRow>(&results.join("fig2-learning-rate").join(RATES_FILE))? {
        splice(&deviations, "rates", &rates::markdown(&rows))?;
    }
    if let Some(rows) = rows::<ThroughputRow>(&results.join("bench/bn_inception.csv"))? {
        splice(&readme, "throughput", &throughput::markdown(&rows))?;
    }
    Ok(())
}

fn rows<Row: DeserializeOwned>(path: &Path) -> Result<Option<Vec<Row>>> {
    if path.exists() { table::read(path).map(Some) } else { Ok(None) }
}

/// The single-network tables of the committed runs: the small scale or the paper's, and the medium one.
fn single_networks(results: &Path) -> Result<Option<String>> {
    let runs =
        [("fig2", "figures/table-single.md"), ("medium/fig2", "figures/medium/table-single.md")];
    let mut texts = Vec::new();
    for (run, page) in runs {
        if results.join(run).join(manifest::FILE).exists() {
            let table = SingleTable::of_run(&results.join(run))?;
            texts.push(table_single::markdown::readme(&table, page));
        }
    }
    Ok((!texts.is_empty()).then(|| texts.join("\n\n")))
}

/// Where BN helps and where it does not.
pub fn sensitivity_text(sweep: &[SensitivityRow]) -> String {
    let Some(facts) = SweepFacts::of(sweep) else { return String::new() };
    let percent = |fraction: f64| format!("{:.1} %", 100.0 * fraction);
    format!(
        "BN gains more than a point at {} of the {} settings, at most {}, where without it the network reaches {}. \
         Within a point it makes no difference at {}, and it loses more than a point at {}; its worst is {}. Each at its own \
         best setting, the network reaches {} without BN and {} with it. Over all settings it reaches {} to {} without BN, and \
         {} to {} with it: what BN removes is the sensitivity, more than the error.",
        facts.wins,
        facts.cells.len(),
        facts.most.gain_text(),
        percent(facts.most.without_bn),
        facts.even,
        facts.losses,
        facts.least.gain_text(),
        percent(facts.without_bn.1),
        percent(facts.with_bn.1),
        percent(facts.without_bn.0),
        percent(facts.without_bn.1),
        percent(facts.with_bn.0),
        percent(facts.with_bn.1),
    )
}

/// What the choice of statistics does to the test accuracy.
fn statistics_text(summary: &[SummaryRow]) -> String {
    let points = |metric: &str| {
        let row = summary.iter().find(|row| row.metric == metric && row.network == "With BN");
        row.map_or("–".to_owned(), |row| {
            let half = row.ci95_high.map_or(f64::NAN, |high| high - row.mean);
            format!("{:+.3} ± {:.3}", 100.0 * row.mean, 100.0 * half).replace('-', "−")
        })
    };
    format!(
        "Test accuracy with population statistics less that with moving averages, in points (mean ± half the 95 % interval \
         over seeds): {} at the last step. The largest difference, of either sign, at any row after the first 1,000 steps: {}.",
        points(POPULATION_LESS_MOVING),
        points(LARGEST_STATISTICS_DIFFERENCE).trim_start_matches('+'),
    )
}

fn bench_text(timings: &[BenchRow]) -> String {
    let seconds = |implementation| median_seconds(timings, implementation).unwrap_or(f64::NAN);
    let (ours, pytorch) = (seconds("ours"), seconds("pytorch"));
    let Some(work) = timings.first() else { return String::new() };
    format!(
        "Speed: {} networks × {} seeds × {} steps, evaluation included, take {ours:.1} s here and {pytorch:.1} s in PyTorch \
         (eager, default threads, one network after the other; `bench/fig1_pytorch.py`), a ratio of **{:.2}**: {} with {} \
         cores, `make bench-fig1`, rows in `results/bench/fig1.csv`.",
        work.networks,
        work.seeds,
        with_thousands(work.steps as f64),
        ours / pytorch,
        work.processor,
        work.cores,
    )
}

/// The table in Markdown, and where it comes from.
///
/// # Errors
/// If `paper/claims.toml` is missing or damaged.
pub fn claims_table(summary: &[SummaryRow], manifest: &Manifest) -> Result<String> {
    let mut text = String::from(
        "| claim (§4.1, Figure 1) | paper | without BN | with BN | difference or ratio | verdict |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for claim in claims::of_run("fig1")? {
        let shown = |network| {
            let row = row_of(summary, &claim.hypothesis.metric, network);
            row.map_or("–".to_owned(), SummaryRow::estimate)
        };
        let verdict = deciding(&claim, summary)
            .map_or(Verdict::Undecided, |row| row.verdict(claim.hypothesis.rule));
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {verdict} |",
            claim.claim,
            claim.paper,
            shown("Without BN"),
            shown("With BN"),
            shown(&claim.hypothesis.of),
        )?;
    }
    write!(text, "\n{}", provenance(manifest))?;
    Ok(text)
}

fn provenance(manifest: &Manifest) -> String {
    format!(
        "Mean ± half the 95 % confidence interval over seeds (n), paired by seed where two networks are compared. \
         Scale: {}; made by {}; rows in `results/fig1/`.",
        manifest.scale,
        manifest.provenance(),
    )
}
