//! The programs, as a user calls them.

use std::process::{Command, Output, Stdio};

use exhibit::Exhibit;
use record::repository;

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
    let output = git.args(["README.md", "docs", "figures", "report", "results"]).output().unwrap();
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
