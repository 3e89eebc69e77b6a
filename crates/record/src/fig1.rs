//! Figure 1 (§4.1): the rows of its CSV files, and what is derived from them without training.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::run::Scale;
use crate::statistics::{Estimate, Verdict, mean};

/// The two networks, named as the paper's legend names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Network {
    /// Three hidden layers of sigmoid(Wu + b).
    #[serde(rename = "Without BN")]
    WithoutBn,
    /// Three hidden layers of sigmoid(BN(Wu)).
    #[serde(rename = "With BN")]
    WithBn,
}

impl Network {
    /// Both, in the order of the paper's panels.
    pub const BOTH: [Self; 2] = [Self::WithoutBn, Self::WithBn];

    /// The name as printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::WithoutBn => "Without BN",
            Self::WithBn => "With BN",
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A row of `results/fig1/accuracy.csv`: panel (a).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccuracyRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: Network,
    /// Seed of its initial weights and order.
    pub seed: u64,
    /// Training steps done.
    pub step: u64,
    /// Share of the 10,000 test images classified rightly, with population statistics (Algorithm 2).
    pub test_accuracy_fraction: f64,
    /// The same with moving averages; empty without BN.
    pub test_accuracy_moving_average_fraction: Option<f64>,
    /// Mean cross-entropy of the mini-batches since the row before; empty at step 0.
    pub training_loss_nats: Option<f64>,
}

/// A row of `results/fig1/activations.csv`: panels (b) and (c), for every unit.
///
/// The input of a sigmoid is a pure number; percentiles are over the 10,000 test images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivationRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: Network,
    /// Seed of its initial weights and order.
    pub seed: u64,
    /// Training steps done.
    pub step: u64,
    /// Unit of the last hidden layer, 0–99.
    pub unit: usize,
    /// 15th percentile of the unit's input.
    pub input_p15: f64,
    /// Median.
    pub input_p50: f64,
    /// 85th percentile.
    pub input_p85: f64,
}

/// A row of `results/fig1/drift.csv`: how far one unit's input distribution moved in training.
///
/// Movement is the sum of absolute changes from row to row after the warm-up, on the rows' even
/// grid; range is the largest value less the smallest. Both are in units of the sigmoid's input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: Network,
    /// Seed of its initial weights and order.
    pub seed: u64,
    /// Unit of the last hidden layer.
    pub unit: usize,
    /// Movement of the median.
    pub median_movement: f64,
    /// Movement of the 15–85 spread.
    pub spread_movement: f64,
    /// Range of the median.
    pub median_range: f64,
    /// Range of the spread.
    pub spread_range: f64,
}

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
    /// Whether this is greater than it would be if BN made no difference.
    pub fn verdict(&self, no_difference: f64) -> Verdict {
        Verdict::greater_than(no_difference, self.ci95_low.zip(self.ci95_high))
    }

    /// The mean and half the width of its interval, as a table shows them: `0.9721 ± 0.0012 (n 5)`.
    pub fn estimate(&self) -> String {
        let interval = self.ci95_high.map(|high| format!(" ± {:.4}", high - self.mean));
        format!("{:.4}{} (n {})", self.mean, interval.unwrap_or_default(), self.n)
    }
}

/// Drift counts rows from this step on; the first 1,000 of 50,000 steps are the warm-up, in which
/// both networks leave their initial state.
pub const DRIFT_WARM_UP_STEPS: u64 = 1_000;
/// Drift counts rows at multiples of this step only: early rows are denser.
pub const DRIFT_GRID_STEPS: u64 = 250;

/// How far every unit moved. `activations` must be in the order they were written: by network,
/// seed and step.
pub fn drift(activations: &[ActivationRow]) -> Vec<DriftRow> {
    let mut curves: BTreeMap<(Network, u64, usize), Curves> = BTreeMap::new();
    for row in activations.iter().filter(|row| counts_for_drift(row.step)) {
        let curve = curves.entry((row.network, row.seed, row.unit)).or_default();
        curve.medians.push(row.input_p50);
        curve.spreads.push(row.input_p85 - row.input_p15);
    }
    let Some(scale) = activations.first().map(|row| row.scale) else { return Vec::new() };
    let row = |((network, seed, unit), curve): ((Network, u64, usize), Curves)| DriftRow {
        scale,
        network,
        seed,
        unit,
        median_movement: movement(&curve.medians),
        spread_movement: movement(&curve.spreads),
        median_range: range(&curve.medians),
        spread_range: range(&curve.spreads),
    };
    curves.into_iter().map(row).collect()
}

#[derive(Default)]
struct Curves {
    medians: Vec<f64>,
    spreads: Vec<f64>,
}

fn counts_for_drift(step: u64) -> bool {
    step >= DRIFT_WARM_UP_STEPS && step.is_multiple_of(DRIFT_GRID_STEPS)
}

fn movement(curve: &[f64]) -> f64 {
    curve.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum()
}

fn range(curve: &[f64]) -> f64 {
    let highest = curve.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = curve.iter().copied().fold(f64::INFINITY, f64::min);
    if curve.is_empty() { 0.0 } else { highest - lowest }
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
const METRICS: [Metric; 7] = [
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

/// A row of `results/fig1-sensitivity/accuracy.csv`: one network at one setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensitivityRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: Network,
    /// Seed of its initial weights and order.
    pub seed: u64,
    /// Training steps done.
    pub step: u64,
    /// Learning rate of plain SGD.
    pub learning_rate: f64,
    /// Standard deviation of the Gaussian that the initial weights are drawn from.
    pub init_std: f64,
    /// Share of the 10,000 test images classified rightly, with population statistics.
    pub test_accuracy_fraction: f64,
}

/// A learning rate and a width of the initial weights' Gaussian.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Learning rate of plain SGD.
    pub learning_rate: f64,
    /// Standard deviation of the Gaussian.
    pub init_std: f64,
}

/// The two networks at one setting, over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The setting.
    pub setting: Setting,
    /// Mean test accuracy without BN.
    pub without_bn: f64,
    /// Mean test accuracy with BN.
    pub with_bn: f64,
}

impl Cell {
    /// What BN gains here, as a fraction of the test images.
    pub fn gain(&self) -> f64 {
        self.with_bn - self.without_bn
    }
}

/// Every setting of a sweep for which both networks are there, by rate and then by width.
pub fn cells(rows: &[SensitivityRow]) -> Vec<Cell> {
    let mut settings: Vec<Setting> = Vec::new();
    for row in rows {
        let setting = Setting { learning_rate: row.learning_rate, init_std: row.init_std };
        if !settings.contains(&setting) {
            settings.push(setting);
        }
    }
    settings.sort_by(|a, b| {
        let key = |setting: &Setting| (setting.learning_rate, setting.init_std);
        key(a).partial_cmp(&key(b)).expect("rates and widths are finite")
    });
    settings.into_iter().filter_map(|setting| cell(setting, rows)).collect()
}

fn cell(setting: Setting, rows: &[SensitivityRow]) -> Option<Cell> {
    let here = |row: &&SensitivityRow| {
        (row.learning_rate, row.init_std) == (setting.learning_rate, setting.init_std)
    };
    let accuracy = |network| {
        let of_network = rows.iter().filter(here).filter(|row| row.network == network);
        mean(&of_network.map(|row| row.test_accuracy_fraction).collect::<Vec<_>>())
    };
    Some(Cell {
        setting,
        without_bn: accuracy(Network::WithoutBn)?,
        with_bn: accuracy(Network::WithBn)?,
    })
}

/// The paper's "small random Gaussian values": at most 1/√100, the width at which a unit's input
/// varies no more than the 100 inputs it sums.
pub const SMALL_INIT_STD: f64 = 0.1;
/// The lower end of panel (a)'s axis; the paper shows both networks above it.
pub const LOWEST_ACCURACY_SHOWN: f64 = 0.7;

/// The setting of Figure 1: where BN's gain is the *median* one.
///
/// Of the swept settings with a small Gaussian, those at which both networks are on the paper's
/// axis (mean test accuracy ≥ 0.7) are sorted by what BN gains; the middle one is taken (of two
/// middle ones, that with the smaller gain). So the figure shows neither BN's best nor its worst.
pub fn typical_setting(rows: &[SensitivityRow]) -> Option<Cell> {
    let mut eligible: Vec<Cell> = cells(rows).into_iter().filter(is_eligible).collect();
    eligible.sort_by(|a, b| a.gain().total_cmp(&b.gain()));
    let middle = eligible.len().checked_sub(1)? / 2;
    Some(eligible.swap_remove(middle))
}

/// Whether Figure 1 may be drawn at this setting.
pub fn is_eligible(cell: &Cell) -> bool {
    cell.setting.init_std <= SMALL_INIT_STD
        && cell.without_bn >= LOWEST_ACCURACY_SHOWN
        && cell.with_bn >= LOWEST_ACCURACY_SHOWN
}
