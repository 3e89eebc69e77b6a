//! Reading shards.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail, ensure};

use super::index::{FILE, Index, Shard};
use super::summing::Summing;
use crate::photographs::folder::{Split, at};
use crate::plain;

/// The shards of one split. Files are opened for each example, because a thousand shards are more than a
/// process may hold open, and opening takes microseconds.
pub(crate) struct Shelf {
    root: PathBuf,
    shards: Vec<Shard>,
    /// The number of each shard's first example.
    starts: Vec<usize>,
}

impl Shelf {
    /// Names of the classes, and the shards; checks the index and the files' lengths.
    pub(crate) fn open(root: &Path, split: Split) -> Result<(Vec<String>, Self)> {
        let root = root.to_owned();
        if !root.join(FILE).exists() {
            bail!(
                "{}: its preparation is not finished; start it again, it goes on",
                root.display()
            );
        }
        let mut index = Index::read(&root)?;
        let classes = std::mem::take(&mut index.classes);
        let shards = index.shards(split);
        shards.iter().try_for_each(|shard| check_length(&root, shard))?;
        let mut examples = 0;
        let starts = shards.iter().map(|shard| {
            examples += shard.len();
            examples - shard.len()
        });
        let starts = starts.collect();
        Ok((classes, Self { root, shards, starts }))
    }

    pub(crate) fn len(&self) -> usize {
        self.lengths().iter().sum()
    }

    /// Examples in each shard.
    pub(crate) fn lengths(&self) -> Vec<usize> {
        self.shards.iter().map(Shard::len).collect()
    }

    pub(crate) fn label(&self, example: usize) -> usize {
        let (shard, place) = self.find(example);
        shard.labels[place] as usize
    }

    pub(crate) fn name(&self, example: usize) -> String {
        let (shard, place) = self.find(example);
        let path = self.root.join(&shard.file);
        format!("{}: {example:06} ({})", path.display(), shard.names[place])
    }

    /// The name that an example had before it was put here.
    pub(crate) fn member(&self, example: usize) -> &str {
        let (shard, place) = self.find(example);
        &shard.names[place]
    }

    pub(crate) fn bytes(&self, example: usize) -> Result<Vec<u8>> {
        let (shard, place) = self.find(example);
        let read = |bytes: &mut [u8]| {
            File::open(self.root.join(&shard.file))?.read_exact_at(bytes, shard.offsets[place])
        };
        let mut bytes = vec![0; shard.lengths[place] as usize];
        read(&mut bytes).map_err(|error| anyhow!("{}: {error}", self.name(example)))?;
        Ok(bytes)
    }

    /// The shard and the place in it.
    fn find(&self, example: usize) -> (&Shard, usize) {
        let shard = self.starts.partition_point(|&start| start <= example) - 1;
        (&self.shards[shard], example - self.starts[shard])
    }
}

fn check_length(root: &Path, shard: &Shard) -> Result<()> {
    let path = root.join(&shard.file);
    let found = plain::length(&path).map_err(|error| at(&path, &error))?;
    let (path, expected) = (path.display(), shard.bytes);
    ensure!(found == expected, "{path}: damaged: expected {expected} bytes, found {found}");
    Ok(())
}

/// Reads all shards of a finished preparation and compares their SHA-256 with the index, which takes as
/// long as reading the disk does; `progress` is told how many bytes have been read, and of how many.
///
/// # Errors
/// If the folder holds no finished preparation or a shard is missing or damaged, one line that names it.
pub fn verify(root: impl AsRef<Path>, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
    let root = root.as_ref();
    let Index { train, val, .. } = Index::read(root)?;
    let shards: Vec<&Shard> = train.iter().chain(&val).collect();
    let total = shards.iter().map(|shard| shard.bytes).sum();
    let mut read = 0;
    for shard in shards {
        check_length(root, shard)?;
        let path = root.join(&shard.file);
        let found = sha256(&path).map_err(|error| at(&path, &error))?;
        let (path, expected) = (path.display(), &shard.sha256);
        ensure!(found == *expected, "{path}: damaged: expected SHA-256 {expected}, found {found}");
        read += shard.bytes;
        progress(read, total);
    }
    Ok(())
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut summing = Summing::new(io::sink());
    io::copy(&mut File::open(path)?, &mut summing)?;
    Ok(summing.finish().1)
}
