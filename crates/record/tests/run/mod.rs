use std::fs;
use std::path::Path;

use record::manifest::{Host, Manifest, without_folders};
use record::run::{Plan, Run, Scale};
use record::table;
use serde_json::json;

fn plan(out: &Path, steps: u64) -> Plan {
    Plan {
        artefact: "fig-test",
        scale: Scale::Custom,
        recipe: json!({ "steps": steps }),
        seeds: vec![0, 1],
        out: Some(out.to_owned()),
        host: Host::this(1, 1, "cpu".to_owned()),
        versions: [("tch".to_owned(), "0.24.0".to_owned())].into(),
        data_sha256: [].into(),
    }
}

fn finish(run: Run, content: &str) {
    run.finish(|stage| table::write(&stage.join("rows.csv"), [content])).unwrap();
}

#[test]
fn a_finished_run_has_its_rows_and_a_manifest_that_vouches_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    finish(Run::open(plan(&out, 10)).unwrap(), "first");
    let manifest = Manifest::read(&out).unwrap();
    assert_eq!(manifest.recipe, json!({ "steps": 10 }));
    assert_eq!(manifest.starts.len(), 1);
    assert!(manifest.wall_time_s >= 0.0 && !manifest.host.processor.is_empty());
    manifest.check_outputs(&out).unwrap();
    fs::write(out.join("rows.csv"), "tampered with").unwrap();
    let message = manifest.check_outputs(&out).unwrap_err().to_string();
    assert!(message.contains("rows.csv is not the file its run wrote"), "{message}");
    let left = fs::read_dir(folder.path().join(".unfinished")).unwrap().count();
    assert_eq!(left, 0, "the unfinished run is removed");
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
fn two_processes_do_not_work_on_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    let _first = Run::open(plan(&out, 10)).unwrap();
    let message = Run::open(plan(&out, 10)).err().unwrap().to_string();
    assert!(message.contains("another process works on this run"), "{message}");
}

#[test]
fn an_unwritable_folder_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    let message = format!("{:#}", Run::open(plan(&file.join("out"), 10)).err().unwrap());
    assert!(message.contains("cannot write to") && message.contains("a-file/out"), "{message}");
}

#[test]
fn custom_and_smoke_runs_never_take_the_committed_ones_place() {
    let of = |scale| Plan { scale, out: None, ..plan(Path::new(""), 1) }.default_folder();
    let results = record::repository().join("results");
    assert_eq!(of(Scale::Full), results.join("fig-test"));
    assert_eq!(of(Scale::Smoke), results.join("smoke/fig-test"));
    assert!(of(Scale::Custom).starts_with(results.join("custom")));
}

#[test]
fn a_command_line_is_kept_without_the_way_to_its_files() {
    let of = |line: &str| without_folders(line.split(' ').map(str::to_owned));
    assert_eq!(
        of("/a/b/fig2 --scale medium --data /home/me/photos"),
        "fig2 --scale medium --data photos"
    );
    assert_eq!(
        of("fig2 --data=/home/me/photos/ --out some/run"),
        "fig2 --data=photos --out some/run"
    );
    assert_eq!(of("t --answers /x/1.parquet,/x/2.parquet"), "t --answers 1.parquet,2.parquet");
}
