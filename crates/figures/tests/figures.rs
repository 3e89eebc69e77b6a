//! The series handed to the plotter and the rendered tables; never the pictures' bytes.

mod fig2;
mod fig5;
mod report;

use std::fs;
use std::path::Path;

use figures::aggregate::{TypicalUnit, accuracy_over_seeds, typical_units};
use figures::fig1::Fig1;
use figures::fig1_sensitivity::Fig1Sensitivity;
use figures::{readme, runs, throughput};
use record::bench::ThroughputRow;
use record::fig1::{
    AccuracyRow, ActivationRow, DriftRow, Network, SensitivityRow, Setting, drift, summary,
};
use record::manifest::{Host, Manifest};
use record::run::{Plan, Run, Scale};
use record::table;
use serde_json::json;

fn accuracy(network: Network, seed: u64, step: u64, fraction: f64) -> AccuracyRow {
    AccuracyRow {
        scale: Scale::Smoke,
        network,
        seed,
        step,
        test_accuracy_fraction: fraction,
        test_accuracy_moving_average_fraction: None,
        training_loss_nats: None,
    }
}

/// Two networks, three seeds, four units; made up so that every number can be worked out by hand.
fn rows() -> (Vec<AccuracyRow>, Vec<ActivationRow>) {
    let (mut accuracies, mut activations) = (Vec::new(), Vec::new());
    for (index, network) in Network::BOTH.into_iter().enumerate() {
        for seed in 0..3 {
            for step in (0..=2_000).step_by(250) {
                let fraction = 0.6 + 0.1 * index as f64 + 1e-4 * step as f64 + 0.01 * seed as f64;
                accuracies.push(accuracy(network, seed, step, fraction));
                for unit in 0..4 {
                    // Unit u of seed s moves by u + s each thousand steps; with BN by half of it.
                    let speed = (unit as f64 + seed as f64) / (1.0 + index as f64);
                    let median = speed * step as f64 / 1_000.0;
                    activations.push(ActivationRow {
                        scale: Scale::Smoke,
                        network,
                        seed,
                        step,
                        unit,
                        input_p15: median - 1.0,
                        input_p50: median,
                        input_p85: median + 1.0,
                    });
                }
            }
        }
    }
    (accuracies, activations)
}

fn plan(out: &Path, artefact: &'static str, recipe: serde_json::Value) -> Plan {
    Plan {
        artefact,
        scale: Scale::Smoke,
        recipe,
        seeds: vec![0, 1, 2],
        out: Some(out.to_owned()),
        host: Host::this(1, 1, "cpu".to_owned()),
        versions: [].into(),
        data_sha256: [].into(),
    }
}

fn fig1_run(out: &Path) {
    fig1_run_until(out, 2_000);
}

fn fig1_run_until(out: &Path, last_step: u64) {
    let (mut accuracies, mut activations) = rows();
    if last_step < 1_000 {
        accuracies[1].training_loss_nats = Some(f64::NAN);
    }
    accuracies.retain(|row| row.step <= last_step);
    activations.retain(|row| row.step <= last_step);
    let recipe = json!({
        "setting": { "learning_rate": 0.5, "init_std": 0.25 },
        "training": { "steps": 2000, "mini_batch": 60 },
    });
    let drift = drift(&activations);
    let run = Run::open(plan(out, "fig1", recipe)).unwrap();
    run.finish(|stage| {
        table::write(&stage.join("accuracy.csv"), &accuracies)?;
        table::write(&stage.join("activations.csv"), &activations)?;
        table::write(&stage.join("drift.csv"), &drift)?;
        table::write(&stage.join("summary.csv"), summary(&accuracies, &drift))
    })
    .unwrap();
}

#[test]
fn accuracy_is_the_median_and_the_extremes_over_seeds() {
    let bands = accuracy_over_seeds(&rows().0, Network::WithoutBn).unwrap();
    assert_eq!(bands.len(), 9);
    assert!(bands.is_sorted_by(|a, b| a.step < b.step));
    let last = bands[8];
    assert_eq!(last.step, 2_000.0);
    for (value, expected) in [(last.low, 0.80), (last.median, 0.81), (last.high, 0.82)] {
        assert!((value - expected).abs() < 1e-12, "{value} for {expected}");
    }
}

#[test]
fn typical_unit_is_the_one_of_median_movement() {
    let drift: Vec<DriftRow> = drift(&rows().1);
    let typical = typical_units(&drift, Network::WithoutBn);
    // Of units 0–3 the lower middle one is 1; after the warm-up it moves by 1 + seed.
    let of = |seed, movement| TypicalUnit { seed, unit: 1, movement };
    assert_eq!(typical, [of(0, 1.0), of(1, 2.0), of(2, 3.0)]);
}

#[test]
fn figure_1_shows_the_typical_units_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    fig1_run(&out);
    let figure = Fig1::of_run(&out, &Manifest::read(&out).unwrap()).unwrap();
    let [Some(without), Some(with)] = &figure.inputs else { panic!("2,000 steps are enough") };
    assert_eq!((without.unit.seed, without.unit.unit, without.others.len()), (1, 1, 2));
    assert_eq!(without.percentiles.p50.last(), Some(&(2_000.0, 4.0)));
    assert_eq!(with.percentiles.p85.last(), Some(&(2_000.0, 3.0)));
    let caption = figure.caption.join(" ");
    for part in
        ["Scale: smoke", "2,000 steps", "3 seeds", "rate 0.5", "std 0.25", "unit 1 of seed 1"]
    {
        assert!(caption.contains(part), "{caption}");
    }
}

#[test]
fn a_run_too_short_for_a_typical_unit_is_drawn_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    fig1_run_until(&out, 500);
    let figure = Fig1::of_run(&out, &Manifest::read(&out).unwrap()).unwrap();
    assert!(figure.inputs.iter().all(Option::is_none));
    let caption = figure.caption.join(" ");
    assert!(caption.contains("none, for it trained fewer than 1,000 steps"), "{caption}");
    assert!(caption.contains("Diverged: Without BN, seed 0 (step 250)."), "{caption}");
    runs::draw(&out).unwrap();
}

#[test]
fn pictures_are_written_beside_a_run_outside_results() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    fig1_run(&out);
    let [png, svg] = <[_; 2]>::try_from(runs::draw(&out).unwrap()).unwrap();
    let bytes = fs::read(&png).unwrap();
    let width = u32::from_be_bytes(bytes[16..20].try_into().unwrap());
    assert!(bytes.starts_with(b"\x89PNG") && width >= 1_600, "{width}");
    let text = fs::read_to_string(&svg).unwrap();
    for part in ["Without BN", "With BN", "training steps", "Scale: smoke"] {
        assert!(text.contains(part), "the SVG lacks {part}");
    }
    assert_eq!(png.parent(), Some(out.canonicalize().unwrap().as_path()));
}

#[test]
fn a_run_whose_rows_were_changed_is_not_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    fig1_run(&out);
    let path = out.join("accuracy.csv");
    let changed = fs::read_to_string(&path).unwrap().replace("0.81", "0.99");
    fs::write(&path, changed).unwrap();
    let message = format!("{:#}", runs::draw(&out).unwrap_err());
    assert!(message.contains("accuracy.csv is not the file its run wrote"), "{message}");
    let message = format!("{:#}", runs::draw(folder.path()).unwrap_err());
    assert!(message.contains("manifest.json"), "{message}");
}

fn sweep() -> Vec<SensitivityRow> {
    let settings = [(0.1, 0.1, 0.80, 0.97), (1.0, 0.1, 0.95, 0.955), (1.0, 1.0, 0.93, 0.90)];
    let row = |&(learning_rate, init_std, without, with): &(f64, f64, f64, f64)| {
        [(Network::WithoutBn, without), (Network::WithBn, with)].map(|(network, accuracy)| {
            SensitivityRow {
                scale: Scale::Smoke,
                network,
                seed: 0,
                step: 200,
                learning_rate,
                init_std,
                test_accuracy_fraction: accuracy,
            }
        })
    };
    settings.iter().flat_map(row).collect()
}

#[test]
fn sensitivity_shows_every_setting_and_frames_the_chosen_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1-sensitivity");
    let run = Run::open(plan(&out, "fig1-sensitivity", json!({}))).unwrap();
    run.finish(|stage| table::write(&stage.join("accuracy.csv"), sweep())).unwrap();
    let figure = Fig1Sensitivity::of_rows(&sweep(), &Manifest::read(&out).unwrap());
    assert_eq!(figure.cells.len(), 3);
    assert_eq!(figure.chosen, Some(Setting { learning_rate: 1.0, init_std: 0.1 }));
    let caption = figure.caption.join(" ");
    let counts = "better at 1 of 3 settings, within a point at 1, more than a point worse at 1";
    assert!(caption.contains(counts), "{caption}");
    assert!(fs::read_to_string(&runs::draw(&out).unwrap()[1]).unwrap().contains("+17.0"));
}

#[test]
fn readme_table_says_paper_ours_and_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    fig1_run(&out);
    let summary = table::read(&out.join("summary.csv")).unwrap();
    let table = readme::claims_table(&summary, &Manifest::read(&out).unwrap()).unwrap();
    let line = table.lines().find(|line| line.contains("higher test accuracy")).unwrap();
    assert_eq!(
        line,
        "| (a) BN ends at a higher test accuracy | yes | 0.8100 ± 0.0248 (n 3) | \
         0.9100 ± 0.0248 (n 3) | 0.1000 ± 0.0000 (n 3) | reproduced |"
    );
    assert!(table.contains("Scale: smoke"), "{table}");
}

#[test]
fn the_throughput_table_compares_medians_with_pytorchs_best() {
    let row = |implementation: &str, round, images_per_second| ThroughputRow {
        implementation: implementation.to_owned(),
        network: "full".to_owned(),
        work: "training".to_owned(),
        jobs: 1,
        round,
        images_per_second,
        giga_operations_per_second: 10.0,
        share_of_product_rate: 0.25,
        processor: "P".to_owned(),
        cores: 2,
    };
    let mut rows = Vec::new();
    for (round, factor) in [(1, 1.0), (2, 5.0), (3, 2.0)] {
        for (implementation, speed) in [
            ("ours", 30.0),
            ("ours, f32", 15.0),
            ("pytorch eager", 10.0),
            ("pytorch channels-last", 12.0),
            ("pytorch channels-last bf16", 24.0),
        ] {
            rows.push(row(implementation, round, factor * speed));
        }
    }
    let text = throughput::markdown(&rows);
    let line = "| training, 224 px, batch 16 | **60** | 30 | 20 | 3.00 | 48 (channels-last bf16) | 1.25 | 0.25 |";
    assert!(text.contains(line), "{text}");
}
