//! Every claim that a committed run says something of, beside the paper: the table on top of the report, and
//! the README's.
//!
//! Each row comes from a rule and from rows of CSV files: `record::fig1`'s summary, `record::fig2::claims`,
//! `record::ensemble`'s gains, and `paper/claims.toml`.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use record::ensemble::GAINS_FILE;
use record::fig1::SummaryRow;
use record::fig5::{COUNTS_FILE, CountRow};
use record::manifest::{self, Manifest};
use record::statistics::Verdict;
use record::{claims, repository, table};

use crate::table_single::{SingleTable, text};
use crate::{fig4, readme};

/// A claim, and what our runs say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where the paper says so.
    pub section: String,
    /// The claim.
    pub claim: String,
    /// What the paper has for it.
    pub paper: String,
    /// What we have, with the interval and the number of seeds.
    pub ours: String,
    /// What would reproduce it.
    pub rule: String,
    /// What the rule says.
    pub verdict: Verdict,
    /// Scale of the run.
    pub scale: String,
    /// The run's folder, from the repository's root.
    pub run: String,
}

/// The claims of all committed runs, in the order of the paper's sections.
///
/// # Errors
/// If a run's rows cannot be read.
pub fn all() -> Result<Vec<Row>> {
    let results = repository().join("results");
    let mut rows = of_points(&results)?;
    rows.extend(of_fig1(&results)?);
    for run in ["fig2", "medium/fig2"] {
        rows.extend(of_fig2(&results, run)?);
    }
    rows.extend(of_ensemble(&results)?);
    rows.extend(of_architecture(&results)?);
    rows.sort_by_key(|row| place(&row.section)); // stable: in each section as they came
    Ok(rows)
}

/// The paper's order; what is not in the paper comes last.
fn place(section: &str) -> usize {
    const ORDER: [&str; 9] =
        ["§2", "§3", "§3.1", "§3.3", "§3.4", "§4.1", "§4.2.1", "§4.2.2", "§4.2.3"];
    let number = section.split([',', ' ']).next().unwrap_or_default();
    let appendix = ORDER.len() + usize::from(section != "appendix");
    ORDER.iter().position(|other| *other == number).unwrap_or(appendix)
}

fn is_there(results: &Path, run: &str) -> bool {
    results.join(run).join(manifest::FILE).exists()
}

fn of_points(results: &Path) -> Result<Vec<Row>> {
    let mut runs: Vec<String> = claims::all()?.into_iter().map(|claim| claim.run).collect();
    runs.dedup();
    let mut rows = Vec::new();
    for run in runs.iter().filter(|run| is_there(results, run)) {
        let findings = claims::findings(&results.join(run))?;
        rows.extend(findings.into_iter().map(|finding| Row {
            ours: finding.number(),
            rule: finding.claim.hypothesis.rule.words(),
            verdict: finding.verdict,
            scale: finding.scale.to_string(),
            run: format!("results/{run}"),
            section: finding.claim.section,
            claim: finding.claim.claim,
            paper: finding.claim.paper,
        }));
    }
    Ok(rows)
}

fn of_fig1(results: &Path) -> Result<Vec<Row>> {
    if !is_there(results, "fig1") {
        return Ok(Vec::new());
    }
    let folder = results.join("fig1");
    let scale = Manifest::read(&folder)?.scale;
    let summary: Vec<SummaryRow> = table::read(&folder.join("summary.csv"))?;
    let row = |claim: &readme::Claim| {
        let row = claim.row(&summary)?;
        let bar = claim.no_difference;
        Some(Row {
            section: "§4.1, Figure 1".to_owned(),
            claim: claim.text.to_owned(),
            paper: "yes".to_owned(),
            ours: row.estimate(),
            rule: format!("the whole 95 % interval is above {bar}"),
            verdict: row.verdict(bar),
            scale: scale.to_string(),
            run: "results/fig1".to_owned(),
        })
    };
    Ok(readme::CLAIMS.iter().filter_map(row).collect())
}

fn of_fig2(results: &Path, run: &str) -> Result<Vec<Row>> {
    if !is_there(results, run) {
        return Ok(Vec::new());
    }
    let single = SingleTable::of_run(&results.join(run))?;
    let present = single.claims.iter().filter(|claim| claim.n > 0);
    let row = |claim: &record::fig2::ClaimRow| Row {
        section: "§4.2.2, Figures 2 and 3".to_owned(),
        claim: claim.claim.clone(),
        paper: text::printed(claim),
        ours: text::evidence(claim, &single.rows),
        rule: claim.rule.clone(),
        verdict: claim.verdict,
        scale: claim.scale.to_string(),
        run: format!("results/{run}"),
    };
    Ok(present.map(row).collect())
}

fn of_ensemble(results: &Path) -> Result<Vec<Row>> {
    let folder = results.join("table-ensemble");
    if !folder.join(GAINS_FILE).exists() {
        return Ok(Vec::new());
    }
    let table = fig4::series::Table::of_run(&folder, &Manifest::read(&folder)?)?;
    let claim = |gain: fig4::markdown::ClaimedGain| Row {
        section: "§4.2.3, Figure 4".to_owned(),
        claim: gain.claim.to_owned(),
        paper: gain.paper[0]
            .clone()
            .map_or("–".to_owned(), |points| format!("{points} points of top-1")),
        ours: format!("{} points", gain.ours[0]),
        rule: "the whole 95 % interval is above 0".to_owned(),
        verdict: gain.verdict,
        scale: table.scale.to_string(),
        run: "results/table-ensemble".to_owned(),
    };
    Ok(fig4::markdown::claimed_gains(&table).into_iter().map(claim).collect())
}

/// How near a count of parameters must come to the printed one, as a share.
const NEAR: f64 = 0.05;

fn of_architecture(results: &Path) -> Result<Vec<Row>> {
    let folder = results.join("fig5");
    if !folder.join(COUNTS_FILE).exists() {
        return Ok(Vec::new());
    }
    let counts: Vec<CountRow> = table::read(&folder.join(COUNTS_FILE))?;
    let nearest = counts.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    let row = |count: &CountRow| {
        Row {
        section: "appendix".to_owned(),
        claim: "The network of Figure 5 has 13.6 million parameters (nearest of all ways to read its table)".to_owned(),
        paper: "13.6 million".to_owned(),
        ours: format!("{:.1} million ({})", count.parameters as f64 / 1e6, count.variant),
        rule: format!("within {:.0} %", 100.0 * NEAR),
        verdict: Verdict::of_facts(&[off(count) <= NEAR]),
        scale: "full".to_owned(),
        run: "results/fig5".to_owned(),
    }
    };
    Ok(nearest.map(row).into_iter().collect())
}

fn off(count: &CountRow) -> f64 {
    (count.over_printed - 1.0).abs()
}

/// The table in Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| section | claim | paper | ours (95 % interval, n) | verdict | scale |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let Row { section, claim, paper, ours, verdict, scale, run, .. } = row;
        let _ = writeln!(
            text,
            "| {section} | {} | {paper} | {} | {verdict} | [{scale}]({run}) |",
            claim.replace('|', "\\|"),
            ours.replace('|', "\\|")
        );
    }
    let _ = write!(text, "\n{}", counted(rows));
    text
}

/// How many claims have which verdict.
pub fn counted(rows: &[Row]) -> String {
    let of = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    format!(
        "{} claims: {} reproduced, {} not reproduced, {} undecided at this n; by the rules of `paper/claims.toml`, \
         `record::fig2::claims` and the tables below, at the scale of the last column.",
        rows.len(),
        of(Verdict::Reproduced),
        of(Verdict::NotReproduced),
        of(Verdict::Undecided),
    )
}
