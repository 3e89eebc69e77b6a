//! What was measured, as it is judged and shown: a value of a seed and a series, at a place.

use record::point::PointRow;

/// What claims are judged by, and panels and tables show: a [`PointRow`], or what a figure's own rows come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// What it was measured of.
    pub series: String,
    /// The seed.
    pub seed: u64,
    /// What was measured.
    pub metric: String,
    /// Where.
    pub x: f64,
    /// The number, or what is known of it.
    pub value: Known,
    /// An interval of the number's own, of 95 %; most have theirs over seeds.
    pub interval: Option<(f64, f64)>,
}

/// A number, or a bound of it: "never within the run's steps" is no number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Known {
    /// It is this.
    Exactly(f64),
    /// It is greater: the training ended before.
    Above(f64),
    /// It is smaller.
    Below(f64),
}

impl Point {
    /// A number at x.
    pub fn new(
        series: impl Into<String>,
        seed: u64,
        metric: impl Into<String>,
        x: f64,
        value: f64,
    ) -> Self {
        let (series, metric) = (series.into(), metric.into());
        Self { series, seed, metric, x, value: Known::Exactly(value), interval: None }
    }

    /// The same with this in the place of the number.
    #[must_use]
    pub fn known(self, value: Known) -> Self {
        Self { value, ..self }
    }

    /// The same with an interval of its own.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { interval: Some((low, high)), ..self }
    }
}

impl From<PointRow> for Point {
    fn from(row: PointRow) -> Self {
        Self::new(row.series, row.seed, row.metric, row.x, row.value)
    }
}

impl Known {
    /// The number, if it is known.
    pub fn exact(self) -> Option<f64> {
        match self {
            Self::Exactly(value) => Some(value),
            Self::Above(_) | Self::Below(_) => None,
        }
    }

    /// The number, or its bound.
    pub fn number(self) -> f64 {
        match self {
            Self::Exactly(value) | Self::Above(value) | Self::Below(value) => value,
        }
    }

    /// One over it, for a positive number.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Exactly(value) => Self::Exactly(value.recip()),
            Self::Above(bound) => Self::Below(bound.recip()),
            Self::Below(bound) => Self::Above(bound.recip()),
        }
    }

    /// This times a positive factor.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        match self {
            Self::Exactly(value) => Self::Exactly(value * factor),
            Self::Above(bound) => Self::Above(bound * factor),
            Self::Below(bound) => Self::Below(bound * factor),
        }
    }

    /// Whether it is surely greater.
    pub fn is_above(self, bar: f64) -> bool {
        match self {
            Self::Exactly(value) => value > bar,
            Self::Above(bound) => bound >= bar,
            Self::Below(_) => false,
        }
    }

    /// Whether it is surely smaller.
    pub fn is_below(self, bar: f64) -> bool {
        match self {
            Self::Exactly(value) => value < bar,
            Self::Below(bound) => bound <= bar,
            Self::Above(_) => false,
        }
    }

    /// This over another positive number; `None` where nothing is known of the quotient.
    pub fn over(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Exactly(value), other) => Some(match other.inverse() {
                Self::Exactly(_) => Self::Exactly(value / other.number()),
                bound => bound.times(value),
            }),
            (Self::Above(bound), Self::Exactly(value)) => Some(Self::Above(bound / value)),
            (Self::Below(bound), Self::Exactly(value)) => Some(Self::Below(bound / value)),
            _ => None,
        }
    }

    /// This less another; `None` where nothing is known of the difference.
    pub fn less(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Exactly(a), Self::Exactly(b)) => Some(Self::Exactly(a - b)),
            (Self::Above(a), Self::Exactly(b)) | (Self::Exactly(a), Self::Below(b)) => {
                Some(Self::Above(a - b))
            }
            (Self::Below(a), Self::Exactly(b)) | (Self::Exactly(a), Self::Above(b)) => {
                Some(Self::Below(a - b))
            }
            _ => None,
        }
    }
}
