//! The programs, as a user calls them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use exhibit::Exhibit;
use recipe::{RunRecipe, SingleNetwork, paper};
use record::repository;
use record::run::{Plan, Run, Scale};

use crate::fixture;

fn run(program: &str, arguments: &[&str]) -> Output {
    command(program, arguments).output().unwrap()
}

/// A program on a machine on which nothing has run yet.
fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env("BN_RUNS", "/nowhere/bn-runs");
    command
}

const RENDER: &str = env!("CARGO_BIN_EXE_render");
const REPORT: &str = env!("CARGO_BIN_EXE_report");
const ACCEPT: &str = env!("CARGO_BIN_EXE_accept");

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What git sees of the places that programs write to.
fn tree() -> String {
    let mut git = Command::new("git");
    git.arg("-C").arg(repository()).args(["status", "--porcelain", "--ignored", "--"]);
    let places = ["README.md", "docs", "figures", "networks", "report", "results"];
    let output = git.args(places).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_run_is_drawn_elsewhere_and_nothing_in_the_tree_changes() {
    let before = tree();
    let folder = tempfile::tempdir().unwrap();
    let (to, results) = (folder.path().to_str().unwrap(), repository().join("results/fig1"));
    let output = run(RENDER, &["--run", results.to_str().unwrap(), "--to", to]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("reproduced if") && said(&output).contains("figures/fig1.png"));
    assert!(folder.path().join("figures/fig1.svg").exists());
    assert!(!folder.path().join("README.md").exists(), "a run's picture touches no text");
    let output = run(RENDER, &["--last", "fig1-drift", "--to", to]); // a view of another's run
    assert!(output.status.success(), "{}", said(&output));
    assert!(folder.path().join("figures/fig1-drift.svg").exists());
    assert_eq!(before, tree());
}

#[test]
fn all_is_drawn_and_written_elsewhere() {
    let before = tree();
    let folder = tempfile::tempdir().unwrap();
    let output = run(RENDER, &["--to", folder.path().to_str().unwrap()]);
    assert!(output.status.success(), "{}", said(&output));
    for file in ["README.md", "docs/CLAIMS.md", "figures/fig1.png", "figures/fig5.svg"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
    assert_eq!(before, tree());
}

/// The page of unfinished runs, of the runs in this folder.
fn unfinished(runs: &Path) -> String {
    let mut report = command(REPORT, &["--unfinished"]);
    let output = report.env("BN_RUNS", runs).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(said(&output), format!("{}\n", runs.join("unfinished.html").display()));
    fs::read_to_string(runs.join("unfinished.html")).unwrap()
}

#[test]
fn an_unfinished_run_is_shown_as_such_and_a_finished_one_no_longer() {
    let before = tree();
    let runs = tempfile::tempdir().unwrap();
    let inception = paper::inception().over(1_000, paper::INCEPTION_STEPS);
    let networks = [SingleNetwork::BnX5, SingleNetwork::Inception];
    let recipe = RunRecipe::of(networks.map(|network| network.recipe(&inception)).to_vec());
    let plan = fixture::plan(&runs.path().join("full/fig2"), "fig2", Scale::Full);
    let run = Run::open(Plan { recipe, ..plan }).unwrap();
    let claim = run.claim("bn-x5-seed1").unwrap().unwrap();
    let page = unfinished(runs.path());
    assert!(page.contains("none yet") && page.contains("time left unknown"), "{page}");
    let rows = "network,seed,step,top1_accuracy\nBN-x5,1,0,0.1\nBN-x5,1,400,0.3\nBN-x5,1,";
    fs::write(run.job_folder("bn-x5-seed1").unwrap().join("curves.csv"), rows).unwrap();
    let page = unfinished(runs.path());
    for part in [
        "nothing here is a result",
        "Unfinished: Figure 2: single networks, full scale",
        "400 of 4,000 steps", // 1,000 of two networks in two seeds
        "3 trainings not begun",
        "bn-x5-seed1",
        "400 of 1,000",
        "left if it goes on so",
        "top1 accuracy",
        "BN-x5, 400: 30.0 %", // the curve's end
    ] {
        assert!(page.contains(part), "no '{part}' in {page}");
    }
    assert!(!page.contains("reproduced"), "nothing is judged");
    let taken = run.claim("bn-x5-seed1").unwrap();
    assert!(taken.is_none(), "who looks on has not let the job go");
    claim.done().unwrap();
    assert!(unfinished(runs.path()).contains("1,000 of 1,000"));
    run.finish(|_| Ok(())).unwrap();
    assert!(unfinished(runs.path()).contains("There are none."));
    assert_eq!(before, tree());
}

#[test]
fn a_full_disk_is_told_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let (to, fig1) = (folder.path().to_str().unwrap(), repository().join("results/fig1"));
    let mut command = command(RENDER, &["--run", fig1.to_str().unwrap(), "--to", to]);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(&output), "cannot print: No space left on device (os error 28)\n");
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let fig1 = repository().join("results/fig1");
    for (program, arguments) in [
        (RENDER, vec!["--run", fig1.to_str().unwrap(), "--to", folder.path().to_str().unwrap()]),
        (REPORT, vec!["--to", folder.path().to_str().unwrap()]),
    ] {
        let mut command = command(program, &arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", said(&output));
    }
}

#[test]
fn mistakes_are_a_line_that_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path().to_str().unwrap();
    for (program, arguments, expected) in [
        (RENDER, vec!["--last", "fig9"], "there is no exhibit 'fig9'"),
        (RENDER, vec!["--last", "fig1"], "'make fig1' makes one"),
        (RENDER, vec!["--run", empty], "manifest.json"),
        (ACCEPT, vec!["fig1"], "is not accepted"),
        (ACCEPT, vec!["fig1", "--scale", "tiny"], "--scale: it is one of smoke, full, not 'tiny'"),
    ] {
        let output = run(program, &arguments);
        let text = said(&output);
        assert!(!output.status.success() && text.lines().count() == 1, "{text}");
        assert!(text.contains(expected), "{expected} not in {text}");
    }
}

/// It reads the descriptions without building anything; what it finds is what they say.
#[test]
fn make_and_scripts_learn_names_minutes_and_what_it_is() {
    let script = repository().join("scripts/exhibits");
    let lines = said(&run(script.to_str().unwrap(), &[]));
    let exhibits = Exhibit::all().unwrap();
    let line = |exhibit: &Exhibit| {
        let minutes = exhibit.scale(exhibit.default_scale()).and_then(|scale| scale.minutes);
        let minutes = minutes.map_or(String::new(), |minutes| minutes.to_string());
        format!("{}\t{minutes}\t{}\n", exhibit.name, exhibit.description.about)
    };
    let programs = exhibits.iter().filter(|exhibit| !exhibit.is_view());
    assert_eq!(lines, programs.map(line).collect::<String>());
}
