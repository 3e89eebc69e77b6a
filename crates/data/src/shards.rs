//! Photographs in tar shards: few large files instead of a million small ones.
//!
//! ```text
//! OUT/index.json          classes; for each shard its length, SHA-256, and where each example lies
//! OUT/train-000000.tar    000000.jpg 000000.cls 000001.jpg 000001.cls …
//! OUT/val-000000.tar
//! ```
//!
//! The shards are plain tar files as `WebDataset` reads them: `NUMBER.cls` is the label of `NUMBER.jpg` in
//! decimal. [`Photographs`](crate::Photographs) does not parse them, the index tells it where to read.
//! Files are copied as they are, never encoded anew.
//!
//! [`prepare`] writes them once. Training examples are dealt out in random order, so that a shard mixes all
//! classes. The index comes last: a folder without it is no data set, and the next [`prepare`] goes on
//! there after the last whole shard.

use std::path::Path;

mod devkit;
mod ilsvrc;
mod index;
mod matlab;
mod origin;
mod prepare;
mod shelf;
mod summing;
mod workshop;

pub use origin::Origin;
pub use prepare::{Preparation, Progress, prepare};
pub(crate) use shelf::Shelf;
pub use shelf::verify;

/// Whether a folder holds shards, be they finished or not.
pub(crate) fn are_at(root: &Path) -> bool {
    root.join(index::FILE).exists() || root.join(workshop::FOLDER).exists()
}
