//! CIFAR-10: 50,000 training and 10,000 test photographs, 32×32 in colour, 10 classes.

use std::collections::BTreeMap;
use std::path::Path;

use crate::fetch;
use crate::{DataError, Images, Original};

pub mod binary;
mod layout_error;
pub mod sprites;

pub use binary::RECORD;
pub use layout_error::LayoutError;

/// The five batches of the training set, then the test set.
pub const ORIGINALS: [Original; 6] = [
    batch("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
    batch("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
    batch("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
    batch("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
    batch("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
    batch("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
];

/// A file of 10,000 images.
const fn batch(name: &'static str, sha256: &'static str) -> Original {
    Original { name, bytes: 10_000 * RECORD as u64, sha256 }
}

/// The whole data set.
#[derive(Debug)]
pub struct Cifar10 {
    /// 50,000 images.
    pub train: Images,
    /// 10,000 images.
    pub test: Images,
}

impl Cifar10 {
    /// Width and height of an image in pixels.
    pub const SIDE: usize = 32;
    /// Bytes of an image's pixels: 32·32·3.
    pub const BYTES: usize = Self::SIDE * Self::SIDE * 3;
    /// Classes.
    pub const CLASSES: usize = 10;
    /// Their names, in the order of the labels.
    pub const CLASS_NAMES: [&str; Self::CLASSES] =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// Reads the six files of the binary version from the folder that the user names, or else from
    /// `cache`, into which they are fetched when they are missing or damaged.
    ///
    /// Files in a user's own folder may be gzipped (`….gz`), and are never touched.
    ///
    /// # Errors
    /// Names the file that is missing, damaged or foreign; or says why nothing could be fetched.
    pub fn load(named: Option<&Path>, cache: &Path) -> Result<Self, DataError> {
        let fetch = |folder: &Path| fetch::cifar10::into_folder(folder, &ORIGINALS);
        fetch::named_or_cached(named, cache, Self::from_folder, fetch)
    }

    /// Reads the six files, checked, from a folder.
    ///
    /// # Errors
    /// Names the file that is missing, damaged or foreign.
    pub fn from_folder(folder: &Path) -> Result<Self, DataError> {
        let (batches, test) = ORIGINALS.split_at(5);
        Ok(Self { train: images(folder, batches)?, test: images(folder, test)? })
    }

    /// The sums of the files, for the manifest of a run.
    pub fn sha256() -> BTreeMap<String, String> {
        ORIGINALS.iter().map(|file| (file.name.to_owned(), file.sha256.to_owned())).collect()
    }
}

/// The images of some files, one after the other.
fn images(folder: &Path, files: &[Original]) -> Result<Images, DataError> {
    let mut images = Images::default();
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    images.pixels.reserve_exact(bytes as usize / RECORD * Cifar10::BYTES);
    for original in files {
        let file = original.read(folder)?;
        binary::append(&file, &mut images).map_err(|source| {
            let file = folder.join(original.name).display().to_string();
            DataError::Cifar10 { file, source }
        })?;
    }
    Ok(images)
}
