//! The workers' side of a loader.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, anyhow, ensure};
use streams::Stream;

use super::{Batch, LoaderOptions, OnDamage, Source};
use crate::order::Batches;

/// A mini-batch, and the damaged examples (number and message) that are not in it.
pub(super) type Prepared = (Batch, Vec<(usize, String)>);

/// Steps to be prepared and mini-batches to be handed out.
pub(super) struct Queue {
    state: Mutex<State>,
    ahead: u64,
    /// A mini-batch was handed out, or all shall stop.
    room: Condvar,
    /// A mini-batch is ready.
    ready: Condvar,
}

struct State {
    /// The first step that nobody has begun, and the end.
    steps: Range<u64>,
    /// The step to be handed out next.
    next: u64,
    finished: BTreeMap<u64, Result<Prepared>>,
    stopped: bool,
}

impl Queue {
    pub(super) fn new(steps: Range<u64>, ahead: u64) -> Self {
        let next = steps.start;
        let state = State { steps, next, finished: BTreeMap::new(), stopped: false };
        Self { state: Mutex::new(state), ahead, room: Condvar::new(), ready: Condvar::new() }
    }

    /// Waits for the next step's mini-batch; nothing after the last.
    pub(super) fn take(&self) -> Option<Result<Prepared>> {
        let state = self.state();
        if state.next >= state.steps.end {
            return None;
        }
        let waiting = |state: &mut State| !state.finished.contains_key(&state.next);
        let state = self.ready.wait_while(state, waiting);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let step = state.next;
        state.next += 1;
        self.room.notify_all();
        state.finished.remove(&step)
    }

    pub(super) fn stop(&self) {
        self.state().stopped = true;
        self.room.notify_all();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// Waits until there is room for one more mini-batch; nothing if no more are wanted.
    fn begin(&self) -> Option<u64> {
        let full = |state: &mut State| {
            let more = !state.stopped && !state.steps.is_empty();
            more && state.steps.start >= state.next.saturating_add(self.ahead)
        };
        let state = self.room.wait_while(self.state(), full);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        if state.stopped { None } else { state.steps.next() }
    }

    /// Nothing is begun after a step that failed.
    fn finish(&self, step: u64, prepared: Result<Prepared>) {
        let mut state = self.state();
        if prepared.is_err() {
            state.steps.end = state.steps.end.min(step + 1);
            self.room.notify_all();
        }
        state.finished.insert(step, prepared);
        self.ready.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a worker knows.
pub(super) struct Job {
    pub source: Arc<dyn Source>,
    pub batches: Arc<dyn Batches>,
    pub options: LoaderOptions,
}

impl Job {
    /// Prepares mini-batches until there is nothing more to do.
    pub(super) fn run(&self, queue: &Queue) {
        while let Some(step) = queue.begin() {
            let prepared = catch_unwind(AssertUnwindSafe(|| self.prepare(step, queue)));
            let prepared = prepared.unwrap_or_else(|_| Err(anyhow!("step {step} panicked")));
            queue.finish(step, prepared);
        }
    }

    fn prepare(&self, step: u64, queue: &Queue) -> Result<Prepared> {
        let epoch = self.batches.epoch(step);
        let indices = self.batches.indices(step);
        let (images, labels, reports) = (Vec::new(), Vec::with_capacity(indices.len()), Vec::new());
        let mut batch = Batch { step, images, labels, skipped: 0, reports };
        let mut damaged = Vec::new();
        for &index in &indices {
            ensure!(!queue.is_stopped(), "stopped"); // nobody is going to read this
            match self.example(index, epoch) {
                Ok(picture) => self.add(index, &picture, indices.len(), &mut batch)?,
                Err(error) if self.options.on_damage == OnDamage::Stop => return Err(error),
                Err(error) => damaged.push((index, format!("{error:#}"))),
            }
        }
        if let (true, Some((_, first))) = (batch.labels.is_empty(), damaged.first()) {
            return Err(anyhow!("step {step}: nothing but damaged examples, such as {first}"));
        }
        Ok((batch, damaged))
    }

    /// A decoder that panics is damage, too.
    fn example(&self, index: usize, epoch: u64) -> Result<Vec<u8>> {
        let mut stream = Stream::new(self.options.seed, &format!("augmentation/{epoch}/{index}"));
        let example = || self.source.example(index, epoch, &mut stream);
        catch_unwind(AssertUnwindSafe(example))
            .unwrap_or_else(|_| Err(anyhow!("{}: its decoder panicked", self.source.name(index))))
    }

    fn add(&self, index: usize, picture: &[u8], count: usize, batch: &mut Batch) -> Result<()> {
        let (found, pictures) = (picture.len(), batch.labels.len());
        if pictures == 0 {
            batch.images.reserve_exact(found * count);
        }
        let same = batch.images.len() == found * pictures;
        ensure!(same, "{}: {found} bytes, unlike those before it", self.source.name(index));
        batch.images.extend_from_slice(picture);
        batch.labels.push(self.source.label(index) as i64);
        Ok(())
    }
}
