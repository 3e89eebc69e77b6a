//! Mini-batches, made ahead of the trainer on threads of their own.
//!
//! Each worker makes whole mini-batches; the [`Loader`] hands them out in the order of their steps. What is
//! in a mini-batch depends on seed and step alone, neither on the number of workers nor on where a run was
//! resumed: every example has a stream of its own, named after its epoch and number.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, ensure};
use streams::Stream;

mod work;

use crate::order::Batches;
use work::{Job, Queue};

/// A data set as a network sees it.
pub trait Source: Send + Sync {
    /// The number of examples.
    fn len(&self) -> usize;

    /// Whether there is no example.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An example's class.
    fn label(&self, index: usize) -> usize;

    /// What messages call an example.
    fn name(&self, index: usize) -> String;

    /// The picture that the network sees in an epoch: interleaved RGB, the same length for all examples.
    /// Draws, if any, come from `stream`, which is this example's for this epoch.
    ///
    /// # Errors
    /// If the example cannot be read or is damaged, one line that begins with its name.
    fn example(&self, index: usize, epoch: u64, stream: &mut Stream) -> Result<Vec<u8>>;
}

/// What happens at a file that cannot be read or decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDamage {
    /// The loader ends with the error, once the mini-batches before it have been handed out.
    Stop,
    /// The mini-batch is smaller by one. (Nothing takes its place: no example is seen twice in an epoch,
    /// and validation counts none twice.) A mini-batch with nothing left is an error all the same.
    Skip,
}

/// How mini-batches are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoaderOptions {
    /// The run's seed, which the examples' streams are named under.
    pub seed: u64,
    /// Threads, at least 1.
    pub workers: usize,
    /// The most mini-batches in memory that have not been handed out, begun ones included, at least 1.
    /// With fewer than `workers`, workers wait.
    pub ahead: usize,
    /// What happens at a damaged file.
    pub on_damage: OnDamage,
}

/// A mini-batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The step it is for.
    pub step: u64,
    /// The pictures, one after the other: interleaved RGB, row-major.
    pub images: Vec<u8>,
    /// The pictures' classes; there are as many as pictures.
    pub labels: Vec<i64>,
    /// Damaged examples that have been left out of this mini-batch.
    pub skipped: usize,
    /// One line for each of them that this loader has not handed on before.
    pub reports: Vec<String>,
}

/// Hands out mini-batches in order; [`None`] after the last, or after an error. Dropping it stops its
/// workers within the time that one example takes.
pub struct Loader {
    queue: Arc<Queue>,
    workers: Vec<JoinHandle<()>>,
    reported: HashSet<usize>,
}

impl Loader {
    /// Begins to make the mini-batches of these steps.
    ///
    /// # Errors
    /// If there is not at least 1 worker and 1 mini-batch ahead, or no thread can be started.
    pub fn new(
        source: impl Source + 'static,
        batches: impl Batches + 'static,
        steps: Range<u64>,
        options: LoaderOptions,
    ) -> Result<Self> {
        let (source, batches): (Arc<dyn Source>, Arc<dyn Batches>) =
            (Arc::new(source), Arc::new(batches));
        Self::shared(&source, &batches, steps, options)
    }

    /// The same for a source that other loaders read, too.
    ///
    /// # Errors
    /// Those of [`Loader::new`].
    pub fn shared(
        source: &Arc<dyn Source>,
        batches: &Arc<dyn Batches>,
        steps: Range<u64>,
        options: LoaderOptions,
    ) -> Result<Self> {
        let LoaderOptions { workers, ahead, .. } = options;
        ensure!(workers > 0 && ahead > 0, "no loader of {workers} workers, {ahead} batches ahead");
        let queue = Arc::new(Queue::new(steps, ahead as u64));
        let mut loader = Self { queue, workers: Vec::new(), reported: HashSet::new() };
        for number in 0..workers {
            let queue = Arc::clone(&loader.queue);
            let job = Job { source: Arc::clone(source), batches: Arc::clone(batches), options };
            let worker = thread::Builder::new().name(format!("loader {number}"));
            let worker = worker.spawn(move || job.run(&queue));
            loader.workers.push(worker.context("cannot start a loader's thread")?);
        }
        Ok(loader)
    }
}

impl Iterator for Loader {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        let prepared = self.queue.take()?;
        Some(prepared.map(|(mut batch, damaged)| {
            batch.skipped = damaged.len();
            let new = damaged.into_iter().filter(|(example, _)| self.reported.insert(*example));
            batch.reports = new.map(|(_, report)| report).collect();
            batch
        }))
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.queue.stop();
        for worker in self.workers.drain(..) {
            let _ = worker.join(); // panics have been handed on as errors
        }
    }
}
