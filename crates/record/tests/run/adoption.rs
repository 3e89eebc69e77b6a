//! Jobs that were finished elsewhere, or for another plan.

use std::fs;
use std::path::Path;

use recipe::paper::inception;
use recipe::{Recipe, RunRecipe};
use record::run::{Plan, Run};

use super::{plan, recipe};

/// Beside the job in this folder.
fn write_plan(job: &Path, plan: &Plan) {
    fs::write(job.with_file_name("plan.json"), serde_json::to_vec(plan).unwrap()).unwrap();
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
