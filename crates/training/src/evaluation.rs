//! Accuracy and percentiles.

use tch::{Kind, Reduction, Tensor};

/// Sums over examples, from which means are taken at the end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Classified {
    examples: f64,
    top1: f64,
    top5: f64,
    loss: f64,
}

impl Classified {
    /// Takes logits `[n, classes]` and labels `[n]` in.
    pub fn add(&mut self, logits: &Tensor, labels: &Tensor) {
        let sum = |x: Tensor| x.sum(Kind::Double).double_value(&[]);
        let top = 5.min(logits.size()[1]);
        let (_, best) = logits.topk(top, 1, true, true);
        let is_right = best.eq_tensor(&labels.unsqueeze(1));
        self.examples += labels.size1().unwrap_or(0) as f64;
        self.top1 += sum(is_right.narrow(1, 0, 1));
        self.top5 += sum(is_right);
        let losses = logits.cross_entropy_loss::<Tensor>(labels, None, Reduction::Sum, -100, 0.0);
        self.loss += losses.double_value(&[]);
    }

    /// How many examples there are, and of how many the most probable class is right.
    pub fn counts(&self) -> (u64, u64) {
        (self.examples as u64, self.top1 as u64)
    }

    /// Share of the examples whose most probable class is right.
    pub fn top1_accuracy(&self) -> f64 {
        self.top1 / self.examples
    }

    /// Share of the examples whose class is among the five most probable.
    pub fn top5_accuracy(&self) -> f64 {
        self.top5 / self.examples
    }

    /// Mean cross-entropy, nats.
    pub fn mean_loss(&self) -> f64 {
        self.loss / self.examples
    }
}

/// The share of examples whose highest logit is that of their label.
///
/// `logits` is `[n, classes]`, `labels` is `[n]`. Not-a-number logits count as wrong unless libtorch
/// happens to rank the right class first; a diverged network is at chance.
pub fn accuracy(logits: &Tensor, labels: &Tensor) -> f64 {
    let right = logits.argmax(-1, false).eq_tensor(labels);
    right.to_kind(Kind::Double).mean(Kind::Double).double_value(&[])
}

/// The quantiles of every row of `[rows, n]`, with linear interpolation
/// between order statistics, as `NumPy` and `PyTorch` do by default. Not-a-number sorts to the ends.
///
/// # Panics
/// If the fractions do not ascend.
pub fn row_quantiles<const Q: usize>(values: &Tensor, fractions: [f64; Q]) -> Vec<[f64; Q]> {
    assert!(fractions.is_sorted(), "fractions ascend");
    let n = values.size()[1] as usize;
    let flat = values.contiguous().view([-1]).to_kind(Kind::Float).to_device(tch::Device::Cpu);
    let mut flat = Vec::<f32>::try_from(flat).expect("a flat f32 tensor");
    flat.chunks_mut(n).map(|row| quantiles(row, fractions)).collect()
}

/// Reorders `values`. Selection takes linear time; sorting all units at every row would take as long
/// as training. The highest quantile first: those below it are selected from what is not above.
fn quantiles<const Q: usize>(values: &mut [f32], fractions: [f64; Q]) -> [f64; Q] {
    let (mut quantiles, last) = (fractions, (values.len() - 1) as f64);
    let (mut rest, mut beyond) = (values, None);
    for quantile in quantiles.iter_mut().rev() {
        let position = *quantile * last;
        let below = position as usize;
        let (_, &mut lower, above) = rest.select_nth_unstable_by(below, f32::total_cmp);
        let upper = above.iter().copied().min_by(f32::total_cmp).or(beyond).unwrap_or(lower);
        *quantile = f64::from(lower) + (f64::from(upper) - f64::from(lower)) * position.fract();
        (rest, beyond) = (&mut rest[..=below], Some(upper));
    }
    quantiles
}
