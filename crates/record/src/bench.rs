//! The rows under `results/bench/`, which the programs in `bench/` write.

use serde::Deserialize;

/// A line of `results/bench/fig1.csv`, which `bench/fig1.py` writes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct BenchRow {
    /// `ours`, `pytorch`, or `jax, steps alone`.
    pub implementation: String,
    /// The two take turns; this is the how-manieth turn.
    pub round: u32,
    /// Networks trained.
    pub networks: u32,
    /// Seeds of each.
    pub seeds: u32,
    /// Training steps of each.
    pub steps: u64,
    /// Wall time, evaluation included, loading of the data not.
    pub seconds: f64,
    /// The machine's processor.
    pub processor: String,
    /// Its cores.
    pub cores: u32,
}

/// A line of `results/bench/bn_inception.csv`, which `bench/bn_inception.py` writes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ThroughputRow {
    /// `ours`, or a way to run `PyTorch`.
    pub implementation: String,
    /// `full` (224 pixels, batch 16) or `small` (32 pixels, half the width, batch 32).
    pub network: String,
    /// `training` or `inference`.
    pub work: String,
    /// Our networks side by side, one thread each; 1 uses all threads.
    pub jobs: u32,
    /// The implementations take turns; this is the how-manieth turn.
    pub round: u32,
    /// Images a second, of all networks together.
    pub images_per_second: f64,
    /// 10⁹ multiplications and additions a second; a backward pass counts as two forward passes.
    pub giga_operations_per_second: f64,
    /// The same over the machine's rate of matrix products in the same arithmetic.
    pub share_of_product_rate: f64,
    /// The machine's processor.
    pub processor: String,
    /// Its cores.
    pub cores: u32,
}

/// The median seconds of an implementation; `None` if it was not timed.
pub fn median_seconds(rows: &[BenchRow], implementation: &str) -> Option<f64> {
    let of_this = rows.iter().filter(|row| row.implementation == implementation);
    median(of_this.map(|row| row.seconds).collect())
}

/// The middle number, or the mean of the middle two; `None` of none.
pub fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let (low, high) = (numbers.len().checked_sub(1)? / 2, numbers.len() / 2);
    Some(f64::midpoint(numbers[low], numbers[high]))
}
