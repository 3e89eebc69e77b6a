//! Medians and bands over seeds.

use anyhow::Result;
use polars::prelude::*;
use record::fig1::{AccuracyRow, ActivationRow, DriftRow, Network};

use crate::style::with_thousands;

/// A curve's median over seeds at one step, and its extremes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Training steps done.
    pub step: f64,
    /// Smallest value of any seed.
    pub low: f64,
    /// Median over seeds.
    pub median: f64,
    /// Largest value of any seed.
    pub high: f64,
}

impl Band {
    /// What a reader sees who points at it: `975 steps: 36.1 % (34.9 to 39.4)`, with values times a factor.
    pub fn hint(&self, factor: f64, decimals: usize, unit: &str) -> String {
        let shown = |value: f64| format!("{:.decimals$}", factor * value);
        let (median, low, high) = (shown(self.median), shown(self.low), shown(self.high));
        let steps = with_thousands(self.step);
        let spread = if low == high { String::new() } else { format!(" ({low} to {high})") };
        format!("{steps} steps: {median}{unit}{spread}")
    }
}

/// Test accuracy of a network over training.
///
/// # Errors
/// If polars refuses the rows, which would be a bug.
pub fn accuracy_over_seeds(rows: &[AccuracyRow], network: Network) -> Result<Vec<Band>> {
    let of_network = rows.iter().filter(|row| row.network == network);
    over_seeds(of_network.map(|row| (row.step, row.test_accuracy_fraction)))
}

/// Median and extremes of what the seeds have at each step.
///
/// # Errors
/// If polars refuses the rows, which would be a bug.
pub fn over_seeds(points: impl Iterator<Item = (u64, f64)>) -> Result<Vec<Band>> {
    let (steps, values): (Vec<u64>, Vec<f64>) = points.unzip();
    let value = || col("value");
    let table = df!("step" => steps, "value" => values)?
        .lazy()
        .group_by([col("step")])
        .agg([
            value().min().alias("low"),
            value().median().alias("median"),
            value().max().alias("high"),
        ])
        .sort(["step"], SortMultipleOptions::default())
        .collect()?;
    bands(&table)
}

fn bands(table: &DataFrame) -> Result<Vec<Band>> {
    let numbers = |name: &str| -> Result<Vec<f64>> {
        let column = table.column(name)?.cast(&DataType::Float64)?;
        Ok(column.f64()?.into_no_null_iter().collect())
    };
    let (steps, low, median, high) =
        (numbers("step")?, numbers("low")?, numbers("median")?, numbers("high")?);
    let band = |i: usize| Band { step: steps[i], low: low[i], median: median[i], high: high[i] };
    Ok((0..steps.len()).map(band).collect())
}

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
pub fn typical_units(drift: &[DriftRow], network: Network) -> Vec<TypicalUnit> {
    let mut units: Vec<TypicalUnit> = drift
        .iter()
        .filter(|row| row.network == network)
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

/// The percentiles of one unit's input over training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Percentiles {
    /// (step, 15th percentile).
    pub p15: Vec<(f64, f64)>,
    /// (step, median).
    pub p50: Vec<(f64, f64)>,
    /// (step, 85th percentile).
    pub p85: Vec<(f64, f64)>,
}

/// The percentiles of this unit.
pub fn percentiles(rows: &[ActivationRow], network: Network, unit: TypicalUnit) -> Percentiles {
    let mut curves = Percentiles::default();
    let of_unit =
        |row: &&ActivationRow| (row.network, row.seed, row.unit) == (network, unit.seed, unit.unit);
    for row in rows.iter().filter(of_unit) {
        let step = row.step as f64;
        curves.p15.push((step, row.input_p15));
        curves.p50.push((step, row.input_p50));
        curves.p85.push((step, row.input_p85));
    }
    curves
}
