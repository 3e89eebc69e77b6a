//! Training: what surrounds a network while it learns.
//!
//! - [`mod@train`]: the loop that trains every network;
//! - [`resumable`]: the files of one job; [`checkpoint`]: going on bit-identically after an interruption;
//! - [`jobs`]: independent trainings side by side, one libtorch thread each;
//! - [`replicas`]: one training by several processes;
//! - [`sgd`]: momentum SGD whose state can be saved; [`sums`]: means since the last row;
//! - [`mini_batches`]: the order of the examples;
//! - [`evaluation`]: accuracy and percentiles;
//! - [`progress`]: steps per second and time left, and shares as bars; [`stop`] at Ctrl-C;
//! - [`device`]: the CPU, or a GPU whose library is opened when it is asked for;
//! - [`memory`]: freed memory is kept for the next step.

pub mod checkpoint;
pub mod device;
pub mod evaluation;
pub mod jobs;
pub mod memory;
pub mod mini_batches;
pub mod progress;
pub mod replicas;
pub mod resumable;
pub mod sgd;
pub mod stop;
pub mod sums;
pub mod train;

pub use checkpoint::Checkpoint;
pub use jobs::side_by_side;
pub use mini_batches::MiniBatches;
pub use progress::{Progress, Shares};
pub use replicas::Replicas;
pub use resumable::{CHECKPOINT_FILE, Resumable, Rows};
pub use sgd::MomentumSgd;
pub use sums::Sums;
pub use train::{Checkpoints, Course, Learner, Seen, train};

use std::collections::BTreeMap;

/// Versions of what does the arithmetic and the drawing of random numbers.
///
/// torch-sys 0.24 refuses to build against any libtorch but 2.11.0.
pub fn versions() -> BTreeMap<String, String> {
    let lock_file = include_str!("../../../Cargo.lock");
    let of = |package: &str| {
        let entry = lock_file.rsplit_once(&format!("name = \"{package}\"\nversion = \""));
        let version = entry.and_then(|(_, rest)| rest.split('"').next());
        (package.to_owned(), version.unwrap_or("unknown").to_owned())
    };
    let libtorch = ("libtorch".to_owned(), "2.11.0".to_owned());
    ["experiments", "tch", "torch-sys", "rand_chacha", "rand_distr"]
        .map(of)
        .into_iter()
        .chain([libtorch])
        .collect()
}
