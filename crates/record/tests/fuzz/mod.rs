//! Manifests, rows and networks' cards of others; `make fuzz` gives each a million.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use record::card::{Card, Names};
use record::manifest::Manifest;
use record::point::PointRow;
use record::run::Run;
use record::table;

use crate::card::{card, export};
use crate::run::{finish, plan};

/// Some bytes are others, and some at the end may be missing.
fn damaged(whole: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<Index>(), any::<u8>()), 0..8);
    (changes, prop::option::weighted(0.3, any::<Index>())).prop_map(move |(changes, cut)| {
        let mut bytes = whole.clone();
        for (at, byte) in changes {
            *at.get_mut(&mut bytes) = byte;
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        bytes
    })
}

/// Reads the file, which was whole, with any bytes in it and with its own ones damaged.
fn reads(path: &Path, whole: &[u8], read: impl Fn()) {
    let bytes = prop_oneof![vec(any::<u8>(), 0..256), damaged(whole.to_vec())];
    proptest!(|(bytes in bytes)| {
        fs::write(path, &bytes).unwrap();
        read();
    });
}

#[test]
fn manifest() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("fig-test");
    finish(Run::open(plan(&out, 10)).unwrap(), "rows");
    let path = out.join("manifest.json");
    reads(&path, &fs::read(&path).unwrap(), || {
        if let Ok(manifest) = Manifest::read(&out) {
            let _ = (manifest.provenance(), manifest.check_outputs(&out));
        }
    });
}

#[test]
fn network_card() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("network.safetensors");
    card(Some(export(Names::Own))).write_beside(&weights).unwrap();
    let path = weights.with_extension("json");
    reads(&path, &fs::read(&path).unwrap(), || {
        if let Ok(card) = Card::beside(&weights) {
            let _ = (card.words(), card.markdown("network"), card.accuracy());
        }
    });
}

#[test]
fn rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    let whole =
        b"scale,series,seed,metric,x,value\nsmoke,with,0,accuracy,1,0.5\nsmoke,\"a,b\",1,m,2,\n";
    reads(&path, whole, || {
        let _ = table::read::<PointRow>(&path);
    });
}
