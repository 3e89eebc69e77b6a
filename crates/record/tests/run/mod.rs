mod adoption;
mod folders;
mod killed;
mod manifests;

use std::fs;
use std::path::Path;
use std::process::Command;

use recipe::RunRecipe;
use record::manifest::{Host, Manifest};
use record::run::{Plan, Run, Scale};
use record::table;
use serde_json::json;

fn recipe(steps: u64) -> RunRecipe {
    serde_json::from_value(json!({ "points": steps })).unwrap()
}

pub fn plan(out: &Path, steps: u64) -> Plan {
    Plan {
        artefact: "fig-test".to_owned(),
        scale: Scale::Custom,
        recipe: recipe(steps),
        seeds: vec![0, 1],
        out: Some(out.to_owned()),
        host: Host::this(1, 1, "cpu".to_owned()),
        versions: [("tch".to_owned(), "0.24.0".to_owned())].into(),
        data_sha256: [].into(),
    }
}

pub fn finish(run: Run, content: &str) {
    run.finish(|stage| table::write(&stage.join("rows.csv"), [content])).unwrap();
}

fn refusal(plan: Plan) -> String {
    let message = format!("{:#}", Run::open(plan).err().expect("refused"));
    assert_eq!(message.lines().count(), 1, "{message}");
    message
}

#[test]
fn a_finished_run_has_its_rows_and_a_manifest_that_vouches_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    finish(Run::open(plan(&out, 10)).unwrap(), "first");
    let manifest = Manifest::read(&out).unwrap();
    assert_eq!(manifest.recipe, recipe(10));
    assert_eq!(manifest.starts.len(), 1);
    assert!(manifest.wall_time_s >= 0.0 && !manifest.host.processor.is_empty());
    manifest.check_outputs(&out).unwrap();
    fs::write(out.join("rows.csv"), "tampered with").unwrap();
    let message = manifest.check_outputs(&out).unwrap_err().to_string();
    assert!(message.contains("rows.csv is not the file its run wrote"), "{message}");
    assert!(!out.join(".unfinished").exists(), "the unfinished run is removed");
}

#[test]
fn an_interrupted_run_goes_on_and_another_recipe_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    let run = Run::open(plan(&out, 10)).unwrap();
    fs::write(run.job_folder("job").unwrap().join("rows.csv"), "half").unwrap();
    drop(run);
    let other = Run::open(plan(&out, 20)).unwrap();
    assert!(!other.is_resumed());
    assert!(!other.job_folder("job").unwrap().join("rows.csv").exists());
    let again = Run::open(plan(&out, 10)).unwrap();
    assert!(again.is_resumed());
    assert!(again.job_folder("job").unwrap().join("rows.csv").exists());
    finish(again, "whole");
    assert_eq!(Manifest::read(&out).unwrap().starts.len(), 2);
}

#[test]
fn what_nobody_goes_on_with_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let list = || {
        let mut make = Command::new("make");
        make.arg("-C").arg(record::repository()).args(["--no-print-directory", "unfinished"]);
        let output = make.env("BN_RUNS", folder.path()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(list(), "none\n");
    let out = folder.path().join("full/fig-test");
    drop([10, 20].map(|steps| Run::open(plan(&out, steps)).unwrap()));
    let listed = list();
    let is_of_out = |line: &&str| line.contains("full/fig-test/.unfinished/fig-test-");
    assert_eq!(listed.lines().filter(is_of_out).count(), 2, "{listed}");
}

#[test]
fn a_run_that_fails_to_finish_leaves_the_finished_one_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    finish(Run::open(plan(&out, 10)).unwrap(), "first");
    let before = fs::read(out.join("rows.csv")).unwrap();
    let run = Run::open(plan(&out, 10)).unwrap();
    let failed = run.finish(|stage| {
        table::write(&stage.join("rows.csv"), ["second"])?;
        anyhow::bail!("the disk is full")
    });
    assert!(failed.is_err());
    assert_eq!(fs::read(out.join("rows.csv")).unwrap(), before);
    assert!(Run::open(plan(&out, 10)).unwrap().is_resumed());
}

#[test]
fn two_share_a_run_and_one_has_a_job() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    let first = Run::open(plan(&out, 10)).unwrap();
    let second = Run::open(plan(&out, 10)).unwrap();
    assert!(!first.is_joined() && second.is_joined());
    let claim = first.claim("job").unwrap().expect("nobody has it");
    assert!(second.claim("job").unwrap().is_none());
    assert!(second.claim("other").unwrap().is_some());
    claim.done().unwrap();
    assert!(second.claim("job").unwrap().is_some(), "it is given back");
    drop(first);
    finish(second, "rows");
    let manifest = Manifest::read(&out).unwrap();
    assert_eq!((manifest.starts.len(), manifest.workers.len()), (2, 0), "one machine, one version");
}

#[test]
fn one_of_two_finishes_a_run_and_the_other_has_nothing_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    let runs = [(); 4].map(|()| Run::open(plan(&out, 10)).unwrap());
    let finished = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for run in runs {
            let finished = &finished;
            scope.spawn(move || {
                run.finish(|stage| {
                    finished.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    table::write(&stage.join("rows.csv"), ["rows"])
                })
                .unwrap();
            });
        }
    });
    assert_eq!(finished.into_inner(), 1);
    assert!(!out.join(".unfinished").exists());
    assert_eq!(Run::finished(&plan(&out, 10)), Some(out.clone()));
    assert_eq!(Run::finished(&plan(&out, 20)), None);
}

#[test]
fn versions_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    let first = Run::open(plan(&out, 10)).unwrap();
    let unfinished = first.job_folder("").unwrap();
    let starts = fs::read_to_string(unfinished.join("starts.json")).unwrap();
    let Some(commit) = first_commit(&starts) else { return }; // no repository, no versions
    fs::write(unfinished.join("starts.json"), starts.replace(&commit, &"f".repeat(40))).unwrap();
    let message = refusal(plan(&out, 10));
    assert!(message.contains("at ffffffffff") && message.contains("do not mix"), "{message}");
    drop(first);
    assert!(Run::open(plan(&out, 10)).unwrap().is_resumed(), "one after the other they may");
}

fn first_commit(starts: &str) -> Option<String> {
    let starts: serde_json::Value = serde_json::from_str(starts).unwrap();
    starts[0]["git_commit"].as_str().map(str::to_owned)
}
