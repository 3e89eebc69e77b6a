//! What the two halves of the project share: experiments write it, figures read it.
//!
//! - [`fig1`]: the row types of Figure 1's CSV files, and what is derived from them;
//! - [`fig2`]: the row types of the single-network comparison;
//! - [`fig5`]: the row types of the architecture's table;
//! - [`ensemble`]: the rows of the ensemble's table, and how they come from networks' answers;
//! - [`claims`]: what the paper claims in words, and the rules that decide;
//! - [`classification`]: the rows of a classifier's logits;
//! - [`mod@bench`] has the rows of timings;
//! - [`table`]: typed rows to and from CSV;
//! - [`manifest`]: the facts of a run beside its rows;
//! - [`run`]: run folders; a finished run is replaced only by another finished run;
//! - [`statistics`]: means with confidence intervals; [`bootstrap`]: intervals by resampling;
//! - [`reported`]: the paper's own numbers.
//!
//! This crate never links libtorch, so that figures can be drawn anywhere in seconds.

pub mod bench;
pub mod bootstrap;
pub mod claims;
pub mod classification;
pub mod ensemble;
pub mod fig1;
pub mod fig2;
pub mod fig5;
pub mod file;
pub mod manifest;
pub mod reported;
pub mod run;
pub mod statistics;
pub mod table;

use std::path::PathBuf;

/// The repository's root folder, where `results/`, `figures/` and `paper/` lie.
///
/// The folder this program was compiled in, or the working directory if that is gone.
pub fn repository() -> PathBuf {
    let compiled_in = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    compiled_in.canonicalize().unwrap_or_else(|_| PathBuf::from("."))
}
