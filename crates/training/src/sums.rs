//! Means over the steps since the last row.

use tch::{Device, Kind, Tensor};

/// Sums since the last row, kept where they are computed, so that no step waits for a number. They are part of a
/// checkpoint: a training that goes on between two rows writes the same next row.
#[derive(Debug)]
pub struct Sums<const N: usize> {
    names: [&'static str; N],
    totals: [Tensor; N],
    steps: Tensor,
}

impl<const N: usize> Sums<N> {
    /// None yet, of these numbers.
    pub fn new(names: [&'static str; N], device: Device) -> Self {
        let zero = |device| Tensor::zeros([], (Kind::Double, device));
        Self { names, totals: names.map(|_| zero(device)), steps: zero(Device::Cpu) }
    }

    /// Adds a step's numbers, scalars each.
    pub fn add(&mut self, numbers: [&Tensor; N]) {
        for (sum, number) in self.totals.iter_mut().zip(numbers) {
            *sum += number.detach();
        }
        self.steps += 1;
    }

    /// Their means over the steps since this was last asked; none of no steps.
    pub fn take_means(&mut self) -> [Option<f64>; N] {
        let steps = self.steps.double_value(&[]);
        let _ = self.steps.zero_();
        self.totals.each_mut().map(|sum| {
            let mean = (steps > 0.0).then(|| sum.double_value(&[]) / steps);
            let _ = sum.zero_();
            mean
        })
    }

    /// What a checkpoint holds of them.
    pub fn named_tensors(&self) -> Vec<(String, Tensor)> {
        let named = |(name, tensor): (&&str, &Tensor)| {
            (format!("since_last_row/{name}"), tensor.shallow_clone())
        };
        let sums = self.names.iter().zip(&self.totals).map(named);
        sums.chain([named((&"steps", &self.steps))]).collect()
    }
}
