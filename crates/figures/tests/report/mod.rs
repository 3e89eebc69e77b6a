//! The report, as a reader's browser sees it.

use std::fs;
use std::process::Command;

use figures::claims::specs;
use figures::report::page;
use figures::report::parts::Part;
use figures::{report, verdicts};
use record::claims;
use record::repository;
use record::statistics::Verdict;

fn row(claim: &str, verdict: Verdict) -> verdicts::Row {
    let text = |text: &str| text.to_owned();
    verdicts::Row {
        section: text("§2"),
        claim: text(claim),
        paper: text("<yes>"),
        ours: text("1 | 2"),
        rule: text("above 0"),
        verdict,
        scale: text("small"),
        run: text("results/r"),
    }
}

#[test]
fn claims_stand_on_top_with_their_verdicts() {
    let rows = [row("first", Verdict::Reproduced), row("second", Verdict::Undecided)];
    let html = page::page(&rows, &[], "# Deviations\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(place("first") < place("second") && place("second") < place("<td>2</td>"));
    assert!(html.contains("&lt;yes&gt;") && !html.contains("<yes>"));
    assert!(html.contains("1 reproduced, 0 not reproduced, 1 undecided"));
    let markdown = verdicts::markdown(&rows);
    let line = markdown.lines().find(|line| line.contains("first")).unwrap();
    assert_eq!(line, "| §2 | first | <yes> | 1 \\| 2 | reproduced | [small](results/r) |");
}

#[test]
fn every_claim_of_a_committed_run_is_in_the_table_and_in_its_section() {
    let rows = verdicts::all().unwrap();
    let parts = Part::all().unwrap();
    for claim in claims::all().unwrap() {
        let run = format!("results/{}", claim.run);
        let Some(part) = parts.iter().find(|part| part.run == run) else { continue };
        assert!(rows.iter().any(|row| row.claim == claim.claim), "{}", claim.claim);
        assert!(part.tables.contains(&claim.claim.replace('|', "\\|")), "{}", claim.claim);
        assert!(part.figure.is_some(), "{run}: no figure");
    }
    let mut sections: Vec<&str> = rows.iter().map(|row| row.section.as_str()).collect();
    sections.dedup();
    let mut once = sections.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), sections.len(), "a section is torn apart: {sections:?}");
}

#[test]
fn every_program_of_a_claim_has_panels() {
    let figures = ["fig1", "fig2", "table-ensemble", "fig5"];
    for claim in claims::all().unwrap() {
        let is_figure = figures.contains(&claim.run.as_str());
        assert_eq!(specs::of(&claim.run).is_empty(), is_figure, "{}", claim.run);
    }
}

#[test]
fn a_browser_shows_every_figure_and_complains_of_nothing() {
    let path = report::write().unwrap();
    assert!(fs::metadata(&path).unwrap().len() < 5_000_000, "below 5 MB");
    let check = repository().join("scripts/check-report");
    let output = Command::new(check).arg(&path).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
    let figures = Part::all().unwrap().iter().filter(|part| part.figure.is_some()).count();
    let claims = verdicts::all().unwrap().len();
    let expected = format!("390 pixels: {figures} figures, {claims} claims");
    assert!(said(&output.stdout).contains(&expected), "{}", said(&output.stdout));
}
