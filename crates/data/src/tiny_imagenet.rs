//! Tiny `ImageNet`: 200 classes of ILSVRC 2012, of each 500 pictures to train on and 50 to judge by.
//!
//! The publisher's archive has pictures of 64 pixels. It is read as it is, without unpacking. A folder of
//! `train/CLASS/*.JPEG` and `val/CLASS/*.JPEG` does as well, with square pictures of any one size.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use sha2::{Digest, Sha256};
use streams::Stream;

use crate::fetch::tiny_imagenet::{ARCHIVE, into_folder};
use crate::original::read_at_most;
use crate::photographs::folder::{self, Folder};
use crate::{Images, Picture, Split, Squares, class_names, plain};

mod archive;

/// The whole data set.
#[derive(Debug)]
pub struct TinyImageNet {
    /// What networks learn from.
    pub train: Squares,
    /// What they are judged by: the publisher's validation pictures, because nobody has the classes of the others.
    pub test: Squares,
    /// Names of the classes, in the order of `WordNet`'s numbers.
    pub classes: Vec<String>,
}

/// A picture's file, not yet decoded.
struct File {
    class: String,
    name: String,
    bytes: Vec<u8>,
}

/// No JPEG of 64 pixels is larger, and no list of the publisher's.
const LARGEST: u64 = 1 << 22;
const NAME: &str = "Tiny ImageNet";

impl TinyImageNet {
    /// Reads it from the folder that the user names; or else from `cache`, into which the archive is fetched when it is
    /// not there.
    ///
    /// # Errors
    /// Names the file that is missing, damaged or of another size; or says why nothing could be fetched.
    pub fn load(named: Option<&Path>, cache: &Path) -> Result<Self> {
        if let Some(folder) = named {
            return Self::from_folder(folder);
        }
        into_folder(cache)?;
        Self::from_folder(cache)
    }

    /// Reads the archive in a folder, or folders of pictures.
    ///
    /// # Errors
    /// Names the file that is missing, damaged or of another size.
    pub fn from_folder(root: &Path) -> Result<Self> {
        let archive = root.join(ARCHIVE.name);
        if archive.exists() {
            let (files, words) = archive::files(&archive)?;
            let read = Self::of_files(files)?;
            return Ok(Self { classes: class_names::by_list(&words, &read.classes), ..read });
        }
        let read = Self::of_files(files_of_folders(root)?)?;
        Ok(Self { classes: class_names::of_folder(root, &read.classes)?, ..read })
    }

    /// Training pictures come in a random order, the same for everybody: the next ones of a sorted list have one class.
    fn of_files([train, test]: [Vec<File>; 2]) -> Result<Self> {
        let train = mixed(train);
        let names = |files: &[File]| files.iter().map(|file| file.class.clone()).collect();
        let (classes, judged): (BTreeSet<String>, BTreeSet<String>) = (names(&train), names(&test));
        ensure!(classes == judged, "training and validation pictures have other classes");
        ensure!(classes.len() <= 256, "{NAME} has 200 classes, and here are {}", classes.len());
        let labels: BTreeMap<&str, u8> =
            classes.iter().zip(0..=u8::MAX).map(|(class, label)| (class.as_str(), label)).collect();
        let [train, test] = [train, test].map(|files| squares(&files, &labels));
        let (train, test) = (train?, test?);
        ensure!(
            train.side == test.side,
            "training pictures have {0} pixels, the others {1}",
            train.side,
            test.side
        );
        Ok(Self { train, test, classes: classes.into_iter().collect() })
    }

    /// Sums of pixels and labels, for the manifest of a run: they tell pictures of one size from those of another.
    pub fn sha256(&self) -> BTreeMap<String, String> {
        let of = |set: &Squares| {
            let hash =
                Sha256::new().chain_update(&set.images.pixels).chain_update(&set.images.labels);
            hex::encode(hash.finalize())
        };
        let name = |what: &str, set: &Squares| format!("{what}, {0}x{0} pixels", set.side);
        BTreeMap::from([
            (name("training pictures", &self.train), of(&self.train)),
            (name("validation pictures", &self.test), of(&self.test)),
        ])
    }
}

/// Those of `train/CLASS` and of `val/CLASS`, in sorted order.
fn files_of_folders(root: &Path) -> Result<[Vec<File>; 2]> {
    let classes = folder::classes(root).with_context(|| {
        format!("{} has neither {} nor folders of pictures", root.display(), ARCHIVE.name)
    })?;
    let files = |split| -> Result<Vec<File>> {
        let folder = Folder::open(root, split, &classes)?;
        let file = |example| {
            let class = classes[folder.label(example)].clone();
            let path = folder.path(example);
            let open = plain::open(&path).map_err(|error| folder::at(&path, &error))?;
            let bytes = read_at_most(open, LARGEST).map_err(|error| folder::at(&path, &error))?;
            Ok(File { class, name: path.display().to_string(), bytes })
        };
        (0..folder.len()).map(file).collect()
    };
    Ok([files(Split::Training)?, files(Split::Validation)?])
}

fn mixed(files: Vec<File>) -> Vec<File> {
    let order = Stream::new(0, "tiny-imagenet/order").permutation(files.len());
    let mut files: Vec<Option<File>> = files.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| files[place as usize].take()).collect()
}

/// Decodes all of a set, on all cores.
fn squares(files: &[File], labels: &BTreeMap<&str, u8>) -> Result<Squares> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let first = files.first().context("no pictures")?;
    let side =
        Picture::decode(&first.bytes).map_err(|error| anyhow!("{}: {error}", first.name))?.width;
    let parts = files.chunks(files.len().div_ceil(cores));
    let decoded: Vec<Result<Vec<u8>>> = thread::scope(|scope| {
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || decode(part, side))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let pixels = decoded.into_iter().collect::<Result<Vec<_>>>()?.concat();
    let labels = files.iter().map(|file| labels[file.class.as_str()]).collect();
    Ok(Squares { data_set: NAME, side, images: Images { pixels, labels } })
}

/// The pixels of some pictures, which all must have this size.
fn decode(files: &[File], side: u32) -> Result<Vec<u8>> {
    let mut pixels = Vec::with_capacity(files.len() * 3 * (side * side) as usize);
    for File { name, bytes, .. } in files {
        let picture = Picture::decode(bytes).map_err(|error| anyhow!("{name}: {error}"))?;
        let (width, height) = (picture.width, picture.height);
        ensure!(
            (width, height) == (side, side),
            "{name}: {width}x{height} pixels, and not {side}x{side}"
        );
        pixels.extend_from_slice(&picture.rgb);
    }
    Ok(pixels)
}

/// Reads a member of an archive, but no more than a picture can have.
fn read_small(member: impl Read) -> std::io::Result<Vec<u8>> {
    read_at_most(member, LARGEST)
}
