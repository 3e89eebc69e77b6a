//! The descriptions, and the accepted runs under `results/`: all can be read, none was edited, and every claim has its
//! number. An exhibit that is being added has no accepted run yet.

use std::path::Path;

use exhibit::point::Point;
use exhibit::{Exhibit, FOLDER, PanelDescription, judge, rows};
use record::fig1::{ACCURACY_FILE, typical_setting};
use record::manifest::{FILE, Manifest};
use record::{repository, table};

#[test]
fn every_description_is_read_and_has_its_own_place() {
    let exhibits = Exhibit::all().unwrap();
    let mut orders: Vec<u32> = exhibits.iter().map(|e| e.description.order).collect();
    orders.dedup();
    assert_eq!(orders.len(), exhibits.len(), "two exhibits have the same order");
}

#[test]
fn every_accepted_run_is_of_an_exhibit_and_is_what_it_was() {
    for exhibit in Exhibit::all().unwrap().iter().filter(|exhibit| !exhibit.is_view()) {
        for folder in exhibit.accepted_folders() {
            let manifest = Manifest::read(&folder).unwrap();
            assert_eq!(manifest.artefact, exhibit.name);
            assert_eq!(exhibit.accepted_folder(manifest.scale), folder);
            let seeds = exhibit.scale(manifest.scale).map(|scale| scale.seeds);
            assert_eq!(seeds, Some(manifest.seeds.len() as u64), "{}", folder.display());
            manifest.check_outputs(&folder).unwrap();
            assert_is_written_as_it_stands(&manifest, &folder);
        }
    }
}

/// A manifest that was edited by hand has the keys and the form that programs write.
fn assert_is_written_as_it_stands(manifest: &Manifest, folder: &Path) {
    let copy = tempfile::tempdir().unwrap();
    manifest.write(copy.path()).unwrap();
    let [written, stands] =
        [copy.path(), folder].map(|f| std::fs::read_to_string(f.join(FILE)).unwrap());
    assert!(written == stands, "{}: {FILE} is not as programs write it", folder.display());
}

#[test]
fn no_run_has_a_command_of_a_program_that_does_not_exist() {
    for exhibit in Exhibit::all().unwrap().iter().filter(|exhibit| !exhibit.is_view()) {
        for folder in exhibit.accepted_folders() {
            for start in Manifest::read(&folder).unwrap().starts {
                let program = start.command.split(' ').next().unwrap_or_default();
                let source = repository().join(FOLDER).join(format!("{program}.rs"));
                assert!(source.exists(), "{}: there is no program '{program}'", folder.display());
            }
        }
    }
}

#[test]
fn every_claim_is_decided_by_what_its_run_wrote() {
    for exhibit in Exhibit::all().unwrap() {
        let paper = rows::paper_points(&exhibit).unwrap();
        for folder in exhibit.accepted_folders() {
            let manifest = Manifest::read(&folder).unwrap();
            let points = rows::points(&exhibit, &folder, &manifest).unwrap();
            for finding in judge::judge(&exhibit, manifest.scale, &points, &paper).unwrap() {
                let claim = &finding.claim.claim;
                let has_number = finding.ours.is_some() || finding.claim.not_tested.is_some();
                assert!(has_number, "{}: '{claim}' has no number", exhibit.name);
                let text = [finding.number(), finding.paper.clone()].join(" ");
                assert!(!text.contains("NaN"), "{}: '{claim}': {text}", exhibit.name);
            }
        }
    }
}

#[test]
fn panels_and_tables_name_what_the_run_or_the_paper_has() {
    for exhibit in Exhibit::all().unwrap() {
        let Some(folder) = exhibit.accepted_folders().into_iter().next() else { continue };
        let manifest = Manifest::read(&folder).unwrap();
        let ours = rows::points(&exhibit, &folder, &manifest).unwrap();
        let paper = rows::paper_points(&exhibit).unwrap();
        let name = &exhibit.name;
        for panel in &exhibit.description.panels {
            assert_panel(name, panel, &ours, &paper);
        }
        for table in &exhibit.description.tables {
            for series in &table.series {
                let columns = table.columns.iter();
                let has = |points: &[Point], metric: &str| has(points, series, metric);
                let mut found = columns.map(|c| has(&ours, &c.metric) || has(&paper, &c.metric));
                assert!(found.any(|is_there| is_there), "{name}: no number of '{series}'");
            }
        }
    }
}

fn has(points: &[Point], series: &str, metric: &str) -> bool {
    points.iter().any(|point| point.series == series && point.metric == metric)
}

fn assert_panel(name: &str, panel: &PanelDescription, ours: &[Point], paper: &[Point]) {
    let metrics = [&panel.quantiles, &panel.behind, &panel.metrics].into_iter().flatten();
    for metric in metrics.chain([&panel.metric]) {
        let is_there = ours.iter().any(|point| point.metric.starts_with(metric.as_str()));
        assert!(is_there, "{name}: panel '{}': no metric '{metric}'", panel.title);
    }
    let rows = panel.rows.iter().map(|row| &row.series);
    for series in panel.series.iter().chain(&panel.without).chain(rows) {
        let is_it = |point: &Point| &point.series == series;
        let is_there = ours.iter().chain(paper).any(is_it);
        assert!(is_there, "{name}: panel '{}': no series '{series}'", panel.title);
    }
}

#[test]
fn the_frame_of_the_sweep_is_where_its_rule_says() {
    let sweep = Exhibit::named("fig1-sensitivity").unwrap();
    let file = sweep.accepted_folder(sweep.default_scale()).join(ACCURACY_FILE);
    let setting = typical_setting(&table::read(&file).unwrap()).unwrap().setting;
    for panel in &sweep.description.panels {
        assert_eq!(panel.frame, Some([setting.learning_rate, setting.init_std]), "{}", panel.title);
    }
}
