//! What a manifest says of a run.

use std::fs;
use std::process::Command;

use record::manifest::{Manifest, Worker, git_in, without_folders};
use record::run::Run;

use super::{finish, plan};

#[test]
fn a_manifest_vouches_for_all_rows_and_for_nothing_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    finish(Run::open(plan(&out, 10)).unwrap(), "first");
    let whole = Manifest::read(&out).unwrap();
    let refusal = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = whole.clone();
        change(&mut manifest);
        manifest.check_outputs(&out).unwrap_err().to_string()
    };
    let message = refusal(&|manifest| manifest.outputs_sha256.clear());
    assert!(message.ends_with("/rows.csv has no sum in manifest.json: its run did not write it"));
    let message = refusal(&|manifest| {
        manifest.outputs_sha256.insert("../rows.csv".to_owned(), String::new());
    });
    assert!(message.ends_with("/../rows.csv is no file beside manifest.json"), "{message}");
}

#[test]
fn a_commit_may_be_any_text() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    finish(Run::open(plan(&out, 10)).unwrap(), "first");
    let mut manifest = Manifest::read(&out).unwrap();
    manifest.starts[0].git_commit = Some("äöüäöüäöüäöü".to_owned());
    assert!(manifest.provenance().contains("at commit äöüäöüäöüä in "));
}

#[test]
fn the_processors_that_shared_a_run_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    finish(Run::open(plan(&out, 10)).unwrap(), "first");
    let mut manifest = Manifest::read(&out).unwrap();
    let by =
        |processor: &str| Worker { processor: processor.to_owned(), ..Worker::this("job", "cpu") };
    manifest.workers = vec![by("one"), by("other"), by("one"), by("")];
    assert!(manifest.provenance().contains(" on one and other ("), "{}", manifest.provenance());
    manifest.workers.clear();
    assert!(manifest.provenance().contains(&format!(" on {} (", manifest.host.processor)));
}

#[test]
fn git_is_asked_without_its_lock() {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=n", "-c", "user.email=e"];
        let mut git = Command::new("git");
        let done = git.arg("-C").arg(folder.path()).args(identity).args(arguments).output();
        assert!(done.unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    fs::write(folder.path().join("file"), "same").unwrap();
    git(&["add", "file"]);
    git(&["commit", "--quiet", "-m", "m"]);
    // The same content with another time: a plain status takes the lock to write that down.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    fs::write(folder.path().join("file"), "same").unwrap();
    let index = || fs::read(folder.path().join(".git/index")).unwrap();
    let before = index();
    let status = ["status", "--porcelain", "--untracked-files=no"];
    assert_eq!(git_in(folder.path(), &status).as_deref(), Some(""));
    assert!(index() == before, "it wrote the index, for which it took the lock");
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
    assert_eq!(of("./target/release/fig1 --seeds 2"), "fig1 --seeds 2");
    assert_eq!(of("t --answers /x/1.parquet,/x/2.parquet"), "t --answers 1.parquet,2.parquet");
}
