//! `--plan`, and what its numbers are made of.

use std::fs;
use std::time::Duration;

use experiments::Job;
use experiments::cost::{Cost, validations};
use experiments::power::Meter;
use experiments::recipes;
use recipe::Recipe;
use record::run::Scale;

use crate::{command, refused, stdout, succeed};

#[test]
fn the_papers_run_is_told_without_its_data_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig2");
    let plan =
        ["--scale", "paper", "--plan", "--watts", "100", "--networks", "bn-x5", "--seeds", "3"];
    let said = stdout(&succeed(command("fig2", &out, &plan)));
    for part in [
        "photographs of 1,000 classes, 224 pixels, the full width, 31,000,000 steps; seeds: 3",
        "1,281,167 images to train on, 50,000 to be judged by",
        // 31 million steps of 32 are 992 million images; ILSVRC 2012's are seen 774.3 times.
        "BN-x5: 11,285,224 parameters, 31,000,000 steps, 774.3 epochs, 992,000,000 images, validated 23 times",
        // 11,285,224 parameters, as many velocities, and 2 moving statistics for each of 10,016 maps, in f32, 3 times.
        "disk: 271.1 MB of checkpoints, and 69 rows",
        "days on one such machine",
        "at 100 W, as --watts says",
    ] {
        assert!(said.contains(part), "no '{part}' in {said}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn small_runs_are_told_too_and_those_that_train_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let said = stdout(&succeed(command("fig1", &out, &["--plan", "--steps", "2000"])));
    assert!(
        said.contains("With BN: 100,010 parameters, 2,000 steps, 2.00 epochs, 120,000 images"),
        "{said}"
    );
    let said = stdout(&succeed(command("table-architecture", &out, &["--plan"])));
    assert_eq!(said, "table-architecture: no training; seeds: 0\n");
    let message = refused(command("fig1", &out, &["--watts", "100"]));
    assert!(message.contains("--plan"), "{message}");
}

fn shorter(steps: u64) -> Recipe {
    let mut recipe = recipes::inception(Scale::Smoke).over(steps, steps);
    recipe.images.validation_images = 0;
    recipe
}

#[test]
fn jobs_are_taken_one_after_the_other_by_whoever_is_free() {
    let step = Duration::from_secs(1);
    let cost = Cost { step, image: Duration::ZERO, memory: 0, watts: None };
    let recipes = [4, 3, 2, 2].map(shorter);
    let jobs: Vec<Job<&Recipe>> = recipes.iter().map(|subject| Job { subject, seed: 0 }).collect();
    let ends = [1, 2, 3, 4, 9].map(|at_a_time| cost.of_all(&jobs, at_a_time).as_secs());
    assert_eq!(ends, [11, 6, 4, 4, 4]); // of two: 4 + 2, and 3 + 2
}

#[test]
fn validations_are_those_that_a_training_has() {
    let counts = [1, 2, 4, 24, 31_000_000].map(|steps| validations(&shorter(steps)));
    assert_eq!(counts, [2, 3, 5, 13, 23]);
}

#[test]
fn power_is_that_of_the_packages_and_unknown_where_nobody_counts() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Meter::of(&folder.path().join("none")).watts(), None);
    let count = |zone: &str, microjoules: u64| {
        let zone = folder.path().join(zone);
        fs::create_dir_all(&zone).unwrap();
        fs::write(zone.join("energy_uj"), format!("{microjoules}\n")).unwrap();
    };
    count("intel-rapl:0", 50_000_000);
    count("intel-rapl:1", 0);
    count("intel-rapl:0:0", 7_000_000); // a part of the first
    let meter = Meter::of(folder.path());
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(meter.watts(), Some(0.0));
    count("intel-rapl:0", 60_000_000);
    count("intel-rapl:1", 10_000_000);
    let watts = meter.watts().unwrap();
    assert!((1.0..=200.0).contains(&watts), "{watts}"); // 20 J in 0.1 s or more
    count("intel-rapl:0", 0); // it has begun anew
    assert_eq!(meter.watts(), None);
}
