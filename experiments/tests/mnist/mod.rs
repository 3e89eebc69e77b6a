//! Figure 1's programs, as their users start them.

use std::fs;
use std::process::{Command, Stdio};

use exhibit::spread::Spread;
use experiments::sigmoid::TYPICAL;
use record::fig1::{AccuracyRow, ActivationRow, SensitivityRow, SigmoidNetwork, typical_setting};
use record::manifest::Manifest;
use record::point::PointRow;
use record::run::Scale;
use record::statistics::mean;
use record::table;

use crate::{command, fetch_data_once, program, refused, succeed};

#[test]
fn figure_1_has_the_setting_that_the_committed_sweep_chooses() {
    let sweep = record::repository().join("results/fig1-sensitivity/accuracy.csv");
    let rows: Vec<SensitivityRow> = table::read(&sweep).unwrap();
    assert_eq!(typical_setting(&rows).unwrap().setting, TYPICAL);
}

/// Step at which the claim on noise compares networks.
const COMPARED_AT: u64 = 2_000;

#[test]
fn the_network_without_bn_beside_noisy_bn_is_figure_1s() {
    let results = record::repository().join("results");
    let without = SigmoidNetwork::WithoutBn;
    let noise: Vec<PointRow> = table::read(&results.join("claim-noise/points.csv")).unwrap();
    let is_compared = |row: &&PointRow| {
        (&*row.series, &*row.metric) == (without.name(), "test accuracy")
            && row.x == COMPARED_AT as f64
    };
    let beside_noise: Vec<&PointRow> = noise.iter().filter(is_compared).collect();
    let fig1: Vec<AccuracyRow> = table::read(&results.join("fig1/accuracy.csv")).unwrap();
    let is_same = |row: &&AccuracyRow| {
        let is_seed = beside_noise.iter().any(|other| other.seed == row.seed);
        (row.network, row.step) == (without, COMPARED_AT) && is_seed
    };
    let figures: Vec<f64> =
        fig1.iter().filter(is_same).map(|row| row.test_accuracy_fraction).collect();
    assert_eq!((beside_noise.len(), figures.len()), (3, 3));
    let (low, high) = Spread::of(&figures, false).unwrap().interval.unwrap();
    let values: Vec<f64> = beside_noise.iter().map(|row| row.value).collect();
    let mean = mean(&values).unwrap();
    assert!((low..=high).contains(&mean), "{mean} is not within {low} to {high}");
}

#[test]
fn fig1_writes_rows_and_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    succeed(command("fig1", &out, &["--scale", "smoke"]));
    let accuracy: Vec<AccuracyRow> = table::read(&out.join("accuracy.csv")).unwrap();
    let activations: Vec<ActivationRow> = table::read(&out.join("activations.csv")).unwrap();
    let manifest = Manifest::read(&out).unwrap();
    assert_eq!((manifest.scale, manifest.seeds), (Scale::Smoke, vec![0, 1]));
    let rows = 10 + 6; // early ones, and one every 250 of 1,500 steps
    assert_eq!(accuracy.len(), 2 * 2 * rows);
    assert_eq!(activations.len(), 2 * 2 * rows * 100);
    assert!(accuracy.is_sorted_by_key(|row| (row.network, row.seed, row.step)));
    let last = accuracy.iter().filter(|row| row.step == 1_500);
    let with_bn = last.filter(|row| row.network == SigmoidNetwork::WithBn);
    for row in with_bn {
        assert!(row.test_accuracy_fraction > 0.8, "BN learns quickly: {row:?}");
        let moving = row.test_accuracy_moving_average_fraction.unwrap();
        assert!((moving - row.test_accuracy_fraction).abs() < 0.05, "{row:?}");
        assert!(row.training_loss_nats.unwrap() < 1.0);
    }
}

#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    let arguments = ["--steps", "300", "--seeds", "1"];
    fetch_data_once();
    let mut limited = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""; // no file above 32 KiB
    limited.args(["-c", script]).arg(program("fig1")).arg("--out").arg(&out).args(arguments);
    let message = refused(limited);
    assert!(message.contains("cannot write") && message.contains("File too large"), "{message}");
    assert!(!message.contains("Os {"), "{message}");
    assert!(!out.join("manifest.json").exists());
    succeed(command("fig1", &out, &arguments));
    assert!(out.join("manifest.json").exists());
}

#[test]
fn nobody_need_read_what_it_prints() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("table-architecture");
    let mut child = command("table-architecture", &out, &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", crate::stderr(&output));
}

#[test]
fn nonsense_is_refused_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let a_file = folder.path().join("a-file");
    fs::write(&a_file, "").unwrap();
    let nonsense: [(&[&str], &str); 15] = [
        (&["--scale", "huge"], "invalid value 'huge'"),
        (&["--scale", "small"], "invalid value 'small'"),
        (&["--arithmetic", "bf16"], "unexpected argument '--arithmetic'"),
        (&["--steps", "0"], "0 is not in 1.."),
        (&["--steps", "many"], "invalid digit"),
        (&["--learning-rate", "-0.1"], "must be positive and finite"),
        (&["--learning-rate", "NaN"], "must be positive and finite"),
        (&["--init-std", "inf"], "must be positive and finite"),
        (&["--mini-batch", "1"], "1 is not in 2.."),
        (&["--seeds", "0"], "0 is not in 1.."),
        (&["--jobs", "0"], "0 is not in 1.."),
        (&["--jobs", "20000"], "each job is a thread"),
        (&["--device", "tpu"], "expected cpu, cuda or cuda:N"),
        (&["--device", "cuda:0"], "too small for a GPU"),
        (&["--data", "/no/such/folder"], "/no/such/folder/train-images-idx3-ubyte"),
    ];
    for (arguments, part) in nonsense {
        let message = refused(command("fig1", &folder.path().join("fig1"), arguments));
        assert!(message.contains(part), "{arguments:?}: {message}");
    }
    let of_device = command("fig1", &a_file, &["--device", "0"]).output().unwrap();
    assert_eq!(of_device.status.code(), Some(2), "{}", crate::stderr(&of_device));
    let message = refused(command("fig1", &a_file, &["--data", "/no/such/folder"]));
    assert_eq!(message.matches("No such file").count(), 1, "no cause is said twice: {message}");
    let message = refused(command("fig1", &a_file, &["--steps", "1"]));
    assert!(message.contains("cannot") && message.contains("a-file"), "{message}");
    let accepted = record::repository().join("results/fig1");
    let message = refused(command("fig1", &accepted, &["--steps", "1"]));
    assert!(message.contains("is for accepted runs"), "{message}");
}

#[test]
fn sensitivity_writes_a_row_for_every_training() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1-sensitivity");
    succeed(command("fig1-sensitivity", &out, &["--scale", "smoke"]));
    let rows: Vec<SensitivityRow> = table::read(&out.join("accuracy.csv")).unwrap();
    assert_eq!(rows.len(), 2 * 2 * 2);
    assert!(rows.iter().all(|row| row.step == 200 && row.scale == Scale::Smoke));
    assert!(rows.is_sorted_by_key(|row| row.network));
}
