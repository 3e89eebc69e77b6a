//! Files that are either the old one or the whole new one, and their checksums.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tempfile::{Builder, NamedTempFile};

/// Writes a file so that nobody ever sees half of it: into a neighbour, which then takes its name.
///
/// # Errors
/// Names the file if it cannot be written (a full disk, a folder without permission); the old file,
/// if there was one, is then still there.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    replace(path, |neighbour| {
        let mut writer = BufWriter::new(File::create(neighbour)?);
        write(&mut writer)?;
        Ok(writer.flush()?)
    })
}

/// The same by what writes to a file of this name.
///
/// # Errors
/// Those of [`write_atomically`].
pub fn replace(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let inner = || -> Result<()> {
        let folder = path.parent().context("it has no parent folder")?;
        std::fs::create_dir_all(folder)?;
        let neighbour = neighbour(folder)?;
        write(neighbour.path())?;
        neighbour.as_file().sync_data()?;
        neighbour.persist(path)?;
        Ok(())
    };
    inner().with_context(|| format!("cannot write {}", path.display()))
}

/// A file with a name of its own. Temporary files are for their owner's eyes; this is for everyone's, as the user's mask has
/// it.
fn neighbour(folder: &Path) -> io::Result<NamedTempFile> {
    let everyones = Permissions::from_mode(0o666);
    Builder::new().permissions(everyones).tempfile_in(folder)
}

/// A value as JSON, as [`write_atomically`] writes.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    write_atomically(path, |file| Ok(serde_json::to_writer_pretty(file, value)?))
}

/// Names of the CSV files in a folder, in order.
pub(crate) fn row_files(folder: &Path) -> Result<Vec<String>> {
    let mut names = file_names(folder)?;
    names.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "csv"));
    names.sort();
    Ok(names)
}

/// What is in a folder.
pub(crate) fn file_names(folder: &Path) -> Result<Vec<String>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// The SHA-256 sum of a file, in lower-case hexadecimal.
///
/// # Errors
/// Names the file if it cannot be read.
pub fn sha256(path: &Path) -> Result<String> {
    let inner = || {
        let mut hash = Sha256::new();
        io::copy(&mut File::open(path)?, &mut HashWriter(&mut hash))?;
        io::Result::Ok(hex::encode(hash.finalize()))
    };
    inner().with_context(|| format!("cannot read {}", path.display()))
}

struct HashWriter<'a>(&'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
