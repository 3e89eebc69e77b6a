//! The order of the training examples.

use streams::Stream;

/// Mini-batches of one seed: every epoch a new permutation of the examples, cut into mini-batches;
/// what is left over at the end of an epoch (fewer examples than a mini-batch) is not used in it.
///
/// Which examples a step sees depends on the seed and the step alone, so an interrupted training
/// goes on with nothing but the number of its step.
pub struct MiniBatches {
    seed: u64,
    examples: u64,
    size: u64,
    epoch: Option<(u64, Vec<i64>)>,
}

impl MiniBatches {
    /// Mini-batches of `size` of so many `examples`.
    ///
    /// # Panics
    /// If there are fewer examples than one mini-batch takes; programs check what users ask for.
    pub fn new(seed: u64, examples: u64, size: u64) -> Self {
        assert!((1..=examples).contains(&size), "{size} of {examples} examples");
        Self { seed, examples, size, epoch: None }
    }

    /// Indices of the examples of the mini-batch of this step (from 0).
    pub fn indices(&mut self, step: u64) -> &[i64] {
        let per_epoch = self.examples / self.size;
        let (epoch, position) = (step / per_epoch, step % per_epoch);
        if self.epoch.as_ref().is_none_or(|(current, _)| *current != epoch) {
            let mut order = Stream::new(self.seed, &format!("order/epoch{epoch}"));
            self.epoch = Some((epoch, order.permutation(self.examples as usize)));
        }
        let (_, order) = self.epoch.as_ref().expect("set above");
        &order[(position * self.size) as usize..][..self.size as usize]
    }
}
