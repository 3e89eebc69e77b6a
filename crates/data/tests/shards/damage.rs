//! Damaged indices and shards.

use std::fs;
use std::path::Path;

use data::shards::{Origin, verify};
use data::{Photographs, Split};
use tempfile::TempDir;

use super::prepared;
use crate::photographs::{data_set, refused};

fn shards() -> TempDir {
    let (root, out) = (data_set(), tempfile::tempdir().unwrap());
    prepared(&Origin::find(root.path()), out.path());
    out
}

fn index(root: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(root.join("index.json")).unwrap()).unwrap()
}

#[test]
fn a_damaged_index_is_named_with_what_is_wrong() {
    let out = shards();
    let path = out.path().join("index.json");
    let text = fs::read(&path).unwrap();
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    let message = refused(out.path(), Split::Training);
    assert!(message.contains("index.json: damaged: EOF while parsing"), "{message}");
    for (pointer, value, expected) in [
        ("/plan/version", 2.into(), "version 2 of the layout, and only version 1 is known"),
        ("/train_images", 19.into(), "19 examples of train, but 18 in its shards"),
        (
            "/train/1/offsets/2",
            (1_u64 << 40).into(),
            "train-000001.tar: example 2 ends beyond byte ",
        ),
        ("/train/1/lengths/2", 1_000_000.into(), "train-000001.tar: example 2 ends beyond byte "),
        (
            "/train/1/lengths/2",
            u64::MAX.into(),
            "train-000001.tar: example 2 has 18446744073709551615 bytes",
        ),
        ("/train/1/file", "train-000000.tar".into(), "a shard of train is there twice"),
        ("/val/0/labels/3", 3.into(), "val-000000.tar: example 3 has label 3 of 3 classes"),
        ("/val/0/labels", [0].into(), "val-000000.tar: 4 offsets, but [4, 1, 4] others"),
        ("/val/0/file", "../passwd".into(), "../passwd: not the name of a file beside the index"),
        ("/classes/0", "n09".into(), "the classes are not sorted"),
    ] as [(&str, serde_json::Value, &str); 10]
    {
        let mut index: serde_json::Value = serde_json::from_slice(&text).unwrap();
        *index.pointer_mut(pointer).unwrap() = value;
        fs::write(&path, index.to_string()).unwrap();
        let message = refused(out.path(), Split::Training);
        assert!(message.contains(&format!("index.json: damaged: {expected}")), "{message}");
    }
}

#[test]
fn a_shard_that_is_short_long_or_missing_is_named() {
    let out = shards();
    let path = out.path().join("train-000002.tar");
    let bytes = fs::read(&path).unwrap();
    let length = bytes.len();
    for damaged in [&bytes[..length - 1], &[&bytes[..], &[0]].concat()] {
        fs::write(&path, damaged).unwrap();
        let message = refused(out.path(), Split::Training);
        let found = damaged.len();
        assert!(message.ends_with(&format!(
            "/train-000002.tar: damaged: expected {length} bytes, found {found}"
        )));
        Photographs::open(out.path(), Split::Validation).unwrap();
    }
    fs::remove_file(&path).unwrap();
    let message = refused(out.path(), Split::Training);
    assert!(message.contains("/train-000002.tar: No such file"), "{message}");
}

#[test]
fn verification_finds_a_single_bit() {
    let out = shards();
    let path = out.path().join("val-000001.tar");
    let mut bytes = fs::read(&path).unwrap();
    bytes[700] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let message = verify(out.path(), &mut |_, _| ()).unwrap_err().to_string();
    let sha256 = &index(out.path())["val"][1]["sha256"];
    let expected =
        format!("val-000001.tar: damaged: expected SHA-256 {}", sha256.as_str().unwrap());
    assert!(message.contains(&expected), "{message}");
}

#[test]
fn a_shard_that_vanishes_later_is_named() {
    let out = shards();
    let photographs = Photographs::open(out.path(), Split::Training).unwrap();
    fs::remove_file(out.path().join("train-000000.tar")).unwrap();
    let message = photographs.bytes(2).unwrap_err().to_string();
    assert!(message.contains("/train-000000.tar: 000002 (n0"), "{message}");
    assert!(message.contains("No such file"), "{message}");
}
