//! Files as their publishers made them, known by length and sum.

use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use crate::{DataError, plain};

/// A file, and how to know it.
#[derive(Clone, Copy, Debug)]
pub struct Original {
    /// Its name, uncompressed.
    pub name: &'static str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its sum.
    pub sha256: &'static str,
}

impl Original {
    /// Whether these are the original's bytes.
    ///
    /// # Errors
    /// Says of `file` what was expected and what was found.
    pub fn check(&self, bytes: &[u8], file: &str) -> Result<(), DataError> {
        let found_sha256 = hex::encode(Sha256::digest(bytes));
        if found_sha256 == self.sha256 {
            return Ok(());
        }
        let found = match bytes.len() as u64 {
            longer if longer > self.bytes => format!("more than {} bytes", self.bytes),
            length => format!("{length} bytes with SHA-256 {found_sha256}"),
        };
        Err(DataError::Foreign {
            file: file.to_owned(),
            expected_bytes: self.bytes,
            expected_sha256: self.sha256.to_owned(),
            found,
        })
    }

    /// Its bytes, checked, from a folder that holds it plain or gzipped (`….gz`).
    ///
    /// # Errors
    /// If it is missing, damaged or foreign.
    pub fn read(&self, folder: &Path) -> Result<Vec<u8>, DataError> {
        let path = folder.join(self.name);
        let bytes = read_plain_or_gzipped(&path, self.bytes)?;
        self.check(&bytes, &path.display().to_string())?;
        Ok(bytes)
    }
}

/// Reads `path`, or `path.gz` if only that is there; no more than `expected` bytes and one.
fn read_plain_or_gzipped(path: &Path, expected: u64) -> Result<Vec<u8>, DataError> {
    let gzipped = path.with_added_extension("gz");
    let plain = path.exists() || !gzipped.exists();
    let chosen = if plain { path } else { &gzipped };
    let read = || {
        let file = plain::open(chosen)?;
        if plain { read_at_most(file, expected) } else { gunzip(file, expected) }
    };
    read().map_err(|source| DataError::Io { file: chosen.display().to_string(), source })
}

/// Unzips; a stream that would be longer than `expected` bytes is cut one byte after them, so that
/// a hostile one cannot fill the memory, and is then refused for its sum.
pub(crate) fn gunzip(zipped: impl Read, expected: u64) -> io::Result<Vec<u8>> {
    read_at_most(GzDecoder::new(zipped), expected)
}

/// Reads to the end, but no more than `expected` bytes and one.
pub(crate) fn read_at_most(reader: impl Read, expected: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(expected + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
