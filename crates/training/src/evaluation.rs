//! Accuracy and percentiles.

use tch::{Kind, Tensor};

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
pub fn row_quantiles<const Q: usize>(values: &Tensor, fractions: [f64; Q]) -> Vec<[f64; Q]> {
    let n = values.size()[1] as usize;
    let flat = values.contiguous().view([-1]).to_kind(Kind::Float).to_device(tch::Device::Cpu);
    let mut flat = Vec::<f32>::try_from(flat).expect("a flat f32 tensor");
    flat.chunks_mut(n).map(|row| fractions.map(|fraction| quantile(row, fraction))).collect()
}

/// Reorders `values`. Selection takes linear time; sorting all units at every row would take as long
/// as training.
fn quantile(values: &mut [f32], fraction: f64) -> f64 {
    let position = fraction * (values.len() - 1) as f64;
    let (_, &mut lower, above) = values.select_nth_unstable_by(position as usize, f32::total_cmp);
    let upper = above.iter().copied().min_by(f32::total_cmp).unwrap_or(lower);
    f64::from(lower) + (f64::from(upper) - f64::from(lower)) * position.fract()
}
