mod killed;

use std::fs;
use std::path::Path;
use std::process::Command;

use recipe::paper::inception;
use recipe::{Recipe, RunRecipe};
use record::manifest::{Host, Manifest, Worker, git_in, without_folders};
use record::run::{Plan, Run, Scale, local};
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

/// Beside the job in this folder.
fn write_plan(job: &Path, plan: &Plan) {
    fs::write(job.with_file_name("plan.json"), serde_json::to_vec(plan).unwrap()).unwrap();
}

pub fn finish(run: Run, content: &str) {
    run.finish(|stage| table::write(&stage.join("rows.csv"), [content])).unwrap();
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
fn refusal(plan: Plan) -> String {
    let message = format!("{:#}", Run::open(plan).err().expect("refused"));
    assert_eq!(message.lines().count(), 1, "{message}");
    message
}

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

/// A checkpoint of this machine does not go with rows of another: it would be taken for the trained network.
#[test]
fn a_job_that_was_begun_here_gives_way_to_the_finished_one() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&folder.path().join("fig-test"), 10);
    let run = Run::open(plan.clone()).unwrap();
    let begun = run.job_folder("toy-seed0").unwrap();
    fs::write(begun.join("checkpoint.safetensors"), "half").unwrap();
    fs::write(begun.join("rows.csv"), "half").unwrap();
    let name = begun.parent().unwrap().file_name().unwrap();
    let shared = folder.path().join("shared");
    let finished = shared.join("custom").join(name).join("toy-seed0");
    fs::create_dir_all(&finished).unwrap();
    fs::write(finished.join("rows.csv"), "whole").unwrap();
    write_plan(&finished, &plan);
    assert!(run.adopt(&shared).unwrap().is_empty(), "it does not say that it is done");
    fs::write(finished.join("job-done"), "").unwrap();
    assert_eq!(run.adopt(&shared).unwrap(), ["toy-seed0"]);
    assert_eq!(fs::read_to_string(begun.join("rows.csv")).unwrap(), "whole");
    assert!(!begun.join("checkpoint.safetensors").exists() && run.is_done("toy-seed0"));
    assert!(run.adopt(&shared).unwrap().is_empty(), "once is enough");
}

/// A plan that grows keeps what is done.
#[test]
fn another_plans_training_is_taken_over_if_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let of = |trainings: &[(&str, u64)]| {
        let trained =
            |(name, steps): &(&str, u64)| Recipe { steps: *steps, ..inception().named(*name) };
        let trainings = trainings.iter().map(trained).collect();
        Plan {
            recipe: RunRecipe { trainings, ..recipe(10) },
            ..plan(&folder.path().join("fig-test"), 10)
        }
    };
    let shared = folder.path().join("shared");
    let hand = |run: &str, plan: &Plan, job: &str| {
        let finished = shared.join("custom").join(run).join(job);
        fs::create_dir_all(&finished).unwrap();
        fs::write(finished.join("job-done"), "").unwrap();
        write_plan(&finished, plan);
    };
    let smaller = of(&[("a", 100), ("b", 100)]);
    hand("fig-test-smaller", &smaller, "a-seed0");
    hand("fig-test-smaller", &smaller, "b-seed1");
    hand("fig-test-smaller", &smaller, "answers");
    let elsewhere =
        Plan { data_sha256: [("mnist".to_owned(), "other".to_owned())].into(), ..smaller };
    hand("fig-test-elsewhere", &elsewhere, "a-seed1");
    let run = Run::open(of(&[("a", 100), ("b", 200), ("c", 100)])).unwrap();
    assert_eq!(run.adopt(&shared).unwrap(), ["a-seed0"]);
}
