//! Figure 1's rows as points, and those of the sweep that its setting is chosen from.

pub mod sweep;
mod windows;

use std::collections::BTreeMap;

use record::fig1::{AccuracyRow, ActivationRow, DRIFT_WARM_UP_STEPS, DriftRow, SigmoidNetwork};
use record::statistics::mean;

use crate::point::{Known, Point};

/// What panels, tables and claims are about.
pub fn points(
    accuracy: &[AccuracyRow],
    activations: &[ActivationRow],
    drift: &[DriftRow],
) -> Vec<Point> {
    let mut points = of_accuracy(accuracy);
    points.extend(speed(accuracy));
    points.extend(of_drift(accuracy, drift));
    points.extend(windows::points(activations));
    for network in SigmoidNetwork::BOTH {
        points.extend(of_typical_units(network, activations, drift));
    }
    points
}

fn of_accuracy(rows: &[AccuracyRow]) -> Vec<Point> {
    let mut points = Vec::new();
    let mut largest: BTreeMap<(SigmoidNetwork, u64), f64> = BTreeMap::new();
    for row in rows {
        let mut push = |metric: &str, value: f64| {
            points.push(Point::new(row.network.name(), row.seed, metric, row.step as f64, value));
        };
        push("test accuracy", row.test_accuracy_fraction);
        if row.training_loss_nats.is_some_and(|loss| !loss.is_finite()) {
            push("test accuracy where it diverged", row.test_accuracy_fraction);
        }
        let Some(moving) = row.test_accuracy_moving_average_fraction else { continue };
        let difference = row.test_accuracy_fraction - moving;
        push("test accuracy, moving averages", moving);
        push("population statistics less moving averages", difference);
        if row.step >= DRIFT_WARM_UP_STEPS {
            let largest = largest.entry((row.network, row.seed)).or_default();
            *largest = largest.max(difference.abs());
        }
    }
    let metric = "largest difference between population statistics and moving averages";
    let all = largest.into_iter();
    let of = all.map(|((network, seed), x)| Point::new(network.name(), seed, metric, 0.0, x));
    points.extend(of);
    points
}

/// Steps to the first row at which a network is as accurate as this: both are, sooner or later.
const FAST: f64 = 0.95;

fn speed(rows: &[AccuracyRow]) -> Vec<Point> {
    let steps_of_run = rows.iter().map(|row| row.step).max().unwrap_or(0) as f64;
    let mut steps: BTreeMap<(SigmoidNetwork, u64), Known> = BTreeMap::new();
    for row in rows {
        let steps = steps.entry((row.network, row.seed)).or_insert(Known::Above(steps_of_run));
        if row.test_accuracy_fraction >= FAST && steps.exact().is_none() {
            *steps = Known::Exactly(row.step as f64);
        }
    }
    let point = |((network, seed), steps): ((SigmoidNetwork, u64), Known)| {
        Point::new(network.name(), seed, "steps to 95 %", 0.0, f64::NAN).known(steps)
    };
    steps.into_iter().map(point).collect()
}

/// How far each seed's units moved, on average.
fn of_drift(accuracy: &[AccuracyRow], drift: &[DriftRow]) -> Vec<Point> {
    let last = accuracy.iter().map(|row| row.step).max().unwrap_or(0) as f64;
    let of = |((network, seed), drifts): ((SigmoidNetwork, u64), [f64; 4])| {
        let named = DRIFTS.iter().zip(drifts);
        named.map(move |((metric, _), x)| Point::new(network.name(), seed, *metric, last, x))
    };
    mean_drifts(drift).into_iter().flat_map(of).collect()
}

/// Of each network and seed, the mean over units of each of the [`DRIFTS`].
fn mean_drifts(drift: &[DriftRow]) -> BTreeMap<(SigmoidNetwork, u64), [f64; 4]> {
    let mut seeds: BTreeMap<(SigmoidNetwork, u64), Vec<&DriftRow>> = BTreeMap::new();
    for row in drift {
        seeds.entry((row.network, row.seed)).or_default().push(row);
    }
    let means = |units: &[&DriftRow]| {
        DRIFTS.map(|(_, of_unit)| {
            let values: Vec<f64> = units.iter().map(|unit| of_unit(unit)).collect();
            mean(&values).unwrap_or(f64::NAN)
        })
    };
    seeds.into_iter().map(|(key, units)| (key, means(&units))).collect()
}

type OfUnit = fn(&DriftRow) -> f64;
const DRIFTS: [(&str, OfUnit); 4] = [
    ("movement of the median", |unit| unit.median_movement),
    ("movement of the 15-85 spread", |unit| unit.spread_movement),
    ("range of the median", |unit| unit.median_range),
    ("range of the 15-85 spread", |unit| unit.spread_range),
];

/// The unit of the last hidden layer that stands for a seed's layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TypicalUnit {
    /// The seed.
    pub seed: u64,
    /// The unit.
    pub unit: usize,
    /// How far its median and its spread moved, together.
    pub movement: f64,
}

/// The typical unit of every seed: the one whose movement (of the median and of the spread, together)
/// is the layer's median, the lower of the two middle ones if the layer has an even number of units.
/// Sorted by movement, so that the middle one of the list is typical of the seeds, too.
pub fn typical_units(drift: &[DriftRow], network: SigmoidNetwork) -> Vec<TypicalUnit> {
    let of_network = drift.iter().filter(|row| row.network == network);
    let mut units: Vec<TypicalUnit> = of_network
        .map(|row| TypicalUnit {
            seed: row.seed,
            unit: row.unit,
            movement: row.median_movement + row.spread_movement,
        })
        .collect();
    units.sort_by(|a, b| a.seed.cmp(&b.seed).then(a.movement.total_cmp(&b.movement)));
    let middle = |layer: &[TypicalUnit]| layer[(layer.len() - 1) / 2];
    let mut typical: Vec<TypicalUnit> =
        units.chunk_by(|a, b| a.seed == b.seed).map(middle).collect();
    typical.sort_by(|a, b| a.movement.total_cmp(&b.movement));
    typical
}

/// The percentiles of the typical seed's typical unit, and of the other seeds'.
fn of_typical_units(
    network: SigmoidNetwork,
    activations: &[ActivationRow],
    drift: &[DriftRow],
) -> Vec<Point> {
    let typical = typical_units(drift, network);
    let Some(middle) = typical.len().checked_sub(1).map(|last| typical[last / 2]) else {
        return Vec::new();
    };
    let mut points = Vec::new();
    for row in activations.iter().filter(|row| row.network == network) {
        let is_it = |unit: &&TypicalUnit| (unit.seed, unit.unit) == (row.seed, row.unit);
        let Some(unit) = typical.iter().find(is_it) else { continue };
        let whose = if *unit == middle { "sigmoid's input" } else { "other seeds' input" };
        for (percentile, value) in
            [("15 %", row.input_p15), ("50 %", row.input_p50), ("85 %", row.input_p85)]
        {
            let metric = format!("{whose}, {percentile}");
            points.push(Point::new(network.name(), row.seed, metric, row.step as f64, value));
        }
    }
    points
}
