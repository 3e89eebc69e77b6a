//! What the paper says, sentence by sentence, and what came of each: the end of `docs/CLAIMS.md`.

use exhibit::judge::Finding;
use exhibit::reported::{Reported, SENTENCE};

use crate::table::{Cell, Table};

const TITLES: [&str; 4] = ["row", "what the paper says", "paper", "here"];

/// A table for each section, in the order of the rows; for a page that reaches the repository's root by `root`.
pub fn markdown(reported: &[Reported], findings: &[&Finding], root: &str) -> String {
    let of_section = |rows: &[Reported]| {
        format!("### {}\n\n{}", section(&rows[0]), table(rows, findings).markdown(root))
    };
    let sections = reported.chunk_by(|a, b| section(a) == section(b)).map(of_section);
    let sections: Vec<String> = sections.collect();
    format!(
        "## What the paper says, sentence by sentence\n\nEvery number of the paper and every sentence that can be checked is \
         a row of `paper/reported.csv`. Beside each stand the verdicts of the claims that test it, with their exhibit, or why \
         it is no claim. Numbers that are none for the same reason share a line.\n\n{}",
        sections.join("\n"),
    )
}

/// The section's number, without the figure.
fn section(row: &Reported) -> String {
    let name = row.section.split([',', ' ']).next().unwrap_or_default();
    let sign = if name.starts_with(|c: char| c.is_ascii_digit()) { "§" } else { "" };
    format!("{sign}{name}")
}

fn table(rows: &[Reported], findings: &[&Finding]) -> Table {
    let mut table = Table::new(&TITLES);
    table.rows.extend(groups(rows).iter().map(|group| line(group, findings)));
    table
}

/// Numbers of an artefact that are no claim for the same reason are one; all other rows stand by themselves.
fn groups(rows: &[Reported]) -> Vec<Vec<&Reported>> {
    let mut groups: Vec<Vec<&Reported>> = Vec::new();
    for row in rows {
        let is_alike = |group: &&mut Vec<&Reported>| is_no_claim_as(group[0], row);
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

fn is_no_claim_as(one: &Reported, other: &Reported) -> bool {
    let is_number = |row: &Reported| row.unit != SENTENCE && row.not_a_claim.is_some();
    let kind = |row: &Reported| (row.artefact.clone(), row.not_a_claim.clone());
    is_number(one) && is_number(other) && kind(one) == kind(other)
}

fn line(group: &[&Reported], findings: &[&Finding]) -> Vec<Cell> {
    let first = group[0];
    let id = match group.len() {
        1 => first.id.clone(),
        count => format!("{} and {} more", first.id, count - 1),
    };
    let what = format!("{} ({})", first.metric, first.network);
    vec![id.into(), what.into(), printed(first).into(), outcome(first, findings).into()]
}

/// A number with its unit; words as they are.
fn printed(row: &Reported) -> String {
    let is_number = row.value.parse::<f64>().is_ok();
    if is_number { format!("{} {}", row.value, row.unit) } else { row.value.clone() }
}

/// The verdicts of the claims that test the row, or why none does.
fn outcome(row: &Reported, findings: &[&Finding]) -> String {
    if let Some(reason) = &row.not_a_claim {
        return format!("not a claim: {reason}");
    }
    let tests = findings.iter().filter(|finding| finding.claim.reported.contains(&row.id));
    let verdicts = tests.map(|finding| format!("{} ({})", finding.verdict, finding.exhibit));
    let verdicts: Vec<String> = verdicts.collect();
    let counted = verdicts.chunk_by(|a, b| a == b).map(|alike| match alike.len() {
        1 => alike[0].clone(),
        count => format!("{count} × {}", alike[0]),
    });
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() { "no accepted run yet".to_owned() } else { counted.join("; ") }
}
