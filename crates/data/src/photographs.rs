//! Photographs with classes: `ImageNet`, Imagenette, or anybody's folders, as files or in shards.
//!
//! [`Photographs::open`] takes a folder of `train/CLASS/*.JPEG` and `val/CLASS/*.JPEG`, or one that
//! [`shards::prepare`] wrote. Nothing is decoded until it is asked for, and the
//! order of examples is the same wherever the folder lies.

use std::collections::BTreeSet;
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

/// One split of a data set, or a part of one. Examples have numbers from 0.
pub struct Photographs {
    classes: Vec<String>,
    store: Arc<Store>,
    /// Which of the store's examples, in its order; all if there is no list.
    chosen: Option<Vec<u32>>,
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
            return Ok(Self::whole(classes, Store::Shards(shelf)));
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
        Ok(Self::whole(classes, Store::Folder(folder)))
    }

    fn whole(classes: Vec<String>, store: Store) -> Self {
        Self { classes, store: Arc::new(store), chosen: None }
    }

    /// The examples with these numbers, and the others.
    #[must_use]
    pub fn split(&self, numbers: &BTreeSet<usize>) -> (Self, Self) {
        let examples = 0..self.len();
        let (these, others) = examples.partition::<Vec<usize>, _>(|it| numbers.contains(it));
        let part = |examples: Vec<usize>| Self {
            classes: self.classes.clone(),
            store: Arc::clone(&self.store),
            chosen: Some(examples.into_iter().map(|it| self.place(it) as u32).collect()),
        };
        (part(these), part(others))
    }

    /// Where an example is in the store.
    fn place(&self, example: usize) -> usize {
        self.chosen.as_ref().map_or(example, |chosen| chosen[example] as usize)
    }

    /// Names of the classes in sorted order; labels count in it.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The number of examples.
    pub fn len(&self) -> usize {
        match (&self.chosen, &*self.store) {
            (Some(chosen), _) => chosen.len(),
            (None, Store::Folder(folder)) => folder.len(),
            (None, Store::Shards(shelf)) => shelf.len(),
        }
    }

    /// Whether there is no example; never so once opened.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The class of an example, an index into [`Photographs::classes`].
    pub fn label(&self, example: usize) -> usize {
        match &*self.store {
            Store::Folder(folder) => folder.label(self.place(example)),
            Store::Shards(shelf) => shelf.label(self.place(example)),
        }
    }

    /// What messages call an example: its file, or its shard, member and first name.
    pub fn name(&self, example: usize) -> String {
        match &*self.store {
            Store::Folder(folder) => folder.path(self.place(example)).display().to_string(),
            Store::Shards(shelf) => shelf.name(self.place(example)),
        }
    }

    /// SHA-256 of the names and classes of all examples, in hexadecimal: it tells data sets apart without
    /// reading a gigabyte, but not a picture from another of the same name.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for example in 0..self.len() {
            let name = match &*self.store {
                Store::Folder(folder) => folder.name(self.place(example)),
                Store::Shards(shelf) => shelf.member(self.place(example)).to_owned(),
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
        match &*self.store {
            Store::Folder(folder) => folder.bytes(self.place(example)),
            Store::Shards(shelf) => shelf.bytes(self.place(example)),
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
        match &*self.store {
            Store::Folder(_) => Shards::mixed(self.len(), per_shard),
            Store::Shards(shelf) => Shards::of_lengths(&self.lengths(shelf)),
        }
    }

    /// How many examples of each shard there are.
    fn lengths(&self, shelf: &Shelf) -> Vec<usize> {
        let whole = shelf.lengths();
        let Some(chosen) = &self.chosen else { return whole };
        let (mut end, mut before) = (0, 0);
        let length = |length: usize| {
            end += length;
            let up_to = chosen.partition_point(|&place| (place as usize) < end);
            up_to - std::mem::replace(&mut before, up_to)
        };
        whole.into_iter().map(length).collect()
    }

    /// These photographs as a network sees them, for a [`Loader`](crate::Loader).
    pub fn seen(self: &Arc<Self>, view: View) -> Seen {
        Seen { photographs: Arc::clone(self), view }
    }
}
