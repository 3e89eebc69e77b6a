//! The rows of `results/bench/fig1.csv`, which `bench/fig1.py` writes.

use serde::Deserialize;

/// One timing.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct BenchRow {
    /// `ours` or `pytorch`.
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

/// The median seconds of an implementation; `None` if it was not timed.
pub fn median_seconds(rows: &[BenchRow], implementation: &str) -> Option<f64> {
    let of_this = rows.iter().filter(|row| row.implementation == implementation);
    let mut seconds: Vec<f64> = of_this.map(|row| row.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let (low, high) = (seconds.len().checked_sub(1)? / 2, seconds.len() / 2);
    Some(f64::midpoint(seconds[low], seconds[high]))
}
