//! What the two halves of the project share: experiments write it, figures read it.
//!
//! - [`exhibit`]: the figures, tables and claims of the paper, each a program and a description;
//! - [`point`]: what was measured; [`rows`]: from a run's rows to points;
//! - [`judge`]: every claim is a rule over points;
//! - [`fig1`], [`fig2`], [`ensemble`], [`fig5`]: the figures' own rows, and what they come to as points;
//! - [`run`]: run folders; a finished run is replaced only by another finished run; [`accept`] makes one the
//!   committed one;
//! - [`manifest`]: the facts of a run beside its rows; [`scale`]: how large it is;
//! - [`table`]: typed rows to and from CSV; [`mod@file`]: files that are never half;
//! - [`statistics`]: means with confidence intervals; [`bootstrap`]: intervals by resampling;
//! - [`reported`]: the paper's own numbers and sentences; [`mod@bench`]: the rows of timings; [`classification`]:
//!   those of a classifier's logits.
//!
//! This crate never links libtorch, so that figures can be drawn anywhere in seconds.

pub mod accept;
pub mod bench;
pub mod bootstrap;
pub mod classification;
pub mod ensemble;
pub mod exhibit;
pub mod fig1;
pub mod fig2;
pub mod fig5;
pub mod file;
pub mod judge;
pub mod manifest;
pub mod point;
pub mod reported;
pub mod rows;
pub mod run;
pub mod scale;
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
