//! What a run of Figure 1 found, over its seeds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AccuracyRow, DRIFT_WARM_UP_STEPS, DriftRow, Network};
use crate::claims::Rule;
use crate::run::Scale;
use crate::statistics::{Estimate, Verdict, mean};

/// A row of `summary.csv`: what the README's table and the captions say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SummaryRow {
    /// Scale of the run.
    pub scale: Scale,
    /// A network, or how two of them compare, seed by seed.
    pub network: String,
    /// What was measured.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Mean over seeds.
    pub mean: f64,
    /// Lower end of the 95 % confidence interval; empty for one seed.
    pub ci95_low: Option<f64>,
    /// Upper end.
    pub ci95_high: Option<f64>,
    /// Seeds.
    pub n: usize,
}

impl SummaryRow {
    /// What a rule says of it.
    pub fn verdict(&self, rule: Rule) -> Verdict {
        rule.of_interval(self.ci95_low.zip(self.ci95_high))
    }

    /// The mean and half the width of its interval, as a table shows them: `0.9721 ± 0.0012 (n 5)`.
    pub fn estimate(&self) -> String {
        let interval = self.ci95_high.map(|high| format!(" ± {:.4}", high - self.mean));
        format!("{:.4}{} (n {})", self.mean, interval.unwrap_or_default(), self.n)
    }
}

/// The numbers of the run, over its seeds.
pub fn summary(accuracy: &[AccuracyRow], drift: &[DriftRow]) -> Vec<SummaryRow> {
    let Some(scale) = accuracy.first().map(|row| row.scale) else { return Vec::new() };
    let mut rows = Vec::new();
    for metric in &METRICS {
        let of = |network| metric.per_seed(network, accuracy, drift);
        let [without, with] = Network::BOTH.map(of);
        for (network, values) in Network::BOTH.iter().zip([&without, &with]) {
            rows.extend(metric.row(scale, network.name(), metric.unit, values.values().copied()));
        }
        let pairs = || without.iter().filter_map(|(seed, a)| Some((*a, *with.get(seed)?)));
        let (comparison, unit) = metric.comparison.name_and_unit(metric.unit);
        let compared = pairs().map(|(without, with)| metric.comparison.of(without, with));
        rows.extend(metric.row(scale, comparison, unit, compared));
    }
    rows
}

struct Metric {
    name: &'static str,
    unit: &'static str,
    comparison: Comparison,
    of_seed: fn(&[&AccuracyRow], &[&DriftRow]) -> Option<f64>,
}

#[derive(Clone, Copy)]
enum Comparison {
    Difference,
    Ratio,
}

impl Comparison {
    fn name_and_unit(self, unit: &'static str) -> (&'static str, &'static str) {
        match self {
            Self::Difference => ("With BN minus Without BN", unit),
            Self::Ratio => ("Without BN over With BN", "ratio"),
        }
    }

    fn of(self, without: f64, with: f64) -> f64 {
        match self {
            Self::Difference => with - without,
            Self::Ratio => without / with,
        }
    }
}

/// What Figure 1 is summarised by.
const METRICS: [Metric; 9] = [
    Metric {
        name: "test accuracy at the last step",
        unit: "fraction",
        comparison: Comparison::Difference,
        of_seed: |accuracy, _| Some(accuracy.last()?.test_accuracy_fraction),
    },
    Metric {
        name: "highest test accuracy",
        unit: "fraction",
        comparison: Comparison::Difference,
        of_seed: |accuracy, _| {
            accuracy.iter().map(|row| row.test_accuracy_fraction).max_by(f64::total_cmp)
        },
    },
    Metric {
        name: "test accuracy at the last step, moving averages",
        unit: "fraction",
        comparison: Comparison::Difference,
        of_seed: |accuracy, _| accuracy.last()?.test_accuracy_moving_average_fraction,
    },
    Metric {
        name: POPULATION_LESS_MOVING,
        unit: "fraction",
        comparison: Comparison::Difference,
        of_seed: |accuracy, _| statistics_difference(accuracy.last()?),
    },
    Metric {
        name: LARGEST_STATISTICS_DIFFERENCE,
        unit: "fraction",
        comparison: Comparison::Difference,
        of_seed: |accuracy, _| {
            let after_warm_up = accuracy.iter().filter(|row| row.step >= DRIFT_WARM_UP_STEPS);
            let differences = after_warm_up.filter_map(|row| statistics_difference(row));
            differences.map(f64::abs).max_by(f64::total_cmp)
        },
    },
    Metric {
        name: "movement of the median",
        unit: "sigmoid input",
        comparison: Comparison::Ratio,
        of_seed: |_, drift| over_units(drift, |unit| unit.median_movement),
    },
    Metric {
        name: "movement of the 15-85 spread",
        unit: "sigmoid input",
        comparison: Comparison::Ratio,
        of_seed: |_, drift| over_units(drift, |unit| unit.spread_movement),
    },
    Metric {
        name: "range of the median",
        unit: "sigmoid input",
        comparison: Comparison::Ratio,
        of_seed: |_, drift| over_units(drift, |unit| unit.median_range),
    },
    Metric {
        name: "range of the 15-85 spread",
        unit: "sigmoid input",
        comparison: Comparison::Ratio,
        of_seed: |_, drift| over_units(drift, |unit| unit.spread_range),
    },
];

/// Name of the metric that says what Algorithm 2 changes against moving averages.
pub const POPULATION_LESS_MOVING: &str =
    "test accuracy at the last step, population statistics less moving averages";
/// Name of the metric that says how far the two ever differ.
pub const LARGEST_STATISTICS_DIFFERENCE: &str =
    "largest difference of test accuracy between population statistics and moving averages";

fn statistics_difference(row: &AccuracyRow) -> Option<f64> {
    Some(row.test_accuracy_fraction - row.test_accuracy_moving_average_fraction?)
}

fn over_units(drift: &[&DriftRow], value: fn(&DriftRow) -> f64) -> Option<f64> {
    mean(&drift.iter().map(|unit| value(unit)).collect::<Vec<_>>())
}

impl Metric {
    fn per_seed(
        &self,
        network: Network,
        accuracy: &[AccuracyRow],
        drift: &[DriftRow],
    ) -> BTreeMap<u64, f64> {
        let mut seeds: BTreeMap<u64, (Vec<&AccuracyRow>, Vec<&DriftRow>)> = BTreeMap::new();
        for row in accuracy.iter().filter(|row| row.network == network) {
            seeds.entry(row.seed).or_default().0.push(row);
        }
        for row in drift.iter().filter(|row| row.network == network) {
            seeds.entry(row.seed).or_default().1.push(row);
        }
        let value = |(seed, (accuracy, drift)): (u64, (Vec<_>, Vec<_>))| {
            Some((seed, (self.of_seed)(&accuracy, &drift)?))
        };
        seeds.into_iter().filter_map(value).collect()
    }

    fn row(
        &self,
        scale: Scale,
        network: &str,
        unit: &str,
        values: impl Iterator<Item = f64>,
    ) -> Option<SummaryRow> {
        let estimate = Estimate::of(&values.collect::<Vec<_>>())?;
        let interval = estimate.interval();
        Some(SummaryRow {
            scale,
            network: network.to_owned(),
            metric: self.name.to_owned(),
            unit: unit.to_owned(),
            mean: estimate.mean,
            ci95_low: interval.map(|(low, _)| low),
            ci95_high: interval.map(|(_, high)| high),
            n: estimate.n,
        })
    }
}
