//! The committed descriptions and runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use exhibit::Exhibit;
use exhibit::runs::{ShownRun, accepted};
use figures::{networks, pages, report};
use record::card::{self, Card};
use record::file::sha256;
use record::repository;

fn all() -> Vec<ShownRun> {
    let (runs, errors) = accepted(&Exhibit::all().unwrap());
    assert!(errors.is_empty(), "{errors:?}");
    runs
}

#[test]
fn every_accepted_run_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    for run in all() {
        let files = pages::draw(&run, &folder.path().join(run.stem())).unwrap();
        let is_picture = files.iter().any(|file| file.extension().is_some_and(|e| e == "svg"));
        assert_eq!(is_picture, run.has_picture(), "{}", run.exhibit.name);
        for file in files {
            let text = fs::read_to_string(&file).unwrap_or_default();
            assert!(!text.contains("not in this run"), "{}: a panel is empty", file.display());
        }
    }
}

#[test]
fn every_table_of_a_description_has_rows() {
    for run in all() {
        for (title, table) in figures::block::Block::of(&run).unwrap().tables {
            assert!(!table.rows.is_empty(), "{}: {title}", run.exhibit.name);
        }
    }
}

#[test]
fn committed_networks_are_those_of_their_cards_and_pages() {
    let cards = Card::all(&card::networks()).unwrap();
    for (name, card) in &cards {
        let export = card.export.as_ref().expect("it was exported");
        let file = card::networks().join(name).with_added_extension("safetensors");
        assert_eq!(sha256(&file).unwrap(), export.sha256, "{name}");
        let page = fs::read_to_string(file.with_extension("md")).unwrap();
        assert_eq!(Some(page), card.markdown(name), "{name}: make figures");
    }
    let bytes: u64 = cards.iter().map(|(_, card)| card.export.as_ref().unwrap().bytes).sum();
    assert!(bytes <= 20_000_000, "{bytes}");
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let shown = pages::part(&readme, "networks").expect("markers").trim();
    let table = networks::table(&cards).markdown("");
    let expected = if cards.is_empty() { "" } else { table.trim() };
    assert_eq!(shown, expected, "README's table: make figures");
}

#[test]
fn a_browser_shows_every_figure_and_complains_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let exhibits = Exhibit::all().unwrap();
    let path = report::write(&exhibits, folder.path()).unwrap();
    assert!(fs::metadata(&path).unwrap().len() < 6_000_000, "below 6 MB");
    let output = check(&path);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
    let runs = all();
    let figures = runs.iter().filter(|run| run.has_picture()).count();
    let claims: usize = runs.iter().map(|run| run.findings.len()).sum();
    let expected = format!("390 pixels: {figures} figures, {claims} claims");
    assert!(said(&output.stdout).contains(&expected), "{}", said(&output.stdout));
}

fn check(page: &Path) -> std::process::Output {
    let script = repository().join("scripts/check-report");
    Command::new(script).arg(page).output().unwrap()
}
