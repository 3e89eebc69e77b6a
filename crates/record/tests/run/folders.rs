//! Where a run may lie.

use std::fs;
use std::path::Path;

use record::manifest::Manifest;
use record::run::{Plan, Run, Scale, local};

use super::{finish, plan, recipe, refusal};

#[test]
fn an_unwritable_folder_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    let message = format!("{:#}", Run::open(plan(&file.join("out"), 10)).err().unwrap());
    assert!(message.contains("cannot write to") && message.contains("a-file/out"), "{message}");
}

#[test]
fn runs_of_different_scales_never_share_a_folder() {
    let of = |scale| Plan { scale, out: None, ..plan(Path::new(""), 1) }.default_folder();
    assert_eq!(of(Scale::Full), local().join("full/fig-test"));
    assert_eq!(of(Scale::Smoke), local().join("smoke/fig-test"));
    assert!(of(Scale::Custom).starts_with(local().join("custom")));
}

/// The message of a run that must not be opened there.
#[test]
fn no_program_replaces_anothers_results() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mine");
    let full = |steps| Plan { scale: Scale::Full, ..plan(&out, steps) };
    finish(Run::open(full(10)).unwrap(), "two hours");
    let other = Plan { artefact: "fig-other".to_owned(), ..full(10) };
    let smoke = Plan { scale: Scale::Smoke, ..full(10) };
    for plan in [other, smoke, plan(&out, 1)] {
        let message = refusal(plan);
        assert!(message.contains("holds a finished run of 'fig-test' (full scale)"), "{message}");
    }
    assert_eq!(Manifest::read(&out).unwrap().recipe, recipe(10));
    finish(
        Run::open(full(20)).unwrap(),
        "the same exhibit and scale, after a change of its recipe",
    );
    fs::write(out.join("manifest.json"), "{}").unwrap();
    assert!(refusal(full(10)).contains("holds something else than a run of ours"));
}

#[test]
fn no_program_writes_where_accepted_runs_are() {
    for place in ["results/fig1", "results/medium/fig2", "results/new", "results"] {
        let message = refusal(plan(&record::repository().join(place), 1));
        assert!(message.contains("is for accepted runs"), "{message}");
    }
    assert!(!record::repository().join("results/new").exists());
}

#[test]
fn a_folder_on_another_disk_is_as_good() {
    let [here, elsewhere] = [tempfile::tempdir(), tempfile::tempdir_in("/dev/shm")];
    let (Ok(here), Ok(elsewhere)) = (here, elsewhere) else { panic!("no /dev/shm") };
    let link = here.path().join("link");
    std::os::unix::fs::symlink(elsewhere.path(), &link).unwrap();
    finish(Run::open(plan(&link, 10)).unwrap(), "rows");
    Manifest::read(elsewhere.path()).unwrap().check_outputs(&link).unwrap();
}
