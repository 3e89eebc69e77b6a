//! Where the photographs of shards come from.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use sha2::{Digest, Sha256};

use crate::photographs::folder::{self, Folder, Split, at};
use crate::plain;

/// A data set that has not been prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `train/CLASS/*.JPEG` and `val/CLASS/*.JPEG` in this folder.
    Folder(PathBuf),
    /// The files of ILSVRC 2012 as they are downloaded. They are not unpacked: the tars are read where
    /// they lie.
    Ilsvrc {
        /// `ILSVRC2012_img_train.tar`, a tar of one tar per class.
        train: PathBuf,
        /// `ILSVRC2012_img_val.tar`.
        val: PathBuf,
        /// `ILSVRC2012_devkit_t12.tar.gz`, which knows the classes of the validation pictures.
        devkit: PathBuf,
    },
}

impl Origin {
    /// The tars if this folder has ILSVRC 2012's training tar, else the folder itself.
    pub fn find(folder: impl AsRef<Path>) -> Self {
        let folder = folder.as_ref();
        let train = folder.join("ILSVRC2012_img_train.tar");
        if !train.exists() {
            return Self::Folder(folder.to_owned());
        }
        let val = folder.join("ILSVRC2012_img_val.tar");
        Self::Ilsvrc { train, val, devkit: folder.join("ILSVRC2012_devkit_t12.tar.gz") }
    }
}

/// A data set's photographs, sorted by class and name.
pub(super) struct Listing {
    pub classes: Vec<String>,
    pub train: Part,
    pub val: Part,
}

/// One split.
pub(super) struct Part {
    /// The folder of the classes' folders, or the tar.
    pub path: PathBuf,
    pub items: Vec<Item>,
}

/// One photograph.
pub(super) struct Item {
    /// CLASS/FILE.
    pub name: Box<str>,
    pub label: u32,
    pub bytes: u64,
    /// Where it begins in the tar.
    pub offset: Option<u64>,
}

impl Listing {
    pub(super) fn part(&self, split: Split) -> &Part {
        match split {
            Split::Training => &self.train,
            Split::Validation => &self.val,
        }
    }

    /// SHA-256 of all names, labels and lengths.
    pub(super) fn sum(&self) -> String {
        let mut sum = Sha256::new();
        for part in [&self.train, &self.val] {
            sum.update(part.items.len().to_le_bytes());
            for item in &part.items {
                sum.update(format!("{}\0{}\0{}\n", item.name, item.label, item.bytes));
            }
        }
        hex::encode(sum.finalize())
    }
}

impl Part {
    /// The bytes of a photograph.
    pub(super) fn read(&self, item: &Item) -> Result<Vec<u8>> {
        let Some(offset) = item.offset else {
            let path = self.path.join(&*item.name);
            let bytes = plain::read(&path).map_err(|error| at(&path, &error))?;
            let same = bytes.len() as u64 == item.bytes;
            ensure!(same, "{}: its length changed while it was being prepared", path.display());
            return Ok(bytes);
        };
        let mut bytes = vec![0; item.bytes as usize];
        File::open(&self.path)
            .and_then(|tar| tar.read_exact_at(&mut bytes, offset))
            .map_err(|error| anyhow!("{}: {}: {error}", self.path.display(), item.name))?;
        Ok(bytes)
    }
}

pub(super) fn list_folder(root: &Path) -> Result<Listing> {
    let classes = folder::classes(root)?;
    let part = |split: Split| {
        let folder = Folder::open(root, split, &classes)?;
        let items = (0..folder.len()).map(|example| item(&folder, example));
        Ok(Part { path: root.join(split.name()), items: items.collect::<Result<_>>()? })
    };
    let [train, val] = Split::ALL.map(part);
    let (train, val): (Result<Part>, Result<Part>) = (train, val);
    Ok(Listing { train: train?, val: val?, classes })
}

fn item(folder: &Folder, example: usize) -> Result<Item> {
    let path = folder.path(example);
    let bytes = plain::length(&path).map_err(|error| at(&path, &error))?;
    let (name, label) = (folder.name(example).into(), folder.label(example) as u32);
    Ok(Item { name, label, bytes, offset: None })
}
