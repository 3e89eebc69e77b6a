//! Folders of photographs: what is found, and what is refused.

use std::fs;
use std::path::Path;

use data::{Photographs, Split};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, Rgb, RgbImage};
use tempfile::TempDir;

/// A small JPEG, different for each `number`.
pub fn jpeg(number: usize) -> Vec<u8> {
    let colour = |x, y| Rgb([(x * 9) as u8, (y * 9) as u8, (number * 37 % 256) as u8]);
    let image = RgbImage::from_fn(24 + number as u32 % 5, 20, colour);
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder.write_image(&image, image.width(), 20, image::ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// The classes of [`data_set`].
pub const CLASSES: [&str; 3] = ["n01", "n02", "n03"];

/// Three classes: 5, 6, 7 examples for training and 2 each for validation, named as `ImageNet`'s are.
pub fn data_set() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let mut number = 0;
    for (label, class) in CLASSES.iter().enumerate() {
        for example in 0..5 + label {
            let name = format!("train/{class}/{class}_{example}.JPEG");
            write(root.path(), &name, &jpeg(number));
            number += 1;
        }
        for example in 0..2 {
            let name = format!("val/{class}/ILSVRC2012_val_{:08}.JPEG", 1 + 3 * example + label);
            write(root.path(), &name, &jpeg(number));
            number += 1;
        }
    }
    root
}

pub fn write(root: &Path, name: &str, bytes: &[u8]) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The message, which must be one line.
#[track_caller]
pub fn refused(root: &Path, split: Split) -> String {
    let message = Photographs::open(root, split).err().expect("opened").to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

#[test]
fn examples_are_sorted_by_class_and_name_whatever_their_spelling() {
    let root = tempfile::tempdir().unwrap();
    for name in ["b/2.png", "b/10.jpeg", "a/x.JPEG", "a/A.JPG", "a/notes.txt", "a/.hidden.jpg"] {
        write(root.path(), &format!("train/{name}"), name.as_bytes());
    }
    write(root.path(), "train/README", b"passed over");
    write(root.path(), "val/a/1.jpg", b"");
    write(root.path(), "val/b/1.jpg", b"");
    let found = Photographs::open(root.path(), Split::Training).unwrap();
    assert_eq!(found.classes(), ["a", "b"]);
    let contents: Vec<_> = (0..found.len()).map(|i| found.bytes(i).unwrap()).collect();
    assert_eq!(contents, [&b"a/A.JPG"[..], b"a/x.JPEG", b"b/10.jpeg", b"b/2.png"]);
    assert_eq!((0..4).map(|i| found.label(i)).collect::<Vec<_>>(), [0, 0, 1, 1]);
    assert!(found.name(3).ends_with("train/b/2.png"), "{}", found.name(3));
}

#[test]
fn both_splits_are_found() {
    let root = data_set();
    let [training, validation] =
        Split::ALL.map(|split| Photographs::open(root.path(), split).unwrap());
    assert_eq!((training.len(), validation.len()), (18, 6));
    assert_eq!(training.classes(), CLASSES);
    assert_eq!(validation.picture(5).unwrap().height, 20);
}

#[test]
fn what_is_missing_is_named() {
    let root = tempfile::tempdir().unwrap();
    let message = refused(root.path(), Split::Training);
    assert!(message.ends_with("/train: No such file or directory (os error 2)"), "{message}");
    fs::create_dir_all(root.path().join("train")).unwrap();
    let message = refused(root.path(), Split::Training);
    assert!(message.ends_with("/train: no folders of classes in it"), "{message}");
    write(root.path(), "train/a/1.txt", b"");
    let message = refused(root.path(), Split::Training);
    assert!(message.ends_with("/val: No such file or directory (os error 2)"), "{message}");
    write(root.path(), "val/a/1.jpg", b"");
    let message = refused(root.path(), Split::Training);
    assert!(message.ends_with("/train/a: no .JPEG, .jpg, .jpeg or .png in it"), "{message}");
}

#[test]
fn splits_with_different_classes_are_refused() {
    for (extra, message) in [
        ("train/n09/1.jpg", "/train: class n09 is not in "),
        ("val/n00/1.jpg", "/val: class n00 is not in "),
    ] {
        let root = data_set();
        write(root.path(), extra, b"");
        for split in Split::ALL {
            let found = refused(root.path(), split);
            assert!(found.contains(message), "{found}");
        }
    }
}

#[test]
fn a_damaged_or_vanished_file_is_named() {
    let root = data_set();
    let found = Photographs::open(root.path(), Split::Training).unwrap();
    let path = root.path().join("train/n01/n01_1.JPEG");
    fs::write(&path, &jpeg(1)[..200]).unwrap();
    let message = found.picture(1).unwrap_err().to_string();
    assert!(message.starts_with(&format!("{}: truncated JPEG", path.display())), "{message}");
    fs::remove_file(&path).unwrap();
    let message = found.picture(1).unwrap_err().to_string();
    assert!(message.starts_with(&format!("{}: No such file", path.display())), "{message}");
}
