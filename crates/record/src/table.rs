//! Typed rows to and from CSV files.
//!
//! The row types are the format: writer and reader share them, so a column cannot be misspelt.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::file::write_atomically;

/// Reads every row of a CSV file.
///
/// # Errors
/// Names the file, and the line and column that do not fit the row type.
pub fn read<Row: DeserializeOwned>(path: &Path) -> Result<Vec<Row>> {
    let inner = || -> Result<Vec<Row>> {
        let mut reader = csv::Reader::from_path(path)?;
        Ok(reader.deserialize().collect::<Result<_, _>>()?)
    };
    inner().with_context(|| format!("cannot read {}", path.display()))
}

/// Writes rows, with a header, as a CSV file; atomically.
///
/// # Errors
/// Names the file if it cannot be written.
pub fn write<Row: Serialize>(path: &Path, rows: impl IntoIterator<Item = Row>) -> Result<()> {
    write_atomically(path, |file| {
        let mut writer = csv::Writer::from_writer(file);
        rows.into_iter().try_for_each(|row| writer.serialize(row))?;
        Ok(writer.flush()?)
    })
}

/// A CSV file that grows while a job runs, and that can be cut back to a checkpoint.
pub struct Log {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Log {
    /// Opens the log and cuts it to `bytes`, its length when the checkpoint to go on from was
    /// written; 0 starts it anew.
    ///
    /// # Errors
    /// Names the file if it cannot be opened, or if it is shorter than the checkpoint says.
    pub fn open(path: &Path, bytes: u64) -> Result<Self> {
        let inner = || -> Result<File> {
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(path)?;
            let found = file.metadata()?.len();
            anyhow::ensure!(found >= bytes, "expected at least {bytes} bytes, found {found}");
            file.set_len(bytes)?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = inner().with_context(|| format!("cannot go on with {}", path.display()))?;
        Ok(Self { path: path.into(), file: BufWriter::new(file) })
    }

    /// Adds rows; the header stands before the first.
    ///
    /// # Errors
    /// Names the file if it cannot be written.
    pub fn append<Row: Serialize>(&mut self, rows: impl IntoIterator<Item = Row>) -> Result<()> {
        let inner = |file: &mut BufWriter<File>| -> Result<()> {
            let empty = file.stream_position()? == 0;
            let mut writer = csv::WriterBuilder::new().has_headers(empty).from_writer(file);
            rows.into_iter().try_for_each(|row| writer.serialize(row))?;
            Ok(writer.flush()?)
        };
        inner(&mut self.file).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Brings everything to the disk and says how long the file now is.
    ///
    /// # Errors
    /// Names the file if it cannot be written.
    pub fn sync(&mut self) -> Result<u64> {
        let inner = |file: &mut BufWriter<File>| {
            file.flush()?;
            file.get_ref().sync_data()?;
            file.stream_position()
        };
        inner(&mut self.file).with_context(|| format!("cannot write {}", self.path.display()))
    }
}
