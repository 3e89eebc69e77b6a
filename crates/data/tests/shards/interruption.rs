//! Killed, started again, started twice, disk full.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::bail;
use data::Split;
use data::shards::{Origin, Preparation, prepare, verify};

use super::{FOUR, contents, prepare_error, prepared};
use crate::photographs::{data_set, refused, write};

/// Stops before the photograph of this number, as if killed.
fn interrupted(origin: &Origin, out: &Path, before: usize) {
    let mut stop = |progress: data::shards::Progress| match progress.images {
        images if images >= before => bail!("killed"),
        _ => Ok(()),
    };
    assert_eq!(prepare(origin, out, FOUR, &mut stop).unwrap_err().to_string(), "killed");
}

#[test]
fn a_half_written_preparation_is_not_taken_for_whole_and_goes_on() {
    let (root, whole) = (data_set(), tempfile::tempdir().unwrap());
    let origin = Origin::find(root.path());
    prepared(&origin, whole.path());
    for before in 0..=24 {
        let out = tempfile::tempdir().unwrap();
        interrupted(&origin, out.path(), before);
        for split in Split::ALL {
            let message = refused(out.path(), split);
            assert!(
                message.ends_with("its preparation is not finished; start it again, it goes on")
            );
        }
        let mut first = None;
        let mut note = |progress: data::shards::Progress| {
            first.get_or_insert(progress.images);
            Ok(())
        };
        prepare(&origin, out.path(), FOUR, &mut note).unwrap();
        let whole_shards = [0, 4, 8, 12, 16, 18, 22, 24];
        assert_eq!(first, whole_shards.into_iter().rfind(|&images| images <= before));
        assert_eq!(contents(out.path()), contents(whole.path()));
    }
}

#[test]
fn a_finished_one_is_left_alone() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    let origin = Origin::find(root.path());
    prepared(&origin, out.path());
    let before = contents(out.path());
    prepare(&origin, out.path(), FOUR, &mut |_| bail!("it does something")).unwrap();
    let other = Preparation { images_per_shard: 5, ..FOUR };
    let error = prepare(&origin, out.path(), other, &mut |_| Ok(())).unwrap_err().to_string();
    assert!(error.ends_with("has shards of another source or other options; name another folder"));
    write(root.path(), "train/n01/new.jpg", b"");
    assert!(prepare_error(&origin, out.path()).contains("another source"));
    assert_eq!(contents(out.path()), before);
}

#[test]
fn with_other_options_or_another_source_it_begins_anew() {
    let root = data_set();
    let origin = Origin::find(root.path());
    let (out, clean) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    interrupted(&origin, out.path(), 10);
    fs::remove_file(root.path().join("train/n01/n01_0.JPEG")).unwrap();
    prepared(&origin, out.path());
    prepared(&origin, clean.path());
    assert_eq!(contents(out.path()), contents(clean.path()));
}

#[test]
fn a_shard_that_was_damaged_meanwhile_is_written_again() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    let origin = Origin::find(root.path());
    interrupted(&origin, out.path(), 10);
    fs::write(out.path().join("train-000000.tar"), b"half").unwrap();
    prepared(&origin, out.path());
    verify(out.path(), &mut |_, _| ()).unwrap();
}

#[test]
fn a_folder_with_other_files_is_refused() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    write(out.path(), "thesis.tar", b"mine");
    let message = prepare_error(&Origin::find(root.path()), out.path());
    assert!(
        message.ends_with(": not empty (thesis.tar is there); name another folder"),
        "{message}"
    );
    assert_eq!(contents(out.path()).len(), 1);
}

#[test]
fn two_at_once_are_refused() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    let origin = Origin::find(root.path());
    let mut second = |_| {
        let message = prepare_error(&origin, out.path());
        assert!(message.ends_with("another process is preparing these shards"), "{message}");
        Ok(())
    };
    prepare(&origin, out.path(), FOUR, &mut second).unwrap();
}

#[test]
fn a_full_disk_is_said_in_plain_words() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    let half = out.path().join(".unfinished/train-000000.tar");
    let mut fill = |progress: data::shards::Progress| {
        if progress.images == 0 && !half.exists() {
            symlink("/dev/full", &half)?;
        }
        Ok(())
    };
    let error = prepare(&Origin::find(root.path()), out.path(), FOUR, &mut fill).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("train-000000.tar: disk full; 0.0 GB are needed in all"), "{message}");
    refused(out.path(), Split::Training);
}

#[test]
fn a_photograph_that_vanished_or_changed_is_named() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    let path = root.path().join("train/n01/n01_0.JPEG");
    let mut stretch = |_| Ok(fs::write(&path, b"other")?);
    let error = prepare(&Origin::find(root.path()), out.path(), FOUR, &mut stretch).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}: its length changed while it was being prepared", path.display())
    );
    let empty = Preparation { images_per_shard: 0, ..FOUR };
    assert!(prepare(&Origin::find(root.path()), out.path(), empty, &mut |_| Ok(())).is_err());
}
