//! Every reader of foreign bytes, on any bytes and on files that were whole before they were damaged: none panics.
//!
//! Few cases by default. `make fuzz` gives each a million, in no more than 1.5 GB of memory.

use std::fs;

use data::cifar10::{binary, sprites};
use data::fetch::tarball;
use data::fetch::tiny_imagenet::ARCHIVE;
use data::idx::Idx;
use data::shards::{Origin, prepare};
use data::{Cifar10, Images, Photographs, Picture, Split, TinyImageNet, pickle};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::photographs::data_set;
use crate::pictures::{files, jpeg, png, quadrants};
use crate::shards::{FOUR, ilsvrc, meta, prepared};
use crate::tiny_imagenet;

/// So many cases, or as many as the environment says: for readers that take more than a moment.
fn cases(few: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let is_said = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if is_said { config.cases } else { few }, ..config }
}

/// Some bytes are others, and some at the end may be missing.
fn damaged(whole: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<Index>(), any::<u8>()), 0..8);
    (Just(whole), changes, prop::option::weighted(0.3, any::<Index>())).prop_map(
        |(mut bytes, changes, cut)| {
            for (at, byte) in changes {
                *at.get_mut(&mut bytes) = byte;
            }
            bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
            bytes
        },
    )
}

/// Bytes after one of these beginnings, which lead into a reader.
fn after(beginnings: &'static [&'static [u8]], most: usize) -> impl Strategy<Value = Vec<u8>> {
    let rest = vec(any::<u8>(), 0..most);
    (prop::sample::select(beginnings), rest).prop_map(|(start, rest)| [start, &rest].concat())
}

/// Some bytes again and again: long files at little cost.
fn pattern(most: usize) -> impl Strategy<Value = Vec<u8>> {
    (vec(any::<u8>(), 1..64), 0..most)
        .prop_map(|(bytes, length)| bytes.into_iter().cycle().take(length).collect())
}

fn is_a_picture(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(Picture { width, height, rgb }) = Picture::decode(bytes) {
        prop_assert_eq!(rgb.len(), 3 * width as usize * height as usize);
    }
    Ok(())
}

/// One class, one picture: a tar of a tar.
fn tar_of_tar() -> Vec<u8> {
    let picture = ilsvrc::tar(&[("n01_1.JPEG".to_owned(), b"picture".to_vec())]);
    ilsvrc::tar(&[("n01.tar".to_owned(), picture)])
}

proptest! {
    #[test]
    fn idx_of_any_header(dimensions: u8, rest in pattern(1100)) {
        let bytes: Vec<u8> = [0, 0, 8, dimensions].into_iter().chain(rest).collect();
        if let Ok(idx) = Idx::parse(&bytes) {
            prop_assert_eq!(idx.shape.iter().product::<usize>(), idx.elements.len());
            prop_assert_eq!(idx.shape.len(), usize::from(dimensions));
        }
    }

    #[test]
    fn idx(bytes in prop_oneof![
        vec(any::<u8>(), 0..64),
        damaged(crate::idx(&[3, 4, 5], &[7; 60])),
    ]) {
        let _ = Idx::parse(&bytes);
    }

    #[test]
    fn pickle(bytes in prop_oneof![
        vec(any::<u8>(), 0..512),
        after(&[b"\x80\x02", b"\x80\x02(", b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n"], 256),
        damaged(crate::small_pickle()),
    ]) {
        let _ = pickle::idx_files(&bytes);
    }

    #[test]
    fn cifar10_binary(bytes in prop_oneof![
        pattern(7000),
        damaged(crate::cifar10::records(&[1, 9], 0)),
    ]) {
        let mut images = Images::default();
        let is_read = binary::append(&bytes, &mut images).is_ok();
        prop_assert_eq!(images.pixels.len(), images.labels.len() * Cifar10::BYTES);
        prop_assert!(is_read || images.labels.is_empty());
    }

    #[test]
    fn cifar10_sprites(bytes in prop_oneof![
        pattern(7000),
        damaged(crate::cifar10::sprites(0, 1)),
    ]) {
        if let Ok(file) = sprites::records(&bytes, &[3]) {
            prop_assert_eq!(file.len(), data::cifar10::RECORD);
        }
    }

    #[test]
    fn labels(json in "[\\[\\]{}0-9,.e\\- \"]{0,40}") {
        if let Ok(labels) = sprites::labels(json.as_bytes()) {
            prop_assert!(labels.iter().all(|&label| label < 10));
        }
    }

    #[test]
    fn tarball_in_memory(bytes in prop_oneof![
        vec(any::<u8>(), 0..512),
        damaged(crate::gzipped(&tar_of_tar())),
        damaged(tar_of_tar()).prop_map(|tar| crate::gzipped(&tar)),
    ]) {
        let _ = tarball::members(&bytes[..], &["n01.tar".to_owned()], |_, _| Ok(()));
    }

    #[test]
    fn picture(bytes in after(&[b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"], 512)) {
        is_a_picture(&bytes)?;
    }

    #[test]
    fn jpeg_and_png(bytes in prop_oneof![
        damaged(jpeg(quadrants(40, 24))),
        damaged(files::progressive(2)),
        damaged(png(quadrants(40, 24))),
    ]) {
        is_a_picture(&bytes)?;
    }
}

/// Whatever a preparation makes of these downloads; it is stopped before it writes anything.
fn list(tars: &std::path::Path) {
    let out = tars.join("out");
    let _ = prepare(&Origin::find(tars), &out, FOUR, &mut |_| anyhow::bail!("far enough"));
    let _ = fs::remove_dir_all(out);
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn matlab(meta in prop_oneof![
        after(&[b"", &[b' '; 126], &meta::BEGINNING], 512),
        damaged(meta::meta(true)),
        damaged(meta::meta(false)),
    ]) {
        let tars = ilsvrc::downloads_with(&ilsvrc::devkit("1\n", meta), &[], &[]);
        list(tars.path());
    }

    #[test]
    fn tar_index(train in prop_oneof![after(&[b""], 1024), damaged(tar_of_tar())]) {
        let devkit = ilsvrc::devkit("1\n", meta::meta(false));
        let tars = ilsvrc::downloads_with(&devkit, &train, &train);
        list(tars.path());
    }
}

#[test]
fn shard_index() {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    prepared(&Origin::find(root.path()), out.path());
    let path = out.path().join("index.json");
    let whole = fs::read(&path).unwrap();
    proptest!(cases(64), |(text in damaged(whole))| {
        fs::write(&path, &text).unwrap();
        if let Ok(photographs) = Photographs::open(out.path(), Split::Training) {
            for example in 0..photographs.len() {
                let _ = (photographs.picture(example), photographs.name(example));
            }
        }
    });
}

/// What is read of a folder with this archive has as many pictures as labels.
fn is_whole_or_refused(folder: &std::path::Path) -> Result<(), TestCaseError> {
    if let Ok(TinyImageNet { train, test, classes }) = TinyImageNet::from_folder(folder) {
        for set in [train, test] {
            let picture = 3 * (set.side as usize).pow(2);
            prop_assert_eq!(set.images.pixels.len(), set.images.labels.len() * picture);
            prop_assert!(set.images.labels.iter().all(|&label| usize::from(label) < classes.len()));
        }
    }
    Ok(())
}

#[test]
fn tiny_imagenet_archive() {
    let folder = tempfile::tempdir().unwrap();
    tiny_imagenet::write_archive(folder.path(), &tiny_imagenet::members());
    let path = folder.path().join(ARCHIVE.name);
    let whole = fs::read(&path).unwrap();
    proptest!(cases(64), |(bytes in damaged(whole))| {
        fs::write(&path, &bytes).unwrap();
        is_whole_or_refused(folder.path())?;
    });
}

/// The archive's own sums are right here, and what is in it is damaged.
#[test]
fn tiny_imagenet_members() {
    let folder = tempfile::tempdir().unwrap();
    let members = tiny_imagenet::members();
    let of = |at: usize| damaged(members[at].1.clone()).prop_map(move |bytes| (at, bytes));
    proptest!(cases(64), |((at, bytes) in (0..members.len()).prop_flat_map(of))| {
        let mut members = members.clone();
        members[at].1 = bytes;
        tiny_imagenet::write_archive(folder.path(), &members);
        is_whole_or_refused(folder.path())?;
    });
}
