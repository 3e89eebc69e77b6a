//! The colours' mean and spread.

use super::Images;

/// Mean and standard deviation of red, green and blue over all pixels, where 255 counts as 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    /// Means.
    pub mean: [f32; 3],
    /// Standard deviations (of the population).
    pub std: [f32; 3],
}

impl Normalisation {
    /// A colour's value with mean 0 and standard deviation 1; `channel` is 0 for red, 1, or 2.
    pub fn apply(&self, value: u8, channel: usize) -> f32 {
        (f32::from(value) / 255.0 - self.mean[channel]) / self.std[channel]
    }

    /// That of some images; NaN if there are none.
    pub fn of(images: &Images) -> Self {
        let channels = [0, 1, 2].map(|channel| moments(&images.pixels, channel));
        Self { mean: channels.map(|(mean, _)| mean), std: channels.map(|(_, std)| std) }
    }
}

/// Mean and standard deviation of one channel; the sums are exact.
fn moments(pixels: &[u8], channel: usize) -> (f32, f32) {
    let (count, sum, squares) = pixels.iter().skip(channel).step_by(3).fold(
        (0u64, 0u64, 0u64),
        |(count, sum, squares), &value| {
            let value = u64::from(value);
            (count + 1, sum + value, squares + value * value)
        },
    );
    let mean = sum as f64 / count as f64;
    let variance = squares as f64 / count as f64 - mean * mean;
    ((mean / 255.0) as f32, (variance.sqrt() / 255.0) as f32)
}
