//! How far the input distributions of the sigmoids moved in training.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ActivationRow, SigmoidNetwork};
use crate::run::Scale;
use crate::statistics::{movement, range};

/// A row of `results/fig1/drift.csv`: how far one unit's input distribution moved in training.
///
/// Movement is the sum of absolute changes from row to row after the warm-up, on the rows' even
/// grid; range is the largest value less the smallest. Both are in units of the sigmoid's input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftRow {
    /// Scale of the run.
    pub scale: Scale,
    /// Which network.
    pub network: SigmoidNetwork,
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

/// Drift counts rows from this step on; the first 1,000 of 50,000 steps are the warm-up, in which
/// both networks leave their initial state.
pub const DRIFT_WARM_UP_STEPS: u64 = 1_000;
/// Drift counts rows at multiples of this step only: early rows are denser.
pub const DRIFT_GRID_STEPS: u64 = 250;

/// Which rows drift is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From this step on,
    pub from: u64,
    /// those at multiples of this one.
    pub every: u64,
}

/// The window of Figure 1's table and claims.
pub const DRIFT_WINDOW: Window = Window { from: DRIFT_WARM_UP_STEPS, every: DRIFT_GRID_STEPS };

/// How far every unit moved in the window. `activations` must be in the order they were written: by network,
/// seed and step.
pub fn drift(activations: &[ActivationRow], window: Window) -> Vec<DriftRow> {
    let mut curves: BTreeMap<(SigmoidNetwork, u64, usize), Curves> = BTreeMap::new();
    for row in activations.iter().filter(|row| window.has(row.step)) {
        let curve = curves.entry((row.network, row.seed, row.unit)).or_default();
        curve.medians.push(row.input_p50);
        curve.spreads.push(row.input_p85 - row.input_p15);
    }
    let Some(scale) = activations.first().map(|row| row.scale) else { return Vec::new() };
    let row = |((network, seed, unit), curve): ((SigmoidNetwork, u64, usize), Curves)| DriftRow {
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

impl Window {
    fn has(self, step: u64) -> bool {
        step >= self.from && step.is_multiple_of(self.every)
    }
}
