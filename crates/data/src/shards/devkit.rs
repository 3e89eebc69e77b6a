//! ILSVRC 2012's development kit: which class a validation picture has.
//!
//! The ground truth is a list of class numbers, and `meta.mat` says which wnid each number is. That order
//! is not the sorted one.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use flate2::read::MultiGzDecoder;
use tar::Archive;

use super::matlab;
use crate::plain;

/// More than any file of the kit has; so a bomb is not unpacked.
const MOST_BYTES: u64 = 1 << 26;

/// What the kit says.
pub(super) struct Devkit {
    /// From number to wnid: the classes that have no narrower ones below them.
    wnids: BTreeMap<u32, String>,
    /// The number of each validation picture's class.
    pub truth: Vec<u32>,
}

impl Devkit {
    pub(super) fn open(path: &Path) -> Result<Self> {
        Self::read(path).map_err(|error| anyhow!("{}: {error}", path.display()))
    }

    fn read(path: &Path) -> Result<Self> {
        let (mut meta, mut truth) = (None, None);
        let mut archive = Archive::new(MultiGzDecoder::new(plain::open(path)?));
        for entry in archive.entries()? {
            let mut entry = entry?;
            let name = entry.path()?.into_owned();
            if name.ends_with("data/meta.mat") {
                meta = Some(contents(&mut entry)?);
            } else if name.ends_with("data/ILSVRC2012_validation_ground_truth.txt") {
                truth = Some(String::from_utf8(contents(&mut entry)?)?);
            }
        }
        let missing = |name| move || anyhow!("it has no data/{name}");
        let meta = meta.ok_or_else(missing("meta.mat"))?;
        let truth = truth.ok_or_else(missing("ILSVRC2012_validation_ground_truth.txt"))?;
        let wnids = wnids(&meta).map_err(|error| anyhow!("data/meta.mat: {error}"))?;
        Ok(Self { truth: numbers(&truth, &wnids)?, wnids })
    }

    /// The wnids, sorted.
    pub(super) fn classes(&self) -> Vec<String> {
        let mut classes: Vec<_> = self.wnids.values().cloned().collect();
        classes.sort_unstable();
        classes
    }

    /// The wnid of `ILSVRC2012_val_00000123.JPEG`.
    pub(super) fn class_of(&self, picture: &str) -> Result<&str> {
        let stem = picture.split('.').next().unwrap_or_default();
        let number = stem.rsplit('_').next().and_then(|digits| digits.parse::<usize>().ok());
        let truth = number.and_then(|number| self.truth.get(number.checked_sub(1)?));
        let truth = truth.ok_or_else(|| anyhow!("{picture}: the devkit has no label of it"))?;
        Ok(&self.wnids[truth])
    }
}

fn contents(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn wnids(meta: &[u8]) -> Result<BTreeMap<u32, String>> {
    let synsets = matlab::structs(meta, "synsets")?;
    let mut wnids = BTreeMap::new();
    for synset in &synsets {
        if synset.number("num_children")? == 0.0 {
            let number = synset.number("ILSVRC2012_ID")? as u32;
            let twice = wnids.insert(number, synset.text("WNID")?).is_some();
            ensure!(!twice, "two classes have the number {number}");
        }
    }
    ensure!(!wnids.is_empty(), "no classes in it");
    Ok(wnids)
}

fn numbers(truth: &str, wnids: &BTreeMap<u32, String>) -> Result<Vec<u32>> {
    let known = |(line, word): (usize, &str)| {
        let number = word.parse().ok().filter(|number| wnids.contains_key(number));
        let line = line + 1;
        number.ok_or_else(|| anyhow!("the ground truth's line {line} names no class: {word:.20}"))
    };
    truth.split_whitespace().enumerate().map(known).collect()
}
