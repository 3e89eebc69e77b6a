//! Bootstrap intervals (Efron 1979): what a number would have been on other images.

use streams::Stream;

/// Samples with replacement from the same `n` things, as how often each thing is in each.
///
/// One set of resamples serves all quantities, so a difference of two quantities, resample by resample, is
/// that of a paired comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resamples {
    n: usize,
    counts: Vec<Vec<u16>>,
}

impl Resamples {
    /// So many samples of `n` of `n` things.
    pub fn draw(resamples: usize, n: usize, stream: &mut Stream) -> Self {
        let mut draw = || {
            let mut counts = vec![0_u16; n];
            for _ in 0..n {
                counts[stream.uniform(0.0, n as f64) as usize] += 1;
            }
            counts
        };
        Self { n, counts: (0..resamples).map(|_| draw()).collect() }
    }

    /// Samples that were drawn elsewhere.
    ///
    /// # Panics
    /// If a sample is not one of `n` of `n` things.
    pub fn of_counts(n: usize, counts: Vec<Vec<u16>>) -> Self {
        for sample in &counts {
            let sum: usize = sample.iter().map(|&count| usize::from(count)).sum();
            assert!(sample.len() == n && sum == n, "{sample:?} is no sample of {n}");
        }
        Self { n, counts }
    }

    /// The share of the things that something is true of, in each sample.
    pub fn shares(&self, is_true: &[bool]) -> Vec<f64> {
        let ones: Vec<u16> = is_true.iter().map(|&is| u16::from(is)).collect();
        let share = |counts: &Vec<u16>| {
            let products = counts.iter().zip(&ones).map(|(count, one)| u32::from(count * one));
            f64::from(products.sum::<u32>()) / self.n as f64
        };
        self.counts.iter().map(share).collect()
    }
}

/// The ends of the 95 % interval: the 2.5 % and 97.5 % quantiles over the samples, with linear
/// interpolation; `None` of no samples.
pub fn interval(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let quantile = |fraction: f64| {
        let position = fraction * last as f64;
        let (lower, upper) = (values[position as usize], values[position.ceil() as usize]);
        lower + (upper - lower) * position.fract()
    };
    Some((quantile(0.025), quantile(0.975)))
}
