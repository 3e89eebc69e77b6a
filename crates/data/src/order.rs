//! Which examples make up which mini-batch.
//!
//! The paper shuffles its training data in one of two ways, and counts the change from the one to the
//! other among its accelerations (§4.2.1): [`Shuffling`] has both. Every epoch's order comes from a stream
//! of its own and is at hand for any step, so a run that is resumed at step 100,000 replays nothing.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
pub use recipe::Shuffling;
use streams::Stream;

/// How a data set is divided into shards: groups of examples that are stored, or imagined, together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shards {
    /// Example numbers, shard after shard.
    examples: Vec<u32>,
    /// Where each shard lies in `examples`.
    bounds: Vec<Range<usize>>,
}

impl Shards {
    /// Shards of these many consecutive examples: 0, 1, … in the first, and so on.
    pub fn of_lengths(lengths: &[usize]) -> Self {
        let mut end = 0;
        let bounds = lengths.iter().map(|length| {
            end += length;
            end - length..end
        });
        let bounds: Vec<_> = bounds.collect();
        Self { examples: (0..end as u32).collect(), bounds }
    }

    /// Virtual shards of `per_shard` consecutive examples each, for a data set of `len` that has no files;
    /// the last may be smaller. Right for data that is stored in mixed order, as CIFAR-10 is.
    pub fn consecutive(len: usize, per_shard: usize) -> Self {
        let per_shard = per_shard.max(1);
        let rest = len % per_shard;
        let mut lengths = vec![per_shard; len / per_shard];
        lengths.extend((rest > 0).then_some(rest));
        Self::of_lengths(&lengths)
    }

    /// Virtual shards of `per_shard` examples drawn at random, for data that is sorted by class, as
    /// folders are: a shard then has all classes. The same `len` always gives the same shards.
    pub fn mixed(len: usize, per_shard: usize) -> Self {
        let drawn = Stream::new(0, "virtual shards").permutation(len);
        let examples = drawn.into_iter().map(|example| example as u32).collect();
        Self { examples, ..Self::consecutive(len, per_shard) }
    }

    /// The number of examples in all shards.
    pub fn len(&self) -> usize {
        self.examples.len()
    }

    /// Whether there is no example.
    pub fn is_empty(&self) -> bool {
        self.examples.is_empty()
    }

    /// The order of one epoch.
    fn shuffled(&self, shuffling: Shuffling, stream: &mut Stream) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.len());
        for shard in stream.permutation(self.bounds.len()) {
            let examples = &self.examples[self.bounds[shard as usize].clone()];
            match shuffling {
                Shuffling::AcrossShardsOnly => order.extend_from_slice(examples),
                Shuffling::WithinAndAcrossShards => {
                    let within = stream.permutation(examples.len());
                    order.extend(within.into_iter().map(|place| examples[place as usize]));
                }
            }
        }
        order
    }
}

/// Tells the examples of any mini-batch.
pub trait Batches: Send + Sync {
    /// The epoch that a step belongs to, from 0.
    fn epoch(&self, step: u64) -> u64;

    /// The numbers of the examples in a step's mini-batch, steps counting from 0.
    fn indices(&self, step: u64) -> Vec<usize>;
}

/// Mini-batches for training, without end: epoch after epoch, each in an order of its own. The tail of an
/// epoch that does not fill a mini-batch is dropped (another one in each epoch).
pub struct Order {
    seed: u64,
    shards: Shards,
    shuffling: Shuffling,
    batch: usize,
    /// The epoch asked for last, and its order.
    latest: Mutex<Option<(u64, Arc<[u32]>)>>,
}

impl Order {
    /// Mini-batches of `batch` examples; epoch 3 of seed 1 is drawn from the stream `order/3` of that seed.
    ///
    /// # Errors
    /// If `batch` is 0 or above the number of examples.
    pub fn new(seed: u64, shards: Shards, shuffling: Shuffling, batch: usize) -> Result<Self> {
        let fits = (1..=shards.len()).contains(&batch);
        ensure!(fits, "no mini-batch of {batch} out of {} examples", shards.len());
        Ok(Self { seed, shards, shuffling, batch, latest: Mutex::new(None) })
    }

    /// Whole mini-batches in an epoch.
    pub fn steps_per_epoch(&self) -> u64 {
        (self.shards.len() / self.batch) as u64
    }

    fn order(&self, epoch: u64) -> Arc<[u32]> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        match &*latest {
            Some((number, order)) if *number == epoch => Arc::clone(order),
            _ => {
                let mut stream = Stream::new(self.seed, &format!("order/{epoch}"));
                let order: Arc<[u32]> = self.shards.shuffled(self.shuffling, &mut stream).into();
                *latest = Some((epoch, Arc::clone(&order)));
                order
            }
        }
    }
}

impl Batches for Order {
    fn epoch(&self, step: u64) -> u64 {
        step / self.steps_per_epoch()
    }

    fn indices(&self, step: u64) -> Vec<usize> {
        let start = (step % self.steps_per_epoch()) as usize * self.batch;
        let order = self.order(self.epoch(step));
        order[start..start + self.batch].iter().map(|&example| example as usize).collect()
    }
}

/// The part of each mini-batch that is one of several equal parts.
pub struct Part<B> {
    /// Whole mini-batches.
    pub of: B,
    /// Which part, from 0.
    pub number: usize,
    /// Of how many; they divide the mini-batch.
    pub parts: usize,
}

impl<B: Batches> Batches for Part<B> {
    fn epoch(&self, step: u64) -> u64 {
        self.of.epoch(step)
    }

    fn indices(&self, step: u64) -> Vec<usize> {
        let whole = self.of.indices(step);
        let examples = whole.len() / self.parts;
        whole[self.number * examples..][..examples].to_vec()
    }
}

/// Mini-batches for validation: every example once, in order; the last one may be smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InSequence {
    /// Examples in all.
    pub len: usize,
    /// Examples in a mini-batch, at least 1.
    pub batch: usize,
}

impl InSequence {
    /// The steps that it takes to see every example.
    pub fn steps(&self) -> u64 {
        self.len.div_ceil(self.batch) as u64
    }
}

/// Mini-batches for validation on a part of a data set: so many examples, spread evenly over all, each
/// once. Of data that is sorted by class every class keeps its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Examples of the data set.
    pub of: usize,
    /// Examples that are taken, and the size of a mini-batch.
    pub sequence: InSequence,
}

impl Spread {
    /// `count` of `of` examples (all, if there are no more), in mini-batches of `batch`.
    pub fn new(count: usize, of: usize, batch: usize) -> Self {
        Self { of, sequence: InSequence { len: count.min(of), batch } }
    }
}

impl Batches for Spread {
    fn epoch(&self, _step: u64) -> u64 {
        0
    }

    fn indices(&self, step: u64) -> Vec<usize> {
        let places = self.sequence.indices(step).into_iter();
        places.map(|place| place * self.of / self.sequence.len).collect()
    }
}

impl Batches for InSequence {
    fn epoch(&self, _step: u64) -> u64 {
        0
    }

    /// Empty from [`InSequence::steps`] on.
    fn indices(&self, step: u64) -> Vec<usize> {
        let start = (step as usize).saturating_mul(self.batch).min(self.len);
        (start..(start + self.batch).min(self.len)).collect()
    }
}
