//! The single-network table over seeds: `results/table-single/summary.csv`.

use serde::{Deserialize, Serialize};

use super::{Known, Quantity};
use crate::run::Scale;

/// A number of the table, over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SingleRow {
    /// Scale of the run.
    pub scale: Scale,
    /// A network, or how two of them compare, seed by seed.
    pub network: String,
    /// What was measured.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Mean over the seeds of which it is known, geometric of steps and of ratios; empty where it is
    /// known of none.
    pub mean: Option<f64>,
    /// Lower end of the 95 % confidence interval over the same seeds; empty for one seed.
    pub ci95_low: Option<f64>,
    /// Upper end.
    pub ci95_high: Option<f64>,
    /// Seeds of which the number is known.
    pub n: usize,
    /// Seeds of which only a bound is known: "never within the run's steps" is no number.
    pub censored: usize,
    /// Where there are such seeds: what the mean over all seeds is at least,
    pub at_least: Option<f64>,
    /// or at most.
    pub at_most: Option<f64>,
}

/// The table's rows.
pub fn summary(scale: Scale, quantities: &[Quantity]) -> Vec<SingleRow> {
    quantities.iter().map(|quantity| SingleRow::of(scale, quantity)).collect()
}

impl SingleRow {
    fn of(scale: Scale, quantity: &Quantity) -> Self {
        let exact = quantity.exact();
        let mean = quantity.mean(&exact);
        let interval = mean.and_then(|(_, interval)| interval);
        let censored = quantity.values.len() - exact.len();
        Self {
            scale,
            network: quantity.network.to_owned(),
            metric: quantity.metric.to_owned(),
            unit: quantity.unit.to_owned(),
            mean: mean.map(|(mean, _)| mean),
            ci95_low: interval.map(|(low, _)| low),
            ci95_high: interval.map(|(_, high)| high),
            n: exact.len(),
            censored,
            at_least: bound(quantity, |value| match value {
                Known::Exactly(value) | Known::Above(value) => Some(value),
                Known::Below(_) => None,
            }),
            at_most: bound(quantity, |value| match value {
                Known::Exactly(value) | Known::Below(value) => Some(value),
                Known::Above(_) => None,
            }),
        }
    }
}

/// The mean with every bound in the place of its number; `None` where there are no bounds, or bounds
/// on the other side.
fn bound(quantity: &Quantity, one_sided: fn(Known) -> Option<f64>) -> Option<f64> {
    if quantity.values.iter().all(|value| matches!(value, Known::Exactly(_))) {
        return None;
    }
    let values: Option<Vec<f64>> = quantity.values.iter().copied().map(one_sided).collect();
    quantity.mean(&values?).map(|(mean, _)| mean)
}
