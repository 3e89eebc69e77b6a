//! What `index.json` says.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use serde::{Deserialize, Serialize};

use crate::photographs::folder::{Split, at};
use crate::plain;

/// Its name.
pub(super) const FILE: &str = "index.json";

/// What shards are made of: equal plans give equal shards.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// The layout's version, 1.
    pub version: u32,
    pub seed: u64,
    pub images_per_shard: usize,
    /// SHA-256 of all names, labels and lengths.
    pub source: String,
}

/// A whole data set.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    pub plan: Plan,
    pub classes: Vec<String>,
    pub train_images: usize,
    pub val_images: usize,
    pub train: Vec<Shard>,
    pub val: Vec<Shard>,
}

/// One shard; the lists have an entry per example.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shard {
    pub file: String,
    pub bytes: u64,
    pub sha256: String,
    /// Where each picture begins in the shard, and its length, in bytes.
    pub offsets: Vec<u64>,
    pub lengths: Vec<u64>,
    pub labels: Vec<u32>,
    /// CLASS/FILE.
    pub names: Vec<Box<str>>,
}

impl Index {
    /// Reads the index in a folder and checks that it agrees with itself.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path = root.join(FILE);
        let text = plain::read(&path).map_err(|error| at(&path, &error))?;
        let index: Self = serde_json::from_slice(&text)
            .map_err(|error| anyhow!("{}: damaged: {error}", path.display()))?;
        index.check().map_err(|error| anyhow!("{}: damaged: {error}", path.display()))?;
        Ok(index)
    }

    pub(super) fn shards(self, split: Split) -> Vec<Shard> {
        match split {
            Split::Training => self.train,
            Split::Validation => self.val,
        }
    }

    fn check(&self) -> Result<()> {
        let version = self.plan.version;
        ensure!(version == 1, "version {version} of the layout, and only version 1 is known");
        ensure!(self.classes.is_sorted(), "the classes are not sorted");
        for (split, shards, expected) in [
            (Split::Training, &self.train, self.train_images),
            (Split::Validation, &self.val, self.val_images),
        ] {
            let found: usize = shards.iter().map(|shard| shard.offsets.len()).sum();
            let counts = found == expected && found > 0;
            ensure!(counts, "{expected} examples of {split}, but {found} in its shards");
            let names: BTreeSet<&str> = shards.iter().map(|shard| shard.file.as_str()).collect();
            ensure!(names.len() == shards.len(), "a shard of {split} is there twice");
            for shard in shards {
                let name = &shard.file;
                shard.check(self.classes.len()).map_err(|error| anyhow!("{name}: {error}"))?;
            }
        }
        Ok(())
    }
}

impl Shard {
    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    fn check(&self, classes: usize) -> Result<()> {
        let plain = Path::new(&self.file).file_name().is_some_and(|name| *name == *self.file);
        ensure!(plain, "not the name of a file beside the index");
        let lengths = [self.lengths.len(), self.labels.len(), self.names.len()];
        ensure!(lengths == [self.len(); 3], "{} offsets, but {lengths:?} others", self.len());
        for (example, (&offset, &length)) in self.offsets.iter().zip(&self.lengths).enumerate() {
            let ends = offset.checked_add(length).is_some_and(|end| end <= self.bytes);
            ensure!(length <= plain::MOST_BYTES, "example {example} has {length} bytes");
            ensure!(ends, "example {example} ends beyond byte {}", self.bytes);
            let label = self.labels[example];
            let known = (label as usize) < classes;
            ensure!(known, "example {example} has label {label} of {classes} classes");
        }
        Ok(())
    }
}
