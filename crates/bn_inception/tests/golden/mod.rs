//! Values computed by `PyTorch`: in double precision by `generate.py`, and by Cadene's network.

pub mod cadene;
mod network;

use tch::Tensor;

/// In [−1, 1), a fixed function of the name and the place: FNV-1a, then `SplitMix64`.
pub fn uniform(name: &str, count: usize) -> Vec<f64> {
    let fnv1a = |key: u64, byte: u8| (key ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let key = name.bytes().fold(0xcbf2_9ce4_8422_2325, fnv1a);
    let draw = |place: u64| {
        let mut z = key.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / 2_f64.powi(52) - 1.0
    };
    (1..=count as u64).map(draw).collect()
}

/// What `reference.py` fills the tensor of this name with, f64.
pub fn value(name: &str, shape: &[i64]) -> Tensor {
    let count: i64 = shape.iter().product();
    let u = Tensor::from_slice(&uniform(name, count as usize)).view(shape);
    match name.rsplit('/').next() {
        Some("gamma" | "moving_var") => u * 0.5 + 1.0,
        Some("beta" | "bias" | "biases" | "moving_mean") => u * 0.25,
        _ => u * (6.0 / (count / shape[0]) as f64).sqrt(),
    }
}

/// Fills a tensor with its value.
pub fn fill(name: &str, tensor: &Tensor) {
    tensor.shallow_clone().copy_(&value(name, &tensor.size()));
}
