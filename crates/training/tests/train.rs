//! The loop, in a program of its own: another test's failure asks all trainings of its process to stop.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};
use training::{Checkpoints, Course, Learner, Progress, Seen, Sums, train};

#[derive(Serialize, Deserialize)]
struct Number {
    step: u64,
    value: f64,
}

#[derive(Serialize)]
struct Mean {
    mean: Option<f64>,
}

/// A number that each mini-batch is added to; it overflows when it leaves the numbers below `limit`.
struct Adder {
    number: Tensor,
    sums: Sums<1>,
    limit: f64,
    /// A crash at this step.
    crash_at: Option<u64>,
}

impl Adder {
    fn new(limit: f64) -> Self {
        let device = Device::Cpu;
        let number = Tensor::zeros([1], (Kind::Double, device));
        Self { number, sums: Sums::new(["number"], device), limit, crash_at: None }
    }

    fn value(&self) -> f64 {
        self.number.double_value(&[0])
    }
}

impl Learner for Adder {
    type Batch = f64;

    fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let number = ("number".to_owned(), self.number.shallow_clone());
        self.sums.named_tensors().into_iter().chain([number]).collect()
    }

    fn sgd_step(&mut self, _: u64, batch: f64) {
        self.number += batch;
        self.sums.add([&self.number.squeeze()]);
    }

    fn has_overflowed(&self) -> bool {
        self.value() >= self.limit
    }
}

const LOGS: [&str; 2] = ["numbers.csv", "means.csv"];
const EVENTS: &str = "events";

/// Adds 1, 2, … 10 in the folder, with rows after every fourth; returns what the row files then hold.
fn add(folder: &Path, adder: &mut Adder, checkpoints: Checkpoints) -> [String; 2] {
    let progress = Progress::new(10);
    let course = Course {
        name: "adder".to_owned(),
        folder: folder.to_owned(),
        logs: &LOGS,
        steps: 10,
        is_row: &|step| step % 4 == 0,
        checkpoints,
        events: Some(folder.join(EVENTS)),
        progress: &progress,
    };
    let crash_at = adder.crash_at;
    let batches = |from: u64| {
        let batch = move |step: u64| {
            anyhow::ensure!(crash_at != Some(step), "crash");
            Ok((step + 1) as f64)
        };
        Ok((from..10).map(batch))
    };
    let _crash = train(&course, adder, batches, |adder, step, rows| {
        rows.append(LOGS[0], [Number { step, value: adder.value() }])?;
        let [mean] = adder.sums.take_means();
        rows.append(LOGS[1], [Mean { mean }])?;
        let note = format!("{} rows", rows.so_far::<Number>(LOGS[0])?.len());
        Ok(Seen { has_diverged: adder.has_overflowed(), note })
    });
    LOGS.map(|name| std::fs::read_to_string(folder.join(name)).unwrap())
}

/// How many values stand in the folder's event file.
fn events(folder: &Path) -> usize {
    let files: Vec<_> = std::fs::read_dir(folder.join(EVENTS)).unwrap().flatten().collect();
    assert_eq!(files.len(), 1, "one for all starts");
    let bytes = std::fs::read(files[0].path()).unwrap();
    bytes.windows(5).filter(|word| word == b"value").count()
}

#[test]
fn a_training_that_crashed_ends_as_if_it_had_not() {
    let whole = tempfile::tempdir().unwrap();
    let rows = add(whole.path(), &mut Adder::new(1e9), Checkpoints::EachRow);
    assert_eq!(rows[0], "step,value\n0,0.0\n4,10.0\n8,36.0\n10,55.0\n");
    assert_eq!(rows[1], "mean\n\"\"\n5.0\n25.0\n50.0\n");
    for checkpoints in [Checkpoints::EachRow, Checkpoints::Every(3)] {
        for crash in [2, 5, 9] {
            let cut = tempfile::tempdir().unwrap();
            let mut crashing = Adder { crash_at: Some(crash), ..Adder::new(1e9) };
            let before = add(cut.path(), &mut crashing, checkpoints);
            assert_ne!(before, rows);
            let after = add(cut.path(), &mut Adder::new(1e9), checkpoints);
            assert_eq!(after, rows, "{checkpoints:?}, crash before step {crash}");
            assert_eq!(add(cut.path(), &mut Adder::new(1e9), checkpoints), rows, "it is finished");
            assert_eq!(events(cut.path()), 4);
        }
    }
}

#[test]
fn divergence_has_a_row_and_is_an_end() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let rows = add(folder.path(), &mut Adder::new(20.0), Checkpoints::EachRow);
        assert_eq!(rows[0], "step,value\n0,0.0\n4,10.0\n6,21.0\n");
    }
}
