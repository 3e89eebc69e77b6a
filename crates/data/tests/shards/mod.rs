//! Shards: what is in them, and that nothing half-made or damaged is taken for whole.

mod damage;
pub mod ilsvrc;
mod interruption;
pub mod meta;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use data::shards::{Origin, Preparation, Progress, prepare, verify};
use data::{Photographs, Split};

use crate::photographs::{CLASSES, data_set, write};

pub const FOUR: Preparation = Preparation { images_per_shard: 4, seed: 1 };

#[track_caller]
pub fn prepared(origin: &Origin, out: &Path) {
    prepare(origin, out, FOUR, &mut |_| Ok(())).unwrap();
}

/// The message, which must be one line.
#[track_caller]
fn prepare_error(origin: &Origin, out: &Path) -> String {
    let message = prepare(origin, out, FOUR, &mut |_| Ok(())).unwrap_err().to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

/// All files in a folder, by name.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap_or_default())
    });
    files.collect()
}

/// From content to label, which tells the examples apart.
fn examples(photographs: &Photographs) -> BTreeMap<Vec<u8>, usize> {
    let all = 0..photographs.len();
    all.map(|example| (photographs.bytes(example).unwrap(), photographs.label(example))).collect()
}

#[test]
fn shards_have_the_same_examples_as_folders() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    prepared(&Origin::find(root.path()), out.path());
    for split in Split::ALL {
        let [folder, shards] =
            [root.path(), out.path()].map(|path| Photographs::open(path, split).unwrap());
        assert_eq!(shards.classes(), CLASSES);
        assert_eq!(shards.len(), folder.len());
        assert_eq!(examples(&shards), examples(&folder));
    }
    let mut steps = Vec::new();
    verify(out.path(), &mut |read, total| steps.push((read, total))).unwrap();
    assert_eq!(steps.len(), 7);
    assert_eq!(steps[6].0, steps[6].1);
}

#[test]
fn training_is_mixed_and_validation_in_order() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    prepared(&Origin::find(root.path()), out.path());
    let training = Photographs::open(out.path(), Split::Training).unwrap();
    let labels: Vec<_> = (0..18).map(|example| training.label(example)).collect();
    assert!(!labels.is_sorted(), "{labels:?}");
    assert_eq!(training.shards(99), data::order::Shards::of_lengths(&[4, 4, 4, 4, 2]));
    let [folder, shards] =
        [root.path(), out.path()].map(|path| Photographs::open(path, Split::Validation).unwrap());
    assert!((0..6).all(|example| shards.bytes(example).unwrap() == folder.bytes(example).unwrap()));
    let name = shards.name(4);
    let expected = "val-000001.tar: 000004 (n03/ILSVRC2012_val_00000003.JPEG)";
    assert!(name.ends_with(expected), "{name}");
}

/// A part of a data set is a data set: of a folder as of shards.
#[test]
fn what_is_held_out_and_the_rest_are_the_whole() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    prepared(&Origin::find(root.path()), out.path());
    let numbers = BTreeSet::from([0, 1, 5, 17]);
    for path in [root.path(), out.path()] {
        let whole = Photographs::open(path, Split::Training).unwrap();
        let (these, others) = whole.split(&numbers);
        assert_eq!((these.len(), others.len()), (4, 14));
        assert_eq!(these.name(2), whole.name(5));
        let mut all = examples(&these);
        all.extend(examples(&others));
        assert_eq!(all, examples(&whole));
        let (first, _) = others.split(&BTreeSet::from([0]));
        assert_eq!(first.bytes(0).unwrap(), whole.bytes(2).unwrap(), "a part of a part");
    }
    let (these, others) = Photographs::open(out.path(), Split::Training).unwrap().split(&numbers);
    assert_eq!(these.shards(99), data::order::Shards::of_lengths(&[2, 1, 0, 0, 1]));
    assert_eq!(others.shards(99), data::order::Shards::of_lengths(&[2, 3, 4, 4, 1]));
}

#[test]
fn a_shard_is_a_tar_as_webdataset_reads_it() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    prepared(&Origin::find(root.path()), out.path());
    let training = Photographs::open(out.path(), Split::Training).unwrap();
    let mut shard = tar::Archive::new(File::open(out.path().join("train-000001.tar")).unwrap());
    let members = shard.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut data = Vec::new();
        entry.read_to_end(&mut data).unwrap();
        (entry.path().unwrap().display().to_string(), data)
    });
    let members: Vec<_> = members.collect();
    assert_eq!(members.len(), 8);
    for (example, pair) in (4..8).zip(members.chunks(2)) {
        assert_eq!(pair[0], (format!("{example:06}.jpg"), training.bytes(example).unwrap()));
        let label = training.label(example).to_string().into_bytes();
        assert_eq!(pair[1], (format!("{example:06}.cls"), label));
    }
}

#[test]
fn a_png_keeps_its_extension_whatever_it_was_named() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    for class in CLASSES {
        fs::remove_dir_all(root.path().join("val").join(class)).unwrap();
        write(root.path(), &format!("val/{class}/1.JPEG"), b"\x89PNG\r\n\x1a\n");
    }
    prepared(&Origin::find(root.path()), out.path());
    let mut shard = tar::Archive::new(File::open(out.path().join("val-000000.tar")).unwrap());
    let first = shard.entries().unwrap().next().unwrap().unwrap();
    assert_eq!(first.path().unwrap(), Path::new("000000.png"));
}

#[test]
fn equal_options_make_equal_shards_and_seeds_others() {
    let root = data_set();
    let with = |seed| {
        let out = tempfile::tempdir().unwrap();
        let preparation = Preparation { seed, ..FOUR };
        prepare(&Origin::find(root.path()), out.path(), preparation, &mut |_| Ok(())).unwrap();
        contents(out.path())
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1)["train-000000.tar"], with(2)["train-000000.tar"]);
    assert_eq!(with(1)["val-000000.tar"], with(2)["val-000000.tar"]);
    let names: BTreeSet<String> = with(1).into_keys().collect();
    assert_eq!(names.len(), 8, "{names:?}"); // 5 and 2 shards, and the index
}

#[test]
fn a_pipe_in_a_pictures_place_is_refused() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    let place = root.path().join("train/n02/n02_3.JPEG");
    fs::remove_file(&place).unwrap();
    crate::pipe(&place);
    let expected = format!("{}: not a plain file", place.display());
    assert_eq!(prepare_error(&Origin::find(root.path()), out.path()), expected);
    let training = Photographs::open(root.path(), Split::Training).unwrap();
    assert_eq!(training.picture(8).unwrap_err().to_string(), expected);
    assert_eq!(data::Picture::open(&place).unwrap_err().to_string(), expected);
}

#[test]
fn progress_ends_with_everything() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    let mut steps: Vec<Progress> = Vec::new();
    let mut note = |progress| {
        steps.push(progress);
        Ok(())
    };
    prepare(&Origin::find(root.path()), out.path(), FOUR, &mut note).unwrap();
    assert!(steps.is_sorted_by_key(|progress| progress.images));
    let last = steps.last().unwrap();
    assert_eq!((last.images, last.bytes), (24, last.of_bytes));
    assert_eq!((steps[0].images, steps[0].of_images), (0, 24));
}
