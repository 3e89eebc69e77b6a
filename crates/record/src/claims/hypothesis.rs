//! What would show that a claim holds.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PointRow;
use crate::statistics::{Estimate, RatioEstimate, Verdict};

/// A number of each seed, and what it must be.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Hypothesis {
    /// What was measured,
    pub metric: String,
    /// of which series,
    pub of: String,
    /// compared with which other, if with any,
    #[serde(flatten)]
    pub versus: Option<Versus>,
    /// and where along the series.
    #[serde(default)]
    pub at: Place,
    /// What it must be by which it is decided.
    #[serde(flatten)]
    pub rule: Rule,
}

/// How two series of a seed are compared.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Versus {
    /// Less this one.
    Less(String),
    /// Over this one; averaged on the logarithmic scale.
    Over(String),
}

/// Which point of a series counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// That of the largest x.
    #[default]
    Last,
    /// The largest value.
    Largest,
    /// The point at this x.
    X(f64),
}

/// When a claim is reproduced.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The whole 95 % interval over seeds is above this.
    IntervalAbove(f64),
    /// The whole 95 % interval over seeds is below this.
    IntervalBelow(f64),
    /// It is above this in every seed.
    EachAbove(f64),
    /// It is below this in every seed.
    EachBelow(f64),
}

/// The number that decides, over seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ours {
    /// Its mean; of a ratio, the geometric one.
    pub mean: f64,
    /// Its 95 % confidence interval; none of a single seed.
    pub interval: Option<(f64, f64)>,
    /// Seeds.
    pub n: usize,
}

impl Hypothesis {
    /// The number of each seed that has it.
    pub fn values(&self, points: &[PointRow]) -> Vec<f64> {
        let own = self.of_seeds(points, &self.of);
        let Some(versus) = &self.versus else { return own.into_values().collect() };
        let other = self.of_seeds(points, versus.series());
        let pairs = own.iter().filter_map(|(seed, own)| Some((own, other.get(seed)?)));
        pairs.map(|(own, other)| versus.compare(*own, *other)).collect()
    }

    fn of_seeds(&self, points: &[PointRow], series: &str) -> BTreeMap<u64, f64> {
        let mut seeds: BTreeMap<u64, Vec<&PointRow>> = BTreeMap::new();
        let is_it = |row: &&PointRow| row.series == series && row.metric == self.metric;
        for row in points.iter().filter(is_it) {
            seeds.entry(row.seed).or_default().push(row);
        }
        let value = |(seed, points): (u64, Vec<&PointRow>)| Some((seed, self.at.value(&points)?));
        seeds.into_iter().filter_map(value).collect()
    }

    /// Their mean and interval.
    pub fn ours(&self, values: &[f64]) -> Option<Ours> {
        if matches!(self.versus, Some(Versus::Over(_))) {
            let RatioEstimate { mean, interval, n } = RatioEstimate::of(values)?;
            return Some(Ours { mean, interval, n });
        }
        let estimate = Estimate::of(values)?;
        Some(Ours { mean: estimate.mean, interval: estimate.interval(), n: estimate.n })
    }

    /// What the rule says.
    pub fn verdict(&self, values: &[f64], ours: Option<&Ours>) -> Verdict {
        if self.rule.is_of_each() {
            let facts: Vec<bool> = values.iter().map(|value| self.rule.is_met_by(*value)).collect();
            return Verdict::of_facts(&facts);
        }
        self.rule.of_interval(ours.and_then(|ours| ours.interval))
    }
}

impl Versus {
    fn series(&self) -> &str {
        match self {
            Self::Less(series) | Self::Over(series) => series,
        }
    }

    fn compare(&self, own: f64, other: f64) -> f64 {
        match self {
            Self::Less(_) => own - other,
            Self::Over(_) => own / other,
        }
    }
}

impl Place {
    /// The value there, of points of one seed in any order.
    fn value(self, points: &[&PointRow]) -> Option<f64> {
        let by_x = |a: &&&PointRow, b: &&&PointRow| a.x.total_cmp(&b.x);
        let by_value = |a: &&&PointRow, b: &&&PointRow| a.value.total_cmp(&b.value);
        let point = match self {
            Self::Last => points.iter().max_by(by_x),
            Self::Largest => points.iter().max_by(by_value),
            Self::X(x) => points.iter().find(|point| point.x == x),
        };
        point.map(|point| point.value)
    }
}

impl Rule {
    /// What the number is compared with.
    pub fn bar(self) -> f64 {
        match self {
            Self::IntervalAbove(bar)
            | Self::IntervalBelow(bar)
            | Self::EachAbove(bar)
            | Self::EachBelow(bar) => bar,
        }
    }

    /// Whether the number must lie above the bar, and not below it.
    pub fn is_above(self) -> bool {
        matches!(self, Self::IntervalAbove(_) | Self::EachAbove(_))
    }

    /// Whether it asks for a fact of each seed, which needs no interval.
    pub fn is_of_each(self) -> bool {
        matches!(self, Self::EachAbove(_) | Self::EachBelow(_))
    }

    /// Whether a number is on the claim's side of the bar.
    pub fn is_met_by(self, value: f64) -> bool {
        if self.is_above() { value > self.bar() } else { value < self.bar() }
    }

    /// What it says of an interval: it is wholly on the claim's side, wholly on the other, or neither.
    pub fn of_interval(self, interval: Option<(f64, f64)>) -> Verdict {
        if self.is_above() {
            return Verdict::greater_than(self.bar(), interval);
        }
        Verdict::greater_than(-self.bar(), interval.map(|(low, high)| (-high, -low)))
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::IntervalAbove(bar) => format!("the whole 95 % interval is above {}", short(bar)),
            Self::IntervalBelow(bar) => format!("the whole 95 % interval is below {}", short(bar)),
            Self::EachAbove(bar) => format!("above {} in every seed", short(bar)),
            Self::EachBelow(bar) => format!("below {} in every seed", short(bar)),
        }
    }
}

/// Without a row of zeros.
fn short(bar: f64) -> String {
    if bar != 0.0 && bar.abs() < 1e-3 { format!("{bar:e}") } else { bar.to_string() }
}
