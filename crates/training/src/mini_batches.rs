//! The order of the training examples.

use streams::Stream;
use tch::{Device, Tensor};

/// Mini-batches of one seed: every epoch a new permutation of the examples, cut into mini-batches;
/// what is left over at the end of an epoch (fewer examples than a mini-batch) is not used in it.
///
/// Which examples a step sees depends on the seed and the step alone, so an interrupted training
/// goes on with nothing but the number of its step.
pub struct MiniBatches {
    seed: u64,
    examples: u64,
    size: u64,
    device: Device,
    epoch: Option<(u64, Tensor)>,
}

impl MiniBatches {
    /// Mini-batches of `size` of so many `examples`.
    ///
    /// # Panics
    /// If there are fewer examples than one mini-batch takes; programs check what users ask for.
    pub fn new(seed: u64, examples: u64, size: u64, device: Device) -> Self {
        assert!((1..=examples).contains(&size), "{size} of {examples} examples");
        Self { seed, examples, size, device, epoch: None }
    }

    /// Indices of the examples of the mini-batch of this step (from 0), `[size]`.
    pub fn indices(&mut self, step: u64) -> Tensor {
        let per_epoch = self.examples / self.size;
        let (epoch, position) = (step / per_epoch, step % per_epoch);
        if self.epoch.as_ref().is_none_or(|(current, _)| *current != epoch) {
            let order = Stream::new(self.seed, &format!("order/epoch{epoch}"));
            self.epoch = Some((epoch, self.permutation(order)));
        }
        let (_, order) = self.epoch.as_ref().expect("set above");
        order.narrow(0, (position * self.size) as i64, self.size as i64)
    }

    fn permutation(&self, mut order: Stream) -> Tensor {
        Tensor::from_slice(&order.permutation(self.examples as usize)).to_device(self.device)
    }
}
