//! MNIST: 60,000 training and 10,000 test images of handwritten digits, 28×28, 10 classes.

use std::collections::BTreeMap;
use std::path::Path;

use crate::fetch;
use crate::idx::Idx;
use crate::{DataError, Images, Original};

/// Images and labels of the training set, then of the test set.
pub const ORIGINALS: [Original; 4] = [
    Original {
        name: "train-images-idx3-ubyte",
        bytes: 47_040_016,
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    Original {
        name: "train-labels-idx1-ubyte",
        bytes: 60_008,
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
    Original {
        name: "t10k-images-idx3-ubyte",
        bytes: 7_840_016,
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    Original {
        name: "t10k-labels-idx1-ubyte",
        bytes: 10_008,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
];

/// The *binary* images of §4.1: 1 where the grey value is at least 128, else 0.
pub fn binarised(images: &Images) -> Vec<u8> {
    images.pixels.iter().map(|&grey| u8::from(grey >= 128)).collect()
}

/// The whole data set.
#[derive(Debug)]
pub struct Mnist {
    /// 60,000 images.
    pub train: Images,
    /// 10,000 images.
    pub test: Images,
}

impl Mnist {
    /// Pixels of an image: 28·28.
    pub const PIXELS: usize = 28 * 28;
    /// Digits.
    pub const CLASSES: usize = 10;

    /// Reads the four files from the folder that the user names, or else from `cache`, into which
    /// they are fetched when they are missing or damaged.
    ///
    /// Files in a user's own folder may be gzipped (`….gz`), and are never touched.
    ///
    /// # Errors
    /// Names the file that is missing, damaged or foreign; or says why nothing could be fetched.
    pub fn load(named: Option<&Path>, cache: &Path) -> Result<Self, DataError> {
        let fetch = |folder: &Path| fetch::mnist::into_folder(folder, &ORIGINALS);
        fetch::named_or_cached(named, cache, Self::from_folder, fetch)
    }

    /// Reads the four files, checked, from a folder.
    ///
    /// # Errors
    /// Names the file that is missing, damaged or foreign.
    pub fn from_folder(folder: &Path) -> Result<Self, DataError> {
        let [train_images, train_labels, test_images, test_labels] = ORIGINALS;
        Ok(Self {
            train: images(folder, train_images, train_labels)?,
            test: images(folder, test_images, test_labels)?,
        })
    }

    /// The sums of the files, for the manifest of a run.
    pub fn sha256() -> BTreeMap<String, String> {
        ORIGINALS.iter().map(|file| (file.name.to_owned(), file.sha256.to_owned())).collect()
    }
}

fn images(folder: &Path, images: Original, labels: Original) -> Result<Images, DataError> {
    let pixels = elements(folder, images)?;
    let labels = elements(folder, labels)?;
    Ok(Images { pixels, labels })
}

/// The elements of one checked file.
fn elements(folder: &Path, original: Original) -> Result<Vec<u8>, DataError> {
    let mut bytes = original.read(folder)?;
    let kept = match Idx::parse(&bytes) {
        Ok(idx) => idx.elements.len(),
        Err(source) => {
            let file = folder.join(original.name).display().to_string();
            return Err(DataError::Idx { file, source });
        }
    };
    Ok(bytes.split_off(bytes.len() - kept))
}
