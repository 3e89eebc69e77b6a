//! A run that was killed, and stopped, ends as if nothing had happened: bit for bit.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use record::fig2::{CURVES_FILE, OUTCOMES_FILE};
use record::manifest::Manifest;
use record::point::POINTS_FILE;

use crate::{command, program, stderr, stdout, succeed};

pub fn start(name: &str, out: &Path, arguments: &[&str]) -> Child {
    command(name, out, arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Kills it a little after this job has a checkpoint.
pub fn kill_after_a_checkpoint(mut child: Child, out: &Path, job: &str, pause: Duration) {
    wait_for_a_checkpoint(&mut child, out, job);
    sleep(pause);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!out.join("manifest.json").exists());
}

fn wait_for_a_checkpoint(child: &mut Child, out: &Path, job: &str) {
    let has_checkpoint = || {
        let runs = fs::read_dir(out.join(".unfinished")).into_iter().flatten().flatten();
        let mut checkpoints = runs.map(|run| run.path().join(job).join("checkpoint.safetensors"));
        checkpoints.any(|checkpoint| checkpoint.exists())
    };
    while !has_checkpoint() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it had a checkpoint");
        sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
}

fn stop_with_ctrl_c(child: Child) {
    sleep(Duration::from_secs(1));
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(message.contains("the same command goes on"), "{message}");
}

pub fn goes_on(name: &str, out: &Path, arguments: &[&str]) {
    let output = succeed(command(name, out, arguments));
    assert!(stderr(&output).contains("going on with an interrupted run"), "{}", stderr(&output));
}

fn same(whole: &Path, cut: &Path, files: &[&str]) {
    for file in files {
        let [whole, cut] = [whole, cut].map(|run| fs::read(run.join(file)).unwrap());
        assert!(whole == cut, "{file} differs");
    }
}

#[test]
fn of_fig1() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, cut] = ["whole", "cut"].map(|name| folder.path().join(name));
    let alone = ["--steps", "6000", "--seeds", "1", "--jobs", "1"];
    succeed(command("fig1", &whole, &[&alone[..4], &["--jobs", "2"]].concat()));
    let some_rows_further = Duration::from_millis(200);
    let child = start("fig1", &cut, &alone);
    kill_after_a_checkpoint(child, &cut, "with-bn-seed0", some_rows_further);
    stop_with_ctrl_c(start("fig1", &cut, &alone));
    goes_on("fig1", &cut, &alone);
    same(&whole, &cut, &["accuracy.csv", "activations.csv", "drift.csv"]);
    assert_eq!(Manifest::read(&cut).unwrap().starts.len(), 3);
}

/// As a scheduler does it that tells the program, and the script that then tells it, too.
#[test]
fn of_two_signals_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig1");
    let mut child = start("fig1", &out, &["--steps", "100000", "--seeds", "1"]);
    wait_for_a_checkpoint(&mut child, &out, "with-bn-seed0");
    signal(&child, "-TERM");
    signal(&child, "-TERM");
    let output = child.wait_with_output().unwrap();
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(
        message.contains("the same command goes on") && !message.contains("panicked"),
        "{message}"
    );
}

#[test]
fn of_a_sweep() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, cut] = ["whole", "cut"].map(|name| folder.path().join(name));
    let arguments = ["--scale", "smoke", "--steps", "400"];
    succeed(command("fig1-sensitivity", &whole, &arguments));
    let alone = [&arguments[..], &["--jobs", "1"]].concat();
    let child = start("fig1-sensitivity", &cut, &alone);
    kill_after_a_checkpoint(child, &cut, "with-bn,-rate-0.1,-std-0.01-seed0", Duration::ZERO);
    goes_on("fig1-sensitivity", &cut, &alone);
    same(&whole, &cut, &["accuracy.csv", "curves.csv"]);
}

/// Jobs that are finished here need not be done again there; what was not finished is.
#[test]
fn of_a_run_on_two_machines() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, here, there, between] =
        ["whole", "custom/here", "there", "between"].map(|name| folder.path().join(name));
    let alone = ["--steps", "3000", "--seeds", "1", "--jobs", "1"];
    succeed(command("fig1", &whole, &alone));
    let child = start("fig1", &here, &alone);
    kill_after_a_checkpoint(child, &here, "without-bn-seed0", Duration::ZERO);
    let mut hand_over = Command::new(program("hand-over"));
    hand_over.env("BN_RUNS", folder.path()).arg("fig1").arg("--to").arg(&between);
    let said = stdout(&succeed(hand_over));
    assert!(said.contains("1 jobs: with-bn-seed0"), "{said}");
    let adopt = ["--adopt", between.to_str().unwrap()];
    let said = stderr(&succeed(command("fig1", &there, &[&alone[..], &adopt].concat())));
    assert!(said.contains("taken over: with-bn-seed0"), "{said}");
    same(&whole, &there, &["accuracy.csv", "activations.csv", "drift.csv"]);
    assert_eq!(Manifest::read(&there).unwrap().starts.len(), 2);
}

/// Nothing is lost by a run that is stopped (Ctrl-Z) and continued, as long as anybody likes.
#[test]
fn of_a_stopped_process() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, stopped] = ["whole", "stopped"].map(|name| folder.path().join(name));
    let alone = ["--steps", "4000", "--seeds", "1", "--jobs", "1"];
    succeed(command("fig1", &whole, &alone));
    let mut child = start("fig1", &stopped, &alone);
    wait_for_a_checkpoint(&mut child, &stopped, "with-bn-seed0");
    for _ in 0..3 {
        signal(&child, "-STOP");
        sleep(Duration::from_millis(300));
        assert!(child.try_wait().unwrap().is_none(), "it had ended before it was stopped");
        signal(&child, "-CONT");
        sleep(Duration::from_millis(50));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    same(&whole, &stopped, &["accuracy.csv", "activations.csv", "drift.csv"]);
    assert_eq!(Manifest::read(&stopped).unwrap().starts.len(), 1);
}

#[test]
fn of_a_network_by_autograd() {
    for (name, job) in [
        ("claim-noise", "with-noisy-bn-seed0"),
        ("claim-blow-up", "mean-and-variance-held-constant-seed0"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let [whole, cut] = ["whole", "cut"].map(|name| folder.path().join(name));
        let alone = ["--steps", "3000", "--seeds", "1", "--jobs", "1"];
        succeed(command(name, &whole, &alone));
        kill_after_a_checkpoint(start(name, &cut, &alone), &cut, job, Duration::ZERO);
        goes_on(name, &cut, &alone);
        same(&whole, &cut, &[POINTS_FILE]);
    }
}

#[test]
fn of_bn_inception() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, cut] = ["whole", "cut"].map(|name| folder.path().join(name));
    let arguments = ["--scale", "smoke", "--networks", "bn-x5,bn-baseline", "--steps", "60"];
    succeed(command("fig2", &whole, &[&arguments[..], &["--jobs", "2"]].concat()));
    let alone = [&arguments[..], &["--jobs", "1"]].concat();
    let child = start("fig2", &cut, &alone);
    kill_after_a_checkpoint(child, &cut, "bn-x5-in-1-2-seed0", Duration::ZERO);
    goes_on("fig2", &cut, &alone);
    same(&whole, &cut, &[CURVES_FILE, OUTCOMES_FILE]);
}

#[test]
fn of_a_variation() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, cut] = ["whole", "cut"].map(|name| folder.path().join(name));
    let arguments = ["--scale", "smoke", "--steps", "40"];
    succeed(command("claim-noise-inception", &whole, &[&arguments[..], &["--jobs", "2"]].concat()));
    let alone = [&arguments[..], &["--jobs", "1"]].concat();
    let child = start("claim-noise-inception", &cut, &alone);
    kill_after_a_checkpoint(child, &cut, "bn-baseline-seed0", Duration::ZERO);
    goes_on("claim-noise-inception", &cut, &alone);
    same(&whole, &cut, &[POINTS_FILE]);
}

/// Four processes start the same command, two are killed somewhere and two started again: the last one finishes.
#[test]
fn of_many_processes_on_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let [alone, shared] = ["alone", "shared"].map(|name| folder.path().join(name));
    let arguments = ["--scale", "smoke", "--steps", "48", "--jobs", "1", "--once"];
    succeed(command("fig2", &alone, &arguments));
    let begin = || start("fig2", &shared, &arguments);
    let mut processes = [begin(), begin(), begin(), begin()];
    sleep(Duration::from_secs(3));
    for process in &mut processes[..2] {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let more = [begin(), begin()];
    for process in processes.into_iter().skip(2).chain(more) {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    }
    same(&alone, &shared, &[CURVES_FILE, OUTCOMES_FILE]);
    assert!(!shared.join(".unfinished").exists());
    let late = succeed(command("fig2", &shared, &arguments));
    assert!(stderr(&late).contains("finished before"), "{}", stderr(&late));
}
