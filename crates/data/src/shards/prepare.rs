//! Writing shards.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use streams::Stream;
use tar::{Builder, Header};

use super::ilsvrc;
use super::index::{Index, Plan, Shard};
use super::origin::{Item, Listing, Origin, Part, list_folder};
use super::summing::Summing;
use super::workshop::Workshop;
use crate::photographs::folder::{Split, at};

/// How shards are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// Examples in a shard; the last of a split has the rest.
    pub images_per_shard: usize,
    /// Draws the order in which training examples are dealt out.
    pub seed: u64,
}

/// How far a preparation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Photographs in shards so far, earlier runs' included.
    pub images: usize,
    /// Photographs in all.
    pub of_images: usize,
    /// Their bytes so far.
    pub bytes: u64,
    /// Their bytes in all.
    pub of_bytes: u64,
}

/// Writes the shards of a data set into the folder `out`, which is made if need be.
///
/// May be killed at any moment: started again with the same source and options, it goes on after the last
/// whole shard; with others, it begins anew. Once finished, it does nothing. `progress` is called before
/// each shard and photograph and at the end; an error of its stops the preparation.
///
/// # Errors
/// One line that names the file: if the source is not whole (see [`Photographs::open`]), cannot be read,
/// or changes meanwhile; if `out` has other files in it or another process is at work there; if the disk
/// is full.
///
/// [`Photographs::open`]: crate::Photographs::open
pub fn prepare(
    origin: &Origin,
    out: impl AsRef<Path>,
    preparation: Preparation,
    progress: &mut dyn FnMut(Progress) -> Result<()>,
) -> Result<()> {
    let (out, Preparation { images_per_shard, seed }) = (out.as_ref(), preparation);
    ensure!(images_per_shard > 0, "no shards of 0 images");
    let listing = list(origin)?;
    let plan = Plan { version: 1, seed, images_per_shard, source: listing.sum() };
    if Workshop::is_finished(out, &plan)? {
        return Workshop::clean(out);
    }
    let workshop = Workshop::open(out, &plan)?;
    let mut writer = Writer { workshop: &workshop, done: start(&listing), progress };
    let train = writer.write(&listing, Split::Training, &plan)?;
    let val = writer.write(&listing, Split::Validation, &plan)?;
    (writer.progress)(writer.done)?;
    let (train_images, val_images) = (listing.train.items.len(), listing.val.items.len());
    let classes = listing.classes;
    workshop.finish(&Index { plan, classes, train_images, val_images, train, val })
}

fn start(listing: &Listing) -> Progress {
    let parts = [&listing.train, &listing.val];
    let of_images = parts.iter().map(|part| part.items.len()).sum();
    let of_bytes = parts.iter().flat_map(|part| &part.items).map(|item| item.bytes).sum();
    Progress { images: 0, of_images, bytes: 0, of_bytes }
}

struct Writer<'a> {
    workshop: &'a Workshop,
    done: Progress,
    progress: &'a mut dyn FnMut(Progress) -> Result<()>,
}

impl Writer<'_> {
    /// All shards of a split. Training examples in random order, validation as it is sorted.
    fn write(&mut self, listing: &Listing, split: Split, plan: &Plan) -> Result<Vec<Shard>> {
        let part = listing.part(split);
        let count = part.items.len();
        let order: Vec<i64> = match split {
            Split::Training => Stream::new(plan.seed, "shards").permutation(count),
            Split::Validation => (0..count as i64).collect(),
        };
        let items: Vec<&Item> = order.iter().map(|&place| &part.items[place as usize]).collect();
        let shards = items.chunks(plan.images_per_shard).enumerate().map(|(number, items)| {
            let name = format!("{split}-{number:06}");
            self.shard(&name, number * plan.images_per_shard, part, items)
        });
        shards.collect()
    }

    /// One shard, unless it is whole already; `first` is its first example's number.
    fn shard(&mut self, name: &str, first: usize, part: &Part, items: &[&Item]) -> Result<Shard> {
        if let Some(shard) = self.workshop.finished_shard(name) {
            for item in items {
                self.count(item);
            }
            return Ok(shard);
        }
        (self.progress)(self.done)?;
        let file = format!("{name}.tar");
        let path = self.workshop.half(&file);
        let of_bytes = self.done.of_bytes;
        let full = |error: io::Error| full_or(&path, &error, of_bytes);
        let mut tar = Tar::create(&path, file).map_err(full)?;
        for (number, item) in (first..).zip(items) {
            (self.progress)(self.done)?;
            let bytes = part.read(item)?;
            tar.append(number, item, &bytes).map_err(full)?;
            self.count(item);
        }
        let shard = tar.finish().map_err(full)?;
        self.workshop.keep(name, &shard)?;
        Ok(shard)
    }

    fn count(&mut self, item: &Item) {
        self.done.images += 1;
        self.done.bytes += item.bytes;
    }
}

/// Says what to do about a full disk.
fn full_or(path: &Path, error: &io::Error, of_bytes: u64) -> anyhow::Error {
    if error.kind() != io::ErrorKind::StorageFull {
        return at(path, error);
    }
    let gigabytes = of_bytes as f64 / 1e9;
    let path = path.display();
    anyhow!("{path}: disk full; {gigabytes:.1} GB are needed in all; started again, it goes on")
}

/// A shard being written.
struct Tar {
    builder: Builder<Summing<BufWriter<File>>>,
    shard: Shard,
}

impl Tar {
    fn create(path: &Path, file: String) -> io::Result<Self> {
        let inner = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let summing = Summing::new(inner);
        let shard = Shard {
            file,
            bytes: 0,
            sha256: String::new(),
            offsets: Vec::new(),
            lengths: Vec::new(),
            labels: Vec::new(),
            names: Vec::new(),
        };
        Ok(Self { builder: Builder::new(summing), shard })
    }

    fn append(&mut self, number: usize, item: &Item, bytes: &[u8]) -> io::Result<()> {
        let extension = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpg" };
        let offset = self.member(&format!("{number:06}.{extension}"), bytes)?;
        self.member(&format!("{number:06}.cls"), item.label.to_string().as_bytes())?;
        self.shard.offsets.push(offset);
        self.shard.lengths.push(bytes.len() as u64);
        self.shard.labels.push(item.label);
        self.shard.names.push(item.name.clone());
        Ok(())
    }

    /// Where its data begin. Owners and times are zero, so that equal data make equal shards.
    fn member(&mut self, name: &str, data: &[u8]) -> io::Result<u64> {
        let mut header = Header::new_ustar();
        header.set_mode(0o644);
        header.set_size(data.len() as u64);
        let offset = self.builder.get_ref().bytes() + header.as_bytes().len() as u64;
        self.builder.append_data(&mut header, name, data)?;
        Ok(offset)
    }

    /// Everything is on the disk afterwards.
    fn finish(mut self) -> io::Result<Shard> {
        let summing = self.builder.into_inner()?;
        self.shard.bytes = summing.bytes();
        let (inner, sha256) = summing.finish();
        self.shard.sha256 = sha256;
        inner.into_inner()?.sync_all()?;
        Ok(self.shard)
    }
}

/// Everything that is there; reads no picture. Folder and tars of the same data give equal lists.
fn list(origin: &Origin) -> Result<Listing> {
    match origin {
        Origin::Folder(root) => list_folder(root),
        Origin::Ilsvrc { train, val, devkit } => ilsvrc::list(train, val, devkit),
    }
}
