//! The experiments end to end, as their users start them.
//!
//! The data set is fetched on the first run, as it is for a user.

mod bn_inception;
mod data_sets;
mod ensemble;
mod fig2;
mod lanczos;
mod reproduce;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Once;
use std::thread::sleep;
use std::time::Duration;

use experiments::mnist::BinaryMnist;
use experiments::sigmoid_network::TYPICAL;
use record::fig1::{AccuracyRow, ActivationRow, Network, SensitivityRow, typical_setting};
use record::manifest::Manifest;
use record::run::Scale;
use record::table;

const FIG1: &str = env!("CARGO_BIN_EXE_fig1");
const SENSITIVITY: &str = env!("CARGO_BIN_EXE_fig1-sensitivity");

fn command(program: &str, out: &Path, arguments: &[&str]) -> Command {
    fetch_data_once();
    let mut command = Command::new(program);
    command.arg("--out").arg(out).args(arguments);
    command
}

/// So that tests which run side by side do not all fetch it.
fn fetch_data_once() {
    static FETCHED: Once = Once::new();
    FETCHED.call_once(|| drop(BinaryMnist::load(None).unwrap()));
}

fn succeed(program: &str, out: &Path, arguments: &[&str]) -> Output {
    let output = command(program, out, arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn failure(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn figure_1_has_the_setting_that_the_committed_sweep_chooses() {
    let sweep = record::repository().join("results/fig1-sensitivity/accuracy.csv");
    let rows: Vec<SensitivityRow> = table::read(&sweep).unwrap();
    assert_eq!(typical_setting(&rows).unwrap().setting, TYPICAL);
}

#[test]
fn fig1_writes_rows_manifest_and_table() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    let output = succeed(FIG1, &out, &["--scale", "smoke"]);
    let printed = String::from_utf8_lossy(&output.stdout);
    for part in ["this run", "committed run", "paper", "With BN minus Without BN", "> 0"] {
        assert!(printed.contains(part), "{printed}");
    }
    let accuracy: Vec<AccuracyRow> = table::read(&out.join("accuracy.csv")).unwrap();
    let activations: Vec<ActivationRow> = table::read(&out.join("activations.csv")).unwrap();
    let manifest = Manifest::read(&out).unwrap();
    manifest.check_outputs(&out).unwrap();
    assert_eq!((manifest.scale, manifest.seeds), (Scale::Smoke, vec![0, 1]));
    let rows = 10 + 6; // early ones, and one every 250 of 1,500 steps
    assert_eq!(accuracy.len(), 2 * 2 * rows);
    assert_eq!(activations.len(), 2 * 2 * rows * 100);
    let last = accuracy.iter().filter(|row| row.step == 1_500);
    let with_bn = last.filter(|row| row.network == Network::WithBn);
    for row in with_bn {
        assert!(row.test_accuracy_fraction > 0.8, "BN learns quickly: {row:?}");
        let moving = row.test_accuracy_moving_average_fraction.unwrap();
        assert!((moving - row.test_accuracy_fraction).abs() < 0.05, "{row:?}");
        assert!(row.training_loss_nats.unwrap() < 1.0);
    }
}

const SHORT: [&str; 6] = ["--steps", "6000", "--seeds", "1", "--jobs", "1"];

#[test]
fn fig1_ends_bit_identical_when_killed_and_stopped_and_run_beside_another() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole/fig1");
    succeed(FIG1, &whole, &[&SHORT[..4], &["--jobs", "2"]].concat());
    let cut = folder.path().join("cut/fig1");
    kill_after_a_checkpoint(&cut);
    stop_with_ctrl_c(&cut);
    let output = succeed(FIG1, &cut, &SHORT);
    assert!(String::from_utf8_lossy(&output.stderr).contains("going on with an interrupted run"));
    for file in ["accuracy.csv", "activations.csv", "drift.csv", "summary.csv"] {
        let [whole, cut] = [&whole, &cut].map(|run| fs::read(run.join(file)).unwrap());
        assert!(whole == cut, "{file} differs");
    }
    assert_eq!(Manifest::read(&cut).unwrap().starts.len(), 3);
}

fn start(out: &Path) -> Child {
    let mut command = command(FIG1, out, &SHORT);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn kill_after_a_checkpoint(out: &Path) {
    let mut child = start(out);
    let unfinished = out.parent().unwrap().join(".unfinished");
    let has_checkpoint = || {
        let runs = fs::read_dir(&unfinished).into_iter().flatten().flatten();
        runs.into_iter().any(|run| run.path().join("with-bn-seed0/checkpoint.safetensors").exists())
    };
    while !has_checkpoint() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its first checkpoint");
        sleep(Duration::from_millis(5));
    }
    sleep(Duration::from_millis(200)); // some rows further
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!out.join("manifest.json").exists());
}

fn stop_with_ctrl_c(out: &Path) {
    let child = start(out);
    sleep(Duration::from_millis(1_500));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(message.contains("the same command goes on"), "{message}");
}

#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    let arguments = ["--steps", "300", "--seeds", "1"];
    fetch_data_once();
    let mut limited = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""; // no file above 32 KiB
    limited.args(["-c", script, FIG1, "--out"]).arg(&out).args(arguments);
    let message = failure(limited);
    assert!(message.contains("cannot write") && message.contains("File too large"), "{message}");
    assert!(!out.join("manifest.json").exists());
    succeed(FIG1, &out, &arguments);
    assert!(out.join("manifest.json").exists());
}

#[test]
fn nonsense_is_refused_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let a_file = folder.path().join("a-file");
    fs::write(&a_file, "").unwrap();
    let refused: [(&[&str], &str); 10] = [
        (&["--steps", "0"], "0 is not in 1.."),
        (&["--steps", "many"], "invalid digit"),
        (&["--learning-rate", "-0.1"], "must be positive and finite"),
        (&["--learning-rate", "NaN"], "must be positive and finite"),
        (&["--init-std", "inf"], "must be positive and finite"),
        (&["--mini-batch", "1"], "1 is not in 2.."),
        (&["--seeds", "0"], "0 is not in 1.."),
        (&["--jobs", "0"], "0 is not in 1.."),
        (&["--device", "tpu"], "expected cpu, cuda or cuda:N"),
        (&["--data", "/no/such/folder"], "/no/such/folder/train-images-idx3-ubyte"),
    ];
    for (arguments, part) in refused {
        let message = failure(command(FIG1, &folder.path().join("fig1"), arguments));
        assert!(message.contains(part), "{arguments:?}: {message}");
    }
    let message = failure(command(FIG1, &a_file, &["--steps", "1"]));
    assert!(message.contains("cannot write to") && message.contains("a-file"), "{message}");
    let committed = record::repository().join("results/fig1");
    let message = failure(command(FIG1, &committed, &["--steps", "1"]));
    assert!(message.contains("is for the full run of the committed recipe"), "{message}");
}

#[test]
fn sensitivity_writes_a_row_for_every_training() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1-sensitivity");
    succeed(SENSITIVITY, &out, &["--scale", "smoke"]);
    let rows: Vec<SensitivityRow> = table::read(&out.join("accuracy.csv")).unwrap();
    assert_eq!(rows.len(), 2 * 2 * 2);
    assert!(rows.iter().all(|row| row.step == 200 && row.scale == Scale::Smoke));
    assert!(rows.is_sorted_by_key(|row| row.network));
}
