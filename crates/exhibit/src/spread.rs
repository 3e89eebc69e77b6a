//! Means with confidence intervals over seeds.

use record::statistics::{deviation, mean};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// A mean and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The mean; of ratios the geometric one.
    pub mean: f64,
    /// The ends of its two-sided 95 % interval; `None` of a single seed, which has none.
    pub interval: Option<(f64, f64)>,
    /// Values.
    pub n: usize,
    /// Whether the interval is Student's t over independent seeds, and not the number's own.
    pub is_over_seeds: bool,
    by_ratio: bool,
}

impl Spread {
    /// The mean of `values`, one a seed, and its interval (Student's t); `None` of no values.
    ///
    /// Ratios are averaged on the logarithmic scale: the interval is as wide in ratio on either side, and a
    /// speed-up of 2 and one of 1/2 cancel. They must be positive.
    pub fn of(values: &[f64], by_ratio: bool) -> Option<Self> {
        let scaled: Vec<f64> = values.iter().map(|value| scale(*value, by_ratio)).collect();
        let deviation = deviation(&scaled).unwrap_or(f64::NAN);
        Some(Self::of_moments(mean(&scaled)?, deviation, values.len(), by_ratio))
    }

    /// The same from the values' mean and standard deviation (of a sample); of ratios, those of their logarithms.
    pub fn of_moments(mean: f64, deviation: f64, n: usize, by_ratio: bool) -> Self {
        let unscale = |value: f64| if by_ratio { value.exp() } else { value };
        let interval = (n > 1).then(|| {
            let half = t_quantile_975((n - 1) as f64) * deviation / (n as f64).sqrt();
            (unscale(mean - half), unscale(mean + half))
        });
        Self { mean: unscale(mean), interval, n, is_over_seeds: true, by_ratio }
    }

    /// A number with an interval of its own.
    pub fn with_interval(value: f64, interval: (f64, f64)) -> Self {
        Self { mean: value, interval: Some(interval), n: 1, is_over_seeds: false, by_ratio: false }
    }

    /// The same without an interval: of seeds that agree it would only show rounding.
    #[must_use]
    pub fn without_interval(self) -> Self {
        Self { interval: None, ..self }
    }

    /// The chance of a mean at least as far from `bar`, on its side, if `bar` were true: by Student's t, or by the
    /// normal distribution for an interval of its own; `None` of a single seed.
    pub fn p_of(&self, bar: f64) -> Option<f64> {
        let (low, high) = self.interval?;
        let [low, high, mean, bar] = [low, high, self.mean, bar].map(|x| scale(x, self.by_ratio));
        let quantile = if self.is_over_seeds { t_quantile_975((self.n - 1) as f64) } else { Z_975 };
        let distance = (mean - bar).abs() / ((high - low) / 2.0 / quantile);
        if distance.is_nan() {
            return Some(0.5); // no spread, and no difference
        }
        Some(if self.is_over_seeds {
            1.0 - students_t((self.n - 1) as f64).cdf(distance)
        } else {
            1.0 - Normal::standard().cdf(distance)
        })
    }
}

/// The 97.5 % quantile of the normal distribution.
const Z_975: f64 = 1.959_963_984_540_054;

fn scale(value: f64, by_ratio: bool) -> f64 {
    if by_ratio { value.ln() } else { value }
}

/// The 97.5 % quantile of Student's t.
fn t_quantile_975(degrees_of_freedom: f64) -> f64 {
    students_t(degrees_of_freedom).inverse_cdf(0.975)
}

fn students_t(degrees_of_freedom: f64) -> StudentsT {
    StudentsT::new(0.0, 1.0, degrees_of_freedom).expect("at least one degree of freedom")
}
