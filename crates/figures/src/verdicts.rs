//! Every claim that a committed run says something of, beside the paper: the table on top of the report, and
//! the README's. All rules are in `paper/claims.toml`, all numbers in CSV files.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use record::claims::{self, Claim, Finding};
use record::fig1::SummaryRow;
use record::fig2::ClaimRow;
use record::fig5::{COUNTS_FILE, CountRow};
use record::manifest::{self, Manifest};
use record::run::Scale;
use record::statistics::Verdict;
use record::{repository, table};

use crate::fig4::markdown::{ClaimedGain, claimed_gains};
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
    let mut rows = of_all_points(&results)?;
    rows.extend(of_fig1(&results)?);
    for run in ["fig2", "medium/fig2"] {
        rows.extend(of_fig2(&results, run)?);
    }
    rows.extend(of_ensemble(&results)?);
    rows.extend(of_architecture(&results.join("fig5"))?);
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

impl Row {
    fn of(claim: Claim, ours: String, verdict: Verdict, scale: Scale, run: &str) -> Self {
        let Claim { section, claim, paper, hypothesis, .. } = claim;
        let (rule, scale) = (hypothesis.rule.words(), scale.to_string());
        Self { section, claim, paper, ours, rule, verdict, scale, run: format!("results/{run}") }
    }
}

/// The claims that a finished run of points decides.
///
/// # Errors
/// If its rows cannot be read.
pub fn of_points(folder: &Path) -> Result<Vec<Row>> {
    let row = |finding: Finding| {
        let (ours, run) = (finding.number(), finding.claim.run.clone());
        Row::of(finding.claim, ours, finding.verdict, finding.scale, &run)
    };
    Ok(claims::findings(folder)?.into_iter().map(row).collect())
}

fn of_all_points(results: &Path) -> Result<Vec<Row>> {
    let mut runs: Vec<String> = claims::all()?.into_iter().map(|claim| claim.run).collect();
    runs.dedup();
    let folders = runs.iter().map(|run| results.join(run));
    let rows = folders.filter(|folder| claims::is_there(folder)).map(|folder| of_points(&folder));
    Ok(rows.collect::<Result<Vec<_>>>()?.concat())
}

/// The manifest of a finished run of a figure.
fn manifest(folder: &Path) -> Result<Option<Manifest>> {
    folder.join(manifest::FILE).exists().then(|| Manifest::read(folder)).transpose()
}

fn of_fig1(results: &Path) -> Result<Vec<Row>> {
    let folder = results.join("fig1");
    let Some(Manifest { scale, .. }) = manifest(&folder)? else { return Ok(Vec::new()) };
    let summary: Vec<SummaryRow> = table::read(&folder.join("summary.csv"))?;
    let row = |claim: Claim| {
        let row = readme::deciding(&claim, &summary)?;
        let verdict = row.verdict(claim.hypothesis.rule);
        Some(Row::of(claim, row.estimate(), verdict, scale, "fig1"))
    };
    Ok(claims::of_run("fig1")?.into_iter().filter_map(row).collect())
}

fn of_fig2(results: &Path, run: &str) -> Result<Vec<Row>> {
    if manifest(&results.join(run))?.is_none() {
        return Ok(Vec::new());
    }
    let single = SingleTable::of_run(&results.join(run))?;
    let claims = claims::of_run("fig2")?.into_iter().zip(&single.claims);
    let row = |(claim, found): (Claim, &ClaimRow)| {
        let ours = text::evidence(found, &single.rows);
        Row {
            paper: text::printed(found),
            rule: found.rule.clone(),
            ..Row::of(claim, ours, found.verdict, found.scale, run)
        }
    };
    Ok(claims.filter(|(_, found)| found.n > 0).map(row).collect())
}

fn of_ensemble(results: &Path) -> Result<Vec<Row>> {
    let folder = results.join("table-ensemble");
    let Some(manifest) = manifest(&folder)? else { return Ok(Vec::new()) };
    let table = fig4::series::Table::of_run(&folder, &manifest)?;
    let row = |gain: ClaimedGain| {
        let [paper, _] = gain.paper;
        let paper = paper.map_or("–".to_owned(), |points| format!("{points} points of top-1"));
        let ours = format!("{} points", gain.ours[0]);
        Row { paper, ..Row::of(gain.claim, ours, gain.verdict, table.scale, "table-ensemble") }
    };
    Ok(claimed_gains(&table)?.into_iter().map(row).collect())
}

/// The claim of Figure 5.
///
/// # Errors
/// If its rows cannot be read.
pub fn of_architecture(folder: &Path) -> Result<Vec<Row>> {
    let Some(Manifest { scale, .. }) = manifest(folder)? else { return Ok(Vec::new()) };
    let counts: Vec<CountRow> = table::read(&folder.join(COUNTS_FILE))?;
    let nearest = counts.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    let row = |(claim, count): (Claim, &CountRow)| {
        let ours = format!("{:.1} million ({})", count.parameters as f64 / 1e6, count.variant);
        let verdict = Verdict::of_facts(&[claim.hypothesis.rule.is_met_by(off(count))]);
        let rule = format!("within {:.0} %", 100.0 * claim.hypothesis.rule.bar());
        Row { rule, ..Row::of(claim, ours, verdict, scale, "fig5") }
    };
    Ok(claims::of_run("fig5")?.into_iter().zip(nearest).map(row).collect())
}

/// How far a count of parameters is from the printed one, as a share of it.
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

/// The claims of one run, with the rules that decide them.
pub fn with_rules(rows: &[Row]) -> String {
    let mut text = String::from(
        "| claim | paper | ours | reproduced if | verdict |\n| --- | --- | --- | --- | --- |\n",
    );
    for Row { claim, paper, ours, rule, verdict, .. } in rows {
        let claim = claim.replace('|', "\\|");
        let _ = writeln!(text, "| {claim} | {paper} | {ours} | {rule} | {verdict} |");
    }
    text
}

/// How many claims have which verdict.
pub fn counted(rows: &[Row]) -> String {
    let of = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    format!(
        "{} claims: {} reproduced, {} not reproduced, {} undecided at this n; by the rules of `paper/claims.toml`, \
         at the scale of the last column.",
        rows.len(),
        of(Verdict::Reproduced),
        of(Verdict::NotReproduced),
        of(Verdict::Undecided),
    )
}
