use std::fs;

use record::file::write_atomically;
use record::table::{self, Log};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    step: u64,
    loss_nats: Option<f64>,
}

fn row(step: u64) -> Row {
    Row { step, loss_nats: (step > 0).then(|| 1.0 / step as f64) }
}

#[test]
fn rows_come_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/rows.csv");
    let rows = vec![row(0), row(3), Row { step: 4, loss_nats: Some(f64::INFINITY) }];
    table::write(&path, &rows).unwrap();
    assert_eq!(table::read::<Row>(&path).unwrap(), rows);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().next(), Some("step,loss_nats"));
}

#[test]
fn a_damaged_file_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    fs::write(&path, "step,loss_nats\n1,0.5\nmany,0.5\n").unwrap();
    let message = format!("{:#}", table::read::<Row>(&path).unwrap_err());
    assert!(message.contains("rows.csv") && message.contains("line: 3"), "{message}");
}

#[test]
fn a_failed_write_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    table::write(&path, [row(1)]).unwrap();
    let before = fs::read(&path).unwrap();
    let failed = write_atomically(&path, |file| {
        std::io::Write::write_all(file, b"half of")?;
        anyhow::bail!("the disk is full")
    });
    let message = format!("{:#}", failed.unwrap_err());
    assert!(message.contains("rows.csv") && message.contains("the disk is full"), "{message}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no neighbour is left");
}

#[test]
fn a_log_is_cut_back_to_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let mut log = Log::open(&path, 0).unwrap();
    log.append([row(1), row(2)]).unwrap();
    let checkpoint = log.sync().unwrap();
    log.append([row(3)]).unwrap();
    log.sync().unwrap();
    drop(log);
    fs::write(&path, [fs::read(&path).unwrap(), b"4,0.2".to_vec()].concat()).unwrap(); // killed here
    let mut log = Log::open(&path, checkpoint).unwrap();
    log.append([row(5)]).unwrap();
    log.sync().unwrap();
    assert_eq!(table::read::<Row>(&path).unwrap(), [row(1), row(2), row(5)]);
}

#[test]
fn a_log_shorter_than_its_checkpoint_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let message = format!("{:#}", Log::open(&folder.path().join("log.csv"), 10).err().unwrap());
    assert!(message.contains("expected at least 10 bytes, found 0"), "{message}");
}
