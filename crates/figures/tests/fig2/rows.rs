//! A made-up run of Figure 2.

use std::path::Path;

use record::fig2::{CURVES_FILE, CurveRow, Network, OUTCOMES_FILE, Outcome, OutcomeRow};
use record::file::sha256;
use record::manifest::{Host, Manifest, Start};
use record::run::Scale;
use record::table;
use serde_json::json;

/// The rows of a run.
pub struct Rows {
    pub curves: Vec<CurveRow>,
    pub outcomes: Vec<OutcomeRow>,
}

const STEPS: [u64; 5] = [0, 100, 200, 400, 800];

impl Rows {
    /// Accuracies at [`STEPS`]; fewer of a training that diverged, which ends with a row of none.
    fn add(&mut self, network: Network, seed: u64, accuracies: &[f64]) {
        let row = |(&step, &top1_accuracy): (&u64, &f64)| CurveRow {
            scale: Scale::Smoke,
            network,
            seed,
            step,
            learning_rate: 0.1,
            training_loss_nats: None,
            gradient_norm: None,
            moving_var_min: None,
            moving_var_max: None,
            moving_mean_max: None,
            top1_accuracy,
            top5_accuracy: 1.0,
            validation_loss_nats: 1.0,
            skipped_images: 0,
        };
        self.curves.extend(STEPS.iter().zip(accuracies).map(row));
        let step = STEPS[accuracies.len() - 1];
        let outcome =
            if accuracies.len() < STEPS.len() { Outcome::Diverged } else { Outcome::Finished };
        self.outcomes.push(OutcomeRow { scale: Scale::Smoke, network, seed, outcome, step });
    }
}

/// BN-Baseline is 2, 4 and 8 times as fast; BN-x5 as well, but never gets there in seed 2; Inception
/// at 5x diverges in seeds 0 and 1. BN-x30 and Inception with sigmoid are missing.
pub fn three_seeds() -> Rows {
    let mut rows = Rows { curves: Vec::new(), outcomes: Vec::new() };
    for seed in 0..3 {
        let reached_from = 3 - seed as usize;
        let rise = |to: f64| {
            let mut accuracies = [0.3; 5];
            accuracies[0] = 0.1;
            accuracies[reached_from..4].fill(0.6_f64.min(to));
            accuracies[4] = to;
            accuracies
        };
        rows.add(Network::Inception, seed, &[0.1, 0.2, 0.3, 0.4, 0.6]);
        rows.add(Network::BnBaseline, seed, &rise(0.62));
        rows.add(Network::BnX5, seed, &rise(if seed == 2 { 0.5 } else { 0.65 }));
        rows.add(Network::BnX5Sigmoid, seed, &[0.1, 0.2, 0.3, 0.4, 0.5]);
        let lived = [3, 2, 5][seed as usize];
        let mut x5 = [0.1, 0.2, 0.3, 0.35, 0.4];
        if lived < 5 {
            x5[lived - 1] = 0.1; // the row in which the divergence is found
        }
        rows.add(Network::InceptionX5, seed, &x5[..lived]);
    }
    rows
}

/// Seed 1 of them.
pub fn one_seed() -> Rows {
    let mut rows = three_seeds();
    rows.curves.retain(|row| row.seed == 1);
    rows.outcomes.retain(|row| row.seed == 1);
    rows
}

/// A finished run with these rows; not by `Run`, which would be remembered as the last of Figure 2.
pub fn fig2_run(folder: &Path, rows: &Rows) {
    table::write(&folder.join(CURVES_FILE), &rows.curves).unwrap();
    table::write(&folder.join(OUTCOMES_FILE), &rows.outcomes).unwrap();
    manifest(folder, rows).write(folder).unwrap();
}

fn manifest(folder: &Path, rows: &Rows) -> Manifest {
    let mut seeds: Vec<u64> = rows.outcomes.iter().map(|row| row.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    let time = "2026-01-01T00:00:00Z";
    let start = Start {
        time: time.parse().unwrap(),
        command: "fig2 --scale smoke".to_owned(),
        git_commit: Some("0123456789abcdef".to_owned()),
        git_tree_clean: Some(true),
    };
    let host = Host {
        processor: "P".to_owned(),
        cores: 2,
        jobs: 2,
        threads_per_job: 1,
        device: "cpu".to_owned(),
    };
    let outputs = [CURVES_FILE, OUTCOMES_FILE].map(|name| (name.to_owned(), name));
    let setting = json!({
        "data": "Cifar10", "classes": 10, "image_side": 32, "steps": 800, "mini_batch": 32,
        "validation_images": 5000,
    });
    Manifest {
        artefact: "fig2".to_owned(),
        scale: Scale::Smoke,
        recipe: json!({ "setting": setting }),
        seeds,
        starts: vec![start],
        ended: time.parse().unwrap(),
        wall_time_s: 60.0,
        host,
        versions: [].into(),
        data_sha256: [].into(),
        outputs_sha256: outputs
            .into_iter()
            .map(|(name, file)| (name, sha256(&folder.join(file)).unwrap()))
            .collect(),
    }
}
