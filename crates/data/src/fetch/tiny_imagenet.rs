//! Tiny `ImageNet`: the publisher's archive, from its usual mirror.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use md5::{Digest, Md5};

use super::{AnyError, download, half_finished, prepare};

/// A file whose publisher gives an MD5 sum.
#[derive(Clone, Copy, Debug)]
pub struct Archive {
    /// Its name.
    pub name: &'static str,
    /// Its length.
    pub bytes: u64,
    /// Its sum.
    pub md5: &'static str,
}

/// The archive.
pub const ARCHIVE: Archive = Archive {
    name: "tiny-imagenet-200.zip",
    bytes: 248_100_043,
    md5: "90528d7ca1a48142e341f4ef8d21d0de",
};

const MIRROR: &str = "http://cs231n.stanford.edu/tiny-imagenet-200.zip";

/// Fetches the archive into a folder that does not have it.
///
/// # Errors
/// Why it could not be had, and what to do.
pub fn into_folder(folder: &Path) -> Result<()> {
    let _lock = prepare(folder).map_err(|error| anyhow!("{}: {error}", folder.display()))?;
    if folder.join(ARCHIVE.name).exists() {
        return Ok(());
    }
    eprintln!("fetching Tiny ImageNet into {}", folder.display());
    from_mirror(MIRROR, folder, ARCHIVE).map_err(|error| {
        anyhow!(
            "cannot fetch Tiny ImageNet from its usual mirror ({error}); put {}, or train/CLASS/*.JPEG and \
             val/CLASS/*.JPEG, into a folder and name it with --data",
            ARCHIVE.name
        )
    })
}

/// Writes the archive at `url` into the folder, whole and checked or not at all.
///
/// # Errors
/// Whatever went wrong first.
pub fn from_mirror(url: &str, folder: &Path, archive: Archive) -> Result<(), AnyError> {
    let body = download(url, archive.name, Duration::from_hours(2))?;
    let mut file = half_finished(folder)?;
    let (bytes, sum) = copy(body.take(archive.bytes + 1), &mut file)?;
    let Archive { bytes: expected, md5, .. } = archive;
    let is_it = || -> Result<()> {
        ensure!(
            (bytes, &*sum) == (expected, md5),
            "expected {expected} bytes with MD5 {md5}, found {bytes} with {sum}"
        );
        Ok(())
    };
    is_it()?;
    file.as_file().sync_all()?;
    file.persist(folder.join(archive.name))?;
    Ok(())
}

/// Copies, and says how many bytes they were and what their sum is.
fn copy(mut from: impl Read, to: &mut impl Write) -> std::io::Result<(u64, String)> {
    let (mut hash, mut bytes, mut buffer) = (Md5::new(), 0, vec![0; 1 << 20]);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
}
