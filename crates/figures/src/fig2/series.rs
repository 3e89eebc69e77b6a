//! What the panels show, before it has a place.

use anyhow::Result;
use record::fig2::{CurveRow, GAIN, Known, MAXIMUM, Network, SPEED_UP, STEPS};

use crate::aggregate::{Band, over_seeds};
use crate::table_single::SingleTable;

/// A network in panel (a).
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Which.
    pub network: Network,
    /// Its accuracy after each number of steps but 0, which a logarithmic axis has not, over the
    /// seeds that had not diverged by then.
    pub bands: Vec<Band>,
    /// Where it reaches Inception's maximum.
    pub reach: Option<Reach>,
    /// (step, accuracy) of each training that diverged, in the last row before.
    pub diverged: Vec<(f64, f64)>,
    /// Trainings in all.
    pub seeds: usize,
}

/// Where a network reaches Inception's maximum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// Steps, as the table has them.
    pub steps: f64,
    /// Whether it does in every seed.
    pub in_all: bool,
}

/// A network in panels (b) and (c): the paper and us.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Which.
    pub network: Network,
    /// Steps to Inception's maximum over Inception's.
    pub steps: [Option<Value>; 2],
    /// Maximum accuracy less Inception's, points.
    pub gain: [Option<Value>; 2],
}

/// A number with its interval, or the fact that it is never reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A mean over seeds.
    Number {
        /// The mean.
        mean: f64,
        /// Its interval.
        interval: Option<(f64, f64)>,
        /// In how many seeds there is no such number, and of how many.
        never_in: (usize, usize),
    },
    /// In no seed.
    Never,
}

/// Every network of the run.
///
/// # Errors
/// If polars refuses the rows, which would be a bug.
pub fn curves(table: &SingleTable) -> Result<Vec<Curve>> {
    let has = |network: &Network| table.curves.iter().any(|row| row.network == *network);
    Network::ALL.into_iter().filter(has).map(|network| Curve::of(table, network)).collect()
}

impl Curve {
    fn of(table: &SingleTable, network: Network) -> Result<Self> {
        let singles = table.singles.iter().filter(|single| single.network == network);
        let is_alive = |row: &&CurveRow| {
            let single = singles.clone().find(|single| single.seed == row.seed);
            let diverged = single.and_then(|single| single.diverged);
            row.top1_accuracy.is_finite() && diverged.is_none_or(|step| row.step < step)
        };
        let rows = || table.curves.iter().filter(|row| row.network == network).filter(is_alive);
        let shown = rows().filter(|row| row.step > 0);
        let last = |seed: u64| {
            let of_seed = rows().filter(|row| row.seed == seed);
            let last = of_seed.max_by_key(|row| row.step);
            last.map(|row| (row.step as f64, row.top1_accuracy))
        };
        let diverged = singles.clone().filter(|single| single.diverged.is_some());
        let crosses = diverged.filter_map(|single| last(single.seed));
        Ok(Self {
            network,
            bands: over_seeds(shown.map(|row| (row.step, row.top1_accuracy)))?,
            reach: reach(table, network),
            diverged: crosses.collect(),
            seeds: singles.count(),
        })
    }
}

impl Curve {
    /// Where it ends; of a network that diverged before its second row, where it began.
    pub fn last_accuracy(&self) -> Option<f64> {
        let last = self.bands.last().map(|band| band.median);
        last.or(self.diverged.first().map(|(_, accuracy)| *accuracy))
    }
}

fn reach(table: &SingleTable, network: Network) -> Option<Reach> {
    let row = table.row(network.name(), STEPS)?;
    Some(Reach { steps: row.mean?, in_all: row.censored == 0 })
}

/// Mean over seeds of Inception's maximum: the horizontal line.
pub fn inceptions_maximum(table: &SingleTable) -> Option<f64> {
    table.row(Network::Inception.name(), MAXIMUM)?.mean
}

/// The paper's five networks.
pub fn compared(table: &SingleTable) -> Vec<Compared> {
    let five = Network::ALL.into_iter().take(5);
    five.map(|network| Compared {
        network,
        steps: [printed_steps(table, network), our_steps(table, network)],
        gain: [printed_gain(table, network), our_gain(table, network)],
    })
    .collect()
}

fn exactly(mean: f64) -> Value {
    Value::Number { mean, interval: None, never_in: (0, 1) }
}

fn printed_steps(table: &SingleTable, network: Network) -> Option<Value> {
    if table.paper.is_never(network) {
        return Some(Value::Never);
    }
    table.paper.speed_up(network).map(|speed_up| exactly(speed_up.recip()))
}

/// The inverse of the speed-up.
fn our_steps(table: &SingleTable, network: Network) -> Option<Value> {
    let row = table.row(network.name(), SPEED_UP)?;
    if network == Network::Inception {
        return Some(exactly(1.0));
    }
    let Some(mean) = row.mean else { return Some(Value::Never) };
    let interval = row.ci95_low.zip(row.ci95_high);
    Some(Value::Number {
        mean: mean.recip(),
        interval: interval.map(|(low, high)| (high.recip(), low.recip())),
        never_in: (row.censored, row.censored + row.n),
    })
}

fn printed_gain(table: &SingleTable, network: Network) -> Option<Value> {
    table.paper.less(network, Network::Inception).map(|gain| exactly(100.0 * gain))
}

fn our_gain(table: &SingleTable, network: Network) -> Option<Value> {
    let row = table.row(network.name(), GAIN)?;
    if network == Network::Inception {
        return Some(exactly(0.0));
    }
    let interval = row.ci95_low.zip(row.ci95_high);
    Some(Value::Number {
        mean: 100.0 * row.mean?,
        interval: interval.map(|(low, high)| (100.0 * low, 100.0 * high)),
        never_in: (0, row.n),
    })
}

/// How many seeds reach Inception's maximum, of how many.
pub fn reached(table: &SingleTable, network: Network) -> (usize, usize) {
    let of_network = table.singles.iter().filter(|single| single.network == network);
    let steps = of_network.filter_map(|single| single.steps);
    let is_number = |known: &Known| matches!(known, Known::Exactly(_));
    (steps.clone().filter(is_number).count(), steps.count())
}
