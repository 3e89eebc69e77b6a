//! Tiny `ImageNet`, from archives and folders that the tests write.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use data::fetch::tiny_imagenet::{ARCHIVE, Archive, from_mirror};
use data::{Squares, TinyImageNet};
use image::{ImageFormat, RgbImage};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::Mirror;

const CLASSES: [&str; 2] = ["n01", "n02"];

/// A picture of one grey value, as a file.
fn picture(grey: u8, side: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = RgbImage::from_pixel(side, side, image::Rgb([grey; 3]));
    image.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

pub fn write_archive(folder: &Path, members: &[(String, Vec<u8>)]) {
    let mut zip = ZipWriter::new(fs::File::create(folder.join(ARCHIVE.name)).unwrap());
    for (name, bytes) in members {
        let is_text = std::str::from_utf8(bytes).is_ok();
        let method = if is_text { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(format!("tiny-imagenet-200/{name}"), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// Of each class two training pictures and a validation picture; the grey value tells class and picture.
pub fn members() -> Vec<(String, Vec<u8>)> {
    let list = "val_1.JPEG\tn02\t0\t0\t1\t1\nval_0.JPEG\tn01\t0\t0\t1\t1\n";
    let mut members = vec![
        ("val/val_annotations.txt".to_owned(), list.as_bytes().to_vec()),
        ("test/images/test_0.JPEG".to_owned(), picture(9, 8)),
        ("val/images/val_0.JPEG".to_owned(), picture(50, 8)),
        ("val/images/val_1.JPEG".to_owned(), picture(150, 8)),
    ];
    for (class, grey) in CLASSES.into_iter().zip([0, 100]) {
        for (number, more) in [(0, 10), (1, 20)] {
            let name = format!("train/{class}/images/{class}_{number}.JPEG");
            members.push((name, picture(grey + more, 8)));
        }
        members.push((format!("train/{class}/{class}_boxes.txt"), b"no picture".to_vec()));
    }
    members
}

fn write_folders(root: &Path) {
    for (name, bytes) in members() {
        let file = name.rsplit('/').next().unwrap();
        let class = match (name.split('/').nth(1).unwrap(), file) {
            ("images", "val_0.JPEG") => "n01",
            ("images", "val_1.JPEG") => "n02",
            (class, _) => class,
        };
        let split = name.split('/').next().unwrap();
        if !file.contains(".JPEG") || split == "test" {
            continue;
        }
        let folder = root.join(split).join(class);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), bytes).unwrap();
    }
}

/// First grey value and label of each picture.
fn greys(squares: &Squares) -> Vec<(u8, u8)> {
    let pixels = squares.images.pixels.chunks_exact(3 * 8 * 8);
    pixels.map(|picture| picture[0]).zip(squares.images.labels.iter().copied()).collect()
}

#[test]
fn the_archive_is_read_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    write_archive(folder.path(), &members());
    let tiny = TinyImageNet::from_folder(folder.path()).unwrap();
    assert_eq!((tiny.classes.clone(), tiny.train.side), (CLASSES.map(str::to_owned).to_vec(), 8));
    let train: BTreeSet<(u8, u8)> = greys(&tiny.train).into_iter().collect();
    assert_eq!(train, BTreeSet::from([(10, 0), (20, 0), (110, 1), (120, 1)]));
    assert_eq!(greys(&tiny.test), [(50, 0), (150, 1)]);
}

#[test]
fn classes_are_called_as_the_archive_calls_them() {
    let folder = tempfile::tempdir().unwrap();
    let numbered = |text: &str| text.replace("n01", "n00000001").replace("n02", "n00000002");
    let mut members = members();
    for (name, bytes) in &mut members {
        *name = numbered(name);
        if let Ok(text) = std::str::from_utf8(bytes) {
            *bytes = numbered(text).into_bytes();
        }
    }
    let words = b"n00000002\tdog, hound\nn99999999\tnone\n".to_vec();
    members.push(("words.txt".to_owned(), words));
    write_archive(folder.path(), &members);
    let tiny = TinyImageNet::from_folder(folder.path()).unwrap();
    assert_eq!(tiny.classes, ["n00000001", "dog (n00000002)"]);
}

#[test]
fn folders_hold_the_same() {
    let (zipped, plain) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_archive(zipped.path(), &members());
    write_folders(plain.path());
    let [zipped, plain] =
        [zipped, plain].map(|folder| TinyImageNet::from_folder(folder.path()).unwrap());
    assert_eq!((&zipped.train, &zipped.test), (&plain.train, &plain.test));
    assert_eq!(zipped.sha256(), plain.sha256());
    assert!(zipped.sha256().keys().any(|name| name == "training pictures, 8x8 pixels"));
}

/// The line that reading a changed archive ends with.
fn refused(change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut members = members();
    change(&mut members);
    write_archive(folder.path(), &members);
    format!("{:#}", TinyImageNet::from_folder(folder.path()).unwrap_err())
}

#[test]
fn what_is_damaged_is_named() {
    let cut = refused(|members| members[2].1.truncate(60));
    assert!(cut.contains("val/images/val_0.JPEG: "), "{cut}");
    let larger = refused(|members| members[2].1 = picture(50, 16));
    assert!(
        larger.contains("16x16 pixels, and not 8x8")
            || larger.contains("8x8 pixels, and not 16x16"),
        "{larger}"
    );
    let unlisted = refused(|members| members[2].0 = "val/images/val_7.JPEG".to_owned());
    assert!(unlisted.contains("no class of tiny-imagenet-200/val/images/val_7.JPEG"), "{unlisted}");
    let listless = refused(|members| drop(members.remove(0)));
    assert!(listless.contains(ARCHIVE.name), "{listless}");
    let huge = refused(|members| members[2].1 = vec![0; 2 << 20]);
    assert!(huge.contains("val/images/val_0.JPEG: "), "{huge}");
    let classless = refused(|members| members.retain(|(name, _)| !name.starts_with("train/n02")));
    assert!(classless.contains("other classes"), "{classless}");
}

#[test]
fn an_empty_folder_says_what_belongs_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let message = format!("{:#}", TinyImageNet::from_folder(folder.path()).unwrap_err());
    assert!(message.contains(ARCHIVE.name) && message.contains("train"), "{message}");
    fs::write(folder.path().join(ARCHIVE.name), b"not an archive").unwrap();
    let message = format!("{:#}", TinyImageNet::from_folder(folder.path()).unwrap_err());
    assert!(message.contains(ARCHIVE.name), "{message}");
}

#[test]
fn a_download_that_is_another_file_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mirror = Mirror::serving(vec![("tiny", b"something else".to_vec())]);
    let url = format!("{}/tiny.gz", mirror.url);
    let expected = Archive { bytes: 14, ..ARCHIVE };
    let message = from_mirror(&url, folder.path(), expected).unwrap_err().to_string();
    assert!(message.contains("found 14 with 6c7ba9c5a141421e1c03cb9807c97c74"), "{message}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let its = Archive { md5: "6c7ba9c5a141421e1c03cb9807c97c74", ..expected };
    from_mirror(&url, folder.path(), its).unwrap();
    assert_eq!(fs::read(folder.path().join(ARCHIVE.name)).unwrap(), b"something else");
}
