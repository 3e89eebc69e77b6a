//! ILSVRC 2012's tars, made from the small data set: they must become the same shards as its folders.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use data::shards::Origin;
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::meta::meta;
use super::{contents, prepare_error, prepared};
use crate::photographs::{CLASSES, data_set};

/// Validation pictures 1 to 6 are of n01, n02, n03, n01, n02, n03: see [`data_set`].
const TRUTH: &str = "3\n1\n2\n3\n1\n2\n";

pub fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, data) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, data.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Files of a folder; with `later` ones first, because tars are not always sorted.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    contents(folder).into_iter().rev().collect()
}

fn train_tar(root: &Path) -> Vec<u8> {
    let class =
        |class: &&str| (format!("{class}.tar"), tar(&files(&root.join("train").join(class))));
    tar(&CLASSES.iter().map(class).collect::<Vec<_>>())
}

pub fn devkit(truth: &str, meta: Vec<u8>) -> Vec<u8> {
    let name = |name| format!("ILSVRC2012_devkit_t12/data/{name}");
    let truth = (name("ILSVRC2012_validation_ground_truth.txt"), truth.as_bytes().to_vec());
    let readme = ("ILSVRC2012_devkit_t12/readme.txt".to_owned(), b"see".to_vec());
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(&tar(&[readme, (name("meta.mat"), meta), truth])).unwrap();
    gz.finish().unwrap()
}

/// The three files as they are downloaded.
fn downloads(root: &Path) -> TempDir {
    let validation: Vec<_> =
        CLASSES.iter().flat_map(|class| files(&root.join("val").join(class))).collect();
    downloads_with(&devkit(TRUTH, meta(true)), &train_tar(root), &tar(&validation))
}

/// Three such files.
pub fn downloads_with(devkit: &[u8], train: &[u8], val: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("ILSVRC2012_img_train.tar", train);
    write("ILSVRC2012_img_val.tar", val);
    write("ILSVRC2012_devkit_t12.tar.gz", devkit);
    folder
}

#[test]
fn tars_become_the_same_shards_as_folders() {
    let root = data_set();
    let tars = downloads(root.path());
    assert!(matches!(Origin::find(tars.path()), Origin::Ilsvrc { .. }));
    for compressed in [true, false] {
        let kit = tars.path().join("ILSVRC2012_devkit_t12.tar.gz");
        fs::write(kit, devkit(TRUTH, meta(compressed))).unwrap();
        let [a, b] = [0, 1].map(|_| tempfile::tempdir().unwrap());
        prepared(&Origin::find(root.path()), a.path());
        prepared(&Origin::find(tars.path()), b.path());
        assert_eq!(contents(a.path()), contents(b.path()));
    }
}

#[test]
fn truncated_and_foreign_tars_are_named() {
    let root = data_set();
    let whole = train_tar(root.path());
    let tars = downloads(root.path());
    for (length, expected) in [
        (0, "no files in it"),
        (300, "not a tar, or damaged: failed to read entire block"),
        (5000, "truncated: n01.tar ends beyond its end"),
        (whole.len() / 2, " ends beyond its end"),
    ] {
        let path = tars.path().join("ILSVRC2012_img_train.tar");
        fs::write(&path, &whole[..length]).unwrap();
        let message = refused(tars.path());
        assert!(message.starts_with(&path.display().to_string()), "{message}");
        assert!(message.contains(expected), "{message}");
    }
}

fn refused(tars: &Path) -> String {
    prepare_error(&Origin::find(tars), tempfile::tempdir().unwrap().path())
}

/// A member of another kind than a plain file, or with a name that no builder would write.
fn member(name: &str, kind: tar::EntryType, data: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(data.len() as u64);
    header.set_cksum();
    let padding = vec![0; data.len().next_multiple_of(512) - data.len()];
    [header.as_bytes(), data, &padding].concat()
}

#[test]
fn members_that_are_no_files_are_passed_over_and_names_lead_nowhere() {
    use tar::EntryType as Kind;
    let root = data_set();
    let tars = downloads(root.path());
    let path = tars.path().join("ILSVRC2012_img_val.tar");
    let whole = fs::read(&path).unwrap();
    let [folders, tarred] = [0, 1].map(|_| tempfile::tempdir().unwrap());
    prepared(&Origin::find(root.path()), folders.path());
    let others = [
        member("ILSVRC2012_val_00000001.JPEG", Kind::Symlink, b""),
        member("ILSVRC2012_val_00000002.JPEG", Kind::Link, b""),
        member("ILSVRC2012_val_00000003.JPEG", Kind::Char, b""),
        member("ILSVRC2012_val_00000004.JPEG", Kind::Fifo, b""),
        member("../", Kind::Directory, b""),
    ];
    fs::write(&path, [others.concat(), whole.clone()].concat()).unwrap();
    prepared(&Origin::find(tars.path()), tarred.path());
    assert_eq!(contents(folders.path()), contents(tarred.path()));

    // The last picture, by a name that leads out, and then once more by its own.
    let up = [member("../../ILSVRC2012_val_00000006.JPEG", Kind::Regular, b"1"), whole.clone()];
    let truth = "3\n1\n2\n3\n1\n2\n2\n";
    let kit = tars.path().join("ILSVRC2012_devkit_t12.tar.gz");
    fs::write(&kit, devkit(truth, meta(true))).unwrap();
    fs::write(&path, up.concat()).unwrap();
    let message = refused(tars.path());
    assert!(message.ends_with("n03/ILSVRC2012_val_00000006.JPEG is there twice"), "{message}");
    fs::write(&path, [member("..", Kind::Regular, b"1"), whole].concat()).unwrap();
    assert!(refused(tars.path()).ends_with("img_val.tar: a file without a name"));
}

#[test]
fn a_training_tar_without_a_class_or_with_an_unknown_one_is_refused() {
    let root = data_set();
    let tars = downloads(root.path());
    let picture = vec![("1.JPEG".to_owned(), vec![1])];
    for (classes, expected) in [
        (vec!["n01", "n03"], "truncated: it has no n02.tar"),
        (vec!["n01", "n02", "n03", "n04"], "the devkit has no class n04"),
    ] {
        let members: Vec<_> =
            classes.iter().map(|class| (format!("{class}.tar"), tar(&picture))).collect();
        fs::write(tars.path().join("ILSVRC2012_img_train.tar"), tar(&members)).unwrap();
        let message = refused(tars.path());
        assert!(message.ends_with(&format!("ILSVRC2012_img_train.tar: {expected}")), "{message}");
    }
}

#[test]
fn a_devkit_that_does_not_fit_is_refused() {
    let root = data_set();
    let tars = downloads(root.path());
    let kit = tars.path().join("ILSVRC2012_devkit_t12.tar.gz");
    for (truth, expected) in [
        ("3\n1\n", "ILSVRC2012_img_val.tar: 6 pictures, but the devkit has labels of 2"),
        ("3\n1\n4\n", ".tar.gz: the ground truth's line 3 names no class: 4"),
        ("x", ".tar.gz: the ground truth's line 1 names no class: x"),
    ] {
        fs::write(&kit, devkit(truth, meta(true))).unwrap();
        let message = refused(tars.path());
        assert!(message.ends_with(expected), "{message}");
    }
    fs::write(&kit, b"nonsense").unwrap();
    assert!(refused(tars.path()).contains("ILSVRC2012_devkit_t12.tar.gz: "));
    fs::remove_file(&kit).unwrap();
    assert!(refused(tars.path()).contains("ILSVRC2012_devkit_t12.tar.gz: No such file"));
}

#[test]
fn a_damaged_meta_mat_is_refused() {
    let root = data_set();
    let tars = downloads(root.path());
    let kit = tars.path().join("ILSVRC2012_devkit_t12.tar.gz");
    let whole = meta(false);
    let cut = (0..whole.len()).step_by(61).map(|length| whole[..length].to_vec());
    for meta in cut.chain([vec![0; 200], vec![255; 200]]) {
        fs::write(&kit, devkit(TRUTH, meta)).unwrap();
        let message = refused(tars.path());
        assert!(message.contains(".tar.gz: data/meta.mat: "), "{message}");
    }
}

#[test]
fn any_byte_of_meta_mat_may_be_damaged() {
    let root = data_set();
    let tars = downloads(root.path());
    let kit: PathBuf = tars.path().join("ILSVRC2012_devkit_t12.tar.gz");
    for at in 0..meta(false).len() {
        let mut damaged = meta(false);
        damaged[at] ^= 0xff;
        fs::write(&kit, devkit(TRUTH, damaged)).unwrap();
        let out = tempfile::tempdir().unwrap();
        let _ =
            data::shards::prepare(&Origin::find(tars.path()), out.path(), super::FOUR, &mut |_| {
                anyhow::bail!("far enough")
            });
    }
}
