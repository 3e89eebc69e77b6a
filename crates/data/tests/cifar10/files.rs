//! Folders: what of them is refused, and that a user's own is left alone.

use std::fs;
use std::path::Path;

use data::Cifar10;
use data::cifar10::ORIGINALS;

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = Cifar10::from_folder(folder.path()).unwrap_err().to_string();
    assert!(error.contains("data_batch_1.bin: No such file"), "{error}");
}

#[test]
fn damaged_truncated_and_foreign_files_are_named_with_what_was_expected_and_found() {
    let folder = tempfile::tempdir().unwrap();
    for content in [vec![], b"not CIFAR-10".to_vec(), vec![0; 30_729_999], vec![0; 30_730_000]] {
        fs::write(folder.path().join("data_batch_1.bin"), &content).unwrap();
        let message = Cifar10::from_folder(folder.path()).unwrap_err().to_string();
        assert!(message.contains("data_batch_1.bin is not the original"), "{message}");
        assert!(message.contains("expected 30730000 bytes with SHA-256 cee91656"), "{message}");
        let found = format!("found {} bytes with SHA-256", content.len());
        assert!(message.contains(&found), "{message}");
    }
}

#[test]
fn a_file_that_is_too_long_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("data_batch_1.bin")).unwrap();
    file.set_len(1 << 40).unwrap(); // sparse
    let message = Cifar10::from_folder(folder.path()).unwrap_err().to_string();
    assert!(message.contains("found more than 30730000 bytes"), "{message}");
}

#[test]
fn a_users_own_folder_is_never_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("data_batch_1.bin");
    fs::write(&damaged, b"damaged").unwrap();
    assert!(Cifar10::load(Some(folder.path()), Path::new("/nowhere")).is_err());
    assert_eq!(fs::read(&damaged).unwrap(), b"damaged");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_manifest_names_the_six_official_files() {
    let sums = Cifar10::sha256();
    assert_eq!(sums.len(), 6);
    assert!(
        ORIGINALS.iter().all(|file| sums[file.name] == file.sha256 && file.bytes == 30_730_000)
    );
    assert!(sums["test_batch.bin"].starts_with("8e2eb146ae340b09"));
}
