//! The numbers of a training's rows as `TensorBoard` reads them: an event file beside the CSV files, which stay what counts.
//!
//! An event file is a sequence of records (a length, its sum, a message, its sum), whose messages are Protocol Buffers of
//! TensorFlow's `event.proto` and `summary.proto`. Six of their fields are written here; a crate that knows all of them
//! would bring a compiler of such files along.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::scalars::{Follower, Scalar};

/// Between these lies the moment, so that a later file is read after an earlier one.
const BEFORE: &str = "events.out.tfevents.";
const AFTER: &str = ".batch-norm";

/// An event file that follows row files.
#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    file: File,
    rows: Vec<Follower>,
}

impl EventFile {
    /// A new file in this folder, with all rows that these row files have. It takes the place of the one that was written
    /// before an interruption, since which rows may have been cut off.
    ///
    /// # Errors
    /// Names the file that cannot be written or read.
    pub fn create(folder: &Path, rows: impl Iterator<Item = PathBuf>) -> Result<Self> {
        let now = now();
        let path =
            folder.join(format!("{BEFORE}{:010}.{:09}{AFTER}", now.as_secs(), now.subsec_nanos()));
        let file = || {
            fs::create_dir_all(folder)?;
            remove_ours(folder)?;
            let mut file = File::create(&path)?;
            file.write_all(&record(&event(now, 0, &text(3, "brain.Event:2"))))?;
            // A session's start: who is looking forgets what it has read of this step and of later ones.
            file.write_all(&record(&event(now, 0, &bytes(7, &integer(1, 1)))))?;
            anyhow::Ok(file)
        };
        let file = file().with_context(|| cannot_write(&path))?;
        let mut events = Self { path, file, rows: rows.map(Follower::new).collect() };
        events.follow()?;
        Ok(events)
    }

    /// Writes the numbers of the rows that are new.
    ///
    /// # Errors
    /// Names the file that cannot be written or read.
    pub fn follow(&mut self) -> Result<()> {
        for rows in &mut self.rows {
            let records =
                rows.news()?.iter().flat_map(|scalar| record(&of(scalar))).collect::<Vec<u8>>();
            self.file.write_all(&records).with_context(|| cannot_write(&self.path))?;
        }
        Ok(())
    }
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

fn remove_ours(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(BEFORE) && name.ends_with(AFTER) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A message with its length and both sums, as `TFRecord` files have it.
fn record(message: &[u8]) -> Vec<u8> {
    let length = (message.len() as u64).to_le_bytes();
    [&length[..], &sum(&length), message, &sum(message)].concat()
}

/// `TFRecord`'s masked CRC32C.
fn sum(bytes: &[u8]) -> [u8; 4] {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

/// An event with one scalar.
fn of(Scalar { tag, step, value }: &Scalar) -> Vec<u8> {
    let value = [text(1, tag), float(2, *value as f32)].concat();
    event(now(), *step, &bytes(5, &bytes(1, &value)))
}

fn event(time: Duration, step: u64, what: &[u8]) -> Vec<u8> {
    [&double(1, time.as_secs_f64())[..], &integer(2, step), what].concat()
}

// A field of a Protocol Buffer: its number and its wire type in a byte, as long as the number is below 16, and its value.

fn integer(field: u8, value: u64) -> Vec<u8> {
    [vec![field << 3], varint(value)].concat()
}

fn double(field: u8, value: f64) -> Vec<u8> {
    [&[field << 3 | 1][..], &value.to_le_bytes()].concat()
}

fn bytes(field: u8, value: &[u8]) -> Vec<u8> {
    [&[field << 3 | 2][..], &varint(value.len() as u64), value].concat()
}

fn text(field: u8, value: &str) -> Vec<u8> {
    bytes(field, value.as_bytes())
}

fn float(field: u8, value: f32) -> Vec<u8> {
    [&[field << 3 | 5][..], &value.to_le_bytes()].concat()
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}
