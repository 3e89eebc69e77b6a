//! Ctrl-C: the first asks every job to write its checkpoint and end, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

static REQUESTED: AtomicBool = AtomicBool::new(false);
/// Signals so soon after the first are one wish: a scheduler tells the program, and the script that then tells it, too.
const ONE_WISH: Duration = Duration::from_secs(1);

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
    let mut first: Option<Instant> = None;
    ctrlc::set_handler(move || match first {
        None => {
            first = Some(Instant::now());
            request();
            eprintln!("\nstopping at the next step; once more to stop at once");
        }
        Some(first) if first.elapsed() < ONE_WISH => {}
        // Without destructors: libtorch's would take away what jobs compute with.
        Some(_) => signal_hook::low_level::exit(130),
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
