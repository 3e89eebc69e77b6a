//! Photographs with classes: `ImageNet`, Imagenette, or anybody's folders, as files or in shards.
//!
//! [`Photographs::open`] takes a folder of `train/CLASS/*.JPEG` and `val/CLASS/*.JPEG`, or one that
//! [`shards::prepare`] wrote. Nothing is decoded until it is asked for, and the
//! order of examples is the same wherever the folder lies.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use sha2::{Digest, Sha256};

use crate::Picture;
use crate::order::Shards;
use crate::shards::{self, Shelf};

pub(crate) mod folder;
mod seen;

pub use folder::Split;
pub use seen::{Seen, View};

use folder::Folder;

/// One split of a data set. Examples have numbers from 0.
pub struct Photographs {
    classes: Vec<String>,
    store: Store,
}

enum Store {
    Folder(Folder),
    Shards(Shelf),
}

impl Photographs {
    /// Opens a folder; shards are known by their `index.json`.
    ///
    /// Files are sorted by class and name, and stand in shards in the order in which they were put there.
    /// Files that are not named `.JPEG`, `.jpg`, `.jpeg` or `.png` are passed over.
    ///
    /// # Errors
    /// One line that names the folder or file: if something is missing, unreadable or not in UTF-8, a
    /// class is empty, the splits have not the same classes, a preparation of shards is not finished, its
    /// index is damaged, or a shard has not the length that the index says.
    pub fn open(root: impl AsRef<Path>, split: Split) -> Result<Self> {
        let root = root.as_ref();
        if shards::are_at(root) {
            let (classes, shelf) = Shelf::open(root, split)?;
            return Ok(Self { classes, store: Store::Shards(shelf) });
        }
        Self::of_folder(root, split, folder::classes(root)?)
    }

    /// The same of a folder that need not have the other split: to judge a network by.
    ///
    /// # Errors
    /// Those of [`Photographs::open`].
    pub fn open_alone(root: impl AsRef<Path>, split: Split) -> Result<Self> {
        let root = root.as_ref();
        if shards::are_at(root) {
            return Self::open(root, split);
        }
        Self::of_folder(root, split, folder::classes_of(root, split)?)
    }

    fn of_folder(root: &Path, split: Split, classes: Vec<String>) -> Result<Self> {
        let folder = Folder::open(root, split, &classes)?;
        Ok(Self { classes, store: Store::Folder(folder) })
    }

    /// Names of the classes in sorted order; labels count in it.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The number of examples.
    pub fn len(&self) -> usize {
        match &self.store {
            Store::Folder(folder) => folder.len(),
            Store::Shards(shelf) => shelf.len(),
        }
    }

    /// Whether there is no example; never so once opened.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The class of an example, an index into [`Photographs::classes`].
    pub fn label(&self, example: usize) -> usize {
        match &self.store {
            Store::Folder(folder) => folder.label(example),
            Store::Shards(shelf) => shelf.label(example),
        }
    }

    /// What messages call an example: its file, or its shard, member and first name.
    pub fn name(&self, example: usize) -> String {
        match &self.store {
            Store::Folder(folder) => folder.path(example).display().to_string(),
            Store::Shards(shelf) => shelf.name(example),
        }
    }

    /// SHA-256 of the names and classes of all examples, in hexadecimal: it tells data sets apart without
    /// reading a gigabyte, but not a picture from another of the same name.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for example in 0..self.len() {
            let name = match &self.store {
                Store::Folder(folder) => folder.name(example),
                Store::Shards(shelf) => shelf.member(example).to_owned(),
            };
            hash.update(format!("{}\t{name}\n", self.classes[self.label(example)]));
        }
        hex::encode(hash.finalize())
    }

    /// An example's file as it is.
    ///
    /// # Errors
    /// If it cannot be read, one line that begins with its name.
    pub fn bytes(&self, example: usize) -> Result<Vec<u8>> {
        match &self.store {
            Store::Folder(folder) => folder.bytes(example),
            Store::Shards(shelf) => shelf.bytes(example),
        }
    }

    /// Reads and decodes an example.
    ///
    /// # Errors
    /// If it cannot be read or is damaged, one line that begins with its name.
    pub fn picture(&self, example: usize) -> Result<Picture> {
        Picture::decode(&self.bytes(example)?)
            .map_err(|error| anyhow!("{}: {error}", self.name(example)))
    }

    /// The shards to be shuffled: those of the files or, for folders, which are sorted by class, virtual
    /// ones of `per_shard` examples drawn at random.
    pub fn shards(&self, per_shard: usize) -> Shards {
        match &self.store {
            Store::Folder(folder) => Shards::mixed(folder.len(), per_shard),
            Store::Shards(shelf) => Shards::of_lengths(&shelf.lengths()),
        }
    }

    /// These photographs as a network sees them, for a [`Loader`](crate::Loader).
    pub fn seen(self: &Arc<Self>, view: View) -> Seen {
        Seen { photographs: Arc::clone(self), view }
    }
}
