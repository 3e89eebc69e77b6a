//! The committed descriptions and runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use exhibit::Exhibit;
use exhibit::runs::{ShownRun, accepted};
use figures::{networks, pages, report};
use record::card::{self, Card};
use record::fig1::{ACCURACY_FILE, SensitivityRow, SigmoidNetwork, typical_setting};
use record::file::sha256;
use record::statistics::mean;
use record::{repository, table};
use serde_json::Value;

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
    assert!(fs::metadata(&path).unwrap().len() < 5_000_000, "below 5 MB");
    let output = check(&path);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
    let runs = all();
    let figures = runs.iter().filter(|run| run.has_picture()).count();
    let claims: usize = runs.iter().map(|run| run.findings.len()).sum();
    let expected = format!("390 pixels: {figures} figures, {claims} claims");
    assert!(said(&output.stdout).contains(&expected), "{}", said(&output.stdout));
}

#[test]
fn the_explorer_has_the_rows_of_the_sweep() {
    let page = fs::read_to_string(repository().join("report/index.html")).unwrap();
    let (_, rest) =
        page.split_once("<script id=\"explorer-rows\" type=\"application/json\">").unwrap();
    let rows: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    let sweep = repository().join("results/fig1-sensitivity").join(ACCURACY_FILE);
    let sweep: Vec<SensitivityRow> = table::read(&sweep).unwrap();
    for (rate, of_rate) in numbers(&rows["rates"]).iter().zip(rows["settings"].as_array().unwrap())
    {
        for (std, setting) in numbers(&rows["stds"]).iter().zip(of_rate.as_array().unwrap()) {
            for (network, name) in
                [(SigmoidNetwork::WithoutBn, "without"), (SigmoidNetwork::WithBn, "with")]
            {
                let is_of = |row: &&SensitivityRow| {
                    (row.network, row.learning_rate, row.init_std) == (network, *rate, *std)
                };
                let ends: Vec<f64> =
                    sweep.iter().filter(is_of).map(|row| row.held_out_accuracy_fraction).collect();
                let expected = 1e3 * mean(&ends).unwrap();
                let shown = *numbers(&setting[name]["accuracy"]).last().unwrap();
                assert!((shown - expected).abs() <= 0.5 + 1e-9, "{name}, {rate}, {std}: {shown}");
            }
        }
    }
    let start = numbers(&rows["start"]);
    let setting = typical_setting(&sweep).unwrap().setting;
    let at = |list: &str, place: usize| numbers(&rows[list])[start[place] as usize];
    assert_eq!((at("rates", 0), at("stds", 1)), (setting.learning_rate, setting.init_std));
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn check(page: &Path) -> std::process::Output {
    let script = repository().join("scripts/check-report");
    Command::new(script).arg(page).output().unwrap()
}
