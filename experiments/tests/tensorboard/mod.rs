//! `--tensorboard`: what a training that was killed leaves there. The files' format is tested where they are written.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::resume::{goes_on, kill_after_a_checkpoint, start};

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn each_training_has_a_folder_with_one_event_file() {
    let folder = tempfile::tempdir().unwrap();
    let (out, events) = (folder.path().join("fig1"), folder.path().join("events"));
    let to = events.to_str().unwrap();
    let arguments = ["--steps", "3000", "--seeds", "1", "--jobs", "1", "--tensorboard", to];
    let child = start("fig1", &out, &arguments);
    kill_after_a_checkpoint(child, &out, "with-bn-seed0", Duration::ZERO);
    let before = names(&events.join("with-bn-seed0"));
    goes_on("fig1", &out, &arguments);
    let trainings = ["with-bn-seed0", "without-bn-seed0"];
    assert_eq!(names(&events), trainings.map(String::from).into());
    for training in trainings {
        let files = names(&events.join(training));
        assert!(files.len() == 1 && files != before, "{files:?}");
        let file = fs::read(events.join(training).join(files.first().unwrap())).unwrap();
        let of = |tag: &str| file.windows(tag.len()).filter(|it| *it == tag.as_bytes()).count();
        // Rows at 10 early steps and at each 250th; a loss at all but the first.
        assert_eq!((of("test_accuracy_fraction"), of("training_loss_nats")), (22, 21));
        assert_eq!(of("input_p50"), 0);
    }
}
