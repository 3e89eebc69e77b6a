//! Ctrl-C: the first asks every job to write its checkpoint and end, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The error of a job that ended because it was asked to.
#[derive(Debug)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped; the same command goes on from the last checkpoint")
    }
}

impl std::error::Error for Stopped {}

/// Takes Ctrl-C and SIGTERM over.
///
/// # Errors
/// If the handler cannot be set.
pub fn on_ctrl_c() -> Result<()> {
    ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nstopping at the next step; once more to stop at once");
    })
    .context("cannot handle Ctrl-C")
}

/// Asks every job to end.
pub fn request() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Whether jobs should end.
pub fn is_requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Ends a job that was asked to.
///
/// # Errors
/// [`Stopped`] if it was.
pub fn check() -> Result<()> {
    if is_requested() { Err(Stopped.into()) } else { Ok(()) }
}
