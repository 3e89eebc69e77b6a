//! Means with confidence intervals over seeds.

use std::fmt;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean with its two-sided 95 % confidence interval (Student's t over `n` independent seeds).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean over seeds.
    pub mean: f64,
    /// Half the width of the 95 % interval; `None` for a single seed, which has no spread.
    pub half_width: Option<f64>,
    /// How many seeds.
    pub n: usize,
}

impl Estimate {
    /// The mean of `values` and its interval; `None` of no values.
    pub fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        let mean = mean(values)?;
        let half_width = (n > 1).then(|| {
            let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
            let standard_error = (squares / (n - 1) as f64 / n as f64).sqrt();
            t_quantile_975((n - 1) as f64) * standard_error
        });
        Some(Self { mean, half_width, n })
    }

    /// The ends of the 95 % interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.half_width.map(|half| (self.mean - half, self.mean + half))
    }
}

/// A mean with its two-sided 95 % confidence interval, of a quantity that is compared by ratios.
///
/// Student's t on the logarithms: the mean is the geometric one, the interval is as wide in ratio on
/// either side, and a speed-up of 2 and one of 1/2 cancel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioEstimate {
    /// The geometric mean over seeds.
    pub mean: f64,
    /// The ends of the 95 % interval; `None` for a single seed.
    pub interval: Option<(f64, f64)>,
    /// How many seeds.
    pub n: usize,
}

impl RatioEstimate {
    /// The geometric mean of positive `values` and its interval; `None` of no values.
    pub fn of(values: &[f64]) -> Option<Self> {
        let logarithms: Vec<f64> = values.iter().map(|value| value.ln()).collect();
        let estimate = Estimate::of(&logarithms)?;
        let interval = estimate.interval().map(|(low, high)| (low.exp(), high.exp()));
        Some(Self { mean: estimate.mean.exp(), interval, n: estimate.n })
    }
}

/// What a confidence interval says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The whole interval lies on the claim's side of "no difference".
    #[serde(rename = "reproduced")]
    Reproduced,
    /// The whole interval lies on the other side.
    #[serde(rename = "not reproduced")]
    NotReproduced,
    /// "No difference" lies inside, or there is no interval: at this n nobody can say.
    #[serde(rename = "undecided at this n")]
    Undecided,
}

impl Verdict {
    /// Whether a quantity, of which only the interval is known, is greater than `no_difference`.
    pub fn greater_than(no_difference: f64, interval: Option<(f64, f64)>) -> Self {
        match interval {
            Some((low, _)) if low > no_difference => Self::Reproduced,
            Some((_, high)) if high < no_difference => Self::NotReproduced,
            _ => Self::Undecided,
        }
    }

    /// What a fact that each training shows or does not show says of a claim: all of them, none of
    /// them, or some.
    pub fn of_facts(facts: &[bool]) -> Self {
        match facts.iter().filter(|fact| **fact).count() {
            0 if facts.is_empty() => Self::Undecided,
            0 => Self::NotReproduced,
            shown if shown == facts.len() => Self::Reproduced,
            _ => Self::Undecided,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reproduced => "reproduced",
            Self::NotReproduced => "not reproduced",
            Self::Undecided => "undecided at this n",
        })
    }
}

/// The arithmetic mean; `None` of no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The smallest and the largest of some values.
pub fn extremes(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
}

/// The sum of a curve's absolute changes from point to point.
pub fn movement(curve: &[f64]) -> f64 {
    curve.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum()
}

/// A curve's largest value less its smallest; 0 of no curve.
pub fn range(curve: &[f64]) -> f64 {
    let (lowest, highest) = extremes(curve.iter().copied());
    if curve.is_empty() { 0.0 } else { highest - lowest }
}

/// The 97.5 % quantile of Student's t.
fn t_quantile_975(degrees_of_freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees_of_freedom)
        .expect("at least one degree of freedom")
        .inverse_cdf(0.975)
}
