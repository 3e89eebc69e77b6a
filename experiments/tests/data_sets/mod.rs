//! `data prepare` and `data verify`, as their users start them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const DATA: &str = env!("CARGO_BIN_EXE_data");

fn data(arguments: &[&str], folders: &[&Path]) -> Output {
    Command::new(DATA).args(arguments).args(folders).output().unwrap()
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Two classes with three pictures to learn from and one to be judged by.
fn photographs(root: &Path) {
    for (split, count) in [("train", 3), ("val", 1)] {
        for class in ["n01", "n02"] {
            let folder = root.join(split).join(class);
            fs::create_dir_all(&folder).unwrap();
            for number in 0..count {
                let picture = image::RgbImage::from_pixel(20, 24, image::Rgb([number * 50; 3]));
                picture.save(folder.join(format!("{number}.jpg"))).unwrap();
            }
        }
    }
}

#[test]
fn photographs_become_shards_that_verify_until_they_are_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (root, shards) = (folder.path().join("photographs"), folder.path().join("shards"));
    photographs(&root);
    let prepare = ["prepare", "--images-per-shard", "4", "--from"];
    let prepared = Command::new(DATA).args(prepare).arg(&root).arg("--out").arg(&shards).output();
    let prepared = prepared.unwrap();
    assert!(prepared.status.success(), "{}", message(&prepared));
    assert!(data(&["verify"], &[&shards]).status.success());
    let tar = fs::read_dir(&shards).unwrap().flatten().map(|entry| entry.path());
    let tar = tar.into_iter().find(|path| path.extension().is_some_and(|e| e == "tar")).unwrap();
    let mut bytes = fs::read(&tar).unwrap();
    bytes[700] ^= 1;
    fs::write(&tar, bytes).unwrap();
    let verified = data(&["verify"], &[&shards]);
    assert!(!verified.status.success());
    assert!(message(&verified).contains(tar.file_name().unwrap().to_str().unwrap()));
}

#[test]
fn folders_without_photographs_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    for output in [
        data(&["verify"], &[&nowhere]),
        Command::new(DATA)
            .args(["prepare", "--from"])
            .arg(&nowhere)
            .arg("--out")
            .arg(folder.path().join("out"))
            .output()
            .unwrap(),
    ] {
        assert!(!output.status.success());
        assert!(message(&output).contains("nowhere"), "{}", message(&output));
        assert_eq!(message(&output).lines().count(), 1, "{}", message(&output));
    }
}
