//! What the two halves of the project share: experiments write it, figures read it.
//!
//! - [`run`]: run folders; a finished run is replaced only by another finished run;
//! - [`manifest`]: the facts of a run beside its rows; [`scale`]: how large it is;
//! - [`point`]: the rows of most exhibits; [`fig1`], [`fig2`], [`ensemble`], [`fig5`]: the figures' own rows, and what
//!   programs work out of them; [`mod@bench`]: the rows of timings; [`classification`]: those of a classifier's logits;
//! - [`table`]: typed rows to and from CSV; [`mod@file`]: files that are never half;
//! - [`card`]: what is known of a trained network;
//! - [`message`]: errors as programs print them;
//! - [`scalars`]: the numbers of rows while they are being written; [`tensorboard`], the same as `TensorBoard` reads them;
//! - [`statistics`]: means and spreads of numbers; [`bootstrap`]: intervals by resampling.
//!
//! This crate never links libtorch, so that figures can be drawn anywhere in seconds.

pub mod bench;
pub mod bootstrap;
pub mod card;
pub mod classification;
pub mod ensemble;
pub mod fig1;
pub mod fig2;
pub mod fig5;
pub mod file;
pub mod manifest;
pub mod message;
pub mod point;
pub mod run;
pub mod scalars;
pub mod scale;
pub mod statistics;
pub mod table;
pub mod tensorboard;

use std::path::PathBuf;

/// The repository's root folder, where `results/`, `figures/` and `paper/` lie.
///
/// The folder this program was compiled in, or the working directory if that is gone.
pub fn repository() -> PathBuf {
    let compiled_in = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    compiled_in.canonicalize().unwrap_or_else(|_| PathBuf::from("."))
}
