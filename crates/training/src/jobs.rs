//! Independent trainings side by side.
//!
//! On networks this small one training cannot keep several cores busy, but several trainings can:
//! each runs on a thread of its own, with one libtorch thread, so its arithmetic does not depend on
//! how many run beside it.

use anyhow::{Context, Result};
use rayon::ThreadPoolBuilder;
use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::stop::{self, Stopped};

/// Does `work` on every job, `threads` at a time, in the jobs' order.
///
/// When one fails, the others are asked to stop at their next checkpoint.
///
/// # Errors
/// The failure that came first in the jobs' order; [`Stopped`] only if nothing else went wrong.
pub fn side_by_side<Job: Sync>(
    jobs: &[Job],
    threads: usize,
    work: impl Fn(&Job) -> Result<()> + Sync,
) -> Result<()> {
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .start_handler(|_| tch::set_num_threads(1))
        .build()
        .context("cannot start threads")?;
    let attempt = |job| {
        if stop::is_requested() {
            return Err(Stopped.into());
        }
        tch::no_grad(|| work(job)).inspect_err(|_| stop::request())
    };
    let mut outcomes: Vec<(usize, Result<()>)> = pool.install(|| {
        let queue = jobs.iter().enumerate().par_bridge(); // takes jobs one by one, in order
        queue.map(|(index, job)| (index, attempt(job))).collect()
    });
    outcomes.sort_by_key(|(index, _)| *index);
    let (stopped, others): (Vec<_>, Vec<_>) = outcomes
        .into_iter()
        .map(|(_, outcome)| outcome)
        .partition(|outcome| outcome.as_ref().is_err_and(anyhow::Error::is::<Stopped>));
    others.into_iter().chain(stopped).collect()
}
