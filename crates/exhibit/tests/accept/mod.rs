//! What becomes the committed run, and what does not.

use std::fs;
use std::path::Path;

use exhibit::Exhibit;
use exhibit::accept::accept;
use recipe::RunRecipe;
use record::manifest::{Host, Manifest};
use record::run::{Plan, Run, Scale};
use record::table;

use crate::description::described;

fn exhibit() -> Exhibit {
    Exhibit { name: "fig-test".to_owned(), ..described("").unwrap() }
}

fn plan(out: &Path) -> Plan {
    Plan {
        artefact: "fig-test".to_owned(),
        scale: Scale::Small,
        recipe: RunRecipe::default(),
        seeds: vec![0, 1],
        out: Some(out.to_owned()),
        host: Host::this(1, 1, "cpu".to_owned()),
        versions: [].into(),
        data_sha256: [].into(),
    }
}

/// A finished run, made from a tree without changes.
fn finished(out: &Path, plan: Plan) -> Manifest {
    let run = Run::open(plan).unwrap();
    run.finish(|stage| table::write(&stage.join("rows.csv"), ["rows"])).unwrap();
    let mut manifest = Manifest::read(out).unwrap();
    manifest.starts[0].git_tree_clean = Some(true);
    manifest.write(out).unwrap();
    manifest
}

#[test]
fn a_finished_run_replaces_the_accepted_one_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (out, results) = (folder.path().join("out"), folder.path().join("results"));
    let target = results.join("fig-test");
    fs::create_dir_all(&target).unwrap();
    fs::write(target.join("summary.csv"), "of a former run").unwrap();
    let manifest = finished(&out, plan(&out));
    assert_eq!(accept(&exhibit(), &out, &results).unwrap(), target);
    assert_eq!(Manifest::read(&target).unwrap(), manifest);
    manifest.check_outputs(&target).unwrap();
    let files = fs::read_dir(&target).unwrap().count();
    assert_eq!(files, 2, "rows and manifest, nothing of the former run");
    assert_eq!(fs::read_dir(&results).unwrap().count(), 1, "no stage is left");
}

#[test]
fn what_nobody_could_make_again_is_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("accepted");
    let refuse = |out: &Path, part: &str| {
        let message = format!("{:#}", accept(&exhibit(), out, &target).unwrap_err());
        assert!(message.contains(part), "{message}");
        assert!(!target.exists());
    };
    for (name, scale) in [("custom", Scale::Custom), ("smoke", Scale::Smoke), ("full", Scale::Full)]
    {
        let out = folder.path().join(name);
        finished(&out, Plan { scale, ..plan(&out) });
        refuse(&out, "is not accepted");
    }
    let out = folder.path().join("other");
    finished(&out, Plan { artefact: "other".to_owned(), ..plan(&out) });
    refuse(&out, "it is a run of 'other'");
    let out = folder.path().join("small");
    let mut manifest = finished(&out, plan(&out));
    fs::write(out.join("rows.csv"), "better rows").unwrap();
    refuse(&out, "rows.csv is not the file its run wrote");
    manifest.starts[0].git_tree_clean = Some(false);
    manifest.write(&out).unwrap();
    refuse(&out, "it was made from a tree with changes");
    refuse(&folder.path().join("nowhere"), "cannot read");
}
